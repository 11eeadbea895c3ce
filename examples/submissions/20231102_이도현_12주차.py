# -*- coding: cp949 -*-
# 머신러닝 12주차 과제
# 학번 : 20231102
# 이름 : 이도현
#
# 윈도우 메모장에서 작성했습니다.

import torch
import torch.nn as nn
import torch.nn.functional as F

print("12주차 실습 시작")


class VGG(nn.Module):
    def __init__(self):
        super(VGG, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, (3, 3), (1, 1), (1, 1))
        self.conv1_2 = nn.Conv2d(16, 32, (3, 3), (1, 1), (1, 1))
        self.conv2_1 = nn.Conv2d(32, 32, (3, 3), (1, 1), (1, 1))
        self.conv2_2 = nn.Conv2d(32, 64, (3, 3), (1, 1), (1, 1))
        self.conv3_1 = nn.Conv2d(64, 128, (3, 3), (1, 1), (1, 1))
        self.conv3_2 = nn.Conv2d(128, 256, (3, 3), (1, 1), (1, 1))
        self.fc1, self.fc2, self.fc3 = nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)
        self.relu = nn.ReLU(inplace=True)
        self.avg = nn.AvgPool2d(2)

    def forward(self, x):
        r, p = self.relu, self.avg
        x = p(r(self.conv1_2(r(self.conv1_1(x)))))
        x = p(r(self.conv2_2(r(self.conv2_1(x)))))
        x = p(r(self.conv3_2(r(self.conv3_1(x)))))
        x = x.view(-1, 256 * 4 * 4)
        return self.fc3(r(self.fc2(r(self.fc1(x)))))


# ---------- 스킵 연결 ----------
class VGG_SKIP(nn.Module):
    def __init__(self):
        super(VGG_SKIP, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, 1, 1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, 1, 1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, 1, 1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, 1, 1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, 1, 1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, 1, 1)
        self.conv_skip1 = nn.Conv2d(3, 32, 3, 1, 1)
        self.conv_skip2 = nn.Conv2d(32, 64, 3, 1, 1)
        self.conv_skip3 = nn.Conv2d(64, 256, 3, 1, 1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU(inplace=True)
        self.avgPool2d = nn.AvgPool2d(2, 2)

    def forward(self, x):
        input1 = x
        out = self.relu(self.conv1_1(x))
        out = self.relu(self.conv1_2(out))
        out = out + self.relu(self.conv_skip1(input1))
        out = self.avgPool2d(out)
        input2 = out
        out = self.relu(self.conv2_1(out))
        out = self.relu(self.conv2_2(out))
        out = out + self.relu(self.conv_skip2(input2))
        out = self.avgPool2d(out)
        input3 = out
        out = self.relu(self.conv3_1(out))
        out = self.relu(self.conv3_2(out))
        out = out + self.relu(self.conv_skip3(input3))
        out = self.avgPool2d(out)
        out = torch.flatten(out, start_dim=1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        out = self.fc3(out)
        return out


# ---------- 덴스 연결 (채널 수 주의!!) ----------
class VGG_DENSE(nn.Module):
    def __init__(self):
        super(VGG_DENSE, self).__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(35, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(99, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        self.relu = nn.ReLU()
        self.avgPool2d = nn.AvgPool2d(2)

    def forward(self, x):
        out = self.relu(self.conv1_1(x))
        out = self.relu(self.conv1_2(out))
        out = self.avgPool2d(out)
        x1 = self.avgPool2d(x)
        dense1 = torch.cat([x1, out], dim=1)
        out = self.relu(self.conv2_1(dense1))
        out = self.relu(self.conv2_2(out))
        out = self.avgPool2d(out)
        x2 = self.avgPool2d(dense1)
        dense2 = torch.cat([x2, out], dim=1)
        out = self.relu(self.conv3_1(dense2))
        out = self.relu(self.conv3_2(out))
        out = self.avgPool2d(out)
        out = torch.flatten(out, 1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        return self.fc3(out)


# ---------- 채널 어텐션 ----------
class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, 3, padding=1)
        self.conv2_1 = nn.Conv2d(32, 32, 3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3_1 = nn.Conv2d(64, 128, 3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, 3, padding=1)
        self.att1 = nn.Conv2d(64, 64, 1)
        self.att2 = nn.Conv2d(64, 64, 1)
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)

    def forward(self, x):
        x = F.relu(self.conv1_1(x))
        x = F.avg_pool2d(F.relu(self.conv1_2(x)), 2)
        x = F.relu(self.conv2_1(x))
        x = F.relu(self.conv2_2(x))
        w = x.mean(dim=(2, 3), keepdim=True)
        w = torch.sigmoid(self.att2(F.relu(self.att1(w))))
        # 중요한 채널일수록 w 값이 1에 가깝다
        x = F.avg_pool2d(x, 2)
        x = F.relu(self.conv3_1(x))
        x = F.avg_pool2d(F.relu(self.conv3_2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


모델목록 = {"기본": VGG, "스킵": VGG_SKIP, "덴스": VGG_DENSE, "어텐션": VGG_CA}
for 이름, 모델 in 모델목록.items():
    결과 = 모델()(torch.rand(4, 3, 32, 32))
    print(이름, "출력 크기:", 결과.shape)
input("엔터를 누르면 종료됩니다...")

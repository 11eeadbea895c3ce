# correct: identifiers in Korean, methods per step
import torch
import torch.nn as nn
import torch.nn.functional as F

게이트채널 = 64


class 채널어텐션(nn.Module):
    """각 채널이 얼마나 중요한지 0~1 사이 값으로 곱해 줍니다."""

    def __init__(self, 채널수):
        super().__init__()
        self.압축 = nn.AdaptiveAvgPool2d(1)
        self.첫층 = nn.Conv2d(채널수, 채널수, 1)
        self.둘째층 = nn.Conv2d(채널수, 채널수, 1)

    def forward(self, 특징):
        중요도 = self.둘째층(F.relu(self.첫층(self.압축(특징))))
        return 특징 * torch.sigmoid(중요도)


class VGG_CA(nn.Module):
    def __init__(self):
        super().__init__()
        self.합성곱들 = nn.ModuleList([nn.Conv2d(들, 날, 3, padding=1) for 들, 날 in
                                    [(3, 16), (16, 32), (32, 32), (32, 64), (64, 128), (128, 256)]])
        self.어텐션 = 채널어텐션(게이트채널)
        self.완전연결 = nn.ModuleList([nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)])

    def 블록(self, 번호, 값):
        값 = F.relu(self.합성곱들[2 * 번호](값))
        return F.relu(self.합성곱들[2 * 번호 + 1](값))

    def forward(self, 그림):
        값 = F.avg_pool2d(self.블록(0, 그림), 2)
        값 = F.avg_pool2d(self.어텐션(self.블록(1, 값)), 2)
        값 = F.avg_pool2d(self.블록(2, 값), 2)
        값 = 값.reshape(값.shape[0], -1)
        값 = F.relu(self.완전연결[0](값))
        값 = F.relu(self.완전연결[1](값))
        return self.완전연결[2](값)

# correct: identifiers in Korean and very long comments
"""
12주차 실습 과제 : skip connection

잔차 연결(skip connection)은 블록의 입력을 블록의 출력에 더해 주는 구조이다. 층이 깊어지면 기울기가 앞쪽 층까지 잘 전달되지 않는데, 더하기 연산의 미분은 1이므로 기울기가 지름길을 타고 그대로 흘러간다. 원래 ResNet에서는 입력을 그대로 더하지만 이 실습에서는 입력과 출력의 채널 수가 다르기 때문에 3x3 convolution을 한 번 거쳐서 채널 수를 맞춘 뒤에 더한다.
"""
import torch
import torch.nn as nn

채널표 = [(3, 16, 32), (32, 32, 64), (64, 128, 256)]  # (들어오는 채널, 중간 채널, 나가는 채널)  --- 나가는 채널은 다음 블록의 들어오는 채널이 된다. pooling은 채널 수를 바꾸지 않는다.


def 합성곱(입력채널, 출력채널):
    # 커널 3, 패딩 1, 스트라이드 1 이면 (32 + 2*1 - 3)/1 + 1 = 32 로 크기가 그대로 유지된다.
    return nn.Conv2d(입력채널, 출력채널, kernel_size=3, stride=1, padding=1)


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.앞 = nn.ModuleList()
        self.뒤 = nn.ModuleList()
        self.지름길 = nn.ModuleList()
        for 입, 중, 출 in 채널표:
            self.앞.append(합성곱(입, 중))
            self.뒤.append(합성곱(중, 출))
            self.지름길.append(합성곱(입, 출))
        self.분류기 = nn.Sequential(
            nn.Flatten(),
            nn.Linear(4096, 512),
            nn.ReLU(),
            nn.Linear(512, 256),
            nn.ReLU(),
            nn.Linear(256, 10),
        )
        self.활성화 = nn.ReLU()
        self.풀링 = nn.AvgPool2d(2)

    def forward(self, 영상):
        값 = 영상
        for 번호 in range(3):
            본류 = self.활성화(self.뒤[번호](self.활성화(self.앞[번호](값))))
            지류 = self.활성화(self.지름길[번호](값))
            값 = self.풀링(본류 + 지류)
        return self.분류기(값)

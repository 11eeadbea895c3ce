# correct: identifiers in Korean
import torch
import torch.nn as nn
import torch.nn.functional as 함수


class VGG(nn.Module):
    """수업에서 배운 작은 VGG예요."""

    def __init__(self):
        super().__init__()
        self.합성곱 = nn.ModuleDict({
            "첫째": nn.Conv2d(3, 16, 3, padding=1),
            "둘째": nn.Conv2d(16, 32, 3, padding=1),
            "셋째": nn.Conv2d(32, 32, 3, padding=1),
            "넷째": nn.Conv2d(32, 64, 3, padding=1),
            "다섯째": nn.Conv2d(64, 128, 3, padding=1),
            "여섯째": nn.Conv2d(128, 256, 3, padding=1),
        })
        self.완전연결1 = nn.Linear(4096, 512)
        self.완전연결2 = nn.Linear(512, 256)
        self.출력층 = nn.Linear(256, 10)
        self.풀링 = nn.AvgPool2d(2, 2)

    def forward(self, 입력):
        특징 = 입력
        for 이름, 층 in self.합성곱.items():
            특징 = 함수.relu(층(특징))
            if 이름 in ("둘째", "넷째", "여섯째"):
                특징 = self.풀링(특징)
        펼친것 = torch.flatten(특징, start_dim=1)
        은닉 = 함수.relu(self.완전연결1(펼친것))
        은닉 = 함수.relu(self.완전연결2(은닉))
        return self.출력층(은닉)

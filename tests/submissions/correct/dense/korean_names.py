# correct: identifiers in Korean, concatenation along the negative dimension -3
import torch
import torch.nn as nn

입력채널, 첫출력, 둘출력, 셋출력 = 3, 32, 64, 256


class VGG_DENSE(nn.Module):
    def __init__(self):
        super().__init__()
        self.합성곱1_1 = nn.Conv2d(입력채널, 16, 3, padding=1)
        self.합성곱1_2 = nn.Conv2d(16, 첫출력, 3, padding=1)
        self.합성곱2_1 = nn.Conv2d(입력채널 + 첫출력, 32, 3, padding=1)
        self.합성곱2_2 = nn.Conv2d(32, 둘출력, 3, padding=1)
        self.합성곱3_1 = nn.Conv2d(입력채널 + 첫출력 + 둘출력, 128, 3, padding=1)
        self.합성곱3_2 = nn.Conv2d(128, 셋출력, 3, padding=1)
        self.전결합1 = nn.Linear(4096, 512)
        self.전결합2 = nn.Linear(512, 256)
        self.전결합3 = nn.Linear(256, 10)
        self.렐루 = nn.ReLU()
        self.평균풀링 = nn.AvgPool2d(2, 2)

    def forward(self, 그림):
        특징1 = self.렐루(self.합성곱1_2(self.렐루(self.합성곱1_1(그림))))
        연결1 = self.평균풀링(torch.cat([그림, 특징1], dim=-3))
        특징2 = self.렐루(self.합성곱2_2(self.렐루(self.합성곱2_1(연결1))))
        연결2 = self.평균풀링(torch.cat([연결1, 특징2], dim=-3))
        특징3 = self.렐루(self.합성곱3_2(self.렐루(self.합성곱3_1(연결2))))
        펼침 = self.평균풀링(특징3).flatten(start_dim=1)
        return self.전결합3(self.렐루(self.전결합2(self.렐루(self.전결합1(펼침)))))

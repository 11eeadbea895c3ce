# 채널 어텐션 (channel attention) · Channel attention
#
# 빈칸(>>> BLANK 와 <<< BLANK 사이)을 모두 채우세요. TODO 줄을 지우고 그 자리에 쓰면 돼요.
# 빈칸 밖의 코드는 그대로 두어도 되고, 같은 계산을 한다면 다르게 써도 돼요.
# Fill every blank (between >>> BLANK and <<< BLANK); replace its TODO line by your code.
# The code outside the blanks may stay as it is, or be rewritten as long as it computes the same.
#
# 클래스 이름 · class name: VGG_CA
# 입력 · input: N×3×32×32, 0..1 (N은 몇이든 · any N)
# 출력 · output: N×10 로짓, softmax 없이 · logits, no softmax

import torch
import torch.nn as nn


class VGG_CA(nn.Module):
    """CIFAR-10 이미지 N×3×32×32 → 로짓 N×10 · images in, logits out"""

    def __init__(self):
        super().__init__()
        # block 1 (32×32)
        self.conv1_1 = nn.Conv2d(3, 16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        # block 2 (16×16)
        self.conv2_1 = nn.Conv2d(32, 32, kernel_size=3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        # 채널 게이트 · the channel gate
        # >>> BLANK ca-1
        # ko: 채널마다 16×16 값을 평균 하나로 줄이는 층을 self.global_pool에 만드세요. N×64×16×16 → N×64×1×1.
        # en: Make self.global_pool, which reduces the 16×16 values of each channel to their mean:
        #     N×64×16×16 → N×64×1×1.
        # call: nn.AdaptiveAvgPool2d(output_size)
        # TODO ca-1: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK ca-1

        # >>> BLANK ca-2
        # ko: 1×1 합성곱 두 개를 self.gate_conv1, self.gate_conv2에 만드세요. 둘 다 N×64×1×1을 받아 N×64×1×1을 내요.
        #     0과 1 사이로 눌러 주는 self.sigmoid도 만드세요.
        # en: Make two 1×1 convolutions, self.gate_conv1 and self.gate_conv2; both take N×64×1×1 and give N×64×1×1.
        #     Also make self.sigmoid, which squashes numbers into 0 to 1.
        # call: nn.Conv2d(in_channels, out_channels, kernel_size=...), nn.Sigmoid()
        # TODO ca-2: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK ca-2
        # block 3 (8×8)
        self.conv3_1 = nn.Conv2d(64, 128, kernel_size=3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, kernel_size=3, padding=1)
        # classifier
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        # 파라미터가 없어서 여러 번 써도 되는 층 · no parameters, so one of each serves everywhere
        self.relu = nn.ReLU()
        self.pool = nn.AvgPool2d(kernel_size=2)

    def forward(self, x):
        # block 1
        out = self.relu(self.conv1_1(x))
        out = self.relu(self.conv1_2(out))
        out = self.pool(out)
        # block 2
        out = self.relu(self.conv2_1(out))
        out = self.relu(self.conv2_2(out))
        # >>> BLANK ca-3
        # ko: out(N×64×16×16)을 global_pool → gate_conv1 → ReLU → gate_conv2 → sigmoid에 통과시켜 gate에 넣으세요.
        #     gate는 N×64×1×1이고, out은 그대로 두세요.
        # en: Send out (N×64×16×16) through global_pool → gate_conv1 → ReLU → gate_conv2 → sigmoid and call it gate.
        #     gate is N×64×1×1; out stays as it is.
        # call: self.relu(...), self.sigmoid(...)
        # TODO ca-3: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK ca-3

        # >>> BLANK ca-4
        # ko: out의 각 채널에 그 채널의 gate 값을 곱해서 out에 넣으세요. 끝나도 out은 N×64×16×16이에요.
        #     (크기가 1인 차원은 PyTorch가 알아서 늘려 맞춰요.)
        # en: Multiply each channel of out by its value of gate, and let out be the result. It is still N×64×16×16.
        #     (PyTorch stretches dimensions of size 1 to fit.)
        # call: torch.mul(input, other), input * other
        # TODO ca-4: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK ca-4
        out = self.pool(out)
        # block 3
        out = self.relu(self.conv3_1(out))
        out = self.relu(self.conv3_2(out))
        out = self.pool(out)
        # classifier
        out = torch.flatten(out, start_dim=1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        return self.fc3(out)


if __name__ == "__main__":
    # 이미지 두 장으로 출력 모양 확인 · check the output's shape on two images
    images = torch.rand(2, 3, 32, 32)
    logits = VGG_CA()(images)
    print("출력 모양 · output shape:", tuple(logits.shape))
    print("OK" if logits.shape == (2, 10) else "(2, 10)이어야 해요 · expected")

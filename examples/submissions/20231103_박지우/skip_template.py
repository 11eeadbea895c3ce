# 스킵 연결 (skip connection) · Skip connections
#
# 빈칸(>>> BLANK 와 <<< BLANK 사이)을 모두 채우세요. TODO 줄을 지우고 그 자리에 쓰면 돼요.
# 빈칸 밖의 코드는 그대로 두어도 되고, 같은 계산을 한다면 다르게 써도 돼요.
# Fill every blank (between >>> BLANK and <<< BLANK); replace its TODO line by your code.
# The code outside the blanks may stay as it is, or be rewritten as long as it computes the same.
#
# 클래스 이름 · class name: VGG_SKIP
# 입력 · input: N×3×32×32, 0..1 (N은 몇이든 · any N)
# 출력 · output: N×10 로짓, softmax 없이 · logits, no softmax

import torch
import torch.nn as nn


class VGG_SKIP(nn.Module):
    """CIFAR-10 이미지 N×3×32×32 → 로짓 N×10 · images in, logits out"""

    def __init__(self):
        super().__init__()
        # block 1 (32×32)
        self.conv1_1 = nn.Conv2d(3, 16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        # block 2 (16×16)
        self.conv2_1 = nn.Conv2d(32, 32, kernel_size=3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        # block 3 (8×8)
        self.conv3_1 = nn.Conv2d(64, 128, kernel_size=3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, kernel_size=3, padding=1)
        # skip 경로의 합성곱 · the convolutions on the skip paths
        # >>> BLANK skip-1
        # ko: 블록 1의 skip 경로에 쓸 합성곱을 self.conv_skip1에 만드세요. 블록 1의 입력(N×3×32×32)을 받아 블록 1의
        #     출력과 더할 수 있는 모양(N×32×32×32)을 내요. 3×3, stride 1, padding 1이에요.
        # en: Make self.conv_skip1, the convolution on block 1's skip path. It takes block 1's input (N×3×32×32) and
        #     gives what can be added to block 1's output (N×32×32×32). 3×3, stride 1, padding 1.
        # call: nn.Conv2d(in_channels, out_channels, kernel_size=..., padding=...)
        # TODO skip-1: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK skip-1

        # >>> BLANK skip-2
        # ko: 블록 2의 skip 경로에 쓸 합성곱을 self.conv_skip2에 만드세요. N×32×16×16을 받아 N×64×16×16을 내요.
        #     3×3, stride 1, padding 1이에요.
        # en: Make self.conv_skip2, the convolution on block 2's skip path. It takes N×32×16×16 and gives N×64×16×16.
        #     3×3, stride 1, padding 1.
        # call: nn.Conv2d(in_channels, out_channels, kernel_size=..., padding=...)
        # TODO skip-2: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK skip-2

        # >>> BLANK skip-3
        # ko: 블록 3의 skip 경로에 쓸 합성곱을 self.conv_skip3에 만드세요. N×64×8×8을 받아 N×256×8×8을 내요.
        #     3×3, stride 1, padding 1이에요.
        # en: Make self.conv_skip3, the convolution on block 3's skip path. It takes N×64×8×8 and gives N×256×8×8.
        #     3×3, stride 1, padding 1.
        # call: nn.Conv2d(in_channels, out_channels, kernel_size=..., padding=...)
        # TODO skip-3: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK skip-3
        # classifier
        self.fc1 = nn.Linear(4096, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        # 파라미터가 없어서 여러 번 써도 되는 층 · no parameters, so one of each serves everywhere
        self.relu = nn.ReLU()
        self.pool = nn.AvgPool2d(kernel_size=2)

    def forward(self, x):
        # block 1
        block_in = x
        out = self.relu(self.conv1_1(block_in))
        out = self.relu(self.conv1_2(out))
        # >>> BLANK skip-4
        # ko: block_in(N×3×32×32)을 conv_skip1 → ReLU에 통과시켜 out(N×32×32×32)에 더하고, 그 합을 out에 넣으세요.
        #     끝나도 out은 N×32×32×32예요.
        # en: Send block_in (N×3×32×32) through conv_skip1 → ReLU, add it to out (N×32×32×32), and let out be the sum.
        #     Afterwards out is still N×32×32×32.
        # call: torch.add(input, other), input + other
        # TODO skip-4: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK skip-4
        out = self.pool(out)
        # block 2
        block_in = out
        out = self.relu(self.conv2_1(block_in))
        out = self.relu(self.conv2_2(out))
        # >>> BLANK skip-5
        # ko: 블록 1처럼, block_in(N×32×16×16)을 conv_skip2 → ReLU에 통과시켜 out에 더하세요. out은 N×64×16×16이에요.
        # en: As in block 1: block_in (N×32×16×16) through conv_skip2 → ReLU, added to out. out is N×64×16×16.
        # call: torch.add(input, other), input + other
        # TODO skip-5: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK skip-5
        out = self.pool(out)
        # block 3
        block_in = out
        out = self.relu(self.conv3_1(block_in))
        out = self.relu(self.conv3_2(out))
        # >>> BLANK skip-6
        # ko: 블록 1처럼, block_in(N×64×8×8)을 conv_skip3 → ReLU에 통과시켜 out에 더하세요. out은 N×256×8×8이에요.
        # en: As in block 1: block_in (N×64×8×8) through conv_skip3 → ReLU, added to out. out is N×256×8×8.
        # call: torch.add(input, other), input + other
        # TODO skip-6: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK skip-6
        out = self.pool(out)
        # classifier
        out = torch.flatten(out, start_dim=1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        return self.fc3(out)


if __name__ == "__main__":
    # 이미지 두 장으로 출력 모양 확인 · check the output's shape on two images
    images = torch.rand(2, 3, 32, 32)
    logits = VGG_SKIP()(images)
    print("출력 모양 · output shape:", tuple(logits.shape))
    print("OK" if logits.shape == (2, 10) else "(2, 10)이어야 해요 · expected")

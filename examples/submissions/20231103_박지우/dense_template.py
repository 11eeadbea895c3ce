# 밀집 연결 (dense connection) · Dense connections
#
# 빈칸(>>> BLANK 와 <<< BLANK 사이)을 모두 채우세요. TODO 줄을 지우고 그 자리에 쓰면 돼요.
# 빈칸 밖의 코드는 그대로 두어도 되고, 같은 계산을 한다면 다르게 써도 돼요.
# Fill every blank (between >>> BLANK and <<< BLANK); replace its TODO line by your code.
# The code outside the blanks may stay as it is, or be rewritten as long as it computes the same.
#
# 클래스 이름 · class name: VGG_DENSE
# 입력 · input: N×3×32×32, 0..1 (N은 몇이든 · any N)
# 출력 · output: N×10 로짓, softmax 없이 · logits, no softmax

import torch
import torch.nn as nn


class VGG_DENSE(nn.Module):
    """CIFAR-10 이미지 N×3×32×32 → 로짓 N×10 · images in, logits out"""

    def __init__(self):
        super().__init__()
        # block 1 (32×32)
        self.conv1_1 = nn.Conv2d(3, 16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        # block 2 (16×16)
        # >>> BLANK dense-1
        # ko: 블록 2의 첫 합성곱을 self.conv2_1에 만드세요. 출력은 N×32×16×16이고 3×3, stride 1, padding 1이에요.
        #     입력 채널 수는 블록 1이 이어 붙여(빈칸 3) 넘겨주는 채널 수예요.
        # en: Make block 2's first convolution, self.conv2_1. It gives N×32×16×16; 3×3, stride 1, padding 1.
        #     Its input channels are those that block 1 hands on after its concatenation (blank 3).
        # call: nn.Conv2d(in_channels, out_channels, kernel_size=..., padding=...)
        # TODO dense-1: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK dense-1
        self.conv2_2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        # block 3 (8×8)
        # >>> BLANK dense-2
        # ko: 블록 3의 첫 합성곱을 self.conv3_1에 만드세요. 출력은 N×128×8×8이고 3×3, stride 1, padding 1이에요.
        #     입력 채널 수는 블록 2가 이어 붙여(빈칸 4) 넘겨주는 채널 수예요.
        # en: Make block 3's first convolution, self.conv3_1. It gives N×128×8×8; 3×3, stride 1, padding 1.
        #     Its input channels are those that block 2 hands on after its concatenation (blank 4).
        # call: nn.Conv2d(in_channels, out_channels, kernel_size=..., padding=...)
        # TODO dense-2: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK dense-2
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
        block_in = x
        out = self.relu(self.conv1_1(block_in))
        out = self.relu(self.conv1_2(out))
        # >>> BLANK dense-3
        # ko: 블록 1의 입력 block_in(N×3×32×32) 뒤에 출력 out(N×32×32×32)을 채널 방향으로 이어 붙여 out에 넣으세요.
        #     끝나면 out은 N×35×32×32예요.
        # en: Concatenate along the channels: block 1's input block_in (N×3×32×32) first, its output out (N×32×32×32)
        #     behind it, and let out be the result. Afterwards out is N×35×32×32.
        # call: torch.cat([a, b], dim=...)
        # TODO dense-3: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK dense-3
        out = self.pool(out)
        # block 2
        block_in = out
        out = self.relu(self.conv2_1(block_in))
        out = self.relu(self.conv2_2(out))
        # >>> BLANK dense-4
        # ko: 블록 1처럼, block_in(N×35×16×16) 뒤에 out(N×64×16×16)을 이어 붙이세요. 끝나면 out은 N×99×16×16이에요.
        # en: As in block 1: block_in (N×35×16×16) first, out (N×64×16×16) behind it. Afterwards out is N×99×16×16.
        # call: torch.cat([a, b], dim=...)
        # TODO dense-4: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK dense-4
        out = self.pool(out)
        # block 3: 이어 붙이지 않아요 · nothing is concatenated here
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
    logits = VGG_DENSE()(images)
    print("출력 모양 · output shape:", tuple(logits.shape))
    print("OK" if logits.shape == (2, 10) else "(2, 10)이어야 해요 · expected")

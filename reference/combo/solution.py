"""Reference for `combo`, one design of many: a skip around block 1, a concatenation in block 2, a gate in block 3."""

import torch
import torch.nn as nn


class VGG_COMBO(nn.Module):
    """CIFAR-10 이미지 N×3×32×32 → 로짓 N×10 · images in, logits out"""

    def __init__(self):
        super().__init__()
        # 각 블록이 다음으로 넘겨주는 채널 수 · channels that each block hands on
        after1, after2, after3 = 32, 64, 256
        # >>> BLANK combo-1
        # ko: 어느 블록에서 이어 붙일지 정하고, 그 블록이 넘겨주는 채널 수(after1, after2, after3)를 바꾸세요. 이어 붙인
        #     결과 N×C×H×W의 C예요. 출력 채널 수(16, 32, 32, 64, 128, 256)는 바꾸지 않아요.
        # en: Decide which block concatenates, and change what it hands on (after1, after2 or after3): the C of the
        #     concatenated N×C×H×W. The output channels (16, 32, 32, 64, 128, 256) stay as they are.
        # call: after2 = a + b
        after2 = 32 + 64
        # <<< BLANK combo-1
        # block 1 (32×32)
        self.conv1_1 = nn.Conv2d(3, 16, kernel_size=3, padding=1)
        self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)
        # block 2 (16×16)
        self.conv2_1 = nn.Conv2d(after1, 32, kernel_size=3, padding=1)
        self.conv2_2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        # block 3 (8×8)
        self.conv3_1 = nn.Conv2d(after2, 128, kernel_size=3, padding=1)
        self.conv3_2 = nn.Conv2d(128, 256, kernel_size=3, padding=1)
        # skip 길과 게이트의 층 · the layers of your skip path and gate
        # >>> BLANK combo-2
        # ko: skip 길의 합성곱(블록 입력을 블록 출력과 같은 N×C×H×W로 바꿔요)과 게이트의 두 층(N×C×1×1 → N×C×1×1)을
        #     만드세요. 이름은 자유예요.
        # en: Make the convolution of your skip path (it turns the block's input into the N×C×H×W of the block's output)
        #     and the two layers of your gate (N×C×1×1 → N×C×1×1). Names are up to you.
        # call: nn.Conv2d(in_channels, out_channels, kernel_size=..., padding=...), nn.AdaptiveAvgPool2d(1), nn.Sigmoid()
        self.conv_skip = nn.Conv2d(3, 32, kernel_size=1)
        self.squeeze = nn.AdaptiveAvgPool2d(1)
        self.gate_conv1 = nn.Conv2d(256, 64, kernel_size=1)
        self.gate_conv2 = nn.Conv2d(64, 256, kernel_size=1)
        self.sigmoid = nn.Sigmoid()
        # <<< BLANK combo-2
        # classifier
        self.fc1 = nn.Linear(after3 * 4 * 4, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 10)
        # 파라미터가 없어서 여러 번 써도 되는 층 · no parameters, so one of each serves everywhere
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(kernel_size=2)

    def forward(self, x):
        # block 1
        block_in = x
        out = self.relu(self.conv1_1(block_in))
        out = self.relu(self.conv1_2(out))
        # >>> BLANK combo-3
        # ko: block_in은 N×3×32×32, out은 N×32×32×32예요. 블록 1에 넣을 것(덧셈, 이어 붙이기, 게이트)을 쓰고 결과를
        #     out에 담으세요. 넣지 않을 블록은 비워 둬도 돼요.
        # en: block_in is N×3×32×32, out is N×32×32×32. Write what you put into block 1 (addition, concatenation, gate)
        #     and let out be the result. A block that gets nothing may stay empty.
        # call: a + b, torch.cat([a, b], dim=1), a * gate
        out = out + self.relu(self.conv_skip(block_in))
        # <<< BLANK combo-3
        out = self.pool(out)
        # block 2
        block_in = out
        out = self.relu(self.conv2_1(block_in))
        out = self.relu(self.conv2_2(out))
        # >>> BLANK combo-4
        # ko: 블록 2도 마찬가지예요. block_in은 N×after1×16×16, out은 N×64×16×16이에요.
        # en: The same for block 2. block_in is N×after1×16×16, out is N×64×16×16.
        # call: a + b, torch.cat([a, b], dim=1), a * gate
        out = torch.cat([block_in, out], dim=1)
        # <<< BLANK combo-4
        out = self.pool(out)
        # block 3
        block_in = out
        out = self.relu(self.conv3_1(block_in))
        out = self.relu(self.conv3_2(out))
        # >>> BLANK combo-5
        # ko: 블록 3도 마찬가지예요. block_in은 N×after2×8×8, out은 N×256×8×8이에요.
        # en: The same for block 3. block_in is N×after2×8×8, out is N×256×8×8.
        # call: a + b, torch.cat([a, b], dim=1), a * gate
        gate = self.squeeze(out)
        gate = self.relu(self.gate_conv1(gate))
        gate = self.sigmoid(self.gate_conv2(gate))
        out = out * gate
        # <<< BLANK combo-5
        out = self.pool(out)
        # classifier
        out = torch.flatten(out, start_dim=1)
        out = self.relu(self.fc1(out))
        out = self.relu(self.fc2(out))
        return self.fc3(out)

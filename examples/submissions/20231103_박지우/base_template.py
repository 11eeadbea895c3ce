# 기본 네트워크 · Base network
#
# 빈칸(>>> BLANK 와 <<< BLANK 사이)을 모두 채우세요. TODO 줄을 지우고 그 자리에 쓰면 돼요.
# 빈칸 밖의 코드는 그대로 두어도 되고, 같은 계산을 한다면 다르게 써도 돼요.
# Fill every blank (between >>> BLANK and <<< BLANK); replace its TODO line by your code.
# The code outside the blanks may stay as it is, or be rewritten as long as it computes the same.
#
# 클래스 이름 · class name: VGG / Model
# 입력 · input: N×3×32×32, 0..1 (N은 몇이든 · any N)
# 출력 · output: N×10 로짓, softmax 없이 · logits, no softmax

import torch
import torch.nn as nn


class VGG(nn.Module):
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
        # >>> BLANK base-1
        # ko: 블록 3의 합성곱 두 개를 self.conv3_1, self.conv3_2에 만드세요. conv3_1은 N×64×8×8을 받아
        #     N×128×8×8을 내고, conv3_2는 그것을 받아 N×256×8×8을 내요. 둘 다 3×3, stride 1, padding 1이에요.
        # en: Make block 3's two convolutions, self.conv3_1 and self.conv3_2. conv3_1 takes N×64×8×8 and gives
        #     N×128×8×8; conv3_2 takes that and gives N×256×8×8. Both are 3×3 with stride 1 and padding 1.
        # call: nn.Conv2d(in_channels, out_channels, kernel_size=..., padding=...)
        # TODO base-1: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK base-1

        # >>> BLANK base-2
        # ko: 완전연결층 세 개를 self.fc1, self.fc2, self.fc3에 만드세요. fc1은 펼친 특징 맵(N×4096)을 받아 N×512를,
        #     fc2는 N×256을, fc3은 클래스 10개의 점수 N×10을 내요.
        # en: Make three fully connected layers, self.fc1, self.fc2 and self.fc3. fc1 takes the flattened feature map
        #     (N×4096) and gives N×512, fc2 gives N×256, and fc3 gives the scores of the 10 classes, N×10.
        # call: nn.Linear(in_features, out_features)
        # TODO base-2: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK base-2
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
        out = self.pool(out)
        # block 3
        # >>> BLANK base-3
        # ko: 블록 1, 2처럼 out(N×64×8×8)을 conv3_1 → ReLU → conv3_2 → ReLU → 풀링에 통과시키세요.
        #     끝나면 out은 N×256×4×4예요.
        # en: As in blocks 1 and 2, send out (N×64×8×8) through conv3_1 → ReLU → conv3_2 → ReLU → pool.
        #     Afterwards out is N×256×4×4.
        # call: self.relu(...), self.pool(...)
        # TODO base-3: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK base-3

        # >>> BLANK base-4
        # ko: 이미지마다 특징 맵을 한 줄로 펼치세요. N이 몇이든 out은 N×256×4×4에서 N×4096이 돼요.
        # en: Flatten the feature map of each image. Whatever N is, out goes from N×256×4×4 to N×4096.
        # call: torch.flatten(input, start_dim=...)
        # TODO base-4: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK base-4

        # >>> BLANK base-5
        # ko: out(N×4096)을 fc1 → ReLU → fc2 → ReLU → fc3에 통과시키세요. fc3 뒤에는 아무것도 붙이지 않아요.
        #     끝나면 out은 N×10이에요.
        # en: Send out (N×4096) through fc1 → ReLU → fc2 → ReLU → fc3, and nothing after fc3.
        #     Afterwards out is N×10.
        # call: self.relu(...)
        # TODO base-5: 여기에 코드를 쓰세요 · write your code here
        # <<< BLANK base-5
        return out


if __name__ == "__main__":
    # 이미지 두 장으로 출력 모양 확인 · check the output's shape on two images
    images = torch.rand(2, 3, 32, 32)
    logits = VGG()(images)
    print("출력 모양 · output shape:", tuple(logits.shape))
    print("OK" if logits.shape == (2, 10) else "(2, 10)이어야 해요 · expected")

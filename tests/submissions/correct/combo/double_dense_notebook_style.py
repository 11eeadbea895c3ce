# correct: written like a notebook, prints shapes; concatenated skip path carries block 1 to block 3; GroupNorm
import torch
import torch.nn as nn
import torch.nn.functional as F
device = 'cuda' if torch.cuda.is_available() else 'cpu'

def conv3x3(i, o):
    return nn.Sequential(nn.Conv2d(i, o, kernel_size=3, stride=1, padding=1), nn.GroupNorm(4, o), nn.ReLU())

class ChannelAttention(nn.Module):
    def __init__(self, c, r=4):
        super().__init__()
        self.f1 = nn.Conv2d(c, c // r, 1)
        self.f2 = nn.Conv2d(c // r, c, 1)
    def forward(self, x):
        s = x.view(x.size(0), x.size(1), -1).mean(dim=2)
        s = s[..., None, None]
        return self.f2(F.relu(self.f1(s))).sigmoid() * x

class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        self.b11, self.b12 = conv3x3(3, 16), conv3x3(16, 32)
        self.b21, self.b22 = conv3x3(32, 32), conv3x3(32, 64)
        self.b31, self.b32 = conv3x3(96, 128), conv3x3(128, 256)
        self.res = nn.Conv2d(96, 256, kernel_size=1)
        self.att1, self.att2, self.att3 = ChannelAttention(32), ChannelAttention(64), ChannelAttention(256)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(4096, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
    def forward(self, x):
        one = self.att1(self.b12(self.b11(x)))
        one = F.max_pool2d(one, 2)
        two = self.att2(self.b22(self.b21(one)))
        print(two.shape)
        both = F.max_pool2d(torch.cat([one, two], axis=1), 2)
        three = self.att3(self.b32(self.b31(both))) + self.res(both)
        three = F.max_pool2d(three, kernel_size=2, stride=2)
        return self.head(three.flatten(1))

model = VGG_COMBO().to(device)

# correct: functools.partial for the convolutions, relu written as clamp(min=0)
from functools import partial

import torch
from torch import nn

conv3x3 = partial(nn.Conv2d, kernel_size=3, stride=1, padding=1)


def relu(t):
    return torch.clamp(t, min=0)


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1, self.conv1_2, self.id1 = conv3x3(3, 16), conv3x3(16, 32), conv3x3(3, 32)
        self.conv2_1, self.conv2_2, self.id2 = conv3x3(32, 32), conv3x3(32, 64), conv3x3(32, 64)
        self.conv3_1, self.conv3_2, self.id3 = conv3x3(64, 128), conv3x3(128, 256), conv3x3(64, 256)
        self.fc1, self.fc2, self.fc3 = nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        for a, b, s in ((self.conv1_1, self.conv1_2, self.id1),
                        (self.conv2_1, self.conv2_2, self.id2),
                        (self.conv3_1, self.conv3_2, self.id3)):
            x = self.pool(relu(b(relu(a(x)))) + relu(s(x)))
        x = torch.flatten(x, 1)
        return self.fc3(relu(self.fc2(relu(self.fc1(x)))))

# correct: registered Parameters in a ParameterDict and torch.nn.functional
import torch
import torch.nn as nn
import torch.nn.functional as F

CONVS = dict(c11=(3, 16), c12=(16, 32), s1=(3, 32), c21=(32, 32), c22=(32, 64), s2=(32, 64),
             c31=(64, 128), c32=(128, 256), s3=(64, 256))
LINEARS = dict(f1=(4096, 512), f2=(512, 256), f3=(256, 10))


class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.ParameterDict()
        for name, (i, o) in CONVS.items():
            self.p[name + "_w"] = nn.Parameter(torch.empty(o, i, 3, 3).normal_(0, 0.05))
            self.p[name + "_b"] = nn.Parameter(torch.zeros(o))
        for name, (i, o) in LINEARS.items():
            self.p[name + "_w"] = nn.Parameter(torch.empty(o, i).uniform_(-0.05, 0.05))
            self.p[name + "_b"] = nn.Parameter(torch.zeros(o))

    def conv(self, x, name):
        return F.relu(F.conv2d(x, self.p[name + "_w"], self.p[name + "_b"], padding=1))

    def fc(self, x, name):
        return F.linear(x, self.p[name + "_w"], self.p[name + "_b"])

    def forward(self, x):
        for k in (1, 2, 3):
            main = self.conv(self.conv(x, f"c{k}1"), f"c{k}2")
            x = F.avg_pool2d(main + self.conv(x, f"s{k}"), 2)
        x = x.flatten(1)
        x = F.relu(self.fc(x, "f1"))
        x = F.relu(self.fc(x, "f2"))
        return self.fc(x, "f3")

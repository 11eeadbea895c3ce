# correct: skips in all three blocks, concatenations in the first two, gates in all three, in a loop over ModuleLists
import torch
import torch.nn as nn
import torch.nn.functional as F

class VGG_COMBO(nn.Module):
    def __init__(self):
        super().__init__()
        entering, middle, leaving = [3, 35, 99], [16, 32, 128], [32, 64, 256]
        self.first = nn.ModuleList([nn.Conv2d(i, m, 3, padding=1) for i, m in zip(entering, middle)])
        self.second = nn.ModuleList([nn.Conv2d(m, o, 3, padding=1) for m, o in zip(middle, leaving)])
        self.side = nn.ModuleList([nn.Conv2d(i, o, 3, padding=1) for i, o in zip(entering, leaving)])
        self.squeeze = nn.ModuleList([nn.Conv2d(o, o // 4, 1) for o in leaving])
        self.excite = nn.ModuleList([nn.Conv2d(o // 4, o, 1) for o in leaving])
        self.full = nn.ModuleList([nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)])

    def forward(self, x):
        for b in range(3):
            out = F.relu(self.second[b](F.relu(self.first[b](x))))
            gate = F.avg_pool2d(out, out.shape[-1])
            out = out.mul(torch.sigmoid(self.excite[b](F.relu(self.squeeze[b](gate)))))
            out = torch.add(out, F.relu(self.side[b](x)))
            if b < 2:
                out = torch.cat([x, out], dim=1)
            x = F.max_pool2d(out, 2)
        x = x.flatten(1)
        x = F.relu(self.full[0](x))
        x = F.relu(self.full[1](x))
        return self.full[2](x)

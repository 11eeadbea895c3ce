# correct: star imports and tabs for indentation
import torch
from torch.nn import *
import torch.nn.functional as F

class VGG_DENSE(Module):
	def __init__(self):
		super(VGG_DENSE, self).__init__()
		self.conv1_1 = Conv2d(3, 16, 3, padding=1)
		self.conv1_2 = Conv2d(16, 32, 3, padding=1)
		self.conv2_1 = Conv2d(35, 32, 3, padding=1)
		self.conv2_2 = Conv2d(32, 64, 3, padding=1)
		self.conv3_1 = Conv2d(99, 128, 3, padding=1)
		self.conv3_2 = Conv2d(128, 256, 3, padding=1)
		self.fc1 = Linear(4096, 512)
		self.fc2 = Linear(512, 256)
		self.fc3 = Linear(256, 10)

	def forward(self, x):
		x0 = x
		x = F.relu(self.conv1_1(x))
		x = F.relu(self.conv1_2(x))
		x = torch.cat([x0, x], dim=1)
		x = F.avg_pool2d(x, 2)
		x0 = x
		x = F.relu(self.conv2_1(x))
		x = F.relu(self.conv2_2(x))
		x = torch.cat([x0, x], dim=1)
		x = F.avg_pool2d(x, 2)
		x = F.relu(self.conv3_1(x))
		x = F.relu(self.conv3_2(x))
		x = F.avg_pool2d(x, 2)
		x = x.view(-1, 4096)
		x = F.relu(self.fc1(x))
		x = F.relu(self.fc2(x))
		return self.fc3(x)

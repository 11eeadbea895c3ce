import torch
import torchvision
import wandb

from model import VGG_CA, VGG_SKIP

wandb.init(project="ml-week12", name="skip")
device = 'cuda'
loader = torch.utils.data.DataLoader(
    torchvision.datasets.CIFAR10("data", download=True, transform=torchvision.transforms.ToTensor()),
    batch_size=100, shuffle=True)
model = VGG_SKIP().to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    for x, y in loader:
        loss = torch.nn.functional.cross_entropy(model(x.to(device)), y.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    wandb.log({"loss": loss.item(), "epoch": epoch})

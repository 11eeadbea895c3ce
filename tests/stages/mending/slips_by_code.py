"""One slip for each kind of repair: the exercise, what stands in its solution, what stands there instead."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

SUPER = "super().__init__()"
HEAD = "class VGG(nn.Module):"
RELU = "self.relu = nn.ReLU()"
FLAT = "torch.flatten(out, start_dim=1)"
FIRST = "self.conv1_1 = nn.Conv2d(3, 16, kernel_size=3, padding=1)"
POOLED = "out = self.pool(out)"
LAST = "out = self.fc3(out)"

SLIPS: dict[str, tuple[str, str, str]] = {
    "odd-characters": ("skip", "self.relu(self.conv_skip1(block_in))", "self.relu（self.conv_skip1(block_in))"),
    "quote": ("base", FIRST, FIRST.replace("padding=1", "padding_mode='zeros, padding=1")),
    "colon": ("base", "def forward(self, x):", "def forward(self, x)"),
    "comma": ("base", "nn.Conv2d(3, 16, ", "nn.Conv2d(3, 16 "),
    "bracket": ("base", "self.relu(self.conv1_2(out))", "self.relu(self.conv1_2(out)"),
    "stray-character": ("base", RELU, f"{RELU}`"),
    "print-statement": ("base", POOLED, f"{POOLED}\n        print out.shape"),
    "shell-line": ("base", "import torch.nn as nn", "$ python train.py\nimport torch.nn as nn"),
    "comparison": ("base", "# block 1\n        out", "if x.dim() = 3:\n            x = x[None]\n        out"),
    "keyword-misspelt": ("base", "def forward", "deff forward"),
    "assignment": ("base", RELU, RELU.replace("=", "==")),
    "comma-for-full-stop": ("base", "self.relu(self.conv1_1(x))", "self,relu(self.conv1_1(x))"),
    "full-stop-for-comma": ("dense", "torch.cat([block_in, out], dim=1)", "torch.cat([block_in. out], dim=1)"),
    "pasted-marks": ("base", "import torch\n", ">>> import torch\n"),
    "tabs-mixed": ("base", f"        {RELU}", f"\t{RELU}"),
    "indentation": ("base", f"        {RELU}", f"         {RELU}"),
    "not-python": ("base", "super().__init__", "super()::__init__"),
    "operator-missing": ("base", RELU, "self.relu nn.ReLU()"),
    "broken-statement-aside": ("base", "return out\n", "return out\n\n\nmodel = VGG(\nprint(model)\n"),
    "merge-markers": ("base", f"        {RELU}\n", f"<<<<<<< HEAD\n        {RELU}\n=======\n        pass\n>>>>>>> b\n"),
    "unfinished-line": ("base", RELU, f"{RELU} +"),
    "body-missing": ("base", "return out\n", "return out\n\n    def extra(self):\n"),
    "broken-statement": ("base", "# block 1 (32×32)", "block 1 (32x32) 첫 번째"),
    "class-name": ("skip", "class VGG_SKIP(", "class VGG_Skip("),
    "import-missing": ("base", "import torch\n", "\n"),
    "import-misspelt": ("base", "import torch\n", "import troch\n"),
    "name-misspelt": ("base", FLAT, "torch.flatten(otu, start_dim=1)"),
    "self-missing": ("base", "self.relu(self.conv1_1(x))", "self.relu(conv1_1(x))"),
    "self-too-many": ("base", FLAT, "torch.flatten(out, start_dim=self.x.dim() - 3)"),
    "attribute-misspelt": ("base", "self.relu(self.conv1_1(x))", "self.relu(self.cnov1_1(x))"),
    "torch-name-misspelt": ("base", FIRST, FIRST.replace("Conv2d", "Conv2D")),
    "init-misspelt": ("base", SUPER, "super().__int__()"),
    "argument-misspelt": ("base", FIRST, FIRST.replace("kernel_size", "kernal_size")),
    "super-wrong": ("base", SUPER, "super().__init__"),
    "method-misspelt": ("base", "def __init__(", "def __int__("),
    "self-argument": ("base", "def forward(self, x)", "def forward(x)"),
    "argument-missing": ("base", "def forward(self, x)", "def forward(self)"),
    "base-missing": ("base", HEAD, "class VGG:"),
    "return-missing": ("base", "        return out\n", ""),
    "several-returned": ("base", "return out", "return out, x"),
    "call-form": ("dense", "torch.cat([block_in, out], dim=1)", "torch.cat(block_in, out, dim=1)"),
    "call-missing": ("base", POOLED, "out = self.pool"),
    "class-not-at-top": ("base", HEAD, f"def build():\n  {HEAD}"),
    "super-forgotten": ("base", f"{SUPER}\n", "\n"),
    "constructor-arguments": ("base", "def __init__(self)", "def __init__(self, num_classes)"),
    "name-unknown": ("base", FLAT, "torch.flatten(features, start_dim=1)"),
    "used-before-made": ("ca", "        gate = self.global_pool(out)\n", "        gate_in = gate\n        gate = self.global_pool(out)\n"),
    "classes-returned": ("base", "return out\n", "return out.argmax(dim=1)\n"),
    "unpacked": ("ca", "gate = self.global_pool(out)", "n, c = out.size()\n        gate = self.global_pool(out)"),
    "loop-too-long": ("base", SUPER, f"{SUPER}\n        widths = [3, 16, 32]\n        pairs = [(widths[i], widths[i + 1]) for i in range(3)]"),
    "result-discarded": ("base", f"out = {FLAT}", FLAT),
    "another-returned": ("base", f"{LAST}\n        return out", "logits = self.fc3(out)\n        return x"),
    "constant-returned": ("base", f"{LAST}\n        return out", "scores = self.fc3(out)\n        return torch.zeros(len(x), 10)"),
    "returned-early": ("base", LAST, f"return out\n        {LAST}"),
    "padding-missing": ("skip", "self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3, padding=1)", "self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3)"),
    "view-numbers": ("base", FLAT, "out.view(-1, 2048)"),
    "outputs-number": ("base", "nn.Linear(256, 10)", "nn.Linear(256, 100)"),
    "kernel-size": ("skip", "self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3", "self.conv1_2 = nn.Conv2d(16, 32, kernel_size=11"),
    "wrong-dtype": ("base", POOLED, f"{POOLED}\n        out = out.double()"),
    "dimensions-missing": ("ca", "gate = self.sigmoid(self.gate_conv2(gate))", "gate = self.sigmoid(self.gate_conv2(gate)).flatten(1)"),
    "channels-declared": ("dense", "nn.Conv2d(35, 32", "nn.Conv2d(32, 32"),
    "features-declared": ("base", "nn.Linear(4096, 512)", "nn.Linear(1024, 512)"),
    "wrong-tensor": ("skip", "self.relu(self.conv1_2(out))", "self.relu(self.conv1_2(x))"),
    "wrong-dimension": ("dense", "torch.cat([block_in, out], dim=1)", "torch.cat([block_in, out], dim=0)"),
    "stride-wrong": ("skip", "self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3", "self.conv1_2 = nn.Conv2d(16, 32, kernel_size=3, stride=2"),
    "batch-written": ("base", FLAT, "out.view(100, -1)"),
    "flatten-missing": ("base", f"out = {FLAT}", "out = out"),
    "ends-itself": ("base", SUPER, f"{SUPER}\n        exit()"),
    "module-absent": ("base", SUPER, f"from my_blocks import ConvBlock\n        {SUPER}"),
    "plots": ("base", POOLED, f"{POOLED}\n        plt.imshow(out[0, 0])"),
    "weights-absent": ("base", RELU, f"{RELU}\n        self.load_state_dict(torch.load('vgg.pth'))"),
    "surroundings": ("base", RELU, f"{RELU}\n        self.names = open('labels.txt').read()"),
    "asks-somebody": ("base", RELU, f"{RELU}\n        self.rate = float(input('rate? '))"),
}  # fmt: skip


def slipped(code: str, solutions: Mapping[str, str]) -> tuple[str, str]:
    """The exercise, and its solution with the slip of a code."""
    if code == "method-outside-class":
        head, method = solutions["base"].split("    def forward", 1)
        return "base", head + textwrap.dedent(f"    def forward{method}")
    name, old, new = SLIPS[code]
    assert old in solutions[name], f"{old!r} is not in the solution of {name}"
    return name, solutions[name].replace(old, new, 1)


CODES = (*SLIPS, "method-outside-class")

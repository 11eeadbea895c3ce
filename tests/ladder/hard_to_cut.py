"""Right hand-ins whose class is hard to cut out of its file, one mechanism each: what is run must be found.

Every case is the skip network of `NET`, which needs `conv`, `H` and `C` from outside; how these come about is what
the case is about. `python tests/ladder/hard_to_cut.py FOLDER` writes them out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

IMPORTS = """\
import torch
import torch.nn as nn
import torchvision
import torchvision.transforms as transforms
"""
CONV = """
def conv(i, o):
    return nn.Conv2d(i, o, 3, padding=1)
"""
NUMBERS = """
H, C = 512, 10
"""
NET = """
class VGG_SKIP(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1_1, self.conv1_2, self.skip1 = conv(3, 16), conv(16, 32), conv(3, 32)
        self.conv2_1, self.conv2_2, self.skip2 = conv(32, 32), conv(32, 64), conv(32, 64)
        self.conv3_1, self.conv3_2, self.skip3 = conv(64, 128), conv(128, 256), conv(64, 256)
        self.fc1, self.fc2, self.fc3 = nn.Linear(4096, H), nn.Linear(H, 256), nn.Linear(256, C)
        self.pool = nn.AvgPool2d(2)

    def block(self, x, a, b, s):
        return self.pool(torch.relu(b(torch.relu(a(x)))) + torch.relu(s(x)))

    def forward(self, x):
        x = self.block(x, self.conv1_1, self.conv1_2, self.skip1)
        x = self.block(x, self.conv2_1, self.conv2_2, self.skip2)
        x = self.block(x, self.conv3_1, self.conv3_2, self.skip3)
        x = torch.flatten(x, 1)
        return self.fc3(torch.relu(self.fc2(torch.relu(self.fc1(x)))))
"""
DATA = """
trainset = torchvision.datasets.CIFAR10('./data', train=True, download=True, transform=transforms.ToTensor())
trainloader = torch.utils.data.DataLoader(trainset, batch_size=100, shuffle=True, num_workers=2)
"""
TRAIN = """
model = VGG_SKIP().to('cuda' if torch.cuda.is_available() else 'cpu')
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    for images, labels in trainloader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
"""


class Case(NamedTuple):
    """One hand-in: its files, and whether a person may be asked instead of giving full marks."""

    what: str
    files: Mapping[str, str]
    review: bool = False


def script(head: str, net: str = NET, tail: str = DATA + TRAIN, **files: str) -> dict[str, str]:
    """A `.py` file, and others beside it ("cfg_json" for cfg.json)."""
    named = {name.replace("__", "/")[::-1].replace("_", ".", 1)[::-1]: text for name, text in files.items()}
    return {"skip.py": IMPORTS + head + net + tail, **named}


def notebook(*cells: str | tuple[str, int]) -> dict[str, str]:
    """A notebook; a cell may have the count of when it was run."""
    made = [
        {
            "cell_type": "code", "metadata": {}, "outputs": [],
            "source": cell if isinstance(cell, str) else cell[0],
            "execution_count": None if isinstance(cell, str) else cell[1],
        }
        for cell in cells
    ]  # fmt: skip
    document = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return {"skip.ipynb": json.dumps(document, ensure_ascii=False)}


def changed(old: str, new: str, net: str = NET) -> str:
    """The network with one part of its text replaced."""
    assert old in net
    return net.replace(old, new)


METHODS = {
    "_conv_forward": "    def _conv_forward(self, x, weight, bias):\n        return padded(x, weight, bias)\n",
    "reset_parameters": "    def reset_parameters(self):\n        he(self.weight, self.bias)\n",
    "_apply": "    def _apply(self, fn, recurse=True):\n        tell('moved')\n        return super()._apply(fn, recurse)\n",
    "__getattr__": "    def __getattr__(self, name):\n        tell(name)\n        return super().__getattr__(name)\n",
    "named_modules": "    def named_modules(self, *a, **k):\n        tell('asked')\n        yield from super().named_modules(*a, **k)\n",
}
HELPERS = """
told = []
def tell(what):
    told.append(what)
def padded(x, weight, bias):
    return nn.functional.conv2d(x, weight, bias, padding=1)
@torch.no_grad()
def he(weight, bias):
    nn.init.kaiming_normal_(weight)
    if bias is not None:
        bias.zero_()
"""

CASES: dict[str, Case] = {
    f"method_{name.strip('_')}": Case(
        f"a convolution of the student's own overrides {name}, which only torch calls",
        script(f"{HELPERS}\nclass Conv(nn.Conv2d):\n{text}\ndef conv(i, o):\n    return Conv(i, o, 3, padding=1)\n{NUMBERS}"),
    )
    for name, text in METHODS.items()
}
CASES |= {
    "model_overrides_to": Case(
        "the network overrides to(), cuda() and requires_grad_() with helpers",
        script(
            HELPERS + CONV + NUMBERS,
            NET + "\n    def to(self, *a, **k):\n        tell('to')\n        return super().to(*a, **k)\n"
            "\n    def add_module(self, name, module):\n        tell(name)\n        super().add_module(name, module)\n"
            "\n    def __setattr__(self, name, value):\n        tell(name)\n        super().__setattr__(name, value)\n",
        ),
    ),
    "getattr_by_f_string": Case(
        "layers fetched with getattr(self, f'make_{kind}')",
        script(NUMBERS, changed("conv(3, 16), conv(16, 32), conv(3, 32)", "[self.layer('conv', i, o) for i, o in ((3, 16), (16, 32), (3, 32))]")
               .replace("    def block(", "    def layer(self, kind, *sizes):\n        return getattr(self, f'make_{kind}')(*sizes)\n\n"
                        "    def make_conv(self, i, o):\n        return conv(i, o)\n\n    def block("), DATA + CONV + TRAIN),
    ),
    "globals_by_name": Case("conv out of globals()", script(
        "\ndef make_3x3(i, o):\n    return nn.Conv2d(i, o, 3, padding=1)\n" + NUMBERS
        + "\ndef conv(i, o, size=3):\n    return globals()[f'make_{size}x{size}'](i, o)\n")),
    "eval_of_a_name": Case("eval of a string that names a function", script(
        "\ndef three(i, o):\n    return nn.Conv2d(i, o, 3, padding=1)\nKIND = 'thr' + 'ee'\ndef conv(i, o):\n    return eval(KIND)(i, o)\n" + NUMBERS)),
    "exec_makes_the_numbers": Case("exec of a string at the top", script(
        CONV + "\nfor name, value in (('H', 512), ('C', 10)):\n    exec(f'{name} = {value}')\n")),
    "registry_by_decorator": Case("a registry filled by decorators, the parts never named", script(
        "\nLAYERS = {}\ndef register(name):\n    def put(f):\n        LAYERS[name] = f\n        return f\n    return put\n"
        "\n@register('conv')\ndef _conv(i, o):\n    return nn.Conv2d(i, o, 3, padding=1)\n"
        "\ndef conv(i, o):\n    return LAYERS['conv'](i, o)\n" + NUMBERS)),
    "registry_by_subclasses": Case("parts found among __subclasses__()", script(
        "\nclass Part(nn.Module):\n    kind = ''\n\nclass Three(Part):\n    kind = 'three'\n    def __init__(self, i, o):\n        super().__init__()\n"
        "        self.c = nn.Conv2d(i, o, 3, padding=1)\n    def forward(self, x):\n        return self.c(x)\n"
        "\ndef conv(i, o):\n    return {c.kind: c for c in Part.__subclasses__()}['three'](i, o)\n" + NUMBERS)),
    "registry_by_init_subclass": Case("parts that register themselves in __init_subclass__", script(
        "\nKINDS = {}\nclass Part(nn.Module):\n    def __init_subclass__(cls, **k):\n        KINDS[cls.__name__] = cls\n"
        "\nclass Three(Part):\n    def __init__(self, i, o):\n        super().__init__()\n"
        "        self.c = nn.Conv2d(i, o, 3, padding=1)\n    def forward(self, x):\n        return self.c(x)\n"
        "\ndef conv(i, o):\n    return KINDS['Three'](i, o)\n" + NUMBERS)),
    "singledispatchmethod": Case("singledispatch on the kind of a spec", script(
        "\nfrom functools import singledispatch\n@singledispatch\ndef make(spec):\n    raise TypeError(spec)\n"
        "\n@make.register(tuple)\ndef _(spec):\n    return nn.Conv2d(*spec, 3, padding=1)\n"
        "\n@make.register(str)\ndef _(spec):\n    return nn.ReLU()\n\ndef conv(i, o):\n    return make((i, o))\n" + NUMBERS)),
    "sys_modules_lookup": Case("getattr(sys.modules[__name__], …)", script(
        "\nimport sys\ndef three(i, o):\n    return nn.Conv2d(i, o, 3, padding=1)\ndef conv(i, o):\n"
        "    return getattr(sys.modules[__name__], 'three')(i, o)\n" + NUMBERS)),
    "inspect_members": Case("parts found by inspect in the own module", script(
        "\nimport inspect, sys\nclass ThreeConv(nn.Conv2d):\n    def __init__(self, i, o):\n        super().__init__(i, o, 3, padding=1)\n"
        "\nPARTS = dict(inspect.getmembers(sys.modules[__name__], inspect.isclass))\ndef conv(i, o):\n    return PARTS['ThreeConv'](i, o)\n" + NUMBERS)),
    "settings_json": Case("a JSON file beside the script", script(
        CONV + "\nimport json\nwith open('cfg.json') as f:\n    cfg = json.load(f)\nH, C = cfg['hidden'], cfg['classes']\n",
        cfg_json='{"hidden": 512, "classes": 10}')),
    "settings_yaml": Case("a YAML file in a folder, path from __file__", script(
        CONV + "\nimport os, yaml\npath = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'conf', 'net.yaml')\n"
        "cfg = yaml.safe_load(open(path, encoding='utf-8'))\nH, C = cfg['hidden'], cfg['classes']\n",
        conf__net_yaml="hidden: 512\nclasses: 10\n")),
    "settings_ini_on_drive": Case("an INI file whose folder was the student's Drive", script(
        CONV + "\nimport configparser\nini = configparser.ConfigParser()\nini.read_file(open('/content/drive/MyDrive/lab/net.ini'))\n"
        "H, C = ini.getint('net', 'hidden'), ini.getint('net', 'classes')\n", net_ini="[net]\nhidden = 512\nclasses = 10\n")),
    "settings_csv": Case("a table of layers in CSV", script(
        CONV + "\nimport csv\nrows = {r['name']: int(r['size']) for r in csv.DictReader(open('sizes.csv'))}\nH, C = rows['h'], rows['c']\n",
        sizes_csv="name,size\nh,512\nc,10\n")),
    "settings_toml_of_a_helper": Case("a helper module that reads TOML at import", script(
        "\nfrom settings import H, C\n" + CONV, settings_py="import tomllib\nfrom pathlib import Path\n"
        "_t = tomllib.loads((Path(__file__).parent / 'net.toml').read_text())\nH, C = _t['hidden'], _t['classes']\n",
        net_toml="hidden = 512\nclasses = 10\n")),
    "update_out_of_a_file": Case("a dictionary updated out of a file", script(
        CONV + "\nimport json\nCFG = dict(h=64, c=10)\nCFG.update(json.load(open('cfg.json')))\nH, C = CFG['h'], CFG['c']\n",
        cfg_json='{"h": 512}')),
    "list_filled_under_tqdm": Case("a list filled in a tqdm loop", script(
        CONV + "\nfrom tqdm import tqdm\nsizes = []\nfor n in tqdm([512, 10], desc='sizes'):\n    sizes.append(n)\n",
        changed("nn.Linear(4096, H), nn.Linear(H, 256), nn.Linear(256, C)", "nn.Linear(4096, sizes[0]), nn.Linear(sizes[0], 256), nn.Linear(256, sizes[1])"))),
    "own_fit": Case("own functions called fit, display and download that only count", script(
        CONV + "\ndef fit(n):\n    return n * 2\ndef display(n):\n    print(n)\n    return n\ndef download(n=10):\n    return n\n"
        "H = display(fit(256))\nC = download()\n")),
    "own_load_method": Case("own methods called load and save", script(
        CONV + "\nclass Config:\n    def load(self, **k):\n        self.__dict__.update(k)\n        return self\n    def save(self):\n        return self\n"
        "cfg = Config().load(h=512, c=10).save()\nH, C = cfg.h, cfg.c\n")),
    "classes_of_the_data": Case("sizes read off the data set", script(
        CONV + DATA + "\nC = len(trainset.class_to_idx)\nH = 2 * trainset[0][0].shape[1] * 8\n", tail=TRAIN)),
    "a_batch_of_the_data": Case("sizes read off a batch", script(
        CONV + DATA + "\nimages, labels = next(iter(trainloader))\nH, C = images.shape[-1] * 16, len(trainset.classes)\n", tail=TRAIN)),
    "argparse_subcommand": Case("argparse with a required position and a required choice", script(
        CONV + "\nimport argparse\np = argparse.ArgumentParser()\np.add_argument('data')\np.add_argument('--hidden', type=int, default=512)\n"
        "g = p.add_mutually_exclusive_group(required=True)\ng.add_argument('--gpu', action='store_true')\ng.add_argument('--cpu', action='store_true')\n"
        "args, rest = p.parse_known_args()\nH, C = args.hidden, 10\n")),
    "environment": Case("%env in a notebook", notebook(
        IMPORTS, "%env HIDDEN=512\n%set_env CLASSES 10", CONV + "\nimport os\nH, C = int(os.environ['HIDDEN']), int(os.environ['CLASSES'])", NET, DATA, TRAIN)),
    "click_options": Case("a command of click around the training", script(
        CONV + NUMBERS + "\nimport click\n", tail=DATA + "\n@click.command()\n@click.option('--lr', default=0.1)\ndef main(lr):\n    net = VGG_SKIP()\n\nmain()\n")),
    "omegaconf": Case("OmegaConf", script(
        CONV + "\nfrom omegaconf import OmegaConf\ncfg = OmegaConf.create({'h': 512, 'c': '${h}'})\nH, C = cfg.h, 10 * cfg.c // 512\n")),
    "easydict": Case("EasyDict", script(CONV + "\nfrom easydict import EasyDict as edict\ncfg = edict(h=512, c=10)\nH, C = cfg.h, cfg.c\n")),
    "munch": Case("a dictionary by attribute of a package that is not here", script(
        CONV + "\nfrom munch import Munch\ncfg = Munch({'h': 512, 'net': {'c': 10}})\nH, C = cfg.h, cfg.net.c\n")),
    "wandb_config": Case("sizes out of wandb.config", script(
        CONV + "\nimport wandb\nwandb.init(project='lab', config={'h': 512, 'c': 10})\nH, C = wandb.config.h, wandb.config['c']\n")),
    "wandb_in_forward": Case("wandb.log in forward", script(
        CONV + NUMBERS + "\nimport wandb\nwandb.init(project='lab')\n",
        changed("        x = torch.flatten(x, 1)", "        wandb.log({'mean': x.mean().detach()})\n        x = torch.flatten(x, 1)"))),
    "widget": Case("sizes out of widgets", notebook(
        IMPORTS + "import ipywidgets as widgets", "h = widgets.Dropdown(options=[256, 512], value=512)\ndisplay(h)\nslider = widgets.IntText(value=10)",
        CONV + "\nH, C = h.value, slider.value", NET, DATA, TRAIN)),
    "lightning": Case("a LightningModule", script(
        CONV + NUMBERS + "\nimport pytorch_lightning as pl\n",
        changed("nn.Module)", "pl.LightningModule)").replace("super().__init__()", "super().__init__()\n        self.save_hyperparameters()")
        + "\n    def training_step(self, batch, _):\n        x, y = batch\n        loss = nn.functional.cross_entropy(self(x), y)\n"
        "        self.log('loss', loss)\n        return loss\n",
        DATA + "\npl.Trainer(max_epochs=20).fit(VGG_SKIP(), trainloader)\n")),
    "unknown_decorator": Case("a decorator on forward of a package that is not here", script(
        CONV + NUMBERS + "\nfrom typeguard import typechecked\n", changed("    def forward", "    @typechecked\n    def forward")), review=True),
    "kornia_in_forward": Case("a function of a package that is not here, called for nothing", script(
        CONV + NUMBERS + "\nimport kornia\n", changed("        x = torch.flatten(x, 1)", "        kornia.check(x)\n        x = torch.flatten(x, 1)")), review=True),
    "summary_writer": Case("tensorboardX in forward", script(
        CONV + NUMBERS + "\nfrom tensorboardX import SummaryWriter\nwriter = SummaryWriter()\n",
        changed("        x = torch.flatten(x, 1)", "        writer.add_scalar('mean', x.mean().item(), 0)\n        x = torch.flatten(x, 1)")), review=True),
    "beartype_shapes": Case("jaxtyping's shapes in annotations", script(
        CONV + NUMBERS + "\nfrom jaxtyping import Float, jaxtyped\nfrom torch import Tensor\n",
        changed("def forward(self, x):", "def forward(self, x: Float[Tensor, 'n 3 32 32']) -> Float[Tensor, 'n 10']:"))),
    "einops_layer": Case("einops", script(
        CONV + NUMBERS + "\nfrom einops import rearrange\n", changed("torch.flatten(x, 1)", "rearrange(x, 'n c h w -> n (c h w)')"))),
    "gpu_by_number": Case("devices by number, CUDA's tensor types, a GPU's name", script(
        CONV.replace("padding=1)", "padding=1, device=0)") + NUMBERS
        + "\nprint(torch.cuda.get_device_name(0))\ntorch.set_default_tensor_type('torch.cuda.FloatTensor')\ndevice = torch.cuda.current_device()\n",
        changed("x = torch.flatten(x, 1)", "x = torch.flatten(x, 1).type('torch.cuda.FloatTensor').to(device)"))),
    "jit_trace": Case("torch.jit.trace of a part, ScriptModule, a scripted function", script(
        NUMBERS + "\n@torch.jit.script\ndef flat(x: torch.Tensor):\n    return x.flatten(1)\n"
        "\nclass Conv(torch.jit.ScriptModule):\n    def __init__(self, i, o):\n        super().__init__()\n        self.c = nn.Conv2d(i, o, 3, padding=1)\n"
        "    @torch.jit.script_method\n    def forward(self, x):\n        return self.c(x)\n"
        "\ndef conv(i, o):\n    return torch.jit.trace(Conv(i, o), torch.zeros(1, i, 8, 8))\n",
        changed("torch.flatten(x, 1)", "flat(x)"))),
    "input_with_default": Case("questions that were answered with Enter", script(
        CONV + "\nH = int(input('hidden [512] ') or 512)\nC = int(input('classes [10] ') or '10')\n"), review=True),
    "helper_cell_below": Case("a helper cell below the class's that ran before it", notebook(
        (IMPORTS, 1), (NET, 5), (CONV + "\nH = 64", 2), ("H = 512", 3), ("C = 10", 4), (DATA, 6), (TRAIN, 7))),
    "older_cell_below": Case("an older setting stands below the newer one", notebook(
        (IMPORTS, 1), (CONV, 2), ("H = 512", 8), ("C = 10", 4), (NET, 9), ("H = 100", 5), (DATA, 6), (TRAIN, 10))),
    "torn_cell": Case("a cell with the imports is torn by a later edit", notebook(
        (IMPORTS + CONV + "\ndef show(img:\n    plt.imshow(img", 1), (NUMBERS, 2), (NET, 3), (DATA, 4), (TRAIN, 5))),
    "torn_end": Case("the end of the script is torn", script(CONV + NUMBERS, tail=DATA + TRAIN + "\nprint('finished'\n"), review=True),
    "notes_in_a_cell": Case("a cell with sentences instead of code", notebook(
        (IMPORTS, 1), (CONV + NUMBERS, 2), ("결과: 정확도 0.61 이 나왔다\n다음에는 lr을 바꿔 본다", 3), (NET, 4), (DATA, 5), (TRAIN, 6))),
    "statement_that_waits": Case("a statement that waits for ever", script(
        CONV + "\nimport time\nwhile not torch.cuda.is_available():\n    time.sleep(1)\n" + "\nimport json\nH, C = json.load(open('c.json'))\n", c_json="[512, 10]")),
    "exit_before": Case("sys.exit where there is no GPU", script(
        CONV + "\nimport sys, json\nif not torch.cuda.is_available():\n    sys.exit('GPU!')\nH, C = json.load(open('c.json'))\n", c_json="[512, 10]")),
    "global_state": Case("torch's defaults changed for the evaluation", script(
        CONV + "\nimport json\nH, C = json.load(open('c.json'))\ntorch.set_grad_enabled(False)\ntorch.set_default_dtype(torch.float64)\n", c_json="[512, 10]")),
    "package_with_settings": Case("a package whose parts import each other, settings beside them", {
        "net/__init__.py": "from .model import VGG_SKIP\nfrom . import parts\n",
        "net/parts.py": "import torch.nn as nn\n" + CONV + "\nimport json, pathlib\nH, C = json.loads(pathlib.Path(__file__).with_name('c.json').read_text())\n",
        "net/model.py": "import torch\nimport torch.nn as nn\nfrom . import parts\nfrom .parts import *\n" + NET,
        "net/c.json": "[512, 10]", "main.py": "from net import VGG_SKIP\nprint(VGG_SKIP())\n"}),
    "spec_from_file": Case("a module loaded from its file", script(
        "\nimport importlib.util\nspec = importlib.util.spec_from_file_location('p', 'parts/p.py')\np = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(p)\nconv, H, C = p.conv, p.H, p.C\n", parts__p_py="import torch.nn as nn\n" + CONV + NUMBERS)),
    "exec_of_a_file": Case("exec of another file's text", script(
        "\nexec(open('parts.py').read())\n", parts_py=CONV + NUMBERS)),
    "module_runs_a_training": Case("a helper module that trains when it is imported", script(
        "\nfrom parts import conv, H, C\n", parts_py=IMPORTS + DATA + "\nfor x, y in trainloader:\n    print(y)\n" + CONV + NUMBERS)),
    "set_by_a_trained_loop": Case("a constant that the training loop does not touch, set after it", script(
        CONV + DATA + "\nbest = 0\nfor images, labels in trainloader:\n    best += len(labels)\nH = 512 if best >= 0 else 1\nC = 10\n", tail=TRAIN)),
    "main_function_sets_globals": Case("main() declares globals that the class reads", script(
        CONV, tail=DATA + "\ndef main():\n    global H, C\n    H, C = 512, 10\n    net = VGG_SKIP()\n    train(net)\n"
        "\ndef train(net):\n    for x, y in trainloader:\n        net(x)\n\nif __name__ == '__main__':\n    main()\n")),
}  # fmt: skip


def write_out(folder: Path) -> None:
    """A folder per case, called like a student."""
    for number, case in enumerate(CASES.values(), start=1):
        for name, text in case.files.items():
            file = folder / f"2070{number:04d}" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_out(Path(sys.argv[1]))

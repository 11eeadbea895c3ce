"""What stands for things that a sandbox lacks: packages, data sets, a keyboard, a command line, a GPU's clock.

A stand-in never makes a number up: where the code needs a value that only the real thing has, it fails. What it
was given by keyword it keeps, since that is where constants of a network come from (`IntSlider(value=512).value`,
`wandb.init(config={"hidden": 512})`). `touched` says which of them were used while the network was built and run.
"""

from __future__ import annotations

import argparse
import builtins
import functools
import getpass
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import files as files_of
import torch

GPU_CALLS = {
    "current_device": 0, "set_device": None, "synchronize": None, "get_device_name": "GPU", "reset_peak_memory_stats": None,
    "memory_allocated": 0, "max_memory_allocated": 0, "memory_reserved": 0, "mem_get_info": (0, 0),
}  # fmt: skip
WATCHERS = frozenset(
    """wandb mlflow comet_ml neptune clearml aim tensorboard tensorboardX torchinfo torchsummary torchsummaryX thop
    ptflops fvcore torchviz hiddenlayer netron loguru termcolor colorama matplotlib seaborn plotly IPython ipywidgets
    google psutil GPUtil pynvml memory_profiler line_profiler pandas tabulate prettytable""".split()  # noqa: SIM905
)
"""Packages that look at a network and leave it as it is: calls of theirs whose answer is not used are no matter."""
IMAGES = 10
"""In a stand-in for CIFAR-10: one of each class."""


class StandIns:
    """Which stand-ins there are, and what was done with them."""

    def __init__(self) -> None:
        self.packages: set[str] = set()
        self.touched: set[str] = set()
        self.building = False
        """The network is being built or run."""

    def stand_in(self, handed_in: list[dict[str, str]], root: str) -> None:
        """Put every stand-in in its place."""
        if importlib.util.find_spec("tensorboard") is None:  # torch's own module needs it
            sys.modules["torch.utils.tensorboard"] = module = types.ModuleType("torch.utils.tensorboard")
            vars(module).update(_writer())
        sys.meta_path.append(Missing(self))
        files_of.find_by_name(handed_in, root)
        for module, name in ((builtins, "input"), (getpass, "getpass")):
            setattr(module, name, lambda *_, **__: "")
        builtins.display = lambda *_, **__: None  # type: ignore[attr-defined]
        builtins.get_ipython = lambda: Thing(self, "IPython", "get_ipython()")  # type: ignore[attr-defined]
        for name, value in GPU_CALLS.items():
            setattr(torch.cuda, name, lambda *_, value=value, **__: value)
        no_option_is_required()
        images_without_download()
        no_worker_processes()

    def note(self, package: str, only_called: bool = False) -> None:
        """Something was done with a package's stand-in."""
        if self.building and not (only_called and package in WATCHERS):
            self.touched.add(package)


class Thing:
    """Whatever a missing package would give: permissive, and without a value of its own."""

    def __init__(self, of: StandIns, package: str, name: str, kept: Mapping[Any, Any] | None = None) -> None:
        vars(self).update(_of=of, _package=package, _name=name, _kept={}, _parts={})
        for key, value in (kept or {}).items():
            self._kept[key] = self._keeping(value, str(key))

    def _keeping(self, value: Any, name: str) -> Any:
        """A dictionary can be read by attribute, too."""
        is_mapping = isinstance(value, Mapping) and not isinstance(value, Thing)
        return Thing(self._of, self._package, f"{self._name}.{name}", value) if is_mapping else value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        self._of.note(self._package, only_called=True)
        if name in self._kept:
            return self._kept[name]
        if name in ("items", "keys", "values", "get", "copy") and self._kept:
            return getattr(self._kept, name)
        if name not in self._parts:
            self._parts[name] = Thing(self._of, self._package, f"{self._name}.{name}")
        return self._parts[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self._of.note(self._package, only_called=True)
        self._kept[name] = value

    def __call__(self, *given: Any, **named: Any) -> Any:
        self._of.note(self._package, only_called=True)
        if len(given) == 1 and not named and isinstance(given[0], type | types.FunctionType):
            return self._decorated(given[0])
        mappings = [g for g in given if isinstance(g, Mapping)]
        made = Thing(
            self._of, self._package, f"{self._name}()", {**(mappings[0] if mappings else {}), **named}
        )
        for key, value in made._kept.items():  # wandb.init(config=…) is what wandb.config is then
            self._owner().setdefault(key, value)
        return made

    def _owner(self) -> dict[Any, Any]:
        """What is kept by the package itself."""
        module = sys.modules.get(self._package)
        return vars(module) if isinstance(module, Package) else {}

    def _decorated(self, thing: Any) -> Any:
        """A function that says when it is called; of a class it is not known what became of it."""
        if isinstance(thing, type):
            self._of.touched.add(self._package)
            return thing

        @functools.wraps(thing)
        def wrapper(*given: Any, **named: Any) -> Any:
            self._of.note(self._package, only_called=True)
            return thing(*given, **named)

        return wrapper

    def __getitem__(self, key: Any) -> Any:
        self._of.note(self._package)
        if key in self._kept:
            return self._kept[key]
        return Thing(self._of, self._package, f"{self._name}[…]")

    def __setitem__(self, key: Any, value: Any) -> None:
        self._of.note(self._package)
        self._kept[key] = value

    def __iter__(self) -> Iterator[Any]:
        self._of.note(self._package)
        return iter(self._known())

    def __len__(self) -> int:
        self._of.note(self._package)
        return len(self._known())

    def _known(self) -> dict[Any, Any]:
        """What was given; of anything else it is not even known how much there is."""
        kept: dict[Any, Any] = self._kept
        if not kept:
            raise TypeError(f"{self._name} is not here")
        return kept

    def __bool__(self) -> bool:
        self._of.note(self._package)
        return True

    def __contains__(self, key: Any) -> bool:
        return key in self._kept

    def __enter__(self) -> Thing:
        self._of.note(self._package, only_called=True)
        return self

    def __exit__(self, *_: Any) -> None:
        self._of.note(self._package, only_called=True)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        """A class whose parent is missing has none."""
        self._of.touched.add(self._package)
        return ()

    def __or__(self, other: Any) -> Any:
        return Any

    __ror__ = __or__

    def __repr__(self) -> str:
        return f"<stand-in for {self._name}>"


class Package(types.ModuleType):
    """A missing package: whatever is asked of it is there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        made = Thing(vars(self)["_of"], vars(self)["_package"], f"{self.__name__}.{name}")
        setattr(self, name, made)
        return made


class Missing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what no other finder has found."""

    def __init__(self, of: StandIns) -> None:
        self.of = of

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A stand-in for a package that is not there at all; a real one that lacks a part keeps lacking it."""
        root = fullname.partition(".")[0]
        if root in sys.stdlib_module_names or (
            "." in fullname and not isinstance(sys.modules.get(root), Package)
        ):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """A permissive module."""
        root = spec.name.partition(".")[0]
        self.of.packages.add(root)
        made = Package(spec.name)
        vars(made).update(_of=self.of, _package=root, __version__="0", __all__=[])
        return made

    def exec_module(self, module: types.ModuleType) -> None:
        """The few whose parts a network is made of are known."""
        known = KNOWN.get(module.__name__)
        if known is not None:
            vars(module).update(known())


# -- packages of which it is known that they leave a network as it is ----------------------------------------


class SummaryWriter:
    """TensorBoard's: what it is told it writes down, and it answers nothing."""

    def __init__(self, log_dir: str | None = None, *_: Any, **__: Any) -> None:
        self.log_dir = log_dir or "runs"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("add_") or name in ("flush", "close"):
            return nothing
        raise AttributeError(name)

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *_: Any) -> None:
        """Nothing was opened."""


def nothing(*_: Any, **__: Any) -> None:
    """Stands for a call that answers nothing."""


class LightningModule(torch.nn.Module):
    """A module with a training loop around it: layers and `forward` are the student's."""

    device = torch.device("cpu")
    log = log_dict = print = freeze = unfreeze = staticmethod(nothing)

    def save_hyperparameters(self, *names: Any, **_: Any) -> None:
        """Keep the arguments of the `__init__` that calls this, as `hparams`."""
        caller = sys._getframe(1)
        given = {k: v for k, v in caller.f_locals.items() if k not in ("self", "__class__")}
        found = [n for n in names if isinstance(n, Mapping)]
        self.__dict__["hparams"] = types.SimpleNamespace(**(found[0] if found else given))


def _writer() -> dict[str, Any]:
    return {"SummaryWriter": SummaryWriter}


def _lightning() -> dict[str, Any]:
    return {"LightningModule": LightningModule}


KNOWN: dict[str, Callable[[], dict[str, Any]]] = {
    "tensorboardX": _writer,
    "lightning": _lightning,
    "lightning.pytorch": _lightning,
    "pytorch_lightning": _lightning,
    "pytorch_lightning.core": _lightning,
}


# -- the rest of what a sandbox lacks -------------------------------------------------------------------------


def no_option_is_required() -> None:
    """Options that a command line would have given stay at their defaults."""
    original = argparse.ArgumentParser.parse_known_args

    def parse_known_args(parser: Any, args: Any = None, namespace: Any = None) -> Any:
        for action in parser._actions:
            action.required = False
            if not action.option_strings and action.nargs is None:
                action.nargs = "?"
        for group in parser._mutually_exclusive_groups:
            group.required = False
        return original(parser, args, namespace)

    argparse.ArgumentParser.parse_known_args = parse_known_args  # type: ignore[method-assign,assignment]


def images_without_download() -> None:
    """torchvision's CIFAR data sets without their files: real classes and interface, a few black images."""
    torchvision = sys.modules.get("torchvision")
    if torchvision is None:
        return
    import numpy as np

    for name, classes in (("CIFAR10", CIFAR10), ("CIFAR100", [f"class{n}" for n in range(100)])):
        real = getattr(torchvision.datasets, name)

        def without_files(
            self: Any, root: Any = "", train: bool = True, transform: Any = None, target_transform: Any = None,
            download: bool = False, *, classes: list[str] = classes, real: Any = real,
        ) -> None:  # fmt: skip
            super(torchvision.datasets.CIFAR10, self).__init__(
                root, transform=transform, target_transform=target_transform
            )
            self.train, self.classes = train, list(classes)
            self.class_to_idx = {label: number for number, label in enumerate(classes)}
            self.data = np.zeros((IMAGES, 32, 32, 3), dtype=np.uint8)
            self.targets = list(range(IMAGES))

        real.__init__ = without_files


CIFAR10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def no_worker_processes() -> None:
    """A DataLoader that loads by itself: no process can be started in here."""
    original = torch.utils.data.DataLoader.__init__

    def by_itself(self: Any, *args: Any, **kwargs: Any) -> None:
        for name in ("num_workers", "pin_memory", "persistent_workers", "prefetch_factor", "timeout"):
            kwargs.pop(name, None)
        original(self, *args, **kwargs)

    torch.utils.data.DataLoader.__init__ = by_itself  # type: ignore[method-assign]

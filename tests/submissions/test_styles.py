"""Proof of the library in this folder: `correct/` computes the exercise's network, `broken/` does not.

Nothing of the grader is used, only torch. Every file is run and compared in float64 with a network
written here from the exercise's description: same parameters, same images, outputs and gradients equal
to 1e-9. Parameters are matched by what each layer has in and out, whatever its name or declaration order;
where two layers are alike, both ways are tried. A file that concatenates [output, input] says so in a
line `# map: block1=output-input`; then the input channels of the next layer are reordered.
"""

from __future__ import annotations

import itertools
import math
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

HERE = Path(__file__).parent
CLASSES = {
    "base": ("VGG", "Model"),
    "skip": ("VGG_SKIP",),
    "dense": ("VGG_DENSE",),
    "ca": ("VGG_CA",),
}
AT_LEAST = {
    "correct": {"base": 12, "skip": 18, "dense": 18, "ca": 18},
    "broken": {"base": 8, "skip": 14, "dense": 14, "ca": 14},
}
TOLERANCE = 1e-9

Layer = tuple[nn.Parameter, nn.Parameter | None]
"""Weight and bias of one operator."""


def files(kind: str) -> list[Any]:
    """Every file of one kind as (exercise, path)."""
    return [
        pytest.param(path.parent.name, path, id=f"{path.parent.name}/{path.stem}")
        for path in sorted((HERE / kind).glob("*/*.py"))
        if path.parent.name in CLASSES  # of an open design there is no network to compare with
    ]


class Reference(nn.Module):
    """One of the four networks of the exercises."""

    def __init__(self, exercise: str) -> None:
        super().__init__()
        self.exercise = exercise
        entering = (3, 35, 99) if exercise == "dense" else (3, 32, 64)
        self.sizes = list(zip(entering, (16, 32, 128), (32, 64, 256), strict=True))
        self.first = nn.ModuleList(nn.Conv2d(i, m, 3, padding=1) for i, m, _ in self.sizes)
        self.second = nn.ModuleList(nn.Conv2d(m, o, 3, padding=1) for _, m, o in self.sizes)
        self.side = nn.ModuleList()
        if exercise == "skip":
            self.side.extend(nn.Conv2d(i, o, 3, padding=1) for i, _, o in self.sizes)
        if exercise == "ca":
            self.side.extend(nn.Linear(64, 64) for _ in range(2))
        self.full = nn.ModuleList([nn.Linear(4096, 512), nn.Linear(512, 256), nn.Linear(256, 10)])

    def forward(self, x: Tensor) -> Tensor:
        """Images, N×3×32×32, to logits, N×10."""
        for block in range(3):
            out = F.relu(self.second[block](F.relu(self.first[block](x))))
            if self.exercise == "skip":
                out = out + F.relu(self.side[block](x))
            if self.exercise == "dense" and block < 2:
                out = torch.cat([x, out], dim=1)
            if self.exercise == "ca" and block == 1:
                gate = torch.sigmoid(self.side[1](F.relu(self.side[0](out.mean(dim=(2, 3))))))
                out = out * gate[:, :, None, None]
            x = F.avg_pool2d(out, 2)
        x = x.flatten(1)
        return torch.as_tensor(self.full[2](F.relu(self.full[1](F.relu(self.full[0](x))))))


@contextmanager
def float64() -> Iterator[None]:
    """Float64 on one thread, with the warnings that students' code gives (lazy layers …) left out."""
    threads, dtype = torch.get_num_threads(), torch.get_default_dtype()
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.set_default_dtype(dtype)
        torch.set_num_threads(threads)


def layers_of(module: nn.Module) -> list[Layer]:
    """Weights with the bias registered after each."""
    parameters = list(module.parameters())
    following = [*parameters[1:], None]
    return [
        (weight, bias if bias is not None and bias.dim() == 1 else None)
        for weight, bias in zip(parameters, following, strict=True)
        if weight.dim() > 1
    ]


def size(layer: Layer) -> tuple[int, int, bool]:
    """Outputs, numbers that one output is made of, has a bias: alike for a Linear and a 1×1 Conv2d."""
    weight, bias = layer
    return weight.shape[0], math.prod(weight.shape[1:]), bias is not None


class Seen(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes the storage of every tensor that an operator is given."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.storages: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.storages |= {a.untyped_storage().data_ptr() for a in args if isinstance(a, Tensor)}
        return func(*args, **(kwargs or {}))


@cache
def expected(exercise: str) -> tuple[Reference, Tensor, Tensor, Tensor]:
    """The reference with fixed parameters and gradients, five images, its logits, and the loss's weights."""
    generator = torch.Generator().manual_seed(12)
    reference = Reference(exercise)
    with torch.no_grad():
        for parameter in reference.parameters():
            fan_in = math.prod(parameter.shape[1:]) if parameter.dim() > 1 else 50
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * math.sqrt(2 / fan_in))
    images = torch.rand(5, 3, 32, 32, generator=generator)
    slope = torch.randn(2, 10, generator=generator)
    logits = reference(images)
    (logits[:2] * slope).sum().backward()
    return reference, images, logits.detach(), slope


def input_order(source: str) -> dict[int, list[int]]:
    """For each layer number of the reference that reads a swapped concatenation: where channels come from."""
    line = next((line for line in source.splitlines() if line.startswith("# map:")), "")
    first = [*range(3, 35), *range(3)] if "block1=output-input" in line else [*range(35)]
    second = [*range(35, 99), *first] if "block2=output-input" in line else [*first, *range(35, 99)]
    return {1: first, 2: second} if line else {}


def is_finite_logits(logits: object, count: int) -> bool:
    """Whether this is what `forward` must return for `count` images."""
    return isinstance(logits, Tensor) and logits.shape == (count, 10) and bool(logits.isfinite().all())


def first_failure(source: str, exercise: str) -> str | None:
    """The first of loads, shape, channels, function, gradients that this source fails; None: correct."""
    submission = types.ModuleType("submission")
    reference, images, logits, slope = expected(exercise)
    try:
        exec(compile(source, "submission.py", "exec", dont_inherit=True), submission.__dict__)
        model: nn.Module = next(
            submission.__dict__[name] for name in CLASSES[exercise] if name in submission.__dict__
        )()
    except (Exception, SystemExit):  # noqa: BLE001  whatever a student's code raises
        return "loads"

    try:
        for count in (2, 1, 5):
            given = images[:count].clone()
            with torch.no_grad():
                if not is_finite_logits(model(given), count) or not given.equal(images[:count]):
                    return "shape"
    except Exception:  # noqa: BLE001
        return "shape"

    layers = layers_of(model)
    with Seen() as seen, torch.no_grad():
        model(images[:2])
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    if (
        Counter(map(size, layers)) != Counter(map(size, layers_of(reference)))
        or sum(2 if bias is not None else 1 for _, bias in layers) != len(list(model.parameters()))
        or any(p.untyped_storage().data_ptr() not in seen.storages for p in model.parameters())
        or any({*m.stride, *m.dilation, m.groups} != {1} for m in convolutions)
    ):
        return "channels"

    order = input_order(source)
    verdict = "function"
    for pairs in matchings(layers, layers_of(reference)):
        for mine, theirs, channels in aligned(pairs, reference, order, lambda p: p):
            assert mine is not None
            with torch.no_grad():
                mine.copy_(theirs if channels is None else theirs[:, channels])
        if not same_outputs(model, images, logits):
            continue
        verdict = "gradients"
        model.train().zero_grad()
        try:
            (model(images[:2]) * slope).sum().backward()
        except RuntimeError:
            continue
        if all(
            mine is not None and close(mine, theirs if channels is None else theirs[:, channels])
            for mine, theirs, channels in aligned(pairs, reference, order, lambda p: p.grad)
        ):
            return None
    return verdict


def matchings(mine: list[Layer], theirs: list[Layer]) -> Iterator[list[tuple[Layer, Layer]]]:
    """Every way to pair layers of the same size."""
    groups: dict[tuple[int, int, bool], tuple[list[Layer], list[Layer]]] = {}
    for side, layers in enumerate((mine, theirs)):
        for layer in layers:
            groups.setdefault(size(layer), ([], []))[side].append(layer)
    for choice in itertools.product(*(itertools.permutations(ours) for _, ours in groups.values())):
        yield [
            pair for (a, _), b in zip(groups.values(), choice, strict=True) for pair in zip(a, b, strict=True)
        ]


def aligned(
    pairs: list[tuple[Layer, Layer]],
    reference: Reference,
    order: dict[int, list[int]],
    what: Callable[[nn.Parameter], Tensor | None],
) -> Iterator[tuple[Tensor | None, Tensor, list[int] | None]]:
    """The student's tensor, the reference's in the same shape, and the order of its input channels."""
    swapped = {id(reference.first[block].weight): channels for block, channels in order.items()}
    for mine, theirs in pairs:
        for m, t in zip(mine, theirs, strict=True):
            if m is None or t is None:
                continue
            tensor = what(t)
            assert tensor is not None
            yield what(m), tensor.reshape(m.shape), swapped.get(id(t))


def same_outputs(model: nn.Module, images: Tensor, logits: Tensor) -> bool:
    """In both modes, for several batch sizes, call after call."""
    with torch.no_grad():
        for mode in (True, False):
            model.train(mode)
            if not all(close(model(images[:n]), logits[:n]) for n in (2, 2, 1)):
                return False
        return close(model(images), logits)


def close(a: Tensor, b: Tensor) -> bool:
    """Equal to 1e-9, relative to the largest value."""
    return bool((a - b).abs().max() <= TOLERANCE * b.abs().max().clamp(min=1))


@pytest.mark.parametrize(("exercise", "path"), files("correct"))
def test_a_correct_style_is_the_same_network_as_the_reference(exercise: str, path: Path) -> None:
    with float64():
        failed = first_failure(path.read_text(encoding="utf-8"), exercise)

    assert failed is None


@pytest.mark.parametrize(("exercise", "path"), files("broken"))
def test_a_broken_style_fails_first_where_its_file_says(exercise: str, path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if "by_chance" in path.stem:
        pytest.skip(
            "whether it fails here is a matter of luck; tests/stages/judging says what the grader finds"
        )
    with float64():
        failed = first_failure(source, exercise)

    assert failed == source.splitlines()[1].removeprefix("# expect: ")


@pytest.mark.parametrize(("exercise", "path"), files("correct"))
def test_a_correct_style_says_what_is_special_about_it(exercise: str, path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# correct: ")


@pytest.mark.parametrize(("exercise", "path"), files("broken"))
def test_a_broken_style_says_what_is_wrong_and_which_check_sees_it(exercise: str, path: Path) -> None:
    first, second, *_ = path.read_text(encoding="utf-8").splitlines()

    assert first.startswith("# broken: ")
    assert second.removeprefix("# expect: ") in ("loads", "shape", "channels", "function", "gradients")


@pytest.mark.parametrize("kind", AT_LEAST)
@pytest.mark.parametrize("exercise", CLASSES)
def test_there_are_enough_styles_of_each_exercise(kind: str, exercise: str) -> None:
    assert len(list((HERE / kind / exercise).glob("*.py"))) >= AT_LEAST[kind][exercise]

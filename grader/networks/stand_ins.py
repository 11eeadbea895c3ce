"""What stands in for a blank that was left empty, so that the rest of the program can be traced.

Ordinary Python that runs among the student's code and knows no more than the handout: which names a
blank reads, which it makes, and their shapes. Each stand-in is a cell with a label of its own. It touches what
it is given and what it makes by an `aten.alias`, each on a line of its own, so that its calls can be told in
the graph and another step can be put in their place (`splice.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.marks import Blank
from grader.records.assignment import BlankTerms, LayerTerms
from grader.records.submission import Cell, LocalModule

ALIAS = "aten.alias.default"
FORWARD = "forward"
"""Name of what stands in for the whole of `forward`."""
INIT = "__init__"
"""Name of what stands in for the layers that `__init__` should make."""


@dataclass(frozen=True)
class Border:
    """Where the nodes of a stand-in come from: the label of its cell and the lines of its aliases."""

    label: str
    reads: tuple[int, ...]
    """Lines on which what it is given passes, in the order of `BlankTerms.reads`."""
    makes: tuple[int, ...]
    """Lines on which what it makes passes, in the order of `BlankTerms.makes`."""


def cells_of(blank: str, terms: BlankTerms) -> tuple[Cell, ...]:
    """The cells that define a blank's stand-ins; they go before the student's own."""
    if terms.makes:
        return (Cell(label=_label(blank), text="\n".join(_step_lines(blank, terms))),)
    return tuple(
        Cell(label=_label(blank, name), text=_LAYER.format(name=_class(blank, name), spread=_spread(layer)))
        for name, layer in terms.layers.items()
    )


def call_of(blank: str, terms: BlankTerms, layers: tuple[str, ...] = ()) -> str:
    """The statement that takes the blank's place, on one line.

    Args:
        layers: which of the blank's layers are missing; without meaning for a step.
    """
    if terms.makes:
        return f"{', '.join(terms.makes)} = {_function(blank)}({', '.join(terms.reads)})"
    return "; ".join(f"self.{name} = {_class(blank, name)}()" for name in layers)


def forward_cells(class_name: str, terms: BlankTerms) -> tuple[tuple[Cell, ...], Cell]:
    """Cells before and behind the student's own that give their class a stand-in for `forward`."""
    handed_on = f"{class_name}.forward = lambda self, x: {_function(FORWARD)}(x)"
    return cells_of(FORWARD, terms), Cell(label=_label(FORWARD, "call"), text=handed_on)


def init_cells(
    class_name: str, template_class: str, template: Sequence[Cell], names: Sequence[str]
) -> tuple[LocalModule, Cell]:
    """A module with the template, and a cell behind the student's own that gives their class its layers.

    Args:
        template: cells of the template, with stand-ins in its blanks.
        names: attributes that the student's class reads; one that has a layer's name in it ("avgpool") is that
            layer where it has no parameters.
    """
    module = LocalModule(name=_TEMPLATE, cells=tuple(template))
    text = _INIT.format(module=_TEMPLATE, own=class_name, given=template_class, names=tuple(names))
    return module, Cell(label=_label(INIT), text=text)


def free_cell(class_name: str, names: Sequence[str], blocks: Mapping[int, int], image: Sequence[int]) -> Cell:
    """A cell behind the student's own that gives their class layers of names and sizes of their own.

    What a layer is follows from its name (a pooling, an activation) or from what arrives: a 1×1 convolution that
    keeps the channels of what has no height and width, or gives as many as the block whose feature maps are so large.

    Args:
        names: attributes that `forward` calls and nobody makes.
        blocks: output channels of a block by the height of its feature maps.
        image: channels, height, width of the input.
    """
    text = _FREE.format(own=class_name, names=tuple(names), blocks=dict(blocks), image=tuple(image))
    return Cell(label=_label("layers"), text=text)


_FREE = """import torch as _torch
class _Layer(_torch.nn.Module):
    def __init__(self, name):
        super().__init__()
        self.inside, self.name = None, name.lower()
    def forward(self, x):
        if self.inside is None:
            self.inside = self.made(x)
        return self.inside(x)
    def made(self, x):
        if any(part in self.name for part in ("pool", "squeeze", "gap", "avg")):
            return _torch.nn.AdaptiveAvgPool2d(1)
        if "sig" in self.name:
            return _torch.nn.Sigmoid()
        if "relu" in self.name:
            return _torch.nn.ReLU()
        if x.dim() == 2:
            return _torch.nn.Linear(x.shape[1], x.shape[1])
        side = x.shape[2]
        return _torch.nn.Conv2d(x.shape[1], {blocks}.get(side, x.shape[1]), 1)
_init = {own}.__init__
def _with_layers(self):
    _init(self)
    for _name in {names}:
        setattr(self, _name, _Layer(_name))
    try:
        with _torch.no_grad():
            self(_torch.rand(2, *{image}))  # what arrives decides their sizes
    except Exception:
        pass  # it is raised again where it is looked for
{own}.__init__ = _with_layers"""


_TEMPLATE = "_template"
_INIT = """import {module} as _template
_init = {own}.__init__
def _with_layers(self):
    _init(self)
    for _name, _layer in _template.{given}().named_children():
        for _alias in (_name, *{names}):
            _like = _alias == _name or (_name in _alias.lower() and not list(_layer.parameters()))
            if _like and not hasattr(self, _alias):
                setattr(self, _alias, _layer)
{own}.__init__ = _with_layers"""


def border_of_step(blank: str, terms: BlankTerms) -> Border:
    """How a step's nodes are told in a graph."""
    reads, makes = len(terms.reads), len(terms.makes)
    first = 3 + reads + 1 + makes
    return Border(_label(blank), tuple(range(3, 3 + reads)), tuple(range(first, first + makes)))


def border_of_layer(blank: str, name: str) -> Border:
    """How a layer's calls are told in a graph."""
    return Border(_label(blank, name), (4,), (6,))


def with_borders(solution: str, blanks: Sequence[Blank], terms: Mapping[str, BlankTerms]) -> tuple[Cell, ...]:
    """The cells of a solution in which every step passes what it reads and makes through aliases."""
    text, cells = solution.split("\n"), []
    for one in blanks:
        blank, first, last = one.name, one.first, one.last
        stated = terms.get(blank)
        if stated is None or not stated.makes:
            continue
        for line, names, suffix in ((first, stated.reads, "reads"), (last, tuple(stated.makes), "makes")):
            indent = text[line - 1].partition("#")[0]
            listed = ", ".join(names)
            text[line - 1] = f"{indent}{listed} = {_function(blank)}_{suffix}({listed})"
        cells.append(Cell(label=_label(blank), text="\n".join(_border_lines(blank, stated))))
    return (*cells, Cell(label="solution.py", text="\n".join(text)))


def _step_lines(blank: str, terms: BlankTerms) -> list[str]:
    given = ", ".join(terms.reads)
    return [
        "import torch as _torch",
        f"def {_function(blank)}({given}):",
        *(f"    {name} = _torch.ops.aten.alias.default({name})" for name in terms.reads),
        f"    given = sum(one.flatten(1).mean(1) for one in ({given},))",
        *(
            f"    {name} = given.view(-1{', 1' * len(shape)}).expand(-1, {', '.join(map(str, shape))}).contiguous()"
            for name, shape in terms.makes.items()
        ),
        *(f"    {name} = _torch.ops.aten.alias.default({name})" for name in terms.makes),
        f"    return {', '.join(terms.makes)}",
    ]


def _border_lines(blank: str, terms: BlankTerms) -> list[str]:
    """Two functions that hand on what they are given, with their aliases on the lines of `border_of_step`."""
    border = border_of_step(blank, terms)
    lines = [""] * (border.makes[-1] + 2)
    lines[0] = "import torch as _torch"
    for suffix, names, places in (
        ("reads", terms.reads, border.reads),
        ("makes", tuple(terms.makes), border.makes),
    ):
        listed = ", ".join(names)
        lines[places[0] - 2] = f"def {_function(blank)}_{suffix}({listed}):"
        for name, line in zip(names, places, strict=True):
            lines[line - 1] = f"    {name} = _torch.ops.aten.alias.default({name})"
        lines[places[-1]] = f"    return {listed}"
    return lines


_LAYER = """import torch as _torch
class {name}(_torch.nn.Module):
    def forward(self, x):
        x = _torch.ops.aten.alias.default(x)
        x = {spread}
        return _torch.ops.aten.alias.default(x)"""


def _spread(layer: LayerTerms) -> str:
    """An expression of the layer's result: from means of `x`, so that it depends on what the layer is given.

    Sides that the layer keeps are `x`'s own, whatever they are.
    """
    if len(layer.takes) == 1:
        return f"x.mean(-1, keepdim=True).expand(*x.shape[:-1], {layer.gives[0]}).contiguous()"
    sides = [
        f"x.shape[{side}]" if side > 1 and given == taken else str(given)
        for side, (given, taken) in enumerate(zip(layer.gives, layer.takes, strict=True), start=1)
    ]
    return f"x.flatten(1).mean(1).view(-1{', 1' * len(sides)}).expand(-1, {', '.join(sides)}).contiguous()"


def _label(blank: str, layer: str = "") -> str:
    return f"blank {blank} {layer}".rstrip()


def _function(blank: str) -> str:
    return f"_blank_{blank.replace('-', '_')}"


def _class(blank: str, layer: str) -> str:
    return f"{_function(blank)}_{layer}"

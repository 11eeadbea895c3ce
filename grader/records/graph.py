"""A submission after capture: the network as plain data.

A `ModelGraph` is what a student's module computes, as a sequence of ATen operators. From here
on nobody runs, reads or needs the student's code again.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from grader.records.base import Record

Shape = tuple[int, ...]


class SourceLine(Record):
    """A line of the student's own, as `Cell.label` names it."""

    file: str
    line: int


class ValueRef(Record):
    """A tensor: the number of an entry of `ModelGraph.values`, or of a node's output."""

    value: int


class Affine(Record):
    """An integer that depends on the batch size N: `per_image * N + plus`."""

    per_image: int
    plus: int


class Dtype(Record):
    """A torch dtype by name: "float32"."""

    dtype: str


class MemoryFormat(Record):
    """A torch memory format by name: "contiguous_format"."""

    memory_format: str


Single = ValueRef | Affine | Dtype | MemoryFormat | bool | int | float | str | None
Argument = Single | tuple[Single, ...]


class Value(Record):
    """A tensor that exists before `forward` runs.

    Entry 0 is always the input images. `registered` is False for a parameter that the optimizer
    would not see (a layer in a plain list, for example).
    """

    kind: Literal["input", "parameter", "buffer", "constant"]
    name: str
    """The student's own name, "conv1_1.weight"; a constant is named by its number."""
    shape: Shape
    dtype: str
    requires_grad: bool = False
    registered: bool = True
    data: bytes | None = None
    """Initial numbers, little-endian, of whatever our starting weights do not set: constants,
    buffers, and parameters of fewer than two dimensions that belong to no layer's bias."""


class Node(Record):
    """One operator call, in the order in which it was made."""

    op: str
    """"aten.convolution.default"."""
    args: tuple[Argument, ...]
    kwargs: dict[str, Argument] = Field(default_factory=dict)
    outputs: tuple[int | None, ...]
    """Value numbers of the results; None where a result is no tensor."""
    shapes: tuple[Shape, ...]
    """Shapes of the tensor results as traced (batch size: `Program.batch`)."""
    module: str = ""
    """Path of the innermost module in whose forward it was called: "conv1_1"; "" at the top."""
    line: SourceLine | None = None
    grad: bool = True
    """False where it ran under `torch.no_grad()`."""


class Program(Record):
    """What `forward` does in one mode. Node outputs are numbered after the graph's values."""

    batch: int
    """Batch size at which `shapes` were taken; arguments that follow the batch are `Affine`."""
    nodes: tuple[Node, ...]
    output: int
    """Value number of what `forward` returned."""


class DeclaredLayer(Record):
    """A convolution or fully connected layer as the module itself declares it.

    Needed where `forward` crashes before the layer is called.
    """

    name: str
    kind: Literal["conv", "linear"]
    in_channels: int
    out_channels: int
    kernel: Shape = ()
    stride: Shape = ()
    padding: Shape = ()
    dilation: Shape = ()
    groups: int = 1
    bias: bool = True
    registered: bool = True
    called: bool = False
    """Its weight was given to an operator, whether or not the result reached the output."""


class ModelGraph(Record):
    """A network as plain data: values (input, parameters, buffers, constants) and two programs."""

    values: tuple[Value, ...]
    train: Program
    eval: Program
    layers: tuple[DeclaredLayer, ...]

    @property
    def same_in_both_modes(self) -> bool:
        """Train and eval mode are one program."""
        return self.train is self.eval or self.train == self.eval


class Crash(Record):
    """A Python error out of the student's code, told as data."""

    phase: Literal["import", "construct", "forward"]
    error: str
    """"RuntimeError"."""
    message: str
    line: SourceLine | None
    """Innermost line of the student's own."""
    traceback: str
    """Only frames of the student's own, for unfolding on the page."""
    batch: int | None = None
    mode: Literal["train", "eval"] | None = None


class Alone(Record):
    """What the student's own code made of one image in eval mode."""

    shape: Shape | None
    """Of the output; None where there was none."""
    error: str = ""
    """In torch's or Python's words."""
    line: SourceLine | None = None
    same: bool = True
    """The numbers are those that the graph gives for the image among others."""


class PartialGraph(Record):
    """What is known of a network whose `forward` crashed: everything up to the crash.

    The last node of `nodes` is the call that failed if torch raised the error; it has no outputs.
    """

    values: tuple[Value, ...]
    nodes: tuple[Node, ...]
    layers: tuple[DeclaredLayer, ...]
    batch: int


ProblemCode = Literal[
    "syntax",
    "not-a-tensor",
    "unknown-operator",
    "depends-on-batch",
    "unrolled",
    "depends-on-pixels",
    "changes-between-calls",
    "other-in-use",
    "decided-by-chance",
    "layers-made-in-forward",
    "too-large",
    "timeout",
    "memory",
    "ended",
    "meddled",
    "unfaithful",
]


class Problem(Record):
    """Why there is no graph although nothing crashed in Python."""

    code: ProblemCode
    detail: str = ""
    """A name or figure for the message: the operator, what was returned, the seconds."""
    line: SourceLine | None = None
    output_fits: bool = False
    """The guest did get outputs of the right shape, for what that is worth."""


class Aside(Record):
    """What a run of whole files put aside, and what it stood in for."""

    lost: tuple[str, ...] = ()
    """Names that statements which failed would have bound or changed."""
    stand_ins: tuple[str, ...] = ()
    """Packages that are not here."""
    touched: tuple[str, ...] = ()
    """Those of them that had a part in building or running the network."""


class Capture(Record):
    """What capture found: a graph, or why there is none (with what is known of the network)."""

    graph: ModelGraph | None = None
    partial: PartialGraph | None = None
    crash: Crash | None = None
    problem: Problem | None = None
    alone: Alone | None = None
    cuda: bool = False
    """The code asked for a GPU and was given the CPU."""
    parameters: int = 0
    """Count of registered parameters, for the page."""
    hooked: tuple[str, ...] = ()
    """Parameters, and tensors by their line ("line 12"), whose gradients the student's hooks change."""
    aside: Aside = Aside()
    turned: bool = False
    """One of these hooks turns a gradient round, or to zero."""
    cannot_learn: tuple[str, ...] = ()
    """Layers that learn nothing from the starting weights that the student gave them."""

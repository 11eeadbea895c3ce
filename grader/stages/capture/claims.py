"""What a guest says of a submission, as typed records; whether it is believed is another matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.records.graph import Argument, DeclaredLayer, SourceLine

Size = Annotated[int, Field(ge=0, le=2**31)]
Name = Annotated[str, Field(max_length=500)]
Hooked = Literal["", "changed", "turned"]
"""Whether a hook changes its gradient, and if so whether it then still goes the same way."""


class _Claim(BaseModel):
    """Something that a guest says."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ClaimedValue(_Claim):
    kind: Literal["input", "parameter", "buffer", "constant"]
    name: Name
    shape: Annotated[tuple[Size, ...], Field(max_length=8)]
    dtype: Name
    requires_grad: bool
    registered: bool
    late: bool = False
    hooked: Hooked = ""


class ClaimedNode(_Claim):
    op: Name
    args: Annotated[tuple[Argument, ...], Field(max_length=64)]
    kwargs: dict[str, Argument]
    outputs: Annotated[tuple[int | None, ...], Field(max_length=256)]
    shapes: Annotated[tuple[Annotated[tuple[Size, ...], Field(max_length=8)], ...], Field(max_length=256)]
    module: Name
    line: SourceLine | None
    grad: bool
    hooked: Hooked = ""
    """Of its result."""


class ClaimedTrace(_Claim):
    batch: Annotated[int, Field(gt=0, le=1000)]
    mode: Literal["train", "eval"]
    nodes: Annotated[tuple[ClaimedNode, ...], Field(max_length=20_000)]
    output: int | None
    returned: Name | None
    gradients: bool = True
    """It was made with gradients."""
    drew: bool = False
    """Python's or NumPy's random numbers were used in it."""
    twin: Annotated[int, Field(ge=0)] | None = None
    """An earlier trace that has the same nodes; they are not sent twice."""


class Frame(_Claim):
    file: Name
    line: int
    function: Name


class ClaimedError(_Claim):
    type: Name
    message: Annotated[str, Field(max_length=5_000)]
    frames: Annotated[tuple[Frame, ...], Field(max_length=50)]
    name: Name | None = None


class ClaimedAlone(_Claim):
    """A call with one image in eval mode; its output is the tensor `alone`."""

    error: ClaimedError | None
    returned: Name | None


class Failed(_Claim):
    """A statement of a whole file that was put aside."""

    file: Name
    line: int
    error: Name
    names: Annotated[tuple[Name, ...], Field(max_length=50)]


class Claims(_Claim):
    """A whole reply."""

    phase: Literal["import", "construct", "forward", "done"]
    error: ClaimedError | None
    cuda: bool
    layers: Annotated[tuple[DeclaredLayer, ...], Field(max_length=2_000)]
    values: Annotated[tuple[ClaimedValue, ...], Field(max_length=20_000)]
    traces: Annotated[tuple[ClaimedTrace, ...], Field(max_length=20)]
    alone: ClaimedAlone | None = None
    """None where it did not come to that."""
    failed: Annotated[tuple[Failed, ...], Field(max_length=200)] = ()
    stand_ins: Annotated[tuple[Name, ...], Field(max_length=500)] = ()
    touched: Annotated[tuple[Name, ...], Field(max_length=500)] = ()
    calls: Annotated[tuple[ClaimedTrace, ...], Field(max_length=20)]
    """Of another instance of the class, mostly by their shapes alone; they have no numbers."""


class Unbelievable(ValueError):
    """The reply is not what our guest sends: the submission meddled with it, or it was cut short."""


def whole(sent: Sequence[ClaimedTrace]) -> tuple[ClaimedTrace, ...]:
    """The traces, each with its nodes."""
    traces: list[ClaimedTrace] = []
    for trace in sent:
        if trace.twin is not None:
            if trace.twin >= len(traces):
                raise Unbelievable("a trace has the nodes of one that comes later")
            trace = trace.model_copy(update={"nodes": traces[trace.twin].nodes, "twin": None})
        traces.append(trace)
    return tuple(traces)

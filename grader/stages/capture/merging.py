"""Several traces of one `forward`, made into one program for every batch size."""

from __future__ import annotations

from collections import Counter

from torch import Tensor

from grader.records.graph import Affine, Argument, Problem, Program, SourceLine, ValueRef


class Refused(Exception):
    """The trace cannot be made into a graph; carries what the student is told."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def same_on_every_call(traces: list[tuple[int, int, Program]], tensors: dict[str, Tensor]) -> None:
    """Two calls at one batch size must do the same."""
    seen: dict[int, Program] = {}
    for batch, _, program in traces:
        if batch in seen and seen[batch] is not program:
            try:
                merge(seen[batch], program, tensors)
            except Refused as refused:
                problem = refused.problem.model_copy(update={"code": "changes-between-calls"})
                raise Refused(problem) from None
        seen.setdefault(batch, program)


def merge(small: Program, large: Program, tensors: dict[str, Tensor]) -> Program:
    """One program for every batch size out of two traces.

    Integers that differ are taken to be linear in the batch size. Anything else that differs means
    that `forward` takes another way (or other numbers) from one call to the next.
    """
    renamed: dict[int, int] = {}
    step = large.batch - small.batch

    def differs(code: str, line: SourceLine | None, detail: str = "") -> Refused:
        return Refused(Problem.model_validate({"code": code, "line": line, "detail": detail}))

    def same_tensor(a: int, b: int) -> bool:
        if renamed.get(b, b) == a:
            return True
        first, second = tensors.get(f"value{a}"), tensors.get(f"value{b}")
        # a constant that is made anew in every call (`torch.tensor(2.0)`) is the same constant
        return first is not None and second is not None and a != b and first.equal(second)

    def single(a: Argument, b: Argument, line: SourceLine | None) -> Argument:
        if isinstance(a, ValueRef) and isinstance(b, ValueRef):
            if not same_tensor(a.value, b.value):
                raise differs("depends-on-pixels", line)
            return a
        whole = (
            isinstance(a, int) and isinstance(b, int) and not isinstance(a, bool) and not isinstance(b, bool)
        )
        if whole and a != b and step:
            assert isinstance(a, int) and isinstance(b, int)
            if (b - a) % step:
                raise differs("depends-on-batch", line)
            return Affine(per_image=(b - a) // step, plus=a - (b - a) // step * small.batch)
        if type(a) is not type(b) or (a != b and not (a != a and b != b)):
            raise differs("depends-on-pixels", line, f"{a} / {b}")
        return a

    def both(a: Argument, b: Argument, line: SourceLine | None) -> Argument:
        if isinstance(a, tuple) and isinstance(b, tuple):
            if len(a) != len(b):
                raise differs("depends-on-batch", line)
            merged = []
            for left, right in zip(a, b, strict=True):
                item = single(left, right, line)
                assert not isinstance(item, tuple)
                merged.append(item)
            return tuple(merged)
        return single(a, b, line)

    another = (
        "changes-between-calls" if not step else "unrolled" if unrolled(small, large) else "depends-on-batch"
    )
    for left, right in zip(small.nodes, large.nodes, strict=False):
        if left.op != right.op:
            raise differs(another, left.line)
        for a, b in zip(left.outputs, right.outputs, strict=False):
            if a is not None and b is not None:
                renamed[b] = a
    if len(small.nodes) != len(large.nodes):
        longest = max((small, large), key=lambda program: len(program.nodes))
        raise differs(another, longest.nodes[min(len(small.nodes), len(large.nodes))].line)
    nodes = []
    for left, right in zip(small.nodes, large.nodes, strict=True):
        if (
            len(left.args) != len(right.args)
            or left.kwargs.keys() != right.kwargs.keys()
            or left.grad != right.grad
        ):
            raise differs("depends-on-batch", left.line)
        args = tuple(both(a, b, left.line) for a, b in zip(left.args, right.args, strict=True))
        kwargs = {k: both(v, right.kwargs[k], left.line) for k, v in left.kwargs.items()}
        nodes.append(left.model_copy(update={"args": args, "kwargs": kwargs}))
    if renamed.get(large.output, large.output) != small.output:
        raise differs("depends-on-batch", None)
    return small.model_copy(update={"nodes": tuple(nodes)})


def unrolled(small: Program, large: Program) -> bool:
    """Does a loop over the images explain why one batch takes more operators than another?

    Then whatever is called another number of times is called once for each image, or between each two.
    """
    once, again = (Counter((node.op, node.line) for node in program.nodes) for program in (small, large))
    uneven = [(once[call], again[call]) for call in once | again if once[call] != again[call]]
    return bool(uneven) and all(
        any((a + rest) * large.batch == (b + rest) * small.batch and a + rest > 0 for rest in (0, 1))
        for a, b in uneven
    )

"""From claims to a graph: what is consistent over batch sizes, modes and calls is believed."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import torch
from torch import Tensor

from grader.networks import operators
from grader.networks.layers import Wiring, layers
from grader.networks.replay import Cost, Replay, cost, live, load, references
from grader.records.graph import (
    Affine,
    Argument,
    DeclaredLayer,
    ModelGraph,
    Node,
    Problem,
    Program,
    Value,
    ValueRef,
)
from grader.stages.capture.claims import ClaimedNode, ClaimedTrace, ClaimedValue, Claims, Unbelievable
from grader.stages.capture.merging import Refused, merge, same_on_every_call

MAX_ELEMENTS_PER_IMAGE = 20_000_000
"""Numbers in all intermediate tensors for one image; the skip network has about 250,000."""
MAX_MULTIPLICATIONS_PER_IMAGE = 4_000_000_000
"""Multiply-adds for one image; the skip network has about 45 million."""
MAX_PARAMETERS = 60_000_000
"""Numbers in all parameters; the networks of this course have 2.7 million."""
MAX_DATA_BYTES = 8 * 2**20
"""Constants and buffers that are kept with the graph."""


def graph_of(claims: Claims, tensors: dict[str, Tensor], image: Sequence[int]) -> ModelGraph:
    """Merge the traces of a finished reply into one graph, and check that it computes the same.

    Raises:
        Refused: with the student's problem.
        Unbelievable: the parts of the reply contradict each other.
    """
    values = values_of(claims.values, tensors)
    programs: dict[tuple[str, int, int], Program] = {}
    made_in_forward(claims)
    decided_by_chance(claims)
    for number, trace in enumerate(claims.traces):
        if trace.returned != "tensor" or trace.output is None:
            raise Refused(Problem(code="not-a-tensor", detail=trace.returned or "None"))
        twin = next(
            (n for n, earlier in enumerate(claims.traces[:number]) if _same_calls(earlier, trace)), None
        )
        program = (
            program_of(trace, len(values))
            if twin is None
            else programs[claims.traces[twin].mode, claims.traces[twin].batch, twin]
        )
        if not trace.gradients:  # what else it does must be what the first such trace does
            first = next(
                p for (mode, batch, _), p in programs.items() if (mode, batch) == (trace.mode, trace.batch)
            )
            program = with_gradients_of(program, first)
        programs[trace.mode, trace.batch, number] = program
    merged: dict[str, Program] = {}
    pairs: dict[str, tuple[Program, Program]] = {}
    for mode in ("train", "eval"):
        same_mode = [(batch, number, p) for (m, batch, number), p in programs.items() if m == mode]
        if len(same_mode) < 2:
            raise Unbelievable(f"no traces in {mode} mode")
        same_on_every_call(same_mode, tensors)
        (_, _, small), (_, _, large) = same_mode[0], same_mode[1]
        if mode == "eval" and (small, large) == pairs["train"]:
            merged[mode] = merged["train"]
            continue
        pairs[mode] = small, large
        merged[mode] = merge(small, large, tensors)
    for call in claims.calls:
        same_in_use(call, pairs.get(call.mode, pairs["train"])[0], merged[call.mode], len(values), tensors)
    graph = ModelGraph(values=values, train=merged["train"], eval=merged["eval"], layers=with_calls(claims))
    graph = with_data(graph, tensors)
    within_budget(graph, image)
    faithful(graph, claims.traces, tensors)
    return graph


def with_gradients_of(program: Program, other: Program) -> Program:
    """A program that was traced without gradients, with those of one that was traced with them."""
    if len(program.nodes) != len(other.nodes):
        return program
    pairs = zip(program.nodes, other.nodes, strict=True)
    return program.model_copy(
        update={
            "nodes": tuple(a if a.grad == b.grad else a.model_copy(update={"grad": b.grad}) for a, b in pairs)
        }
    )


def same_in_use(
    call: ClaimedTrace, small: Program, merged: Program, values: int, tensors: dict[str, Tensor]
) -> None:
    """Refuse a network that is another one in training's batches, or the second time it is made."""
    if not call.nodes and call.returned == "nothing":  # too large to be asked
        return
    line = None
    if call.output is not None:
        try:
            again = merge(small, program_of(call, values), tensors)
            if (again.nodes, again.output) == (merged.nodes, merged.output):
                return
            line = next((a.line for a, b in zip(again.nodes, merged.nodes, strict=True) if a != b), None)
        except Refused as refused:
            line = refused.problem.line
        except Unbelievable:  # it has tensors that the first instance has not
            pass
    raise Refused(Problem(code="other-in-use", line=line))


def _same_calls(a: ClaimedTrace, b: ClaimedTrace) -> bool:
    """Did two calls do exactly the same? Most networks do, in both modes and every time."""
    return (a.batch, a.output) == (b.batch, b.output) and a.nodes == b.nodes


def with_calls(claims: Claims) -> tuple[DeclaredLayer, ...]:
    """The declared layers, with whether any trace gave their weight to an operator."""
    used = {
        claims.values[argument.value].name
        for trace in claims.traces
        for node in trace.nodes
        for argument in node.args
        if isinstance(argument, ValueRef) and 0 <= argument.value < len(claims.values)
    }
    return tuple(
        layer.model_copy(update={"called": f"{layer.name}.weight" in used}) for layer in claims.layers
    )


def made_in_forward(claims: Claims) -> None:
    """Refuse layers that `forward` makes anew in every call: they start from noise each time."""
    late = {n for n, value in enumerate(claims.values) if value.late and value.kind == "parameter"}
    first: set[int] = set()
    for number, trace in enumerate(claims.traces):
        for node in trace.nodes:
            for argument in node.args:
                if isinstance(argument, ValueRef) and argument.value in late - first:
                    if number:
                        raise Refused(Problem(code="layers-made-in-forward", line=node.line))
                    first.add(argument.value)


DICE = frozenset(
    ["rand", "rand_like", "randn", "randn_like", "randint", "randperm", "uniform", "normal", "bernoulli"]
)
"""Random operators whose results do not depend on the tensor that they are given."""


def decided_by_chance(claims: Claims) -> None:
    """Refuse a `forward` that rolls dice: it may go one way in all of our calls and another in the next."""
    for mode in ("train", "eval"):
        # a seed that is set in `forward` changes the state in the first call only
        if sum(trace.drew for trace in claims.traces if trace.mode == mode) > 1:
            raise Refused(Problem(code="decided-by-chance"))
    constants = {n for n, value in enumerate(claims.values) if value.kind in ("constant", "buffer")}
    for nodes in {id(trace.nodes): trace.nodes for trace in claims.traces}.values():
        chance: set[int] = set()  # results that depend on nothing else
        for node in nodes:
            given = set(references(node))
            rolls = operators.find(node.op) is not None and operators.base_name(node.op) in DICE
            if rolls or (given & chance and given <= chance | constants):
                chance.update(output for output in node.outputs if output is not None)
                if "_local_scalar_dense" in node.op:  # `.item()`, `if`
                    raise Refused(Problem(code="decided-by-chance", line=node.line))


def values_of(claimed: Sequence[ClaimedValue], tensors: dict[str, Tensor]) -> tuple[Value, ...]:
    """Values whose claimed shape and dtype are those of the numbers that were sent."""
    values = []
    if not claimed or claimed[0].kind != "input" or any(v.kind == "input" for v in claimed[1:]):
        raise Unbelievable("value 0 must be the input, and nothing else")
    if sum(_numel(v.shape) for v in claimed) > MAX_PARAMETERS:
        raise Refused(Problem(code="too-large", detail=f"{sum(_numel(v.shape) for v in claimed):,}"))
    for number, claim in enumerate(claimed):
        if number:
            sent = tensors.get(f"value{number}")
            if sent is None or tuple(sent.shape) != claim.shape or str(sent.dtype) != f"torch.{claim.dtype}":
                raise Unbelievable(f"value {number} is not what was sent")
        values.append(
            Value(
                kind=claim.kind,
                name=claim.name,
                shape=claim.shape,
                dtype=claim.dtype,
                requires_grad=claim.requires_grad,
                registered=claim.registered,
            )
        )
    return tuple(values)


def program_of(trace: ClaimedTrace, values: int) -> Program:
    """What of one trace reaches the output, with the guest's own result numbers (-1, -2, …) made to follow
    the values."""
    made: set[int] = set()

    def number(claimed: int) -> int:
        ours = claimed if claimed >= 0 else values - 1 - claimed
        if ours >= values and ours not in made:
            raise Unbelievable("a tensor is used before it is made")
        if ours < 0 or (claimed >= 0 and claimed >= values):
            raise Unbelievable("a tensor is not known")
        return ours

    def renumbered(argument: Argument) -> Argument:
        if isinstance(argument, ValueRef):
            return ValueRef(value=number(argument.value))
        if isinstance(argument, tuple):
            return tuple(ValueRef(value=number(a.value)) if isinstance(a, ValueRef) else a for a in argument)
        if isinstance(argument, Affine):
            raise Unbelievable("a guest does not know of other batch sizes")
        return argument

    nodes = []
    for claim in trace.nodes:
        args = tuple(renumbered(a) for a in claim.args)
        kwargs = {k: renumbered(v) for k, v in claim.kwargs.items()}
        outputs: list[int | None] = []
        for output in claim.outputs:
            if output is None:
                outputs.append(None)
                continue
            if output >= 0 or values - 1 - output in made:
                raise Unbelievable("a result is made twice")
            outputs.append(values - 1 - output)
            made.add(values - 1 - output)
        if len(claim.shapes) != sum(o is not None for o in outputs):
            raise Unbelievable("results without shapes")
        nodes.append(
            Node(
                op=claim.op,
                args=args,
                kwargs=kwargs,
                outputs=tuple(outputs),
                shapes=claim.shapes,
                module=claim.module,
                line=claim.line,
                grad=claim.grad,
            )
        )
    assert trace.output is not None
    program = live(Program(batch=trace.batch, nodes=tuple(nodes), output=number(trace.output)))
    for node in program.nodes:
        try:
            operators.overload(node.op)
        except KeyError:
            raise Refused(Problem(code="unknown-operator", detail=node.op, line=node.line)) from None
    return program


def with_data(graph: ModelGraph, tensors: dict[str, Tensor]) -> ModelGraph:
    """Keep the numbers that our starting weights will not set."""
    ours: set[int] = set()
    used: set[int] = set()
    for program in (graph.train, graph.eval):
        used.update(number for node in program.nodes for number in references(node))
        used.add(program.output)
        for layer in layers(Wiring(graph, program)):
            ours.add(layer.weight)
            if layer.bias is not None:
                ours.add(layer.bias)
    kept_bytes, values = 0, []
    for number, value in enumerate(graph.values):
        if number and number in used and number not in ours:
            tensor = tensors[f"value{number}"]
            kept_bytes += tensor.numel() * tensor.element_size()
            if kept_bytes > MAX_DATA_BYTES:
                raise Refused(Problem(code="too-large", detail=f"{kept_bytes / 2**20:.0f} MB of constants"))
            flat = tensor.contiguous()
            raw = (
                ctypes.string_at(flat.data_ptr(), flat.numel() * flat.element_size()) if flat.numel() else b""
            )
            value = value.model_copy(update={"data": raw})
        values.append(value)
    return graph.model_copy(update={"values": tuple(values)})


def within_budget(graph: ModelGraph, image: Sequence[int]) -> None:
    """Refuse a network that would need far more memory or work than the exercise, from its shapes."""
    for program in (graph.train,) if graph.same_in_both_modes else (graph.train, graph.eval):
        try:
            needs = cost(graph, program, image, program.batch)
        except NotImplementedError:  # torch knows no shape rule for an operator: the sandbox did run it
            needs = Cost(sum(_numel(s) for node in program.nodes for s in node.shapes), 0, ())
        except Exception as error:
            raise Unbelievable(f"the graph does not fit together: {str(error)[:200]}") from error
        if (
            needs.elements > MAX_ELEMENTS_PER_IMAGE * program.batch
            or needs.multiplications > MAX_MULTIPLICATIONS_PER_IMAGE * program.batch
        ):
            raise Refused(Problem(code="too-large", detail=f"{needs.multiplications // program.batch:,}"))


def faithful(graph: ModelGraph, traces: Sequence[ClaimedTrace], tensors: dict[str, Tensor]) -> None:
    """The graph, run by us on the guest's own input and numbers, must give the guest's own output.

    If not, the network computes something outside torch (through NumPy, say), or keeps state.
    """
    network = Replay(graph)
    numbers = {n: tensors[f"value{n}"] for n in range(1, len(graph.values))}
    done: set[tuple[str, int]] = set()
    answers: list[tuple[Program, Tensor, Tensor]] = []
    for number, trace in enumerate(traces):
        if (trace.mode, trace.batch) in done:
            continue
        done.add((trace.mode, trace.batch))
        program = graph.train if trace.mode == "train" else graph.eval
        if any((row := operators.find(node.op)) and row.family == "random" for node in program.nodes):
            continue
        image, claimed = tensors.get(f"input{number}"), tensors.get(f"output{number}")
        if image is None or claimed is None:
            raise Unbelievable("a trace without its input or output")
        if any(program is p and image.equal(i) and claimed.equal(o) for p, i, o in answers):
            continue  # the same question with the same answer: it was checked a moment ago
        answers.append((program, image, claimed))
        load(network, numbers)
        network.train(trace.mode == "train")
        try:
            with torch.no_grad():
                output = network(image.clone())
        except Exception as error:
            raise Refused(Problem(code="depends-on-batch", detail=str(error)[:200])) from error
        if output.shape != claimed.shape or not torch.allclose(
            output,
            claimed.to(output.dtype),
            rtol=1e-3,
            atol=1e-4 * max(1.0, float(claimed.abs().max())),
            equal_nan=True,
        ):
            raise Refused(Problem(code="unfaithful", detail=trace.mode))


def partial_nodes(trace: ClaimedTrace, values: int) -> tuple[Node, ...]:
    """The nodes of a trace that broke off, numbered as in a finished one; the last may have failed."""
    nodes: list[Node] = []
    for claim in trace.nodes:
        nodes.append(_unchecked(claim, values))
    return tuple(nodes)


def _unchecked(claim: ClaimedNode, values: int) -> Node:
    def number(claimed: int) -> int:
        return claimed if claimed >= 0 else values - 1 - claimed

    def renumbered(argument: Argument) -> Argument:
        if isinstance(argument, ValueRef):
            return ValueRef(value=number(argument.value))
        if isinstance(argument, tuple):
            return tuple(ValueRef(value=number(a.value)) if isinstance(a, ValueRef) else a for a in argument)
        return argument

    return Node(
        op=claim.op,
        args=tuple(renumbered(a) for a in claim.args),
        kwargs={k: renumbered(v) for k, v in claim.kwargs.items()},
        outputs=tuple(None if o is None else number(o) for o in claim.outputs),
        shapes=claim.shapes,
        module=claim.module,
        line=claim.line,
        grad=claim.grad,
    )


def _numel(shape: Sequence[int]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size

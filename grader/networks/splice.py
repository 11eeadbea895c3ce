"""The reference's own step in the place of a stand-in, on the trusted side.

A submission with an empty blank was traced with a stand-in of the shape that the handout states
(`stand_ins.py`). Here the stand-in's operators are taken out of its graph and those that the reference has in
that blank are put in, so that everything around the blank can be judged. The student's code never sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from grader.networks import operators
from grader.networks.replay import live, references, with_shapes
from grader.networks.stand_ins import ALIAS, FORWARD, Border, border_of_layer, border_of_step
from grader.records.assignment import BlankTerms
from grader.records.graph import (
    Argument,
    DeclaredLayer,
    ModelGraph,
    Node,
    Program,
    Shape,
    SourceLine,
    Value,
    ValueRef,
)


class DoesNotFit(ValueError):
    """A step cannot stand where it should."""


@dataclass(frozen=True)
class Step:
    """What the reference computes in one blank, or in one layer of it."""

    nodes: tuple[Node, ...]
    reads: tuple[int, ...]
    """The numbers by which `nodes` know what they are given."""
    makes: tuple[int, ...]
    """The numbers by which `nodes` know their results."""


def step_of(marked: ModelGraph, program: Program, blank: str, terms: BlankTerms) -> Step:
    """A step of `forward`, cut out of the reference.

    Args:
        marked: the reference, traced with the borders of its blanks (`stand_ins.with_borders`).

    Raises:
        DoesNotFit: the blank reads or makes something else than its terms say.
    """
    if blank == FORWARD:
        return Step(program.nodes, (0,), (program.output,))
    border = border_of_step(blank, terms)
    reads = [_only(program, border.label, line) for line in border.reads]
    makes = [_only(program, border.label, line) for line in border.makes]
    nodes = program.nodes
    inside = nodes[max(reads) + 1 : min(makes)]
    given = [_result(nodes[index]) for index in reads]
    known = {*range(1, len(marked.values)), *given, *_results(inside)}
    made = [references(nodes[index])[0] for index in makes]
    if not known.issuperset([*made, *(number for node in inside for number in references(node))]):
        raise DoesNotFit(f"{blank} reads more than {', '.join(terms.reads)}")
    for index, (name, shape) in zip(makes, terms.makes.items(), strict=True):
        if nodes[index].shapes[0][1:] != shape:
            raise DoesNotFit(f"{blank} gives {name} the shape N×{_text(nodes[index].shapes[0][1:])}")
    return Step(inside, tuple(given), tuple(made))


def layer_of(marked: ModelGraph, program: Program, blank: str, name: str, terms: BlankTerms) -> Step:
    """A layer's first call, cut out of the reference. Raises DoesNotFit, as `step_of`."""
    nodes = program.nodes
    first = next((n for n, node in enumerate(nodes) if node.module == name), None)
    if first is None:
        raise DoesNotFit(f"{blank} makes a layer {name}, which forward does not call")
    last = first
    while last + 1 < len(nodes) and nodes[last + 1].module == name:
        last += 1
    inside = nodes[first : last + 1]
    own = _results(inside)
    given = {n for node in inside for n in references(node)} - own - set(range(1, len(marked.values)))
    if len(given) != 1:
        raise DoesNotFit(f"{blank} makes a layer {name}, which is not given one tensor")
    source, made = given.pop(), _result(inside[-1])
    layer = terms.layers[name]
    shapes = (_shape(marked, program, source)[1:], inside[-1].shapes[0][1:])
    if shapes != (layer.takes, layer.gives):
        raise DoesNotFit(f"{blank} has {name} take N×{_text(shapes[0])} and give N×{_text(shapes[1])}")
    return Step(inside, (source,), (made,))


def check_terms(marked: ModelGraph, blanks: Mapping[str, BlankTerms]) -> None:
    """Raises DoesNotFit where the reference has something else in a blank than its terms say."""
    for program in (marked.train, marked.eval):
        for blank, terms in blanks.items():
            if terms.makes:
                step_of(marked, program, blank, terms)
            for name in terms.layers:
                layer_of(marked, program, blank, name, terms)


def spliced(
    graph: ModelGraph,
    marked: ModelGraph,
    blanks: Mapping[str, BlankTerms],
    lines: Mapping[str, SourceLine],
    image: Sequence[int],
) -> ModelGraph:
    """A submission's graph with the reference's steps in the place of its stand-ins.

    Layers that the student did make are used, by their name or by their sizes; where those of other sizes do not
    fit into the reference's step, its own are.

    Args:
        graph: the submission, traced with the stand-ins of `blanks`.
        marked: the reference, traced with the borders of its blanks.
        blanks: the terms of those that were left empty, by name.
        lines: where each of them stands in the student's file.
        image: channels, height, width of the input.

    Raises:
        DoesNotFit: the student's surroundings do not take the reference's step.
    """
    problem: Exception | None = None
    for any_size in (True, False):
        try:
            return _Splice(graph, marked, any_size).done(blanks, lines, image)
        except Exception as error:  # noqa: BLE001 - ours, or torch's own word on why shapes do not fit
            problem = error
    raise DoesNotFit(str(problem)) from problem


@dataclass
class _Splice:
    """One attempt. New values are numbered -1, -2 … until it is known how many there are."""

    graph: ModelGraph
    marked: ModelGraph
    any_size: bool
    """Whether steps use a layer that the student made in other sizes than the reference's."""
    values: list[Value] = field(default_factory=list)
    layers: list[DeclaredLayer] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    """Number of each new value, by the reference's name for it."""
    owners: dict[str, DeclaredLayer] = field(default_factory=dict)
    """Layer of the reference → the student's that stands for it."""

    def done(
        self, blanks: Mapping[str, BlankTerms], lines: Mapping[str, SourceLine], image: Sequence[int]
    ) -> ModelGraph:
        self.layers = list(self.graph.layers)
        modes = ((self.graph.train, self.marked.train), (self.graph.eval, self.marked.eval))
        one = self.graph.same_in_both_modes and self.marked.same_in_both_modes
        programs = [self._program(*pair, blanks, lines) for pair in (modes[:1] if one else modes)]
        first, more = len(self.graph.values), len(self.values)

        def final(number: int) -> int:
            return number + more if number >= first else number if number >= 0 else first - 1 - number

        train, evaluation = (_renumbered(programs[n], final) for n in (0, -1))
        values = (*self.graph.values, *self.values)
        whole = ModelGraph(values=values, train=train, eval=evaluation, layers=tuple(self.layers))
        train = with_shapes(whole, train, image)
        evaluation = train if one else with_shapes(whole, evaluation, image)
        return whole.model_copy(update={"train": train, "eval": evaluation})

    def _program(
        self,
        program: Program,
        reference: Program,
        blanks: Mapping[str, BlankTerms],
        lines: Mapping[str, SourceLine],
    ) -> Program:
        nodes, renamed = list(program.nodes), dict[int, int]()
        fresh = count(max([len(self.graph.values), *_results(nodes)]) + 1)
        for blank, terms in blanks.items():
            if terms.makes:
                border, step = border_of_step(blank, terms), step_of(self.marked, reference, blank, terms)
                if sum(_stands_at(node, border.label, border.reads[:1]) for node in nodes) > 1:
                    raise DoesNotFit(f"{blank} is there more than once")
                nodes = self._replaced(nodes, border, step, lines[blank], fresh, renamed)
            for name in terms.layers:
                border = border_of_layer(blank, name)
                if any(_stands_at(node, border.label, border.reads) for node in nodes):
                    step = layer_of(self.marked, reference, blank, name, terms)
                    nodes = self._replaced(nodes, border, step, lines[blank], fresh, renamed, name)

        def final(number: int) -> int:
            while number in renamed:
                number = renamed[number]
            return number

        return live(_renumbered(program.model_copy(update={"nodes": tuple(nodes)}), final))

    def _replaced(
        self,
        nodes: Sequence[Node],
        border: Border,
        step: Step,
        line: SourceLine,
        fresh: Iterable[int],
        renamed: dict[int, int],
        layer: str | None = None,
    ) -> list[Node]:
        """The nodes with the step in the place of each call of a stand-in; `renamed` is added to."""
        kept: list[Node] = []
        given: dict[int, Node] = {}
        made: tuple[int, ...] | None = None
        for node in nodes:
            if node.line is None or node.line.file != border.label:
                kept.append(node)
            elif _stands_at(node, border.label, border.reads):
                if made is not None:  # the next call
                    given, made = {}, None
                given[node.line.line] = node
            elif _stands_at(node, border.label, border.makes):
                if made is None:
                    sources = [given[place] for place in border.reads]
                    copied, made = self._copy(step, sources, line, fresh, layer)
                    kept += copied
                renamed[_result(node)] = made[border.makes.index(node.line.line)]
        return kept

    def _copy(
        self, step: Step, sources: Sequence[Node], line: SourceLine, fresh: Iterable[int], layer: str | None
    ) -> tuple[list[Node], tuple[int, ...]]:
        """The step's nodes on what the student's program has there, and the numbers of its results."""
        numbers = {read: references(source)[0] for read, source in zip(step.reads, sources, strict=True)}
        if layer is not None:
            self._add_layer(layer, sources[0].shapes[0])
        copied = []

        def renumbered(number: int) -> int:
            if number in numbers:
                return numbers[number]
            return self._value(self.marked.values[number].name, number)

        for node in step.nodes:
            args = self._own_sizes(node) if layer is None else node.args
            outputs = tuple(None if number is None else next(iter(fresh)) for number in node.outputs)
            copied.append(
                node.model_copy(
                    update={
                        "args": tuple(_mapped(a, renumbered) for a in args),
                        "kwargs": {k: _mapped(v, renumbered) for k, v in node.kwargs.items()},
                        "outputs": outputs,
                        "line": line,
                    }
                )
            )
            numbers |= {
                a: b for a, b in zip(node.outputs, outputs, strict=True) if a is not None and b is not None
            }
        return copied, tuple(renumbered(number) for number in step.makes)

    # -- values and layers ------------------------------------------------------------------------

    def _value(self, name: str, number: int) -> int:
        """A value of the reference: the student's own where the layer is theirs, else a new one."""
        layer, _, part = name.rpartition(".")
        if name not in self.added and (own := self._owner(layer)) is not None:
            return self._number(f"{own.name}.{part}")
        if name not in self.added:
            if any(declared.name == layer for declared in self.marked.layers):
                self._add_layer(layer)
            else:
                self._add_value(self.marked.values[number])
        return self.added[name]

    def _add_value(self, value: Value, layer: str = "") -> None:
        part = value.name.rpartition(".")[2]
        self.values.append(value.model_copy(update={"name": f"{layer}.{part}" if layer else value.name}))
        self.added[value.name] = -len(self.values)

    def _add_layer(self, name: str, given: Shape | None = None) -> None:
        """A layer of the reference with its parameters; its input side is as wide as what arrives."""
        if f"{name}.weight" in self.added:
            return
        declared = next((layer for layer in self.marked.layers if layer.name == name), None)
        if declared is None:  # a pooling, an activation
            return
        arriving = declared.in_channels
        if given is not None and declared.groups == 1:
            arriving = given[1] if declared.kind == "conv" else given[-1]
        taken = any(layer.name == name for layer in self.graph.layers)
        new = f"{name} (blank)" if taken else name
        for value in self.marked.values:
            if value.name == f"{name}.weight":
                sides = (value.shape[0], arriving // declared.groups, *value.shape[2:])
                self._add_value(value.model_copy(update={"shape": sides}), new)
            elif value.name == f"{name}.bias":
                self._add_value(value, new)
        self.layers.append(declared.model_copy(update={"name": new, "in_channels": arriving, "called": True}))

    def _owner(self, name: str) -> DeclaredLayer | None:
        """The student's layer for one of the reference: of its name, or of its sizes and never called."""
        ours = next((layer for layer in self.marked.layers if layer.name == name), None)
        if ours is None:
            return None
        if name not in self.owners:
            asked = {layer.name for layer in self.marked.layers}
            used = {layer.name for layer in self.owners.values()}
            free = [
                layer for layer in self.graph.layers if not layer.called and layer.name not in asked | used
            ]
            alike = [layer for layer in free if _sizes(layer) == _sizes(ours)]
            named = [layer for layer in self.graph.layers if layer.name == name and layer.kind == ours.kind]
            fit = [
                layer
                for layer in named + alike
                if layer.bias == ours.bias
                and layer.registered
                and (self.any_size or layer.model_copy(update={"name": name, "called": ours.called}) == ours)
            ]
            if not fit:
                return None
            self.owners[name] = fit[0]
            self.layers = [
                layer.model_copy(update={"called": True}) if layer.name == fit[0].name else layer
                for layer in self.layers
            ]
        return self.owners[name]

    def _number(self, name: str) -> int:
        return next(number for number, value in enumerate(self.graph.values) if value.name == name)

    def _own_sizes(self, node: Node) -> tuple[Argument, ...]:
        """The arguments of a convolution, with stride, padding, dilation and groups of the student's layer."""
        if operators.base_name(node.op) != "convolution" or not isinstance(node.args[1], ValueRef):
            return node.args
        if (number := node.args[1].value) >= len(self.marked.values):
            return node.args
        own = self._owner(self.marked.values[number].name.rpartition(".")[0])
        if own is None:
            return node.args
        return (*node.args[:3], own.stride, own.padding, own.dilation, *node.args[6:8], own.groups)


def _sizes(layer: DeclaredLayer) -> tuple[object, ...]:
    return layer.kind, layer.in_channels, layer.out_channels, layer.kernel


def _stands_at(node: Node, label: str, lines: Sequence[int]) -> bool:
    """Is it an alias on one of these lines of a stand-in?"""
    line = node.line
    return node.op == ALIAS and line is not None and line.file == label and line.line in lines


def _only(program: Program, label: str, line: int) -> int:
    """Index of the one alias on a line."""
    found = [n for n, node in enumerate(program.nodes) if _stands_at(node, label, (line,))]
    if len(found) != 1:
        raise DoesNotFit(f"what {label} reads or makes is not used once")
    return found[0]


def _result(node: Node) -> int:
    found = node.outputs[0]
    assert found is not None
    return found


def _results(nodes: Iterable[Node]) -> set[int]:
    return {number for node in nodes for number in node.outputs if number is not None}


def _shape(graph: ModelGraph, program: Program, number: int) -> Shape:
    if number < len(graph.values):
        return graph.values[number].shape
    return next(node.shapes[0] for node in program.nodes if node.outputs[:1] == (number,))


def _text(sides: Shape) -> str:
    return "×".join(map(str, sides))


def _mapped(argument: Argument, change: Callable[[int], int]) -> Argument:
    if isinstance(argument, tuple):
        return tuple(ValueRef(value=change(a.value)) if isinstance(a, ValueRef) else a for a in argument)
    return ValueRef(value=change(argument.value)) if isinstance(argument, ValueRef) else argument


def _renumbered(program: Program, change: Callable[[int], int]) -> Program:
    """The program with other numbers for its tensors."""
    nodes = tuple(
        node.model_copy(
            update={
                "args": tuple(_mapped(a, change) for a in node.args),
                "kwargs": {k: _mapped(v, change) for k, v in node.kwargs.items()},
                "outputs": tuple(None if number is None else change(number) for number in node.outputs),
            }
        )
        for node in program.nodes
    )
    return program.model_copy(update={"nodes": nodes, "output": change(program.output)})

from __future__ import annotations

from grader.networks.drawing import drawing, unfinished
from grader.records.drawing import Box, Drawing, Marks, Wire
from grader.records.graph import ModelGraph, Node, PartialGraph, Program, Value, ValueRef


def value(kind: str, name: str, *shape: int) -> Value:
    return Value.model_validate({"kind": kind, "name": name, "shape": shape, "dtype": "float32"})


VALUES = (value("input", "x", 2, 3, 8, 8), value("parameter", "conv.weight", 3, 3, 3, 3))
CONV = (None, (1, 1), (1, 1), (1, 1), False, (0, 0), 1)


def node(op: str, args: tuple[object, ...], output: int, *shape: int) -> Node:
    return Node.model_validate({"op": f"aten.{op}", "args": args, "outputs": (output,), "shapes": (shape,)})


NODES = (
    node("convolution.default", (ValueRef(value=0), ValueRef(value=1), *CONV), 2, 2, 3, 8, 8),
    node("relu.default", (ValueRef(value=2),), 3, 2, 3, 8, 8),
    node("add.Tensor", (ValueRef(value=0), ValueRef(value=3)), 4, 2, 3, 8, 8),
    node("sigmoid.default", (ValueRef(value=4),), 5, 2, 3, 8, 8),
    node("avg_pool2d.default", (ValueRef(value=4), (2, 2), (2, 2)), 6, 2, 3, 4, 4),
    node("view.default", (ValueRef(value=6), (2, 48)), 7, 2, 48),
)


def graph(nodes: tuple[Node, ...] = NODES, output: int = 7) -> ModelGraph:
    program = Program(batch=2, nodes=nodes, output=output)
    return ModelGraph(values=VALUES, train=program, eval=program, layers=())


def test_a_layer_and_its_relu_are_one_box_and_reshapes_are_none() -> None:
    assert drawing(graph()) == Drawing(
        boxes=(
            Box(title="input", detail="3×8×8", kind="input"),
            Box(title="conv + relu", detail="3→3, 3×3", kind="layer"),
            Box(title="+", kind="join"),
            Box(title="sigmoid", kind="other", mark="unused"),
            Box(title="AvgPool", detail="2×2", kind="pool"),
            Box(title="output", detail="3×4×4", kind="output"),
        ),
        wires=(
            Wire(start=0, end=1, shape="3×8×8"),
            Wire(start=1, end=2, shape="3×8×8"),  # the longer way first, though the code adds it second
            Wire(start=0, end=2, shape="3×8×8"),
            Wire(start=2, end=3, shape="3×8×8"),
            Wire(start=2, end=4, shape="3×8×8"),
            Wire(start=4, end=5, shape=""),
        ),
    )


def test_where_it_leaves_the_exercise_is_marked_and_what_follows_is_told_apart() -> None:
    found = drawing(graph(), Marks(parts=(2,), right=(0, 1)))
    assert found is not None
    assert [box.mark for box in found.boxes] == ["", "", "parts", "unused", "behind", ""]


def test_a_network_that_stops_is_drawn_up_to_the_call_that_failed() -> None:
    failed = NODES[2].model_copy(update={"outputs": (), "shapes": ()})
    found = unfinished(PartialGraph(values=VALUES, nodes=(*NODES[:2], failed), layers=(), batch=2))
    assert found is not None
    assert [(box.title, box.mark) for box in found.boxes] == [
        ("input", ""),
        ("conv + relu", ""),
        ("+", "stopped"),
    ]


def test_a_network_of_a_thousand_steps_is_not_drawn() -> None:
    many = tuple(
        node("cat.default", ((ValueRef(value=n), ValueRef(value=n)), 1), n + 1, 2, 3, 8, 8)
        for n in range(2, 1002)
    )
    first = node("convolution.default", (ValueRef(value=0), ValueRef(value=1), *CONV), 2, 2, 3, 8, 8)
    assert drawing(graph((first, *many), 1002)) is None

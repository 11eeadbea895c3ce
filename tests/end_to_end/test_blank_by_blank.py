"""Submissions with empty blanks: what is judged is the rest, and each blank costs what it is worth."""

from __future__ import annotations

import ast
import itertools

import pytest
from mending import course, judged, percent, terms
from tracing import IMAGE, sandbox

from grader import pipeline_jobs
from grader.bench import whole
from grader.course.misconceptions import read_mistakes
from grader.errors import UserError
from grader.marks import blanks_of
from grader.networks.splice import DoesNotFit, spliced
from grader.networks.stand_ins import with_borders
from grader.records.graph import Capture, ModelGraph
from grader.records.judgement import Judgement
from grader.records.misconception import applied
from grader.records.submission import Excerpt
from grader.stages.capture import capture
from grader.stages.judging import judge
from grader.stages.mending.blanks import filled, left_blanks

CLOSED = {name: exercise for name, exercise in course().items() if exercise.assignment.open_design is None}


def excerpt(name: str, source: str) -> Excerpt:
    return whole(name, CLOSED[name].assignment.classes[0], "model.py", source)


def emptied(source: str, numbers: tuple[int, ...], by: str = "") -> str:
    """A filled template with nothing, or one line, between the marks of some blanks."""
    lines = source.split("\n")
    for blank in reversed(blanks_of(source)):
        if blank.number in numbers:
            indent = lines[blank.first - 1].partition("#")[0]
            lines[blank.code - 1 : blank.last - 1] = [indent + by] if by else []
    return "\n".join(lines)


def worth(name: str, *numbers: int) -> float:
    return sum(CLOSED[name].assignment.blanks[f"{name}-{number}"].worth for number in numbers)


def found_in(name: str, source: str) -> Judgement:
    found = judged(source, name)
    assert found is not None
    return found


def points(name: str, source: str) -> float:
    return percent(found_in(name, source), name)


def spliced_graph(name: str, source: str) -> ModelGraph:
    """The graph with the reference's steps in all empty blanks. Raises DoesNotFit."""
    exercise = CLOSED[name]
    own = excerpt(name, source)
    left = next(left_blanks(own, exercise.template, exercise.assignment))
    traced = capture(filled(own, left, exercise.template, exercise.assignment), IMAGE, sandbox().run)
    assert traced.graph is not None, traced.crash or traced.problem
    stated = {key: asked for one in left for key, asked in one.terms.items()}
    places = {key: place for one in left for key, place in one.places.items()}
    return spliced(traced.graph, _marked(name), stated, places, IMAGE)


def _marked(name: str) -> ModelGraph:
    text = terms(name).marked
    assert text is not None
    return ModelGraph.model_validate_json(text)


@pytest.mark.parametrize("name", CLOSED)
def test_with_blanks_empty_the_rest_is_the_reference(name: str) -> None:
    solution, numbers = CLOSED[name].solution, range(1, len(CLOSED[name].assignment.blanks) + 1)
    pairs = list(itertools.combinations(numbers, 2))
    some = pairs if len(numbers) < 5 else [pair for pair in pairs if sum(pair) % 3 == 0]

    for empty in [*((number,) for number in numbers), *some]:
        graph = spliced_graph(name, emptied(solution, empty))
        found = judge(
            Capture(graph=graph), excerpt(name, ""), CLOSED[name].assignment, terms(name).reference, None
        )

        assert found.is_reference, empty
        assert {verdict.outcome for verdict in found.verdicts} == {"passed"}, empty


@pytest.mark.parametrize(
    ("name", "number", "by"),
    [("base", 4, "pass"), ("skip", 2, "..."), ("dense", 2, ""), ("ca", 3, "gate = None")],
)
def test_an_empty_blank_costs_what_it_is_worth(name: str, number: int, by: str) -> None:
    found = found_in(name, emptied(CLOSED[name].solution, (number,), by))

    assert [(repair.code, repair.price) for repair in found.repairs] == [("blank-left", worth(name, number))]
    assert percent(found, name) == 100 - worth(name, number)


def test_two_empty_blanks_cost_what_both_are_worth_though_the_network_runs() -> None:
    found = found_in("ca", emptied(CLOSED["ca"].solution, (3, 4)))

    assert [repair.code for repair in found.repairs] == ["blank-left", "blank-left"]
    assert percent(found, "ca") == 100 - worth("ca", 3, 4) == 32


@pytest.mark.parametrize(
    ("name", "code", "number"), [("ca", "ca-sigmoid-missing", 2), ("skip", "skip-relu-missing", 1)]
)
def test_a_mistake_elsewhere_costs_what_it_costs_without_the_blank(name: str, code: str, number: int) -> None:
    solution = CLOSED[name].solution
    mistakes = read_mistakes(CLOSED[name].secret, solution)
    assert mistakes is not None
    known = {one.code: one for one in mistakes.misconceptions}
    wrong = applied(known[code].ways[0], solution)
    alone = found_in(name, wrong)

    both = found_in(name, emptied(wrong, (number,)))

    assert both.fingerprint == alone.fingerprint
    assert percent(both, name) == pytest.approx(percent(alone, name) - worth(name, number))


def test_the_students_own_layer_is_used_in_the_references_step() -> None:
    source = emptied(CLOSED["skip"].solution, (4,)).replace("conv_skip1 = nn.Conv2d(3, 32, kernel_size=3, padding=1)",
                                                            "way_round = nn.Conv2d(3, 32, kernel_size=3, padding=1)")  # fmt: skip
    assert points("skip", source) == 100 - worth("skip", 4)

    narrow = emptied(CLOSED["skip"].solution, (4,)).replace(
        "conv_skip1 = nn.Conv2d(3, 32, kernel_size=3, padding=1)",
        "conv_skip1 = nn.Conv2d(3, 32, kernel_size=1)",
    )
    found = found_in("skip", narrow)
    assert [verdict.check for verdict in found.verdicts if verdict.outcome == "failed"] == [
        "channels",
        "function",
    ]
    assert percent(found, "skip") < 100 - worth("skip", 4)


def test_a_layer_left_out_takes_what_the_students_own_code_gives_it() -> None:
    # nothing is concatenated in block 1, so that 32 channels arrive where the exercise has 35
    source = emptied(CLOSED["dense"].solution, (1,)).replace(
        "out = torch.cat([block_in, out], dim=1)", "out = out + 0", 1
    )
    graph = spliced_graph("dense", source.replace("nn.Conv2d(99,", "nn.Conv2d(96,"))

    assert next(layer for layer in graph.layers if layer.name == "conv2_1").in_channels == 32
    assert next(value for value in graph.values if value.name == "conv2_1.weight").shape == (32, 32, 3, 3)


def test_code_outside_its_marks_is_not_taken_for_an_empty_blank() -> None:
    source = emptied(CLOSED["skip"].solution, (4,)).replace(
        "# <<< BLANK skip-4", "# <<< BLANK skip-4\n        out = out + self.relu(self.conv_skip1(block_in))"
    )
    assert found_in("skip", source).is_reference
    assert found_in("skip", source).repairs == ()

    assert points("skip", emptied(source, (6,))) == 100 - worth("skip", 6)


@pytest.mark.parametrize(("name", "method", "left"), [("dense", "forward", 38.0), ("skip", "__init__", 46.0)])
def test_a_method_without_a_body_costs_its_blanks_and_what_was_given(
    name: str, method: str, left: float
) -> None:
    tree = ast.parse(CLOSED[name].solution)
    body = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == method)
    body.body = [ast.Pass()] if method == "forward" else [body.body[0]]
    source = ast.unparse(tree).replace("self.pool", "self.avgPool2d")

    assert points(name, source) == left


@pytest.mark.parametrize(
    "meddling",
    [
        # nodes that say to come from the stand-in, and the stand-in called a second time
        "exec(compile('import torch\\nx = 1\\ny = torch.ops.aten.alias.default(out)', 'blank ca-3', 'exec'), {'out': out})",
        "out = out * _blank_ca_3(out)",
        "out = eval(compile('\\n\\nf(out)', 'blank ca-3', 'eval'), {'f': torch.ops.aten.alias.default, 'out': out})",
    ],
)
def test_whoever_imitates_a_stand_in_earns_no_more_than_with_an_empty_blank(meddling: str) -> None:
    honest = emptied(CLOSED["ca"].solution, (3,))
    line = "        out = self.relu(self.conv2_2(out))\n"

    assert points("ca", honest.replace(line, f"{line}        {meddling}\n")) <= points("ca", honest)


def test_a_step_that_does_not_fit_is_not_put_in() -> None:
    source = emptied(CLOSED["skip"].solution, (4,)).replace(
        "nn.Conv2d(16, 32, kernel_size=3", "nn.Conv2d(16, 24, kernel_size=3"
    )

    with pytest.raises(DoesNotFit):
        spliced_graph("skip", source.replace("nn.Conv2d(3, 32,", "nn.Conv2d(3, 7,"))


def test_terms_that_are_not_the_references_are_told_to_the_instructor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline_jobs, "sandbox", sandbox)
    exercise = CLOSED["ca"]
    said = exercise.assignment.model_dump(mode="json")
    said["blanks"]["ca-3"]["makes"]["gate"] = [32, 1, 1]
    wrong = exercise.assignment.model_validate(said, strict=False)
    cells = with_borders(exercise.solution, blanks_of(exercise.solution), wrong.blanks)
    source = excerpt("ca", exercise.solution).model_copy(update={"cells": cells})

    with pytest.raises(UserError, match=r"blanks: ca-3 gives gate the shape N×64×1×1"):
        pipeline_jobs.capture_marked(source.model_dump_json(), wrong.model_dump_json())


def test_in_an_open_design_layers_that_nobody_made_are_made_from_what_arrives() -> None:
    source = emptied(course()["combo"].solution, (2,))
    found = found_in("combo", source)

    assert [repair.code for repair in found.repairs] == ["blank-left"]
    assert {verdict.outcome for verdict in found.verdicts} == {"passed"}
    assert percent(found, "combo") == 100 - course()["combo"].assignment.blanks["combo-2"].worth


def test_a_blank_of_an_open_design_that_nothing_needs_is_no_blank_left() -> None:
    found = found_in("combo", course()["combo"].template)

    assert found.repairs == ()


def test_a_slip_elsewhere_is_repaired_and_the_blank_is_still_left() -> None:
    source = emptied(CLOSED["skip"].solution, (2,)).replace(
        "self.conv_skip1(block_in)", "conv_skip1(block_in)"
    )
    found = found_in("skip", source)

    assert [repair.code for repair in found.repairs] == ["self-missing", "blank-left"]
    assert percent(found, "skip") == 100 - found.repairs[0].price - worth("skip", 2)


def test_what_is_unreadable_in_an_empty_blank_costs_with_the_blank() -> None:
    found = found_in("skip", emptied(CLOSED["skip"].solution, (4,), "out ="))

    assert [repair.code for repair in found.repairs] == ["blank-left"]
    assert percent(found, "skip") == 100 - worth("skip", 4)


def test_a_course_that_only_informs_takes_the_points_of_the_code_as_it_is() -> None:
    source = emptied(CLOSED["ca"].solution, (3,))
    told, off = judged(source, "ca", mode="inform"), judged(source, "ca", mode="off")
    assert told is not None and off is not None

    assert [(repair.code, repair.price) for repair in told.repairs] == [("blank-left", 0.0)]
    assert off.repairs == ()
    assert percent(told, "ca") == percent(off, "ca") < 100 - worth("ca", 3)

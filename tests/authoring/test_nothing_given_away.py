"""What a kit tells of a solution: whether a network that somebody wrote is it, and nothing more.

Stated so that it can be tested: take two references that have the same template and the same names of hidden
layers. A kit of the one and a kit of the other say the same of every network that is neither. So a check that
fails tells nothing of the reference; what remains is to try, with one yes or no for each network tried. And
nothing in a kit is a network, or a number of one, with which the grader's own means (replay, splice) could go on.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from tracing import excerpt_of, exercise, graph_of, traced

from grader.authoring.check_kit import SEED, hidden_layers, kit_of
from grader.authoring.mutations import Mutant, mutants
from grader.check.examine import examine_file
from grader.course import Exercise, default_root, read_course
from grader.engines.local import LocalEngine
from grader.marks import blanks_of
from grader.records.graph import ModelGraph, Program
from grader.records.kit import Checked, Kit, KitExercise
from grader.records.repair import Mending
from grader.stages.judging import judge
from grader.stages.judging.sealed_standard import sealed
from grader.stages.judging.standard import prepared

COURSE = read_course(default_root(), ["base", "skip", "dense", "ca"])
OTHER = {
    "base": ("out = self.relu(self.fc1(out))", "out = torch.tanh(self.fc1(out))"),
    "skip": ("out + self.relu(self.conv_skip2(block_in))", "out - self.relu(self.conv_skip2(block_in))"),
    "dense": ("torch.cat([block_in, out], dim=1)", "torch.cat([block_in, out.abs().sqrt()], dim=1)"),
    "ca": ("out = out * gate", "out = out * gate * gate"),
}
"""In a blank: what another solution of the same template has there."""


@cache
def two_kits(name: str) -> tuple[Kit, Kit]:
    """For the solution, and for another one that fits into the same blanks."""
    one = COURSE[name]
    assert one.solution.count(OTHER[name][0])
    return kit_for(one, one.solution), kit_for(one, one.solution.replace(*OTHER[name]))


def kit_for(one: Exercise, solution: str) -> Kit:
    graph = graph_of(solution, one.assignment.classes[0]).model_dump_json()
    reference = sealed(prepared(graph, (3, 32, 32), SEED), hidden_layers(one.solution), True)
    started = sealed(prepared(exercise("base")[1], (3, 32, 32), SEED), (), True)
    told = KitExercise(
        assignment=one.assignment.model_copy(update={"blanks": {}}), prices=one.prices, template=one.template,
        reference=reference, start=started if one.assignment.builds_on else None,
    )  # fmt: skip
    return Kit(language="ko", exam=False, mending=Mending(), exercises=(told,))


def hand_ins(name: str) -> Iterator[str]:
    """What is on the way to the solution: blanks filled up to one, each blank alone empty, one slip away."""
    solution, template = COURSE[name].solution, COURSE[name].template
    hollow = template.split("\n")
    todo = {b.number: hollow[b.code - 1 : b.last - 1] for b in blanks_of(template)}
    blanks = blanks_of(solution)

    def without(numbers: set[int]) -> str:
        lines = solution.split("\n")
        for blank in reversed(blanks):
            if blank.number in numbers:
                lines[blank.code - 1 : blank.last - 1] = todo[blank.number]
        return "\n".join(lines)

    everything = {blank.number for blank in blanks}
    yield template
    for blank in blanks:
        yield without({blank.number})
    yield without({number for number in everything if number > len(blanks) // 2})
    for mutant in mutants(solution, 2, seed=4):
        yield mutant.source


def said(source: str, kit: Kit, folder: Path) -> Checked | None:
    file = folder / f"{kit.exercises[0].assignment.name}.py"
    file.write_text(source, "utf-8")
    return next(iter(examine_file(file, kit).exercises), None)


@pytest.mark.slow
@pytest.mark.parametrize("name", COURSE)
def test_of_a_network_that_is_neither_kits_of_two_solutions_say_the_same(name: str, tmp_path: Path) -> None:
    ours, theirs = two_kits(name)
    assert said(COURSE[name].solution, ours, tmp_path) != said(COURSE[name].solution, theirs, tmp_path)
    compared = 0
    for source in hand_ins(name):
        report = said(source, ours, tmp_path)
        function = {line.finding.check: line for line in report.lines}.get("function") if report else None
        if function is not None and function.finding.outcome == "passed":
            continue  # a change of the text that is none of the network
        assert report == said(source, theirs, tmp_path)
        compared += 1
    assert compared > len(blanks_of(COURSE[name].solution))


@pytest.fixture(scope="module")
def shipped() -> Iterator[dict[str, Kit]]:
    root, engine = default_root(), LocalEngine(1, preload=("grader.pipeline_jobs",))
    with engine:
        yield {
            "lab": kit_of(root, (), "ko", exam=False, engine=engine),
            "exam": kit_of(root, ("skip",), "ko", exam=True, engine=engine),
        }


def leaves(data: object) -> Iterator[object]:
    """Every record and every word of a document, boxes opened."""
    yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from leaves(each)


def test_nothing_in_a_kit_is_a_network_or_a_step_of_one(shipped: dict[str, Kit]) -> None:
    for kit in shipped.values():
        records = [leaf for leaf in leaves(json.loads(kit.model_dump_json())) if isinstance(leaf, dict)]
        assert len(records) > 20
        for record in records:
            for kind in (ModelGraph, Program):
                with pytest.raises(ValueError):
                    kind.model_validate(record)


def test_all_that_is_told_of_a_reference_is_a_hash_or_stands_in_the_template(shipped: dict[str, Kit]) -> None:
    for way, kit in shipped.items():
        for one in kit.exercises:
            known, template = one.reference, one.template
            assert one.assignment.blanks == {}
            hashes = [known.answers, known.trained, *known.gradients]
            if way == "exam" or one.assignment.open_design:
                assert hashes == ["", ""]
                assert not known.mistakes
            assert all(re.fullmatch("[0-9a-f]{64}|", word) for word in hashes)
            for locked in known.mistakes:
                assert re.fullmatch("[0-9a-f]{32}", locked.name)
                noise = base64.b64decode(locked.box)
                with pytest.raises(UnicodeDecodeError):
                    noise.decode()
            if one.assignment.open_design:  # one design of many: how many layers it has, and nothing of them
                assert not known.given and set(known.hidden) == {"?"}
                continue
            for name in known.hidden:
                assert re.search(rf"\b{name}\b", template)
            for layer in known.given:
                kind = "Conv2d" if layer.kind == "conv" else "Linear"
                written = re.search(rf"self\.{layer.name} = nn\.{kind}\(([^,]+), (\d+)", template)
                assert written and int(written[2]) == layer.out_channels
                assert written[1] == str(layer.in_channels) or not written[1].isdigit()


def found_by_search(candidates: Iterable[Mutant], name: str) -> bool:
    """Whether one of the networks is the reference that the kit knows."""
    kit = two_kits(name)[0].exercises[0]
    class_name = kit.assignment.classes[0]
    for one in candidates:
        excerpt = excerpt_of(one.source, class_name)
        if judge(traced(one.source, class_name), excerpt, kit.assignment, kit.reference, None).is_reference:
            return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("name", ["skip", "dense", "ca"])
def test_a_search_from_the_template_by_the_graders_own_rules_does_not_find_the_network(name: str) -> None:
    template = COURSE[name].template.partition("\n\n\nif __name__")[0]
    assert not found_by_search(mutants(template, 12, seed=1), name)


def test_the_search_does_find_what_is_one_change_away() -> None:
    """So that the test above can fail: whoever has all but one sign gets there by trying."""
    almost = COURSE["ca"].solution.replace("out = out * gate", "out = out + gate")
    changed = [one for one in mutants(almost, 10_000) if "out + gate" not in one.source]
    assert found_by_search(changed, "ca")

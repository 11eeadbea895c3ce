"""A network that is told by hashes only: known when it is there, and nothing to be read off otherwise."""

from __future__ import annotations

from functools import cache

from tracing import excerpt_of, exercise, traced

from grader.authoring.check_kit import SEED, hidden_layers
from grader.course import default_root, read_course
from grader.records.judgement import Judgement
from grader.records.sealed import Sealed
from grader.stages.judging import judge
from grader.stages.judging.sealed_standard import sealed
from grader.stages.judging.sealing import lock, unlock
from grader.stages.judging.standard import prepared


@cache
def told(name: str, equality: bool = True) -> Sealed:
    solution = read_course(default_root(), [name])[name].solution
    return sealed(prepared(exercise(name)[1], (3, 32, 32), SEED), hidden_layers(solution), equality)


def judged(source: str, name: str, equality: bool = True) -> Judgement:
    assignment = exercise(name)[0]
    class_name = assignment.classes[0]
    return judge(
        traced(source, class_name), excerpt_of(source, class_name), assignment, told(name, equality), None
    )


def solution(name: str) -> str:
    return read_course(default_root(), [name])[name].solution


def test_the_network_is_known_whatever_its_names_and_the_order_of_its_channels() -> None:
    source = solution("dense").replace("[block_in, out]", "[out, block_in]").replace("conv2_1", "first")
    found = judged(source, "dense")
    assert [v.outcome for v in found.verdicts] == ["passed"] * 5
    assert not any(v.open for v in found.verdicts) and found.is_reference


def test_another_network_is_another_and_the_rest_is_left_open() -> None:
    found = judged(solution("skip").replace("out + self.relu(", "out - self.relu("), "skip")
    by_check = {v.check: v for v in found.verdicts}
    assert by_check["function"].outcome == "failed" and by_check["function"].open
    assert by_check["function"].place is None
    assert by_check["channels"].outcome == "passed" and by_check["channels"].open
    assert {row.expected for row in by_check["channels"].layers if row.name.startswith("conv_skip")} == {"?"}


def test_a_given_layer_that_is_wrong_is_told_with_its_sizes() -> None:
    found = judged(solution("skip").replace("nn.Linear(512, 256)", "nn.Linear(512, 256, bias=False)"), "skip")
    (channels,) = [v for v in found.verdicts if v.check == "channels"]
    assert [(row.name, row.expected) for row in channels.layers if not row.ok] == [("fc2", "512→256")]


def test_gradients_are_compared_layer_by_layer() -> None:
    found = judged(
        solution("skip").replace("self.conv_skip2(block_in)", "self.conv_skip2(block_in.detach())"), "skip"
    )
    (gradients,) = [v for v in found.verdicts if v.check == "gradients"]
    assert gradients.code == "gradients-missing" and "conv1_1" in gradients.message.en


def test_without_equality_the_solution_is_not_known() -> None:
    assert not judged(solution("skip"), "skip", equality=False).is_reference
    assert told("skip", equality=False).gradients == ()


def test_words_open_to_their_fingerprint_alone() -> None:
    box = lock("한국어", "0123456789abcdef")
    assert unlock((box,), "0123456789abcdef") == "한국어"
    assert unlock((box,), "0123456789abcdee") is None
    assert "한국어".encode() not in box.box.encode()

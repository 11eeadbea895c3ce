"""What a student reads: exact sentences for the mistakes that are made most."""

from __future__ import annotations

import pytest
from tracing import exercise, judged, verdict

from grader.course import default_root, read_course
from grader.stages.judging.words import should_be, topic_particle


def solution(name: str, *edits: tuple[str, str]) -> str:
    """The reference with slips."""
    text = read_course(default_root(), [name])[name].solution
    for old, new in edits:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


def test_a_channel_mismatch_is_told_with_its_arithmetic() -> None:
    found = judged(solution("dense", ("nn.Conv2d(35, 32", "nn.Conv2d(32, 32")), "dense")
    shape = verdict(found, "shape")
    assert shape.code == "channels-do-not-fit"
    assert shape.message.en == "conv2_1 expects 32 channels and is given 35 = 3 (input) + 32 (conv1_2)."
    assert shape.message.ko == (
        "conv2_1은 채널 32개를 기대하는데 35개(= 3(입력) + 32(conv1_2))가 들어왔어요."
    )
    assert shape.place is not None and "conv2_1" in shape.place.source
    rows = {row.name: row for row in verdict(found, "channels").layers}
    assert (rows["conv2_1"].expected, rows["conv2_1"].found, rows["conv2_1"].ok) == (
        "35→32, 3×3, stride 1, padding 1", "32→32, 3×3, stride 1, padding 1", False,
    )  # fmt: skip
    assert [v.outcome for v in found.verdicts] == ["passed", "failed", "failed", "blocked", "blocked"]


def test_the_place_of_a_wrong_step_is_named() -> None:
    slip = ("out = out + self.relu(self.conv_skip2(block_in))", "out = out + self.conv_skip2(block_in)")
    found = judged(solution("skip", slip), "skip")
    function = verdict(found, "function")
    assert function.outcome == "failed" and 0.5 < function.share < 1
    assert function.place is not None and function.place.source == slip[1]
    assert all(v.outcome == "passed" for v in found.verdicts if v.check != "function")


def test_concatenating_in_another_order_is_right_and_noted() -> None:
    text = read_course(default_root(), ["dense"])["dense"].solution
    line = next(line for line in text.splitlines() if "torch.cat(" in line and "call" not in line)
    inside = line[line.index("[") + 1 : line.index("]")]
    first, second = inside.split(", ")
    found = judged(text.replace(line, line.replace(inside, f"{second}, {first}")), "dense")
    assert found.is_reference and len(found.notes) == 1


def test_handing_in_the_network_one_was_given_earns_nothing_but_loading() -> None:
    from tracing import IMAGE, excerpt_of, sandbox

    from grader.stages.capture import capture
    from grader.stages.judging import judge

    base = read_course(default_root(), ["base"])["base"].solution.replace("class VGG(", "class VGG_SKIP(")
    excerpt = excerpt_of(base, "VGG_SKIP")
    assignment, reference = exercise("skip")
    found = judge(capture(excerpt, IMAGE, sandbox().run), excerpt, assignment, reference, exercise("base")[1])
    assert [(v.check, v.outcome, v.share) for v in found.verdicts if v.share] == [("loads", "passed", 1.0)]
    assert verdict(found, "function").code == "nothing-added"
    assert found.graph is None


@pytest.mark.parametrize("name", ["base", "skip", "dense", "ca"])
def test_every_reference_is_judged_correct(name: str) -> None:
    found = judged(solution(name), name)
    assert found.is_reference and all(v.outcome == "passed" for v in found.verdicts)


def test_a_clip_far_from_zero_is_another_function() -> None:
    found = judged(solution("skip", ("self.relu = nn.ReLU()", "self.relu = nn.ReLU6()")), "skip")
    function = verdict(found, "function")
    assert function.outcome == "failed"
    assert function.place is not None and "self.relu(" in function.place.source


def test_a_layer_that_is_reached_in_two_ways_is_one_layer() -> None:
    text = solution(
        "skip",
        ("        self.conv_skip1 = nn.Conv2d(3, 32", "        self.first = (nn.Conv2d(3, 32"),
        ("self.conv_skip1(block_in)", "self.first[0](block_in)"),
    )
    line = next(line for line in text.splitlines() if "self.first = (" in line)
    text = text.replace(line, line + ",)\n        self.conv_skip1 = self.first[0]")
    found = judged(text, "skip")
    assert found.is_reference and verdict(found, "channels").outcome == "passed"


def test_a_concatenation_along_the_height_asks_for_the_channels_and_not_for_the_pools() -> None:
    text = solution("dense").replace("torch.cat([block_in, out], dim=1)", "torch.cat([block_in, out], dim=2)")
    shape = verdict(judged(text, "dense"), "shape")
    assert shape.code == "concatenated-along-space"
    assert "dim=2" in shape.message.ko and shape.hint is not None and "채널" in shape.hint.ko


def test_korean_endings_follow_the_word_before_them() -> None:
    assert should_be(99, 96) == "99여야 하는데 96이에요"
    assert should_be("3×3", "1×1") == "3×3이어야 하는데 1×1이에요"
    assert should_be("합성곱", 32) == "합성곱이어야 하는데 32예요"
    assert (topic_particle("conv2_1"), topic_particle("fc2")) == ("은", "는")

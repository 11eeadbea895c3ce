"""One image alone is asked of the student's own code: what was traced with two cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from tracing import judged

END = "return self.fc3(out)"
FLAT = "out = torch.flatten(out, start_dim=1)"
LIBRARY = Path(__file__).parents[2] / "submissions"


def skip(flat: str, *end: str) -> str:
    """A right skip network with another way to its first linear layer, and another end."""
    source = (Path(__file__).parents[3] / "reference" / "skip" / "solution.py").read_text("utf-8")
    assert FLAT in source and END in source
    return source.replace(FLAT, flat).replace(END, "\n        ".join(end))


@pytest.mark.parametrize(
    ("flat", "end"),
    [
        (FLAT + ".squeeze()", [END + ".view(-1, 10)"]),
        (FLAT + ".squeeze()", [END + ".reshape(x.size(0), -1)"]),
        (FLAT, ["out = self.fc3(out).squeeze()", "return out[None] if out.dim() == 1 else out"]),
        (FLAT, [END + ".squeeze(-1)"]),
    ],
)
def test_a_side_that_is_dropped_and_comes_back_costs_nothing(flat: str, end: list[str]) -> None:
    found = judged(skip(flat, *end), "skip")
    assert [(v.check, v.code) for v in found.verdicts if v.outcome != "passed"] == []


@pytest.mark.parametrize(
    ("flat", "end", "said"),
    [
        (FLAT + ".squeeze()", [END], "has shape 10,"),
        (FLAT, [END + ".squeeze(0)"], "has shape 10,"),
        (FLAT, ["out = self.fc3(out)", "return [out] if len(out) == 1 else out"], "returned list of 1"),
        (FLAT, ["out = self.fc3(out)", "return out.softmax(1) if len(out) == 1 else out"], "other numbers"),
        (FLAT, ["assert len(out) > 1, 'one is no batch'", END], "one is no batch"),
        (FLAT, ["if len(out) == 1: raise SystemExit(3)", END], "fails: 3"),
    ],
)
def test_what_one_image_does_not_come_through_is_half_a_failure_of_the_shape(
    flat: str, end: list[str], said: str
) -> None:
    found = judged(skip(flat, *end), "skip")
    (failed,) = [v for v in found.verdicts if v.outcome == "failed"]
    assert (failed.check, failed.code, failed.share) == ("shape", "fails-for-one-image", 0.5)
    assert said in failed.message.en


def test_a_right_network_seen_before_does_not_hide_it() -> None:
    judged(skip(FLAT, END), "skip")
    found = judged(skip(FLAT, "assert len(out) > 1", END), "skip")
    again = judged(skip(FLAT, END), "skip")
    assert [v.code for v in found.verdicts if v.outcome == "failed"] == ["fails-for-one-image"]
    assert all(v.outcome == "passed" for v in again.verdicts)


def test_the_line_at_which_one_image_fails_is_named() -> None:
    source = (LIBRARY / "broken" / "ca" / "squeeze_breaks_batch_of_one.py").read_text("utf-8")
    (failed,) = [v for v in judged(source, "ca").verdicts if v.outcome == "failed"]
    assert failed.place is not None and "w.view(" in failed.place.source


def test_a_network_that_gives_one_number_for_all_images_is_judged() -> None:
    found = judged(skip(FLAT, "return self.fc3(out).mean()"), "skip")
    assert [v.code for v in found.verdicts if v.outcome == "failed"] == ["wrong-shape"]

"""One exercise of one submission, end to end: what runs is left alone, what does not is judged as it was meant."""

from __future__ import annotations

import pytest
from mending import course, grading, judged, percent

from grader.mender import MOST_CPU_S, MOST_TRIES
from grader.stages.excerpts import cut

SLIPS = {
    # kind: exercise, what stands in the solution, what stands there instead, code, where it is told
    "a full-width bracket": ("skip", "out = out + self.relu(self.conv_skip1(block_in))", "out = out + self.relu（self.conv_skip1(block_in))", "odd-characters"),
    "a missing self": ("ca", "gate = self.global_pool(out)", "gate = global_pool(out)", "self-missing"),
    "channels that do not arrive": ("dense", "nn.Conv2d(35, 32", "nn.Conv2d(32, 32", "channels-declared"),
    "a lost padding": ("skip", "nn.Conv2d(64, 256, kernel_size=3, padding=1)", "nn.Conv2d(64, 256, kernel_size=3)", "padding-missing"),
    "a method misspelt": ("base", "def forward(", "def foward(", "method-misspelt"),
}  # fmt: skip


def slipped(name: str, old: str, new: str) -> str:
    """The solution of an exercise with one text in the place of another."""
    source = course()[name].solution
    assert source.count(old) >= 1, f"{old!r} is not in the solution of {name}"
    return source.replace(old, new, 1)


@pytest.mark.parametrize(
    "what", ["a full-width bracket", "a missing self", "channels that do not arrive", "a method misspelt"]
)
def test_a_slip_costs_its_price_and_nothing_else(what: str) -> None:
    name, old, new, code = SLIPS[what]
    source = slipped(name, old, new)
    judgement = judged(source, name)
    assert judgement is not None
    assert [repair.code for repair in judgement.repairs] == [code]
    assert judgement.is_reference
    assert percent(judgement, name) == 100 - judgement.repairs[0].price
    line = source[: source.index(new)].count("\n") + 1
    assert judgement.repairs[0].line == line


def test_two_slips_cost_both_and_are_told_in_their_order() -> None:
    source = slipped("ca", "gate = self.global_pool(out)", "gate = global_pool(out)").replace(
        "import torch.nn as nn", "import torch.nn as nn\nimport torch.nn.functional as F"
    )
    source = source.replace("super().__init__()", "super().__init__(", 1)
    judgement = judged(source, "ca")
    assert judgement is not None
    assert [repair.code for repair in judgement.repairs] == ["bracket", "self-missing"]
    assert judgement.is_reference


def test_what_runs_is_never_repaired() -> None:
    wrong = slipped(
        "skip", "out = out + self.relu(self.conv_skip1(block_in))", "out = out + self.conv_skip1(block_in)"
    )
    search = grading(wrong, "skip")
    judgement = judged(wrong, "skip")
    assert judgement is not None and judgement.repairs == () and not judgement.is_reference
    assert search.meter.tries == 0


def test_a_slip_and_a_mistake_are_both_charged() -> None:
    wrong = slipped(
        "skip", "out = out + self.relu(self.conv_skip1(block_in))", "out = out + self.conv_skip1(block_in)"
    )
    alone, both = (
        judged(wrong, "skip"),
        judged(wrong.replace("import torch.nn as nn", "import torch.nn"), "skip"),
    )
    assert alone is not None and both is not None
    assert [repair.code for repair in both.repairs] == ["import-missing"]
    assert both.fingerprint == alone.fingerprint
    assert percent(both, "skip") == pytest.approx(percent(alone, "skip") - both.repairs[0].price, abs=0.2)


def test_only_informing_leaves_the_points_and_tells_the_place() -> None:
    source = slipped("base", "def forward(", "def foward(")
    told, off = judged(source, "base", mode="inform"), judged(source, "base", mode="off")
    assert told is not None and off is not None
    assert [(repair.code, repair.price) for repair in told.repairs] == [("method-misspelt", 0.0)]
    assert off.repairs == ()
    assert percent(told, "base") == percent(off, "base") < 50


def test_a_search_ends_though_every_try_sleeps() -> None:
    source = slipped("base", "def forward(", "def foward(").replace(
        "super().__init__()", "super().__init__()\n        import time; time.sleep(30)"
    )
    search = grading(source, "base")
    judgement = search.judged(cut(search.submission, search.terms.assignment.classes, "base"))
    assert judgement is not None and judgement.repairs == ()
    assert search.meter.wall_s < 30


def test_a_search_is_bounded_where_nothing_helps() -> None:
    names = "\n".join(f"        self.layer{n} = nn.Conv2d(3, 16, 3)" for n in range(40))
    source = (
        course()["base"]
        .solution.replace("        # block 1 (32×32)", names, 1)
        .replace("self.conv1_1(x)", "self.layr(unknown)(x)")
    )
    search = grading(source, "base")
    search.judged(cut(search.submission, search.terms.assignment.classes, "base"))
    assert search.meter.tries <= MOST_TRIES
    assert search.meter.cpu_s < MOST_CPU_S + 5


def test_the_search_gives_the_same_answer_twice() -> None:
    name, old, new, _ = SLIPS["a lost padding"]
    source = slipped(name, old, new)
    assert judged(source, name) == judged(source, name)


def test_a_source_far_longer_than_an_exercise_is_not_searched() -> None:
    source = slipped("base", "def forward(", "def foward(") + "\n# end\n" + "number = 1\n" * 10_000
    search = grading(source, "base")
    judgement = search.judged(cut(search.submission, search.terms.assignment.classes, "base"))
    assert judgement is not None and judgement.repairs == () and search.meter.tries == 0

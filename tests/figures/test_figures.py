from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from grader.figures.curves import spread, training_svg
from grader.figures.inline import numbered
from grader.figures.network import network_svg
from grader.records.assignment import Measured
from grader.records.drawing import Box, Drawing, Wire
from grader.records.results import Calibrated, Curve

HOSTILE = 'x"];<script>alert(1)</script>&\\n'


def measured(mean: float, threshold: float) -> Measured:
    return Measured(n=30, mean=mean, spread=0.02, worst=mean, threshold=threshold)


def curve(last: float, accuracy: float) -> Curve:
    return Curve(
        updates=tuple(range(5, 105, 5)), losses=(2.3, *[last] * 19), accuracy=accuracy, test_images=2000
    )


OWN, START = curve(0.4, 0.9), curve(0.6, 0.8)
CALIBRATED = Calibrated(accuracy=measured(0.9, 0.85), loss=measured(0.5, 0.7))
NETWORK = Drawing(
    boxes=(
        Box(title="input", detail="3×32×32", kind="input"),
        Box(title=HOSTILE, detail="3→16, 3×3", kind="layer", mark="parts"),
    ),
    wires=(Wire(start=0, end=1, shape="3×32×32"),),
)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("text")]


def test_a_students_name_for_a_layer_is_text_and_nothing_else() -> None:
    svg = network_svg(NETWORK)
    assert "<script" not in svg
    assert any("<script>alert(1)</script>" in text for text in texts(svg))
    assert {"input", "3→16, 3×3"} <= set(texts(svg))
    assert any("3×32×32" in text for text in texts(svg)[:1])  # the wire's shape


@pytest.mark.parametrize(
    "svg", [network_svg(NETWORK), training_svg(OWN, START, spread([OWN, START, START]), CALIBRATED, 10)]
)
def test_pictures_have_the_pages_colours_and_take_little_room(svg: str) -> None:
    assert "var(--" in svg and not re.search(r"#d0000\d", svg)
    assert len(svg) < 16_000


def test_ids_in_one_page_are_unique_and_still_found() -> None:
    svg = training_svg(OWN, START, None, CALIBRATED, 10)
    page = numbered(svg, "skip-") + numbered(svg, "ca-")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 0
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', page)) == set(ids)


def test_equal_trainings_make_equal_pictures() -> None:
    assert training_svg(OWN, None, None, None, 10) == training_svg(OWN, None, None, None, 10)


def test_the_classs_spread_is_the_middle_eight_tenths() -> None:
    found = spread([curve(last / 10, 0.5) for last in range(11)])
    assert found is not None
    assert (found.low[-1], found.high[-1], found.networks) == (pytest.approx(0.1), pytest.approx(0.9), 11)
    assert spread([OWN, OWN]) is None

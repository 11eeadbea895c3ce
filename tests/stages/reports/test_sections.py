"""A class that is too large for one page."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.classes import of_size
from stages.reports.readable import readable
from stages.reports.results_sample import RESULTS

from grader.records.results import Results
from grader.stages.reports import sections, write_reports
from grader.stages.reports.sections import sections_of


def in_sections(students: int, *names: str) -> Results:
    large = of_size(RESULTS, students)
    rows = [
        row.model_copy(update={"section": names[n % len(names)]}) for n, row in enumerate(large.submissions)
    ]
    return large.model_copy(update={"submissions": tuple(rows)})


def test_every_student_is_in_one_section_in_the_order_of_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "MOST_ON_A_PAGE", 20)
    parts = sections_of(in_sections(21, "10반", "", "2반"))
    assert [part.name for part in parts] == ["", "2반", "10반"]
    assert sorted(place for part in parts for place in part.places) == list(range(21))
    assert len({part.page for part in parts}) == 3
    assert sections_of(in_sections(20, "A", "B")) == () == sections_of(in_sections(21, "A"))


def test_each_section_has_a_page_and_the_index_leads_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sections, "MOST_ON_A_PAGE", 20)
    results = in_sections(21, "A", "B<b>")
    index = write_reports(results, tmp_path, "en").read_text("utf-8")
    pages = sorted(tmp_path.glob("section-*.html"))
    assert len(pages) == 2 and all(page.name in index for page in pages)
    assert 'id="class"' not in index and "B&lt;b&gt;" in index and "data-show" not in index
    first = pages[0].read_text("utf-8")
    assert first.count("<tr data-tags") == 11 and "11 students" in readable(first)
    assert 'href="students/20240001.html"' in first and 'href="students/20240002.html"' not in first
    monkeypatch.setattr(sections, "MOST_ON_A_PAGE", 1000)
    assert 'id="class"' in write_reports(results, tmp_path, "en").read_text("utf-8")
    assert not list(tmp_path.glob("section-*.html"))

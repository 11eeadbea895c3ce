"""The sections of a class that is too large for one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from grader.file_names import natural
from grader.records.page_names import page_names
from grader.records.results import Results
from grader.stages.reports.class_rows import needs_a_person
from grader.stages.reports.summary import known_points

MOST_ON_A_PAGE = 1000
"""Students; the table of so many still opens and filters at once (benchmarks/results/pages.md)."""


@dataclass(frozen=True)
class Section:
    """One section, and what the class's page says of it."""

    name: str
    """Empty for students whom the class list puts into none."""
    page: str
    """File name."""
    places: tuple[int, ...]
    """Of its students in `Results.submissions`."""
    mean: float
    """Of the totals."""
    waiting: int
    """Students who need a person."""

    def of(self, results: Results) -> Results:
        """The results of the section alone."""
        rows = tuple(results.submissions[place] for place in self.places)
        return results.model_copy(update={"submissions": rows})

    def of_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """The section's part of something that the class has one of for each student."""
        return tuple(names[place] for place in self.places)


def sections_of(results: Results) -> tuple[Section, ...]:
    """The sections, where a class needs pages for them; none where it fits on one page or has none."""
    places: dict[str, list[int]] = {}
    for place, submission in enumerate(results.submissions):
        places.setdefault(submission.section, []).append(place)
    if len(results.submissions) <= MOST_ON_A_PAGE or len(places) < 2:
        return ()
    names = sorted(places, key=natural)
    sections = []
    for name, page in zip(names, page_names(names), strict=True):
        rows = [results.submissions[place] for place in places[name]]
        sections.append(
            Section(
                name=name,
                page=f"section-{page}",
                places=tuple(places[name]),
                mean=fmean(known_points(row) for row in rows),
                waiting=sum(map(needs_a_person, rows)),
            )
        )
    return tuple(sections)

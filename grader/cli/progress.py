"""Progress bars while a run is under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

from grader.progress import Progress

_LABELS = {
    "judge": "judging / 채점",
    "train": "training / 학습",
    "calibrate": "calibrating / 보정",
    "post": "posting / 전송",
}


@contextmanager
def shown(console: Console, quiet: bool = False) -> Iterator[Progress]:
    """A `Progress` that is drawn on a terminal, with how long is left, and silent elsewhere."""
    columns = (
        TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("·"), TimeRemainingColumn(),
    )  # fmt: skip
    silent = quiet or not console.is_terminal
    with Bars(*columns, console=console, transient=True, disable=silent) as bars:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(_LABELS.get(step, step), total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield Progress(report)

"""Classes for the browser: results with drawings and curves, of any size."""

from __future__ import annotations

from figures.test_figures import CALIBRATED, NETWORK, OWN, START
from stages.reports.results_sample import RESULTS

from grader.records.results import Results


def with_pictures(results: Results = RESULTS) -> Results:
    """Every graded exercise has a network and a training."""
    rows = []
    for submission in results.submissions:
        exercises = {
            name: result.model_copy(update={"drawing": "d", "curve": "own" if result.points else "start"})
            if result.findings
            else result
            for name, result in submission.exercises.items()
        }
        rows.append(submission.model_copy(update={"exercises": exercises}))
    described = {
        name: info.model_copy(update={"calibrated": CALIBRATED, "start_curve": "start"})
        for name, info in results.run.exercises.items()
    }
    return results.model_copy(
        update={
            "run": results.run.model_copy(update={"exercises": described}),
            "submissions": tuple(rows),
            "drawings": {"d": NETWORK},
            "curves": {"own": OWN, "start": START},
        }
    )


def of_size(results: Results, students: int) -> Results:
    """The same hand-ins again and again, each by another student."""
    rows = tuple(
        results.submissions[n % len(results.submissions)].model_copy(
            update={"student_id": str(20240001 + n), "student_name": f"학생{n}"}
        )
        for n in range(students)
    )
    return results.model_copy(update={"submissions": rows})

"""The pictures of one run, each made once."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from grader.figures.curves import Spread, spread, training_svg
from grader.figures.inline import numbered
from grader.figures.network import network_svg
from grader.records.results import Curve, Results
from grader.records.training import CLASSES


@dataclass
class Pictures:
    """Of the networks and trainings of a run; students who share one share its picture."""

    results: Results
    _networks: dict[str, Markup] = field(default_factory=dict)
    _trainings: dict[tuple[str, str], Markup] = field(default_factory=dict)
    _spreads: dict[str, Spread | None] = field(default_factory=dict)

    def network(self, key: str) -> Markup:
        """The drawing of this key."""
        if key not in self._networks:
            self._networks[key] = Markup(network_svg(self.results.drawings[key]))
        return self._networks[key]

    def training(self, exercise: str, key: str) -> Markup:
        """The curve of this key, among the others of the exercise."""
        if (exercise, key) not in self._trainings:
            calibrated = self.results.run.exercises[exercise].calibrated
            own, start = self.results.curves[key], self.start(exercise)
            svg = training_svg(own, start, self.of_class(exercise), calibrated, CLASSES)
            self._trainings[exercise, key] = Markup(numbered(svg, f"{exercise}-"))
        return self._trainings[exercise, key]

    def start(self, exercise: str) -> Curve | None:
        """The curve of the network that students start from, where there is one."""
        return self.results.curves.get(self.results.run.exercises[exercise].start_curve or "")

    def of_class(self, exercise: str) -> Spread | None:
        """The curves of all who handed the exercise in."""
        if exercise not in self._spreads:
            curves = self.results.curves
            keys = (submission.exercises[exercise].curve for submission in self.results.submissions)
            self._spreads[exercise] = spread([curves[key] for key in keys if key in curves])
        return self._spreads[exercise]

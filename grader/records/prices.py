"""What mistakes cost: `prices.yaml`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from grader.records.base import Record

Percent = Annotated[float, Field(ge=0, le=100)]


def _pair(price: Any) -> Any:
    return [price, price] if isinstance(price, int | float) else price


Price = Annotated[tuple[Percent, Percent], BeforeValidator(_pair)]
"""Percent of the exercise: the least and the most that it costs, in the file often one number for both."""

DEFAULT = "default"


class Prices(Record):
    """Prices by code, in percent of an exercise's points."""

    findings: dict[str, Price]
    """By the code of a failed check; `*` stands for anything, the first that fits counts."""
    repairs: dict[str, Percent]
    """By the code of a repair; `default` for all that are not named."""

    @field_validator("repairs")
    @classmethod
    def _has_a_default(cls, repairs: Mapping[str, float]) -> Mapping[str, float]:
        if DEFAULT not in repairs:
            raise ValueError(f"there is no price for what is not named; add a line {DEFAULT}: 8")
        return repairs

    def of_finding(self, code: str, share: float) -> float | None:
        """Percent for a failed check; None where it has no price.

        Args:
            code: several mistakes of one network are joined by "+", and each has its price.
            share: how much of it is right, 0 … 1; between two prices it decides.
        """
        left = 1.0
        for one in code.split("+"):
            pair = next((price for name, price in self.findings.items() if fnmatchcase(one, name)), None)
            if pair is None:
                return None
            left *= 1 - (pair[0] + (pair[1] - pair[0]) * (1 - share)) / 100
        return 100 * (1 - left)

    def of_repair(self, code: str) -> float:
        """Percent for a repair."""
        return self.repairs.get(code, self.repairs[DEFAULT])

    def of_several(self, percents: list[float]) -> float:
        """Percent for all of them together: each takes its part of what the others left."""
        return 100 * (1 - math.prod(1 - percent / 100 for percent in percents))

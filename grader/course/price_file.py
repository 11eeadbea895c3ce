"""`prices.yaml` → `Prices`; every mistake is one sentence with file, line, problem and fix."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from grader.records.prices import Prices
from grader.yaml_file import YamlFile, read_text

FILE = "prices.yaml"


def read_prices(path: Path) -> Prices:
    """What mistakes cost.

    Raises:
        AssignmentError: the first mistake in the file.
    """
    file = YamlFile(path, read_text(path, "copy the project's own"), "copy the project's own")
    try:
        return Prices.model_validate(file.data)
    except ValidationError as error:
        file.explain(file.first(error.errors(include_url=False)), Prices)

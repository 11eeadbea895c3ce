"""Source read, never run: blanks of the template left empty, and code that asks for a GPU."""

from grader.stages.screening.screen import Screening, screen

__all__ = ["Screening", "screen"]

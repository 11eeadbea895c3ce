"""People: files to who handed in what, from all that names somebody, and joined to the class list."""

from grader.stages.people.students import by_student

__all__ = ["by_student"]

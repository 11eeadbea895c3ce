"""What names of files and folders say: how they are written, what is in them, which of several is newer."""

from grader.file_names.modules import as_module, bare
from grader.file_names.signs import Owner, Signs, owner, says_late, signs
from grader.file_names.spelling import GRADED, clean, natural, stem, suffix
from grader.file_names.versions import Standing, attempt, standing

__all__ = [
    "GRADED",
    "Owner",
    "Signs",
    "Standing",
    "as_module",
    "attempt",
    "bare",
    "clean",
    "natural",
    "owner",
    "says_late",
    "signs",
    "standing",
    "stem",
    "suffix",
]

"""What student code was traced to, kept so that it can be judged again without being run again."""

from __future__ import annotations

import hashlib

from pydantic import ValidationError

from grader.errors import GraderFault
from grader.ledger import Ledger
from grader.records.graph import Capture, Problem
from grader.records.submission import Excerpt

_KIND = "captured"


class KeptCaptures:
    """Captures by what was run; a later run over the same code replaces them.

    Unlike everything else in the ledger they are found whatever version of the grader made them: judging
    kept graphs by new rules is what they are for.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.missed = 0
        """Tries that were asked for and never made."""

    def keep(self, excerpt: Excerpt, image: tuple[int, int, int], capture: Capture) -> None:
        """Store what came of an excerpt."""
        self._ledger.write(_KIND, _key(excerpt, image), capture.model_dump_json())

    def find(self, excerpt: Excerpt, image: tuple[int, int, int], a_try: bool) -> Capture:
        """What came of an excerpt when it was run.

        Args:
            a_try: of the search for repairs; one that was never made leads nowhere.

        Raises:
            GraderFault: it was never run.
        """
        found = self._ledger.find(_KIND, _key(excerpt, image))
        try:
            if found is not None:
                return Capture.model_validate_json(found)
        except ValidationError as error:
            raise GraderFault("what is kept of it is another version's; grade it with grader run") from error
        if a_try:
            self.missed += 1
            return Capture(problem=Problem(code="ended"))
        raise GraderFault("this code has not been traced so; grade it with grader run")


def _key(excerpt: Excerpt, image: tuple[int, int, int]) -> str:
    return hashlib.sha256(
        f"{image}\0{excerpt.model_dump_json()}".encode("utf-8", "surrogatepass")
    ).hexdigest()[:32]

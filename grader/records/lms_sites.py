"""The sections `lti:` and `canvas_api:` of `course.yaml`: which LMS, and where in it."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from grader.records.base import Record


def _safe(url: str) -> str:
    parts = urlsplit(url.strip())
    here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    if (parts.scheme != "https" and not here) or not parts.hostname:
        raise ValueError("write the LMS's address with https://")
    return url.strip().rstrip("/")


Address = Annotated[str, AfterValidator(_safe)]
"""Without a slash at its end; what is sent there is worth a wiretap, so nothing but https."""


class LtiSite(Record):
    """A course of an LMS in which the grader is registered as an LTI 1.3 tool."""

    platform: Literal["canvas", "moodle"]
    url: Address
    course: int
    """The number in the course's address."""
    client_id: str = Field(min_length=1, coerce_numbers_to_str=True)
    deployment_id: int | None = None
    """Moodle's number of the tool."""
    make_columns: bool = False
    """Make a column that is missing."""

    @model_validator(mode="after")
    def _complete(self) -> LtiSite:
        if self.platform == "moodle" and self.deployment_id is None:
            raise ValueError("Moodle needs deployment_id too, which the tool's configuration details show")
        return self

    def token_url(self) -> str:
        """Where tokens are given."""
        return self.url + ("/login/oauth2/token" if self.platform == "canvas" else "/mod/lti/token.php")

    def line_items_url(self) -> str:
        """Where the columns are."""
        if self.platform == "canvas":
            return f"{self.url}/api/lti/courses/{self.course}/line_items"
        return f"{self.url}/mod/lti/services.php/{self.course}/lineitems?type_id={self.deployment_id}"

    def members_url(self) -> str:
        """Where the class list is."""
        if self.platform == "canvas":
            return f"{self.url}/api/lti/courses/{self.course}/names_and_roles"
        services = f"{self.url}/mod/lti/services.php/CourseSection/{self.course}"
        return f"{services}/bindings/{self.deployment_id}/memberships"


class CanvasSite(Record):
    """A course of Canvas that a person's access token opens."""

    url: Address
    course: int
    """The number in the course's address."""
    assignments: dict[str, int]
    """The number in the assignment's address, by the column's title."""
    comments: bool = True
    """Send the exercises' points as a comment."""
    pages: bool = True
    """Attach the student's page."""

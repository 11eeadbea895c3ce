"""Where an LMS's LTI services are, from what stands in `course.yaml`."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from grader.records.base import Record
from grader.stages.exports.lti_wire import Registration


class LtiSite(Record):
    """The section `lti:` of `course.yaml`."""

    platform: Literal["canvas", "moodle"]
    url: str
    """The LMS's address, as in the browser up to the first folder of its pages."""
    course: int
    """The number in the course's address."""
    client_id: str = Field(min_length=1, coerce_numbers_to_str=True)
    deployment_id: int | None = None
    """Moodle's number of the tool."""
    make_columns: bool = False
    """Make a column that is missing."""

    @field_validator("url")
    @classmethod
    def _safe(cls, url: str) -> str:
        return safe_address(url)

    @model_validator(mode="after")
    def _complete(self) -> LtiSite:
        if self.platform == "moodle" and self.deployment_id is None:
            raise ValueError("Moodle needs deployment_id too; the tool's configuration details show it")
        return self

    def registration(self) -> Registration:
        """Who we are, and where tokens are given."""
        token = self.url + ("/login/oauth2/token" if self.platform == "canvas" else "/mod/lti/token.php")
        return Registration(self.client_id, token, token)

    def line_items(self) -> str:
        """Address of the columns."""
        if self.platform == "canvas":
            return f"{self.url}/api/lti/courses/{self.course}/line_items"
        return f"{self.url}/mod/lti/services.php/{self.course}/lineitems?type_id={self.deployment_id}"

    def members(self) -> str:
        """Address of the class list."""
        if self.platform == "canvas":
            return f"{self.url}/api/lti/courses/{self.course}/names_and_roles"
        services = f"{self.url}/mod/lti/services.php/CourseSection/{self.course}"
        return f"{services}/bindings/{self.deployment_id}/memberships"


def safe_address(url: str) -> str:
    """The address without a slash at its end; ValueError unless it is https, or this machine."""
    parts = urlsplit(url.strip())
    if parts.scheme != "https" and not (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    ):
        raise ValueError("write the LMS's address with https://")
    return url.strip().rstrip("/")

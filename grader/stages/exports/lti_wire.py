"""Signed requests for tokens, and requests with them: the OAuth part of LTI 1.3.

Raises everywhere: `UserError` for what the person running it must fix, `LmsUnavailable` when patience is at an end.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests

from grader.errors import LmsUnavailable, UserError
from grader.stages.exports.lms_words import own_words, why_unreachable
from grader.stages.exports.lti_keys import SigningKey
from grader.stages.exports.patience import Patience, asked_wait_s

_TIMEOUT_S = (10.0, 60.0)
_CLOCKS_AGREE_S = 2.0
"""The `Date` header counts whole seconds, and an answer takes a moment."""


@dataclass(frozen=True)
class Registration:
    """How the platform knows the tool."""

    client_id: str
    token_url: str
    audience: str
    """Who the signed request is for; the token URL unless the platform says otherwise."""


class Wire:
    """One platform; tokens are kept until shortly before they expire, one for each scope."""

    def __init__(
        self,
        registration: Registration,
        key: SigningKey,
        patience: Patience | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.registration, self.key, self.patience = registration, key, patience or Patience()
        self._now, self._ahead = now, timedelta()
        self._session = requests.Session()
        self._tokens: dict[str, tuple[str, float]] = {}

    def now(self) -> datetime:
        """The platform's time."""
        return self._now() + self._ahead

    def pages(self, url: str, scope: str, media: str) -> Iterator[Any]:
        following: str | None = url
        while following:
            answer = self.read(following, scope, media)
            yield answer.json()
            following = answer.links.get("next", {}).get("url")

    def read(self, url: str, scope: str, media: str) -> requests.Response:
        def ask() -> requests.Response:
            answer = self.send("GET", url, scope, media)
            if not answer.ok:
                raise UserError(
                    f"{url}: {said(answer)} (HTTP {answer.status_code}); check this address in course.yaml"
                )
            try:
                answer.json()
            except ValueError:
                raise UserError(
                    f"{url}: answers with something other than LTI; check this address in course.yaml"
                ) from None
            return answer

        return self.patience.ask(ask)

    def send(self, method: str, url: str, scope: str, media: str, body: Any = None) -> requests.Response:
        """One request; a token that the platform no longer knows is replaced once."""
        for last in (False, True):
            header = {"Authorization": f"Bearer {self._token(scope)}"}
            header["Content-Type" if method == "POST" else "Accept"] = media
            answer = self._over_the_wire(method, url, headers=header, json=body)
            if answer.status_code != 401:
                return answer
            self._tokens.pop(scope, None)
            if last:
                raise UserError(
                    f"{url}: the platform gave a token and refuses it here ({said(answer)}); "
                    f"let the tool use {scope} there, or check this address in course.yaml"
                )
        raise AssertionError("the second refusal is the last")

    def _token(self, scope: str) -> str:
        token, until = self._tokens.get(scope, ("", 0.0))
        if time.monotonic() < until:
            return token
        seconds = int(self._now().timestamp())
        claims = {
            "iss": self.registration.client_id,
            "sub": self.registration.client_id,
            "aud": self.registration.audience,
            "iat": seconds,
            "exp": seconds + 60,
            "jti": uuid.uuid4().hex,
        }
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(claims, self.key.private, "RS256", headers={"kid": self.key.kid}),
            "scope": scope,
        }
        url = self.registration.token_url
        asked = time.monotonic()
        answer = self._over_the_wire("POST", url, data=form, headers={"Accept": "application/json"})
        try:
            given = answer.json()
            if not isinstance(given, dict):
                raise ValueError
        except ValueError:
            raise UserError(
                f"{url}: no token service (HTTP {answer.status_code}); check token_url in course.yaml"
            ) from None
        if not answer.ok or "access_token" not in given:
            raise UserError(f"{url}: {self._why_no_token(given, scope)}")
        if scope not in str(given.get("scope", scope)).split():
            raise UserError(f"{url}: {self._why_no_token({'error': 'invalid_scope'}, scope)}")
        life_s = float(given.get("expires_in", 60))
        self._tokens[scope] = (str(given["access_token"]), asked + life_s - min(30.0, life_s / 4))
        return self._tokens[scope][0]

    def _why_no_token(self, given: dict[str, Any], scope: str) -> str:
        error = str(given.get("error", "no token"))
        if error == "invalid_scope":
            return f"the tool may not use {scope}; allow it where the tool is registered"
        if abs(self._ahead.total_seconds()) > 30:
            return (
                f"no token ({error}), and this machine's clock is {-self._ahead.total_seconds():+.0f} s off "
                f"the platform's; set the clock"
            )
        said = f": {given['error_description']}" if given.get("error_description") else ""
        return (
            f"the platform does not accept this key for client {self.registration.client_id} ({error}{said}); "
            f"register the public half of the key, and check client_id and audience in course.yaml"
        )

    def _over_the_wire(self, method: str, url: str, **more: Any) -> requests.Response:
        try:
            answer = self._session.request(
                method, url, timeout=_TIMEOUT_S, allow_redirects=method == "GET", **more
            )
        except requests.exceptions.SSLError as error:
            raise UserError(
                f"{url}: its certificate is not trusted ({why_unreachable(error)}); check the address"
            ) from None
        except (
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
        ):
            raise UserError(f"{url}: no web address; write it with https:// in course.yaml") from None
        except requests.RequestException as error:
            raise LmsUnavailable(f"{_host(url)} cannot be reached ({why_unreachable(error)})") from None
        self._set_clock(answer)
        if answer.is_redirect:
            raise UserError(f"{url}: has moved to {answer.headers['Location']}; write that into course.yaml")
        if answer.status_code == 429 or (answer.status_code == 403 and "rate limit" in answer.text.lower()):
            raise LmsUnavailable(f"{_host(url)} asks us to wait (HTTP {answer.status_code})",
                        asked_wait_s(answer.headers.get("Retry-After")), unsure=False)  # fmt: skip
        if answer.status_code >= 500:
            raise LmsUnavailable(f"{_host(url)} fails (HTTP {answer.status_code})",
                        asked_wait_s(answer.headers.get("Retry-After")))  # fmt: skip
        return answer

    def _set_clock(self, answer: requests.Response) -> None:
        try:
            ahead = parsedate_to_datetime(answer.headers["Date"]) - self._now()
        except (KeyError, ValueError, TypeError):
            return
        self._ahead = ahead if abs(ahead.total_seconds()) > _CLOCKS_AGREE_S else timedelta()


def said(answer: requests.Response) -> str:
    return own_words(answer.text) or answer.reason or "no reason given"


def _host(url: str) -> str:
    return urlsplit(url).netloc

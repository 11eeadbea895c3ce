"""Who may talk to the server: the browser that was given the token, from a page of the server's own."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

COOKIE = "grader_review"


class Access:
    """A middleware: every request is asked where it comes from before anything else is done.

    The address that is printed holds a token; it is exchanged for a cookie that no script can read and no other
    site's page can send. Host must be this machine's own (a foreign name that leads here is refused), and what
    changes anything must come from a page of this server (Origin). There is no CORS.

    Args:
        port: the server listens on.
        policy: Content-Security-Policy of every answer that has none of its own.
    """

    def __init__(self, port: int, policy: str) -> None:
        self.token, self._session = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = (
            f"{COOKIE}_{port}"  # cookies do not tell ports apart: two reviews at once need two names
        )
        self._headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",  # with no-referrer, a form's Origin would be "null"
            "Cache-Control": "no-store",
        }

    async def __call__(self, request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        response = self._refusal(request) or await answer(request)
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        return response

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse("wrong host", 421)
        given = request.query_params.get("token")
        if given is not None and request.method == "GET":
            if not hmac.compare_digest(given.encode(), self.token.encode()):
                return PlainTextResponse("wrong token: open the address that grader review printed", 403)
            response = RedirectResponse("/", 303)
            response.set_cookie(self._cookie, self._session, httponly=True, samesite="strict", path="/")
            return response
        cookie = request.cookies.get(self._cookie, "")
        if not hmac.compare_digest(cookie.encode(), self._session.encode()):
            return PlainTextResponse("no access: open the address that grader review printed", 403)
        if request.method not in ("GET", "HEAD") and request.headers.get("origin") != f"http://{host}":
            return PlainTextResponse("wrong origin", 403)
        return None

"""A local HTTP server that tests can interrupt: faults and cues at chosen requests."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


@dataclass
class Answer(Exception):
    """One reply; raised to refuse."""

    status: int
    body: Any = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        if self.body is None:
            return b""
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass
class Fault:
    """What goes wrong at the `nth` request (from 1) whose "METHOD path" matches."""

    pattern: str
    answer: Answer | None = None
    """None: the connection is closed without a word."""
    nth: int = 1
    times: int = 1
    worked: bool = False
    """The request is carried out first; only its reply goes astray."""
    act: Callable[[], None] | None = None
    """Done at that moment: killing whoever asks, say."""
    seen: int = 0

    def meets(self, line: str) -> bool:
        if not re.search(self.pattern, line):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


class Server:
    """Answers on 127.0.0.1; subclasses say what. A context manager."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.log: list[tuple[str, int]] = []
        """"METHOD path" and status of each request; status 0 where the connection was closed."""
        self.asked: list[Asked] = []
        self.lock = threading.RLock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def respond(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def count(self, pattern: str) -> int:
        """Requests so far whose "METHOD path" matches."""
        return sum(bool(re.search(pattern, line)) for line, _ in self.log)

    def writes(self) -> int:
        """Requests so far that were to change a grade."""
        raise NotImplementedError

    def _serve(self, asked: Asked) -> Answer | None:
        line = f"{asked.method} {asked.path}"
        with self.lock:
            self.asked.append(asked)
            fault = next((fault for fault in self.faults if fault.meets(line)), None)
            answer: Answer | None = None
            if fault is None or fault.worked:
                try:
                    answer = self.respond(asked)
                except Answer as refusal:
                    answer = refusal
            if fault is not None:
                answer = fault.answer
            self.log.append((line, answer.status if answer else 0))
        if fault is not None and fault.act is not None:
            fault.act()
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def handle_any(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, parts.path, parse_qs(parts.query, keep_blank_values=True), headers,
                              self.rfile.read(length))  # fmt: skip
                answer = server._serve(asked)
                if answer is None:
                    self.close_connection = True
                    return
                data = answer.bytes()
                try:
                    self.send_response(answer.status)
                    for name, value in {"Content-Type": answer.content_type, **answer.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # whoever asked was killed

            do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the names that http.server calls

        return Handler


def paged(asked: Asked, url: str, items: list[Any], size: int) -> tuple[list[Any], dict[str, str]]:
    """One page, and the `Link` header to the next: an opaque mark in which capitals count."""
    mark = asked.query.get("page", ["Mark0"])[0]
    if not re.fullmatch(r"Mark\d+", mark):
        raise Answer(400, {"errors": "invalid page"})
    start = int(mark[4:])
    links = {}
    if start + size < len(items):
        others = "".join(f"&{k}={v}" for k, vs in asked.query.items() if k != "page" for v in vs)
        links["Link"] = (
            f'<{url}{asked.path}?page=Mark0{others}>; rel="first", '
            f'<{url}{asked.path}?page=Mark{start + size}{others}>; rel="next"'
        )
    return items[start : start + size], links

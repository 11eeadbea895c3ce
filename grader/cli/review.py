"""`grader review`: the server runs until the person finishes it on the page, or with Ctrl+C."""

from __future__ import annotations

import getpass
import socket
from contextlib import suppress
from pathlib import Path

import uvicorn
from rich.console import Console

from grader.cli.summary import needs_a_person
from grader.errors import UserError
from grader.review.server import Server


def serve(folder: Path, port: int, by: str | None, console: Console) -> list[str]:
    """What still needs a person at the end, one line each.

    Raises:
        UserError: there is no such run, or the port is taken.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
            listening.listen()  # whoever opens the address at once waits, and is not refused
        except OSError as error:
            raise UserError(
                f"port {port} cannot be used ({error.strerror}); choose another with --port"
            ) from None
        server = Server(folder, listening.getsockname()[1], by if by is not None else _user())
        korean = server.desk.results().run.language == "ko"
        console.print(
            "브라우저에서 이 주소를 여세요(Ctrl+C로 끝내기):"
            if korean
            else "Open this address in a browser (Ctrl+C ends it):"
        )
        console.print(f"  {server.address}", markup=False)
        _run(server, listening)
    left = needs_a_person(server.desk.results(), server.desk.results().run.language)
    for line in left:
        console.print(f"  {line}", markup=False)
    console.print(
        ("사람이 확인할 것이 남아 있어요." if left else "확인할 것이 더 없어요.")
        if korean
        else ("Some things still need a person." if left else "Nothing waits for a person any more.")
    )
    return left


def _run(server: Server, listening: socket.socket) -> None:
    running = uvicorn.Server(
        uvicorn.Config(server.app, log_level="warning", access_log=False, lifespan="off")
    )

    async def until_finished() -> None:
        running.should_exit = running.should_exit or server.finished

    running.config.callback_notify = until_finished
    running.config.timeout_notify = 1
    with suppress(KeyboardInterrupt):
        running.run(sockets=[listening])


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return ""

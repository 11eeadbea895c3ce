"""The server: pages of the class and of each hand-in, and the one thing that can be changed."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.errors import UserError
from grader.records.findings import CHECKS, CheckName
from grader.records.page_names import page_names
from grader.records.results import Results
from grader.review.access import Access
from grader.review.desk import Desk, Spot, waits
from grader.review.notebooks import POLICY, notebook_page
from grader.review.words import REVIEW_WORDS
from grader.stages.reports import summary
from grader.stages.reports.pages import class_page, environment, script_digest, scripts
from grader.stages.reports.pictures import Pictures
from grader.stages.reports.scores import scores_csv
from grader.stages.scoring.deciding import FileChanged

MOST_BYTES = 100_000
"""Of what a form sends: a reason, not a book."""


class Server:
    """One review of one run.

    Args:
        folder: of the run.
        port: it will listen on, at 127.0.0.1.
        by: who decides, unless the form says otherwise.
    """

    def __init__(self, folder: Path, port: int, by: str) -> None:
        self.desk, self.by = Desk(folder), by
        self.finished = False
        """The person has seen the end of the walk and pressed the button there."""
        script = (files("grader.review") / "templates" / "review.js").read_text("utf-8")
        self._script = script
        hashes = " ".join(f"'sha256-{script_digest(one)}'" for one in (*scripts(), script))
        self.access = Access(
            port,
            f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; form-action 'self'; "
            "base-uri 'none'; frame-src 'self'; frame-ancestors 'none'",
        )
        self.address = f"http://127.0.0.1:{port}/?token={self.access.token}"
        self._pictures: Pictures | None = None
        self.app = Starlette(
            routes=[
                Route("/", self.index),
                Route("/scores.csv", self.scores),
                Route("/students/{name}", self.by_page),
                Route("/student/{place:int}", self.student),
                Route("/student/{place:int}/notebook/{number:int}", self.notebook),
                Route("/walk", self.walk),
                Route("/find", self.find),
                Route("/decide", self.decide, methods=["POST"]),
                Route("/note", self.note, methods=["POST"]),
                Route("/finish", self.finish, methods=["POST"]),
            ],
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=self.access)],
            exception_handlers={UserError: self._told},
        )

    # -- pages -------------------------------------------------------------------------------------

    async def index(self, _: Request) -> Response:
        """The class page with the points as they stand now."""
        results = self.desk.results()
        page = class_page(results, results.run.language, self._pictures_of(results), reviewing=True)
        return HTMLResponse(page)

    async def scores(self, _: Request) -> Response:
        """`scores.csv` as it would be written now."""
        return Response(scores_csv(self.desk.results()), media_type="text/csv; charset=utf-8")

    async def by_page(self, request: Request) -> Response:
        """The class page's links name students by their pages."""
        results = self.desk.results()
        names = page_names([submission.student_id for submission in results.submissions])
        name = request.path_params["name"]
        if name not in names:
            return PlainTextResponse("no such page", 404)
        return RedirectResponse(f"/student/{names.index(name)}", 303)

    async def student(self, request: Request) -> Response:
        """Findings and forms beside all that was handed in."""
        results, place = self.desk.results(), request.path_params["place"]
        if place >= len(results.submissions):
            return PlainTextResponse("no such student", 404)
        return self._student(results, place, walking=request.query_params.get("walk") == "1")

    def notebook(self, request: Request) -> Response:
        """One of a student's notebooks as its author saw it, for a frame without rights."""
        results, place = self.desk.results(), request.path_params["place"]
        files = self.desk.sources(results.submissions[place]) if place < len(results.submissions) else ()
        number = request.path_params["number"]
        if number >= len(files) or not files[number].as_seen:
            return PlainTextResponse("no such notebook", 404)
        page = notebook_page(files[number].as_seen, files[number].path, results.run.language)
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    def _student(
        self, results: Results, place: int, walking: bool, problem: str = "", status: int = 200
    ) -> Response:
        submission = results.submissions[place]
        groups = {
            (name, check): self.desk.group(results, Spot(place, name, check))
            for name, result in submission.exercises.items()
            for check in (None, *(finding.check for finding in result.findings))
        }
        marked: dict[tuple[str, int], tuple[str, str]] = {}
        for name, result in submission.exercises.items():
            for finding in result.findings:
                if finding.place and finding.outcome == "failed":
                    where = (finding.place.file, finding.place.line)
                    marked.setdefault(where, (f"{name}-{finding.check}", f"{name}: {finding.check}"))
            for number, repair in enumerate(result.repairs, 1):
                marked.setdefault(
                    (repair.file, repair.line), (f"{name}-repair-{number}", f"{name}: {repair.code}")
                )
        return self._page(
            "decide.html.j2",
            results,
            status=status,
            submission=submission,
            place=place,
            groups=groups,
            marked=marked,
            sources=self.desk.sources(submission),
            waiting=self.desk.waiting(results),
            walking=walking,
            version=self.desk.version(),
            notes=self.desk.notes(submission.student_id),
            reasons=self.desk.reasons(results),
            by=self.by,
            problem=problem,
            pictures=self._pictures_of(results),
            drawings=results.drawings,
        )

    async def walk(self, _: Request) -> Response:
        """To the next thing that needs a person, or to the end."""
        results = self.desk.results()
        waiting = self.desk.waiting(results)
        if waiting:
            first = waiting[0]
            return RedirectResponse(f"/student/{first.student}?walk=1#{first.exercise}", 303)
        unmatched = [one for one in results.submissions if one.unmatched]
        unmeasured = [results.submissions[place] for place in summary.unmeasured(results)]
        return self._page("finished.html.j2", results, unmatched=unmatched, unmeasured=unmeasured)

    async def find(self, request: Request) -> Response:
        """To the finding whose question number somebody wrote."""
        results, wanted = self.desk.results(), request.query_params.get("id", "")
        found = self.desk.find(results, wanted)
        if len(found) == 1:
            spot = found[0]
            anchor = f"{spot.exercise}-{spot.check}" if spot.check else spot.exercise
            return RedirectResponse(f"/student/{spot.student}#{anchor}", 303)
        return self._page("found.html.j2", results, status=200 if found else 404, found=found, wanted=wanted)

    # -- what changes something --------------------------------------------------------------------

    async def decide(self, request: Request) -> Response:
        """A form of `decide.html.j2`."""
        form = await _form(request)
        results = self.desk.results()
        try:
            spot = Spot(int(form["student"]), form["exercise"], _check(form.get("check", "")))
            result = results.submissions[spot.student].exercises[spot.exercise]
            points = None if form.get("undo") else float(form["points"])
        except (KeyError, ValueError, IndexError):
            return PlainTextResponse("the form is not complete", 400)
        walking, reason = form.get("walk") == "1", form.get("reason", "").strip()

        def write() -> None:
            if points is not None and not reason:
                raise UserError(REVIEW_WORDS["reason_missing"].in_language(results.run.language))
            self.desk.decide(
                form.get("version", ""), spot, points, reason, self.by, bool(form.get("everybody"))
            )

        self.by = form.get("by", "").strip()
        if refused := self._written(write, spot, walking):
            return refused
        if walking and waits(result):
            now = self.desk.results().submissions[spot.student].exercises[spot.exercise]
            if not waits(now):
                return RedirectResponse("/walk", 303)
        anchor = f"{spot.exercise}-{spot.check}" if spot.check else spot.exercise
        query = "?" + urlencode({"walk": 1}) if walking else ""
        return RedirectResponse(f"/student/{spot.student}{query}#{anchor}", 303)

    async def note(self, request: Request) -> Response:
        """What course staff write for themselves."""
        form = await _form(request)
        try:
            spot = Spot(int(form["student"]), form["exercise"])
            self.desk.results().submissions[spot.student].exercises[spot.exercise]
        except (KeyError, ValueError, IndexError):
            return PlainTextResponse("the form is not complete", 400)
        walking, text = form.get("walk") == "1", form.get("private", "").strip()
        refused = self._written(lambda: self.desk.note(form.get("version", ""), spot, text), spot, walking)
        query = "?" + urlencode({"walk": 1}) if walking else ""
        return refused or RedirectResponse(f"/student/{spot.student}{query}#{spot.exercise}", 303)

    def _written(self, write: Callable[[], None], spot: Spot, walking: bool) -> Response | None:
        """Write into the file; the page that says why not, where it cannot be."""
        results = self.desk.results()
        try:
            write()
        except FileChanged:
            changed = REVIEW_WORDS["changed"].in_language(results.run.language)
            return self._student(self.desk.results(), spot.student, walking, changed, status=409)
        except UserError as error:
            return self._student(results, spot.student, walking, str(error), status=400)
        return None

    async def finish(self, _: Request) -> Response:
        """The end of the review; whoever runs the server sees `finished`."""
        results = self.desk.results()
        self.finished = True
        return self._page("goodbye.html.j2", results)

    # -- helpers of the above ----------------------------------------------------------------------

    def _page(self, template: str, results: Results, status: int = 200, **values: object) -> Response:
        language = results.run.language
        made = environment(language, "grader.review")
        words = {key: text.in_language(language) for key, text in REVIEW_WORDS.items()}
        html = made.get_template(template).render(
            run=results.run,
            submissions=results.submissions,
            r=words,
            form_action="'self'",
            frames=True,
            script_hashes=[script_digest(self._script)],
            script=Markup(self._script),
            **values,
        )
        return HTMLResponse(html, status)

    def _pictures_of(self, results: Results) -> Pictures:
        if self._pictures is None:  # networks and curves stay the same whatever is decided
            self._pictures = Pictures(results)
        return self._pictures

    async def _told(self, _: Request, error: Exception) -> Response:
        return PlainTextResponse(str(error), 409)


async def _form(request: Request) -> dict[str, str]:
    """What a plain HTML form sent."""
    held = bytearray()
    async for part in request.stream():
        held += part
        if len(held) > MOST_BYTES:
            return {}
    found = parse_qs(held.decode("utf-8", "replace"), keep_blank_values=True)
    return {key: values[-1] for key, values in found.items()}


def _check(text: str) -> CheckName | None:
    """Raises ValueError for what is no check."""
    return CHECKS[CHECKS.index(text)] if text else None

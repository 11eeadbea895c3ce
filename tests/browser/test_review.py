"""`grader review` in a real browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from browser.classes import with_pictures
from browser.conftest import Visit
from typer.testing import CliRunner

from grader.cli.main import app
from grader.records.finding_ids import finding_id
from grader.records.results import Results
from grader.records.submission import Cell, SourceFile, Submission
from grader.review.server import Server
from grader.sources import keep_sources
from grader.stages.reading.as_seen import as_seen
from grader.stages.reports import read_results, write_results
from grader.stages.scoring.overrides import read_overrides, with_overrides

SOURCE = "\n".join("x = self.pool(x) + self.pool(s)" if n == 58 else f"line_{n} = {n}" for n in range(1, 61))


PLOT = {"output_type": "display_data", "data": {"text/html": "<table><tr><td>loss 0.41</td></tr></table>"}}
EVIL = {
    "output_type": "display_data",
    "data": {"text/html": "<script>parent.location='/?'</script><img src='http://127.0.0.1:9/x.png'>"},
}


@dataclass
class Review:
    folder: Path
    server: Server
    port: int

    def results(self) -> Results:
        return with_overrides(read_results(self.folder / "results.json"), read_overrides(self.folder))

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and path.name != "overrides.yaml"
        }


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    sample = with_pictures()
    rows = [row for row in sample.submissions if "/" not in row.student_id]
    sample = sample.model_copy(
        update={"submissions": tuple(rows), "run": sample.run.model_copy(update={"language": "en"})}
    )
    write_results(sample, tmp_path / "results.json")
    file = SourceFile(path="hw12.py", kind="python", cells=(Cell(label="hw12.py", text=SOURCE),))
    seen = as_seen([{"cell_type": "code", "source": "print(1)", "outputs": [PLOT, EVIL]}])
    book = SourceFile(
        path="lab.ipynb", kind="notebook", cells=(Cell(label="lab.ipynb [1]", text="print(1)"),), as_seen=seen
    )
    keep_sources(tmp_path, [Submission(student_id="20231003", student_name="박지후", files=(file, book))])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # whoever comes before the server runs waits for it
        port = listening.getsockname()[1]
        server = Server(tmp_path, port, "Kim")
        running = uvicorn.Server(uvicorn.Config(server.app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        yield Review(tmp_path, server, port)
        running.should_exit = True
        thread.join()


def test_a_check_is_decided_for_a_group_and_taken_back_for_one(review: Review, visit: Visit) -> None:
    before, page = review.files(), visit.page
    page.goto(review.server.address)
    page.locator("#class").get_by_role("link", name="20231003").click()
    assert page.locator("mark").text_content() == "x = self.pool(x) + self.pool(s)"
    form = page.locator("#ca-function form")
    assert form.get_by_role("checkbox").is_checked()  # 20231006 computed the same
    form.get_by_label("Points").fill("30")
    form.get_by_label("Reason").fill("the handout can be read so")
    form.get_by_role("button", name="Decide").click()
    points = {row.student_id: row.exercises["ca"].points for row in review.results().submissions}
    assert (points["20231003"], points["20231006"]) == (95, 95)

    form = page.locator("#ca-function form")
    form.get_by_role("checkbox").uncheck()
    form.get_by_role("button", name="Take back").click()
    points = {row.student_id: row.exercises["ca"].points for row in review.results().submissions}
    assert (points["20231003"], points["20231006"]) == (82.5, 95)
    page.goto(f"http://127.0.0.1:{review.port}/")
    assert "20231006" in (page.locator("#unequal").text_content() or "")
    assert review.files() == before and not visit.errors
    assert all(url.startswith(f"http://127.0.0.1:{review.port}/") for url in visit.requests)


def test_a_notebook_is_read_as_its_author_saw_it_and_nothing_in_it_acts(review: Review, visit: Visit) -> None:
    page = visit.page
    page.goto(review.server.address)
    page.goto(f"http://127.0.0.1:{review.port}/student/2")
    page.locator(".sources summary").click()
    frame = page.frame_locator("iframe")
    assert frame.locator("td").text_content() == "loss 0.41" and frame.locator(".input").count() == 1
    assert page.url.endswith("/student/2") and not visit.errors
    assert all(url.startswith(f"http://127.0.0.1:{review.port}/") for url in visit.requests)
    for wrong in ("2/notebook/0", "2/notebook/9", "1/notebook/0", "99/notebook/0"):
        answer = page.request.get(f"http://127.0.0.1:{review.port}/student/{wrong}")
        assert answer.status == 404, wrong


def test_of_two_tabs_the_second_is_told(review: Review, visit: Visit) -> None:
    page = visit.page
    page.goto(review.server.address)
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"http://127.0.0.1:{review.port}/student/2")
        tab.locator("#skip-function form").get_by_label("Reason").fill("x")
    page.locator("#skip-function form").get_by_role("button", name="Decide").click()
    text = (review.folder / "overrides.yaml").read_text()
    other.locator("#skip-function form").get_by_label("Points").fill("1")
    other.locator("#skip-function form").get_by_role("button", name="Decide").click()
    assert "changed by somebody else" in (other.get_by_role("alert").text_content() or "")
    assert (review.folder / "overrides.yaml").read_text() == text


def test_the_walk_leads_through_what_waits_to_the_end_with_the_keyboard_alone(
    review: Review, visit: Visit
) -> None:
    page = visit.page
    page.goto(review.server.address)
    page.get_by_role("link", name="Decide what needs a person: 2").click()
    for points in ("10", "5"):  # two checks of 20231004
        page.locator("#ca form.decision input[name=points][value='']").first.focus()
        page.keyboard.type(points)
        page.keyboard.press("Tab")
        page.keyboard.type("our fault")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.wait_for_url("**/student/5?walk=1**")
    page.keyboard.press("1")  # a reason given before
    page.locator("#skip form[action='/decide']").last.get_by_label("Points").fill("70")
    page.locator("#skip form[action='/decide']").last.get_by_label("Reason").fill("read by hand")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Finish").click()
    assert "Finished" in (page.locator("h1").text_content() or "") and review.server.finished
    found = {row.student_id: row.exercises for row in review.results().submissions}
    assert (found["20231004"]["ca"].points, found["20231006"]["skip"].points) == (95, 70)


def test_an_appeal_is_found_by_its_question_number(review: Review, visit: Visit) -> None:
    page = visit.page
    page.goto(review.server.address)
    page.get_by_label("Question number").fill(finding_id("20231003", "skip", "function").lower())
    page.keyboard.press("Enter")
    page.wait_for_url("**/student/2#skip-function")


COURSE = "columns: [{title: Lab, exercises: [skip, ca], points: 100}]\ncsv: [student_id, total, status]\n"


def test_what_is_decided_is_exported_and_told_and_a_note_is_for_nobody_else(
    review: Review, visit: Visit, tmp_path: Path
) -> None:
    page = visit.page
    page.goto(review.server.address)
    page.goto(f"http://127.0.0.1:{review.port}/student/2")
    form = page.locator("#skip-function form[action='/decide']")
    form.get_by_label("Points").fill("35")
    form.get_by_label("Reason").fill("appeal of Monday")
    form.get_by_role("button", name="Decide").click()
    page.locator("#skip summary", has_text="Note for course staff").click()
    page.locator("#skip").get_by_role("textbox", name="Note for course staff").fill("came with a friend")
    page.locator("#skip").get_by_role("button", name="Save note").click()
    assert page.locator("#skip input[name=private]").input_value() == "came with a friend"
    assert "came with a friend" in (review.folder / "overrides.yaml").read_text()

    (tmp_path / "course.yaml").write_text(COURSE)
    words = ["export", str(review.folder), "--to", "csv", "--course", str(tmp_path / "course.yaml")]
    assert CliRunner().invoke(app, words).exit_code == 1  # others still wait
    table = (review.folder / "exports/grades.csv").read_text("utf-8-sig")
    assert "20231003,91.25," in table  # 100 and 82.5 of 200
    page.goto((review.folder / "students/20231003.html").as_uri())
    assert "appeal of Monday" in (page.locator("#skip-function").text_content() or "")
    for file in review.folder.rglob("*"):
        if file.is_file() and file.name not in ("overrides.yaml", "course.yaml"):
            assert b"came with a friend" not in file.read_bytes(), file.name


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(review: Review, visit: Visit, width: int) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(review.server.address)
    for path in ("", "student/1", "student/2", "student/3", "find?id=none"):
        page.goto(f"http://127.0.0.1:{review.port}/{path}")
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert not [
            (v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")
        ], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_nobody_else_gets_in(review: Review) -> None:
    address, home = review.server.address, f"http://127.0.0.1:{review.port}/"
    assert requests.get(home, timeout=30).status_code == 403
    assert requests.get(home + "?token=guess", timeout=30).status_code == 403
    assert (
        requests.get(address, headers={"Host": f"evil.example:{review.port}"}, timeout=30).status_code == 421
    )
    client = requests.Session()
    assert client.get(address, timeout=30).status_code == 200
    assert "SameSite=strict" in str(
        client.get(address, allow_redirects=False, timeout=30).headers["set-cookie"]
    )
    form = {
        "version": review.server.desk.version(),
        "student": "2",
        "exercise": "skip",
        "points": "0",
        "reason": "x",
    }
    for origin in (None, "https://evil.example", "null"):
        headers = {"Origin": origin} if origin else {}
        assert client.post(home + "decide", form, headers=headers, timeout=30).status_code == 403
    assert not (review.folder / "overrides.yaml").exists()
    for path in ("results.json", ".ledger/sources", "students/..%2fresults.json", "../../etc/passwd"):
        assert client.get(home + path, timeout=30).status_code == 404
    assert "access-control-allow-origin" not in client.get(home, timeout=30).headers

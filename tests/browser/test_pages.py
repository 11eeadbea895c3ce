"""Pages opened from disk, as a teaching assistant and a student open them."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.classes import of_size, with_pictures
from browser.conftest import Visit
from playwright.sync_api import Page
from stages.reports.results_sample import RESULTS

from grader.stages.reports import write_reports
from grader.stages.reports.comparing import compare, comparison_page

STUDENTS = 300


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reports(of_size(with_pictures(), STUDENTS), tmp_path_factory.mktemp("class"), "en")


def serious(page: Page) -> list[tuple[str, str]]:
    """What axe finds, with the place."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]


def shown(visit: Visit) -> list[str]:
    return [row.text_content() or "" for row in visit.page.locator("#class tbody th").all()]


def test_the_table_sorts_filters_searches_and_turns_pages(index: Path, visit: Visit) -> None:
    page = visit.page
    page.goto(index.as_uri())
    assert len(shown(visit)) == 50 and page.locator("#shown").text_content() == "300 of 300 students"
    page.locator(".dt-paging .next").click()
    assert shown(visit)[0] == "20240051"

    page.get_by_label("Search").fill("학생42")
    assert shown(visit) == ["20240043"]
    page.get_by_role("button", name="Clear").click()

    page.get_by_label("Section").select_option("g:B")
    assert page.locator("#shown").text_content() == "43 of 300 students"
    page.get_by_role("button", name="Clear").click()

    page.get_by_label("Finding").select_option("f:skip/function/skip-added-after-pool")
    assert page.locator("#shown").text_content() == "43 of 300 students"
    page.get_by_label("Who").select_option("late")
    assert page.locator("#class tbody").text_content() == "Nobody fits these filters."
    page.get_by_label("Finding").select_option("")
    assert page.locator("#shown").text_content() == "43 of 300 students"
    page.get_by_role("button", name="Clear").click()

    page.get_by_label("total of at least").fill("400")
    assert page.locator("#shown").text_content() == "86 of 300 students"
    page.get_by_role("button", name="Clear").click()

    total = page.locator("#class thead th").last
    total.click()
    total.click()
    amounts = [float(c.get_attribute("data-order") or 0) for c in page.locator("#class td.total").all()]
    assert amounts == sorted(amounts, reverse=True)
    assert not visit.errors and {url for url in visit.requests if not url.startswith("blob:")} == {
        index.as_uri()
    }


def test_the_table_is_sorted_and_filtered_with_the_keyboard_alone(index: Path, visit: Visit) -> None:
    page = visit.page
    page.goto(index.as_uri())
    page.get_by_label("Search").focus()
    page.keyboard.type("20240007")
    assert shown(visit) == ["20240007"]
    page.get_by_label("Search").fill("")
    page.locator("#class thead th").nth(2).locator("[tabindex='0'], button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#class thead th:nth-child(3)[aria-sort=ascending]")


def test_a_count_among_the_mistakes_shows_who_made_it(index: Path, visit: Visit) -> None:
    visit.page.goto(index.as_uri())
    visit.page.locator("#mistakes a[data-show*='skip-added-after-pool']").click()
    assert visit.page.locator("#shown").text_content() == "43 of 300 students"


def test_without_scripts_it_is_a_plain_table_of_everybody(index: Path, visit: Visit) -> None:
    context = visit.page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = context.new_page()
    page.goto(index.as_uri())
    assert page.locator("#class tbody tr").count() == STUDENTS
    assert not page.locator("#filters").is_visible()
    context.close()


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious_on_a_comparison(
    tmp_path: Path, visit: Visit, language: str, width: int
) -> None:
    before, after = (
        with_pictures(),
        with_pictures().model_copy(update={"submissions": RESULTS.submissions[2:]}),
    )
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    path = tmp_path / "compare.html"
    path.write_bytes(comparison_page(compare(before, after), "one", "two", language))
    page.goto(path.as_uri())
    assert page.locator("tbody tr").count() > 5
    assert not serious(page) and not visit.errors
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    tmp_path: Path, visit: Visit, language: str, scheme: str, width: int
) -> None:
    index = write_reports(with_pictures(), tmp_path, language)
    page = visit.page
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    for path in (index, *sorted((tmp_path / "students").glob("2023100[1-4].html"))):
        page.goto(path.as_uri())
        assert not serious(page), path.name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
    assert not visit.errors

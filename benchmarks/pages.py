"""Pages of a class of a thousand: how long they take to write, how large they are, how fast they filter.

    python benchmarks/pages.py RUN [--students 1000]

RUN is a run of real hand-ins (grader run); its students are handed in again and again under new numbers.
The browser's part needs Chromium and Playwright.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from grader.records.results import Results
from grader.reporting import current
from grader.stages.reports import write_reports

CLOCK = """
() => new Promise((resolve) => {
  const select = document.querySelectorAll("#filters select[data-filter]")[1];
  const began = performance.now();
  select.selectedIndex = select.selectedIndex === 1 ? 2 : 1;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
})
"""


def enlarged(results: Results, students: int) -> Results:
    """The same hand-ins again and again, each by another student."""
    rows = tuple(
        results.submissions[n % len(results.submissions)].model_copy(
            update={"student_id": str(20240001 + n), "student_name": f"학생{n}"}
        )
        for n in range(students)
    )
    return results.model_copy(update={"submissions": rows})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--students", type=int, default=1000)
    asked = parser.parse_args()
    results = enlarged(current(asked.run), asked.students)
    with tempfile.TemporaryDirectory() as name:
        wall, processor = time.monotonic(), time.process_time()
        index = write_reports(results, Path(name), "ko")
        wall, processor = time.monotonic() - wall, time.process_time() - processor
        sizes = sorted(page.stat().st_size for page in (Path(name) / "students").iterdir())
        print(f"| machine | {os.cpu_count()} processors, load average {os.getloadavg()[0]:.0f} |")
        print(
            f"| students | {asked.students}, {len(results.drawings)} drawings, {len(results.curves)} curves |"
        )
        print(f"| all pages written | {wall:.1f} s, {processor:.1f} s of processor time |")
        print(
            f"| a student's page | median {sizes[len(sizes) // 2] / 1e3:.0f} KB, largest {sizes[-1] / 1e3:.0f} KB |"
        )
        print(f"| class page | {index.stat().st_size / 1e6:.1f} MB |")
        browser(index)


def browser(index: Path) -> None:
    """Opening and filtering, in Chromium."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    with sync_playwright() as driver:
        running = driver.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-renderer-backgrounding",
            ],
        )
        page = running.new_page()
        asked = page.context.new_cdp_session(page)
        asked.send("Performance.enable", {"timeDomain": "threadTicks"})

        def busy() -> float:
            """Processor time of the page's main thread so far, in seconds."""
            told = asked.send("Performance.getMetrics")["metrics"]
            return {one["name"]: one["value"] for one in told}["TaskDuration"]

        opened, filtered, opening, filtering = [], [], [], []
        page.goto("about:blank")
        with_own_priority()
        for _ in range(5):
            page.goto("about:blank")
            before, began = busy(), time.monotonic()
            page.goto(index.as_uri())
            page.wait_for_selector("#filters:not([hidden])")
            opened.append(time.monotonic() - began)
            after = busy()
            opening.append(after - before if after > before else after)
            filtered += [page.evaluate(CLOCK) for _ in range(5)]
            filtering.append(1000 * (busy() - after) / 5)
        running.close()
    print(
        f"| class page opens | median {statistics.median(opened):.2f} s, worst {max(opened):.2f} s (n=5); "
        f"{statistics.median(opening):.2f} s of processor time |"
    )
    print(
        f"| a filter | median {statistics.median(filtered):.0f} ms, worst {max(filtered):.0f} ms (n=25); "
        f"{statistics.median(filtering):.0f} ms of processor time |"
    )


def with_own_priority() -> None:
    """Give all that this process has started its own priority: Chromium takes another when root runs it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    ours = {os.getpid()}
    while found := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= found
    for process in ours:
        for task in Path(f"/proc/{process}/task").glob("*"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, int(task.name), os.getpriority(os.PRIO_PROCESS, 0))


if __name__ == "__main__":
    main()

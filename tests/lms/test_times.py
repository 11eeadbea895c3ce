"""Times as LMSs write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from grader.lms.times import moment, order


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-10-12 06:41:07.000000000 Z", datetime(2026, 10, 12, 6, 41, 7, tzinfo=UTC)),
        ("2026-10-12 06:41:07.000000000 -07:00", datetime(2026, 10, 12, 6, 41, 7, tzinfo=timezone(timedelta(hours=-7)))),
        ("2026-10-12T15:41:07+0900", datetime(2026, 10, 12, 15, 41, 7, tzinfo=timezone(timedelta(hours=9)))),
        ("2026-10-12 15:41", datetime(2026, 10, 12, 15, 41)),
        ("2024-11-20-23-41-07", datetime(2024, 11, 20, 23, 41, 7)),
        ("Monday, 12 October 2026, 3:41 PM", datetime(2026, 10, 12, 15, 41)),
        ("Monday, 12 October 2026, 12:05 AM", datetime(2026, 10, 12, 0, 5)),
        ("2026년 10월 12일, 월요일, 오후 03:41", datetime(2026, 10, 12, 15, 41)),
        ("2026년 10월 12일 (월) 오전 12시 05분", datetime(2026, 10, 12, 0, 5)),
        ("2026. 10. 12. 오후 3:41", datetime(2026, 10, 12, 15, 41)),
        ("2026/10/12 15:41:07", datetime(2026, 10, 12, 15, 41, 7)),
    ],
)  # fmt: skip
def test_what_lmss_and_lists_write_is_read(written: str, expected: datetime) -> None:
    assert moment(written) == expected


@pytest.mark.parametrize(
    "written",
    ["", "-", "2026-10-12", "12/10/2026 15:41", "2026-02-31 10:00", "Monday, 12 Oktober 2026, 3:41 PM", "13:41",
     "2026. 10. 12. 오후 15:41"],
)  # fmt: skip
def test_what_is_not_certain_is_not_read(written: str) -> None:
    assert moment(written) is None


def test_no_time_at_all_is_the_earliest() -> None:
    early, late = datetime(2026, 10, 12, 1), datetime(2026, 10, 12, 2, tzinfo=UTC)
    assert max(None, late, early, key=order) == late and min(late, None, key=order) is None

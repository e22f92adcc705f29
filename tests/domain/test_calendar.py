"""Due days: calculations.md §10, duties.md §3."""

import datetime as dt
import subprocess
import sys
from dataclasses import replace

import pytest

from addin.domain.calendar import DEADLINES, Deadline, Due, Shift, WorkingDays, due

QINGMING = WorkingDays({dt.date(2026, 4, day): "法定假日" for day in (4, 5, 6)})
SUMMARY, CRISIS = DEADLINES["summary"], DEADLINES["crisis"]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("deadline", "period", "included", "plain", "earlier", "later"),
    [
        (SUMMARY, "2026-03-01", True, "2026-04-08", "2026-04-08", "2026-04-08"),
        (SUMMARY, "2026-02-01", True, "2026-03-08", "2026-03-06", "2026-03-09"),
        (CRISIS, "2026-03-01", True, "2026-04-05", "2026-04-03", "2026-04-07"),
        (SUMMARY, "2026-03-01", False, "2026-04-07", "2026-04-07", "2026-04-07"),
        # across the year, and the day before the first of a month
        (SUMMARY, "2025-12-31", True, "2026-01-08", "2026-01-08", "2026-01-08"),
        (replace(SUMMARY, day=1), "2026-03-01", False, "2026-03-31", "2026-03-31", "2026-03-31"),
    ],
)
def test_due_days_of_the_table(
    deadline: Deadline, period: str, included: bool, plain: str, earlier: str, later: str
) -> None:
    for shift, expected in zip(Shift, (plain, earlier, later), strict=True):
        assert due(
            deadline, day(period), day_included=included, shift=shift, working_days=QINGMING
        ) == Due(day(expected)), shift


@pytest.mark.parametrize(
    ("deadline", "period", "expected"),
    [
        ("crisis", "2026-03-15", "2026-04-05"),
        ("callback", "2026-03-15", "2026-04-08"),
        ("statistics", "2026-03-15", "2026-04-12"),
        ("parts", "2026-03-15", "2026-04-30"),
        ("parts", "2024-01-31", "2024-02-29"),
        ("out_of_warranty", "2026-01-01", "2026-04-30"),
        ("out_of_warranty", "2026-03-31", "2026-04-30"),
        ("out_of_warranty", "2026-04-01", "2026-07-31"),
        ("out_of_warranty", "2026-12-31", "2027-01-31"),
    ],
)
def test_each_report_has_its_own_due_day(deadline: str, period: str, expected: str) -> None:
    assert due(DEADLINES[deadline], day(period)) == Due(day(expected))


@pytest.mark.parametrize("deadline", ["deposit", "documents"])
def test_what_is_due_at_once_has_no_due_day(deadline: str) -> None:
    assert due(DEADLINES[deadline], day("2026-03-01")) is None


def test_a_parameter_moves_the_due_day_of_the_parts_statement() -> None:
    assert due(replace(DEADLINES["parts"], day=20), day("2026-03-01")) == Due(day("2026-04-20"))


@pytest.mark.parametrize(
    ("listed", "works"),
    [("工作日", True), ("调休上班", True), ("休息日", False), ("法定假日", False)],
)
@pytest.mark.parametrize("date", ["2026-04-08", "2026-04-11"])  # a Wednesday and a Saturday
def test_the_clerks_own_calendar_wins(date: str, listed: str, works: bool) -> None:
    assert WorkingDays({day(date): listed}).works(day(date)) is works


@pytest.mark.parametrize(
    ("date", "works", "why"),
    [
        ("2026-02-14", True, "a Saturday worked in exchange for Spring Festival"),
        ("2026-02-17", False, "Spring Festival, a Tuesday"),
        ("2026-04-08", True, "a Wednesday"),
        ("2026-04-11", False, "a Saturday"),
    ],
)
def test_statutory_holidays_come_second(date: str, works: bool, why: str) -> None:
    assert WorkingDays().works(day(date)) is works, why


def test_a_year_that_nobody_lists_is_monday_to_friday_with_a_notice() -> None:
    answer = due(SUMMARY, day("2040-03-01"), shift=Shift.EARLIER)  # 2040-04-08 is a Sunday
    assert answer == Due(
        day("2040-04-06"), guessed=(day("2040-04-06"), day("2040-04-07"), day("2040-04-08"))
    )
    assert answer.notice == (
        "2040-04-06、2040-04-07、2040-04-08不在工作日历,按周一至周五上班推算,请核对"
    )


def test_what_the_clerk_lists_needs_no_notice() -> None:
    listed = WorkingDays({day("2040-04-08"): "调休上班"})
    answer = due(SUMMARY, day("2040-03-01"), shift=Shift.LATER, working_days=listed)
    assert answer == Due(day("2040-04-08"))
    assert answer.notice == ""


def test_the_holiday_library_is_loaded_only_when_a_shift_is_asked_for() -> None:
    program = (
        "import datetime, sys; from addin.domain.calendar import DEADLINES, due;"
        "due(DEADLINES['summary'], datetime.date(2026, 3, 1));"
        "assert 'chinese_calendar' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

"""When a report is due, and which days are working days; calculations.md §10, duties.md §3."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

MONDAY_TO_FRIDAY = range(5)
LAST_DAY = 31
"""As a due day: the last day of the month, however long the month is."""


class Rhythm(Enum):
    """How often a report is handed in."""

    MONTHLY = "每月"
    QUARTERLY = "每季度"
    AT_ONCE = "即日"


class Shift(StrEnum):
    """Parameter 截止遇休: what becomes of a due day that is no working day."""

    NONE = "不顺延"
    EARLIER = "提前"
    LATER = "顺延"


@dataclass(frozen=True)
class Deadline:
    """One line of duties.md §3. ``day`` counts in the month after the period."""

    report: str
    duty: str
    rhythm: Rhythm
    day: int = LAST_DAY


DEADLINES: Mapping[str, Deadline] = {
    "crisis": Deadline("危机事件汇总表", "F-5", Rhythm.MONTHLY, 5),
    "summary": Deadline("产品安装维修服务费用汇总表", "F-1", Rhythm.MONTHLY, 8),
    "callback": Deadline("安装/维修回访登记表(全国)", "F-1", Rhythm.MONTHLY, 8),
    "statistics": Deadline("安装维修费用统计表", "F-4", Rhythm.MONTHLY, 12),
    "parts": Deadline("年月配件对账单", "F-2", Rhythm.MONTHLY),  # 配件对账截止日
    "out_of_warranty": Deadline("保外配件收费清单", "F-2", Rhythm.QUARTERLY),  # 保外清单截止日
    "deposit": Deadline("全国各代理商配件押金对帐单", "F-3", Rhythm.AT_ONCE),
    "documents": Deadline("文件发放回收记录表", "F-6", Rhythm.AT_ONCE),
}


@dataclass(frozen=True)
class Due:
    """A due day. ``guessed``: days that no calendar lists, taken as Monday to Friday."""

    day: dt.date
    guessed: tuple[dt.date, ...] = ()

    @property
    def notice(self) -> str:
        """What the clerk must know about a guess; empty when there was none."""
        if not self.guessed:
            return ""
        days = "、".join(day.isoformat() for day in self.guessed)
        return f"{days}不在工作日历,按周一至周五上班推算,请核对"


@dataclass(frozen=True)
class WorkingDays:
    """The clerk's own sheet 工作日历 first, then the statutory holidays, then Monday to Friday."""

    sheet: Mapping[dt.date, str] = field(default_factory=dict)

    WORK = frozenset({"工作日", "调休上班"})

    def works(self, day: dt.date) -> bool | None:
        """Whether people work on ``day``; None where neither sheet nor library knows."""
        if day in self.sheet:
            return self.sheet[day] in self.WORK
        from chinese_calendar import is_workday  # slow to import, needed by few

        try:
            return bool(is_workday(day))
        except NotImplementedError:  # a year whose holidays have not been announced
            return None

    def nearest(self, day: dt.date, step: int) -> Due:
        """The first working day from ``day`` on, walking ``step`` days at a time."""
        guessed: list[dt.date] = []
        while True:
            works = self.works(day)
            if works is None:
                guessed.append(day)
                works = day.weekday() in MONDAY_TO_FRIDAY
            if works:
                return Due(day, tuple(sorted(guessed)))
            day += dt.timedelta(days=step)


def due(
    deadline: Deadline,
    period: dt.date,
    *,
    day_included: bool = True,
    shift: Shift = Shift.NONE,
    working_days: WorkingDays | None = None,
) -> Due | None:
    """When ``deadline`` falls for the month (or the quarter) that holds ``period``.

    ``day_included`` is the parameter 截止日含当日. None for what is due the same day (即日).

    >>> due(DEADLINES["summary"], dt.date(2026, 3, 1)).day.isoformat()
    '2026-04-08'
    """
    if deadline.rhythm is Rhythm.AT_ONCE:
        return None
    quarter_end = (period.month + 2) // 3 * 3
    last_month = quarter_end if deadline.rhythm is Rhythm.QUARTERLY else period.month
    year, month = period.year + last_month // 12, last_month % 12 + 1
    day = dt.date(year, month, min(deadline.day, monthrange(year, month)[1]))
    return moved(day, day_included=day_included, shift=shift, working_days=working_days)


def moved(
    day: dt.date,
    *,
    day_included: bool = True,
    shift: Shift = Shift.NONE,
    working_days: WorkingDays | None = None,
) -> Due:
    """The due day ``day`` under 截止日含当日 and 截止遇休.

    >>> moved(dt.date(2026, 3, 8), shift=Shift.LATER).day.isoformat()
    '2026-03-09'
    """
    if not day_included:
        day -= dt.timedelta(days=1)
    if shift is Shift.NONE:
        return Due(day)
    step = -1 if shift is Shift.EARLIER else 1
    return (working_days or WorkingDays()).nearest(day, step)

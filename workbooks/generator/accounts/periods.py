"""The months of the sample year, and the day on which each of them is checked."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

LAST = (2026, 3)
CHECKED_AFTER = timedelta(3)
"""A month is checked three days after its end …"""
CHECKED_LAST = date(2026, 5, 6)
"""… the last one later, so that a charge of its quarter can be overdue (R603: 31 days)."""
FEWEST, MOST = 10, 24
"""A batch must have time to grow stale; slips and tariffs begin with 2024."""


@dataclass(frozen=True)
class Period:
    index: int
    first: date
    last: date
    as_of: date

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def quarter(self) -> str:
        return f"{self.first.year}Q{(self.first.month + 2) // 3}"

    @property
    def ends_quarter(self) -> bool:
        return self.first.month % 3 == 0

    def day(self, number: int) -> date:
        """That day of the month, or its last where the month is shorter."""
        return min(self.first + timedelta(number - 1), self.last)


def periods(months: int) -> list[Period]:
    """So many months, the last of which is ``LAST``.

    >>> [p.name for p in periods(12)][::11], periods(12)[-1].as_of
    (['2025-04', '2026-03'], datetime.date(2026, 5, 6))
    """
    if not FEWEST <= months <= MOST:
        raise ValueError(f"a year of accounts has {FEWEST} to {MOST} months")
    made = []
    for index in range(months):
        year, month = divmod(LAST[0] * 12 + LAST[1] - months + index, 12)
        first = date(year, month + 1, 1)
        last = first.replace(day=monthrange(year, month + 1)[1])
        final = index == months - 1
        made.append(Period(index, first, last, CHECKED_LAST if final else last + CHECKED_AFTER))
    return made

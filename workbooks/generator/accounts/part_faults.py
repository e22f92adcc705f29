"""Faults of the parts ledger and of old parts, each on an outlet and part of its own.

A seed says itself what a correct check makes of its rows. R406 and R410 are no row's fault but an
account's state on a day; the truth counts those out. Months are counted from the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

from .entries import CONSUMED, REVERSAL, SENT_BACK, SOLD, WRITTEN_OFF, Movement
from .masters import CODES, ENDED, UNKNOWN, Agent, Outlet, must_return
from .year import NOTICE, PENDING, REFUSED, RETURNED, UNDECIDABLE, Year

UNKNOWN_OUTLET = "WD999X"


class Ground:
    """Outlets where nothing but seeds happens; a seed asks for a part that nobody else has."""

    def __init__(self, year: Year, agent: Agent) -> None:
        self.year, self.agent = year, agent
        parts = [code for code in CODES if must_return(code) and code != "PJ001"]
        self._free: Iterator[tuple[Outlet, str]] = product(agent.outlets, parts)

    def next(self) -> tuple[Outlet, str]:
        return next(self._free)

    def day(self, month: int, number: int) -> date:
        return self.year.periods[month].day(number)

    def issued(self, quantity: int, month: int, number: int = 3) -> tuple[Outlet, str, Movement]:
        outlet, part = self.next()
        row = self.year.issue(outlet.code, part, quantity, self.day(month, number))
        return outlet, part, row

    def send_back(self, row: Movement, quantity: int, month: int, number: int = 25) -> Movement:
        day = self.day(month, number)
        return self.year.move(SENT_BACK, row.outlet, row.part, quantity, day)

    def sold(self, month: int) -> Movement:
        outlet, part, _ = self.issued(1, month)
        day = self.day(month, 12)
        slip = self.year.slip(outlet, part, day, terms="保外").number
        return self.year.move(SOLD, outlet.code, part, 1, day, slip=slip)


def exits_above_what_is_held(ground: Ground) -> None:
    year = ground.year
    outlet, part, row = ground.issued(2, 2)
    used = year.consume(outlet, part, 3, ground.day(2, 10), posted=False)
    year.fault("write-off above what is held", "R403", REFUSED, used)
    slip = year.written[used.entered.name][-1]
    year.fault("slip whose write-off was refused", "R405", NOTICE, slip)
    ground.send_back(row, 2, 3)  # all of it: passes
    _, _, row = ground.issued(2, 3)
    back = ground.send_back(row, 3, 3, 15)
    back.posted = False
    year.fault("sent back more than is held", "R403", REFUSED, back)
    ground.send_back(row, 2, 4)


def write_offs_without_slip(ground: Ground) -> None:
    year = ground.year
    seeds = (("slip not found", "WX99999999"), ("slip left blank", None))
    for what, number in seeds:
        outlet, part, row = ground.issued(2, 2)
        day = ground.day(2, 9)
        used = year.move(CONSUMED, outlet.code, part, 1, day, slip=number, posted=False)
        year.fault(f"write-off, {what}", "R404", REFUSED, used)
        ground.send_back(row, 2, 3)
    outlet, part, row = ground.issued(2, 4)
    other = next(code for code in CODES if code != part)
    slip = year.slip(outlet, other, ground.day(4, 8), terms="保外")
    used = year.move(
        CONSUMED, outlet.code, part, 1, ground.day(4, 8), slip=slip.number, posted=False
    )
    year.fault("write-off, slip has another part", "R404", REFUSED, used)
    ground.send_back(row, 2, 5)


def write_offs_of_slips_before_the_year(ground: Ground) -> None:
    year = ground.year
    before = year.periods[0].first - timedelta(6)
    for state in ("退回", "已付"):
        outlet, part, row = ground.issued(1, 0)
        slip = year.slips.with_part(outlet, part, before)
        year.slips.past(slip, f"{before:%Y-%m}", state)
        used = year.move(CONSUMED, outlet.code, part, 1, ground.day(0, 8), slip=slip.number)
        if state == "退回":
            used.posted = False
            year.fault("write-off, slip was returned", "R404", REFUSED, used)
            ground.send_back(row, 1, 1)
        else:
            year.give_back(outlet.code, part, 1, ground.day(0, 28))


def slips_without_write_off(ground: Ground) -> None:
    for month in (4, -1):
        outlet, part = ground.next()
        slip = ground.year.slip(outlet, part, ground.day(month, 11))
        ground.year.fault("slip without write-off", "R405", NOTICE, slip)


def old_parts_overdue(ground: Ground) -> None:
    """61 days on the day of the check of month 5, and 60; and one that never comes back."""
    year = ground.year
    as_of = year.periods[5].as_of
    for days in (61, 60):
        outlet, part, row = ground.issued(5, 2)
        year.consume(outlet, part, 3, as_of - timedelta(days))
        year.give_back(outlet.code, part, 2, ground.day(5, 20))
        year.give_back(outlet.code, part, 1, ground.day(6, 5))
        ground.send_back(row, 2, 6)
    outlet, part, _ = ground.issued(1, 4)
    year.consume(outlet, part, 1, ground.day(4, 6))


def issue_at_another_price(ground: Ground) -> None:
    for month, off in ((3, 200), (6, -1)):
        outlet, part = ground.next()
        day = ground.day(month, 4)
        row = ground.year.issue(outlet.code, part, 2, day)
        assert row.price is not None
        row.price += off
        ground.year.fault("issue at another price", "R409", NOTICE, row)
        ground.send_back(row, 2, month + 1)


def stale_batches(ground: Ground) -> None:
    """181 days on the day of the check of month 8, and 180."""
    year = ground.year
    for days in (181, 180):
        outlet, part = ground.next()
        day = year.periods[8].as_of - timedelta(days)
        row = year.issue(outlet.code, part, 2, day)
        ground.send_back(row, 2, 9, 5)


def returns_unclear_or_too_many(ground: Ground) -> None:
    year = ground.year
    outlet, part, _ = ground.issued(1, 2)
    year.consume(outlet, part, 1, ground.day(2, 8))
    day = ground.day(2, 20)
    row = year.give_back(outlet.code, part, 1, day, kind="返厂", posted=False)
    year.fault("kind of return unclear", "R411", RETURNED, row)
    year.give_back(outlet.code, part, 1, ground.day(3, 5))
    outlet, part, _ = ground.issued(3, 3)
    year.consume(outlet, part, 3, ground.day(3, 8))
    row = year.give_back(outlet.code, part, 4, ground.day(3, 25))
    year.fault("more returned than used", "R412", PENDING, row)


def reversals_of_nothing(ground: Ground) -> None:
    year = ground.year

    def undo(
        row: Movement, number: int, *, quantity: int | None = None, part: str | None = None
    ) -> Movement:
        return year.move(
            REVERSAL,
            row.outlet,
            part or row.part,
            quantity or row.quantity,
            ground.day(3, number),
            reversed_number=row.number,
            posted=False,
        )

    _, _, row = ground.issued(5, 3)
    seeds = [("other quantity", undo(row, 10, quantity=4))]
    seeds.append(("other part", undo(row, 11, part=next(c for c in CODES if c != row.part))))
    nothing = undo(row, 12)
    nothing.reversed_number = "PL99999999"
    seeds.append(("nothing", nothing))
    year.move(REVERSAL, row.outlet, row.part, 5, ground.day(3, 13), reverses=row)
    seeds.append(("a second time", undo(row, 14)))
    for what, undone in seeds:
        year.fault(f"reversal of {what}", "R411", RETURNED, undone)


def numbers_used_twice(ground: Ground) -> None:
    year = ground.year
    for later in (0, 2):
        outlet, part, row = ground.issued(2, 3)
        day = ground.day(3 + later, 6)
        again = year.issue(outlet.code, part, 2, day, number=row.number, posted=False)
        when = "in another month" if later else "in one month"
        year.fault(f"number of a movement twice {when}", "R509", REFUSED, again)
        ground.send_back(row, 2, 5)


def rows_that_say_nothing(ground: Ground) -> None:
    year = ground.year
    outlet, part = ground.next()
    row = year.issue(outlet.code, part, -3, ground.day(6, 7), posted=False)
    year.fault("negative quantity", "", "", row)
    row = year.issue(UNKNOWN_OUTLET, part, 2, ground.day(6, 8), posted=False)
    year.fault("outlet unknown", "", "", row)


def parts_without_a_price(ground: Ground) -> None:
    for part, price in ((UNKNOWN, 5000), (ENDED, 4500)):
        outlet = ground.agent.outlets[1]
        row = ground.year.issue(outlet.code, part, 2, ground.day(-1, 9), price=price)
        ground.year.fault("part without a price on its day", "R401", UNDECIDABLE, row)


def late_rows(ground: Ground) -> None:
    """Dated in a closed month: no fault, but posted on the first day of the open one."""
    year = ground.year
    outlet, part = ground.next()
    row = year.issue(outlet.code, part, 3, ground.day(4, 28), entered=year.periods[5])
    year.move(WRITTEN_OFF, row.outlet, part, 1, ground.day(4, 30), entered=year.periods[5])
    ground.send_back(row, 2, 6)


def batches_of_two_prices(ground: Ground) -> None:
    """As in calculations.md §6: an exit over two batches, undone in a later month."""
    year, part = ground.year, "PJ001"
    outlet = ground.agent.outlets[0]
    price_changes = next(n for n, p in enumerate(year.periods) if p.name == "2025-08")
    day = ground.day

    def step(kind: str, quantity: int, month: int, number: int, **facts: Any) -> Movement:
        on = day(price_changes + month, number)
        return year.move(kind, outlet.code, part, quantity, on, **facts)

    year.issue(outlet.code, part, 5, day(price_changes - 1, 20))
    year.issue(outlet.code, part, 5, day(price_changes, 1))
    used = year.consume(outlet, part, 7, day(price_changes, 20))
    slip = year.slip(outlet, part, day(price_changes, 22), terms="保外").number
    step(SOLD, 1, 0, 22, slip=slip)
    step(SENT_BACK, 1, 0, 25)
    step(REVERSAL, 7, 1, 2, reverses=used)
    step(SENT_BACK, 8, 1, 20)


def batch_that_lacks_some(ground: Ground) -> None:
    """What the batch that a row names does not have is taken from the oldest."""
    year = ground.year
    outlet, part, named = ground.issued(2, 3)
    year.issue(outlet.code, part, 3, ground.day(4, 2))
    year.consume(outlet, part, 3, ground.day(4, 6), batch=named.number)
    year.give_back(outlet.code, part, 3, ground.day(4, 20))
    ground.send_back(named, 2, 5)


def priceless(year: Year, agent: Agent) -> None:
    """Nobody can tell what this account's parts are worth."""
    outlet, day = agent.outlets[0], year.periods[-1].day(10)
    row = year.issue(outlet.code, ENDED, 2, day, price=None)
    year.fault("part without any price", "R401", UNDECIDABLE, row)


SEEDS: tuple[Callable[[Ground], None], ...] = (
    exits_above_what_is_held,
    write_offs_without_slip,
    write_offs_of_slips_before_the_year,
    slips_without_write_off,
    old_parts_overdue,
    issue_at_another_price,
    stale_batches,
    returns_unclear_or_too_many,
    reversals_of_nothing,
    numbers_used_twice,
    rows_that_say_nothing,
    parts_without_a_price,
    late_rows,
    batches_of_two_prices,
    batch_that_lacks_some,
)

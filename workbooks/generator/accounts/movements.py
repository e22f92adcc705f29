"""The ordinary life of parts at an outlet: issued, used, sold, sent back, now and then mistyped.

Planned in posting order on the same stock that the truth is told with, so that no ordinary row is
refused; an agent's stock is kept young enough for no batch to grow stale (R410).
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from .entries import CONSUMED, REVERSAL, SENT_BACK, SOLD, WRITTEN_OFF, Movement
from .masters import CODES, Agent, Outlet, listed, must_return
from .periods import Period
from .stock import Stock
from .year import Year

STALE = timedelta(165)
"""A batch that will be older than this on the day of the check is sent back before."""
ENOUGH = 12
"""Units at which an outlet stops ordering."""
RETURN_DAYS = (10, 20, 31)
KINDS = (CONSUMED,) * 78 + (SOLD,) * 9 + (SENT_BACK,) * 5 + (WRITTEN_OFF,) * 2
MISTAKES = ("wrong quantity",) * 2 + ("wrong issue",) + ("undone later",)
MISTAKEN = len(MISTAKES) / (len(KINDS) + len(MISTAKES))


@dataclass
class Life:
    """Ordinary movements of some agents, month after month."""

    year: Year
    stocks: dict[tuple[str, str], Stock] = field(default_factory=lambda: defaultdict(Stock))
    _undoable: dict[str, list[Movement]] = field(default_factory=lambda: defaultdict(list))
    _old: dict[tuple[str, str, date], int] = field(default_factory=lambda: defaultdict(int))

    def live(
        self, agents: Iterable[Agent], rows: int, written: Mapping[tuple[str, int], list[Movement]]
    ) -> None:
        """About ``rows`` movements in all; ``written`` are months of agents that are done."""
        months = [(agent, period) for period in self.year.periods for agent in agents]
        own = [(a, p) for a, p in months if (a.code, p.index) not in written]
        each = rows / sum(len(agent.outlets) for agent, _ in own)
        owed = 0.0
        for agent, period in months:
            done = written.get((agent.code, period.index))
            if done is None:
                owed += each * len(agent.outlets)
                owed -= self._month(agent, period, round(owed))
            else:
                for row in sorted(done, key=lambda row: row.day):
                    self._post(row)
        self._return_old_parts()

    def _month(self, agent: Agent, period: Period, wanted: int) -> int:
        before = len(self.year.movements)
        self._send_back_old(agent, period)
        random = self.year.random
        left = wanted - (len(self.year.movements) - before)
        for day in sorted(random.choices(range(1, period.last.day + 1), k=max(left, 0))):
            if len(self.year.movements) - before < wanted:
                self._step(random.choice(agent.outlets), period.day(day))
        return len(self.year.movements) - before

    def _send_back_old(self, agent: Agent, period: Period) -> None:
        for outlet in agent.outlets:
            for part in CODES:
                batches = self.stocks[outlet.code, part].open
                old = sum(b.left for b in batches if period.as_of - b.day > STALE)
                if old:
                    self._post(self.year.move(SENT_BACK, outlet.code, part, old, period.first))

    def _post(self, row: Movement) -> Movement:
        line = listed(row.part, row.day)
        price = line.deposit if row.price is None and line else row.price
        self.stocks[row.outlet, row.part].post(row, price)
        return row

    def _step(self, outlet: Outlet, day: date) -> None:
        random = self.year.random
        units = {part: self.stocks[outlet.code, part].units for part in CODES}
        if random.random() < (0.5 if sum(units.values()) < ENOUGH else 0.06) or not any(
            units.values()
        ):
            part = min(CODES, key=lambda code: (units[code], random.random()))
            quantity = random.choice((2, 3, 3, 4, 5, 6, 8))
            left_blank = {"price": None} if random.random() < 0.02 else {}
            self._post(self.year.issue(outlet.code, part, quantity, day, **left_blank))
            return
        part = random.choice([code for code in CODES if units[code]])
        if random.random() < MISTAKEN:
            self._mistake(random.choice(MISTAKES), outlet, part, units[part], day)
        else:
            self._exit(random.choice(KINDS), outlet, part, units[part], day)

    def _exit(self, kind: str, outlet: Outlet, part: str, held: int, day: date) -> None:
        year, random = self.year, self.year.random
        quantity = min(held, random.choice((1,) * 9 + (2,)))
        batch = None
        if random.random() < 0.03:
            batch = random.choice(self.stocks[outlet.code, part].open).number
        if kind == CONSUMED:
            self._post(year.consume(outlet, part, quantity, day, batch=batch))
            self._old_part(outlet.code, part, quantity, day)
        elif kind == SOLD:
            slip = year.slip(outlet, part, day, quantity, "保外").number
            self._post(year.move(kind, outlet.code, part, quantity, day, slip=slip, batch=batch))
        else:
            self._undoable[outlet.code].append(
                self._post(year.move(kind, outlet.code, part, quantity, day, batch=batch))
            )

    def _mistake(self, what: str, outlet: Outlet, part: str, held: int, day: date) -> None:
        year = self.year
        if what == "wrong issue":
            row = self._post(year.issue(outlet.code, part, 9, day))
            self._undo(row, day)
        elif what == "wrong quantity" and held > 1:
            wrong = self._post(year.consume(outlet, part, 2, day))
            year.written[year.period(day).name][-1].cells["配件数量"] = 1
            self._undo(wrong, day)
            self._post(year.move(CONSUMED, outlet.code, part, 1, day, slip=wrong.slip))
            self._old_part(outlet.code, part, 1, day)
        elif what == "undone later" and self._undoable[outlet.code]:
            row = self._undoable[outlet.code].pop()
            young = self.stocks[outlet.code, row.part].taken_from(row.number)
            if all(year.period(day).as_of - batch.day < STALE for batch in young):
                self._undo(row, day)

    def _undo(self, row: Movement, day: date) -> None:
        self._post(self.year.move(REVERSAL, row.outlet, row.part, row.quantity, day, reverses=row))

    def _old_part(self, outlet: str, part: str, quantity: int, day: date) -> None:
        if must_return(part):
            later = day + timedelta(3)
            ends = [_day_of_month(later, number) for number in RETURN_DAYS]
            self._old[outlet, part, next(end for end in ends if end >= later)] += quantity

    def _return_old_parts(self) -> None:
        """In one parcel per outlet and part every ten days; none after the year's end."""
        end = self.year.periods[-1].last
        for (outlet, part, day), quantity in sorted(self._old.items()):
            if day <= end:
                self.year.give_back(outlet, part, quantity, day)


def _day_of_month(day: date, number: int) -> date:
    """That day of the month in which ``day`` lies, or its last where the month is shorter.

    >>> _day_of_month(date(2026, 2, 3), 31)
    datetime.date(2026, 2, 28)
    """
    return day.replace(day=min(number, monthrange(day.year, day.month)[1]))

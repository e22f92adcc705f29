"""The year being invented: everything that must be unique is counted here, seeded faults kept."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..masters import Outlet
from ..month import Slip
from .entries import Charge, Deposit, Entry, Movement, Place, Proposal, Return
from .masters import Agent, Slips, listed
from .periods import Period, periods

NOTICE, PENDING, UNDECIDABLE = "提示", "待查", "无法判断"
REFUSED, RETURNED = "拒付", "退回"


@dataclass(frozen=True)
class Fault:
    """``what`` was seeded; ``code`` is blank where no rule but the reading speaks of it."""

    what: str
    code: str
    verdict: str
    entry: Entry | Slip
    agent: str
    outlet: str = ""
    part: str = ""
    key: str = ""


class Year:
    def __init__(self, seed: int, months: int, outlets_of_agents: list[int]) -> None:
        self.seed = seed
        self.random = random.Random(f"accounts {seed}")
        self.periods = periods(months)
        self.slips = Slips(seed, sum(outlets_of_agents))
        self.agents: list[Agent] = []
        self.movements: list[Movement] = []
        self.returns: list[Return] = []
        self.deposits: list[Deposit] = []
        self.proposals: list[Proposal] = []
        self.charges: list[Charge] = []
        self.written: dict[str, list[Slip]] = defaultdict(list)
        """Slips by the month that they were entered in."""
        self.slip_places: dict[str, Place] = {}
        self.faults: list[Fault] = []
        self._numbers: Counter[str] = Counter()

    def period(self, day: date) -> Period:
        return next(p for p in self.periods if p.first <= day <= p.last)

    def _number(self, prefix: str, period: Period) -> str:
        prefix = f"{prefix}{period.first:%y%m}"
        self._numbers[prefix] += 1
        return f"{prefix}{self._numbers[prefix]:05d}"

    def move(
        self, kind: str, outlet: str, part: str, quantity: int, day: date, **facts: Any
    ) -> Movement:
        entered = facts.pop("entered", None) or self.period(day)
        number = facts.pop("number", None) or self._number("PL", entered)
        row = Movement(
            number=number, kind=kind, outlet=outlet, part=part, quantity=quantity, day=day,
            entered=entered, **facts,
        )  # fmt: skip
        self.movements.append(row)
        return row

    def issue(self, outlet: str, part: str, quantity: int, day: date, **facts: Any) -> Movement:
        """At the price of the day, unless another is given."""
        line = listed(part, day)
        facts = {"price": line and line.deposit, "document": self._document()} | facts
        return self.move("发放", outlet, part, quantity, day, **facts)

    def _document(self) -> str:
        self._numbers["FH"] += self.random.choice((1, 1, 1, 2, 3))
        return f"FH{100_000 + self._numbers['FH']}"

    def slip(
        self, outlet: Outlet, part: str, day: date, quantity: int = 1, terms: str = "保内"
    ) -> Slip:
        made = self.slips.with_part(outlet, part, day, quantity=quantity, terms=terms)
        self.written[self.period(day).name].append(made)
        return made

    def consume(
        self, outlet: Outlet, part: str, quantity: int, day: date, **facts: Any
    ) -> Movement:
        """A write-off with its slip."""
        slip = self.slip(outlet, part, day, quantity).number
        return self.move("核销", outlet.code, part, quantity, day, slip=slip, **facts)

    def give_back(self, outlet: str, part: str, quantity: int, day: date, **facts: Any) -> Return:
        period = facts.pop("entered", None) or self.period(day)
        row = Return(
            number=self._number("FJ", period), outlet=outlet, part=part, quantity=quantity,
            day=day, entered=period, **facts,
        )  # fmt: skip
        self.returns.append(row)
        return row

    def pay(self, kind: str, agent: str, amount: int, day: date, **facts: Any) -> Deposit:
        entered = facts.pop("entered", None) or self.period(day)
        number = facts.pop("number", None) or self._number("YJ", entered)
        row = Deposit(
            number=number, kind=kind, agent=agent, amount=amount, day=day, entered=entered, **facts
        )
        self.deposits.append(row)
        return row

    def propose(self, outlet: str, amount: int, day: date, state: str = "已批准") -> Proposal:
        period = self.period(day)
        row = Proposal(
            number=self._number("JY", period), outlet=outlet, amount=amount, day=day,
            entered=period, state=state,
        )  # fmt: skip
        self.proposals.append(row)
        return row

    def fault(
        self, what: str, code: str, verdict: str, entry: Entry | Slip, *, key: str = ""
    ) -> None:
        outlet, part = getattr(entry, "outlet", ""), getattr(entry, "part", "")
        if isinstance(entry, Slip):
            outlet, part, key = entry.outlet.code, entry.cells["更换配件编码"], entry.number
        agent = getattr(entry, "agent", "") or self.agent_of.get(outlet, "")
        key = key or getattr(entry, "number", "") or getattr(entry, "slip", "")
        self.faults.append(Fault(what, code, verdict, entry, agent, outlet, part, key))

    @property
    def agent_of(self) -> dict[str, str]:
        return {outlet.code: agent.code for agent in self.agents for outlet in agent.outlets}

"""What agents send back of a month in which they were only supplied: 录入/回单/<agent>.xlsx."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import agent_lists
from .agent_lists import FAULTS, Ledgers, Maker
from .books import HANDS, write_sheet
from .entries import Movement
from .masters import ALIAS, CODES, Agent, listed
from .periods import Period
from .year import Year

LAYOUTS = (
    ("日期", "单据号", "配件编码", "配件名称", "数量", "单价", "金额"),
    ("收货日期", "发货单号", "物料编码", "品名", "件数", "价格", "总金额"),
    ("业务日期", "单据编号", "配件代码", "配件名称", "数量", "押金单价", "合计金额"),
)
"""Date, number, part, name, quantity, price, amount, as three agents call them."""


@dataclass
class Reply:
    agent: Agent
    period: Period
    made: Ledgers
    ours: list[Movement]

    @property
    def path(self) -> Path:
        return Path(self.period.name, "录入", "回单", f"{self.agent.code}.xlsx")


def supply(year: Year, agent: Agent, period: Period, entries: int) -> Reply:
    """Issues of one month to an agent's first outlet, every fault befalling some of them."""
    known = {code: listed(code, period.first) for code in CODES}
    lines = {code: line for code, line in known.items() if line is not None}
    parts = [(code, line.name, ALIAS[code]) for code, line in lines.items()]
    prices = {code: line.deposit for code, line in lines.items()}
    drawn = random.Random(f"{year.seed} list {agent.code}")
    maker = Maker(drawn, parts, prices, period.first, period.last.day - 3)
    made = Ledgers()
    for fault, make in FAULTS.items():
        made.add(fault, *make(maker))
    while len(made.ours) < entries:
        entry = maker.entry()
        made.add("", [entry], [maker.theirs(entry)])
    made = made.shuffled(drawn)
    outlet = agent.outlets[0].code
    ours = [
        year.issue(
            outlet, entry.part_code or "", entry.quantity, entry.date, document=entry.slip_no
        )
        for entry in made.ours
    ]
    return Reply(agent, period, made, ours)


def write(out: Path, reply: Reply, seed: int) -> dict[str, Any]:
    """The agent's workbook; which rows of ours and of theirs belong together, and why not."""
    layout = LAYOUTS[len(reply.agent.code + reply.agent.name) % len(LAYOUTS)]
    rows = [dict(zip(layout, _values(entry), strict=True)) for entry in reply.made.theirs]
    title = f"代理商编码:{reply.agent.code}"
    sheet = f"{reply.period.first.month}月往来"
    places = write_sheet(out / reply.path, sheet, title, rows, HANDS[0], f"{seed} {reply.path}")
    pairs = [
        {
            "fault": true.fault,
            "ours": sorted(reply.ours[n].place.row for n in true.ours),
            "theirs": sorted(places[n].row for n in true.theirs),
        }
        for true in reply.made.truth
    ]
    return {
        "month": reply.period.name, "agent_code": reply.agent.code, "workbook": reply.path.name,
        "sheet": sheet, "pairs": pairs,
    }  # fmt: skip


def _values(entry: agent_lists.Entry) -> tuple[Any, ...]:
    return (
        entry.date, entry.slip_no, entry.part_code, entry.part_name, entry.quantity, entry.price,
        entry.amount,
    )  # fmt: skip

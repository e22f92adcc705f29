"""Agents with their outlets, and parts whose prices change within the year. Money is 分."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ..books import write_masters, yuan
from ..masters import CLEAN_REPAIRS, CLERK, COMPANY, MODELS, PARTS, STANDARD_MODELS, Outlet, Part
from ..month import Month, Slip
from .periods import Period

REPRICED = {
    "PJ001": ((date(2025, 8, 1), 4150, 6200), (date(2026, 2, 1), 4210, 6300)),
    "PJ003": ((date(2025, 10, 1), 5200, 7800),),
    "PJ006": ((date(2026, 1, 1), 12500, 18800),),
}
"""New 押金单价 and 保外售价 from a day on; always a month's first."""
NOT_RETURNED = ("PJ009", "PJ010")
"""Cheap parts: the old one may be thrown away."""
ENDED, UNKNOWN = "PJ090", "PJ999"
"""Has no price from 2026-03 on; is in no price list."""
ALIAS = {
    "PJ001": "电加热管", "PJ002": "储水内胆", "PJ003": "主控电路板", "PJ004": "燃气阀",
    "PJ005": "点火模块", "PJ006": "水泵", "PJ007": "温度控制器", "PJ009": "厨宝加热管",
}  # fmt: skip
"""What agents call them."""


@cache
def prices() -> tuple[Part, ...]:
    """All lines of 配件价格."""
    lines: list[Part] = []
    for part in PARTS:
        changes = REPRICED.get(part.code, ())
        for start, deposit, sale in changes:
            lines.append(replace(part, end=start - timedelta(1)))
            part = replace(part, start=start, deposit=deposit, sale=sale)
        lines.append(part)
    return tuple(lines)


@cache
def listed(code: str, on: date) -> Part | None:
    """The line of 配件价格 in force on a day.

    >>> listed("PJ001", date(2025, 7, 31)).deposit, listed("PJ001", date(2025, 8, 1)).deposit
    (4010, 4150)
    """
    lines = [p for p in prices() if p.code == code and p.start <= on]
    return next((p for p in lines if p.end is None or on <= p.end), None)


def must_return(code: str) -> bool:
    return code not in NOT_RETURNED and any(part.code == code for part in PARTS)


@cache
def repairs_with(code: str) -> tuple[tuple[str, str, str], ...]:
    """Model, fault and item of the repairs with this part that no rule objects to."""
    return tuple(
        (model, fault, item)
        for model in STANDARD_MODELS
        for fault, item, part in CLEAN_REPAIRS[MODELS[model].line]
        if part == code
    )


CODES = tuple(sorted(code for code in ALIAS if repairs_with(code)))


@dataclass(frozen=True)
class Agent:
    code: str
    name: str
    province: str
    outlets: tuple[Outlet, ...]

    @property
    def credit(self) -> int:
        return sum(outlet.credit for outlet in self.outlets)

    def lend(self, credit: int) -> None:
        """So much over all its outlets."""
        for outlet in self.outlets:
            outlet.credit = 0
        self.outlets[0].credit = credit


class Slips(Month):
    """Makes repair slips, as many months as there are, for outlets without special roles."""

    def __init__(self, seed: int, outlets: int) -> None:
        super().__init__(seed, outlets)
        self._written = 0

    def _make_outlets(self, count: int) -> None:
        self.outlets = [self._outlet(i, ("一类", "二类")[i % 2], "city") for i in range(count)]
        self.credit_faults = ()

    def with_part(
        self, outlet: Outlet, part: str, on: date, *, quantity: int = 1, terms: str = "保内"
    ) -> Slip:
        model, fault, item = self.random.choice(repairs_with(part))
        age = 150 + self.random.randrange(100) + (900 if terms == "保外" else 0)
        self._written += 1
        return self.repair(
            outlet, model=model, fault=fault, item=item, part=part, on=on, terms=terms,
            invoice=on - timedelta(age), keep=False,
            cells={"单号": f"WX{on:%y%m}{self._written:06d}", "配件数量": quantity},
        )  # fmt: skip


def agents_of(slips: Slips, own: list[int]) -> list[Agent]:
    """Agents with so many outlets each; one of a single outlet may be that outlet itself."""
    agents, outlets = [], iter(slips.outlets)
    for n, wanted in enumerate(own):
        mine = tuple(next(outlets) for _ in range(wanted))
        first = mine[0]
        if wanted == 1 and n % 4 == 2:
            code, name = first.code, first.name
        else:
            code, name = f"DL{n + 1:03d}", f"{first.city[:-1]}第{n + 1}代理"
        for outlet in mine:
            outlet.agent = ("", "") if code == outlet.code else (code, name)
            outlet.province, outlet.city = first.province, first.city
        agents.append(Agent(code, name, first.province, mine))
    return agents


def _part_rows() -> Iterator[tuple[Any, ...]]:
    for p in prices():
        returned = "否" if p.code in NOT_RETURNED else "是"
        money = (yuan(p.deposit), yuan(p.sale))
        main = "是" if p.main else "否"
        yield p.code, p.name, None, "个", p.kind, main, returned, p.models, *money, p.start, p.end


def write(path: Path, slips: Slips, last: Period, seed: int) -> None:
    """基础资料 of the year: 核对基准日 is the last month's."""
    as_of = (None,) * 5 + ("核对基准日", last.as_of, "系统当天", None, "系统当天或日期")
    write_masters(
        path,
        slips,
        {
            "配件价格": _part_rows(),
            "规则参数": [(*as_of, None, None, None, CLERK, last.as_of)],
            "设置": [
                ("公司名称", COMPANY, "虚构"),
                ("结算员", CLERK, None),
                ("随机种子", str(seed), "回访抽样"),
            ],
        },
    )

"""Puts the year together, writes it month by month, and tells the truth about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..books import write_history
from ..month import REPAIR, Slip
from . import deposits, masters, truth
from .books import HANDS, ledger, write_sheet
from .masters import Agent, agents_of
from .movements import Life
from .periods import Period
from .year import Year

SLIP_HEADERS = (
    "网点编码", "单号", "收单日期", "用户姓名", "用户电话", "用户地址", "产品型号", "机身条码",
    "报修日期", "完成日期", "发票日期", "发票号码", "保修类型", "故障代码", "故障现象", "维修项目",
    "更换配件编码", "更换配件名称", "配件数量", "维修工", "申报维修费", "申报合计",
)  # fmt: skip


def plan(seed: int, agents: int, months: int, movements: int) -> Year:
    own = [1 + n % 3 for n in range(agents)]
    year = Year(seed, months, own)
    year.agents = agents_of(year.slips, agents, own)
    Life(year).live(year.agents, movements, set())
    deposits.list_charges(year, year.periods[-1].quarter)
    deposits.deduct_charges(year)
    deposits.live(year, year.agents)
    deposits.open_accounts(year, year.agents, truth.peaks(year), {})
    return year


def write(out: Path, year: Year) -> None:
    for period in year.periods:
        _write_month(out / period.name, year, period)
        if period is not year.periods[-1]:
            lock = out / period.name / "存档" / "锁定.txt"
            lock.parent.mkdir(parents=True, exist_ok=True)
            lock.write_text(f"{period.name} 已月结\n", encoding="utf-8", newline="\n")
    masters.write(out / "基础资料.xlsx", year.slips, year.periods[-1], year.seed)
    _write_history(out / "结算历史.xlsx", year)
    truth.tell(out / "真值_账户.json", year, [])


def _write_month(folder: Path, year: Year, period: Period) -> None:
    entered = folder / "录入"
    hand, seed = HANDS[period.index % len(HANDS)], f"{year.seed} {period.name}"
    for name, rows in (
        ("配件流水", year.movements),
        ("押金流水", year.deposits),
        ("旧件返还", year.returns),
        ("处罚建议单", year.proposals),
        (f"保外配件收费清单_{period.quarter}", year.charges),
    ):
        mine = ledger(row for row in rows if row.entered is period)
        if not mine:
            continue
        sheet = name.partition("_")[0]
        title = f"{period.first.year}年{period.first.month}月{sheet}"
        if sheet != name:
            title = f"{period.quarter[:4]}年{period.quarter[-1]}季度{sheet}"
        cells = [row.cells() for row in mine]
        places = write_sheet(entered / f"{name}.xlsx", sheet, title, cells, hand, seed)
        for row, place in zip(mine, places, strict=True):
            row.place = place
    slips = sorted(year.written[period.name], key=lambda slip: (slip.outlet.code, slip.number))
    if slips:
        cells = [{header: slip.cells.get(header) for header in SLIP_HEADERS} for slip in slips]
        path = entered / f"维修单_{period.name}.xlsx"
        places = write_sheet(path, "维修单", f"{period.name} 维修单", cells, HANDS[0], seed)
        year.slip_places |= {s.number: p for s, p in zip(slips, places, strict=True)}


def _write_history(path: Path, year: Year) -> None:
    """Slips that a list of a later month asks for: what was sold earlier in its quarter."""
    for period in year.periods:
        for slip in year.written[period.name]:
            if slip.cells["保修类型"] == "保外" and not period.ends_quarter:
                row = year.slips.past(slip, period.name, "已付")
                row["行号"] = year.slip_places[slip.number].row
    write_history(path, year.slips)


__all__ = ["REPAIR", "Agent", "Any", "Slip", "plan", "write"]

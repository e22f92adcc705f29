"""Puts the year together, writes it month by month, and tells the truth about it."""

from __future__ import annotations

from pathlib import Path

from ..books import write_history
from . import charge_faults, deposit_faults, deposits, masters, part_faults, truth
from . import closed as months_end
from . import replies as replies_of
from .books import HANDS, ledger, write_sheet
from .entries import Movement
from .masters import Agent, agents_of
from .movements import Life
from .periods import Period
from .replies import Reply
from .year import Year

SLIP_HEADERS = (
    "网点编码", "单号", "收单日期", "用户姓名", "用户电话", "用户地址", "产品型号", "机身条码",
    "报修日期", "完成日期", "发票日期", "发票号码", "保修类型", "故障代码", "故障现象", "维修项目",
    "更换配件编码", "更换配件名称", "配件数量", "维修工", "申报维修费", "申报合计",
)  # fmt: skip
SPECIAL = {
    "parts": 6, "priceless": 1, "unopened": 1, "short": 1, "negative": 1, "refund": 1,
    "early": 1, "basis": 1,
}  # fmt: skip
"""Agents of whom only what is seeded is written, with how many outlets each has."""
FEWEST_AGENTS = len(SPECIAL) + 3
LIST_ENTRIES, LISTS_AT_MOST = 60, 10


def plan(seed: int, agents: int, months: int, movements: int) -> tuple[Year, list[Reply]]:
    ordinary = agents - len(SPECIAL)
    if agents < FEWEST_AGENTS:
        raise ValueError(f"at least {FEWEST_AGENTS} agents are needed for the seeded ones")
    own = [1 + n % 3 for n in range(ordinary)] + list(SPECIAL.values())
    year = Year(seed, months, own)
    year.agents = agents_of(year.slips, own)
    special = dict(zip(SPECIAL, year.agents[ordinary:], strict=True))
    for role, agent in special.items():
        agent.lend(deposit_faults.CREDIT.get(role, 0))

    sold = _seed_parts(year, special)
    others = year.agents[:ordinary]
    replies = [
        replies_of.supply(year, agent, year.periods[1 + n % 3], LIST_ENTRIES)
        for n, agent in enumerate(others[1 : 1 + min(len(others) // 2, LISTS_AT_MOST)])
    ]
    left = movements - len(year.movements)
    if left < 0:
        raise ValueError(f"at least {movements - left} movements are needed for the seeded ones")
    Life(year).live(others, left, {(r.agent.code, r.period.index): r.ours for r in replies})

    deposits.list_charges(year, year.periods[-1].quarter)
    charge_faults.seed(year, sold)
    deposits.deduct_charges(year)
    deposits.live(year, others)
    deposit_faults.seed(year, special)
    given = {special[role].code: cents for role, cents in deposit_faults.OPENINGS.items()}
    deposits.open_accounts(year, year.agents, truth.peaks(year), given)
    return year, replies


def _seed_parts(year: Year, special: dict[str, Agent]) -> list[Movement]:
    """Returns the sales that the faults of the list of charges are to befall."""
    ground = part_faults.Ground(year, special["parts"])
    for seed in part_faults.SEEDS:
        seed(ground)
    part_faults.priceless(year, special["priceless"])
    return charge_faults.sales(ground)


def write(out: Path, year: Year, replies: list[Reply], *, closed: bool) -> None:
    for period in year.periods:
        _write_month(out / period.name, year, period)
    masters.write(out / "基础资料.xlsx", year.slips, year.periods[-1], year.seed)
    _write_history(out / "结算历史.xlsx", year)
    told = truth.tell(year, [replies_of.write(out, reply, year.seed) for reply in replies])
    told.write(out / "真值_账户.json")
    for period in year.periods[:-1] if closed else ():
        months_end.close(out / period.name, year, period, told.months[period.name])


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

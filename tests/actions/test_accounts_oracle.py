"""Whatever is entered, in any order and mix of faults: the accounts are those of the oracle."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from addin.actions.accounts import Accounts, settle
from addin.actions.ledgers import Books
from addin.facts.joined import Month
from addin.hosts.grid import Grid
from addin.rules.settings import from_sheet
from addin.tables import catalogue, ledgers, masters
from addin.tables.read import read
from tests.actions import ledger_oracle as oracle
from tests.actions.ledger_oracle import Company, Row
from tests.rules.conftest import WORLD, grid_of, table_of

LONG_AGO, EVER = dt.date(2020, 1, 1), dt.date(2099, 12, 31)
OUTLETS = {"WD001": "DL1", "WD002": "DL1", "WD003": None, "WD004": "DL2"}
CREDIT = {"WD001": 500, "WD004": 300}
PRICES = {
    "PJ001": [(LONG_AGO, dt.date(2026, 4, 15), 4000), (dt.date(2026, 4, 16), EVER, 4550)],
    "PJ002": [(dt.date(2026, 3, 10), EVER, 12033)],  # a gap before
}
SLIPS = [(outlet, f"WX{n}", part) for outlet in OUTLETS for n, part in enumerate(PRICES)]
COMPANY = Company(
    {outlet: agent or outlet for outlet, agent in OUTLETS.items()}, PRICES, frozenset(SLIPS)
)
MONTHS = ("2026-03", "2026-04", "2026-05")
REFUSING = {
    "R001", "R002", "R003", "R015", "R403", "R404", "R411", "R502", "R504", "R508", "R509",
}  # fmt: skip


def known() -> masters.Masters:
    base = WORLD["网点档案"][1]
    sheets = {
        **WORLD,
        "网点档案": [
            {**base, "网点编码": outlet, "网点名称": f"{outlet}服务站", "代理商编码": agent,
             "代理商名称": agent, "授信额度": float(CREDIT.get(outlet, 0))}
            for outlet, agent in OUTLETS.items()
        ],
        "配件价格": [
            {**WORLD["配件价格"][0], "配件编码": part, "押金单价": fen / 100,
             "生效日期": f"{since}", "失效日期": f"{until}"}
            for part, lines in PRICES.items()
            for since, until, fen in lines
        ],
    }  # fmt: skip
    grids = {spec.name: grid_of(spec, sheets.get(spec.name, ())) for spec in catalogue.MASTERS}
    return masters.from_grids(grids, "基础资料.xlsx")


MASTERS = known()
REPAIRS = pd.DataFrame(
    [(*slip, "保内", "张某", "DR-60A") for slip in SLIPS],
    columns=["outlet_code", "slip_no", "part_code", "warranty_type", "user_name", "model"],
    dtype=object,
)

# --- what a clerk enters ----------------------------------------------------------------------

DAYS = st.dates(dt.date(2026, 2, 20), dt.date(2026, 6, 10))
SPOILT = ("number", "date", "kind", "account", "size")
FAULT = st.sampled_from((None,) * 14 + SPOILT + ("blank",))
WRONG = {"date": "3月底", "kind": "调整", "account": "WD999", "size": "两件", "number": None}
UNDO = (
    st.none()
    | st.none()
    | st.tuples(st.integers(0, 30), st.sampled_from(["", "", "size", "account"]))
)
MONEY_ROW = st.fixed_dictionaries({
    "month": st.integers(0, 2), "shift": st.integers(-40, 40), "number": st.integers(0, 24),
    "kind": st.sampled_from([*oracle.DEPOSIT_SIGN, "收取", "退还"]),
    "account": st.sampled_from([*OUTLETS, "DL1", "DL2"]), "size": st.integers(1, 30000),
    "basis": st.sampled_from([None, None, None, "期初", "CF001"]), "undo": UNDO, "fault": FAULT,
})  # fmt: skip
PARTS_ROW = st.fixed_dictionaries({
    "month": st.integers(0, 2), "shift": st.integers(-40, 40), "number": st.integers(0, 24),
    "kind": st.sampled_from([*oracle.PARTS_SIGN, "发放", "发放", "核销", "核销"]),
    "account": st.sampled_from(["WD001", "WD002", "WD003"]), "part": st.sampled_from([*PRICES]),
    "size": st.integers(1, 6), "price": st.sampled_from([None, 4000, 3333, 0]),
    "slip": st.sampled_from([None, "WX0", "WX1", "WX0", "WX1"]),
    "batch": st.none() | st.integers(0, 30),
    "undo": UNDO, "fault": FAULT,
})  # fmt: skip


def entered(drawn: Sequence[Row], name: str, months: int) -> list[Row]:
    """Rows as a clerk types them, month by month; numbers mostly of their own."""
    rows: list[Row] = []
    for n, d in enumerate(sorted(drawn, key=lambda d: d["month"] % months)):
        month = MONTHS[d["month"] % months]
        first = dt.date.fromisoformat(month + "-01")
        shift = d["shift"] if d["shift"] > -10 else d["shift"] + 40
        row = {**d, "id": f"{name}{n}", "entered": month, "reverses": None,
               "date": first + dt.timedelta(days=shift),
               "number": f"{name}{d['number'] if d['number'] < 8 else 100 + n}"}  # fmt: skip
        if "batch" in d and d["batch"] is not None:
            row["batch"] = rows[d["batch"] % len(rows)]["number"] if rows else "PL999"
        if d["undo"] and rows:
            which, other = d["undo"]
            original = rows[which % len(rows)]
            row |= {
                key: original[key] for key in ("account", "part", "kind", "size") if key in original
            }
            row["reverses"] = original["number"] or "无号"
            if "part" in row:
                row["kind"] = "红冲"
            elif isinstance(row["size"], int):
                row["size"] = -abs(row["size"])
            if other == "size" and isinstance(row["size"], int):
                row["size"] += 1 if row["size"] > 0 else -1
            if other == "account":
                row["account"] = "WD003"
        fault = d["fault"]
        if fault == "blank":
            row[SPOILT[n % len(SPOILT)]] = None
        elif fault == "size" and n % 2:
            row["size"] = -5 if "part" in row else 0
        elif fault:
            row[fault] = WRONG[fault]
        if row["kind"] not in ("发放", "收取") or row["reverses"]:
            row["date"] = _by_month_end(row["date"], first)
        rows.append(row)
    return rows


def _by_month_end(day: Any, first: dt.date) -> Any:
    """What takes away is not dated ahead: refused in the month of its entry, it stays refused,
    whatever a later month brings."""
    return min(day, first.replace(day=28)) if isinstance(day, dt.date) else day


def money(row: Row) -> dict[str, Any]:
    size = row["size"]
    return {"流水号": row["number"], "日期": row["date"], "类型": row["kind"],
            "代理商编码": row["account"], "金额": size / 100 if isinstance(size, int) else size,
            "依据单号": row["basis"], "红冲流水号": row["reverses"]}  # fmt: skip


def moved(row: Row) -> dict[str, Any]:
    price = row["price"]
    return {"流水号": row["number"], "业务日期": row["date"], "类型": row["kind"],
            "网点编码": row["account"], "配件编码": row["part"], "数量": row["size"],
            "押金单价": None if price is None else price / 100, "维修单号": row["slip"],
            "批次号": row["batch"], "红冲流水号": row["reverses"]}  # fmt: skip


def ledger(spec: Any, rows: Sequence[Row], cells: Any) -> pd.DataFrame:
    """The rows as they are read from one workbook per month."""
    frames = []
    for month in MONTHS:
        lines = [cells(row) for row in rows if row["entered"] == month]
        grid = [list(spec.headers), *([cell(line.get(h)) for h in spec.headers] for line in lines)]
        table = read(Grid(rows=grid), spec, workbook=f"{spec.name}.xlsx", sheet=spec.name)
        day = masters.first_day(month)
        frames.append(
            table.frame.assign(
                workbook=table.workbook, sheet=table.sheet, row=table.rows,
                entered=pd.Series(day, table.frame.index, dtype="datetime64[s]"),
                **ledgers.complaints(table),
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def cell(value: Any) -> Any:
    return float(value) if isinstance(value, int) else value


def settled(
    deposits: Sequence[Row], parts: Sequence[Row], month: str, before: Sequence[Accounts] = (),
    day: dt.date | None = None,
) -> Accounts:  # fmt: skip
    """The accounts of a month whose earlier months are closed as ``before`` says."""
    upto = [[row for row in rows if row["entered"] <= month] for rows in (deposits, parts)]
    nothing = ledger(ledgers.RETURNS, (), moved)
    first = min((row["entered"] for row in (*deposits, *parts)), default=month)
    closing = {}
    if before:
        last = before[-1].agents.dropna(subset=["closing"])
        closing = dict(zip(last["agent_code"], last["closing"].tolist(), strict=True))
    unposted = frozenset(
        (made.month.period, finding.workbook, finding.sheet, finding.row)
        for made in before
        for finding in made.unposted
    )
    year, of = map(int, month.split("-"))
    end = dt.date(year, of, calendar.monthrange(year, of)[1])
    as_of = pd.Timestamp(day or end + dt.timedelta(days=5)).as_unit("s")
    books = Books(
        ledger(ledgers.PARTS_LEDGER, upto[1], moved).assign(brought_forward=False),
        nothing,
        ledger(ledgers.DEPOSIT_LEDGER, upto[0], money),
        ledger(ledgers.CHARGES, (), moved),
        ledger(ledgers.PENALTIES, (), moved),
        opening=None,
        why="没有上月的对帐单",
        parts_why="",
        found=frozenset({"配件流水", "押金流水"}),
        closed_closing=closing,
        unposted=unposted,
        first_month=masters.first_day(first),
    )
    setup = from_sheet(table_of(catalogue.PARAMETERS, ()).frame.assign(row=0), as_of)
    return settle(books, MASTERS, Month(masters.first_day(month), as_of), setup, REPAIRS)


def year(deposits: Sequence[Row], parts: Sequence[Row], months: int) -> list[Accounts]:
    made: list[Accounts] = []
    for month in MONTHS[:months]:
        made.append(settled(deposits, parts, month, made))
    return made


# --- what must agree --------------------------------------------------------------------------


def whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def check(
    made: Accounts, deposits: Sequence[Row], parts: Sequence[Row], month: str, already: set[str]
) -> None:
    deposits, parts = (
        [row for row in rows if row["entered"] <= month] for rows in (deposits, parts)
    )
    stocks, frozen, refused_parts = oracle.parts(parts, COMPANY, month)
    standing = [row for row in parts if row["id"] not in refused_parts]
    first = min((row["entered"] for row in (*deposits, *parts)), default=month)
    books, refused = oracle.deposits(deposits, COMPANY, month, standing, first)
    refused |= refused_parts
    heard_of = {
        COMPANY.agent(row["account"])
        for row in (*deposits, *parts)
        if row["id"] not in refused and f"{row['date']}"[:7] <= month
    }

    # which rows are 未入账, and why
    place = {}
    for name, rows in (("押金流水", deposits), ("配件流水", parts)):
        for other in MONTHS:
            own = [row for row in rows if row["entered"] == other]
            place |= {row["id"]: (other, name, n) for n, row in enumerate(own, start=2)}
    codes: dict[tuple[str, str, int], set[str]] = {}
    for finding in made.findings:
        if finding.row and finding.unposted:
            codes.setdefault((month, finding.sheet, finding.row), set()).add(finding.code)
    expected = {place[key]: code for key, code in refused.items() if place[key][0] == month}
    assert codes.keys() == expected.keys(), (codes, expected)
    for key, code in expected.items():
        assert code in codes[key], (key, code, codes[key])

    # balances
    table = made.agents.set_index("agent_code")
    for agent, row in table.iterrows():
        account = books.get(str(agent))
        held = [b for (outlet, _), s in stocks.items() for b in s.batches if b.agent == agent]
        assert whole(row["used"]) == oracle.worth(held), agent
        assert whole(row["frozen"]) == frozen.get(str(agent), 0), agent
        if account is None or agent not in heard_of:
            continue
        shown = {
            kind: whole(row[name])
            for name, kind in zip(
                ("taken", "given_back", "charged", "overdue", "penalty"),
                oracle.DEPOSIT_SIGN,
                strict=True,
            )
        }
        assert (whole(row["opening"]), shown, whole(row["closing"])) == (
            account.opening,
            account.of_kind,
            account.closing,
        ), agent
        amounts = row[["closing", "credit", "used", "frozen"]]
        if amounts.notna().all():
            assert row["available"] + row["frozen"] + row["used"] == row["closing"] + row["credit"]
        else:
            assert pd.isna(row["available"])
    assert heard_of <= set(table.index)

    # parts in field
    lines = made.parts.set_index(["outlet_code", "part_code"])
    for key, stock in stocks.items():
        names = ("issued", "consumed", "sold", "sent_back", "written_off")
        if key not in lines.index:
            assert not (
                stock.opening
                or stock.in_field
                or any(n for kind, n in stock.of_kind.items() if kind != "旧件返还")
            ), key
            continue
        line = lines.loc[key]
        assert whole(line["opening"]) == stock.opening, key
        assert [whole(line[name]) for name in names] == [
            stock.of_kind[kind] for kind in ("发放", "核销", "保外领用", "新件退库", "报损")
        ], key
        assert (whole(line["in_field"]), whole(line["used"])) == (stock.in_field, stock.worth), key
    assert set(lines.index) <= set(stocks)


CALM = settings(
    deadline=None,
    max_examples=60,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
DEPOSITS = st.lists(MONEY_ROW, max_size=25)
PARTS = st.lists(PARTS_ROW, max_size=25)


@CALM
@given(DEPOSITS, PARTS, st.integers(1, 3))
def test_every_closing_is_what_pencil_and_paper_say(
    drawn_deposits: list[Row], drawn_parts: list[Row], months: int
) -> None:
    deposits = entered(drawn_deposits, "YJ", months)
    parts = entered(drawn_parts, "PL", months)
    for month, made in zip(MONTHS, year(deposits, parts, months), strict=False):
        check(made, deposits, parts, month, set())


def typed(spec_row: Row, *rows: Row) -> list[Row]:
    """Rows of March, each by what differs from ``spec_row``."""
    return [
        {"id": f"{n}", "entered": "2026-03", "reverses": None, **spec_row, **row}
        for n, row in enumerate(rows)
    ]


ONE = {"account": "WD001", "part": "PJ001", "price": 4000, "slip": "WX0", "batch": None}


def day(of: int) -> dt.date:
    return dt.date(2026, 3, of)


def test_a_reversal_that_was_refused_may_be_entered_again() -> None:
    """The batch was used when it was first taken back, and is whole again afterwards."""
    parts = typed(
        ONE,
        {"number": "P1", "date": day(1), "kind": "发放", "size": 5},
        {"number": "P2", "date": day(2), "kind": "核销", "size": 3},
        {"number": "P3", "date": day(3), "kind": "红冲", "size": 5, "reverses": "P1"},
        {"number": "P4", "date": day(4), "kind": "红冲", "size": 3, "reverses": "P2"},
        {"number": "P5", "date": day(5), "kind": "红冲", "size": 5, "reverses": "P1"},
    )
    made = settled([], parts, "2026-03")
    assert [(f.code, f.row) for f in made.unposted] == [("R403", 4)]
    check(made, [], parts, "2026-03", set())


def test_a_number_counts_as_used_by_a_row_that_is_refused() -> None:
    parts = typed(
        ONE,
        {"number": "P1", "date": day(1), "kind": "核销", "size": 1, "slip": "WX9"},
        {"number": "P1", "date": day(2), "kind": "发放", "size": 1},
    )
    made = settled([], parts, "2026-03")
    assert [(f.code, f.row) for f in made.unposted] == [("R404", 2), ("R509", 3)]


def test_a_part_sold_without_a_slip_is_returned() -> None:
    parts = typed(
        ONE,
        {"number": "P1", "date": day(1), "kind": "发放", "size": 2},
        {"number": "P2", "date": day(2), "kind": "保外领用", "size": 1, "slip": None},
    )
    made = settled([], parts, "2026-03")
    assert [(f.code, f.row) for f in made.unposted] == [("R001", 3)]
    check(made, [], parts, "2026-03", set())


@settings(CALM, max_examples=15)
@given(DEPOSITS, PARTS)
def test_the_order_of_the_sheet_matters_within_a_day_only(
    drawn_deposits: list[Row], drawn_parts: list[Row]
) -> None:
    ends = []
    deposits = entered([{**row, "fault": None} for row in drawn_deposits], "YJ", 1)
    parts = entered([{**row, "fault": None} for row in drawn_parts], "PL", 1)
    for key in ("entered", "date"):
        rows = (sorted(rows, key=lambda row: row[key]) for rows in (deposits, parts))
        made = settled(*rows, "2026-03")
        ends.append((made.agents.drop(columns=["reasons"]), made.parts))
    for one, other in zip(*ends, strict=True):
        pd.testing.assert_frame_equal(one, other)


@settings(CALM, max_examples=15)
@given(DEPOSITS, PARTS)
def test_a_month_split_in_two_ends_the_same(
    drawn_deposits: list[Row], drawn_parts: list[Row]
) -> None:
    """April by its own ledger after March was closed, and both in the ledger of March."""
    deposits, parts = (
        [row for row in entered(drawn, name, 2) if f"{row['date']}"[:7] == row["entered"]]
        for drawn, name in ((drawn_deposits, "YJ"), (drawn_parts, "PL"))
    )
    # what was used in a closed month is not asked for its slip again
    parts = [
        row
        for row in parts
        if row["kind"] != "核销" or (row["account"], row["slip"], row["part"]) in SLIPS
    ]
    apart = year(deposits, parts, 2)[-1].agents.set_index("agent_code")
    joint = [[{**row, "entered": "2026-03"} for row in rows] for rows in (deposits, parts)]
    once = settled(*joint, "2026-04").agents.set_index("agent_code")
    for name in ("closing", "used", "frozen"):
        both = pd.concat([apart[name], once[name]], axis=1, join="inner").dropna()
        known = both[both.iloc[:, 0].notna()]
        assert known.iloc[:, 0].tolist() == known.iloc[:, 1].tolist()

"""A year of twelve closings ends with every balance equal to the generator's truth, to the fen.

In CI with 200 agents and 40,000 movements, else with a smaller year that has every fault too.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from addin import udfs
from addin.actions import known
from addin.actions.accounts import Accounts
from addin.actions.close import Wishes
from addin.actions.ledgers import LOCK
from addin.actions.reconcile import reconcile
from addin.rules.rule import STATEMENT
from addin.tables import catalogue
from workbooks.generate_accounts import generate

SIZE = {"agents": 200, "movements": 40_000} if os.environ.get("CI") else {
    "agents": 24, "movements": 3_000,
}  # fmt: skip
UNLISTED = {"DL999X", "WD999X"}
"""Codes of faults that no master has. Each keeps an account here, which the truth has not."""
NOT_RETURNED = {"return_due", "returned", "outstanding"}
"""Blank, not 0, of a part whose old one need not come back."""
AT = dt.datetime(2026, 5, 6, 9)

Truth = dict[str, Any]
Month = tuple[Truth, Accounts]


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    out = generate(tmp_path_factory.mktemp("year"), months=12, **SIZE)
    told: Truth = json.loads((out / "真值_账户.json").read_text("utf-8"))
    return {**told, "folder": out}


@pytest.fixture(scope="module")
def year(truth: Truth) -> list[Month]:
    """Each month reconciled and closed in its turn."""
    months = []
    for month in truth["months"]:
        folder: Path = truth["folder"] / month["month"]
        wishes = Wishes(as_of=month["as_of"], progress=lambda words: None)
        months.append((month, reconcile(folder, wishes, at=AT).accounts))
        lock = folder / LOCK
        lock.parent.mkdir(exist_ok=True)
        lock.write_text("已月结", "utf-8")
    return months


def figure(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def test_every_agent_ends_every_month_at_the_true_balance(year: list[Month]) -> None:
    for month, accounts in year:
        ours = accounts.agents.set_index("agent_code")
        assert set(ours.index) - UNLISTED == {line["agent_code"] for line in month["agents"]}
        for line in month["agents"]:
            agent = line["agent_code"]
            told = {name: figure(ours.at[agent, name]) for name in line if name != "agent_code"}
            assert told == {n: v for n, v in line.items() if n != "agent_code"}, month["month"]


def test_every_outlet_holds_of_every_part_what_is_true(year: list[Month]) -> None:
    for month, accounts in year:
        ours = accounts.parts.set_index(["outlet_code", "part_code"])
        for line in month["parts"]:
            key = line["outlet_code"], line["part_code"]
            figures = {n: v for n, v in line.items() if not n.endswith("_code")}
            if key not in ours.index:
                assert not any(figures[n] for n in figures if n not in NOT_RETURNED), line
                continue
            for name, value in figures.items():
                blank = name in NOT_RETURNED and not value
                assert figure(ours.at[key, name]) in ({value, None} if blank else {value}), line


def test_each_seeded_fault_is_told_at_its_row_and_nothing_else_is(
    truth: Truth, year: list[Month]
) -> None:
    for month, accounts in year:
        name = month["month"]
        seeded = [f for f in (*truth["faults"], *truth["states"]) if f["month"] == name]
        rows = [f for f in seeded if f.get("row")]
        without_code = {(f["workbook"], f["row"]) for f in rows if not f["code"]}
        told = [f for f in accounts.findings if f.row and f.kind != STATEMENT]
        assert without_code <= {(f.workbook, f.row) for f in told}
        ours = Counter(
            (f.code, f.workbook, f.sheet, f.row, str(f.verdict))
            for f in told
            if (f.workbook, f.row) not in without_code and f.agent_code not in UNLISTED
        )
        true = Counter(
            (f["code"], f["workbook"], f["sheet"], f["row"], f["verdict"])
            for f in rows
            if f["code"]
        )
        assert (ours - true, true - ours) == (Counter(), Counter()), name


def test_what_the_statement_says_of_an_account_is_true(truth: Truth, year: list[Month]) -> None:
    for month, accounts in year:
        seeded = [s for s in truth["states"] if s["month"] == month["month"] and not s.get("row")]
        ours = Counter(
            (f.code, f.agent_code)
            for f in accounts.findings
            if f.kind == STATEMENT and f.agent_code not in UNLISTED
        )
        assert ours == Counter((s["code"], s["agent_code"]) for s in seeded), month["month"]


def test_refused_rows_are_unposted_and_doubtful_accounts_are_marked(
    truth: Truth, year: list[Month]
) -> None:
    for month, accounts in year:
        name = month["month"]
        refused = {
            (f["workbook"], f["row"])
            for f in truth["faults"]
            if f["month"] == name and f["posted"] is False and "清单" not in f["workbook"]
        }
        assert {(f.workbook, f.row) for f in accounts.unposted} == refused
        verdict = accounts.agents.set_index("agent_code")["verdict"]
        marked = {line["agent_code"] for line in truth["marked"] if line["month"] == name}
        assert set(verdict[verdict.index.isin(marked)]) <= {"待查", "无法判断"}


def test_cell_formulas_beside_the_ledgers_say_what_the_statement_says(
    truth: Truth, year: list[Month]
) -> None:
    month, accounts = year[-1]
    agents = accounts.agents[accounts.agents["available"].notna()]
    agents = agents[~agents["agent_code"].isin(UNLISTED)]
    priced = accounts.masters[catalogue.PARTS]["part_code"]
    held = accounts.parts[accounts.parts["part_code"].isin(priced)]
    held = held[~held["outlet_code"].isin(UNLISTED)]

    def column(values: pd.Series) -> list[list[Any]]:
        return [[value] for value in values.tolist()]

    def until(rows: pd.DataFrame) -> list[list[dt.datetime]]:
        return [[accounts.until.to_pydatetime()] for _ in range(len(rows))]

    token = known.folder.set(truth["folder"] / month["month"] / "录入")
    try:
        codes = column(agents["agent_code"])
        assert udfs.settle_deposit(codes, until(agents)) == column(agents["closing"] / 100)
        free = udfs.settle_deposit_available(codes, until(agents))
        assert free == column(agents["available"] / 100)
        outlets, codes = column(held["outlet_code"]), column(held["part_code"])
        assert udfs.settle_parts(outlets, codes, until(held)) == column(held["in_field"])
    finally:
        known.folder.reset(token)
        known.forget()


def test_totals_of_the_last_month_are_true_and_the_papers_agree(year: list[Month]) -> None:
    month, accounts = year[-1]
    (total,) = month["total"]
    listed = accounts.agents[~accounts.agents["agent_code"].isin(UNLISTED)]
    known = {name: value for name, value in total.items() if value is not None}
    assert known == {name: int(listed[name].sum()) for name in known}
    assert [found for _, accounts in year for found in accounts.differences] == []


def test_the_trend_says_of_each_month_what_its_statement_said(year: list[Month]) -> None:
    *_, (_, last) = year
    told = last.trend.set_index("month")[["closing", "used"]]
    said = {a.month.period: a.agents[["closing", "used"]].sum() for _, a in year}
    assert told.to_dict("index") == {month: sums.to_dict() for month, sums in said.items()}

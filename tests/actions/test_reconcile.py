"""settle reconcile: a month's folder with ledgers becomes its papers, and what is said of them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from addin.actions import account_answer
from addin.actions.close import Wishes
from addin.actions.reconcile import Reconciled, reconcile
from addin.errors import BadInput
from tests.actions.agent_month import issued, write_agent_month, write_ledger

QUIET = Wishes(as_of="2026-04-02", progress=lambda words: None)
AT = dt.datetime(2026, 4, 2, 9)
STATEMENT = "全国各代理商配件押金对帐单_2026-03.xlsx"
PAPERS = {
    "保外配件收费清单_2026Q1.xlsx", STATEMENT, "对账问题清单_2026-03.xlsx",
    "年月配件对账单_2026-03.xlsx", "押金看板_2026-03.xlsx",
}  # fmt: skip


def entry(number: int, day: int, kind: str, yuan: float, **cells: Any) -> dict[str, Any]:
    fixed = {"流水号": f"YJ{number:04}", "日期": dt.date(2026, 3, day), "类型": kind,
             "代理商编码": "DL001", "金额": yuan}  # fmt: skip
    return {**fixed, **cells}


DEPOSITS = [
    entry(1, 1, "收取", 5000, 依据单号="期初"),
    entry(2, 5, "收取", 1000),
    entry(3, 20, "处罚扣款", 50),
    entry(4, 21, "退还", 9000),
]
LEDGER = [
    issued(1, 1, 数量=5, 押金单价=120),
    issued(2, 10, 数量=5, 押金单价=130),
    issued(3, 25, 类型="新件退库", 数量=6),
    issued(4, 26, 类型="报损", 数量=9),
]


@pytest.fixture
def month(tmp_path: Path) -> Path:
    return write_agent_month(tmp_path / "月" / "2026-03", LEDGER, DEPOSITS)


def run(month: Path, **more: Any) -> Reconciled:
    return reconcile(month, QUIET, at=AT, **more)


def line(path: Path, agent: str) -> dict[str, Any]:
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    headers = [cell.value for cell in sheet[3]]
    rows = (dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(4, values_only=True))
    return next(row for row in rows if row["代理商编码"] == agent)


def test_the_papers_stand_in_the_folder_with_true_figures(month: Path) -> None:
    result = run(month)
    assert {path.name for path in result.written} == PAPERS
    told = line(month / "输出" / STATEMENT, "DL001")
    figures = [told[name] for name in ("期初余额", "本期收取", "处罚扣款", "期末余额", "配件占用")]
    assert figures == [
        5000,
        1000,
        50,
        5950,
        520,
    ]  # what is left when six of 5×120 and 5×130 went back
    assert told["核对结果"] == "待查"
    assert told["问题代码"] == "R403;R505;R508"


def test_refused_rows_are_told_and_count_in_no_balance(month: Path) -> None:
    result = run(month)
    assert [(f.workbook, f.row, f.code) for f in result.accounts.unposted] == [
        ("押金流水.xlsx", 5, "R508"), ("配件流水.xlsx", 5, "R403"),
    ]  # fmt: skip
    lines = list(account_answer.told(result))
    assert "未入账 2 行,不进任何余额:" in lines
    assert any("退还9000.00超过余额5950.00" in told for told in lines)
    assert result.needs_a_person


def test_a_second_run_changes_nothing(month: Path) -> None:
    run(month)
    before = {path.name: path.read_bytes() for path in (month / "输出").iterdir()}
    result = run(month)
    assert {path.name: path.read_bytes() for path in (month / "输出").iterdir()} == before
    assert "押金对帐单:没有变动" in list(account_answer.told(result))


def test_a_new_entry_is_told_with_its_number(month: Path) -> None:
    run(month)
    write_ledger(month, "押金流水", [*DEPOSITS[:3], entry(5, 30, "收取", 200)])
    result = run(month)
    assert result.refreshed is not None
    changed = {change.column: change for change in result.refreshed.changes}
    assert (changed["本期收取"].old, changed["本期收取"].new) == (1000_00, 1200_00)
    assert changed["期末余额"].entry_nos == ("YJ0005",)
    assert "  期末余额合计 5950.00 → 6150.00" in list(account_answer.told(result))


def test_a_statement_of_the_clerks_own_is_refreshed_and_no_second_one_made(month: Path) -> None:
    run(month)
    (month / "输出" / STATEMENT).rename(month / "输出" / "三月押金对账单(张三).xlsx")
    write_ledger(month, "押金流水", DEPOSITS[:2])
    run(month)
    assert not (month / "输出" / STATEMENT).exists()
    assert line(month / "输出" / "三月押金对账单(张三).xlsx", "DL001")["期末余额"] == 6000


def test_the_json_says_the_same_in_fen(month: Path) -> None:
    told = json.loads(json.dumps(account_answer.as_json(run(month))))
    assert told["schema"] == 1 and told["month"] == "2026-03"
    (agent,) = [agent for agent in told["agents"] if agent["agent_code"] == "DL001"]
    assert (agent["closing"], agent["used"], agent["verdict"]) == (595000, 52000, "待查")
    assert {f["code"] for f in told["findings"] if f["unposted"]} == {"R403", "R508"}


def test_statements_of_the_agents_come_on_demand(month: Path) -> None:
    result = run(month, statements=True)
    names = {path.name for path in result.written} - PAPERS
    assert names == {"DL001_青禾商贸_2026-03.xlsx"}


def test_a_closed_month_is_written_elsewhere_only(month: Path, tmp_path: Path) -> None:
    run(month)
    (month / "存档").mkdir()
    (month / "存档" / "锁定.txt").touch()
    before = {path.name: path.read_bytes() for path in (month / "输出").iterdir()}
    with pytest.raises(BadInput, match="已锁定"):
        run(month)
    assert {path.name: path.read_bytes() for path in (month / "输出").iterdir()} == before
    elsewhere = replace(QUIET, out=tmp_path / "再看一遍")
    assert len(reconcile(month, elsewhere, at=AT).written) == len(PAPERS)


def test_a_folder_without_ledgers_says_so_and_nothing_is_written(month: Path) -> None:
    for path in (month / "录入").glob("*流水.xlsx"):
        path.unlink()
    with pytest.raises(BadInput, match="没有配件流水、旧件返还、押金流水"):
        run(month)
    assert not list((month / "输出").glob("*.xlsx"))

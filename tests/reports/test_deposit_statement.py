"""The statement of deposits as it is made from its template, before a clerk has touched it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import xlwings as xw

from addin.reports import deposit_statement
from addin.reports.deposit_statement import BALANCES, CHANGES, LAYOUT, statement
from addin.reports.fill import fill, places
from addin.reports.layout import Layout

HEADERS = LAYOUT.sheet.headers


def agent(code: str, **known: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(BALANCES, 0)
    return {"agent_code": code, "agent_name": f"{code}商贸", "verdict": "通过", **nothing, **known}


def agents(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows).astype(dict.fromkeys(BALANCES, "Int64"))


def filled(book: xw.Book, rows: pd.DataFrame) -> xw.Sheet:
    fill(book, LAYOUT, statement(rows), period="2026-03", as_of=dt.date(2026, 4, 1))
    return book.sheets[0]


def column(header: str) -> int:
    return HEADERS.index(header)


def test_agents_stand_by_code_and_are_numbered(blank: Callable[[Layout], xw.Book]) -> None:
    sheet = filled(blank(LAYOUT), agents(agent("DL002"), agent("DL001")))
    assert sheet["A4:B6"].value == [[1, "DL001"], [2, "DL002"], ["合计", None]]


def test_a_balance_that_nobody_can_tell_is_blank_and_in_no_total(
    blank: Callable[[Layout], xw.Book],
) -> None:
    book = blank(LAYOUT)
    known, unknown = agent("DL001", closing=5650_00), agent("DL002", opening=pd.NA, closing=pd.NA)
    sheet = filled(book, agents(known, unknown))
    at = column("期末余额")
    assert [cell.value for cell in sheet.range((4, at + 1), (5, at + 1))] == [5650, None]
    assert places(book, LAYOUT)["合计行"].formula[0][at] == "=SUM(K4:K5)"
    assert places(book, LAYOUT)["大写"].value == "伍仟陆佰伍拾元整"


def test_the_difference_answers_to_what_the_clerk_types(blank: Callable[[Layout], xw.Book]) -> None:
    sheet = filled(blank(LAYOUT), agents(agent("DL001"), agent("DL002")))
    at = column("差额") + 1
    assert sheet.range((5, at)).formula == '=IF(S5="","",ROUND(S5-K5,2))'
    assert sheet.range((5, column("代理商余额") + 1)).value is None


def test_the_list_of_changes_lies_behind_it(blank: Callable[[Layout], xw.Book]) -> None:
    book = blank(LAYOUT)
    assert [s.name for s in book.sheets][:2] == [LAYOUT.name, CHANGES.name]
    assert tuple(book.sheets[1]["A1:F1"].value) == CHANGES.headers


def test_every_column_is_told_by_the_ledger_by_the_check_or_by_the_clerk() -> None:
    named = {*BALANCES, *deposit_statement.JUDGED, *deposit_statement.OF_THE_CLERK}
    alone = {"sequence", "agent_code", "agent_name", "province", "difference"}
    assert named | alone == {field.name for field in LAYOUT.sheet.fields}

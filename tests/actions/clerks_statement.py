"""A statement of deposits as a clerk has made it her own, and accounts to refresh it with."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from addin.domain.deposits import EFFECT
from addin.reports.deposit_statement import BALANCES

SHEET, FILE = "押金对账单", "押金对账单.xlsx"
HEADERS = (
    "联系人", "代理商编码", "代理商名称", "期初余额", "本期收取", "本期退还", "保外扣款",
    "逾期未返扣款", "处罚扣款", "期末余额", "配件占用", "发出日期", "代理商余额", "差额",
    "核对结果", "备注",
)  # fmt: skip
FIRST = 5  # row of the first agent

NOTHING: Mapping[str, Any] = {
    **dict.fromkeys(BALANCES, 0), "verdict": "通过", "codes": "", "reasons": "",
}  # fmt: skip


def account(code: str, **figures: Any) -> dict[str, Any]:
    """An agent's figures in 分; 期末余额 and 可用押金 follow from the others unless given."""
    known = {
        **NOTHING,
        "agent_code": code,
        "agent_name": f"{code}商贸",
        "province": "甲省",
        **figures,
    }
    if "closing" not in figures:
        known["closing"] = (
            known["opening"]
            + known["taken"]
            - sum(known[name] for name in ("given_back", "charged", "overdue", "penalty"))
        )
    if "available" not in figures:
        known["available"] = known["closing"] + known["credit"] - known["used"] - known["frozen"]
    return known


def accounts(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows).astype(dict.fromkeys(BALANCES, "Int64"))


def entries(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """押金流水 as posted: 流水号, agent, kind, 分."""
    posted = [
        {"entry_no": number, "agent_code": agent, "kind": kind, "amount": amount,
         "effect": amount * EFFECT[kind], "refusal": None}
        for number, agent, kind, amount in rows
    ]  # fmt: skip
    columns = ["entry_no", "agent_code", "kind", "amount", "effect", "refusal"]
    return pd.DataFrame(posted, columns=columns)


Line = Mapping[str, Any]


def line(code: str, **cells: Any) -> Line:
    """What a row of the sheet says, in yuan, by header."""
    nothing = dict.fromkeys(HEADERS[3:11], 0)
    said = {"联系人": f"{code}的联系人", "代理商编码": code, "代理商名称": f"{code}(老客户)"}
    return {**said, **nothing, **cells}


def write_statement(
    path: Path,
    lines: Sequence[Line],
    *,
    headers: Sequence[str] = HEADERS,
    total: bool = True,
    sheet: str = SHEET,
) -> Path:
    """Title, note, a blank row, headers, agents, 合计, and the clerk's remarks below."""
    book = openpyxl.Workbook()
    made = book.active
    assert isinstance(made, Worksheet)
    made.title = sheet
    made["A1"] = "2026年3月押金对账"
    made["A1"].font = Font(bold=True, size=18)
    made.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(headers))
    made.append(["单位:元"])
    for column, header in enumerate(headers, start=1):
        made.cell(FIRST - 1, column, header).fill = PatternFill("solid", fgColor="FFF2CC")
    for row, said in enumerate(lines, start=FIRST):
        made.row_dimensions[row].height = 24
        for column, header in enumerate(headers, start=1):
            cell = made.cell(row, column, said.get(header))
            cell.alignment = Alignment(vertical="center")
            if header in HEADERS[3:11] or header in ("代理商余额", "差额"):
                cell.number_format = "#,##0.00;[Red]-#,##0.00"
    last = FIRST + len(lines) - 1
    if total:
        made.cell(last + 1, 1, "合计").font = Font(bold=True)
        for header in ("期初余额", "期末余额"):
            if header in headers:
                letter = openpyxl.utils.get_column_letter(headers.index(header) + 1)
                made[f"{letter}{last + 1}"] = f"=SUM({letter}{FIRST}:{letter}{last})"
    made.cell(last + 3, 1, "注:余额不符请来电")
    book.save(path)
    return path


def store_result(path: Path, cell: str, result: float, *, since_written: bool = False) -> None:
    """As if a spreadsheet program had calculated the formula in ``cell`` and saved; then another
    has written in the file ``since_written``, and left the calculating to who opens it next."""
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    formula = rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v ?(?:/>|></v>)'.encode()
    parts[part], found = re.subn(formula, rb"\g<1><v>%f</v>" % result, parts[part])
    assert found == 1
    if not since_written:
        book = parts["xl/workbook.xml"]
        parts["xl/workbook.xml"] = book.replace(b' fullCalcOnLoad="1"', b"")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)


AT = dt.datetime(2026, 4, 2, 9, 30)

"""A month with ledgers and lists that agents have sent back; everything in it is invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from tests.actions.small_month import MASTERS, put, write_masters

SINCE = dt.date(2020, 1, 1)
OUTLETS = [
    {"网点编码": "WD001", "网点名称": "青禾一店", "代理商编码": "DL001", "代理商名称": "青禾商贸"},
    {"网点编码": "WD002", "网点名称": "青禾二店", "代理商编码": "DL001", "代理商名称": "青禾商贸"},
    {"网点编码": "WD003", "网点名称": "湖滨电器行"},
]
MAY_CONFIRM = [
    {"角色": "结算员", "姓名": "张三", "生效日期": SINCE},
    {"角色": "结算员", "姓名": "旧人", "生效日期": SINCE, "失效日期": dt.date(2021, 1, 1)},
]
LIST = ["日期", "单据号", "配件编码", "配件名称", "数量", "单价", "金额"]
Line = Mapping[str, Any]


def issued(number: int, day: int, **cells: Any) -> Line:
    """A line of 配件流水: one heating tube for 60.00."""
    fixed = {"流水号": f"PL{number:04}", "业务日期": dt.date(2026, 3, day), "类型": "发放",
             "网点编码": "WD001", "配件编码": "PJ001", "数量": 1, "押金单价": 60,
             "单据号": f"FH{number:03}"}  # fmt: skip
    return {**fixed, **cells}


def case_08(cases: Path) -> tuple[list[Line], list[list[Any]]]:
    """Our side as a ledger, theirs as its sheet says."""
    book = CalamineWorkbook.from_path(cases / "08-one-to-many.xlsx")
    (_, *ours), theirs = (book.get_sheet_by_name(name).to_python() for name in ("我方", "对方"))
    ledger = [
        issued(n, day.day, 单据号=no, 配件编码=part, 配件名称=name, 数量=count, 押金单价=price,
               金额=amount)
        for n, (day, no, part, name, count, price, amount) in enumerate(ours, start=1)
    ]  # fmt: skip
    return ledger, theirs


def write_rows(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def write_agent_month(folder: Path, ledger: Sequence[Line], deposits: Sequence[Line] = ()) -> Path:
    """``folder`` is the month's; masters with two agents and who may confirm lie one level up."""
    (folder / "录入" / "回单").mkdir(parents=True)
    write_masters(folder / MASTERS)
    book = openpyxl.load_workbook(folder / MASTERS)
    for name, lines in (("网点档案", OUTLETS), ("签字权限", MAY_CONFIRM)):
        sheet = book[name]
        sheet.delete_rows(2, sheet.max_row)
        headers = [cell.value for cell in sheet[1]]
        for line in lines:
            sheet.append([line.get(str(header)) for header in headers])
    book.save(folder / MASTERS)
    for name, lines in (("配件流水", ledger), ("押金流水", deposits)):
        if lines:
            write_ledger(folder, name, lines)
    return folder


def write_ledger(folder: Path, name: str, lines: Sequence[Line]) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = name
    put(book.worksheets[0], dict.fromkeys(h for line in lines for h in line), lines)
    book.save(folder / "录入" / f"{name}.xlsx")

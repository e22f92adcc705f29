"""放行: one code of one flagged slip is let pass, with a reason and by one who may."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pandas as pd

from addin.actions import company
from addin.actions.explain import position
from addin.actions.mark import mark, own_columns
from addin.actions.opened import opened
from addin.desk import Cancelled, Desk
from addin.domain import values
from addin.errors import BadInput
from addin.tables import catalogue

CODE, AMOUNT = re.compile(r"R\d{3}"), re.compile(r"金额([\d,.]+)")


class Wish(NamedTuple):
    """What the clerk has written in one line: ``R108 已电话核实用户 张三 金额50``."""

    code: str
    reason: str
    by: str
    amount: int | None


def waive(desk: Desk) -> str:
    """Adds a line to 放行记录; the whole book is judged anew, and the marked sheets marked."""
    book = opened(desk)
    table = book.table(desk.sheet)
    row = desk.selection.row
    if row not in table.rows:
        raise BadInput("选中的不是单据行", "请选中要放行的那一行的任意一格", sheet=table.sheet)
    noticed = list(book.company.notices)
    before = company.judge_entries([book.entry], book.company, desk.progress)
    i, at = position(before, table, row)
    codes = [c for c in str(before.verdicts["codes"].iat[i]).split(";") if CODE.fullmatch(c)]
    if not codes:
        raise BadInput("这一行没有可以放行的问题", "请选中有问题代码的行", row=row)
    known = book.company
    names = list(dict.fromkeys(known.masters[catalogue.AUTHORITY]["name"].dropna()))
    told = str(before.verdicts["reasons"].iat[i])
    answer = desk.ask(_question(row, codes, told, names))
    if not (answer or "").strip():
        raise Cancelled
    wish = understood(answer or "", codes, names)
    book.entry.added.append(
        {
            "workbook": table.workbook, "sheet": table.sheet, "row": row,
            "slip_no": table.frame["slip_no"].iloc[at], "waive_code": wish.code,
            "waive_reason": wish.reason, "waived_by": wish.by,
            "waive_amount": pd.NA if wish.amount is None else wish.amount,
            "waive_date": known.month.as_of, "state": "有效", "unreadable_amount": False,
        }
    )  # fmt: skip
    known.notices[:] = noticed  # what the first look has added is told again
    judged = company.judge_entries([book.entry], known, desk.progress)
    if f"{wish.code}(放行)" not in str(judged.verdicts["codes"].iat[i]).split(";"):
        refused = next(
            (n.text for n in judged.notices if n.code == wish.code and n.row == row), "不能放行"
        )
        raise BadInput(refused, "请改正后再放行", sheet=table.sheet, row=row)
    marked = [
        t for t in book.entry.tables if t is table or own_columns(desk.book.sheets[t.sheet], t)
    ]
    mark(desk.book, marked, judged, book.entry.added)
    return f"第{row}行已放行{wish.code}({wish.by}),现在是{judged.verdicts['verdict'].iat[i]}"


def _question(row: int, codes: list[str], told: str, names: list[str]) -> str:
    example = " ".join(
        [
            *(codes[:1] if len(codes) > 1 else []),
            "已电话核实用户",
            *(names[:1] if len(names) != 1 else []),
        ]
    )
    return (
        f"第{row}行:{told}\n代码:{'、'.join(codes)}。签字权限:{'、'.join(names) or '(空白)'}。\n"
        f"请写放行原因(至少4个字),用空格分开,例如:{example}\n只放行一部分时加“金额50”。"
    )


def understood(answer: str, codes: list[str], names: list[str]) -> Wish:
    """Code and person may be left out where there is only one."""
    pieces = answer.split()
    code = next((p.upper() for p in pieces if CODE.fullmatch(p.upper())), None)
    by = next((p for p in pieces if p in names), None)
    amount = next((m for p in pieces if (m := AMOUNT.fullmatch(p))), None)
    taken = {code, by, amount and amount[0]}
    reason = " ".join(p for p in pieces if p not in taken and p.upper() not in taken)
    if code is None and len(codes) > 1:
        raise BadInput("没有写放行哪个代码", f"请在{'、'.join(codes)}中写一个")
    if by is None and len(names) != 1:
        raise BadInput(
            "没有写放行人", f"请写“签字权限”表里的一个姓名:{'、'.join(names) or '表是空的'}"
        )
    fen = values.read_money(amount[1]) if amount else None
    if amount and not isinstance(fen, int):
        raise BadInput(f"放行金额“{amount[1]}”无法识别", "请写成金额50")
    code = code or codes[0]
    if code not in codes:
        raise BadInput(f"这一行没有问题{code}", f"请在{'、'.join(codes)}中写一个")
    found: Any = fen
    return Wish(code, reason, by or names[0], found)

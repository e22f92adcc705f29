"""Writes a year's workbooks: each month another hand, headers and values as people type them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..look import Book
from ..masters import COMPANY
from ..spelling import DATE_TEXTS, MONEY_TEXTS, WIDE, yuan
from .entries import Place

MONEY = frozenset(
    {"押金单价", "金额", "批准金额", "单价", "价格", "总金额", "合计金额", "申报维修费", "申报合计",
     "期初余额", "本期收取", "本期退还", "保外扣款", "逾期未返扣款", "处罚扣款", "期末余额",
     "配件占用", "占用金额", "冻结金额", "授信额度", "可用押金"}
)  # fmt: skip
CODES = frozenset(
    {"流水号", "网点编码", "代理商编码", "配件编码", "维修单号", "批次号", "单据号", "依据单号",
     "红冲流水号", "返还单号", "单号", "机身条码", "更换配件编码", "发票号码", "用户电话"}
)  # fmt: skip
KINDS = {"保外领用": "领用", "新件退库": "退库", "发放": "配件发放", "核销": "配件核销"}
KEEPERS = ("小顾", "小严", "小葛")


@dataclass(frozen=True)
class Hand:
    """How somebody lays a sheet out; ``odd`` is the share of values in an unusual spelling."""

    titles: int
    turn: int
    """By so many columns the order is rotated."""
    headers: Mapping[str, str]
    odd: float
    own_column: str = ""
    total: bool = False
    gap: int = 0
    """A blank row after so many."""


HANDS = (
    Hand(1, 0, {}, 0.0),
    Hand(3, 3, {"金额": "金额(元)", "数量": "数量*", "业务日期": "业务\n日期"}, 0.12, "录入人"),
    Hand(0, 5, {"押金单价": "押金单价(元)", "代理商编码": "网点编码"}, 0.05, total=True, gap=150),
    Hand(2, 0, {"网点编码": "网 点 编 码", "配件编码": "配件编码:", "日期": "日 期"}, 0.2, "页码"),
)


def write_sheet(
    path: Path, name: str, title: str, rows: Sequence[Mapping[str, Any]], hand: Hand, seed: str
) -> list[Place]:
    """One workbook of one sheet; where each row came to stand."""
    book = Book(path)
    sheet = book.sheet(name)
    style = book.style
    headers = list(rows[0])
    turn = hand.turn % len(headers)
    headers = headers[turn:] + headers[:turn]
    shown = [hand.headers.get(header, header) for header in headers]
    own = [hand.own_column] if hand.own_column else []
    typist = random.Random(f"{seed} {path.name}")
    for at, line in enumerate((title, "单位:元", f"{COMPANY} 虚构数据")[: hand.titles]):
        sheet.merge_range(at, 0, at, len(headers) - 1, line, style("subtitle" if at else "title"))
    top = hand.titles
    sheet.write_row(top, 0, shown + own, style("header"))
    sheet.freeze_panes(top + 1, 0)
    sheet.set_column(0, len(headers), 14)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    texts, plain = style("text"), style("plain")
    at, places = top, []
    for number, cells in enumerate(rows):
        at += 1 + (hand.gap > 0 and number > 0 and number % hand.gap == 0)
        places.append(Place(path.name, name, at + 1))
        for column, header in enumerate(headers):
            value = cells[header]
            if value is None:
                sheet.write_blank(at, column, None, plain)
                continue
            if hand.odd and typist.random() < hand.odd:
                value = _odd(header, value, typist)
            if isinstance(value, str):
                sheet.write_string(at, column, value, texts if header in CODES else plain)
            elif isinstance(value, date):
                sheet.write_datetime(at, column, value, style("date"))
            elif header in MONEY:
                sheet.write_number(at, column, value / 100, style("money"))
            else:
                sheet.write_number(at, column, value, plain)
        if own:
            sheet.write_string(at, len(headers), KEEPERS[number % len(KEEPERS)], plain)
    if hand.total:
        sheet.write_string(at + 1, 0, "合计", style("total"))
        sheet.write_string(at + 1, 1, f"{len(rows)}笔", style("total"))
    book.close()
    return places


def _odd(header: str, value: Any, typist: random.Random) -> Any:
    """The same value as some clerk may have typed it, workbooks.md §2."""
    if isinstance(value, date):
        return typist.choice(DATE_TEXTS)(value)
    if header in MONEY:
        amount = yuan(value)
        if value < 0:
            return f"({amount[1:]})"
        return typist.choice(MONEY_TEXTS)(amount)
    if isinstance(value, int):
        return f"{value}个" if typist.random() < 0.5 else str(value).translate(WIDE)
    if header in CODES:
        return typist.choice((str.lower, lambda text: text.translate(WIDE), "{} ".format))(value)
    return KINDS.get(value, value) if header == "类型" else value


def ledger(rows: Iterable[Any]) -> list[Any]:
    """As entered: by the day on which a row posts, then as planned."""
    return sorted(rows, key=lambda row: row.post_day)

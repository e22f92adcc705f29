"""The check of the open workbook: 校验本表, 校验整本, 清除标记, and from problem to problem."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import xlwings as xw

from addin.actions import company
from addin.actions.load import OURS
from addin.actions.mark import mark, own_columns, unmark
from addin.actions.opened import Opened, opened
from addin.desk import Desk
from addin.errors import BadInput
from addin.hosts import read_grid
from addin.rules.verdicts import Verdict
from addin.tables import catalogue, locate
from addin.tables.read import Table, read

ALWAYS_COUNTED = (Verdict.RETURNED, Verdict.PENDING)
COUNTED = (*ALWAYS_COUNTED, Verdict.UNDECIDABLE, Verdict.REFUSED)


def check_sheet(desk: Desk) -> str:
    """The slips of the whole book are judged, so that doubles are seen; of the others' sheets only
    those that were marked before are marked, and 问题清单 speaks of all that are."""
    book = opened(desk)
    in_front = book.table(desk.sheet)
    return _checked(desk, book, [t for t in book.entry.tables if t is in_front or _marked(desk, t)])


def check_book(desk: Desk) -> str:
    book = opened(desk)
    return _checked(desk, book, book.entry.tables)


def _marked(desk: Desk, table: Table) -> bool:
    return bool(own_columns(desk.book.sheets[table.sheet], table))


def _checked(desk: Desk, book: Opened, tables: Sequence[Table]) -> str:
    began = time.perf_counter()
    judged = company.judge_entries([book.entry], book.company, desk.progress)
    desk.progress("写入核对结果")
    mark(desk.book, tables, judged, book.entry.added)
    sheets = {table.sheet for table in tables}
    mine = judged.verdicts["verdict"][judged.slips.frame["sheet"].isin(sheets).to_numpy(bool)]
    told = summary(mine.tolist())
    return f"已核对 {len(mine):,} 行:{told},{time.perf_counter() - began:.1f} 秒"


def summary(verdicts: Sequence[str]) -> str:
    counts = Counter(verdicts)
    return ",".join(f"{v} {counts[v]:,}" for v in COUNTED if v in ALWAYS_COUNTED or counts[v])


def clear(desk: Desk) -> str:
    """Takes off what the check has put there; 放行 and 处理日志 stay."""
    book = opened(desk)
    names = [sheet.name for sheet in desk.book.sheets]
    if catalogue.ISSUES.name not in names and not any(
        _marked(desk, table) for table in book.entry.tables
    ):
        raise BadInput("没有本程序的标记", "本工作簿还没有核对过", workbook=desk.book.name)
    desk.progress("清除标记")
    unmark(desk.book, book.entry.tables)
    return "已清除本程序的核对结果和颜色,放行和处理日志保留"


# --- from problem to problem ------------------------------------------------------------------


class Problem(NamedTuple):
    """Where a line of 问题清单 leads; problems go by sheet, row and column."""

    sheet: int
    row: int
    column: int
    name: str
    words: str


def step(desk: Desk, way: int) -> str:
    """``way`` is 1 for the next problem, -1 for the one before."""
    found = sorted(_problems(desk.book))
    if not found:
        raise BadInput("问题清单里没有问题", "没有要处理的行,可以继续下一步")
    here = desk.sheet.index, desk.selection.row, desk.selection.column
    if way > 0 and desk.sheet.name == catalogue.ISSUES.name:  # from the list to its first line
        here = (0, 0, 0)
    ahead = [p for p in found if (p[:3] > here if way > 0 else p[:3] < here)]
    if not ahead:
        return "后面没有问题了" if way > 0 else "前面没有问题了"
    problem = ahead[0] if way > 0 else ahead[-1]
    desk.go_to(desk.book.sheets[problem.name].range((problem.row, problem.column)))
    return f"问题 {found.index(problem) + 1}/{len(found)}:{problem.words}"


def _problems(book: xw.Book) -> list[Problem]:
    """By cell: several problems of one cell are one stop."""
    places = {sheet.name: sheet.index for sheet in book.sheets}
    if catalogue.ISSUES.name not in places:
        raise BadInput("还没有问题清单", "请先点“校验本表”", workbook=book.name)
    listed = read(
        read_grid(book.sheets[catalogue.ISSUES.name]),
        catalogue.ISSUES,
        workbook=book.name,
        sheet=catalogue.ISSUES.name,
    ).frame
    headers: dict[str, dict[str, int]] = {}
    found: dict[tuple[str, int, int], list[str]] = {}
    for sheet, row, field, code, message in listed[
        ["sheet", "row", "field", "code", "message"]
    ].itertuples(index=False):
        if sheet not in places or row != row or row is None:
            continue
        columns = headers.setdefault(sheet, _headers(book.sheets[sheet]))
        at = sheet, int(row), columns.get(locate.plain_header(field), columns.get("单号", 1))
        found.setdefault(at, []).append(f"{code} {message}")
    return [
        Problem(places[sheet], row, column, sheet, ";".join(words))
        for (sheet, row, column), words in found.items()
    ]


def _headers(sheet: xw.Sheet) -> dict[str, int]:
    """The first column under each header, as the rows above the slips spell it."""
    columns: dict[str, int] = {}
    used = sheet.used_range
    if sheet.name in OURS:
        return columns
    last = used.last_cell.column
    for line in sheet.range((1, 1), (locate.HEADER_ROWS, last)).options(ndim=2).value:
        for column, cell in enumerate(line, start=1):
            if isinstance(cell, str):
                columns.setdefault(locate.plain_header(cell), column)
    return columns

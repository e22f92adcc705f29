"""The edit, and how each library in Python makes it. LibreOffice's way is in uno_client.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.fidelity.package import Package, address, column_letters, elements, place, rows_and_cells

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
TEXTS = tuple(f"标记{i}" for i in range(1, 6))
FILL = "FFE0CC"
NOTE, AUTHOR = "这一行要再看一遍", "结算"
LISTING, LINK = "标记清单", "第1行"


@dataclass(frozen=True)
class Plan:
    """Where the edit goes: the same cells for every library."""

    sheet: str
    row: int
    column: int

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(address(self.row + i, self.column) for i in range(len(TEXTS)))

    @property
    def link(self) -> str:
        return "'{}'!A1".format(self.sheet.replace("'", "''"))


def planned(package: Package) -> Plan:
    """Right of all cells, merges and notes of the first sheet; below them if there is no room."""
    sheet, part = next(iter(package.sheets.items()))
    root = package.tree(part)
    taken = {(r, c) for _, r, cells in rows_and_cells(root) for _, c in cells}
    top = min((r for r, _ in taken), default=1)
    noted = (
        note.get("ref", "")
        for name in package.related(part, "comments")
        for note in elements(package.tree(name), "comment")
    )
    merged = (corner for m in elements(root, "mergeCell") for corner in m.get("ref", "").split(":"))
    taken |= {found for ref in (*noted, *merged) if (found := place(ref))}
    row, column = top, max((c for _, c in taken), default=0) + 1
    if column > MAX_COLUMN:
        row, column = max(r for r, _ in taken) + 1, 1
    if row + len(TEXTS) > MAX_ROW:
        columns = {c for r, c in taken if top <= r < top + len(TEXTS)}
        row, column = top, next(c for c in range(1, MAX_COLUMN) if c not in columns)
    return Plan(sheet, row, column)


# each library: the edit, and four columns into a long table


def ours(source: Path, target: Path, plan: Plan) -> None:
    from addin.hosts import files

    book = files.open_book(source)
    sheet = book.sheets[plan.sheet]
    flags = sheet.range((plan.row, plan.column)).resize(len(TEXTS), 1)
    flags.value = [[text] for text in TEXTS]
    flags.color = f"#{FILL}"
    flags[0, 0].add_note(NOTE)
    listing = book.sheets.add(LISTING, after=book.sheets[-1])
    listing["A1"].add_hyperlink(f"#{plan.link}", LINK)
    book.save(target)


def ours_columns(source: Path, target: Path, left: int, columns: list[list[Any]]) -> None:
    from addin.hosts import files

    book = files.open_book(source)
    rows = [list(row) for row in zip(*columns, strict=True)]
    book.sheets[0].range((1, left)).resize(len(rows), len(columns)).value = rows
    book.save(target)


def openpyxl(source: Path, target: Path, plan: Plan) -> None:
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink

    book = load_workbook(source, keep_vba=source.suffix in (".xlsm", ".xltm"))
    book.template = source.suffix in (".xltx", ".xltm")
    sheet = book[plan.sheet]
    for cell, text in zip(plan.cells, TEXTS, strict=True):
        sheet[cell] = text
        sheet[cell].fill = PatternFill("solid", fgColor=FILL)
    sheet[plan.cells[0]].comment = Comment(NOTE, AUTHOR)
    listing = book.create_sheet(LISTING)
    listing["A1"] = LINK
    listing["A1"].hyperlink = Hyperlink(ref="A1", location=plan.link)
    book.save(target)


def openpyxl_columns(source: Path, target: Path, left: int, columns: list[list[Any]]) -> None:
    from openpyxl import load_workbook

    book = load_workbook(source)
    sheet = book.worksheets[0]
    for j, values in enumerate(columns, left):
        for i, value in enumerate(values, 1):
            sheet.cell(i, j, value)
    book.save(target)


def excelize(source: Path, target: Path, plan: Plan) -> None:
    import excelize as library

    book = library.open_file(str(source))
    fill = library.Style(fill=library.Fill(type="pattern", color=[FILL], pattern=1))
    style = book.new_style(fill)
    for cell, text in zip(plan.cells, TEXTS, strict=True):
        book.set_cell_str(plan.sheet, cell, text)
        book.set_cell_style(plan.sheet, cell, cell, style)
    paragraph = [library.RichTextRun(text=NOTE)]
    note = library.Comment(cell=plan.cells[0], author=AUTHOR, paragraph=paragraph)
    book.add_comment(plan.sheet, note)
    book.new_sheet(LISTING)
    book.set_cell_str(LISTING, "A1", LINK)
    book.set_cell_hyperlink(LISTING, "A1", plan.link, "Location")
    book.save_as(str(target))


def excelize_columns(source: Path, target: Path, left: int, columns: list[list[Any]]) -> None:
    import excelize as library

    book = library.open_file(str(source))
    sheet = book.get_sheet_list()[0]
    for j, values in enumerate(columns, left):
        book.set_sheet_col(sheet, f"{column_letters(j)}1", values)
    book.save_as(str(target))


def flag_columns(rows: int) -> list[list[Any]]:
    """Verdict, code, reason and payable amount, each under its header."""
    cycle = [
        ("应付", None, None, 80.0),
        ("扣减", "R301", "里程超出网点到用户的标准距离", 35.5),
        ("待核实", "R203", "同一条码在三十天内再次报修", None),
    ]
    lines = [("核对结论", "规则编号", "原因", "应付金额"), *(cycle[i % 3] for i in range(rows))]
    return [list(column) for column in zip(*lines, strict=True)]

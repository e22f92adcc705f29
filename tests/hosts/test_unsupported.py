"""What the file host does not do: one clear refusal by name, and nothing is written."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.hosts import files

Feature = Callable[[xw.Sheet], Any]

REFUSED: dict[str, Feature] = {
    "Sheet.charts": lambda sheet: sheet.charts.add(),
    "Sheet.pictures": lambda sheet: sheet.pictures.add("章.png"),
    "Sheet.shapes": lambda sheet: sheet.shapes["章"],
    "Sheet.pivot_tables": lambda sheet: sheet.pivot_tables,
    "Sheet.autofit": lambda sheet: sheet.autofit(),
    "Book.to_pdf": lambda sheet: sheet.book.to_pdf("月结.pdf"),
    "Range.sort": lambda sheet: sheet["A1:B2"].sort(1),
    "Range.remove_duplicates": lambda sheet: sheet["F1:F2"].remove_duplicates(1),
    "Range.move": lambda sheet: sheet["A1"].move(sheet["C1"]),
    "Range.data_validation": lambda sheet: sheet["A1"].data_validation.delete(),
    "Range.conditional_formats": lambda sheet: sheet["A1"].conditional_formats,
    "Range.characters": lambda sheet: sheet["A1"].characters[:1].font,
    "Range.formula_array": lambda sheet: setattr(sheet["A1"], "formula_array", "=1"),
    "Range.current_region": lambda sheet: sheet["A1"].current_region,
    "Range.comment": lambda sheet: sheet["A1"].comment,
    "插入单元格": lambda sheet: sheet["A1"].insert("right"),
    "删除单元格": lambda sheet: sheet["A1"].delete("left"),
    "剪贴板": lambda sheet: sheet["A1"].copy(),
    "copy_from": lambda sheet: sheet["C1"].copy_from(sheet["A1"], transpose=True),
    "自动调整行高列宽": lambda sheet: sheet["A1"].columns.autofit(),
    "AutoFilter.apply_values": lambda sheet: sheet["A1:B2"].autofilter.apply_values(1, ["甲"]),
    "没有标题行的表格": lambda sheet: sheet.tables.add(sheet["A1:B2"], has_headers=False),
    "Table.name": lambda sheet: setattr(sheet.tables["tbl"], "name", "新"),
    "Table.rows": lambda sheet: sheet.tables["tbl"].rows,
    "用密码保存": lambda sheet: sheet.book.save(password="x"),
    "App.run": lambda sheet: sheet.book.macro("宏").run(),
    "另一个工作簿": lambda sheet: sheet.copy(after=files.new_book(Path("他.xlsx")).sheets[0]),
}


@pytest.fixture
def sheet(tmp_path: Path) -> Iterator[xw.Sheet]:
    book = files.new_book(tmp_path / "月结.xlsx")
    sheet = book.sheets[0]
    sheet["A1:B2"].value = [["单号", "金额"], ["AZ1", 80]]
    sheet["D1:E2"].value = [["单号", "金额"], ["AZ1", 80]]
    sheet.tables.add(sheet["D1:E2"], name="tbl")
    sheet["A1"].add_note("批注")
    sheet["A4"].add_hyperlink("https://example.com/a", "链接")
    book.names.add("合计行", "=Sheet1!$A$1")
    book.save()
    yield sheet
    for opened in list(book.app.books):
        opened.close()


@pytest.mark.parametrize("feature", REFUSED)
def test_what_is_not_done_is_refused_by_name_and_nothing_is_written(
    sheet: xw.Sheet, feature: str
) -> None:
    path = Path(sheet.book.fullname)
    before = path.read_bytes()
    with pytest.raises(files.Unsupported) as refused:
        REFUSED[feature](sheet)
    assert str(refused.value).startswith("文件主机不支持：")
    assert feature in refused.value.feature
    sheet.book.save()
    assert path.read_bytes() == before


def test_whatever_can_be_asked_is_answered_or_refused_by_name(sheet: xw.Sheet) -> None:
    book, cell = sheet.book, sheet["A4"]
    things: list[Any] = [
        book.app, book.app.books, book, book.sheets, sheet, sheet.page_setup, sheet.freeze_panes,
        cell, cell.rows, cell.columns, cell.font, cell.borders, cell.borders["edge_top"],
        cell.autofilter, sheet["A1"].note, sheet.tables, sheet.tables["tbl"], book.names,
        book.names["合计行"],
    ]  # fmt: skip
    unclear = []
    for thing in things:
        for name, member in inspect.getmembers_static(type(thing)):
            if isinstance(member, property) and not name.startswith("_"):
                try:
                    getattr(thing, name)
                except files.Unsupported:
                    continue
                except Exception as error:
                    unclear.append(f"{type(thing).__name__}.{name}: {error!r}")
    assert unclear == []

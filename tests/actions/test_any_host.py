"""Actions do not know where the workbook lives: in memory a month closes as it does on disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlwings as xw

from addin.actions import close as closing
from addin.actions import mark
from addin.actions.answer import as_json
from addin.hosts import files, read_grid
from addin.tables import catalogue
from tests.hosts import memory


@pytest.fixture(scope="module")
def month(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample month; what waits to be calculated, which only a file can say, has its result."""
    copy = tmp_path_factory.mktemp("月") / "示例"
    shutil.copytree(root / "workbooks/示例", copy)
    for path in sorted(copy.glob("2026-03/录入/*.xlsx")):
        book = files.open_book(path)
        for sheet in book.sheets:
            for place in sorted(read_grid(sheet).uncalculated):
                sheet.range(place).value = 80
        book.save()
        book.close()
    return copy / "2026-03"


@pytest.fixture(scope="module")
def on_disk(month: Path, tmp_path_factory: pytest.TempPathFactory) -> closing.Outcome:
    return closed(month, tmp_path_factory.mktemp("文件"))


@pytest.fixture(scope="module")
def in_memory(month: Path, tmp_path_factory: pytest.TempPathFactory) -> closing.Outcome:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "open_book", memory.open_book)
        return closed(month, tmp_path_factory.mktemp("内存"))


def closed(month: Path, out: Path) -> closing.Outcome:
    return closing.close(month, closing.Wishes(out=out, progress=lambda words: None))


def content(book: xw.Book) -> dict[tuple[str, int, int], tuple[Any, str]]:
    """Value and formula of every cell that has one; a used range may hold blanks as well."""
    cells = {}
    for sheet in book.sheets:
        used = sheet.used_range
        values, formulas = used.options(ndim=2).value, used.formula
        formulas = formulas if isinstance(formulas, tuple) else ((formulas,),)
        for i, (line, texts) in enumerate(zip(values, formulas, strict=True), start=used.row):
            for j, pair in enumerate(zip(line, texts, strict=True), start=used.column):
                if pair != (None, ""):
                    cells[sheet.name, i, j] = pair
    book.close()
    return cells


def test_the_answer_is_the_same(on_disk: closing.Outcome, in_memory: closing.Outcome) -> None:
    assert as_json(in_memory) == as_json(on_disk)


def test_every_cell_that_was_written_is_the_same(
    on_disk: closing.Outcome, in_memory: closing.Outcome
) -> None:
    for mine, theirs in zip(in_memory.written, on_disk.written, strict=True):
        held, on_file = content(memory.open_book(mine)), content(files.open_book(theirs))
        assert len(held) > 100
        assert [place for place in held | on_file if held.get(place) != on_file.get(place)] == []


def test_a_verdict_has_its_colour(in_memory: closing.Outcome) -> None:
    copy = next(path for path in in_memory.written if path.name.startswith("安装单"))
    book = memory.open_book(copy)
    sheet = book.sheets[catalogue.ISSUES.name]
    at = list(catalogue.ISSUES.headers).index(catalogue.ISSUES["verdict"].header)
    for row in list(sheet.used_range.rows)[1:20]:
        style = mark.VERDICT_STYLES[row[0, at].value]
        assert (row[0, at].color, row[0, at].font.color) == (style.fill, style.font_color)
    book.close()


def test_waivers_go_right_below_the_last_one_though_blank_rows_are_formatted() -> None:
    """As Excel does, memory counts formats as used."""
    memory.activate()
    book = xw.Book()
    sheet = book.sheets[0]
    spec = catalogue.WAIVERS
    sheet.range((1, 1), (1, len(spec.fields))).value = [list(spec.headers)]
    sheet["A2"].value = "维修单"
    sheet["A3:J200"].number_format = "@"
    assert sheet.used_range.last_cell.row == 200
    line = {f.name: None for f in spec.fields} | {"slip_no": "D004"}
    mark._append(sheet, pd.DataFrame([line], dtype=object))
    at = 1 + list(spec.headers).index(spec["slip_no"].header)
    assert sheet.range((1, at), (4, at)).value == [spec["slip_no"].header, None, "D004", None]
    book.close()

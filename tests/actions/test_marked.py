"""What a check leaves in the checked workbook, for the eye and for the printer."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from addin.actions import close as closing
from addin.tables import catalogue
from tests.actions.small_month import install, write_entries, write_masters

LISTS = ["问题清单", "网点小计", "放行记录", "处理日志"]


@pytest.fixture
def installs(tmp_path: Path) -> Path:
    """Four slips, one of them claimed too high, one with a long complaint."""
    write_masters(tmp_path / "基础资料.xlsx")
    path = tmp_path / "2026-03" / "安装单_2026-03.xlsx"
    path.parent.mkdir()
    long = "很" * 60
    lines = [install(1, 申报安装费=95), install(2, 安装日期=long), install(3), install(4)]
    write_entries(path, catalogue.INSTALL, lines)
    return path


def check(path: Path) -> Path:
    wishes = closing.Wishes(progress=lambda words: None)
    return closing.check([path], wishes).written[0]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_prints_on_a4_across_one_page_wide_under_its_header(
    installs: Path, name: str
) -> None:
    sheet = openpyxl.load_workbook(check(installs))[name]
    page = sheet.page_setup
    assert (int(page.paperSize), page.orientation) == (9, "landscape")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (page.fitToWidth or 1, page.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"


def test_a_long_message_is_wrapped_in_a_row_that_shows_it(installs: Path) -> None:
    sheet = openpyxl.load_workbook(check(installs))["问题清单"]
    column = next(cell.column for cell in sheet[1] if cell.value == "核对说明")
    tall = [row for row in range(2, sheet.max_row + 1) if len(sheet.cell(row, column).value) > 50]
    short = [row for row in range(2, sheet.max_row + 1) if len(sheet.cell(row, column).value) < 30]
    assert tall and short
    assert all(sheet.cell(row, column).alignment.wrap_text for row in (*tall, *short))
    assert all(sheet.row_dimensions[row].height >= 45 for row in tall)
    assert all(sheet.row_dimensions[row].height is None for row in short)

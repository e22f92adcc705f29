"""结算助手 as an extension of LibreOffice Calc: cell functions, a menu that works on files."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from addin import bridge
from addin.actions.reasons import Cell
from addin.bridge.wire import to_wire
from addin.build import oxt
from addin.cells import ERRORS, RangeFacts
from addin.registry import BUTTONS, CATEGORY, EXAMPLE_RANGE, FORMULAS
from tests.libreoffice import answering
from tests.libreoffice.office import Document, Office, running

pytestmark = pytest.mark.libreoffice

SHEET = "表"


@pytest.fixture
def book(calc: Office, sample: Path) -> Iterator[Document]:
    """A workbook beside the masters of the sample month."""
    file = sample / "工作簿.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = SHEET
    workbook.save(file)
    with calc.open(file, hidden=False) as document:
        yield document


@pytest.fixture
def sample(root: Path, tmp_path: Path) -> Path:
    for file in (root / "workbooks" / "示例").glob("*.xlsx"):
        shutil.copy(file, tmp_path)
    return tmp_path


def shows(book: Document, text: str, address: str = "K1") -> str:
    book.typed(SHEET, address, text)
    return book.shown(SHEET, address)[0][0]


def value(book: Document, text: str) -> Any:
    """A number, a text, or the name of an error."""
    shown = shows(book, text)
    return shown if shown in ERRORS else book.read(SHEET, "K1")[0][0]


# --- formulas -------------------------------------------------------------------------------


def in_cells(book: Document, call: str) -> str:
    """Arrays as ranges of cells: a function that wants a header row takes nothing else."""
    area, rows = EXAMPLE_RANGE
    book.write(SHEET, area, rows)
    for number, array in enumerate(re.findall(r"\{[^}]*\}", call)):
        rows = [json.loads(f"[{row}]") for row in array[1:-1].split(";")]
        top, bottom = 20 * number + 11, 20 * number + 10 + len(rows)
        area = f"M{top}:{chr(ord('M') + len(rows[0]) - 1)}{bottom}"
        book.write(SHEET, area, rows)
        call = call.replace(array, area, 1)
    return call


@pytest.mark.parametrize(
    ("call", "result"),
    [pair for formula in FORMULAS.values() for pair in formula.examples.items()],
    ids=[call for formula in FORMULAS.values() for call in formula.examples],
)
def test_the_examples_of_the_help_are_true_in_calc(book: Document, call: str, result: Any) -> None:
    first = result[0][0] if isinstance(result, list) else result
    wanted = first if first in ERRORS else to_wire(first)
    assert value(book, in_cells(book, call)) == wanted


def test_a_changed_cell_changes_the_result(book: Document) -> None:
    book.write(SHEET, "A1", [[1280]])
    assert shows(book, "=SETTLE_RMB(A1)") == "壹仟贰佰捌拾元整"
    book.write(SHEET, "A1", [[80.05]])
    assert book.shown(SHEET, "K1") == [["捌拾元零伍分"]]


def test_an_array_formula_spills_over_its_range_with_an_error_in_one_cell(book: Document) -> None:
    book.write(SHEET, "A1:A4", [[1], ["多少"], [""], [3]])
    book.array_formula(SHEET, "B1:B4", "=SETTLE_RMB(A1:A4)")
    assert book.shown(SHEET, "B1:B4") == [["壹元整"], ["#VALUE!"], [""], ["叁元整"]]


def test_each_error_is_that_of_calc_and_known_to_its_functions(book: Document) -> None:
    book.array_formula(SHEET, "B1:C7", "=SETTLE_ERRORS()")
    told = book.shown(SHEET, "B1:C7")
    assert [error.removeprefix("#") for error, _ in told] == [name for _, name in told]
    assert value(book, '=IFERROR(B2,"没有")') == "没有"
    assert value(book, "=ISNA(B1)+ISNA(B2)") == 1


def test_what_calc_gives_to_a_function(book: Document) -> None:
    book.write(SHEET, "A1:B2", [["网点", 1.5], ["", 46086]])
    assert shows(book, "=SETTLE_SEEN(A1,B1)") == "('网点', 1.5)"
    assert shows(book, "=SETTLE_SEEN(A1:B2)") == "([['网点', 1.5], ['', 46086.0]], None)"
    assert shows(book, '=SETTLE_SEEN("x",)') == "('x', None)"
    assert shows(book, "=SETTLE_SEEN(1/0)") == "#DIV/0!"
    assert shows(book, "=SETTLE_SEEN(DATE(2026,3,5),1>0)") == "(46086.0, 1.0)"


def test_what_calc_itself_does_with_blanks_and_errors(book: Document) -> None:
    """The user's guide says so: a single blank cell arrives as 0, an error refuses a range."""
    book.formula(SHEET, "A2", "=1/0")
    assert shows(book, "=SETTLE_SEEN(A1)") == "(0.0, None)"
    assert shows(book, "=SETTLE_SEEN(A1:A1)") == "([['']], None)"
    assert shows(book, "=SETTLE_SEEN(A1:A2)") == "Err:504"
    assert shows(book, "=SETTLE_TABLE({1;2})") == "Err:504"


def test_errors_in_a_table_are_told_apart_and_do_not_stop_it(book: Document) -> None:
    book.write(SHEET, "A1:B3", [["型号", "金额"], ["DR-60A", 80], ["", 1]])
    book.formula(SHEET, "A3", "=NA()")
    book.formula(SHEET, "B2", "=1/0")
    book.array_formula(SHEET, "D1:E3", "=SETTLE_TABLE(A1:B3)")
    assert book.shown(SHEET, "D1:E3") == [["型号", "金额"], ["DR-60A", "#DIV/0!"], ["#N/A", "1"]]


def test_whole_columns_end_where_the_sheet_ends(book: Document) -> None:
    book.write(SHEET, "A1:B3", [["型号", "金额"], ["DR-60A", 80], ["", 7]])
    assert value(book, "=ROWS(SETTLE_TABLE(A:B))") == 3
    assert value(book, "=ROWS(SETTLE_ECHO(B:B))") == 3


def test_two_whole_columns_stay_equally_long(book: Document) -> None:
    book.write(SHEET, "A1:B3", [["二类", 20], ["一类", 30], ["二类", ""]])
    assert value(book, "=ROWS(SETTLE_SEEN(A:A,B:B))") == 1
    assert "['']" in shows(book, "=SETTLE_SEEN(A:A,B:B)")


def test_dates_are_serial_numbers(book: Document) -> None:
    book.array_formula(SHEET, "B1:B2", '=SETTLE_PARSE_DATE({"2026.3.5"|"2026年12月31日"})')
    serials = [
        [(day - dt.date(1899, 12, 30)).days] for day in (dt.date(2026, 3, 5), dt.date(2026, 12, 31))
    ]
    assert book.read(SHEET, "B1:B2") == serials


def test_a_workbook_of_the_1904_system_shows_the_same_day(calc: Office, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    workbook.active.title = SHEET
    workbook.active["B1"] = '=TEXT(SETTLE_PARSE_DATE("2026.3.5"),"yyyy-mm-dd")'
    workbook.save(tmp_path / "a.xlsx")
    with calc.open(tmp_path / "a.xlsx", hidden=False) as book:
        assert book.shown(SHEET, "B1") == [["2026-03-05"]]


def test_ten_thousand_rows_are_one_call(book: Document) -> None:
    book.write(SHEET, "A1:A10000", [[n] for n in range(1, 10001)])
    book.array_formula(SHEET, "B1:B10000", "=SETTLE_RMB(A1:A10000)")
    assert book.shown(SHEET, "B9999:B10000") == [["玖仟玖佰玖拾玖元整"], ["壹万元整"]]


def test_a_killed_program_is_started_again_at_the_next_call(book: Document) -> None:
    first = int(value(book, "=SETTLE_PROCESS()"))
    os.kill(first, signal.SIGKILL)
    second = int(value(book, "=SETTLE_PROCESS()"))
    assert second != first
    assert int(value(book, "=SETTLE_PROCESS()")) == second


def test_the_wizard_speaks_chinese(calc: Office) -> None:
    words, *arguments = calc.ask("described", "SETTLE_MASK")
    assert words.startswith("隐去电话、姓名或地址的一部分")
    assert arguments == [
        ["文本↕", "要脱敏的内容"],
        ["[类别]", "电话/姓名/地址/自动,默认自动"],
    ]


# --- files ----------------------------------------------------------------------------------


def test_saved_as_xlsx_the_names_are_those_of_excel_and_work_when_opened_again(
    calc: Office, book: Document, tmp_path: Path
) -> None:
    book.write(SHEET, "A1:A2", [[1], ["SETTLE.FORMULAS.RMB("]])
    book.typed(SHEET, "B1", '=IF(A1>0,SETTLE_RMB(A1)&"。","")')
    book.array_formula(SHEET, "C1:C2", "=SETTLE_MASK(A1:A2)")
    file = tmp_path / "另存.xlsx"
    book.save_as(file)
    with zipfile.ZipFile(file) as package:
        assert package.testzip() is None
        written = package.read("xl/worksheets/sheet1.xml").decode()
    formulas = re.findall(r"<f [^>]*>([^<]*)</f>", written)
    assert formulas == [
        "IF(A1&gt;0,SETTLE_RMB(A1)&amp;&quot;。&quot;,&quot;&quot;)",
        "SETTLE_MASK(A1:A2)",
    ]
    assert openpyxl.load_workbook(file).active["A2"].value == "SETTLE.FORMULAS.RMB("

    book.write(SHEET, "A1", [[2]])  # saved over and over, never a question in between
    book.save_as(file)
    with calc.open(file, hidden=False) as again:
        assert again.shown(SHEET, "B1") == [["贰元整。"]]
        assert again.formula_of(SHEET, "B1") == '=IF(A1>0,SETTLE_RMB(A1)&"。","")'
        assert not again.modified()
        again.write(SHEET, "A1", [[3]])
        assert again.shown(SHEET, "B1:C1") == [["叁元整。", "3"]]


def test_a_workbook_written_elsewhere_calculates_as_soon_as_it_is_open(
    calc: Office, sample: Path
) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = SHEET
    sheet["A1"], sheet["A2"] = 80, 90
    sheet["B1"] = '=SETTLE_TRAVEL("二类",20,DATE(2026,3,5))+A1'
    sheet["C1"] = ArrayFormula("C1:C2", "=SETTLE_RMB(A1:A2)")
    workbook.save(sample / "别处.xlsx")
    with calc.open(sample / "别处.xlsx", hidden=False) as book:
        assert book.read(SHEET, "B1") == [[87.5]]
        assert book.shown(SHEET, "C1:C2") == [["捌拾元整"], ["玖拾元整"]]
        assert not book.modified()


@pytest.mark.parametrize("before", ["[1]!", "_xll."])
def test_what_excel_puts_before_a_function_of_an_add_in_is_no_part_of_its_name(
    calc: Office, tmp_path: Path, before: str
) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = SHEET
    workbook.active["A1"] = 80
    workbook.active["B1"] = f'={before}SETTLE_RMB(A1)&"。"&LEN("[1]!")'
    workbook.active["C1"] = ArrayFormula("C1:C1", f"={before}SETTLE_RMB(A1)")
    workbook.save(tmp_path / "a.xlsx")
    with calc.open(tmp_path / "a.xlsx", hidden=False) as book:
        assert book.shown(SHEET, "B1:C1") == [["捌拾元整。4", "捌拾元整"]]


def test_the_sample_month_is_judged_in_calc_as_by_us(
    calc: Office, root: Path, tmp_path: Path
) -> None:
    """Two-row header, merged cells, bad dates and numbers: the same words in every row."""
    months = root / "workbooks" / "示例"
    for file in ("基础资料.xlsx", "结算历史.xlsx", "2026-03/录入/安装单_2026-03.xlsx"):
        shutil.copy(months / file, tmp_path)
    file = tmp_path / "安装单_2026-03.xlsx"
    sheet = openpyxl.load_workbook(file, data_only=True)["3月安装单"]
    cells = [[each.value for each in row] for row in sheet["A4:AB300"]]
    merged = tuple(
        (area.min_row - 3, area.min_col, area.max_row - 3, area.max_col)
        for area in sheet.merged_cells.ranges
        if area.min_row >= 4
    )
    facts = RangeFacts(4, False, merged)
    ours = bridge.answer("SETTLE_CHECK", [cells, "代码"], Cell(str(file), "", 0, 0), facts)
    with calc.open(file, hidden=False) as book:
        book.array_formula("3月安装单", "AC4:AC300", '=SETTLE_CHECK(A4:AB300;"代码")')
        shown = book.shown("3月安装单", "AC4:AC300")
    assert shown == [[str(cell) for cell in row] for row in ours]
    assert len({cell for (cell,) in shown}) > 5


def test_an_ods_keeps_the_formulas(calc: Office, book: Document, tmp_path: Path) -> None:
    book.typed(SHEET, "B1", "=SETTLE_RMB(5)")
    book.save_as(tmp_path / "另存.ods")
    with calc.open(tmp_path / "另存.ods", hidden=False) as again:
        again.recalculate()
        assert again.shown(SHEET, "B1") == [["伍元整"]]


# --- menu -----------------------------------------------------------------------------------


def test_the_menu_has_every_button_in_its_group(calc: Office) -> None:
    with answering.registered():
        labels = [button.label for button in BUTTONS.values()]
    shown = calc.ask("menu_entries")[CATEGORY]
    assert [title for title in shown if title] == labels
    assert shown[0] and shown[-1] and None in shown


def test_a_button_reads_the_selection(book: Document) -> None:
    book.write(SHEET, "B2", [["网点"]])
    book.select(SHEET, "B2")
    assert book.press("readCell") == f"{SHEET}:网点"


def test_a_button_writes_into_the_file_and_the_document_is_loaded_anew(
    book: Document, sample: Path
) -> None:
    book.write(SHEET, "B2", [["原有"]])
    book.typed(SHEET, "A1", "=SETTLE_RMB(1)")
    book.select(SHEET, "B2")
    assert book.press("writeCell") == "写了1格"
    assert book.read(SHEET, "B2:C2") == [["原有", "已写"]]
    assert book.shown(SHEET, "A1") == [["壹元整"]]
    assert book.selection() == f"${SHEET}.$B$3"
    assert not book.modified()
    assert openpyxl.load_workbook(sample / "工作簿.xlsx")[SHEET]["C2"].value == "已写"
    assert not list(sample.glob(".结算助手_*"))


def test_refresh_calculates_our_formulas_anew(book: Document, sample: Path) -> None:
    call = '=SETTLE_TRAVEL("二类",20,DATE(2026,3,5))'
    assert value(book, call) == 7.5
    (sample / "基础资料.xlsx").unlink()
    time.sleep(1.1)  # the masters are looked at once a second
    assert re.fullmatch(r"已重新读取基础资料,重算\d+个公式", book.press("refresh"))
    assert book.shown(SHEET, "K1") == [["#N/A"]]


# --- two at once ----------------------------------------------------------------------------


def test_another_libreoffice_at_the_same_time_has_nothing_of_ours(
    calc: Office, book: Document, tmp_path: Path
) -> None:
    file = tmp_path / "别人.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = SHEET
    workbook.save(file)
    folder = tmp_path / "other"
    folder.mkdir()
    with running(folder) as other, other.open(file) as foreign:
        assert shows(foreign, "=SETTLE_RMB(1)") == "#NAME?"
        assert shows(book, "=SETTLE_RMB(1)") == "壹元整"


def test_without_its_python_a_formula_is_an_unknown_name(calc: Office, tmp_path: Path) -> None:
    folder = tmp_path / "alone"
    folder.mkdir()
    extension = oxt.build(folder, python=folder / "nowhere" / "python")
    file = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = SHEET
    workbook.save(file)
    with running(folder, extension) as office, office.open(file) as book:
        assert shows(book, "=SETTLE_RMB(1)") == "#NAME?"

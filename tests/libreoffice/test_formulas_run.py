"""The generated formulas run in LibreOffice, answered by the Python that answers Excel.

Only Link is another: see Link.bas beside this file.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addin.bridge.wire import NUMBERS, to_wire
from addin.build import addin
from addin.build.vba.source import Kind, Module
from addin.build.xlam import Form
from addin.registry import EXAMPLE_RANGE, FORMULAS
from tests.libreoffice.office import Document, Office

pytestmark = pytest.mark.libreoffice

SHEET, EXAMPLES_SHEET = "说明", "Headers"
FIRST_ROW = 3  # of the range that examples speak of
LINK = Module("Link", Kind.STANDARD, Path(__file__).with_name("Link.bas").read_text("utf-8"))
PYTHON = [sys.executable, "-m", "addin.bridge.pipe"]


@pytest.fixture(scope="module")
def book(
    office: Office, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Document]:
    """The add-in as a workbook, its formulas asked as if from the folder of the sample month."""
    file = tmp_path_factory.mktemp("formulas") / "结算助手.xlsm"
    file.write_bytes(addin.packed(Form.XLSM, LINK))
    sample = root / "workbooks" / "示例" / "2026-03" / "工作簿.xlsx"
    with office.open(file) as document:
        place, rows = EXAMPLE_RANGE
        document.write(EXAMPLES_SHEET, place, rows)
        told = {"cell": [str(sample), EXAMPLES_SHEET, 1, 1], "facts": [FIRST_ROW, False, []]}
        document.answered_by("Settle.Link.Connect", PYTHON, root, **told)
        yield document


def as_calc_writes(call: str) -> str:
    """Semicolons between arguments; in an array between columns, and strokes between its rows."""
    written, array = "", False
    for token in re.findall(r'"(?:[^"]|"")*"|.', call):
        array = token == "{" or (array and token != "}")
        written += {",": ";", ";": "|" if array else ";"}.get(token, token)
    return written


def shown(value: Any) -> Any:
    """What the cell holds: dates are numbers, and CVErr is a text in LibreOffice 7.4."""
    if isinstance(value, str) and value in NUMBERS:
        return f"Error {NUMBERS[value]}"
    return to_wire(value)


EXAMPLES = [
    pytest.param(call, shows, id=call)
    for formula in FORMULAS.values()
    for call, shows in formula.examples.items()
]


@pytest.mark.parametrize(("call", "shows"), EXAMPLES)
def test_every_example_of_the_help_is_true_in_cells(book: Document, call: str, shows: Any) -> None:
    rows = shows if isinstance(shows, list) else [[shows]]
    area = f"Q20:{chr(ord('P') + len(rows[0]))}{19 + len(rows)}"
    book.array_formula(EXAMPLES_SHEET, area, as_calc_writes(call))
    assert book.read(EXAMPLES_SHEET, area) == [list(map(shown, row)) for row in rows]
    book.array_formula(EXAMPLES_SHEET, area, "")


def test_one_cell_gives_one_value(book: Document) -> None:
    book.write(SHEET, "D1", [[80.05]])
    book.formula(SHEET, "E1", "=SETTLE_RMB(D1)")
    assert book.read(SHEET, "E1") == [["捌拾元零伍分"]]


def test_a_changed_cell_changes_the_result(book: Document) -> None:
    book.write(SHEET, "D2", [[1]])
    book.formula(SHEET, "E2", "=SETTLE_RMB(D2)")
    assert book.read(SHEET, "E2") == [["壹元整"]]
    book.write(SHEET, "D2", [[2]])
    assert book.read(SHEET, "E2") == [["贰元整"]]


def test_a_column_spills_beside_itself_blank_for_blank(book: Document) -> None:
    book.write(SHEET, "D4:D7", [["13800138000"], [""], ["张三"], ["青山路8号3栋501室"]])
    book.array_formula(SHEET, "E4:E7", "=SETTLE_MASK(D4:D7)")
    assert book.read(SHEET, "E4:E7") == [["138****8000"], [""], ["张三"], ["青山路****"]]


def test_a_row_spills_to_the_right(book: Document) -> None:
    book.write(SHEET, "D9:F9", [[1, 2.5, "多少"]])
    book.array_formula(SHEET, "D10:F10", "=SETTLE_RMB(D9:F9)")
    assert book.read(SHEET, "D10:F10") == [["壹元整", "贰元伍角", "Error 2015"]]


def test_one_error_does_not_take_the_other_cells_with_it(book: Document) -> None:
    book.write(SHEET, "D12:E14", [[120, 4000], [120, 0], [-1, 5]])
    book.array_formula(SHEET, "F12:F14", "=SETTLE_RATIO(D12:D14;E12:E14)")
    assert book.read(SHEET, "F12:F14") == [[0.03], ["Error 2007"], ["Error 2036"]]


def test_an_error_as_argument_is_the_result(book: Document) -> None:
    """An error in a cell of the argument arrives as 0 here: the release checklist asks Excel."""
    book.formula(SHEET, "H13", "=SETTLE_RMB(1/0)")
    assert book.shown(SHEET, "H13") == [["#DIV/0!"]]


def test_ranges_of_different_length_are_an_error(book: Document) -> None:
    book.formula(SHEET, "H12", "=SETTLE_RATIO(D12:D14;E12:E13)")
    assert book.read(SHEET, "H12") == [["Error 2015"]]


def test_dates_go_in_and_out_as_numbers(book: Document) -> None:
    day = (dt.date(2026, 3, 5) - dt.date(1899, 12, 30)).days
    book.write(SHEET, "D16:E17", [["2026.3.5", day], ["2026年3月6日", day + 1]])
    book.array_formula(SHEET, "F16:F17", "=SETTLE_PARSE_DATE(D16:D17)")
    assert book.read(SHEET, "F16:F17") == [[day], [day + 1]]
    book.array_formula(SHEET, "G16:G17", '=SETTLE_STANDARD("二类";"电热水器";"标准安装";E16:E17)')
    assert book.read(SHEET, "G16:G17") == [[80], [80]]


def test_arguments_that_are_left_out_take_their_defaults(book: Document) -> None:
    book.formula(SHEET, "D19", '=SETTLE_MASK("13800138000")')
    book.formula(SHEET, "D20", '=SETTLE_MASK("13800138000";"自动")')
    book.formula(SHEET, "D21", '=SETTLE_VERSION("程序")')
    book.formula(SHEET, "D22", "=SETTLE_VERSION()")
    (short,), (full,), (program,), (everything,) = book.read(SHEET, "D19:D22")
    assert short == full == "138****8000"
    assert program in everything and everything != program


def test_ten_thousand_rows_are_answered_in_one_call(book: Document) -> None:
    amounts = [[n / 100] for n in range(1, 10_001)]
    book.write(SHEET, "J1:J10000", amounts)
    before = book.asked()
    book.array_formula(SHEET, "K1:K10000", "=SETTLE_PARSE_MONEY(J1:J10000)")
    assert book.read(SHEET, "K1:K10000") == amounts
    assert book.asked() == before + 1


@pytest.mark.parametrize(
    ("row", "headers", "expected"),
    [
        (30, ["网点编码", " 安装日期 ", "安装单号", "型号", "安装费"], True),
        (31, ["网点编码", "安装日期", "安装单号", "型号", "安装费"], False),
        (3, ["网点编码", "安装日期", "安装单号", "型号", ""], False),
        (3, ["网点", "备注|型号", "其他", 5, "安装费"], False),
    ],
)
def test_the_menu_of_cells_knows_a_sheet_of_slips_by_its_headers(
    book: Document, row: int, headers: list[object], expected: bool
) -> None:
    area = f"P{row}:T{row}"
    book.write(SHEET, area, [headers])
    assert book.call("Settle", "Link.Looks", SHEET) is expected
    book.write(SHEET, area, [[""] * len(headers)])


def test_libreoffice_compiles_all_that_is_meant_for_excel(office: Office, tmp_path: Path) -> None:
    """One line that is no Basic in any module, and nothing of the project runs."""
    file = tmp_path / "结算助手.xlsm"
    file.write_bytes(addin.packed(Form.XLSM))
    with office.open(file) as document:
        assert document.sheets() == ["说明", "Headers", "_IntelliSense_"]
        assert "Settle.Link" in document.source("Settle", "Link")
        assert document.call("Settle", "Wizard.Macro", "ClearStatus").endswith("!ClearStatus")

"""LibreOffice loads the VBA that we write and runs it: scalar, range, text, error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from addin.build import xlam
from addin.build.vba.source import Kind, Module, vba_text
from addin.build.xlam import Form, Sheet
from tests.libreoffice.office import Document, Office, OfficeError

pytestmark = pytest.mark.libreoffice

# A Range turns into its values when it is assigned, in Excel and here. A function that names a
# member of an argument anywhere takes no numbers in LibreOffice 7.4, and a parameter declared
# otherwise than Variant is 0 when a macro is called from outside.
CODE = f"""
Option Explicit

Public Function TWICE(x As Variant) As Variant
    Dim values As Variant, row As Long, column As Long
    values = x
    If IsArray(values) Then
        For row = LBound(values, 1) To UBound(values, 1)
            For column = LBound(values, 2) To UBound(values, 2)
                values(row, column) = values(row, column) * 2
            Next column
        Next row
        TWICE = values
    Else
        TWICE = values * 2
    End If
End Function

Public Function GREETING(name As Variant) As String
    Dim value As Variant
    value = name
    GREETING = {vba_text('"您好",')} & value
End Function

Public Function STORED(row As Variant) As String
    STORED = ThisWorkbook.Sheets(1).Cells(row, 2).Value
End Function
"""
TEXTS = Sheet("文本", "Texts", [["hello", "您好"], ["bye", "再见"]])


@pytest.fixture(scope="module")
def book(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Document]:
    file = tmp_path_factory.mktemp("addin") / "结算助手.xlsm"
    file.write_bytes(
        xlam.pack(
            title="结算助手",
            description="",
            modules=[Module("Formulas", Kind.STANDARD, CODE), Module("Events", Kind.CLASS)],
            sheets=[TEXTS],
            ribbon=f'<customUI xmlns="{xlam.RIBBON}"/>',
            icons={},
            form=Form.XLSM,
        )
    )
    with office.open(file) as document:
        yield document


def test_the_project_arrives_with_all_its_modules(book: Document) -> None:
    assert book.modules()["Settle"] == ["Events", "Formulas", "Texts", "ThisWorkbook"]
    assert "Public Function TWICE" in book.source("Settle", "Formulas")
    assert book.read("文本", "A1:B2") == [["hello", "您好"], ["bye", "再见"]]


def test_a_function_takes_and_returns_a_scalar(book: Document) -> None:
    assert book.call("Settle", "Formulas.TWICE", 21) == 42
    assert book.call("Settle", "Formulas.GREETING", "网点") == '"您好",网点'
    assert book.call("Settle", "Formulas.STORED", 2) == "再见"


def test_a_cell_formula_calls_it_with_a_cell_a_range_and_an_error(book: Document) -> None:
    book.write("文本", "D1:E2", [[1, 2], [30, 40.5]])
    book.formula("文本", "D4", "=TWICE(E2)")
    book.formula("文本", "D5", '=GREETING("网点")')
    book.formula("文本", "D6", "=TWICE(1/0)")
    book.array_formula("文本", "G1:H2", "=TWICE(D1:E2)")
    assert book.read("文本", "D4:D5") == [[81], ['"您好",网点']]
    assert book.shown("文本", "D6") == [["#DIV/0!"]]
    assert book.read("文本", "G1:H2") == [[2, 4], [60, 81]]


def test_a_changed_cell_changes_the_result(book: Document) -> None:
    book.write("文本", "J1", [[5]])
    book.formula("文本", "J2", "=TWICE(J1)")
    assert book.read("文本", "J2") == [[10]]
    book.write("文本", "J1", [[6]])
    assert book.read("文本", "J2") == [[12]]


def test_the_functions_are_still_there_after_libreoffice_saved_the_book(
    office: Office, book: Document, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.xlsm"
    book.formula("文本", "L1", "=TWICE(4)")
    book.save(copy)
    with office.open(copy) as again:
        again.recalculate()
        assert again.read("文本", "L1") == [[8]]


def test_a_file_that_cannot_be_opened_is_an_error_not_a_wait(
    office: Office, tmp_path: Path
) -> None:
    with pytest.raises(OfficeError), office.open(tmp_path / "absent.xlsm"):
        pass

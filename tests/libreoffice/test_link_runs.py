"""The parts of Link that need neither COM nor Excel run in LibreOffice as they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from addin.build import addin
from addin.build.vba.source import Kind, Module
from addin.build.xlam import Form
from tests.libreoffice.office import Document, Office

pytestmark = pytest.mark.libreoffice

SHEET = "说明"
DOORS = """
Public Function ShownRow(list As Variant) As Variant
    ShownRow = Shown(InRows(list))
End Function

Public Function UsedAddress(sheet As Variant, address As Variant) As Variant
    UsedAddress = Used(ThisWorkbook.Worksheets(sheet).Range(address)).Address
End Function

Public Function IsRefused(sheet As Variant, address As Variant) As Variant
    IsRefused = IsError(ValuesOf(ThisWorkbook.Worksheets(sheet).Range(address)))
End Function

Public Function Days(number As Variant) As Variant
    Days = CountedFrom1900(CDate(number))
End Function
"""


@pytest.fixture(scope="module")
def book(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Document]:
    """The add-in with doors into Link; its sheet is filled down to E20."""
    (link,) = [module for module in addin.written() if module.name == "Link"]
    file = tmp_path_factory.mktemp("link") / "结算助手.xlsm"
    opened = Module("Link", Kind.STANDARD, link.code + DOORS)
    file.write_bytes(addin.packed(Form.XLSM, opened))
    with office.open(file) as document:
        document.write(SHEET, "E20", [["末"]])
        yield document


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("A:A", "$A$1:$A$20"),
        ("C:D", "$C$1:$D$20"),
        ("2:3", "$A$2:$E$3"),
        ("Z:Z", "$Z$1:$Z$20"),  # beside a used column: as long as it
        ("A2:B9", "$A$2:$B$9"),
        ("A18:A30", "$A$18:$A$30"),  # blank below, but the clerk has written it so
    ],
)
def test_a_whole_column_ends_where_its_sheet_does(book: Document, written: str, used: str) -> None:
    assert book.call("Settle", "Link.UsedAddress", SHEET, written) == used


def test_a_marked_text_is_an_error_and_any_other_stays(book: Document) -> None:
    row = [80.5, "二类", "\x012042", "", "#N/A"]
    assert book.call("Settle", "Link.ShownRow", row) == [[80.5, "二类", None, "", "#N/A"]]


def test_several_areas_in_one_argument_are_refused(book: Document) -> None:
    assert book.call("Settle", "Link.IsRefused", SHEET, "A1:A2,C1:C2") is True


def test_a_list_is_one_row(book: Document) -> None:
    assert book.call("Settle", "Link.Given", [1, "二", 3]) == [[1, "二", 3]]
    assert book.call("Settle", "Link.Given", "二") == "二"


def test_a_day_counts_from_1900_whatever_its_workbook_does(book: Document) -> None:
    assert book.call("Settle", "Link.Days", 46086) == 46086

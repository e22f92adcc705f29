"""Link runs in LibreOffice as it is, but for COM: a class of Basic stands in for the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from addin.build import addin
from addin.build.vba.source import Kind, Module
from addin.build.xlam import Form
from tests.libreoffice.office import Document, Office

pytestmark = pytest.mark.libreoffice

SHEET = "说明"
LAST = next(len(sheet.rows) for sheet in addin.sheets() if sheet.name == SHEET)
DOORS = """
Public starts As Long
Public calls As Long
Public breaks As Long
Public absent As Boolean
Public wizard As Boolean

Public Function FileNewIsEnabled() As Boolean
    FileNewIsEnabled = Not wizard
End Function

Public Function AskedInWizard() As Variant
    wizard = True
    AskedInWizard = Asked(0, False)
    wizard = False
End Function

Public Function NewServer() As Object
    starts = starts + 1
    If absent Then Err.Raise 429
    Set NewServer = New Server
End Function

' A server that breaks so many calls, or none at all; then what was answered, starts and calls.
Public Function Asked(breaking As Variant, missing As Variant) As Variant
    Disconnect
    silentUntil = 0
    starts = 0
    calls = 0
    breaks = breaking
    absent = missing
    Asked = AskedAgain()
End Function

Public Function AskedAgain() As Variant
    AskedAgain = Array(CStr(Answer("SETTLE_RMB", Array(1280))), starts, calls)
End Function

Public Function PressedWith(breaking As Variant, missing As Variant) As Variant
    breaks = breaking
    absent = missing
    starts = 0
    calls = 0
    PressedWith = Array(Pressed("about"), starts, calls)
End Function

Public Function ShownRow(list As Variant) As Variant
    ShownRow = Shown(InRows(list))
End Function

Public Function UsedAddress(sheet As Variant, address As Variant) As Variant
    UsedAddress = Used(ThisWorkbook.Worksheets(sheet).Range(address)).Address
End Function

Public Function IsRefused(sheet As Variant, address As Variant) As Variant
    IsRefused = IsError(ValuesOf(ThisWorkbook.Worksheets(sheet).Range(address)))
End Function

Public Function Merged(sheet As Variant, joined As Variant, address As Variant) As Variant
    Dim i As Long
    Dim facts As Variant
    For i = 0 To UBound(joined)
        ThisWorkbook.Worksheets(sheet).Range(joined(i)).Merge
    Next i
    facts = FactsOf(Array(1, ThisWorkbook.Worksheets(sheet).Range(address)))
    For i = 0 To UBound(joined)
        ThisWorkbook.Worksheets(sheet).Range(joined(i)).UnMerge
    Next i
    Merged = facts
End Function

Public Function GivenTo(argument As Variant) As Variant
    GivenTo = Given(argument)
End Function

Public Function Days(number As Variant) As Variant
    Days = CountedFrom1900(CDate(number))
End Function
"""

# LibreOffice takes no method of the name Call or Len
RENAMED = {
    "CreateObject(PROGRAM)": "NewServer()",
    "server.Call(": "server.Called(",
    "server.Len(": "server.Length(",
    'Application.CommandBars("Standard").Controls(1).Enabled': "FileNewIsEnabled()",
}
SERVER = """
Public Function Module(name As Variant) As Object
    Set Module = Me
End Function

Public Function Tuple(Optional a As Variant, Optional b As Variant, Optional c As Variant, _
        Optional d As Variant, Optional e As Variant, Optional f As Variant, _
        Optional g As Variant) As Object
    Set Tuple = Me
End Function

Public Function TupleFromArray(list As Variant) As Object
    Set TupleFromArray = Me
End Function

Public Function Length(packed As Variant) As Variant
    Length = 0
End Function

Public Function Called(bridge As Variant, method As Variant, packed As Variant) As Variant
    calls = calls + 1
    If breaks > 0 Then
        breaks = breaks - 1
        Err.Raise 462
    End If
    Called = method
End Function

Public Function Var(value As Variant) As Variant
    Var = value
End Function
"""


@pytest.fixture(scope="module")
def book(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Document]:
    """The add-in with doors into Link; its sheet is filled down to E20."""
    (link,) = [module for module in addin.written() if module.name == "Link"]
    code = link.code
    for excel, here in RENAMED.items():
        assert excel in code
        code = code.replace(excel, here)
    modules = Module("Link", Kind.STANDARD, code + DOORS), Module("Server", Kind.CLASS, SERVER)
    file = tmp_path_factory.mktemp("link") / "结算助手.xlsm"
    file.write_bytes(addin.packed(Form.XLSM, *modules))
    with office.open(file) as document:
        document.write(SHEET, "E20", [["末"]])
        yield document


# --- the connection -------------------------------------------------------------------------


def test_a_server_is_started_once_and_kept(book: Document) -> None:
    assert book.call("Settle", "Link.Asked", 0, False) == ["answer", 1, 1]
    assert book.call("Settle", "Link.AskedAgain") == ["answer", 1, 2]


def test_while_the_wizard_is_open_python_is_not_started(book: Document) -> None:
    assert book.call("Settle", "Link.AskedInWizard") == ["(按确定后计算)", 0, 0]


def test_a_server_that_went_away_is_started_anew_once(book: Document) -> None:
    assert book.call("Settle", "Link.Asked", 1, False) == ["answer", 2, 2]
    assert book.call("Settle", "Link.Asked", 2, False) == ["Error 2015", 2, 2]


def test_without_python_a_cell_says_name_and_the_next_cells_do_not_try(book: Document) -> None:
    assert book.call("Settle", "Link.Asked", 0, True) == ["Error 2029", 1, 0]
    assert book.call("Settle", "Link.AskedAgain") == ["Error 2029", 1, 0]


def test_a_press_tries_again_at_once_but_never_twice(book: Document) -> None:
    book.call("Settle", "Link.Asked", 0, True)  # Python was absent a moment ago
    assert book.call("Settle", "Link.PressedWith", 0, False) == ["press", 1, 1]
    words, starts, calls = book.call("Settle", "Link.PressedWith", 1, False)
    assert "Python中途退出" in words and (starts, calls) == (0, 1)
    words, starts, calls = book.call("Settle", "Link.PressedWith", 0, True)
    assert "settle doctor" in words and (starts, calls) == (1, 0)


# --- arguments and results ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("A:A", f"$A$1:$A${LAST}"),
        ("C:D", f"$C$1:$D${LAST}"),
        ("2:3", "$A$2:$E$3"),
        ("Z:Z", f"$Z$1:$Z${LAST}"),  # beside a used column: as long as it
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
    assert book.call("Settle", "Link.GivenTo", [1, "二", 3]) == [[1, "二", 3]]
    assert book.call("Settle", "Link.GivenTo", "二") == "二"


def test_a_day_counts_from_1900_whatever_its_workbook_does(book: Document) -> None:
    assert book.call("Settle", "Link.Days", 46086) == 46086


@pytest.mark.parametrize(
    ("joined", "address", "facts"),
    [
        ([], "H3:J9", [3, False, []]),
        (["H3:J3"], "H3:J9", [3, False, [[1, 1, 1, 3]]]),
        (["H5:I6", "J7:J9"], "H3:J9", [3, False, [[3, 1, 4, 2], [5, 3, 7, 3]]]),
        (["G2:H4"], "H3:J9", [3, False, [[1, 1, 2, 1]]]),  # begins outside
        (["H9:H11"], "H3:J9", [3, False, [[7, 1, 7, 1]]]),  # ends outside
        ([], "H4", [4, False, []]),
    ],
)
def test_merged_cells_are_told_within_their_range(
    book: Document, joined: list[str], address: str, facts: list[object]
) -> None:
    assert book.call("Settle", "Link.Merged", SHEET, joined, address) == facts

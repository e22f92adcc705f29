"""What the recorder keeps of a workbook, and how it asks an engine that tells little."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import xlwings as xw
from hypothesis import given
from hypothesis import strategies as st

from addin.hosts import recording
from addin.hosts.grid import Area
from addin.hosts.moved import Moved
from tests.hosts import memory

CELLS = {(1, 1): "a", (1, 2): "a", (2, 1): "a", (2, 2): "b", (4, 1): "a"}


def test_places_become_rectangles_of_like_cells() -> None:
    assert list(recording.blocks(CELLS)) == [Area(1, 1, 2, 2), Area(4, 1, 4, 1)]
    found = list(recording.blocks(CELLS, by=lambda cell: cell))
    covered = [
        (row, column)
        for area in found
        for row in range(area.top, area.bottom + 1)
        for column in range(area.left, area.right + 1)
    ]
    assert sorted(covered) == sorted(CELLS) and len(found) == 4


class LikeExcel(memory.Range):
    """Says of a fill that differs that it is black, of an ink that differs nothing readable."""

    looks = put_look = None  # type: ignore[assignment]

    @property
    def color(self) -> Any:
        fills = {self.page.cells.get(p, memory.Cell()).color for p in self.places()}
        return fills.pop() if len(fills) == 1 else (0, 0, 0)

    @color.setter
    def color(self, value: Any) -> None:
        for place in self.places():
            self.page.cell(*place).color = value


def test_an_engine_that_only_tells_what_is_shared_is_asked_by_halves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "Range", LikeExcel)
    monkeypatch.setattr(memory.Font, "color", property(lambda cells: (9, 9, 9)))
    memory.activate()
    book = xw.Book()
    sheet = book.sheets[0]
    sheet["A1:C9"].color = (1, 2, 3)
    sheet["B5"].color = None
    sheet["C7:C8"].number_format = "@"
    found = recording.looks(sheet["A1:C9"])
    assert found[5, 2][1] is None and found[5, 1][1] == (1, 2, 3)
    assert [place for place, look in found.items() if look[0] == "@"] == [(7, 3), (8, 3)]
    book.close()


@pytest.mark.parametrize("write", [("insert", "down"), ("delete", "up"), ("merge",), ("unmerge",)])
def test_a_write_that_has_no_way_back_is_refused(book: xw.Book, write: tuple[str, ...]) -> None:
    name, *given = write
    noted, _ = recording.recorded(book)
    with pytest.raises(recording.NotRecorded):
        getattr(noted.sheets[0]["A1:B2"], name)(*given)


@pytest.mark.parametrize(
    "content", ["0013", "=1", "'a", "3-5", "MAR-5", "TRUE", "号", "", 1.5, True, None]
)
def test_each_content_comes_back_as_it_was(book: xw.Book, content: Any) -> None:
    sheet = book.sheets[0]
    sheet["A1"].value = "'" + content if isinstance(content, str) and content else content
    before = recording._contents(sheet["A1"])
    noted, record = recording.recorded(book)
    noted.sheets[0]["A1"].value = "别的"
    recording.close_record(book, record)
    again = recording.from_json(recording.to_json(record))
    recording.put_back(book, again)
    assert recording._contents(sheet["A1"]) == before


def test_a_formula_and_a_date_come_back(book: xw.Book) -> None:
    import datetime as dt

    sheet = book.sheets[0]
    sheet["A1"].value = [["=1+1", dt.datetime(2026, 3, 5)]]
    before = recording._contents(sheet["A1:B1"])
    noted, record = recording.recorded(book)
    noted.sheets[0]["A1:B1"].clear_contents()
    recording.put_back(book, record)
    assert recording._contents(sheet["A1:B1"]) == before
    assert sheet["A1"].formula == "=1+1"


def test_a_format_that_another_program_has_counted_anew_is_put_back_by_its_looks(
    book: xw.Book,
) -> None:
    cell = book.sheets[0]["A1"]
    cell.color, cell.number_format, cell.font.bold = (1, 2, 3), "@", True
    index, *seen = next(iter(recording.looks(cell).values()))
    cell.color, cell.number_format, cell.font.bold = None, "0", False
    cell.impl.put_look((index + 1, *seen))
    assert (cell.color, cell.number_format, cell.font.bold) == ((1, 2, 3), "@", True)


# --- rows that come in between ------------------------------------------------------------------


@pytest.fixture(params=["memory", "files"])
def account_book(request: pytest.FixtureRequest, book: xw.Book) -> Iterator[xw.Book]:
    """Two rows, a total, a formula below, and another sheet that looks at the total."""
    if request.param == "memory":
        memory.activate()
        book = xw.Book()
        book.sheets[0].name = "Sheet1"
    sheet = book.sheets[0]
    sheet["A1:B5"].value = [
        ["代理商", "余额"], ["甲", 10], ["乙", "=B2*2"], ["合计", "=SUM(B2:B3)"], ["一半", "=B4/2"],
    ]  # fmt: skip
    sheet["A3:B3"].number_format = "0.00"
    sheet["A4"].color = (1, 2, 3)
    sheet.range((4, 1)).row_height = 30
    book.sheets.add("别处", after=sheet)["A1"].formula = "=Sheet1!B4+Sheet1!B5"
    yield book
    if request.param == "memory":
        book.close()


def seen(book: xw.Book) -> dict[str, Any]:
    """Contents, looks and heights of all that has any."""
    return {
        sheet.name: (
            {p: c for p, c in recording._contents(sheet.used_range).items() if c is not None},
            recording.looks(sheet["A1:C9"]),
            [sheet.range((row, 1)).row_height for row in range(1, 9)],
        )
        for sheet in book.sheets
    }


def grown(book: xw.Book) -> recording.Record:
    """What an action does: reads, colours and writes above and below, and rows in between."""
    noted, record = recording.recorded(book)
    sheet = noted.sheets[0]
    sheet["B2"].value = 11
    sheet["B5"].formula = "=B4/3"
    sheet["A2"].color = (8, 8, 8)
    sheet.range("4:5").insert("down")
    sheet["A3:B3"].copy(sheet["A4:B5"])
    sheet["A4:A5"].value = [["丙"], ["丁"]]
    sheet["B6"].formula = "=SUM(B2:B5)"
    sheet["A6:A7"].color = (9, 9, 9)
    sheet.range((6, 1)).row_height = 40
    noted.sheets["别处"]["A1"].formula = "=Sheet1!B6"
    recording.close_record(book, record)
    return recording.from_json(recording.to_json(record))


def test_rows_put_in_are_taken_out_again(account_book: xw.Book) -> None:
    before = seen(account_book)
    record = grown(account_book)
    sheet = account_book.sheets[0]
    assert sheet["A1:A7"].value == ["代理商", "甲", "乙", "丙", "丁", "合计", "一半"]
    assert [cell.formula for cell in sheet["B4:B6"]] == ["=B3*2", "=B4*2", "=SUM(B2:B5)"]
    assert recording.changed_since(account_book, record) == []
    recording.put_back(account_book, record)
    assert seen(account_book) == before


def test_rows_put_in_twice_are_taken_out_again(account_book: xw.Book) -> None:
    before = seen(account_book)
    noted, record = recording.recorded(account_book)
    sheet = noted.sheets[0]
    sheet.range("4:4").insert("down")
    sheet.range("3:3").insert("down")  # the one before is in row 5 now
    sheet["A3:A6"].value = [["一"], ["二"], ["三"], ["四"]]
    assert record.moved.new_rows("Sheet1") == [3, 5]
    recording.close_record(account_book, record)
    recording.put_back(account_book, record)
    assert seen(account_book) == before


def test_colours_that_were_read_ahead_move_with_their_rows(account_book: xw.Book) -> None:
    before = seen(account_book)
    noted, record = recording.recorded(account_book)
    sheet = noted.sheets[0]
    sheet["A2"].color = (8, 8, 8)  # reads the column
    sheet.range("4:4").insert("down")
    sheet["A5"].color = (9, 9, 9)
    recording.put_back(account_book, record)
    assert seen(account_book) == before


def test_what_was_typed_since_in_a_new_row_is_seen_and_keeps_the_row(
    account_book: xw.Book,
) -> None:
    record = grown(account_book)
    sheet = account_book.sheets[0]
    sheet["C5"].value = "已电话确认"
    changed = recording.changed_since(account_book, record)
    assert changed == [("Sheet1", (5, 3))]
    recording.put_back(account_book, record, kept=frozenset(changed))
    assert sheet["A1:A6"].value == ["代理商", "甲", "乙", "丁", "合计", "一半"]
    assert sheet["C4"].value == "已电话确认"
    assert [sheet[cell].formula for cell in ("B2", "B5", "B6")] == ["10", "=SUM(B2:B3)", "=B5/2"]
    assert account_book.sheets["别处"]["A1"].formula == "=Sheet1!B5+Sheet1!B6"


def test_rows_that_could_not_be_put_in_are_not_taken_out(account_book: xw.Book) -> None:
    before = seen(account_book)
    noted, record = recording.recorded(account_book)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(RuntimeError):
        kind = type(account_book.sheets[0]["A1"].impl)
        patch.setattr(kind, "insert", lambda *_: (_ for _ in ()).throw(RuntimeError))
        noted.sheets[0].range("4:4").insert("down")
    recording.put_back(account_book, record)
    assert seen(account_book) == before


def test_a_sheet_that_goes_after_rows_came_in_comes_back_without_them(
    account_book: xw.Book,
) -> None:
    account_book.sheets["别处"]["A1"].value = None
    before = seen(account_book)["Sheet1"][0]
    noted, record = recording.recorded(account_book)
    noted.sheets[0].range("3:3").insert("down")
    noted.sheets[0]["A3"].value = "丙"
    noted.sheets[0].delete()
    recording.close_record(account_book, record)
    recording.put_back(account_book, record)
    assert seen(account_book)["Sheet1"][0] == before


def test_rows_taken_out_are_put_in_again_with_all_that_was_said_of_them(
    account_book: xw.Book,
) -> None:
    before = seen(account_book)
    noted, record = recording.recorded(account_book)
    sheet = noted.sheets[0]
    sheet["B2"].value = 11
    sheet.range("3:4").delete("up")
    sheet["B3"].value = "一半"
    assert account_book.sheets[0]["A1:A3"].value == ["代理商", "甲", "一半"]
    recording.close_record(account_book, record)
    recording.put_back(account_book, recording.from_json(recording.to_json(record)))
    assert seen(account_book) == before


def test_cells_are_copied_into_new_rows_only(account_book: xw.Book) -> None:
    noted, _ = recording.recorded(account_book)
    sheet = noted.sheets[0]
    sheet.range("4:4").insert("down")
    sheet["A3:B3"].copy(sheet["A4:B4"])
    with pytest.raises(recording.NotRecorded):
        sheet["A3:B3"].copy(sheet["A4:B5"])


MOVES = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 3)), max_size=4)


@given(moves=MOVES, row=st.integers(1, 20))
def test_a_row_is_found_again_however_many_came_in_between(
    moves: list[tuple[int, int]], row: int
) -> None:
    moved = Moved([("表", at, count) for at, count in moves])
    now = moved.now("表", row)
    assert moved.before("表", now) == row
    assert now not in moved.new_rows("表")
    assert len(moved.new_rows("表")) == sum(count for _, count in moves)
    assert all(moved.before("表", new) is None for new in moved.new_rows("表"))
    assert moved.now("别处", row) == moved.before("别处", row) == row
    formula = f"SUM(A{row}:A{row + 3})+表!$B${row}"
    assert moved.formula_before(moved.formula_now(formula, "表"), "表") == formula


@given(moves=MOVES, data=st.data())
def test_rows_that_stay_lie_as_if_the_others_had_never_come(
    moves: list[tuple[int, int]], data: st.DataObject
) -> None:
    moved = Moved([("表", at, count) for at, count in moves])
    stay = data.draw(st.sets(st.sampled_from(moved.new_rows("表") or [0])))
    names = list(range(1, 30))
    for _, at, count in moved.moves:
        names[at - 1 : at - 1] = [0] * count
    here = [name for row, name in enumerate(names, 1) if name or row in stay]
    left = Moved(moved.left("表", stay))
    assert [left.before("表", row) or 0 for row in range(1, 30)] == here[:29]

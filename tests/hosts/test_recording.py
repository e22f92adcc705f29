"""What the recorder keeps of a workbook, and how it asks an engine that tells little."""

from __future__ import annotations

from typing import Any

import pytest
import xlwings as xw

from addin.hosts import recording
from addin.hosts.grid import Area
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

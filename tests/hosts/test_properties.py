"""Any edit is read back as it was made, and every other cell and part is what it was."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.hosts import files, read_grid
from addin.hosts.files.package import Package
from tests.hosts.packages import parts

ROWS, COLUMNS = 12, 8
XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufffe\uffff"), max_size=12
).filter(lambda text: not text.startswith(("=", "'")))
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    XML_TEXT,
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)),
)
PLACES = st.tuples(st.integers(1, ROWS + 3), st.integers(1, COLUMNS + 3))
BLOCKS = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda size: st.lists(
        st.lists(VALUES, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


def sample(path: Path) -> dict[tuple[int, int], Any]:
    """A sheet with gaps, and what stands in it; the second sheet is nobody's business."""
    cells: dict[tuple[int, int], Any] = {}
    with xlsxwriter.Workbook(path) as made:
        sheet, other = made.add_worksheet("一"), made.add_worksheet("二")
        date = made.add_format({"num_format": "yyyy-mm-dd"})
        for row in range(1, ROWS + 1):
            for column in range(1, COLUMNS + 1):
                if (row * 7 + column * 3) % 4 == 0:
                    continue
                value: Any = 44_000.0 + row if column % 2 else f"{row}行"
                cells[row, column] = value
                sheet.write(row - 1, column - 1, value, date if column == 5 else None)
                if column == 5:
                    cells[row, column] = dt.datetime(1899, 12, 30) + dt.timedelta(value)
        other.write("A1", "别动")
    return cells


def expected(value: Any) -> Any:
    if value == "" or value is None:
        return None
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    return value if isinstance(value, (bool, str)) else float(value)


@settings(max_examples=60)
@given(st.lists(st.tuples(PLACES, BLOCKS), min_size=1, max_size=5))
def test_edits_are_read_back_and_nothing_else_moves(
    edits: list[tuple[tuple[int, int], list[list[Any]]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / "源.xlsx", Path(folder) / "果.xlsx"
        cells = sample(path)
        dated = {place for place in cells if place[1] == 5}  # where a number shows as a date
        book = files.open_book(path)
        for (row, column), block in edits:
            book.sheets["一"].range((row, column)).value = block
            for i, values in enumerate(block):
                for j, value in enumerate(values):
                    cells[row + i, column + j] = expected(value)
                    if isinstance(value, dt.date):
                        dated.add((row + i, column + j))
        book.save(target)
        book.close()
        wanted = {place: value for place, value in cells.items() if value is not None}
        made = openpyxl.load_workbook(target)["一"]
        seen = {
            (c.row, c.column): c.value
            for row in made.iter_rows()
            for c in row
            if c.value is not None
        }
        assert set(seen) == set(wanted)
        wanted = {p: v for p, v in wanted.items() if p not in dated or not isinstance(v, float)}
        for place, value in wanted.items():
            if not isinstance(value, str):
                assert expected(seen[place]) == value
        ours = files.open_book(target)
        grid = read_grid(ours.sheets["一"]).rows
        for (row, column), value in wanted.items():
            if isinstance(value, (str, bool)):
                assert grid[row - 1][column - 1] == value
        bottom, right = max(p[0] for p in wanted), max(p[1] for p in wanted)
        table = ours.sheets["一"].range((1, 1), (bottom, right)).options(ndim=2).value
        ours.close()
        for (row, column), value in wanted.items():
            assert table[row - 1][column - 1] == value

        before, after = parts(path), parts(target)
        touched = {name for name in before if before[name] != after[name]}
        assert touched <= {"xl/worksheets/sheet1.xml", "xl/styles.xml"}


@settings(max_examples=40)
@given(st.integers(1, ROWS + 2), st.integers(1, 4), st.booleans())
def test_inserting_rows_and_deleting_them_again_changes_no_cell(
    at: int, count: int, through_a_save: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "源.xlsx"
        sample(path)
        book = files.open_book(path)
        before = book.sheets["一"].used_range.value
        book.sheets["一"].range(f"{at}:{at + count - 1}").insert("down")
        if through_a_save:
            book.save()
            book.close()
            book = files.open_book(path)
        book.sheets["一"].range(f"{at}:{at + count - 1}").delete("up")
        assert book.sheets["一"].used_range.value == before
        book.close()


@given(st.binary(max_size=2000), st.binary(max_size=2000))
def test_a_replaced_part_reads_back_and_the_others_keep_their_bytes(
    first: bytes, second: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / "源.xlsx", Path(folder) / "果.xlsx"
        sample(path)
        package = Package(path.read_bytes(), path.name)
        package.write("xl/media/新.bin", first, second)
        package.write("docProps/app.xml", first)
        with target.open("wb") as stream:
            package.save(stream)
        after = parts(target)
        assert after.pop("xl/media/新.bin") == first + second
        assert after.pop("docProps/app.xml") == first
        before = parts(path)
        before.pop("docProps/app.xml")
        assert after == before

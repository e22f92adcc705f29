"""Any edit is read back as it was made, and every other cell and part is what it was."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.errors import BadInput
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


# --- what follows rows ----------------------------------------------------------------------

LAST = 14
SPANS = st.tuples(st.integers(2, LAST), st.integers(2, LAST)).map(lambda s: (min(s), max(s)))
MOVES = st.lists(
    st.tuples(st.sampled_from(["insert", "delete"]), st.integers(1, LAST), st.integers(1, 3)),
    min_size=1,
    max_size=4,
)
FOLLOWERS = st.fixed_dictionaries(
    dict.fromkeys(("sum", "merge", "rule", "list", "name", "print", "filter"), SPANS)
)
Span = tuple[int, int]


def sheet_with_followers(path: Path, spans: dict[str, Span]) -> None:
    """Row numbers in column A, their double in B, and one span of rows for each follower."""
    with xlsxwriter.Workbook(path) as made:
        sheet, other = made.add_worksheet("表"), made.add_worksheet("别的")
        for row in range(1, LAST + 1):
            sheet.write(f"A{row}", f"行{row}")
            sheet.write_formula(f"B{row}", f"=A{row}&$A${row}", None, "")
        (top, bottom), (first, last) = spans["merge"], spans["sum"]
        if top < bottom:
            sheet.merge_range(f"D{top}:D{bottom}", "并")
        other.write_formula("A1", f"=COUNTA(表!A{first}:A{last})+COUNTA(A{first}:A{last})")
        top, bottom = spans["rule"]
        red = made.add_format({"bg_color": "#FF0000"})
        rule = {"type": "formula", "criteria": f"=$A{top}>0", "format": red}
        sheet.conditional_format(f"A{top}:C{bottom}", rule)
        top, bottom = spans["list"]
        sheet.data_validation(f"C{top}:C{bottom}", {"validate": "list", "source": "=$A$2:$A$9"})
        made.define_name("名", "=表!$A${}:$B${}".format(*spans["name"]))
        sheet.print_area("A{}:D{}".format(*spans["print"]))
        sheet.autofilter("A{}:B{}".format(*spans["filter"]))


class Rows:
    """Rows as things with names, and spans as sets of them: what follows needs no arithmetic."""

    def __init__(self, spans: dict[str, Span]) -> None:
        self.names, self.unused = list(range(1, 60)), itertools.count(60)
        self.spans = {name: set(range(top, bottom + 1)) for name, (top, bottom) in spans.items()}

    def insert(self, at: int, count: int) -> None:
        new = [next(self.unused) for _ in range(count)]
        for span in self.spans.values():
            if at > 1 and {self.names[at - 2], self.names[at - 1]} <= span:
                span.update(new)
        self.names[at - 1 : at - 1] = new

    def delete(self, at: int, count: int) -> None:
        del self.names[at - 1 : at - 1 + count]

    def span(self, name: str) -> Span | None:
        left = [at for at, row in enumerate(self.names, 1) if row in self.spans[name]]
        return (left[0], left[-1]) if left else None


def reference(span: Span | None, pattern: str) -> str:
    return "#REF!" if span is None else pattern.format(*span)


@settings(max_examples=80)
@given(FOLLOWERS, MOVES)
def test_formulas_merges_rules_lists_names_and_areas_follow_inserted_and_deleted_rows(
    spans: dict[str, Span], moves: list[tuple[str, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "源.xlsx"
        sheet_with_followers(path, spans)
        before = parts(path)
        top_of_rule = (spans["rule"][0],) * 2
        rows = Rows({**spans, "source": (2, 9), "top": top_of_rule})
        book = files.open_book(path)
        for kind, at, count in moves:
            place = book.sheets["表"].range(f"{at}:{at + count - 1}")
            if kind == "insert":
                place.insert("down")
                rows.insert(at, count)
            else:
                place.delete("up")
                rows.delete(at, count)
        book.save()
        book.close()

        made = openpyxl.load_workbook(path)
        sheet = made["表"]
        for at, row in enumerate(rows.names, 1):
            wanted = (f"行{row}", f"=A{at}&$A${at}") if row <= LAST else (None, None)
            assert (sheet[f"A{at}"].value, sheet[f"B{at}"].value) == wanted
        now = {name: rows.span(name) for name in rows.spans}
        area = reference(now["sum"], "A{}:A{}")
        fixed = "A{}:A{}".format(*spans["sum"])
        assert made["别的"]["A1"].value == f"=COUNTA(表!{area})+COUNTA({fixed})"
        merged = now["merge"] if now["merge"] and now["merge"][0] < now["merge"][1] else None
        assert [str(m) for m in sheet.merged_cells.ranges] == (
            [] if merged is None else ["D{}:D{}".format(*merged)]
        )
        rules = {str(c.sqref): c.rules[0].formula for c in sheet.conditional_formatting}
        if now["rule"] is None:
            assert rules == {}
        else:
            assert list(rules) == [plain_area("A{}:C{}".format(*now["rule"]))]
            assert rules.popitem()[1] == [reference(now["top"], "$A{}") + ">0"]
        lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
        source = reference(now["source"], "$A${}:$A${}")
        assert lists == (
            {} if now["list"] is None else {plain_area("C{}:C{}".format(*now["list"])): source}
        )
        assert made.defined_names["名"].attr_text == "表!" + reference(now["name"], "$A${}:$B${}")
        if now["print"] is not None:
            assert sheet.print_area == "'表'!" + "$A${}:$D${}".format(*now["print"])
        if now["filter"] is not None:
            assert sheet.auto_filter.ref == "A{}:B{}".format(*now["filter"])

        after = parts(path)
        touched = {name for name in before if before[name] != after[name]}
        assert touched <= {
            "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
        }  # fmt: skip


def plain_area(text: str) -> str:
    """``C5:C5`` is written ``C5``."""
    first, last = text.split(":")
    return first if first == last else text


TABLE_TOP, TABLE_BOTTOM = 4, 9


@settings(max_examples=40)
@given(MOVES)
def test_a_table_follows_rows_and_never_loses_its_header_or_its_last_row(
    moves: list[tuple[str, int, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "表.xlsx"
        with xlsxwriter.Workbook(path) as made:
            sheet = made.add_worksheet("表")
            data = [[n, n] for n in range(TABLE_BOTTOM - TABLE_TOP)]
            sheet.add_table(f"A{TABLE_TOP}:B{TABLE_BOTTOM}", {"data": data, "name": "tbl_单"})
        rows = Rows({"table": (TABLE_TOP, TABLE_BOTTOM), "data": (TABLE_TOP + 1, TABLE_BOTTOM)})
        book = files.open_book(path)
        for kind, at, count in moves:
            place = book.sheets["表"].range(f"{at}:{at + count - 1}")
            if kind == "insert":
                place.insert("down")
                rows.insert(at, count)
                continue
            names = list(rows.names)
            rows.delete(at, count)
            if TABLE_TOP in rows.names and rows.span("data"):
                place.delete("up")
            else:
                rows.names = names
                with pytest.raises(BadInput, match="表格"):
                    place.delete("up")
        book.save()
        book.close()
        table = openpyxl.load_workbook(path)["表"].tables["tbl_单"]
        ref = reference(rows.span("table"), "A{}:B{}")
        assert (table.ref, table.autoFilter.ref) == (ref, ref)

"""One worksheet part: edits are collected, then spliced into its bytes in a single pass.

The part is cut into head, rows and tail. Rows are never parsed as a tree: a touched row is taken
apart by regular expressions, an untouched one is copied. Head and tail become a tree only when
something in them changes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from addin.errors import BadInput
from addin.hosts.files import markup, splicing
from addin.hosts.files.edits import Edit, Put
from addin.hosts.files.references import (
    MAX_COLUMN,
    MAX_ROW,
    cell_name,
    column_number,
    contains,
    letters,
    overlap,
    parse_area,
)
from addin.hosts.files.styles import Styles
from addin.hosts.files.tags import (
    ATTRIBUTES,
    CELL_COLUMN,
    OPAQUE,
    attributes_of,
    masked,
    style_of_tag,
    without_extensions,
)
from addin.hosts.grid import Area

# ECMA-376 part 1, 18.3.1.99: order of the children of worksheet
SHEET_ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]

_ROWS_BEGIN = re.compile(
    OPAQUE.pattern + rb"|<((?:[\w.-]+:)?)sheetData(?=[\s/>])" + ATTRIBUTES + rb"/?>", re.S
)
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](?:\s*(\d+)\s*[\"'])?")
_SLASH = ord("/")


class Row(NamedTuple):
    """Where a row lies in the rows' bytes. ``close`` is where its cells end."""

    number: int
    start: int
    inner: int
    close: int
    end: int


class RawCell(NamedTuple):
    column: int
    start: int
    inner: int
    close: int
    end: int


class SheetXml:
    """The bytes of one worksheet, and the edits that wait to be spliced in."""

    def __init__(
        self,
        data: bytes,
        styles: Callable[[], Styles],
        date1904: bool,
        damaged: Callable[[str], BadInput],
    ) -> None:
        self._styles, self._date1904, self._damaged = styles, date1904, damaged
        try:
            data = _as_utf8(data)
        except markup.SYNTAX_ERRORS as error:
            raise damaged("工作表内容损坏") from error
        match = _rows_begin(data)
        if match is None:
            raise damaged("工作表缺少数据区")
        p = self.prefix = match[1]
        self._head = data[: match.start()]
        if match[0].endswith(b"/>"):
            self._open, self._close = match[0][:-2].rstrip() + b">", b"</" + p + b"sheetData>"
            self._body, self._tail = b"", data[match.end() :]
        else:
            close = data.rfind(b"</" + p + b"sheetData")
            if close < 0:
                raise damaged("工作表的数据区没有结尾")
            self._open, self._body = match[0], data[match.end() : close]
            end = data.index(b">", close) + 1
            self._close, self._tail = data[close:end], data[end:]
        name = re.escape(p)
        self._row_tag = re.compile(
            rb"<" + name + rb"row(?=[\s/>])(?:\sr=\"(\d+)\")?" + ATTRIBUTES + rb"/?>"
        )
        self.cell_tag = re.compile(rb"<" + name + rb"c(?=[\s/>])" + ATTRIBUTES + rb"/?>")
        self.cell_mark = b"<" + p + b"c"
        self._row_end, self.cell_end = b"</" + p + b"row", b"</" + p + b"c>"
        self._formula_begun = re.compile(rb"<" + name + rb"f(?=[\s/>])")
        self.formula_tag = re.compile(
            rb"<" + name + rb"f(?=[\s/>])(" + ATTRIBUTES + rb")(?:/>|>(.*?)</" + name + rb"f\s*>)",
            re.S,
        )
        self._edits: list[Edit] = []
        self._tree: markup.Element | None = None
        self._tree_touched = False
        self._index: list[Row] | None = None
        self._plain = False  # neither comment nor CDATA in the rows that are indexed
        self._groups: list[Area] | None = None
        self._formula_seen: bool | None = None
        self.touched = False
        self.values_changed = False
        self.lost_formulas: set[str] = set()

    # the whole part

    def to_bytes(self) -> bytes:
        return b"".join(self.chunks())

    def chunks(self) -> tuple[bytes, ...]:
        """The whole part in pieces, so that a big one is not copied once more."""
        self._flush()
        if self._tree_touched and self._tree is not None:
            self._split(markup.serialise(self._tree))
            self._tree_touched = False
        return self._head, self._open, self._body, self._close, self._tail

    def skeleton(self) -> markup.Element:
        """The worksheet without its rows, as a tree to read. Waiting edits may go on waiting."""
        if self._tree is None:
            self._tree = self._parse_skeleton()
        return self._tree

    def touch(self) -> markup.Element:
        """The worksheet without its rows, as a tree to change."""
        tree = self.skeleton()
        self._tree_touched = self.touched = True
        return tree

    def _split(self, data: bytes) -> None:
        match = _rows_begin(data)
        assert match is not None
        self._head, self._tail = data[: match.start()], data[match.end() :]

    def formulas(
        self, begun: re.Pattern[bytes] | None = None
    ) -> Iterator[tuple[Row, RawCell, re.Match[bytes]]]:
        """Every formula: its row, its cell and the match of its element.

        ``begun`` narrows them down to those that it matches where they begin; some others may come.
        """
        self._flush()
        if not self.any_formula():
            return
        rows, row = iter(self.rows()), None
        if not self._plain:  # what looks like a formula may be a comment
            for row in rows:
                yield from self._formulas_of(row, row.inner)
            return
        done = 0
        for found in (begun or self._formula_begun).finditer(self._body):
            while row is None or row.end <= found.start():
                row = next(rows, None)
                if row is None:
                    return
            if found.start() < max(row.inner, done):
                continue
            cell = self._cell_before(row, found.start())
            if cell is None:
                yield from self._formulas_of(row, done)
                done = row.end
                continue
            match = self.formula_tag.search(self._body, cell.inner, cell.close)
            done = cell.end
            if match is not None:
                yield row, cell, match

    def _formulas_of(self, row: Row, start: int) -> Iterator[tuple[Row, RawCell, re.Match[bytes]]]:
        """The same of one row from ``start`` on, every cell taken apart."""
        if self._body.find(b"<" + self.prefix + b"f", row.inner, row.close) < 0:
            return
        for cell in self.cells(row):
            match = self.formula_tag.search(self._body, cell.inner, cell.close)
            if match is not None and cell.start >= start:
                yield row, cell, match

    def _cell_before(self, row: Row, inner: int) -> RawCell | None:
        """The cell whose content begins at ``inner``; None if that takes a look at the row."""
        body = self._body
        found = self._last_named(row, inner)
        close = body.find(self.cell_end, inner, row.close)
        if found is None or found[1].end() < inner or close < 0:
            return None
        if body[inner - 2] == _SLASH or body.find(b"extLst", row.inner, close) >= 0:
            return None
        column, tag = found
        return RawCell(column, *tag.span(), close, close + len(self.cell_end))

    def _last_named(self, row: Row, stop: int) -> tuple[int, re.Match[bytes]] | None:
        """Column and start tag of the last cell before ``stop``; None where it bears no name."""
        place = self._body.rfind(self.cell_mark, row.inner, stop)
        tag = self.cell_tag.match(self._body, place, stop) if place >= 0 else None
        given = CELL_COLUMN.search(tag[0]) if tag else None
        return (column_number(given[1].decode()), tag) if tag and given else None

    def has_formulas(self) -> bool:
        self._flush()
        return self.any_formula()

    def any_formula(self) -> bool:
        if self._formula_seen is None:
            maybe = b"<" + self.prefix + b"f" in self._body
            self._formula_seen = maybe and self.formula_tag.search(self._body) is not None
        return self._formula_seen

    # edits

    def edit(self, edit: Edit) -> None:
        if isinstance(edit, Put):
            self._guard_groups(edit.area)
        self._edits.append(edit)
        self.touched = True
        self.values_changed |= isinstance(edit, Put)

    def _guard_groups(self, area: Area) -> None:
        """Refuse to change a part of an array formula, as Excel does."""
        if self._groups is None:
            self._groups = list(self.array_areas())
        for group in self._groups:
            if overlap(group, area) and not contains(area, group):
                raise BadInput(
                    "这个单元格属于数组公式，不能单独改写",
                    "请在 Excel 中先把该数组公式改为普通公式",
                    cell=cell_name(group.top, group.left),
                )

    def array_areas(self) -> Iterator[Area]:
        """Rectangles of array formulas and data tables that span more than one cell."""
        if not self.any_formula() or not (b"array" in self._body or b"dataTable" in self._body):
            return
        for match in self.formula_tag.finditer(self._body):
            attributes = dict(attributes_of(match[1]))
            span = attributes.get(b"ref", b"")
            if attributes.get(b"t") in (b"array", b"dataTable") and b":" in span:
                try:
                    yield parse_area(span.decode())
                except ValueError as error:
                    raise self._damaged("数组公式的范围无法识别") from error

    # rows and cells

    @property
    def body(self) -> bytes:
        self._flush()
        return self._body

    def rows(self) -> list[Row]:
        self._flush()
        if self._index is None:
            body = masked(self._body)
            self._plain = body is self._body
            self._index = list(self._scan(body))
        return self._index

    def _scan(self, body: bytes) -> Iterator[Row]:
        number = 0
        find, row_end = body.find, self._row_end
        for match in self._row_tag.finditer(body):
            start, inner = match.span()
            digits = match[1]
            if digits is None:
                given = _ROW_NUMBER.search(body, start, inner)
                digits = given[1] if given else b"%d" % (number + 1)
                if digits is None:
                    raise self._damaged(f"第 {number} 行之后的行号无法识别")
            previous, number = number, int(digits)
            if number <= previous:
                raise self._damaged(f"第 {number} 行的次序错乱")
            close = end = inner
            if body[inner - 2] != _SLASH:
                close = find(row_end, inner)
                end = find(b">", close) + 1
                if close < 0 or not end:
                    raise self._damaged(f"第 {number} 行的内容损坏")
            yield Row(number, start, inner, close, end)
        if number > MAX_ROW:
            raise self._damaged(f"第 {number} 行超出工作表的范围")

    def row(self, number: int) -> Row | None:
        rows = self.rows()
        place = bisect_left(rows, (number,))
        return rows[place] if place < len(rows) and rows[place].number == number else None

    def cells(self, row: Row) -> Iterator[RawCell]:
        piece = without_extensions(masked(self._body[row.inner : row.close]))
        column, at = 0, row.inner
        for match in self.cell_tag.finditer(piece):
            given = CELL_COLUMN.search(match[0])
            column = column_number(given[1].decode()) if given else column + 1
            start, inner = match.span()
            close, end = self._end_of_cell(piece, match, row)
            yield RawCell(column, at + start, at + inner, at + close, at + end)

    def _end_of_cell(self, body: bytes, tag: re.Match[bytes], row: Row) -> tuple[int, int]:
        """Where the cell's content ends, and where the cell does."""
        inner = tag.end()
        if body[inner - 2] == _SLASH:
            return inner, inner
        close = body.find(self.cell_end, inner)
        if close < 0:
            raise self._damaged(f"第 {row.number} 行的内容损坏")
        return close, close + len(self.cell_end)

    def cells_at(self, row: Row, columns: Sequence[int]) -> list[RawCell]:
        """The row's cells in these ascending columns, and its last cell, found by their names.

        All cells of the row where a name does not lead straight to its cell. Not for rows with
        comments or CDATA, where a name may be no name.
        """
        last = self._last_cell(row)
        if last is None:
            return list(self.cells(row))
        found: list[RawCell] = []
        place = row.inner
        for column in columns:
            if column >= last.column:
                break
            cell = self._named_cell(row, column, place, last.start)
            if cell is None:
                return list(self.cells(row))
            found.append(cell)
            place = cell.end
        return [*found, last]

    def _last_cell(self, row: Row) -> RawCell | None:
        found = self._last_named(row, row.close)
        if found is None:
            return None
        column, tag = found
        return RawCell(column, *tag.span(), *self._end_of_cell(self._body, tag, row))

    def _named_cell(self, row: Row, column: int, start: int, stop: int) -> RawCell | None:
        body = self._body
        name = body.find(b' r="%b%d"' % (letters(column).encode(), row.number), start, stop)
        place = body.rfind(b"<", start, name) if name >= 0 else -1
        tag = self.cell_tag.match(body, place) if place >= 0 else None
        if tag is None or tag.end() < name:
            return None
        return RawCell(column, *tag.span(), *self._end_of_cell(body, tag, row))

    def cell(self, number: int, column: int) -> RawCell | None:
        row = self.row(number)
        found = None if row is None else (c for c in self.cells(row) if c.column == column)
        return None if found is None else next(found, None)

    def tag(self, place: Row | RawCell) -> bytes:
        return self._body[place.start : place.inner]

    def inner(self, place: Row | RawCell) -> bytes:
        return self._body[place.inner : place.close]

    def used_area(self) -> Area | None:
        """The rectangle round every cell that holds something; formats alone do not count."""
        rows = self.rows()
        first = next((row for row in rows if self.used_columns(row)), None)
        if first is None:
            return None
        last = next(row for row in reversed(rows) if self.used_columns(row))
        left, right = self.used_columns(first) or (1, 1)
        body = self._body
        for row in rows:
            if left == 1:  # then only a cell further right can widen the rectangle
                place = body.rfind(self.cell_mark, row.inner, row.close)
                given = CELL_COLUMN.search(body, place, row.close) if place >= 0 else None
                if given and column_number(given[1].decode()) <= right:
                    continue
            span = self.used_columns(row)
            if span:
                left, right = min(left, span[0]), max(right, span[1])
        return Area(first.number, left, last.number, self._inside(right))

    def _inside(self, column: int) -> int:
        if column > MAX_COLUMN:
            raise self._damaged(f"第 {column} 列超出工作表的范围")
        return column

    def used_columns(self, row: Row) -> tuple[int, int] | None:
        """First and last column of a row that hold something, found from both ends."""
        body = self._body
        start = body.find(self.cell_mark, row.inner, row.close)
        if start < 0:
            return None
        last = body.rfind(self.cell_mark, row.inner, row.close)
        ends = []
        for place in (start, last):
            match = self.cell_tag.match(body, place)
            given = None if match is None else CELL_COLUMN.search(match[0])
            if match is None or given is None or match[0].endswith(b"/>"):
                break
            if body.startswith(self.cell_end, match.end()):
                break
            ends.append(column_number(given[1].decode()))
        if len(ends) == 2:
            return ends[0], ends[1]
        filled = [cell.column for cell in self.cells(row) if self.inner(cell).strip()]
        return (filled[0], filled[-1]) if filled else None

    def style_of(self, cell: RawCell) -> int:
        return style_of_tag(self.tag(cell))

    def widest_column(self) -> int:
        columns = (cell.column for row in self.rows() for cell in self.cells(row))
        return self._inside(max(columns, default=0))

    def style(self, number: int, column: int) -> int:
        """Format of a cell, or the one that its row or column gives to a new cell."""
        row = self.row(number)
        if row is not None:
            for cell in self.cells(row):
                if cell.column == column:
                    return style_of_tag(self.tag(cell))
        return self._default_style(None if row is None else self.tag(row), column)

    def new_cells_style(self, row: Row, column: int) -> int:
        """Format that row or column gives to a new cell."""
        return self._default_style(self.tag(row), column)

    def _default_style(self, row_tag: bytes | None, column: int) -> int:
        if row_tag is not None and b"customFormat" in row_tag:
            return style_of_tag(row_tag)
        return self.column_styles().get(column, 0)

    def column_styles(self) -> dict[int, int]:
        """Formats of whole columns, from the head's bytes."""
        if b"cols" not in self._head and self._tree is None:
            return {}
        if self._tree is None:
            self._tree = self._parse_skeleton()
        cols = markup.child(self._tree, "cols")
        styles: dict[int, int] = {}
        for col in () if cols is None else markup.children(cols, "col"):
            if col.get("style", "0") != "0":
                first = markup.integer(col, "min")
                last = min(markup.integer(col, "max"), MAX_COLUMN)
                styles.update(dict.fromkeys(range(first, last + 1), markup.integer(col, "style")))
        return styles

    def _parse_skeleton(self) -> markup.Element:
        empty = b"<" + self.prefix + b"sheetData/>"
        try:
            return markup.parse(self._head + empty + self._tail)
        except markup.SYNTAX_ERRORS as error:
            raise self._damaged("工作表内容损坏") from error

    # splicing

    def _flush(self) -> None:
        if not self._edits:
            return
        edits, self._edits = self._edits, []
        writer = splicing.Writer(self, edits)
        seen = self._formula_seen
        self._body = writer.body()
        self._index = self._groups = self._formula_seen = None
        if seen is False:
            self._formula_seen = writer.wrote_formula
        elif seen and not writer.lost:
            self._formula_seen = True
        self.lost_formulas |= writer.lost
        self._widen_dimension(edits)

    def replace_body(self, body: bytes) -> None:
        """Put other rows in place of the present ones; the caller has kept them well-formed."""
        self._flush()
        self._body, self.touched = body, True
        self._index = self._groups = self._formula_seen = None

    def _widen_dimension(self, edits: list[Edit]) -> None:
        areas = [e.area for e in edits if isinstance(e, Put)]
        match = re.search(rb"(<[^<>]*dimension\s+ref\s*=\s*[\"'])([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?",
                          self._head)  # fmt: skip
        if not areas or match is None:
            return
        left, top = column_number(match[2].decode()), int(match[3])
        right = column_number((match[4] or match[2]).decode())
        bottom = int(match[5] or match[3])
        wide = Area(
            min(top, *(a.top for a in areas)), min(left, *(a.left for a in areas)),
            max(bottom, *(a.bottom for a in areas)), max(right, *(a.right for a in areas)),
        )  # fmt: skip
        if wide == Area(top, left, bottom, right):
            return
        name = f"{cell_name(wide.top, wide.left)}:{cell_name(wide.bottom, wide.right)}"
        self._head = (
            self._head[: match.start()] + match[1] + name.encode() + self._head[match.end() :]
        )
        if self._tree is not None:
            dimension = markup.child(self._tree, "dimension")
            if dimension is not None:
                dimension.set("ref", name)

    # whole rows

    def dialect(self) -> tuple[Styles, bool]:
        return self._styles(), self._date1904


def _rows_begin(data: bytes) -> re.Match[bytes] | None:
    """The start tag of sheetData, and not one that a comment quotes."""
    return next((match for match in _ROWS_BEGIN.finditer(data) if match[1] is not None), None)


def _as_utf8(data: bytes) -> bytes:
    """UTF-16 and other encodings become UTF-8, as the declaration then says."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return markup.serialise(markup.parse(data))
    match = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)", data)
    if match and match[1].lower() not in (b"utf-8", b"us-ascii", b"ascii", b"utf8"):
        return markup.serialise(markup.parse(data))
    return data

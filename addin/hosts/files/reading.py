"""Reading cells: one cell from its bytes, a whole sheet through python-calamine.

calamine is the fast road and tells values; one pass over the sheet's bytes adds what it does not
tell: error cells, formulas without a stored value, hidden rows, formats of zeros only.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Any

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from addin.errors import BadInput
from addin.hosts.files import markup
from addin.hosts.files.edits import from_serial, plain_text
from addin.hosts.files.references import column_number
from addin.hosts.files.sheetxml import RawCell, Row, SheetXml
from addin.hosts.grid import Area, Cell, CellError, Grid

if TYPE_CHECKING:
    from addin.hosts.files.workbook import Workbook, Worksheet

MAX_GRID = 60_000_000  # cells of the rectangle that is built in memory

_KIND = re.compile(rb"\st\s*=\s*[\"'](\w+)")
_STYLE = re.compile(rb"\ss\s*=\s*[\"'](\d+)")
_ERRORS = {error.value: error for error in CellError}


def cell_error(text: str) -> CellError:
    return _ERRORS.get(text, CellError.OTHER)


class Cells:
    """Values and formulas of single cells of one sheet, decoded from its bytes."""

    def __init__(self, book: Workbook, xml: SheetXml) -> None:
        self._book, self._xml = book, xml
        self._is_date = cache(book.styles.is_date)
        p = re.escape(xml.prefix)
        self._value = re.compile(rb"<" + p + rb"v(?:\s[^>]*)?>(.*?)</" + p + rb"v\s*>", re.S)
        plain = rb"[^<&\s](?:[^<&\r]*[^<&\s])?"  # nothing to decode, nor to strip
        self._plain = re.compile(rb"<%bis><%bt>(%b)</%bt></%bis>" % (p, p, plain, p, p))

    def value(self, place: RawCell) -> Any:
        """None, str, float, bool, datetime, or :class:`CellError`."""
        xml = self._xml
        inner = xml.inner(place)
        if not inner:
            return None
        tag = xml.tag(place)
        kind_match = _KIND.search(tag)
        kind = kind_match[1] if kind_match else b"n"
        if kind == b"inlineStr":
            if plain := self._plain.fullmatch(inner):
                return plain_text(plain[1].decode())
            return plain_text(_rich_text(self._fragment(inner, b"is")))
        match = self._value.search(inner)
        if match is None:
            return None
        text = _text(match[1])
        if kind == b"s":
            return self._book.shared_text(int(text) if text.strip().isdecimal() else -1)
        if kind == b"str":
            return plain_text(text)
        if kind == b"b":
            return text.strip() in ("1", "true")
        if kind == b"e":
            return cell_error(text.strip())
        if kind == b"d":
            return _iso(text.strip())
        try:
            number = float(text)
        except ValueError:
            return None
        style = _STYLE.search(tag)
        if style and self._is_date(int(style[1])):
            moment = from_serial(number, self._book.date1904)
            return number if moment is None else moment
        return number

    def formula(self, place: RawCell, row: Row) -> str:
        """The formula with its ``=``, or an empty text."""
        match = self._xml.formula_tag.search(self._xml.inner(place))
        if match is None:
            return ""
        text = _text(match[2] or b"")
        if not text:
            text = self._book.shared_formula(self._xml, match, row.number, place.column)
        return f"={text}" if text else ""

    def _fragment(self, inner: bytes, name: bytes) -> Any:
        p = self._xml.prefix
        match = re.search(rb"<" + p + name + rb"[\s>].*</" + p + name + rb"\s*>", inner, re.S)
        if match is None:
            return None
        start = b"<" + p + b"x " + _namespaces(self._xml) + b">"
        return markup.parse(start + match[0] + b"</" + p + b"x>")[0]


def _namespaces(xml: SheetXml) -> bytes:
    root = re.search(rb"<" + re.escape(xml.prefix) + rb"worksheet([^>]*)>", xml._head)
    found = re.findall(
        rb"xmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')", root[1] if root else b""
    )
    return b" ".join(found)


def _text(raw: bytes) -> str:
    if b"<![CDATA[" in raw:
        return "".join(
            part if index % 2 else unescape(part)
            for index, part in enumerate(
                re.split(r"<!\[CDATA\[(.*?)\]\]>", raw.decode("utf-8"), flags=re.S)
            )
        )
    return unescape(raw.decode("utf-8"))


def _rich_text(element: Any) -> str:
    """Text of a string item: its own and its runs', without phonetic hints."""
    if element is None:
        return ""
    texts = []
    for part in element:
        name = markup.local(part)
        if name == "t":
            texts.append(_shown(part))
        elif name == "r":
            texts.extend(_shown(t) for t in markup.children(part, "t"))
    return "".join(texts)


def _shown(element: Any) -> str:
    """Space round a text counts only if the text says so, as for Excel."""
    text = element.text or ""
    return text if element.get(markup.XML_SPACE) == "preserve" else text.strip(" \t\r\n")


def shared_texts(data: bytes) -> list[str]:
    """The shared strings of a workbook."""
    texts = []
    events = etree.iterparse(
        io.BytesIO(data), events=("end",), tag="{*}si", resolve_entities=False, huge_tree=True
    )
    for _, item in events:
        texts.append(plain_text(_rich_text(item)))
        item.clear()
    return texts


def _iso(text: str) -> Any:
    for parse in (dt.datetime.fromisoformat, dt.time.fromisoformat):
        try:
            return parse(text.removesuffix("Z"))
        except ValueError:
            continue
    return text


def open_calamine(source: Any, workbook: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_object(source)
    except (CalamineError, OSError, ValueError) as error:
        raise BadInput(
            "文件内容损坏，无法读取", "请在 Excel 中打开并另存为 .xlsx 后重试", workbook=workbook
        ) from error


def is_readable(source: Any, workbook: str) -> bool:
    try:
        open_calamine(source, workbook)
    except BadInput:
        return False
    return True


def read_grid(book: Workbook, sheet: Worksheet) -> Grid:
    """The whole sheet as it stands, unsaved edits included."""
    xml = sheet.xml
    rows = xml.rows()
    used = xml.used_area()
    if used is not None and used.bottom * used.right > MAX_GRID:
        raise BadInput(
            f"工作表用到了第 {used.bottom} 行、第 {used.right} 列，范围过大",
            "请删除数据区以外的多余单元格后保存重试",
            workbook=book.name,
            sheet=sheet.name,
        )
    values = _values(book, sheet, used)
    grid = Grid(values, date1904=book.date1904, merged=sheet.merged_areas())
    grid.hidden_rows = {row.number for row in rows if _hidden(xml.tag(row))}
    _mark_errors(xml, grid)
    _mark_uncalculated(xml, grid)
    _mark_zero_padded(xml, grid, book.styles.zero_widths())
    return grid


def _values(book: Workbook, sheet: Worksheet, used: Area | None) -> list[list[Cell]]:
    try:
        table = book.reader().get_sheet_by_name(sheet.name)
        values: list[list[Cell]] = table.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise BadInput(
            "工作表内容损坏，无法读取",
            "请在 Excel 中打开并另存为 .xlsx 后重试",
            workbook=book.name,
            sheet=sheet.name,
        ) from error
    except BaseException as error:
        # calamine panics where a number under a date format is no date
        if type(error).__name__ != "PanicException":
            raise
        return _values_one_by_one(book, sheet, used)
    return values


def _values_one_by_one(book: Workbook, sheet: Worksheet, used: Area | None) -> list[list[Cell]]:
    if used is None:
        return []
    values: list[list[Cell]] = [[""] * used.right for _ in range(used.bottom)]
    cells = Cells(book, sheet.xml)
    for row in sheet.xml.rows():
        if row.number <= used.bottom:
            for cell in sheet.xml.cells(row):
                if cell.column <= used.right:
                    value = cells.value(cell)
                    values[row.number - 1][cell.column - 1] = "" if value is None else value
    return values


def _hidden(tag: bytes) -> bool:
    return b"hidden" in tag and re.search(rb"\shidden\s*=\s*[\"'](1|true)", tag) is not None


def _mark_errors(xml: SheetXml, grid: Grid) -> None:
    shown = re.compile(rb"<" + re.escape(xml.prefix) + rb"v\s*>([^<]*)<")
    for number, column, _, inner in _cells_with(xml, rb"t", (b"e",)):
        match = shown.search(xml.body, inner, xml.body.find(xml.cell_end, inner))
        if number <= len(grid.rows) and column <= len(grid.rows[number - 1]):
            grid.rows[number - 1][column - 1] = cell_error(match[1].decode() if match else "")


def _mark_uncalculated(xml: SheetXml, grid: Grid) -> None:
    """Only formulas that no stored value follows at once are looked at closely."""
    p = re.escape(xml.prefix)
    doubtful = re.compile(
        rb"<" + p + rb"f(?=[\s/>])(?![^>]*(?:/>|>[^<]*</" + p + rb"f>)<" + p + rb"v>[^<])"
    )
    stored = re.compile(rb"<" + p + rb"(?:v(?:\s[^>]*)?>[^<]|is[\s>])")
    typed_text = re.compile(rb"\st\s*=\s*[\"']str[\"']")
    for row, cell, _ in xml.formulas(doubtful):
        if not stored.search(xml.inner(cell)) and not (
            typed_text.search(xml.tag(cell)) and b"<" + xml.prefix + b"v" in xml.inner(cell)
        ):
            grid.uncalculated.add((row.number, cell.column))


def _mark_zero_padded(xml: SheetXml, grid: Grid, widths: Mapping[int, int]) -> None:
    styles = [str(style).encode() for style in widths]
    for number, column, style, _ in _cells_with(xml, rb"s", styles) if styles else ():
        grid.zero_padded[number, column] = widths[int(style)]


def _cells_with(
    xml: SheetXml, attribute: bytes, values: Sequence[bytes]
) -> Iterator[tuple[int, int, bytes, int]]:
    """Cells whose start tag gives the attribute one of the values, found by that text.

    Row, column, value, and where the content of the cell begins.
    """
    body = xml.body
    mark = rb" " + attribute + rb"=[\"'](" + rb"|".join(values) + rb")[\"']"
    for found in re.finditer(mark, body):
        start = body.rfind(b"<", 0, found.start())
        tag = xml.cell_tag.match(body, start)
        if tag is not None and tag.end() > found.start():
            where = _where(xml, tag[0], start)
            if where is not None:
                yield *where, found[1], tag.end()


_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]+)(\d+)")


def _where(xml: SheetXml, tag: bytes, start: int) -> tuple[int, int] | None:
    given = _REFERENCE.search(tag)
    if given is not None:
        return int(given[2]), column_number(given[1].decode())
    for row in xml.rows():
        if row.start <= start < row.end:
            column = next((c.column for c in xml.cells(row) if c.start == start), None)
            return None if column is None else (row.number, column)
    return None

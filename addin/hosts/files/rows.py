"""Whole rows inserted and deleted, with everything in the workbook that follows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import unescape
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from addin.errors import BadInput
from addin.hosts.files import notes, tables
from addin.hosts.files.calculation import FORMULAS, shared_masters, spliced
from addin.hosts.files.edits import Restyle, RowAttributes
from addin.hosts.files.markup import Element, child, count_children, integer, local
from addin.hosts.files.references import (
    MAX_ROW,
    area_name,
    area_of,
    area_or_none,
    cell_name,
    move_rows,
    parse_area,
    rows_moved,
    translated,
)
from addin.hosts.files.sheetxml import RawCell, Row, SheetXml
from addin.hosts.files.tags import attributes_of, with_attribute
from addin.hosts.grid import Area

if TYPE_CHECKING:
    from addin.hosts.files.workbook import Workbook, Worksheet


def insert_rows(
    book: Workbook, sheet: Worksheet, at: int, count: int, like: int | None = None
) -> None:
    """Insert empty rows at ``at``; they take height and formats of row ``like``."""
    _move_rows(book, sheet, at, count)
    if like is not None:
        _format_like(sheet, like if like < at else like + count, at, count)


def delete_rows(book: Workbook, sheet: Worksheet, at: int, count: int) -> None:
    _move_rows(book, sheet, at, -count)


def _move_rows(book: Workbook, sheet: Worksheet, at: int, count: int) -> None:
    _refuse_split_groups(sheet, at, count)
    _refuse_beheaded_tables(sheet, at, count)
    before = _formula_cells(sheet.xml)
    for other in book.sheets:
        _move_formulas(other, sheet.name, at, count)
    sheet.xml.replace_body(_moved_body(sheet.xml, at, count))
    gone = before - _formula_cells(sheet.xml)
    sheet.xml.lost_formulas |= gone
    sheet.xml.values_changed = True
    for other in book.sheets:
        skeleton = other.xml.skeleton()
        if _move_tree(skeleton, other.name, sheet.name, at, count, ranges=other is sheet):
            other.xml.touch()
    for name in _followers(book, sheet):
        part = book.part(name)
        if _move_tree(part.root, sheet.name, sheet.name, at, count, ranges=True):
            part.touch()
    for name in book.parts_of_type("chart+xml"):
        part = book.part(name)
        if _move_tree(part.root, "", sheet.name, at, count, ranges=False):
            part.touch()
    for element in book.defined_names():
        text = rows_moved(element.text or "", home="", sheet=sheet.name, at=at, count=count)
        if text != (element.text or ""):
            book.touch_workbook()
            element.text = text
    notes.move_rows(sheet, at, count)
    sheet.links = None


def _refuse_split_groups(sheet: Worksheet, at: int, count: int) -> None:
    """An array formula and a pivot table move whole or not at all."""
    whole = list(sheet.xml.array_areas())
    for name in sheet.book.related(sheet.part, "pivotTable"):
        location = child(sheet.book.part(name).root, "location")
        if location is not None:
            pivot = area_of(location)
            whole += [] if pivot is None else [pivot]
    last = at - count - 1  # the last deleted row
    for area in whole:
        if count > 0:
            cut = area.top < at <= area.bottom
        else:
            touched = area.top <= last and at <= area.bottom
            cut = touched and not (at <= area.top and area.bottom <= last)
        if cut:
            raise BadInput(
                "插入或删除行会切开数组公式或数据透视表",
                "请在 Excel 中先移开它",
                workbook=sheet.book.name,
                sheet=sheet.name,
                cell=area_name(area),
            )


def _refuse_beheaded_tables(sheet: Worksheet, at: int, count: int) -> None:
    """Deleted rows may take some of a table's data, never its header or all that it has."""
    last = at - count - 1
    for table in tables.of_sheet(sheet):
        area, header = table.area, int(table.has_header)
        first, bottom = area.top + header, area.bottom - table.totals_rows
        if at <= last and ((header and at <= area.top <= last) or at <= first <= bottom <= last):
            raise BadInput(
                f"删除行会删掉表格“{table.name}”的标题行或全部数据行",
                "请在 Excel 中先把它转换为普通区域",
                workbook=sheet.book.name,
                sheet=sheet.name,
                cell=area_name(area),
            )


def _formula_cells(xml: SheetXml) -> set[str]:
    return {cell_name(row.number, cell.column) for row, cell, _ in xml.formulas()}


def _move_formulas(sheet: Worksheet, moved: str, at: int, count: int) -> None:
    """Rewrite the formulas of one sheet for rows of sheet ``moved``; rows themselves stay put."""
    xml = sheet.xml
    own = sheet.name.casefold() == moved.casefold()
    if not own and moved.encode() not in xml.body and escape(moved).encode() not in xml.body:
        return

    def text_after(text: str) -> str:
        return rows_moved(text, home=sheet.name, sheet=moved, at=at, count=count)

    masters = dict(shared_masters(xml))
    found = list(xml.formulas())
    broken = _broken_groups(found, masters, text_after) if not own else set(masters)
    splices: list[tuple[int, int, bytes]] = []
    body, prefix = xml.body, xml.prefix
    for row, cell, match in found:
        attributes = dict(attributes_of(match[1]))
        index = attributes.get(b"si", b"").decode()
        shared = attributes.get(b"t") == b"shared"
        if shared and index not in broken:
            continue
        if shared:
            if index not in masters:
                continue
            text, top, left = masters[index]
            text = translated(unescape(text), row.number - top, cell.column - left)
            start = b"<" + prefix + b"f>"
        else:
            text = unescape((match[2] or b"").decode("utf-8"))
            tag = b"<" + prefix + b"f" + match[1].rstrip(b"/").rstrip() + b">"
            start = _moved_formula_tag(tag, at, count) if own else tag
        new = start + escape(text_after(text)).encode() + b"</" + prefix + b"f>"
        if not text and not shared:
            new = start[:-1] + b"/>"
        if new != match[0]:
            splices.append((match.start(), match.end(), new))
    if splices:
        xml.replace_body(spliced(body, splices))
        xml.values_changed = True


def _broken_groups(
    found: list[tuple[Row, RawCell, re.Match[bytes]]],
    masters: dict[str, tuple[str, int, int]],
    text_after: Callable[[str], str],
) -> set[str]:
    """Shared formulas of which a member changes: they become plain formulas."""
    broken = set()
    for row, cell, match in found:
        attributes = dict(attributes_of(match[1]))
        index = attributes.get(b"si", b"").decode()
        if attributes.get(b"t") == b"shared" and index in masters and index not in broken:
            text, top, left = masters[index]
            here = translated(unescape(text), row.number - top, cell.column - left)
            if text_after(here) != here:
                broken.add(index)
    return broken


def _moved_formula_tag(tag: bytes, at: int, count: int) -> bytes:
    """The start tag of an array formula or data table with its own references moved."""
    for name, value in attributes_of(tag):
        if name in (b"ref", b"r1", b"r2"):
            old = area_or_none(value.decode())
            area = None if old is None else move_rows(old, at, count)
            if area is not None:
                tag = with_attribute(tag, name.decode(), area_name(area))
    return tag


_CELL_ROW = rb"(\sr\s*=\s*[\"']\s*[A-Za-z]+)\d+"


def _moved_body(xml: SheetXml, at: int, count: int) -> bytes:
    """The rows with their numbers after rows were inserted or deleted at ``at``."""
    body = xml.body
    cell_tag = re.compile(rb"<" + re.escape(xml.prefix) + rb"c(?=[\s/>])[^>]*>")
    out, copied = [], 0
    for row in xml.rows():
        if row.number < at:
            continue
        out.append(body[copied : row.start])
        copied = row.end
        number = row.number + count
        if count < 0 and row.number < at - count:
            continue
        new = str(number).encode()
        tag = with_attribute(xml.tag(row), "r", str(number))
        cells = cell_tag.sub(
            lambda m, new=new: re.sub(_CELL_ROW, rb"\g<1>" + new, m[0], count=1),  # type: ignore[misc]
            body[row.inner : row.close],
        )
        out += [tag, cells, body[row.close : row.end]]
    return b"".join([*out, body[copied:]])


def _format_like(sheet: Worksheet, like: int, at: int, count: int) -> None:
    """Give new rows the height and the formats of another row, as Excel does."""
    xml = sheet.xml
    row = xml.row(like)
    if row is None:
        return
    tag = xml.tag(row)
    attributes = tuple(
        (name.decode(), value.decode())
        for name, value in attributes_of(tag)
        if name in (b"ht", b"customHeight", b"s", b"customFormat")
    )
    left, right = 1, 1
    styles = {}
    for cell in xml.cells(row):
        styles[cell.column] = xml.style_of(cell)
    left, right = min(styles, default=1), max(styles, default=1)
    if attributes:
        xml.edit(RowAttributes(Area(at, left, at + count - 1, right), attributes))
    for column, style in styles.items():
        if style:
            xml.edit(Restyle(Area(at, column, at + count - 1, column), style))


# ranges and formulas in trees

_RANGES = ("ref", "sqref", "activeCell", "topLeftCell")
_REMOVABLE = {
    "mergeCell": "mergeCells", "hyperlink": "hyperlinks", "dataValidation": "dataValidations",
    "conditionalFormatting": "", "protectedRange": "protectedRanges",
    "ignoredError": "ignoredErrors", "comment": "", "autoFilter": "", "sortState": "",
    "cellWatch": "cellWatches", "sparkline": "",
}  # fmt: skip


def _move_tree(root: Element, home: str, moved: str, at: int, count: int, *, ranges: bool) -> bool:
    """Move ranges (if they lie on the moved sheet) and formulas in a tree; True if one changed."""
    changed = False
    for element in list(root.iter()):
        name = local(element)
        if not name:
            continue
        if name in FORMULAS and element.text:
            text = rows_moved(element.text, home=home, sheet=moved, at=at, count=count)
            if text != element.text:
                element.text, changed = text, True
        if name == "worksheetSource" and element.get("ref"):
            if element.get("sheet", "").casefold() == moved.casefold():
                changed |= _move_attribute(element, "ref", at, count)
        elif ranges:
            for attribute in _RANGES:
                if attribute in element.attrib:
                    changed |= _move_attribute(element, attribute, at, count)
            if name == "sqref" and element.text:
                with suppress(ValueError):
                    text = _moved_list(element.text, at, count)
                    if text != element.text:
                        element.text, changed = text or "A1", True
            if name == "row" and local(element.getparent()) in ("from", "to") and element.text:
                changed |= _move_anchor(element, at, count)
            if name == "brk" and local(element.getparent()) == "rowBreaks":
                changed |= _move_break(element, at, count)
    return changed


def _moved_list(text: str, at: int, count: int) -> str:
    moved = (move_rows(parse_area(part), at, count) for part in text.split())
    return " ".join(area_name(area) for area in moved if area is not None)


def _move_attribute(element: Element, attribute: str, at: int, count: int) -> bool:
    old = element.get(attribute)
    try:
        new = _moved_list(old, at, count)
    except ValueError:
        return False
    name = local(element)
    if new == old or new == _moved_list(old, MAX_ROW, 0):
        return False
    if name == "mergeCell" and ":" not in new:
        new = ""  # one cell is no merge
    if new:
        element.set(attribute, new)
        return True
    if name in _REMOVABLE:
        group = element.getparent()
        group.remove(element)
        count_children(group)
        if _REMOVABLE[name] and not len(group):
            group.getparent().remove(group)
        return True
    element.set(attribute, cell_name(at, 1))
    return True


def _move_anchor(element: Element, at: int, count: int) -> bool:
    """Drawings count rows from 0."""
    row = int(element.text) + 1 if element.text.strip().isdecimal() else 0
    if row < at:
        return False
    element.text = str(max(at, row + count) - 1)
    return True


def _move_break(element: Element, at: int, count: int) -> bool:
    row = integer(element, "id")
    if row < at:
        return False
    element.set("id", str(max(at - 1, row + count)))
    return True


def _followers(book: Workbook, sheet: Worksheet) -> Iterator[str]:
    """Parts of a sheet whose ranges lie on it."""
    for kind in ("table", "drawing", "pivotTable", "comments", "threadedComment"):
        for name in book.related(sheet.part, kind):
            if book.has_part(name):
                yield name
    yield from book.parts_of_type("pivotCacheDefinition+xml")


def spans_all_data(sheet: Worksheet, top: int, left: int, right: int) -> bool:
    """Does every cell from row ``top`` down lie between two columns?"""
    for row in sheet.xml.rows():
        if row.number >= top:
            span = sheet.xml.used_columns(row)
            if span and (span[0] < left or span[1] > right):
                return False
    return True

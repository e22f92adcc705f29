"""Cells copied to another place: values, formulas, formats, merges and rules."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from addin.errors import BadInput
from addin.hosts.files import layout
from addin.hosts.files.edits import Formula, Put, RawContent, Restyle, RowAttributes
from addin.hosts.files.markup import Element, count_children, local
from addin.hosts.files.reading import Cells
from addin.hosts.files.references import (
    MAX_COLUMN,
    area_name,
    area_or_none,
    contains,
    translated,
)
from addin.hosts.files.sheetxml import RawCell, Row, SheetXml
from addin.hosts.files.tags import attributes_of
from addin.hosts.grid import Area

if TYPE_CHECKING:
    from addin.hosts.files.cells import Range
    from addin.hosts.files.workbook import Worksheet


@dataclass(frozen=True)
class _Block:
    """What a rectangle holds: content and format of each cell, and the start tags of its rows."""

    area: Area
    contents: list[list[Any]]
    styles: list[list[int]]
    row_tags: list[bytes]


def copy_cells(source: Range, target: Range, *, values: bool, formats: bool) -> None:
    """Copy a rectangle; relative references go along. A target of several sizes is filled."""
    if source.sheet.book.workbook is not target.sheet.book.workbook:
        raise BadInput("不能在两个工作簿之间复制单元格", "请在同一个工作簿里复制")
    block = _read(source)
    reached = _reached(block.area, target)
    sheet = target.sheet.sheet
    if formats and source.sheet.sheet is sheet and target.column == source.column:
        _extend_rules(sheet, block.area, reached)
    if values:
        sheet.xml.edit(Put(reached, _repeated(block, reached)))
    if formats:
        _paste_formats(sheet, block, reached, whole_rows=source.shape[1] == MAX_COLUMN)
        _paste_merges(source, sheet, block.area, reached)


def _read(source: Range) -> _Block:
    xml = source.sheet.sheet.xml
    area = source.area
    if source.shape[1] == MAX_COLUMN:
        area = Area(area.top, area.left, area.bottom, max(1, xml.widest_column()))
    height, width = area.bottom - area.top + 1, area.right - area.left + 1
    block = _Block(
        area,
        [[None] * width for _ in range(height)],
        [[0] * width for _ in range(height)],
        [b""] * height,
    )
    cells = Cells(source.sheet.book.workbook, xml)
    for row in xml.rows():
        if not area.top <= row.number <= area.bottom:
            continue
        place = row.number - area.top
        block.row_tags[place] = xml.tag(row)
        for cell in xml.cells(row):
            if area.left <= cell.column <= area.right:
                block.contents[place][cell.column - area.left] = _content(xml, cells, row, cell)
                block.styles[place][cell.column - area.left] = xml.style_of(cell)
    return block


def _reached(area: Area, target: Range) -> Area:
    """Where the copies of a rectangle lie: once, or as often as it fits exactly into the target."""
    height, width = area.bottom - area.top + 1, area.right - area.left + 1
    rows, columns = target.shape
    rows = rows if rows % height == 0 else height
    columns = columns if columns % width == 0 and columns < MAX_COLUMN else width
    top, left = target.row, target.column
    return Area(top, left, top + rows - 1, left + columns - 1)


def _repeated(block: _Block, reached: Area) -> list[list[Any]]:
    height, width = len(block.contents), len(block.contents[0])
    down, right = reached.top - block.area.top, reached.left - block.area.left
    return [
        [
            _shifted(
                block.contents[i % height][j % width],
                (down + i - i % height, right + j - j % width),
            )
            for j in range(reached.right - reached.left + 1)
        ]
        for i in range(reached.bottom - reached.top + 1)
    ]


def _paste_formats(sheet: Worksheet, block: _Block, reached: Area, *, whole_rows: bool) -> None:
    height, width = len(block.styles), len(block.styles[0])
    for j in range(reached.right - reached.left + 1):
        column = reached.left + j
        if height == 1:  # one tall edit instead of one for each row
            area = Area(reached.top, column, reached.bottom, column)
            sheet.xml.edit(Restyle(area, block.styles[0][j % width]))
            continue
        for i in range(reached.bottom - reached.top + 1):
            area = Area(reached.top + i, column, reached.top + i, column)
            sheet.xml.edit(Restyle(area, block.styles[i % height][j % width]))
    for i in range(reached.bottom - reached.top + 1 if whole_rows else 0):
        _copy_row_attributes(sheet.xml, block.row_tags[i % height], reached.top + i)


def _paste_merges(source: Range, sheet: Worksheet, area: Area, reached: Area) -> None:
    height, width = area.bottom - area.top + 1, area.right - area.left + 1
    for merged in source.sheet.sheet.merged_areas():
        if not contains(area, merged):
            continue
        for top in range(reached.top, reached.bottom + 1, height):
            for left in range(reached.left, reached.right + 1, width):
                down, right = top - area.top, left - area.left
                moved = Area(
                    merged.top + down,
                    merged.left + right,
                    merged.bottom + down,
                    merged.right + right,
                )
                layout.merge(sheet, moved)


_RULES = {"conditionalFormatting": "formula", "dataValidation": "formula1 formula2"}


def _extend_rules(sheet: Worksheet, source: Area, target: Area) -> None:
    """Conditional formats and validations of copied rows reach to the rows they were copied to."""
    for element in list(sheet.xml.skeleton().iter("{*}conditionalFormatting", "{*}dataValidation")):
        if "sqref" not in element.attrib:
            continue
        found = [area_or_none(part) for part in element.get("sqref").split()]
        spans = [area for area in found if area is not None]
        if len(spans) < len(found):
            continue
        covering = [a for a in spans if a.top <= source.top and source.bottom <= a.bottom]
        for area in covering:
            left, right = max(area.left, source.left), min(area.right, source.right)
            reached = Area(target.top, left, target.bottom, right)
            if left > right or any(contains(span, reached) for span in spans):
                continue
            sheet.xml.touch()
            whole = (left, right) == (area.left, area.right)
            if whole and target.top == area.bottom + 1:
                spans[spans.index(area)] = Area(area.top, left, target.bottom, right)
            elif whole and len(spans) == 1 and target.bottom == area.top - 1:
                spans = [Area(target.top, left, area.bottom, right)]
                _translate_rules(element, target.top - area.top)
            else:
                _copy_rule(element, reached, target.top - area.top)
        element.set("sqref", " ".join(area_name(span) for span in spans))


def _translate_rules(element: Element, down: int) -> None:
    for formula in element.iter():
        if local(formula) in _RULES[local(element)].split() and formula.text:
            formula.text = translated(formula.text, down, 0)


def _copy_rule(element: Element, area: Area, down: int) -> None:
    copied = deepcopy(element)
    copied.set("sqref", area_name(area))
    _translate_rules(copied, down)
    element.addnext(copied)
    if local(element) == "dataValidation":
        count_children(element.getparent())


def _copy_row_attributes(xml: SheetXml, tag: bytes, number: int) -> None:
    wanted = {b"ht", b"customHeight", b"s", b"customFormat"}
    kept = tuple((k.decode(), v.decode()) for k, v in attributes_of(tag) if k in wanted)
    if kept:
        xml.edit(RowAttributes(Area(number, 1, number, 1), kept))


def _content(xml: SheetXml, cells: Cells, row: Row, cell: RawCell) -> Any:
    formula = cells.formula(cell, row)
    if formula:
        return Formula(formula[1:])
    inner = xml.inner(cell)
    if not inner.strip():
        return None
    kind = re.search(rb"\st\s*=\s*[\"'](\w+)", xml.tag(cell))
    return RawContent(kind[1].decode() if kind else "", inner)


def _shifted(value: Any, shift: tuple[int, int]) -> Any:
    return Formula(translated(value, *shift)) if isinstance(value, Formula) else value

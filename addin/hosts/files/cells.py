"""A range of cells, as xlwings has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from addin.errors import BadInput
from addin.hosts.collector import collector_at_rest
from addin.hosts.files import copying, layout, notes, rows
from addin.hosts.files.edits import Formula, Put, Restyle, RowAttributes, Text
from addin.hosts.files.errors import Unsupported, refusing
from addin.hosts.files.formats import Borders, Font
from addin.hosts.files.reading import Cells
from addin.hosts.files.references import (
    MAX_COLUMN,
    MAX_ROW,
    area_name,
    contains,
    overlap,
    translated,
)
from addin.hosts.files.sheetxml import RawCell, Row, SheetXml
from addin.hosts.files.styles import Change, Rgb
from addin.hosts.files.values import as_rgb, shown_text, stored_rows
from addin.hosts.files.workbook import Workbook
from addin.hosts.grid import Area
from addin.hosts.style import CellStyle

if TYPE_CHECKING:
    from addin.hosts.files.engine import Sheet
    from addin.hosts.files.listobjects import Table
    from addin.hosts.files.names import Name

Look = tuple[int, str, Rgb | None, Rgb | None, bool, bool]

MAX_WRITE = 50_000_000  # cells of one assignment

HORIZONTAL = {"center_across_selection": "centerContinuous"}  # others as xlwings has them
_HORIZONTAL_BACK = {xml: name for name, xml in HORIZONTAL.items()}


def range_of(sheet: Sheet, area: Area) -> Range:
    height, width = area.bottom - area.top + 1, area.right - area.left + 1
    return Range(sheet, area.top, area.left, height, width)


@refusing
class Range(base_classes.Range):
    """A rectangle of cells; ``height_`` and ``width_`` count rows and columns."""

    options: dict[str, Any]
    sheet: Any = None
    row: Any = None
    column: Any = None
    max_cells_per_read = None
    max_cells_per_write = None

    def __init__(self, sheet: Sheet, top: int, left: int, height: int, width: int) -> None:
        self.sheet = sheet
        self.row, self.column, self.height_, self.width_ = top, left, height, width
        if top + height - 1 > MAX_ROW or left + width - 1 > MAX_COLUMN:
            raise IndexError("Range reaches beyond the sheet")

    @property
    def area(self) -> Area:
        return Area(
            self.row, self.column, self.row + self.height_ - 1, self.column + self.width_ - 1
        )

    @property
    def api(self) -> Range | None:
        return self if self.height_ and self.width_ else None

    @property
    def _workbook(self) -> Workbook:
        return self.sheet.book.workbook

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        return self.sheet.name, self.row, self.column, self.height_, self.width_

    @property
    def shape(self) -> tuple[int, int]:
        return self.height_, self.width_

    def __len__(self) -> int:
        return self.height_ * self.width_

    def __call__(self, arg1: int, arg2: int | None = None) -> Range:
        if arg2 is None:
            row, column = divmod(arg1 - 1, self.width_)
        else:
            row, column = arg1 - 1, arg2 - 1
        return Range(self.sheet, self.row + row, self.column + column, 1, 1)

    @property
    def rows(self) -> Range:
        return self

    @property
    def columns(self) -> Range:
        return self

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        name = area_name(self.area, absolute=True)
        if not (row_absolute and col_absolute):
            name = re.sub(
                r"(\$?)([A-Z]*)(\$?)(\d*)",
                lambda m: (
                    ("$" * col_absolute + m[2] if m[2] else "")
                    + ("$" * row_absolute + m[4] if m[4] else "")
                ),
                name,
            )
        if external:
            return f"'[{self.sheet.book.name}]{self.sheet.name}'!{name}"
        return name

    @property
    def address(self) -> str:
        return area_name(self.area, absolute=True)

    # values

    def _places(self) -> Iterator[tuple[Row, RawCell]]:
        xml = self.sheet.sheet.xml
        last = self.column + self.width_ - 1
        for row in xml.rows():
            if row.number >= self.row + self.height_:
                break
            if row.number >= self.row:
                for cell in xml.cells(row):
                    if self.column <= cell.column <= last:
                        yield row, cell

    def _clipped(self) -> Range:
        """The part of an endless range that the sheet uses."""
        if len(self) <= MAX_WRITE and self.height_ < MAX_ROW and self.width_ < MAX_COLUMN:
            return self
        used = self.sheet.sheet.xml.used_area() or Area(1, 1, 1, 1)
        top, left = max(self.row, used.top), max(self.column, used.left)
        bottom = min(self.row + self.height_ - 1, used.bottom)
        right = min(self.column + self.width_ - 1, used.right)
        return Range(self.sheet, top, left, max(0, bottom - top + 1), max(0, right - left + 1))

    @property
    def raw_value(self) -> list[list[Any]]:
        area = self._clipped() if len(self) > MAX_WRITE else self
        table: list[list[Any]] = [[None] * area.width_ for _ in range(area.height_)]
        cells = Cells(self._workbook, self.sheet.sheet.xml)
        for row, cell in area._places():
            table[row.number - area.row][cell.column - area.column] = cells.value(cell)
        return table

    @raw_value.setter
    @collector_at_rest()
    def raw_value(self, value: Any) -> None:
        try:
            rows = stored_rows(value, self)
        except BadInput as error:
            raise self._located(error) from error
        self._put(self._without_formulas_in_texts(rows))

    def _without_formulas_in_texts(self, rows: list[list[Any]]) -> list[list[Any]]:
        """A cell of the format ``@`` takes ``=1+1`` as the text that it is."""
        places = [
            (i, j) for i, row in enumerate(rows) for j, v in enumerate(row) if type(v) is Formula
        ]
        if not places:
            return rows
        xml, styles = self.sheet.sheet.xml, self._workbook.styles
        for i, j in places:
            if styles.number_format(xml.style(self.row + i, self.column + j)) == "@":
                rows[i] = list(rows[i])  # rows of a filled range are one list
                rows[i][j] = Text("=" + rows[i][j])
        return rows

    def _put(self, rows: Sequence[Sequence[Any]]) -> None:
        if not rows or not rows[0]:
            return
        area = Area(self.row, self.column, self.row + len(rows) - 1, self.column + len(rows[0]) - 1)
        if area.bottom > MAX_ROW or area.right > MAX_COLUMN:
            raise IndexError("The values reach beyond the sheet")
        try:
            self.sheet.sheet.xml.edit(Put(area, rows))
        except BadInput as error:
            raise self._located(error) from error

    def _located(self, error: BadInput) -> BadInput:
        return BadInput(
            error.problem,
            error.remedy,
            workbook=self.sheet.book.name,
            sheet=self.sheet.name,
            cell=error.cell,
            row=error.row,
        )

    def clear_contents(self) -> None:
        area = self._clipped()
        if len(area):
            area._put([[None] * area.width_] * area.height_)

    def clear_formats(self) -> None:
        self._restyle(0)

    def clear(self) -> None:
        self.clear_contents()
        self.clear_formats()

    @property
    def formula(self) -> Any:
        cells = Cells(self._workbook, self.sheet.sheet.xml)
        table: list[list[str]] = [[""] * self.width_ for _ in range(self.height_)]
        for row, cell in self._places():
            text = cells.formula(cell, row)
            if not text:
                text = shown_text(cells.value(cell))
            table[row.number - self.row][cell.column - self.column] = text
        if len(self) == 1:
            return table[0][0]
        return tuple(tuple(row) for row in table)

    @formula.setter
    def formula(self, value: Any) -> None:
        if isinstance(value, str) and value.startswith("=") and len(self) > 1:
            self._put(
                [
                    [Formula(translated(value[1:], down, right)) for right in range(self.width_)]
                    for down in range(self.height_)
                ]
            )
        else:
            self.raw_value = value

    formula2 = formula

    @property
    def has_array(self) -> bool:
        return False

    def end(self, direction: str) -> Range:
        return Range(
            self.sheet, *_end(self.sheet.sheet.xml, (self.row, self.column), direction), 1, 1
        )

    @property
    def current_region(self) -> Range:
        raise Unsupported("Range.current_region")

    # formats

    def _restyle(self, change: Change | int) -> None:
        if not len(self):
            return
        sheet, area = self.sheet.sheet, self.area
        if self.height_ == MAX_ROW:
            layout.restyle_columns(sheet, area, change)
        elif self.width_ == MAX_COLUMN:
            layout.restyle_rows(sheet, area, change)
        sheet.xml.edit(Restyle(area, change))

    def _styles(self) -> set[int]:
        """The formats that occur in the range; blank cells of a big one are told by its corners."""
        xml = self.sheet.sheet.xml
        bottom, right = self.row + self.height_ - 1, self.column + self.width_ - 1
        if len(self) > 10_000:
            corners = {xml.style(self.row, self.column), xml.style(bottom, right)}
            return corners | {xml.style_of(cell) for _, cell in self._places()}
        return {
            xml.style(row, column)
            for row in range(self.row, bottom + 1)
            for column in range(self.column, right + 1)
        }

    def _common(self, read: Callable[[int], Any]) -> Any:
        """What all cells of the range share, else None."""
        values = {read(style) for style in self._styles()}
        return values.pop() if len(values) == 1 else None

    def apply_style(self, style: CellStyle) -> None:
        """The named style of a workbook, or ours; the cells' own formats stay."""
        self._restyle(("style", style))

    def looks(self) -> list[list[Look]]:
        """Of each cell: its format as the file counts them, and what can be seen of it."""
        xml, seen = self.sheet.sheet.xml, cache(self._seen)
        columns = range(self.column, self.column + self.width_)
        of_columns = [seen(xml.column_styles().get(column, 0)) for column in columns]
        found = [list(of_columns) for _ in range(self.height_)]
        for row in xml.rows():
            if 0 <= row.number - self.row < self.height_ and b"customFormat" in xml.tag(row):
                given = [seen(xml.new_cells_style(row, column)) for column in columns]
                found[row.number - self.row] = given
        for row, cell in self._places():
            found[row.number - self.row][cell.column - self.column] = seen(xml.style_of(cell))
        return found

    def put_look(self, look: Look) -> None:
        """The same format, unless another program has counted them anew since."""
        index, number_format, fill, ink, bold, wrap = look
        if index < len(self._workbook.styles) and self._seen(index) == look:
            self._restyle(index)
            return
        self.number_format, self.color, self.wrap_text = number_format, fill, wrap
        self.font.bold, self.font.color = bold, ink

    def _seen(self, index: int) -> Look:
        styles = self._workbook.styles
        return (
            index,
            styles.number_format(index),
            styles.fill(index),
            styles.font(index, "color"),
            styles.font(index, "b"),
            styles.alignment(index, "wrapText") in ("1", "true"),
        )

    @property
    def number_format(self) -> str | None:
        return self._common(self._workbook.styles.number_format)

    @number_format.setter
    def number_format(self, value: str) -> None:
        self._restyle(("number_format", value))

    @property
    def color(self) -> Rgb | None:
        return self._common(self._workbook.styles.fill)

    @color.setter
    def color(self, value: Any) -> None:
        self._restyle(("fill", as_rgb(value)))

    def set_colors(self, colors: Sequence[Sequence[Any]]) -> None:
        for i, row in enumerate(colors, 1):
            for j, color in enumerate(row, 1):
                if color is not ...:
                    self(i, j).color = color

    @property
    def font(self) -> Font:
        return Font(self)

    @property
    def borders(self) -> Borders:
        return Borders(self)

    @property
    def wrap_text(self) -> bool:
        return self._alignment("wrapText") in ("1", "true")

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self._restyle(("alignment", (("wrapText", "1" if value else None),)))

    def _alignment(self, attribute: str) -> str | None:
        styles = self._workbook.styles
        return self._common(lambda style: styles.alignment(style, attribute))

    @property
    def horizontal_alignment(self) -> str:
        value = self._alignment("horizontal") or "general"
        return _HORIZONTAL_BACK.get(value, value)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        self._restyle(("alignment", (("horizontal", HORIZONTAL.get(value, value)),)))

    @property
    def vertical_alignment(self) -> str:
        return self._alignment("vertical") or "bottom"

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self._restyle(("alignment", (("vertical", value),)))

    @property
    def column_width(self) -> float | None:
        widths = {
            layout.column_width(self.sheet.sheet, column)
            for column in range(self.column, self.column + self.width_)
        }
        return widths.pop() if len(widths) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        layout.set_columns(self.sheet.sheet, self.area, layout.width_attributes(value))

    @property
    def column_hidden(self) -> bool | None:
        hidden = {
            layout.column_hidden(self.sheet.sheet, column)
            for column in range(self.column, self.column + self.width_)
        }
        return hidden.pop() if len(hidden) == 1 else None

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        layout.set_columns(self.sheet.sheet, self.area, {"hidden": "1" if value else None})

    @property
    def row_height(self) -> float | None:
        heights = {
            layout.row_height(self.sheet.sheet, row)
            for row in range(self.row, self.row + self.height_)
        }
        return heights.pop() if len(heights) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        self._row_attributes(("ht", f"{value:g}"), ("customHeight", "1"))

    def _row_attributes(self, *attributes: tuple[str, str | None]) -> None:
        self.sheet.sheet.xml.edit(RowAttributes(self.area, attributes))

    @property
    def row_hidden(self) -> bool | None:
        hidden = {
            layout.row_hidden(self.sheet.sheet, row)
            for row in range(self.row, self.row + self.height_)
        }
        return hidden.pop() if len(hidden) == 1 else None

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self._row_attributes(("hidden", "1" if value else None))

    # structure

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        self._whole_rows(shift, "down", "插入单元格（只支持整行）")
        like = None if copy_origin == "format_from_right_or_below" else self.row - 1
        rows.insert_rows(self._workbook, self.sheet.sheet, self.row, self.height_, like or None)

    def delete(self, shift: str | None = None) -> None:
        self._whole_rows(shift, "up", "删除单元格（只支持整行）")
        rows.delete_rows(self._workbook, self.sheet.sheet, self.row, self.height_)

    def _whole_rows(self, shift: str | None, wanted: str, feature: str) -> None:
        """A range as wide as all data below it moves as whole rows do; others are refused."""
        if shift not in (None, wanted):
            raise Unsupported(feature)
        if self.width_ < MAX_COLUMN:
            last = self.column + self.width_ - 1
            if not rows.spans_all_data(self.sheet.sheet, self.row, self.column, last):
                raise Unsupported(feature)

    def copy(self, destination: Any = None) -> None:
        if destination is None:
            raise Unsupported("剪贴板")
        copying.copy_cells(self, destination.impl, values=True, formats=True)

    def copy_from(
        self,
        source_range: Any,
        copy_type: str = "all",
        skip_blanks: bool = False,
        transpose: bool = False,
    ) -> None:
        if skip_blanks or transpose or copy_type not in ("all", "formats", "formulas"):
            raise Unsupported(f"copy_from({copy_type!r})")
        copying.copy_cells(
            source_range.impl,
            self,
            values=copy_type != "formats",
            formats=copy_type != "formulas",
        )

    @property
    def merge_area(self) -> Range:
        for area in self.sheet.sheet.merged_areas():
            if area.top <= self.row <= area.bottom and area.left <= self.column <= area.right:
                return range_of(self.sheet, area)
        return Range(self.sheet, self.row, self.column, 1, 1)

    @property
    def merge_cells(self) -> bool | None:
        """None where a part of the range is merged, as in Excel."""
        hit = [a for a in self.sheet.sheet.merged_areas() if overlap(a, self.area)]
        if not hit:
            return False
        return True if any(contains(area, self.area) for area in hit) else None

    def merge(self, across: bool = False) -> None:
        if across:
            for i in range(self.height_):
                Range(self.sheet, self.row + i, self.column, 1, self.width_).merge()
            return
        if self.height_ > 1:
            Range(
                self.sheet, self.row + 1, self.column, self.height_ - 1, self.width_
            ).clear_contents()
        if self.width_ > 1:
            Range(self.sheet, self.row, self.column + 1, 1, self.width_ - 1).clear_contents()
        layout.merge(self.sheet.sheet, self.area)

    def unmerge(self) -> None:
        layout.unmerge(self.sheet.sheet, self.area)

    # links, filters, tables, notes, names

    def add_hyperlink(
        self, address: str, text_to_display: str | None = None, screen_tip: str | None = None
    ) -> None:
        layout.add_hyperlink(self.sheet.sheet, self.area, address, screen_tip)
        text = address if text_to_display is None else text_to_display
        self(1, 1)._put([[Text(text) if str(text)[:1] in ("=", "'") else text]])
        self._restyle(("font", (("u", True), ("color", layout.LINK_COLOR))))

    @property
    def hyperlink(self) -> str:
        found = layout.hyperlink(self.sheet.sheet, self.row, self.column)
        if found is None:
            raise Exception("The cell doesn't seem to contain a hyperlink!")
        return found

    def offer_choices(self, choices: Sequence[str]) -> None:
        layout.offer_choices(self.sheet.sheet, self.area, choices)

    @property
    def autofilter(self) -> AutoFilter:
        return AutoFilter(self)

    def AutoFilter(self) -> None:
        """Show the filter arrows, as COM's ``Range.AutoFilter()`` does through ``range.api``."""
        layout.set_autofilter(self.sheet.sheet, self.area)

    @property
    def table(self) -> Table | None:
        return self.sheet.tables.at(self.row, self.column)

    @property
    def note(self) -> Note | None:
        if notes.text(self.sheet.sheet, area_name(self._first)) is None:
            return None
        return Note(self.sheet, self._first)

    @property
    def _first(self) -> Area:
        return Area(self.row, self.column, self.row, self.column)

    def add_note(self, text: str) -> Note:
        notes.add(self.sheet.sheet, self._first, text)
        return Note(self.sheet, self._first)

    @property
    def name(self) -> Name | None:
        wanted = self._workbook.reference(self.sheet.sheet, self.address)
        return self.sheet.book.names.of(wanted)

    @name.setter
    def name(self, value: str) -> None:
        self._workbook.add_name(
            value, self._workbook.reference(self.sheet.sheet, self.address), None
        )

    def select(self) -> None:
        layout.select(self.sheet.sheet, area_name(self.area))

    def autofit(self, axis: str | None = None) -> None:
        raise Unsupported("自动调整行高列宽")


def _end(xml: SheetXml, start: tuple[int, int], direction: str) -> tuple[int, int]:
    """Where Ctrl+arrow leads from the first cell of a range."""
    step = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}[direction]
    used = xml.used_area()
    row, column = start
    if used is None:
        used = Area(1, 1, 1, 1)

    def filled(r: int, c: int) -> bool:
        cell = xml.cell(r, c)
        return cell is not None and bool(xml.inner(cell).strip())

    def inside(r: int, c: int) -> bool:
        return 1 <= r <= used.bottom and 1 <= c <= used.right

    def following(r: int, c: int) -> tuple[int, int]:
        return r + step[0], c + step[1]

    place = following(row, column)
    if filled(row, column) and inside(*place) and filled(*place):
        while inside(*place) and filled(*place):
            row, column = place
            place = following(*place)
        return row, column
    while inside(*place) and not filled(*place):
        place = following(*place)
    if inside(*place):
        return place
    limits = {"down": (MAX_ROW, column), "up": (1, column)}
    return limits.get(direction, (row, MAX_COLUMN if direction == "right" else 1))


@refusing
class AutoFilter(base_classes.AutoFilter):
    def __init__(self, parent: Range) -> None:
        self.parent = parent

    @property
    def criteria(self) -> list[dict[str, Any]]:
        return layout.filter_criteria(self.parent.sheet.sheet, self.parent.area)

    def clear(self, field: int | None) -> None:
        layout.clear_filter(self.parent.sheet.sheet, self.parent.area, field)


@refusing
class Note(base_classes.Note):
    def __init__(self, sheet: Sheet, area: Area) -> None:
        self._sheet, self._area = sheet, area

    @property
    def api(self) -> Note:
        return self

    @property
    def text(self) -> str:
        return notes.text(self._sheet.sheet, area_name(self._area)) or ""

    @text.setter
    def text(self, value: str) -> None:
        notes.set_text(self._sheet.sheet, area_name(self._area), value)

    @property
    def author(self) -> str:
        return notes.author(self._sheet.sheet, area_name(self._area))

    @property
    def location(self) -> Range:
        return range_of(self._sheet, self._area)

    def delete(self) -> None:
        notes.delete(self._sheet.sheet, self._area)

"""Excel tables of a sheet, as xlwings has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from addin.hosts.files import tables
from addin.hosts.files.cells import Range, range_of
from addin.hosts.files.errors import Unsupported, refusing
from addin.hosts.files.values import shown_text
from addin.hosts.grid import Area

if TYPE_CHECKING:
    from addin.hosts.files.engine import Sheet


@refusing
class Tables(base_classes.Tables):
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Tables:
        return self

    def _all(self) -> list[Table]:
        return [Table(self._sheet, table) for table in tables.of_sheet(self._sheet.sheet)]

    def __call__(self, key: int | str) -> Table:
        if isinstance(key, int):
            return self._all()[key - 1]
        for table in self._all():
            if table.name.casefold() == key.casefold():
                return table
        raise KeyError(key)

    def at(self, row: int, column: int) -> Table | None:
        """The table that a cell lies in."""
        for table in self._all():
            area = table.api.area
            if area.top <= row <= area.bottom and area.left <= column <= area.right:
                return table
        return None

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Table]:
        return iter(self._all())

    def __contains__(self, key: int | str) -> bool:
        if isinstance(key, int):
            return 1 <= key <= len(self)
        return any(table.name.casefold() == key.casefold() for table in self._all())

    def add(
        self, source_type: Any = None, source: Any = None, link_source: Any = None,
        has_headers: bool = True, destination: Any = None, table_style_name: str | None = None,
        name: str | None = None,
    ) -> Table:  # fmt: skip
        if not has_headers:
            raise Unsupported("没有标题行的表格")
        headers = (
            source.impl(1, 1)
            .sheet.range((source.row, source.column, 1, source.shape[1]))
            .raw_value[0]
        )
        added = tables.add(
            self._sheet.sheet, source.impl.area, [shown_text(h) for h in headers],
            name, table_style_name,
        )  # fmt: skip
        return Table(self._sheet, added)


@refusing
class Table(base_classes.Table):
    def __init__(self, sheet: Sheet, table: tables.TableFile) -> None:
        self._sheet, self._table = sheet, table

    @property
    def api(self) -> tables.TableFile:
        return self._table

    @property
    def parent(self) -> Sheet:
        return self._sheet

    @property
    def name(self) -> str:
        return self._table.name

    display_name = name

    @property
    def range(self) -> Range:
        return range_of(self._sheet, self._table.area)

    @property
    def header_row_range(self) -> Range | None:
        area = self._table.area
        if not self._table.has_header:
            return None
        return range_of(self._sheet, Area(area.top, area.left, area.top, area.right))

    @property
    def data_body_range(self) -> Range | None:
        area = self._table.data_area
        return range_of(self._sheet, area) if area.top <= area.bottom else None

    @property
    def totals_row_range(self) -> Range | None:
        area = self._table.area
        if not self._table.totals_rows:
            return None
        return range_of(self._sheet, Area(area.bottom, area.left, area.bottom, area.right))

    @property
    def insert_row_range(self) -> None:
        return None

    @property
    def show_autofilter(self) -> bool:
        return self._table.has_filter

    @property
    def show_headers(self) -> bool:
        return self._table.has_header

    @property
    def show_totals(self) -> bool:
        return bool(self._table.totals_rows)

    @property
    def table_style(self) -> str | None:
        return self._table.style

    def resize(self, range: Any) -> None:
        area = range.impl.area
        header = range.impl.sheet.range((area.top, area.left, 1, area.right - area.left + 1))
        self._table.resize(area, [shown_text(h) for h in header.raw_value[0]])

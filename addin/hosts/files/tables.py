"""Excel tables (ListObjects): their part, their range, and a new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from addin.hosts.files.markup import (
    Part,
    append,
    child,
    children,
    count_children,
    integer,
    serialise,
    sure_child,
)
from addin.hosts.files.references import area_name, area_of
from addin.hosts.files.sheetxml import SHEET_ORDER
from addin.hosts.grid import Area

if TYPE_CHECKING:
    from addin.hosts.files.workbook import Workbook, Worksheet

TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
DEFAULT_STYLE = "TableStyleMedium2"


class TableFile:
    """One table part."""

    def __init__(self, part: Part) -> None:
        self.part = part

    @property
    def name(self) -> str:
        root = self.part.root
        return str(root.get("displayName") or root.get("name"))

    @property
    def area(self) -> Area:
        area = area_of(self.part.root)
        if area is None:
            raise self.part.damaged()
        return area

    @property
    def has_header(self) -> bool:
        return str(self.part.root.get("headerRowCount", "1")) != "0"

    @property
    def totals_rows(self) -> int:
        return integer(self.part.root, "totalsRowCount")

    @property
    def data_area(self) -> Area:
        area = self.area
        return Area(
            area.top + self.has_header, area.left, area.bottom - self.totals_rows, area.right
        )

    @property
    def has_filter(self) -> bool:
        return child(self.part.root, "autoFilter") is not None

    @property
    def style(self) -> str | None:
        info = child(self.part.root, "tableStyleInfo")
        return None if info is None else info.get("name")

    def resize(self, area: Area, headers: Sequence[str]) -> None:
        """A new range with the same first row; columns are added or dropped at the right."""
        root = self.part.touch()
        old = self.area
        if (area.top, area.left) != (old.top, old.left):
            raise ValueError("a table keeps its first cell when it is resized")
        root.set("ref", area_name(area))
        filter_ = child(root, "autoFilter")
        if filter_ is not None:
            bottom = area.bottom - self.totals_rows
            filter_.set("ref", area_name(Area(area.top, area.left, bottom, area.right)))
        columns = child(root, "tableColumns")
        present = list(children(columns, "tableColumn"))
        width = area.right - area.left + 1
        for column in present[width:]:
            columns.remove(column)
        next_id = max((integer(c, "id") for c in present), default=0) + 1
        for name in _unique(headers, len(present), [str(c.get("name")) for c in present]):
            append(columns, "tableColumn", id=str(next_id), name=name)
            next_id += 1
        count_children(columns)


def _unique(headers: Sequence[str], start: int, taken: list[str]) -> Iterator[str]:
    """Header texts from ``start`` on, made distinct as a table wants them."""
    used = {name.casefold() for name in taken}
    for index, header in enumerate(headers[start:], start + 1):
        name = header or f"列{index}"
        base, number = name, 2
        while name.casefold() in used:
            name, number = f"{base}{number}", number + 1
        used.add(name.casefold())
        yield name


def of_sheet(sheet: Worksheet) -> list[TableFile]:
    book = sheet.book
    return [
        TableFile(book.part_with("table", name)) for name in book.related(sheet.part, "table")
        if book.has_part(name)
    ]  # fmt: skip


def of_book(book: Workbook) -> Iterator[TableFile]:
    for sheet in book.sheets:
        yield from of_sheet(sheet)


def add(
    sheet: Worksheet, area: Area, headers: Sequence[str], name: str | None, style: str | None
) -> TableFile:
    book = sheet.book
    known = list(of_book(book))
    number = max((integer(t.part.root, "id") for t in known), default=0) + 1
    names = {table.name.casefold() for table in known}
    names |= {str(n.get("name")).casefold() for n in book.defined_names()}
    if name is None:
        name = next(n for i in range(number, 9999) if (n := f"表{i}").casefold() not in names)
    elif name.casefold() in names:
        raise ValueError(f"the name {name!r} is taken")
    namespace = sheet.xml.skeleton().tag[1:].partition("}")[0]
    part = book.add_part(
        book.free_name("xl/tables/table{}.xml"),
        f'<table xmlns="{namespace}"/>'.encode(),
        TABLE_TYPE,
    )
    root = part.root
    for key, value in {
        "id": str(number), "name": name, "displayName": name, "ref": area_name(area),
        "totalsRowShown": "0",
    }.items():  # fmt: skip
        root.set(key, value)
    append(root, "autoFilter", ref=area_name(area))
    columns = append(root, "tableColumns", count="0")
    for index, header in enumerate(_unique(headers, 0, []), 1):
        append(columns, "tableColumn", id=str(index), name=header)
    count_children(columns)
    append(root, "tableStyleInfo", name=style or DEFAULT_STYLE, showRowStripes="1")
    rel_id = book.relate(sheet.part, "table", part.name)
    group = sure_child(sheet.xml.touch(), "tableParts", SHEET_ORDER)
    append(group, "tablePart").set(book.rel_attribute, rel_id)
    group.set("count", str(sum(1 for _ in children(group, "tablePart"))))
    return TableFile(part)


def copy(book: Workbook, source: str, target: str) -> None:
    """A copy of a table part with an id and a name of its own."""
    known = list(of_book(book))
    number = max(integer(t.part.root, "id") for t in known) + 1
    names = {table.name.casefold() for table in known}
    part = book.add_part(target, serialise(book.part(source).root), TABLE_TYPE)
    base = TableFile(part).name
    name = next(n for i in range(2, 9999) if (n := f"{base}_{i}").casefold() not in names)
    for key, value in {"id": str(number), "name": name, "displayName": name}.items():
        part.root.set(key, value)
    part.commit()

"""A workbook in plain Python objects behind xlwings: the smallest host that keeps the contract.

It holds what tests/hosts/contract asks for and no more, so an action that passes here relies on
nothing else. ``open`` also reads a real workbook, of which only what an action reads is taken.
"""

from __future__ import annotations

import datetime as dt
import pickle
import zipfile
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import openpyxl
import xlwings
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from addin import hosts
from addin.hosts.files.engine import FileEngine
from addin.hosts.files.references import (
    area_name,
    contains,
    overlap,
    parse_area,
    renamed,
    rows_moved,
    split_sheet,
    translated,
)
from addin.hosts.files.values import as_rgb, shown_text
from addin.hosts.grid import Area, CellError

Place = tuple[int, int]


@dataclass
class Cell:
    value: Any = None
    formula: str = ""
    number_format: str = "General"
    color: tuple[int, int, int] | None = None
    font_color: tuple[int, int, int] | None = None
    bold: bool = False
    wrap_text: bool = False
    link: str | None = None
    note: str | None = None

    def put(self, value: Any) -> None:
        """As if typed: ``=`` begins a formula, ``'`` a text; a cell of the format @ keeps texts."""
        self.value, self.formula = value, ""
        if isinstance(value, str):
            if self.number_format != "@" and value.startswith("=") and len(value) > 1:
                self.value, self.formula = None, value
            else:
                self.value = value.removeprefix("'") or None
        elif isinstance(value, dt.date):
            self.value = dt.datetime(*value.timetuple()[:6])
            if self.number_format == "General":
                self.number_format = "yyyy-mm-dd"
        elif isinstance(value, int) and not isinstance(value, bool):
            self.value = float(value)


@dataclass
class Page:
    """A sheet. Whatever has a place beside the cells is kept as an A1 address."""

    name: str
    cells: dict[Place, Cell] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    print_area: str | None = None
    frozen_rows: int = 0
    printed: hosts.Page | None = None
    visible: bool = True
    ProtectContents: bool = False
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.setdefault((row, column), Cell())


@dataclass
class State:
    path: Path
    pages: list[Page] = field(default_factory=lambda: [Page("Sheet1")])
    names: dict[str, str] = field(default_factory=dict)
    active: str = "Sheet1"
    Date1904: bool = False
    ReadOnly: bool = False
    ProtectStructure: bool = False

    def rewrite_formulas(self, change: Callable[[str, str], str]) -> None:
        """``change`` gets a formula without its ``=`` and the name of the sheet it stands on."""
        self.names = {name: change(text, "") for name, text in self.names.items()}
        for page in self.pages:
            for cell in page.cells.values():
                if cell.formula:
                    cell.formula = "=" + change(cell.formula[1:], page.name)

    def move_rows(self, page: Page, at: int, count: int) -> None:
        """Insert rows above ``at``, or delete from there on; all that has a place follows."""

        def moved(address: str) -> str:
            return rows_moved(address, home=page.name, sheet=page.name, at=at, count=count)

        def stays(address: str) -> bool:
            return "#REF!" not in address

        self.rewrite_formulas(
            lambda text, home: rows_moved(text, home=home, sheet=page.name, at=at, count=count)
        )
        page.merged = [*filter(stays, map(moved, page.merged))]
        page.tables = {name: moved(address) for name, address in page.tables.items()}
        page.print_area = page.print_area and moved(page.print_area)
        gone = range(at, at - count)  # empty where rows are inserted
        page.heights = {r + count * (r >= at): h for r, h in page.heights.items() if r not in gone}
        page.hidden_rows = {r + count * (r >= at) for r in page.hidden_rows if r not in gone}
        page.cells = {
            (r + count * (r >= at), c): cell for (r, c), cell in page.cells.items() if r not in gone
        }
        above = [(c, cell) for (r, c), cell in page.cells.items() if r == at - 1]
        for row in range(at, at + count):
            for column, cell in above:
                plain = replace(cell, value=None, formula="", link=None, note=None)
                page.cells[row, column] = plain


class Memory:
    """The engine, its only app and that app's books in one: none has a state of its own."""

    name, type, pid, visible, display_alerts = "memory", "desktop", 0, False, False
    prepare_xl_data_element = staticmethod(FileEngine.prepare_xl_data_element)
    clean_value_data = staticmethod(FileEngine.clean_value_data)

    def __init__(self) -> None:
        self.opened: list[Book] = []
        self.engine = self.app = self.books = self
        self.apps = [self]

    @property
    def active(self) -> Book:
        return self.opened[-1]

    def __len__(self) -> int:
        return len(self.opened)

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self.opened))

    def __call__(self, name: str) -> Book:
        for book in self.opened:
            if book.name == name:
                return book
        raise KeyError(name)

    def add(self) -> Book:
        return self.hold(State(Path(f"工作簿{len(self.opened) + 1}.xlsx")))

    def open(self, fullname: str, *_: Any) -> Book:
        path = Path(fullname)
        if zipfile.is_zipfile(path):
            return self.hold(taken_from(path))
        return self.hold(replace(pickle.loads(path.read_bytes()), path=path))

    def hold(self, state: State) -> Book:
        self.opened.append(Book(self, state))
        return self.opened[-1]

    def activate(self, steal_focus: bool = False) -> None:
        """There is nothing to bring to the front."""

    def calculate(self) -> None:
        for book in self.opened:
            for page in book.state.pages:
                for cell in page.cells.values():
                    cell.value = None if cell.formula else cell.value


def activate() -> Memory:
    """Make memory xlwings' active engine."""
    known = xlwings.engines.engines_by_name
    if Memory.name not in known:
        xlwings.engines.add(xlwings.Engine(Memory()))
    known[Memory.name].activate()
    engine: Memory = known[Memory.name].impl
    return engine


def open_book(path: Path) -> xlwings.Book:
    """What ``addin.hosts.files.open_book`` is for files."""
    return xlwings.Book(impl=activate().open(str(path)))


def taken_from(path: Path) -> State:
    """A workbook on disk: values, formulas, names, merges, formats of numbers, hidden rows."""
    shown = openpyxl.load_workbook(path, data_only=True)
    made = openpyxl.load_workbook(path)
    state = State(path, [Page(sheet.title) for sheet in made.worksheets], active=made.active.title)
    state.Date1904 = made.epoch == CALENDAR_MAC_1904
    state.names = {name: d.attr_text for name, d in made.defined_names.items()}
    for page, sheet in zip(state.pages, made.worksheets, strict=True):
        values = shown[sheet.title]
        page.merged = [str(area) for area in sheet.merged_cells.ranges]
        page.hidden_rows = {row for row, d in sheet.row_dimensions.items() if d.hidden}
        for (row, column), cell in sheet._cells.items():
            held = Cell(number_format=cell.number_format)
            value = values._cells[row, column].value
            if values._cells[row, column].data_type == "e":
                held.value = CellError(value)
            else:
                held.put("'" + value if isinstance(value, str) else value)
            held.formula = cell.value if cell.data_type == "f" else ""
            page.cells[row, column] = held
    return state


class Book:
    def __init__(self, app: Memory, state: State) -> None:
        self.app, self.state = app, state
        self.api = state  # of which the hosts room asks Date1904, ReadOnly, ProtectStructure

    @property
    def name(self) -> str:
        return self.state.path.name

    @property
    def fullname(self) -> str:
        return str(self.state.path)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    def activate(self) -> None:
        self.app.opened.remove(self)
        self.app.opened.append(self)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        self.state.path = Path(path or self.state.path)
        self.state.path.write_bytes(pickle.dumps(self.state))

    def close(self) -> None:
        if self in self.app.opened:
            self.app.opened.remove(self)


class Sheets:
    def __init__(self, book: Book) -> None:
        self.book, self.pages = book, book.state.pages

    @property
    def active(self) -> Sheet:
        return self(self.book.state.active)

    def __call__(self, key: int | str) -> Sheet:
        if isinstance(key, int):
            return Sheet(self.book, self.pages[key - 1])
        return Sheet(self.book, next(p for p in self.pages if p.name.lower() == key.lower()))

    def __len__(self) -> int:
        return len(self.pages)

    def __iter__(self) -> Iterator[Sheet]:
        return iter([Sheet(self.book, page) for page in self.pages])

    def add(self, before: Sheet | None, after: Sheet | None, name: str | None) -> Sheet:
        page = Page(name or f"Sheet{len(self.pages) + 1}")
        self.insert(page, before or self.active, after)
        return Sheet(self.book, page)

    def insert(self, page: Page, before: Sheet | None, after: Sheet | None) -> None:
        beside = after or before
        assert beside is not None
        self.pages.insert(self.pages.index(beside.page) + (after is not None), page)
        self.book.state.active = page.name


class Sheet:
    def __init__(self, book: Book, page: Page) -> None:
        self.book, self.page = book, page
        self.api = page  # of which the hosts room asks ProtectContents
        self.freeze_panes = FreezePanes(page)
        self.page_setup = page  # its print_area is all that is asked for
        self.tables = Tables(self)

    @property
    def name(self) -> str:
        return self.page.name

    @name.setter
    def name(self, new: str) -> None:
        old, state = self.page.name, self.book.state
        state.rewrite_formulas(lambda text, _: renamed(text, old, new))
        state.active = new if state.active == old else state.active
        self.page.name = new

    @property
    def index(self) -> int:
        return self.book.state.pages.index(self.page) + 1

    @property
    def visible(self) -> bool:
        return self.page.visible

    @visible.setter
    def visible(self, value: bool) -> None:
        self.page.visible = value

    def range(self, first: Any, last: Any = None) -> Range:
        one = self.area(first)
        other = one if last is None else self.area(last)
        return Range(
            self, one.top, one.left, other.bottom - one.top + 1, other.right - one.left + 1
        )

    def area(self, place: Any) -> Area:
        if isinstance(place, Range):
            return place.area
        if isinstance(place, tuple):
            row, column, height, width = (*place, 1, 1)[:4]
            return Area(row, column, row + height - 1, column + width - 1)
        if place in self.book.state.names:
            return self.book.names(place).refers_to_range.area
        return parse_area(place)

    @property
    def used_range(self) -> Range:
        """Formats count, as in Excel."""
        places = [place for place, cell in self.page.cells.items() if cell != Cell()] or [(1, 1)]
        (top, bottom), (left, right) = ((min(n), max(n)) for n in zip(*places, strict=True))
        return Range(self, top, left, bottom - top + 1, right - left + 1)

    def set_up_page(self, page: hosts.Page) -> None:
        self.page.printed = page

    def activate(self) -> None:
        self.book.state.active = self.page.name

    def clear_contents(self) -> None:
        self.used_range.clear_contents()

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        page = replace(deepcopy(self.page), name=f"{self.page.name} (2)", tables={})
        self.book.sheets.insert(page, before, after)

    def delete(self) -> None:
        self.book.state.pages.remove(self.page)
        self.book.state.active = self.book.state.pages[0].name


class FreezePanes:
    def __init__(self, page: Page) -> None:
        self.page = page

    def freeze_at(self, address: str) -> None:
        self.page.frozen_rows = parse_area(address).bottom


def shared(attribute: str, convert: Callable[[Any], Any] = lambda value: value) -> Any:
    """A format that every cell has: None where the cells of a range differ."""

    def get(self: Range) -> Any:
        known = [self.page.cells.get(place, Cell()) for place in self.places()]
        first = getattr(known[0], attribute)
        return first if all(getattr(cell, attribute) == first for cell in known) else None

    def put(self: Range, value: Any) -> None:
        for place in self.places():
            setattr(self.page.cell(*place), attribute, convert(value))

    return property(get, put)


class Range:
    max_cells_per_read = max_cells_per_write = None
    options: dict[str, Any]

    def __init__(self, sheet: Sheet, top: int, left: int, height: int, width: int) -> None:
        self.sheet, self.page, self.row, self.column = sheet, sheet.page, top, left
        self.shape = height, width
        self.area = Area(top, left, top + height - 1, left + width - 1)
        self.api = self

    number_format = shared("number_format")
    wrap_text = shared("wrap_text")
    color = shared("color", as_rgb)

    def places(self) -> list[Place]:
        a = self.area
        return [(r, c) for r in range(a.top, a.bottom + 1) for c in range(a.left, a.right + 1)]

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        return Range(self.sheet, self.row + row - 1, self.column + column - 1, 1, 1)

    @property
    def font(self) -> Font:
        return Font(self.sheet, self.row, self.column, *self.shape)

    @property
    def address(self) -> str:
        return area_name(self.area, absolute=True)

    @property
    def raw_value(self) -> list[list[Any]]:
        cells = self.page.cells
        values = [cells[place].value if place in cells else None for place in self.places()]
        width = self.shape[1]
        return [values[i : i + width] for i in range(0, len(values), width)]

    @raw_value.setter
    def raw_value(self, given: Any) -> None:
        rows = (
            given if isinstance(given, list | tuple) else [[given] * self.shape[1]] * self.shape[0]
        )
        for i, line in enumerate(rows):
            for j, value in enumerate(line):
                self.page.cell(self.row + i, self.column + j).put(value)

    @property
    def formula(self) -> Any:
        cells = [self.page.cells.get(place, Cell()) for place in self.places()]
        texts = tuple(cell.formula or shown_text(cell.value) for cell in cells)
        width = self.shape[1]
        table = tuple(texts[i : i + width] for i in range(0, len(texts), width))
        return table if len(texts) > 1 else texts[0]

    @formula.setter
    def formula(self, given: str) -> None:
        for row, column in self.places():
            moved = translated(given[1:], row - self.row, column - self.column)
            self.page.cell(row, column).put("=" + moved)

    def looks(self) -> list[list[tuple[Any, ...]]]:
        cells = [self.page.cells.get(place, Cell()) for place in self.places()]
        flat = [(c.number_format, c.color, c.font_color, c.bold, c.wrap_text) for c in cells]
        return [flat[i : i + self.shape[1]] for i in range(0, len(flat), self.shape[1])]

    def put_look(self, look: tuple[Any, ...]) -> None:
        for place in self.places():
            cell = self.page.cell(*place)
            cell.number_format, cell.color, cell.font_color, cell.bold, cell.wrap_text = look

    def clear_contents(self) -> None:
        for place in self.places():
            if place in self.page.cells:
                self.page.cells[place].put(None)

    @property
    def column_width(self) -> float | None:
        width = self.shape[1]
        known = {self.page.widths.get(self.column + j, 8.43) for j in range(width)}
        return known.pop() if len(known) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.page.widths |= {self.column + j: value for j in range(self.shape[1])}

    @property
    def row_height(self) -> float | None:
        known = {self.page.heights.get(self.row + i, 15.0) for i in range(self.shape[0])}
        return known.pop() if len(known) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.page.heights |= {self.row + i: value for i in range(self.shape[0])}

    @property
    def row_hidden(self) -> bool | None:
        hidden = {self.row + i in self.page.hidden_rows for i in range(self.shape[0])}
        return hidden.pop() if len(hidden) == 1 else None

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        rows = {self.row + i for i in range(self.shape[0])}
        self.page.hidden_rows = (
            self.page.hidden_rows | rows if value else self.page.hidden_rows - rows
        )

    def insert(self, shift: str, copy_origin: str) -> None:
        self.sheet.book.state.move_rows(self.page, self.row, self.shape[0])

    def delete(self, shift: str | None) -> None:
        self.sheet.book.state.move_rows(self.page, self.row, -self.shape[0])

    def copy(self, destination: xlwings.Range) -> None:
        height, width = self.shape
        target: Range = destination.impl
        for i, j in ((r - target.row, c - target.column) for r, c in target.places()):
            source = self.page.cells.get((self.row + i % height, self.column + j % width), Cell())
            copied = replace(source)
            if source.formula:
                down = target.row + i - self.row - i % height
                right = target.column + j - self.column - j % width
                copied.formula = "=" + translated(source.formula[1:], down, right)
            target.page.cells[target.row + i, target.column + j] = copied

    def merge(self, across: bool = False) -> None:
        for place in self.places()[1:]:
            self.page.cell(*place).put(None)
        self.page.merged.append(area_name(self.area))

    def unmerge(self) -> None:
        self.page.merged = [m for m in self.page.merged if not overlap(parse_area(m), self.area)]

    @property
    def merge_area(self) -> Range:
        covering = (m for m in self.page.merged if overlap(parse_area(m), self.area))
        return self.sheet.range(next(covering, area_name(self.area)))

    @property
    def merge_cells(self) -> bool | None:
        hit = [parse_area(m) for m in self.page.merged if overlap(parse_area(m), self.area)]
        return (any(contains(m, self.area) for m in hit) or None) if hit else False

    def add_hyperlink(self, address: str, text: str, screen_tip: str) -> None:
        self.page.cell(self.row, self.column).link = address
        self.page.cell(self.row, self.column).put(text)

    def offer_choices(self, choices: Sequence[str]) -> None:
        self.page.choices[area_name(self.area)] = tuple(choices)

    @property
    def hyperlink(self) -> str:
        link = self.page.cell(self.row, self.column).link
        if link is None:
            raise Exception("no link")
        return link

    @property
    def note(self) -> Note | None:
        cell = self.page.cell(self.row, self.column)
        return Note(cell) if cell.note is not None else None

    def add_note(self, text: str) -> Note:
        self.page.cell(self.row, self.column).note = text
        return Note(self.page.cell(self.row, self.column))


class Font(Range):
    """The same cells, asked for their letters."""

    bold = shared("bold")
    color = shared("font_color", as_rgb)


class Note:
    def __init__(self, cell: Cell) -> None:
        self.cell = cell

    @property
    def text(self) -> str | None:
        return self.cell.note

    @text.setter
    def text(self, value: str) -> None:
        self.cell.note = value

    def delete(self) -> None:
        self.cell.note = None


class Names:
    def __init__(self, book: Book) -> None:
        self.book, self.known = book, book.state.names

    def __call__(self, name: str) -> Name:
        return Name(self.book, name)

    def contains(self, name: str) -> bool:
        return name in self.known

    def add(self, name: str, refers_to: str) -> Name:
        self.known[name] = refers_to.removeprefix("=")
        return Name(self.book, name)


class Name:
    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name = book, name

    @property
    def refers_to(self) -> str:
        return "=" + self.book.state.names[self.name]

    @property
    def refers_to_range(self) -> Range:
        sheet, address = split_sheet(self.book.state.names[self.name])
        return self.book.sheets(sheet).range(address)

    def delete(self) -> None:
        del self.book.state.names[self.name]


class Tables:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.known = sheet, sheet.page.tables

    def __call__(self, name: str) -> Table:
        return Table(self.sheet, name)

    def __contains__(self, name: str) -> bool:
        return name in self.known

    def __iter__(self) -> Iterator[Table]:
        return iter([Table(self.sheet, name) for name in self.known])

    def add(self, source: xlwings.Range, name: str, **_: Any) -> Table:
        self.known[name] = area_name(source.impl.area)
        return Table(self.sheet, name)


class Table:
    show_autofilter = True

    def __init__(self, sheet: Sheet, name: str) -> None:
        self.sheet, self.name = sheet, name

    @property
    def range(self) -> Range:
        return self.sheet.range(self.sheet.page.tables[self.name])

    @property
    def data_body_range(self) -> Range:
        a = self.range.area
        return self.sheet.range((a.top + 1, a.left), (a.bottom, a.right))

    def resize(self, target: xlwings.Range) -> None:
        self.sheet.page.tables[self.name] = area_name(target.impl.area)

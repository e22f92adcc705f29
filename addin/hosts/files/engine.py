"""xlwings' own object model over workbooks on disk: app, books and sheets."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, NoReturn

from xlwings import base_classes

from addin.hosts.files import calculation, layout, notes, sheets
from addin.hosts.files.cells import Note, Range, range_of
from addin.hosts.files.errors import Unsupported, refusing
from addin.hosts.files.listobjects import Tables
from addin.hosts.files.names import Names
from addin.hosts.files.reading import read_grid
from addin.hosts.files.references import MAX_COLUMN, MAX_ROW, parse_area, split_sheet
from addin.hosts.files.values import plain
from addin.hosts.files.workbook import Workbook, Worksheet
from addin.hosts.grid import Area, CellError, Grid
from addin.hosts.seals import Seals
from addin.hosts.style import Page


class FileEngine:
    """Workbooks on disk. ``type`` is desktop: a scalar fills a range in one call."""

    name, type = "files", "desktop"

    def __init__(self) -> None:
        self.app = App(self)

    @property
    def apps(self) -> Apps:
        return Apps(self.app)

    @staticmethod
    def prepare_xl_data_element(x: Any, _: Any) -> Any:
        return plain(x)

    @staticmethod
    def clean_value_data(
        data: list[list[Any]],
        datetime_builder: Callable[..., Any],
        empty_as: Any,
        number_builder: Callable[[Any], Any] | None,
        err_to_str: bool,
    ) -> list[list[Any]]:
        def clean(value: Any) -> Any:
            if value is None or value == "":
                return empty_as
            if isinstance(value, CellError):
                return value.value if err_to_str else None
            if isinstance(value, dt.datetime) and datetime_builder is not dt.datetime:
                return datetime_builder(
                    value.year, value.month, value.day, hour=value.hour, minute=value.minute,
                    second=value.second, microsecond=value.microsecond, tzinfo=None,
                )  # fmt: skip
            if number_builder is not None and type(value) is float:
                return number_builder(value)
            return value

        return [[clean(value) for value in row] for row in data]


@refusing
class Apps(base_classes.Apps):
    def __init__(self, app: App) -> None:
        self._app = app

    def keys(self) -> list[int]:
        return [self._app.pid]

    def add(
        self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None
    ) -> App:
        return self._app

    def __iter__(self) -> Iterator[App]:
        return iter((self._app,))

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        if pid != self._app.pid:
            raise KeyError(pid)
        return self._app


@refusing
class App(base_classes.App):
    """The one place where books are open; there is no window."""

    visible = False
    screen_updating = False
    display_alerts = False
    enable_events = False
    interactive = False
    calculation = "automatic"
    status_bar = None
    cut_copy_mode = False
    selection = None
    hwnd = None
    version = "16.0"
    books: Any = None  # plain attributes in place of xlwings' properties

    def __init__(self, engine: FileEngine) -> None:
        self.engine = engine
        self.books = Books(self)

    @property
    def api(self) -> App:
        return self

    @property
    def pid(self) -> int:
        return os.getpid()

    def activate(self, steal_focus: bool = False) -> None:
        """There is nothing to bring to the front."""

    def calculate(self) -> None:
        """There is no calculator: stored results are dropped, so that every reader makes its own.

        Excel calculates when it opens an edited file; other programs trust what is stored.
        """
        for book in self.books:
            calculation.forget_results(book.workbook)

    def quit(self) -> None:
        self.books.opened.clear()

    kill = quit


@refusing
class Books(base_classes.Books):
    def __init__(self, app: App) -> None:
        self.app = app
        self.opened: list[Book] = []

    @property
    def api(self) -> Books:
        return self

    @property
    def active(self) -> Book:
        return self.opened[-1]

    def __call__(self, name_or_index: int | str) -> Book:
        if isinstance(name_or_index, int):
            return self.opened[name_or_index - 1]
        for book in self.opened:
            if book.name.casefold() == name_or_index.casefold():
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self.opened)

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self.opened))

    def add(self) -> Book:
        number = len(self.opened) + 1
        return self.hold(Workbook.new(Path.cwd() / f"工作簿{number}.xlsx"))

    def open(self, fullname: str, *_: Any, **__: Any) -> Book:
        return self.hold(Workbook.open(Path(fullname)))

    def hold(self, workbook: Workbook) -> Book:
        book = Book(self.app, workbook)
        self.opened.append(book)
        return book


@refusing
class Book(base_classes.Book):
    app: Any = None

    def __init__(self, app: App, workbook: Workbook) -> None:
        self.app, self.workbook = app, workbook

    @property
    def api(self) -> Workbook:
        return self.workbook

    @property
    def name(self) -> str:
        return self.workbook.name

    @property
    def fullname(self) -> str:
        return str(self.workbook.path)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self, None)

    def seals(self) -> Seals:
        return self.workbook.seals()

    def calculated(self) -> bool:
        return self.workbook.calculated()

    def activate(self) -> None:
        opened = self.app.books.opened
        opened.remove(self)
        opened.append(self)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        if password:
            raise Unsupported("用密码保存")
        self.workbook.save(Path(path) if path else self.workbook.path)

    def close(self) -> None:
        if self in self.app.books.opened:
            self.app.books.opened.remove(self)


@refusing
class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Sheets:
        return self

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, layout.active_sheet(self.book.workbook))

    def __call__(self, name_or_index: int | str) -> Sheet:
        sheets = self.book.workbook.sheets
        if isinstance(name_or_index, int):
            return Sheet(self.book, sheets[name_or_index - 1])
        return Sheet(self.book, self.book.workbook.sheet(name_or_index))

    def __len__(self) -> int:
        return len(self.book.workbook.sheets)

    def __iter__(self) -> Iterator[Sheet]:
        return iter([Sheet(self.book, sheet) for sheet in self.book.workbook.sheets])

    def __contains__(self, name: str) -> bool:
        return any(s.name.casefold() == name.casefold() for s in self.book.workbook.sheets)

    def add(
        self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None
    ) -> Sheet:
        workbook = self.book.workbook
        if before is not None:
            position = before.sheet.index
        elif after is not None:
            position = after.sheet.index + 1
        else:
            position = self.active.sheet.index
        taken = {str(e.get("name")).casefold() for e in workbook.sheet_elements()}
        if name is None:
            name = next(n for i in range(1, 9999) if (n := f"Sheet{i}").casefold() not in taken)
        elif name.casefold() in taken:
            raise ValueError(f"Sheet named '{name}' already present in workbook")
        return Sheet(self.book, workbook.add_sheet(name, position))


@refusing
class Sheet(base_classes.Sheet):
    book: Any = None

    def __init__(self, book: Book, sheet: Worksheet) -> None:
        self.book, self.sheet = book, sheet

    @property
    def api(self) -> Worksheet:
        return self.sheet

    @property
    def name(self) -> str:
        return self.sheet.name

    @name.setter
    def name(self, value: str) -> None:
        sheets.rename_sheet(self.book.workbook, self.sheet, value)

    @property
    def names(self) -> Names:
        return Names(self.book, self.sheet)

    @property
    def index(self) -> int:
        return self.book.workbook.sheets.index(self.sheet) + 1

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        first = self._area(arg1)
        if arg2 is None:
            return Range(self, *first)
        second = self._area(arg2)
        top, left = min(first[0], second[0]), min(first[1], second[1])
        bottom = max(first[0] + first[2], second[0] + second[2])
        right = max(first[1] + first[3], second[1] + second[3])
        return Range(self, top, left, bottom - top, right - left)

    def _area(self, arg: Any) -> tuple[int, int, int, int]:
        if isinstance(arg, Range):
            return arg.row, arg.column, arg.height_, arg.width_
        if isinstance(arg, tuple):
            row, column = arg[:2]
            if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
                raise IndexError(f"Attempted to access a cell outside the sheet: {arg}")
            rows, columns = (arg[2], arg[3]) if len(arg) == 4 else (1, 1)
            return row, column, rows, columns
        try:
            area = parse_area(split_sheet(arg)[1])
        except ValueError:
            found = self._named(arg)
            return found.row, found.column, found.height_, found.width_
        height, width = area.bottom - area.top + 1, area.right - area.left + 1
        return area.top, area.left, height, width

    def _named(self, name: str) -> Range:
        for names in (self.names, self.book.names):
            if names.contains(name):
                return names(name).refers_to_range
        if name in self.tables:
            return range_of(self, self.tables(name).api.data_area)
        raise ValueError(f"no such range: {name!r}")

    @property
    def cells(self) -> Range:
        return Range(self, 1, 1, MAX_ROW, MAX_COLUMN)

    def activate(self) -> None:
        layout.activate(self.sheet)

    select = activate

    def clear_contents(self) -> None:
        self.used_range.clear_contents()

    def clear_formats(self) -> None:
        self.cells.clear_formats()

    def clear(self) -> None:
        self.clear_contents()
        self.clear_formats()

    def delete(self) -> None:
        sheets.delete_sheet(self.book.workbook, self.sheet)

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        beside = after if before is None else before
        assert beside is not None
        if beside.book.workbook is not self.book.workbook:
            raise Unsupported("把工作表复制到另一个工作簿")
        position = beside.sheet.index + (before is None)
        sheets.copy_sheet(self.book.workbook, self.sheet, position)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def pivot_tables(self) -> NoReturn:  # xlwings' interface of engines forgets it
        raise Unsupported("Sheet.pivot_tables")

    @property
    def used_range(self) -> Range:
        return range_of(self, self.sheet.xml.used_area() or Area(1, 1, 1, 1))

    def forget_results(self, places: Collection[tuple[int, int]]) -> None:
        calculation.forget(self.sheet.xml, lambda row, column: (row, column) in places)

    def read_grid(self) -> Grid:
        return read_grid(self.book.workbook, self.sheet)

    @property
    def visible(self) -> bool:
        return self.sheet.element.get("state", "visible") == "visible"

    @visible.setter
    def visible(self, value: bool) -> None:
        layout.set_visible(self.sheet, value)

    @property
    def show_gridlines(self) -> bool:
        return layout.show_gridlines(self.sheet)

    @show_gridlines.setter
    def show_gridlines(self, value: bool) -> None:
        layout.set_show_gridlines(self.sheet, value)

    @property
    def page_setup(self) -> PageSetup:
        return PageSetup(self)

    def set_up_page(self, page: Page) -> None:
        layout.set_up_page(self.sheet, page)

    @property
    def freeze_panes(self) -> FreezePanes:
        return FreezePanes(self)

    @property
    def notes(self) -> list[Note]:
        return [Note(self, parse_area(ref)) for ref in notes.references(self.sheet)]


@refusing
class PageSetup(base_classes.PageSetup):
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> PageSetup:
        return self

    @property
    def print_area(self) -> str | None:
        return layout.print_area(self._sheet.sheet)

    @print_area.setter
    def print_area(self, value: str | None) -> None:
        layout.set_print_area(self._sheet.sheet, value)


@refusing
class FreezePanes(base_classes.FreezePanes):
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def freeze_at(self, frozen_range: str) -> None:
        area = parse_area(frozen_range)
        rows = 0 if area.bottom == MAX_ROW else area.bottom
        columns = 0 if area.right == MAX_COLUMN else area.right
        layout.freeze(self._sheet.sheet, rows, columns)

    def unfreeze(self) -> None:
        layout.freeze(self._sheet.sheet, 0, 0)

"""Which hosts the contract is asked of, and how a workbook comes back from its file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from openpyxl.worksheet.worksheet import Worksheet

from addin.hosts import XL_LANDSCAPE, files
from addin.hosts.files.references import contains, parse_area
from tests.hosts import memory

HERE = ("memory", "files")
"""Hosts that every machine has; a running Excel is asked with ``--host excel`` on Windows."""
MOMENTS = ("open", "reopened")


@dataclass
class Host:
    """``again`` gives a book as it stands: as it is, or as its saved file says."""

    name: str
    reopens: bool
    folder: Path
    app: xw.App
    numbers: Iterator[int]

    def book(self) -> xw.Book:
        book = self.app.books.add()
        book.sheets[0].name = "安装单"
        return book

    def again(self, book: xw.Book) -> xw.Book:
        if not self.reopens:
            return book
        path = self.folder / f"契约 {next(self.numbers)}.xlsx"
        book.save(path)
        book.close()
        return self.app.books.open(path)

    # what xlwings can set and nobody can ask it

    def frozen_rows(self, sheet: xw.Sheet) -> int:
        match self.name:
            case "memory":
                return int(sheet.impl.page.frozen_rows)
            case "excel":
                sheet.activate()
                window = sheet.book.api.Windows(1)
                return int(window.SplitRow) if window.FreezePanes else 0
            case _:
                cell = self._on_file(sheet).freeze_panes
                return sheet[cell].row - 1 if cell else 0

    def printed(self, sheet: xw.Sheet) -> tuple[str, str, bool]:
        """Title rows, footer, whether across."""
        match self.name:
            case "memory":
                page = sheet.impl.page.printed
                return page.titles, page.footer, page.landscape
            case "excel":
                page = sheet.page_setup.api
                return page.PrintTitleRows, page.CenterFooter, page.Orientation == XL_LANDSCAPE
            case _:
                made = self._on_file(sheet)
                across = made.page_setup.orientation == "landscape"
                return made.print_title_rows, made.oddFooter.center.text, across

    def choices(self, cells: xw.Range) -> list[str]:
        """What the drop-down list of the first cell offers."""
        match self.name:
            case "memory":
                offered = cells.sheet.impl.page.choices.items()
                inside = (c for area, c in offered if contains(parse_area(area), cells.impl.area))
                return list(next(inside, ()))
            case "excel":
                return str(cells.api.Validation.Formula1).split(",")
            case _:
                rules = self._on_file(cells.sheet).data_validations.dataValidation
                first = cells.address.replace("$", "").split(":")[0]
                told = (str(rule.formula1) for rule in rules if first in rule.sqref)
                return next(told, "").strip('"').split(",")

    def _on_file(self, sheet: xw.Sheet) -> Worksheet:
        path = self.folder / f"旁证 {next(self.numbers)}.xlsx"
        sheet.book.save(path)
        return openpyxl.load_workbook(path)[sheet.name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "host" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--host")
        hosts = [asked] if asked else HERE
        pairs = [(name, moment) for name in hosts for moment in MOMENTS]
        metafunc.parametrize("host", pairs, indirect=True, ids=" ".join)


@pytest.fixture
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    name, moment = request.param
    app = request.getfixturevalue("excel") if name == "excel" else _app(name)
    yield Host(name, moment == "reopened", tmp_path, app, count(1))
    for book in list(app.books):
        book.close()


def _app(name: str) -> xw.App:
    (memory if name == "memory" else files).activate()
    return next(iter(xw.apps))


@pytest.fixture(scope="session")
def excel() -> Iterator[Any]:
    """One Excel of our own, without a window; nobody else's is touched."""
    xw.engines["excel"].activate()
    app = xw.App(visible=False, add_book=False)
    app.display_alerts = False  # merging would ask
    yield app
    app.quit()

"""The blank templates of the reports, opened in the file host; nothing is written to disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlwings as xw

from addin.hosts import files
from addin.reports.layout import Layout
from tests.hosts.contract.members import only_named_members

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="module", autouse=True)
def contract() -> Iterator[None]:
    """A report asks xlwings for nothing that a host does not promise."""
    with only_named_members():
        yield


@pytest.fixture
def blank() -> Iterator[Callable[[Layout], xw.Book]]:
    """Opens the blank template of a layout."""
    books: list[xw.Book] = []

    def open_template(layout: Layout) -> xw.Book:
        books.append(files.open_book(TEMPLATES / f"{layout.name}.xlsx"))
        return books[-1]

    yield open_template
    for book in books:
        book.close()

"""What every test of the file host starts from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings

from addin.hosts import files


@pytest.fixture
def book(tmp_path: Path) -> Iterator[xlwings.Book]:
    """An empty workbook that is not yet on disk."""
    made = files.new_book(tmp_path / "空.xlsx")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_book_stays_open() -> Iterator[None]:
    yield
    files.activate().app.quit()

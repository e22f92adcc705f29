"""xlwings for workbooks on disk. Import ``open_book``, ``new_book`` and ``activate`` from here.

Everything that an edit does not touch stays byte for byte as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlwings

from addin.hosts.files.engine import FileEngine
from addin.hosts.files.errors import Unsupported
from addin.hosts.files.workbook import Workbook

__all__ = ["Unsupported", "activate", "beside", "new_book", "open_book", "read_book"]


def activate() -> FileEngine:
    """Make the file host xlwings' active engine; registered at the first call."""
    engine = _registered()
    engine.activate()
    impl: FileEngine = engine.impl
    return impl


def _registered() -> xlwings.Engine:
    name = FileEngine.name
    if name not in xlwings.engines.engines_by_name:
        xlwings.engines.add(xlwings.Engine(FileEngine()))
    return xlwings.engines[name]


@contextmanager
def beside() -> Iterator[None]:
    """Files may be opened and made meanwhile; afterwards the active engine is the one before, or
    another program could not bring its own sheets to the front any more."""
    before = xlwings.engines.active
    try:
        yield
    finally:
        xlwings.engines.active = before


def open_book(path: Path) -> xlwings.Book:
    """Open a workbook. Unlike ``xlwings.Book`` it takes two files of one name."""
    return xlwings.Book(impl=activate().app.books.hold(Workbook.open(path)))


def read_book(path: Path) -> xlwings.Book:
    """Open a workbook beside those of another program: xlwings' active engine stays that one's,
    or it could not bring its own sheets to the front any more."""
    return xlwings.Book(impl=_registered().impl.app.books.hold(Workbook.open(path)))


def new_book(path: Path) -> xlwings.Book:
    """An empty workbook with one sheet; ``save()`` writes it to ``path``."""
    return xlwings.Book(impl=activate().app.books.hold(Workbook.new(path)))

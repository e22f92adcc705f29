"""A desk whose workbook is a file: for a program that stores it before a button and loads it after.

The button works on the file as the file host holds it, so that nothing else in it moves. What it
wrote is made beside the workbook; to put it in its place is left to the program that has it open.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from addin.errors import BadInput
from addin.hosts import atomic, intake

if TYPE_CHECKING:
    import xlwings as xw

BETWEEN = 0.2  # seconds between two lines of progress (formulas.md §3)


class Front(Protocol):
    """The program in front of the clerk, at the other end of a pipe."""

    def tell(self, **words: Any) -> None: ...

    def ask(self, **words: Any) -> Any: ...


class FileDesk:
    """``at`` is sheet and address of the selection, before and after; ``made`` the changed file."""

    def __init__(self, front: Front, file: Path | None, at: tuple[str, str], *, writes: bool):
        self.front, self.file, self.at, self.writes = front, file, at, writes
        self.made: Path | None = None
        self._told = 0.0

    @cached_property
    def book(self) -> xw.Book:
        from addin.hosts.files import open_book

        if self.file is None:
            raise BadInput("这个工作簿还没有存成文件", "请先存成 .xlsx 文件")
        intake.inspect(self.file, allow_macros=True)
        return open_book(self.file)

    @property
    def sheet(self) -> xw.Sheet:
        return self.book.sheets[self.at[0]]

    @property
    def selection(self) -> xw.Range:
        return self.sheet.range(self.at[1])

    def progress(self, words: str) -> None:
        """LibreOffice gives no key away while a button works: Esc is not heard."""
        if time.monotonic() - self._told >= BETWEEN:
            self._told = time.monotonic()
            self.front.tell(progress=[words])

    def ask(self, question: str, choices: Sequence[str] = ()) -> str | None:
        answer: str | None = self.front.ask(ask=[question, list(choices)])
        return answer

    def show(self, title: str, words: str) -> None:
        self.front.tell(show=[title, words])

    def go_to(self, cells: xw.Range) -> None:
        self.at = cells.sheet.name, cells.get_address(False, False)

    def recalculate(self) -> int:
        return int(self.front.ask(recalculate=[]))

    def open_file(self, path: Path) -> None:
        self.front.tell(open=[str(path)])

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """The clerk's file stays as it is until the button has come to its end."""
        try:
            yield
            if self.writes and "book" in self.__dict__:
                self.made = self._saved_beside()
        finally:
            if "book" in self.__dict__:
                self.book.close()

    def _saved_beside(self) -> Path:
        folder = Path(self.book.fullname).parent
        try:
            atomic.sweep(folder)
            with tempfile.NamedTemporaryFile(
                dir=folder, prefix=atomic.PREFIX, suffix=atomic.SUFFIX, delete=False
            ) as made:
                place = Path(made.name)
        except OSError as wrong:
            raise BadInput("文件夹不能写入,什么也没有改", "请检查磁盘空间和权限") from wrong
        self.book.save(place)
        return place

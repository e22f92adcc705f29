"""What a button is given: the clerk's open workbook, and a way to say, ask and show something.

Excel, LibreOffice and the tests each have a desk of their own; an action knows only this.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import xlwings as xw


class Cancelled(Exception):
    """The clerk pressed Esc; raised between two steps, when nothing is half written (§3)."""


class Desk(Protocol):
    """formulas.md §3, “every button”: at most one dialog an action, progress in the status bar."""

    @property
    def book(self) -> xw.Book:
        """The workbook in front."""

    @property
    def sheet(self) -> xw.Sheet:
        """The sheet in front."""

    @property
    def selection(self) -> xw.Range:
        """The selected cells of that sheet."""

    def progress(self, words: str) -> None:
        """Words for the status bar; raises :class:`Cancelled` when Esc was pressed meanwhile."""

    def ask(self, question: str, choices: Sequence[str] = ()) -> str | None:
        """One answer, of ``choices`` if there are any; None when the clerk turns it down."""

    def show(self, title: str, words: str) -> None:
        """Something to be read: an explanation, a refusal and what to do about it."""

    def go_to(self, cells: xw.Range) -> None:
        """Selects cells and brings them into sight."""

    def recalculate(self) -> int:
        """Calculates our formulas anew in all open workbooks; how many there are."""

    def open_file(self, path: Path) -> None:
        """A handbook, a log, a report: in the program that Windows has for it."""

    def undisturbed(self) -> AbstractContextManager[None]:
        """No flicker and no events while it lasts. Whatever happens, calculation mode, selection,
        filter, active sheet and status bar are then as they were."""

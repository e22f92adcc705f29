"""A desk for tests: the book that a host holds, answers laid out beforehand, all that was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from addin.desk import Cancelled


class FakeDesk:
    """``esc_at`` is the step at which the clerk presses Esc; ``answers`` are given in turn."""

    def __init__(self, book: Any = None, *, answers: Sequence[str | None] = (), esc_at: int = 0):
        self.book = book
        self.answers = list(answers)
        self.esc_at = esc_at
        self.at: Any = None
        self.said: list[str] = []
        self.asked: list[str] = []
        self.shown: list[tuple[str, str]] = []
        self.opened: list[Path] = []
        self.restored = 0

    @property
    def sheet(self) -> Any:
        return self.book.sheets.active

    @property
    def selection(self) -> Any:
        return self.at if self.at is not None else self.sheet.range("A1")

    def progress(self, words: str) -> None:
        self.said.append(words)
        if len(self.said) == self.esc_at:
            raise Cancelled

    def ask(self, question: str, choices: Sequence[str] = ()) -> str | None:
        self.asked.append(question)
        return self.answers.pop(0)

    def show(self, title: str, words: str) -> None:
        self.shown.append((title, words))

    def go_to(self, cells: Any) -> None:
        cells.sheet.activate()
        self.at = cells

    def recalculate(self) -> int:
        return 0

    def open_file(self, path: Path) -> None:
        self.opened.append(path)

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.restored += 1

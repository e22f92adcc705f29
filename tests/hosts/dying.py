"""Children that save a workbook and are killed on the way. Run by ``test_killed``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from addin.hosts import files

TEXTS = ("甲", "乙")


def touches_files(function: Any) -> bool:
    """A function of the operating system, or a method of an open file."""
    owner = getattr(function, "__self__", None)
    return getattr(owner, "__name__", "") == os.name or type(owner).__module__ == "_io"


class Counter:
    """Counts calls from Python into C, and kills this process at one of them."""

    def __init__(self, event: str, *, files_only: bool, fatal: int = 0) -> None:
        self.event, self.files_only, self.fatal, self.count = event, files_only, fatal, 0

    def __call__(self, frame: object, event: str, function: Any) -> None:
        if event != self.event:
            return
        if self.files_only and not touches_files(function):
            return
        self.count += 1
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, action: Callable[[], object]) -> int:
        sys.setprofile(self)
        try:
            action()
        finally:
            sys.setprofile(None)
        return self.count


def edited(path: Path, text: str) -> Any:
    book = files.open_book(path)
    book.sheets[0]["H1"].value = text
    book.sheets[0]["H1"].color = (255, 224, 204)
    return book


def save_and_die(path: Path, event: str, files_only: bool, fatal: int) -> None:
    """One save, killed at its ``fatal``-th call; exit code 0 if there are fewer."""
    edited(path, TEXTS[0]).api.snapshot()  # what is imported late is not counted
    Counter(event, files_only=files_only, fatal=fatal).watch(edited(path, TEXTS[0]).save)


def save_for_ever(path: Path, ready: Any) -> None:
    """Saves two states in turn until somebody kills it."""
    for text in cycle(TEXTS):
        book = edited(path, text)
        book.save()
        book.close()
        ready.set()

"""A month on disk, opened by each host, and a state folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin import bridge
from addin.actions import known
from addin.hosts import files
from addin.tables import catalogue
from tests.actions.small_month import INSTALLS, MASTERS, install, write_entries, write_month
from tests.desk import FakeDesk
from tests.hosts import memory
from tests.hosts.contract.members import only_named_members

OPEN: dict[str, Callable[[Path], xw.Book]] = {
    "memory": memory.open_book,
    "files": files.open_book,
}
SLIPS = [
    install(1),
    install(2, 申报安装费=120),  # R101: above the standard
    install(3, 用户电话="138"),
    install(4, 用户姓名=None),  # R001
]


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "状态"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "状态"))
    known.forget()
    yield
    known.forget()


@pytest.fixture
def month(tmp_path: Path) -> Path:
    folder = write_month(tmp_path / "月" / "2026-03")
    write_entries(folder / INSTALLS, catalogue.INSTALL, SLIPS)
    return folder


@dataclass
class Open:
    """The install slips of the month, open in one of the hosts."""

    host: str
    path: Path
    book: xw.Book

    def desk(self, **how: Any) -> FakeDesk:
        desk = FakeDesk(self.book, **how)
        if self.book.sheets.active.name != "安装单":
            self.book.sheets["安装单"].activate()
        return desk

    def press(self, name: str, *, at: str = "", **how: Any) -> tuple[str, FakeDesk]:
        desk = self.desk(**how)
        if at:
            desk.at = self.book.sheets.active.range(at)
        with only_named_members():
            return bridge.press(name, desk), desk

    @property
    def slips(self) -> xw.Sheet:
        return self.book.sheets["安装单"]

    @property
    def masters(self) -> Path:
        return self.path.parents[1] / MASTERS

    def state(self) -> dict[str, Any]:
        """All that a clerk can see of the workbook."""
        from addin.hosts import recording

        seen = {}
        for sheet in self.book.sheets:
            used = sheet.used_range
            contents = {p: c for p, c in recording._contents(used).items() if c is not None}
            looks = {
                p: (look.number_format, look.color, look.font.color, look.font.bold, look.wrap_text)
                for p in contents
                for look in [sheet.range(p)]
            }
            widths = [sheet.range((1, n)).column_width for n in range(1, used.last_cell.column + 1)]
            seen[sheet.name] = contents, looks, widths
        return seen


@pytest.fixture(params=OPEN)
def opened(request: pytest.FixtureRequest, month: Path) -> Iterator[Open]:
    book = OPEN[request.param](month / INSTALLS)
    yield Open(request.param, month / INSTALLS, book)
    book.close()

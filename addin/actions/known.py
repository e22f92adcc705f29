"""What cell formulas know beside their arguments: 基础资料 and 结算历史 beside the workbook.

A file is read once and kept until it changes (formulas.md §1.8).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from addin import log
from addin.cells import NA, PLAIN, CellError, RangeFacts
from addin.domain import calendar
from addin.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

    from addin.actions.accounts import Ledgers
    from addin.actions.ledgers import Books
    from addin.rules import Rule
    from addin.rules.parameters import Parameters
    from addin.rules.settings import Settings
    from addin.tables.masters import Masters

LOOK_AGAIN = 1.0  # seconds between two looks at a file's time
ENTRIES_FOLDER = "录入"  # stands in the folder of its month (workbooks.md §9)

folder: ContextVar[Path | None] = ContextVar("folder", default=None)
"""Where the workbook lies that is calculating; None for one that was never saved."""


def folder_of(book: str) -> Path | None:
    """None for a workbook that was never saved or lies on a cloud drive (formulas.md §1.8)."""
    place = Path(book)
    return place.parent if book and "://" not in book and place.is_absolute() else None


facts: ContextVar[RangeFacts] = ContextVar("facts", default=PLAIN)
"""Of the first range among the arguments."""


class Kept:
    """A file or folder as it was last read, until its ``stamp`` changes, which begins with it."""

    def __init__(
        self, read: Callable[[Path], Any], stamp: Callable[[Path], tuple[Any, ...]] | None = None
    ) -> None:
        self._read, self._stamp_of = read, stamp or _stamp
        self._stamp: tuple[Any, ...] | None = None
        self._looked = 0.0
        self._content: Any = None

    def content(self, place: Path) -> Any:
        """What ``read`` makes of the file; its complaint is the reason of a #N/A."""
        fresh = time.monotonic() - self._looked < LOOK_AGAIN
        if self._stamp and self._stamp[0] == place and fresh:
            return self._content
        stamp = self._stamp_of(place)
        if stamp != self._stamp:
            self._stamp = None
            try:
                self._content = self._read(place)
            except BadInput as wrong:
                raise CellError(NA, str(wrong)) from wrong
            self._stamp = stamp
        self._looked = time.monotonic()
        return self._content

    def forget(self) -> None:
        self._stamp = None


def _stamp(place: Path) -> tuple[Path, int, int]:
    now = place.stat()
    return place, now.st_size, now.st_mtime_ns


def _read_masters(place: Path) -> Masters:
    from addin.actions import load
    from addin.hosts import intake

    if intake.lock_of(place) is not None:
        log.note(f"{place.name}正在别处打开,公式按上次保存的内容计算")
    return load.load_masters(place)


def _read_history(place: Path) -> pd.DataFrame:
    from addin.actions import load

    return load.load_history(place, [])


def _read_books(place: Path) -> Books:
    from addin.actions import ledgers

    return ledgers.read_books(place)


def _ledger_stamp(place: Path) -> tuple[Any, ...]:
    from addin.actions import ledgers

    return ledgers.stamp_of(place)


def _read_ledgers(place: Path) -> Ledgers:
    from addin.actions import reconcile
    from addin.actions.close import Wishes
    from addin.actions.company import Company
    from addin.actions.load import month_in_name
    from addin.facts.joined import Month
    from addin.tables.masters import first_day

    found, as_of = settings()
    name = month_in_name(place.name)
    period = first_day(name) if name else as_of.replace(day=1)
    before = history()
    before = before[(before["month"] < period).to_numpy(bool)].reset_index(drop=True)
    known = Company(path().parent, masters(), found, Month(period, as_of), before, [], place)
    return reconcile.settled(known, Wishes(progress=lambda words: None)).ledger


def _accounts_stamp(place: Path) -> tuple[Any, ...]:
    from addin.actions import ledgers

    slips = [(file, _stamp(file)) for file in ledgers.inputs_of(place)]
    return place, *_ledger_stamp(place), *stamp(), *slips


_masters, _history = Kept(_read_masters), Kept(_read_history)
_books = Kept(_read_books, _ledger_stamp)
_ledgers = Kept(_read_ledgers, _accounts_stamp)


class _Settings:
    masters: Masters | None = None
    day: dt.date | None = None
    found: tuple[Settings, pd.Timestamp]


_settings = _Settings()


def forget() -> None:
    """The next formula reads the files again (button 刷新公式)."""
    _masters.forget()
    _history.forget()
    _books.forget()
    _ledgers.forget()


def path() -> Path:
    found = _beside("MASTERS_FILE")
    if found is None:
        raise CellError(
            NA,
            "找不到基础资料,请把基础资料.xlsx放在本工作簿的文件夹"
            if folder.get()
            else "找不到基础资料:工作簿没有存盘或在网盘上,请存到本机,或按“设置”写明基础资料的位置",
        )
    return found


def _beside(name: str) -> Path | None:
    """Beside the workbook; for one that lies in no folder, beside the 基础资料 of 设置."""
    from addin.actions import load, preferences

    place = folder.get()
    if place is None and (remembered := preferences.masters()):
        place = remembered.parent
    return load.find_beside(getattr(load, name), place) if place else None


def masters() -> Masters:
    found: Masters = _masters.content(path())
    return found


def history() -> pd.DataFrame:
    """结算历史; without the file duplicates are looked for among the slips of the range only."""
    from addin.tables import catalogue
    from addin.tables import masters as sheets

    place = _beside("HISTORY_FILE")
    if place is None:
        return sheets.empty(catalogue.HISTORY)
    found: pd.DataFrame = _history.content(place)
    return found


def books() -> Books:
    """The ledgers beside the workbook, or of the month's folder that it lies in."""
    if folder.get() is None:
        raise CellError(NA, "工作簿还没有保存,找不到旁边的流水")
    found: Books = _books.content(month_folder())
    return found


def ledgers() -> Ledgers:
    """The same as they are posted: without the rows that are refused, as the statement has it."""
    found: Ledgers = _ledgers.content(month_folder())
    return found


def stamp() -> tuple[Any, ...]:
    """Changes with whatever a judgement depends on beside its range."""
    history_file = _beside("HISTORY_FILE")
    return (
        folder.get(),
        _stamp(path()),
        history_file and _stamp(history_file),
        settings()[1],
    )


def month_folder() -> Path:
    """The folder whose name may tell 业务月."""
    place = folder.get() or Path()
    return place.parent if place.name == ENTRIES_FOLDER else place


def masters_time() -> dt.datetime:
    return dt.datetime.fromtimestamp(path().stat().st_mtime, dt.UTC).astimezone()


def settings() -> tuple[Settings, pd.Timestamp]:
    """规则参数 in force, and 核对基准日; of these masters and this day worked out once."""
    from addin.actions import load

    sheets, day = masters(), dt.date.today()
    if _settings.masters is not sheets or _settings.day != day:
        try:
            _settings.found = load.settings_of(sheets)
        except BadInput as wrong:
            raise CellError(NA, str(wrong)) from wrong
        _settings.masters, _settings.day = sheets, day
    return _settings.found


def verdict_of(rule: Rule) -> str:
    """结论 of a rule as 规则参数 has it, or 停用."""
    from addin.rules.settings import Settings

    found = Settings() if _beside("MASTERS_FILE") is None else settings()[0]
    of = found.of(rule)
    return str(of.outcome(rule.outcome).verdict) if of.enabled else "停用"


def parameters() -> Parameters:
    """规则参数 in force; the defaults for a workbook without 基础资料."""
    from addin.rules.parameters import Parameters

    return Parameters() if _beside("MASTERS_FILE") is None else settings()[0].parameters


def working_days() -> calendar.WorkingDays:
    from addin.tables import catalogue

    if _beside("MASTERS_FILE") is None:
        return calendar.WorkingDays()
    sheet = masters()[catalogue.CALENDAR]
    days = zip(sheet["date"].dt.date, sheet["day"], strict=True)
    return calendar.WorkingDays(dict(days))

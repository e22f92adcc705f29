"""基础资料 for cell formulas: found beside the workbook, kept until its file changes (§1.8)."""

from __future__ import annotations

import datetime as dt
import time
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from addin.cells import NA, CellError
from addin.domain import calendar
from addin.errors import BadInput

if TYPE_CHECKING:
    from addin.rules.parameters import Parameters
    from addin.tables.masters import Masters

LOOK_AGAIN = 1.0  # seconds between two looks at the file's time

folder: ContextVar[Path | None] = ContextVar("folder", default=None)
"""Where the workbook lies that is calculating; None for one that was never saved."""

_Stamp = tuple[Path, int, int]


class _Kept:
    """The masters last read, and the file as it was then."""

    stamp: _Stamp | None = None
    looked = 0.0
    masters: Masters | None = None


_kept = _Kept()


def forget() -> None:
    """The next formula reads the file again (button 刷新公式)."""
    _kept.stamp = None
    _kept.looked = 0.0


def path() -> Path:
    from addin.actions import load

    place = folder.get()
    found = load.find_beside(load.MASTERS_FILE, place) if place else None
    if found is None:
        raise CellError(NA, "找不到基础资料,请把基础资料.xlsx放在本工作簿的文件夹")
    return found


def masters() -> Masters:
    from addin.actions import load

    place = path()
    fresh = time.monotonic() - _kept.looked < LOOK_AGAIN
    if fresh and _kept.masters and _kept.stamp and place == _kept.stamp[0]:
        return _kept.masters
    now = place.stat()
    stamp = place, now.st_size, now.st_mtime_ns
    if stamp != _kept.stamp or _kept.masters is None:
        try:
            _kept.masters = load.load_masters(place)
        except BadInput as wrong:
            raise CellError(NA, str(wrong)) from wrong
        _kept.stamp = stamp
    _kept.looked = time.monotonic()
    return _kept.masters


def masters_time() -> dt.datetime:
    return dt.datetime.fromtimestamp(path().stat().st_mtime, dt.UTC).astimezone()


def parameters() -> Parameters:
    """规则参数 in force; the defaults for a workbook without 基础资料."""
    from addin.actions import load
    from addin.rules.parameters import Parameters

    try:
        return load.settings_of(masters())[0].parameters
    except CellError:
        return Parameters()


def working_days() -> calendar.WorkingDays:
    from addin.tables import catalogue

    try:
        sheet = masters()[catalogue.CALENDAR]
    except CellError:
        return calendar.WorkingDays()
    days = zip(sheet["date"].dt.date, sheet["day"], strict=True)
    return calendar.WorkingDays(dict(days))

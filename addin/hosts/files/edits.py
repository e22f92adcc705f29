"""What can be done to the cells of a sheet, and how values stand in its XML."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from addin.errors import BadInput
from addin.hosts.files.styles import Change
from addin.hosts.grid import Area

MAX_TEXT = 32_767  # characters Excel keeps in a cell
EPOCH_1900, EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
DATE_FORMAT, MOMENT_FORMAT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
TIME_FORMAT, SPAN_FORMAT = "hh:mm:ss", "[h]:mm:ss"

_UNSAFE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Text(str):
    """Text that stays text, even when it begins with ``=``."""


class Formula(str):
    """A formula without its leading ``=``."""


class RawContent(NamedTuple):
    """What another cell holds, as its bytes: type and content."""

    kind: str
    inner: bytes


@dataclass(frozen=True)
class Put:
    """Values for a rectangle. None clears a value and keeps the format."""

    area: Area
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Restyle:
    """One change of format for a rectangle, or the format itself (0 takes all formats away)."""

    area: Area
    change: Change | int


@dataclass(frozen=True)
class RowAttributes:
    """Attributes of whole rows: height, hidden, style. None takes one away."""

    area: Area
    attributes: tuple[tuple[str, str | None], ...]


Edit = Put | Restyle | RowAttributes


def safe_text(text: str) -> str:
    return _UNSAFE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)


def plain_text(text: str) -> str:
    """Text of a cell with its ``_xHHHH_`` escapes resolved."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def serial(value: dt.datetime | dt.date | dt.time | dt.timedelta, date1904: bool) -> float:
    """Excel's number for a date or time in the book's own date system."""
    if isinstance(value, dt.timedelta):
        return value / dt.timedelta(days=1)
    if isinstance(value, dt.time):
        span = dt.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second,
            microseconds=value.microsecond,
        )  # fmt: skip
        return span / dt.timedelta(days=1)
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    days = (value.replace(tzinfo=None) - (EPOCH_1904 if date1904 else EPOCH_1900)) / dt.timedelta(
        days=1
    )
    if not date1904 and days < 61:
        days -= 1  # 1900-02-29 exists in Excel only
    if days < 0:
        raise BadInput(f"日期 {value:%Y-%m-%d} 早于 Excel 能表示的日期", "请更正这个日期")
    return days


def from_serial(number: float, date1904: bool) -> dt.datetime | None:
    """The moment that a number under a date format shows; None where Excel shows none."""
    if not 0 <= number < 2_958_466:
        return None
    if not date1904 and number < 61:
        number += 1 if number < 60 else 0
    milliseconds = round(number * 86_400_000)
    return (EPOCH_1904 if date1904 else EPOCH_1900) + dt.timedelta(milliseconds=milliseconds)


def number_text(number: float) -> str:
    """Shortest text that reads back as the same number."""
    text = repr(number)
    return text[:-2] if text.endswith(".0") else text

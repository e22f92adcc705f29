"""What a Python value becomes in a cell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from addin.errors import BadInput
from addin.hosts.files.edits import MAX_TEXT, Formula, Text, serial
from addin.hosts.files.errors import Unsupported
from addin.hosts.files.styles import Rgb
from addin.hosts.grid import CellError

if TYPE_CHECKING:
    from addin.hosts.files.cells import Range

PLAIN = frozenset((str, float, int, bool, type(None), Text, Formula))
_AS_THEY_ARE = frozenset((float, int, bool, type(None)))
DATES = (dt.datetime, dt.date, dt.time, dt.timedelta)


def plain(value: Any) -> Any:
    """A value of any library as plain Python has it; missing values of every kind are None."""
    if type(value) in PLAIN:
        return None if value != value else value
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if type(value).__name__ in ("NAType", "NaTType") or value != value:
        return None
    if isinstance(value, DATES):
        return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
    if hasattr(value, "item"):  # a numpy scalar
        return plain(value.item())
    return value


def stored(value: Any, date1904: bool) -> Any:
    """What a value becomes in the sheet: ``=`` makes a formula, a leading ``'`` makes text."""
    if type(value) is str:
        first = value[:1]
        if first == "=" and len(value) > 1:
            return Formula(value[1:])
        if len(value) > MAX_TEXT:
            raise BadInput(f"文字超过 {MAX_TEXT} 个字", "请缩短这段文字")
        return Text(value[1:]) if first == "'" else value or None
    if isinstance(value, CellError):
        raise Unsupported("写入错误值")
    if isinstance(value, DATES):
        serial(value, date1904)  # refuses what Excel cannot count
        return value
    if type(value) in PLAIN or isinstance(value, Decimal):
        return value
    return str(value)


def stored_rows(value: Any, target: Range) -> list[list[Any]]:
    """Rows of stored values; a scalar fills the target."""
    date1904 = target._workbook.date1904
    if not isinstance(value, (list, tuple)):
        area = target._clipped()
        return [[stored(value, date1904)] * area.width_] * area.height_
    if value and not isinstance(value[0], (list, tuple)):
        value = [value]
    return [[x if type(x) in _AS_THEY_ARE else stored(x, date1904) for x in row] for row in value]


def shown_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, CellError):
        return value.value
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def as_rgb(value: Any) -> Rgb | None:
    """xlwings' three ways to say a colour: (r, g, b), ``#rrggbb``, or an integer as COM has it."""
    if value is None:
        return None
    if isinstance(value, str):
        text = value.lstrip("#")
        return int(text[:2], 16), int(text[2:4], 16), int(text[4:6], 16)
    if isinstance(value, int):
        return value & 255, value >> 8 & 255, value >> 16 & 255
    red, green, blue = value
    return red, green, blue

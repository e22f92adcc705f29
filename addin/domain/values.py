"""Reads one cell as a text, code, amount, date, phone … the way a clerk would. workbooks.md §2.

Every reader takes a cell (``str``, ``float``, ``bool``, date, error) and returns the typed value,
``None`` for a blank, or :data:`UNREADABLE`. They are mapped over the *distinct* values of a column,
so they may be plain and clear rather than vectorised.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Final


class Unread(Enum):
    """Why a cell that is not blank has no value."""

    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"  # a long number whose tail Excel has cut, R016


UNREADABLE: Final = Unread.UNREADABLE
TRUNCATED: Final = Unread.TRUNCATED

BLANK_TOKENS = frozenset({"", "-", "/", "无"})
TRUE_WORDS = frozenset(["是", "√", "✓", "✔", "对", "Y", "YES", "T", "TRUE", "1", "有", "已", "○"])
FALSE_WORDS = frozenset(
    ["否", "×", "✗", "✘", "X", "N", "NO", "F", "FALSE", "0", "无", "未", "没有"]
)
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)

_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
_CHINESE = "\u3400-\u9fff\uf900-\ufaff"
_SPACE_IN_CHINESE = re.compile(f"(?<=[{_CHINESE}]) (?=[{_CHINESE}])")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58", "-"))
_LONGEST_EXACT_INTEGER = 10**15  # Excel keeps 15 digits


def text(raw: str) -> str:
    """Normalised text (§2.1): one width, no invisible characters, single spaces.

    >>> text("\\u3000青 禾\\u00a0ＷＤ００１ ")
    '青禾 WD001'
    """
    if raw.isprintable() and (
        "  " not in raw
        if raw.isascii()
        else " " not in raw and unicodedata.is_normalized("NFKC", raw)
    ):
        return raw.strip()
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", raw))
    return _SPACE_IN_CHINESE.sub("", _SPACES.sub(" ", plain).strip())


def number_text(value: float) -> str:
    """A number as a General cell with room enough shows it: 15 digits, no ``.0``."""
    if abs(value) < _LONGEST_EXACT_INTEGER and value % 1 == 0:
        return f"{value:.0f}"
    return format(Decimal(f"{value:.15g}"), "f")


def shown(cell: object) -> str:
    """The cell as the clerk sees it, for messages; never normalised."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() | int():
            return number_text(cell)
        case dt.datetime():
            return f"{cell:%Y-%m-%d %H:%M}" if cell.time() != dt.time() else f"{cell:%Y-%m-%d}"
        case Enum():
            return str(cell.value)
        case _:
            return str(cell)


def is_blank(cell: object) -> bool:
    """Nothing, spaces, or one of the tokens people type for nothing (§2.2)."""
    return cell is None or (isinstance(cell, str) and read_text(cell) is None)


def read_text(cell: object) -> str | Unread | None:
    """Text as it will be compared; numbers become their digits."""
    if type(cell) is not str:
        if isinstance(cell, Enum):
            return UNREADABLE
        cell = shown(cell)
    words = text(cell)
    return None if len(words) < 2 and words.translate(_DASHES) in BLANK_TOKENS else words


def read_code(cell: object) -> str | Unread | None:
    """A code: upper case, no spaces, one kind of dash; a number becomes its digits (§2.1).

    >>> read_code("dr—60a "), read_code(17.0), read_code("000017"), read_code(2.6e19)
    ('DR-60A', '17', '000017', <Unread.TRUNCATED: 'truncated'>)
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return TRUNCATED if abs(cell) >= _LONGEST_EXACT_INTEGER else number_text(cell)
    words = read_text(cell)
    if not isinstance(words, str):
        return words
    if not words.isascii():
        words = words.translate(_DASHES)
    return words.replace(" ", "").lstrip("'").upper() or None


_SCIENTIFIC = re.compile(r"\d\.\d+E\+?\d+|\dE\+\d+")


def looks_truncated(code: str) -> bool:
    """A code that is the text of a number in scientific notation: its tail is lost (R016)."""
    return _SCIENTIFIC.fullmatch(code) is not None


def is_truncated_text(cell: object) -> bool:
    """A cell whose text is such a code."""
    if not isinstance(cell, str) or (cell.isascii() and cell.isalnum()):
        return False
    return looks_truncated(str(read_code(cell)))


_BARCODE_SEPARATORS = re.compile(r"[,、/;\s]+")


def read_codes(cell: object) -> tuple[str, ...] | Unread | None:
    """A list of codes in one cell, doubles counted once, in order (§2.6)."""
    if not isinstance(cell, str) or isinstance(cell, Enum):
        code = read_code(cell)
        return (code,) if isinstance(code, str) else code
    if cell.isascii() and cell.isalnum():
        return (cell.upper(),)
    if is_blank(cell):
        return None
    pieces = _BARCODE_SEPARATORS.split(unicodedata.normalize("NFKC", cell))
    codes = (code for code in map(read_code, pieces) if isinstance(code, str))
    return tuple(dict.fromkeys(codes)) or None


# --- numbers (§2.3) -------------------------------------------------------------------------

_CURRENCY = re.compile(r"^([+-]?)(?:¥|RMB|人民币) ?", re.IGNORECASE)
_UNIT = re.compile(r" ?(?:元整|元|圆|块|公里|km|台|个|只|件|天|月)$", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_LARGEST = Decimal(10) ** 13


def read_number(cell: object, *, percent: bool = False) -> Decimal | Unread | None:
    """An exact decimal; Excel's floats are cut to their 15 significant digits first.

    >>> read_number("¥1,280.50元"), read_number("(5)"), read_number(0.1 + 0.2)
    (Decimal('1280.50'), Decimal('-5'), Decimal('0.3'))
    >>> read_number("12,80")
    <Unread.UNREADABLE: 'unreadable'>
    """
    if is_blank(cell):
        return None
    if isinstance(cell, bool | Enum) or not isinstance(cell, str | int | float | Decimal):
        return UNREADABLE
    if isinstance(cell, str):
        number = _decimal(text(cell).translate(_DASHES).lstrip("'"), percent)
    else:
        number = cell if isinstance(cell, Decimal) else Decimal(f"{cell:.15g}")
    return UNREADABLE if number is None or not abs(number) < _LARGEST else number


def _decimal(words: str, percent: bool) -> Decimal | None:
    negative = words.startswith("(") and words.endswith(")")
    words = words[1:-1] if negative else words
    scale = Decimal(1)
    if percent and words.endswith("%"):
        words, scale = words[:-1], Decimal("0.01")
    words = _UNIT.sub("", _CURRENCY.sub(r"\1", words))
    if not (_PLAIN.fullmatch(words) or _GROUPED.fullmatch(words)):
        return None
    number = Decimal(words.replace(",", "")) * scale
    return -number if negative else number


def read_money(cell: object) -> int | Unread | None:
    """An amount in 分. More than two decimals is no amount; trailing zeros are none (§11).

    >>> read_money("80.00元"), read_money("８０"), read_money("80.500"), read_money("80.005")
    (8000, 8000, 8050, <Unread.UNREADABLE: 'unreadable'>)
    """
    number = read_number(cell)
    return _whole(number * 100) if isinstance(number, Decimal) else number


def read_int(cell: object) -> int | Unread | None:
    """A whole number."""
    if isinstance(cell, float) and cell % 1 == 0 and abs(cell) < _LARGEST:
        return int(cell)
    number = read_number(cell)
    return _whole(number) if isinstance(number, Decimal) else number


def read_km(cell: object) -> int | Unread | None:
    """A distance in whole metres, half up."""
    number = read_number(cell)
    if not isinstance(number, Decimal):
        return number
    return int((number * 1000).quantize(Decimal(1), ROUND_HALF_UP))


def read_dec(cell: object) -> Decimal | Unread | None:
    """A plain decimal; ``5%`` is 0.05."""
    return read_number(cell, percent=True)


def _whole(number: Decimal) -> int | Unread:
    return int(number) if number == number.to_integral_value() else UNREADABLE


# --- dates (§2.4) ---------------------------------------------------------------------------

_TIME = r"(?:[ T]?(?:上午|下午)?(?: ?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?)"
_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]" + _TIME)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})" + _TIME)
_MONTH = re.compile(r"(20\d{2})(?:[-/.年]?)(\d{1,2})月?")


def read_date(cell: object, *, date1904: bool = False) -> dt.date | Unread | None:
    """A day of 2000–2099, from a date cell, a serial of the book's date system, or a text.

    >>> read_date("2026年3月5号 8:30"), read_date(20260305.0), read_date("46086")
    (datetime.date(2026, 3, 5), datetime.date(2026, 3, 5), datetime.date(2026, 3, 5))
    >>> read_date("2026.2.30"), read_date("26.3.5"), read_date(60.0)
    (<Unread.UNREADABLE: 'unreadable'>, <Unread.UNREADABLE: 'unreadable'>, <Unread.UNREADABLE: 'unreadable'>)
    """  # noqa: E501
    if is_blank(cell):
        return None
    day = _date(cell, date1904)
    return day if day is not None and EARLIEST <= day <= LATEST else UNREADABLE


def _date(cell: object, date1904: bool) -> dt.date | None:
    match cell:
        case dt.datetime():
            return cell.date()
        case dt.date():
            return cell
        case bool() | Enum():
            return None
        case float() | int():
            return _from_number(float(cell), date1904)
        case str():
            return _from_text(text(cell).translate(_DASHES).lstrip("'"), date1904)
        case _:
            return None


def _from_number(number: float, date1904: bool) -> dt.date | None:
    if number == int(number) and len(str(int(number))) == 8:
        return _day(*_split(int(number)))
    return _from_serial(int(number), date1904)


def _from_serial(serial: int, date1904: bool) -> dt.date | None:
    if not 0 < serial < 2_958_466 or (serial == 60 and not date1904):
        return None
    if date1904:
        return dt.date(1904, 1, 1) + dt.timedelta(serial)
    return dt.date(1899, 12, 30 if serial > 60 else 31) + dt.timedelta(serial)


def _from_text(words: str, date1904: bool) -> dt.date | None:
    if words.isdecimal() and len(words) == 5:
        return _from_serial(int(words), date1904)
    if found := _DATE.fullmatch(words):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if found := _CHINESE_DATE.fullmatch(words) or _COMPACT_DATE.fullmatch(words):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    return None


def _split(compact: int) -> tuple[int, int, int]:
    return compact // 10000, compact // 100 % 100, compact % 100


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def read_month(cell: object, *, date1904: bool = False) -> dt.date | Unread | None:
    """The first day of a month: ``2026-03``, ``2026年3月``, ``202603``, ``2026.3`` or any date."""
    if is_blank(cell):
        return None
    if isinstance(cell, str | int | float) and not isinstance(cell, bool | Enum):
        words = text(shown(cell)).translate(_DASHES)
        if (found := _MONTH.fullmatch(words)) and 1 <= int(found[2]) <= 12:
            return dt.date(int(found[1]), int(found[2]), 1)
    day = read_date(cell, date1904=date1904)
    return day.replace(day=1) if isinstance(day, dt.date) else day


# --- phones (§2.5, R008) --------------------------------------------------------------------

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}")
_PHONE_SEPARATORS = re.compile(r"[/,、;或]")
_EXTENSION = re.compile(r"[转#].*")
_PHONE_NOISE = re.compile(r"[\s()\-]")
_COUNTRY = re.compile(r"(?:\+86|0086|86)(?=\d{11}$)")


def read_phones(cell: object) -> tuple[str, ...] | Unread | None:
    """All valid numbers of the cell; the first is *the* phone.

    >>> read_phones("+86 138-0000-1644"), read_phones("0571-88001234转8"), read_phones(1.3800138e10)
    (('13800001644',), ('057188001234',), ('13800138000',))
    """
    words = UNREADABLE if isinstance(cell, bool) else read_text(cell)
    if not isinstance(words, str):
        return words
    if _MOBILE.fullmatch(words):
        return (words,)
    valid = (phone for phone in map(_phone, _PHONE_SEPARATORS.split(words)) if phone)
    return tuple(dict.fromkeys(valid)) or UNREADABLE


def _phone(words: str) -> str | None:
    digits = _PHONE_NOISE.sub("", _EXTENSION.sub("", words.translate(_DASHES).lstrip("'")))
    if looks_truncated(digits.upper()):
        digits = number_text(float(digits))
    digits = _COUNTRY.sub("", digits)
    return digits if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) else None


def mask_phone(phone: str) -> str:
    """``138****8000``: enough to recognise, too little to dial (§2.5)."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 10 else phone


# --- choices (§2.8) -------------------------------------------------------------------------


def read_bool(cell: object) -> bool | Unread | None:
    """是 or 否 in any of the forms people tick."""
    if isinstance(cell, bool):
        return cell
    if cell is None or isinstance(cell, Enum):
        return None if cell is None else UNREADABLE
    words = text(shown(cell)).upper()
    if words in TRUE_WORDS:
        return True
    if words in FALSE_WORDS:
        return False
    return None if is_blank(words) else UNREADABLE


def read_choice(
    cell: object, values: Collection[str], synonyms: Mapping[str, str]
) -> str | Unread | None:
    """One of ``values``, also by synonym; a listed value wins over the blank tokens."""
    if cell is None or isinstance(cell, Enum):
        return None if cell is None else UNREADABLE
    words = text(shown(cell))
    if words in values:
        return words
    meant = synonyms.get(words.upper())
    if meant is not None:
        return meant
    return None if is_blank(words) else UNREADABLE


def read_list(cell: str | None) -> tuple[str, ...]:
    """The pieces of a master's list cell (别名, 适用型号 …), split by ``、`` and its likes."""
    if not cell:
        return ()
    return tuple(piece for piece in map(text, re.split(r"[、,;/\n]", text(cell))) if piece)

"""A1 references: read and print them, and move them inside formulas."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from addin.hosts.grid import Area

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384  # Excel 2007 and later

_AREA = re.compile(r"\$?([A-Za-z]{0,3})\$?(\d*)(?::\$?([A-Za-z]{0,3})\$?(\d*))?")

# inside a sheet only: YTD2026 and A2000000 are names that somebody has given
_COLUMN = r"\$?(?:[A-Za-z]{1,2}|[A-Wa-w][A-Za-z]{2}|[Xx](?:[A-Ea-e][A-Za-z]|[Ff][A-Da-d]))"
_ROW = r"\$?(?:[1-9]\d{0,5}|10[0-3]\d{4}|104[0-7]\d{3}|1048[0-4]\d{2}|10485[0-6]\d|104857[0-6])"
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'  # a text: skipped
    r"|(?:(?P<sheet>'(?:[^']|'')+'!|(?<![\w.\]:])[^\W\d][\w.]*!)|(?<![\w.$\]'!]))"
    r"(?:(?P<ref>"
    rf"{_COLUMN}{_ROW}(?::{_COLUMN}{_ROW})?"
    rf"|{_ROW}:{_ROW}"
    rf"|{_COLUMN}:{_COLUMN}"
    r")(?![\w.(!:\[]))"
    r"|\[(?:[^\[\]]|\[[^\[\]]*\])*\](?:[^\W\d][\w.]*!\$?\w+\$?\w*(?::\$?\w+\$?\w*)?)?"
    # ^ a structured reference, or another workbook's cell: skipped
    r"|'(?:[^']|'')+'"
)


@cache
def letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@lru_cache(maxsize=4096)
def column_number(text: str) -> int:
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(row: int, column: int) -> str:
    return f"{letters(column)}{row}"


def area_name(area: Area, *, absolute: bool = False) -> str:
    """``A1``, ``A1:B2``, ``5:7`` or ``A:C``, with dollars if asked for."""
    d = "$" if absolute else ""
    if (area.left, area.right) == (1, MAX_COLUMN):
        return f"{d}{area.top}:{d}{area.bottom}"
    if (area.top, area.bottom) == (1, MAX_ROW):
        return f"{d}{letters(area.left)}:{d}{letters(area.right)}"
    first = f"{d}{letters(area.left)}{d}{area.top}"
    last = f"{d}{letters(area.right)}{d}{area.bottom}"
    return first if (area.top, area.left) == (area.bottom, area.right) else f"{first}:{last}"


def parse_area(text: str) -> Area:
    """The rectangle that an address names; a ValueError if it names none."""
    match = _AREA.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a reference: {text!r}")
    left, top, right, bottom = match.groups()
    if right is None and bottom is None:
        if not (left and top):
            raise ValueError(f"not a reference: {text!r}")
        right, bottom = left, top
    if bool(left) != bool(right) or bool(top) != bool(bottom) or not (left or top):
        raise ValueError(f"not a reference: {text!r}")
    columns = sorted((column_number(left), column_number(right))) if left else [1, MAX_COLUMN]
    rows = sorted((int(top), int(bottom))) if top else [1, MAX_ROW]
    if not (rows[0] >= 1 and rows[1] <= MAX_ROW and columns[1] <= MAX_COLUMN):
        raise ValueError(f"outside a sheet: {text!r}")
    return Area(rows[0], columns[0], rows[1], columns[1])


def area_or_none(text: str) -> Area | None:
    """The same for what a file says: None where that is damaged."""
    try:
        return parse_area(text)
    except ValueError:
        return None


def area_of(element: Any) -> Area | None:
    """The rectangle in an element's ``ref``; None where there is none or it is damaged."""
    return area_or_none(element.get("ref", ""))


def quote_sheet(name: str) -> str:
    """A sheet name as a formula writes it, always quoted: valid for every name."""
    return "'" + name.replace("'", "''") + "'"


def split_sheet(text: str) -> tuple[str, str]:
    """``'安装单'!A1`` as (``安装单``, ``A1``); no sheet gives an empty name."""
    sheet, mark, rest = text.rpartition("!")
    if not mark:
        return "", text
    return unquote_sheet(sheet), rest


def unquote_sheet(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def move_rows(area: Area, at: int, count: int) -> Area | None:
    """Where a rectangle lies after rows were inserted (count > 0) or deleted from row ``at``."""
    if area.bottom - area.top + 1 == MAX_ROW:
        return area
    if count > 0:
        top = area.top + count if area.top >= at else area.top
        bottom = area.bottom + count if area.bottom >= at else area.bottom
        if top > MAX_ROW:
            return None
        return Area(top, area.left, min(bottom, MAX_ROW), area.right)
    gone = -count
    after = at + gone
    top = area.top if area.top < at else max(at, area.top - gone)
    bottom = area.bottom - gone if area.bottom >= after else min(area.bottom, at - 1)
    return Area(top, area.left, bottom, area.right) if top <= bottom else None


def rewrite(formula: str, move: Callable[[str, str], str]) -> str:
    """The formula with each reference replaced by ``move(sheet name or "", reference)``."""

    def replace(match: re.Match[str]) -> str:
        reference = match["ref"]
        if not reference:
            return match[0]
        prefix = match["sheet"] or ""
        sheet = unquote_sheet(prefix[:-1])
        if "[" in sheet or (":" in sheet):
            return match[0]
        return prefix + move(sheet, reference)

    return _TOKEN.sub(replace, formula)


def rows_moved(formula: str, *, home: str, sheet: str, at: int, count: int) -> str:
    """A formula standing on sheet ``home`` after rows of ``sheet`` were inserted or deleted."""
    key = sheet.casefold()

    def move(name: str, reference: str) -> str:
        if (name or home).casefold() != key:
            return reference
        moved = move_rows(parse_area(reference), at, count)
        return "#REF!" if moved is None else _with_rows(reference, moved)

    return rewrite(formula, move)


def _with_rows(reference: str, area: Area) -> str:
    """The reference with the rows of ``area``; its dollars and columns stay as they were."""
    rows = iter((area.top, area.bottom))
    return re.sub(r"(\$?[A-Za-z]*\$?)\d+", lambda m: f"{m[1]}{next(rows)}", reference)


def translated(formula: str, down: int, right: int) -> str:
    """A formula copied ``down`` rows and ``right`` columns: relative references go along."""

    def move(_: str, reference: str) -> str:
        ends = [_translated_end(end, down, right) for end in reference.split(":")]
        return "#REF!" if None in ends else ":".join(end for end in ends if end)

    return rewrite(formula, move)


_END = re.compile(r"(\$?)([A-Za-z]*)(\$?)(\d*)")


def _translated_end(end: str, down: int, right: int) -> str | None:
    match = _END.fullmatch(end)
    assert match is not None
    column_fixed, column, row_fixed, row = match.groups()
    if column and not column_fixed:
        number = column_number(column) + right
        if not 1 <= number <= MAX_COLUMN:
            return None
        column = letters(number)
    if not column:  # a whole row: the dollar stands before its number
        column_fixed, row_fixed = "", column_fixed
    if row and not row_fixed:
        number = int(row) + down
        if not 1 <= number <= MAX_ROW:
            return None
        row = str(number)
    return f"{column_fixed}{column}{row_fixed}{row}"


_SHEET_PREFIX = re.compile(
    r"\"(?:[^\"]|\"\")*\""  # a text: skipped
    r"|(?P<sheet>'(?:[^']|'')+'|(?<![\w.\]:'])[^\W\d][\w.]*)!"
)


def renamed(formula: str, old: str, new: str) -> str:
    """The formula with references to sheet ``old`` pointing to ``new``."""
    key = old.casefold()

    def replace(match: re.Match[str]) -> str:
        if not match["sheet"] or unquote_sheet(match["sheet"]).casefold() != key:
            return match[0]
        return quote_sheet(new) + "!"

    return _SHEET_PREFIX.sub(replace, formula)


def overlap(one: Area, other: Area) -> bool:
    return (
        one.top <= other.bottom
        and other.top <= one.bottom
        and one.left <= other.right
        and other.left <= one.right
    )


def contains(outer: Area, inner: Area) -> bool:
    return (
        outer.top <= inner.top
        and inner.bottom <= outer.bottom
        and outer.left <= inner.left
        and inner.right <= outer.right
    )

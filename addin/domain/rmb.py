"""Amounts in words (人民币大写), as cheques and reports carry them; calculations.md §11."""

from __future__ import annotations

import re

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
GROUPS = (("亿", 10**8), ("万", 10**4), ("", 1))
LIMIT = 10**14
"""分; one million million yuan has no settled reading any more (万亿 or 兆)."""


def words(fen: int, *, zheng_after_jiao: bool = False) -> str:
    """``fen`` in capitals; ``zheng_after_jiao`` is the parameter 角后写整.

    >>> words(101_010_101)
    '壹佰零壹万零壹佰零壹元零壹分'
    """
    if abs(fen) >= LIMIT:
        raise ValueError(f"no words for {fen} fen: one million million yuan or more")
    if fen == 0:
        return "零元整"
    yuan, rest = divmod(abs(fen), 100)
    jiao, last = divmod(rest, 10)
    text = "负" if fen < 0 else ""
    if yuan:
        text += _integer(yuan) + "元"
    if jiao:
        text += DIGITS[jiao] + "角"
    elif yuan and last:
        text += "零"
    if last:
        return text + DIGITS[last] + "分"
    return text + ("整" if not jiao or zheng_after_jiao else "")


def _integer(number: int) -> str:
    text, empty_group = "", False
    for unit, size in GROUPS:
        group, number = divmod(number, size)
        if group:
            if text and (empty_group or group < 1000):
                text += "零"
            text += _group(group) + unit
        empty_group = not group
    return text


def _group(number: int) -> str:
    """Four places. Zeros in front and behind are the caller's, a gap inside is one 零."""
    digits = (int(d) for d in f"{number:04d}")
    text = "".join(
        DIGITS[d] + (place if d else "") for d, place in zip(digits, PLACES, strict=True)
    )
    return re.sub("零+", "零", text).strip("零")


def yuan(fen: int) -> str:
    """An amount as messages print it.

    >>> yuan(8000), yuan(-5)
    ('80.00', '-0.05')
    """
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"

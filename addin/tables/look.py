"""How the company's sheets look, whether they come from a template or are written by a check."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from addin.tables.fields import Field, Type

NUMBER_FORMATS: Mapping[Type, str] = {
    Type.TEXT: "@",
    Type.CODE: "@",
    Type.BARCODES: "@",
    Type.PHONE: "@",
    Type.DATE: "yyyy-mm-dd",
    Type.MONTH: "yyyy-mm",
    Type.MONEY: "#,##0.00",
    Type.INT: "#,##0",
    Type.DEC: "0.00",
    Type.KM: "0.0",
    Type.ENUM: "@",
    Type.BOOL: "@",
}
ORDINALS = frozenset({"sequence", "row"})  # row 1100 is not 1,100 rows


def number_format(item: Field) -> str:
    return "0" if item.name in ORDINALS else NUMBER_FORMATS[item.type]


INK, SHADE = "1F2A44", "E3EAF3"  # of a header: font, fill
VERDICT_COLOURS: dict[str, tuple[str | None, str, bool]] = {  # fill, font, bold; workbooks.md §11
    "通过": (None, "1B5E20", False),
    "提示": ("E3F2FD", "0D47A1", False),
    "待查": ("FFF8E1", "7A4100", False),
    "无法判断": ("F3E5F5", "4A148C", False),
    "退回": ("FFE0CC", "8A2C00", False),
    "拒付": ("FFDAD6", "8C0009", True),
}
"""The text always says the verdict, colour only helps."""

FOOTER = "第 &P 页 共 &N 页"


def text_width(text: str) -> int:
    """Width in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(c) in "FWA" else 1 for c in text)

"""How the invented company's workbooks look, and the few things XlsxWriter has to be told."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime
from functools import cache
from io import BytesIO
from math import cos, hypot, pi, sin
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from .masters import COMPANY

CREATED = datetime(2026, 4, 1, 9, 0)
NEVER_CALCULATED = "\0never calculated"

BODY = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
BOX = BODY | {"border": 1, "border_color": "#9DB2C6"}
STYLES: dict[str, dict[str, Any]] = {
    "title": {
        "font_name": "微软雅黑",
        "font_size": 16,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "font_color": "#1F3864",
    },
    "subtitle": {
        "font_name": "微软雅黑",
        "font_size": 9,
        "font_color": "#595959",
        "valign": "vcenter",
    },
    "header": {
        "font_name": "微软雅黑",
        "font_size": 10,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "border": 1,
        "border_color": "#7F93A8",
        "bg_color": "#D6E4F0",
    },
    "group": {
        "font_name": "微软雅黑",
        "font_size": 10,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "border": 1,
        "border_color": "#7F93A8",
        "bg_color": "#BDD3E6",
    },
    "header_waiver": {
        "font_name": "微软雅黑",
        "font_size": 10,
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
        "border": 1,
        "border_color": "#7F93A8",
        "bg_color": "#FCE8C8",
    },
    "text": BOX | {"num_format": "@"},
    "plain": BOX,
    "middle": BOX | {"align": "center"},
    "date": BOX | {"num_format": "yyyy-mm-dd", "align": "center"},
    "date_short": BOX | {"num_format": "m/d/yy", "align": "center"},
    "money": BOX | {"num_format": "#,##0.00"},
    "whole": BOX | {"num_format": "0"},
    "merged": BOX | {"align": "center", "bold": True},
    "subtotal": BOX | {"bold": True, "bg_color": "#F2F2F2", "num_format": "#,##0.00"},
    "total": BOX | {"bold": True, "bg_color": "#DDEBF7", "num_format": "#,##0.00", "top": 2},
    "sign": {"font_name": "宋体", "font_size": 11, "valign": "vcenter"},
}


class EntrySheet(Worksheet):
    """Leaves out ``<v>`` of a formula that was never calculated: XlsxWriter always stores one."""

    def _xml_formula_element(self, formula: str, result: Any, attributes: Any = ()) -> None:
        if result != NEVER_CALCULATED:
            super()._xml_formula_element(formula, result, attributes)
            return
        shown = "".join(f' {k}="{v}"' for k, v in attributes if k != "t")
        self.fh.write(f"<c{shown}><f>{self._escape_data(formula)}</f></c>")


class Book:
    """One workbook whose bytes depend on its content alone."""

    def __init__(self, path: Path, *, large: bool = False, epoch_1904: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        options = {"constant_memory": large, "date_1904": epoch_1904, "strings_to_formulas": False}
        self.book: Workbook = xlsxwriter.Workbook(
            str(path), {**options, "strings_to_urls": False, "strings_to_numbers": False}
        )
        self.book.set_properties({"created": CREATED, "author": "结算员", "company": COMPANY})
        self._formats: dict[str, Format] = {}

    def style(self, name: str) -> Format:
        if name not in self._formats:
            look = STYLES[name] if name in STYLES else BOX | {"num_format": name}
            self._formats[name] = self.book.add_format(look)
        return self._formats[name]

    def sheet(self, name: str) -> EntrySheet:
        sheet = self.book.add_worksheet(name, EntrySheet)
        sheet.set_paper(9)
        return sheet

    def close(self) -> None:
        self.book.close()


@cache
def stamp() -> bytes:
    """A red ring with a star, as a PNG: what a company seal looks like from afar."""
    size, centre = 180, 90.0
    points = [(centre + r * sin(a), centre - r * cos(a)) for r, a in _star()]
    rows = bytearray()
    for y in range(size):
        rows.append(0)
        for x in range(size):
            ring = 78 <= hypot(x - centre, y - centre) <= 86
            inked = ring or _inside(x, y, points)
            rows += bytes((200, 22, 29, 190 if inked else 0))
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _star() -> list[tuple[float, float]]:
    return [(34.0 if i % 2 == 0 else 13.0, i * pi / 5) for i in range(10)]


def _inside(x: float, y: float, points: list[tuple[float, float]]) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def put_stamp(sheet: Worksheet, row: int, column: int) -> None:
    sheet.insert_image(
        row,
        column,
        "stamp.png",
        {
            "image_data": BytesIO(stamp()),
            "x_scale": 0.6,
            "y_scale": 0.6,
            "object_position": 1,
            "description": "示例印章(虚构)",
        },
    )

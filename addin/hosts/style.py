"""A named cell style, as the templates and the verdict colours speak of it; a printed page."""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class CellStyle:
    """``fill`` None clears the fill. A workbook that has a style of this name keeps its own."""

    name: str
    fill: Rgb | None = None
    font_color: Rgb | None = None
    bold: bool = False
    number_format: str | None = None


@dataclass(frozen=True)
class Page:
    """A4, one page wide and as many long as it takes, ``titles`` at the top of each."""

    titles: str  # $1:$1
    footer: str
    landscape: bool = True

"""Cell formats: looked up, and derived from one another by appending. Nothing is renumbered."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from copy import deepcopy
from functools import lru_cache
from typing import Any

from lxml import etree

from addin.hosts.files.markup import (
    Element,
    append,
    beside,
    child,
    children,
    count_children,
    integer,
    local,
    new_child,
    sure_child,
)
from addin.hosts.style import CellStyle

Rgb = tuple[int, int, int]
Change = tuple[str, Hashable]
"""What to make of a format: (kind, value). The kinds are the keys of ``Styles._changes``."""

# ECMA-376 part 1, 18.8.39: order of the children of styleSheet, 18.8.22: of font
STYLE_ORDER = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
]
FONT_ORDER = [
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
]
XF_ORDER = ["alignment", "protection", "extLst"]
BORDER_ORDER = [
    "start",
    "left",
    "end",
    "right",
    "top",
    "bottom",
    "diagonal",
    "vertical",
    "horizontal",
    "extLst",
]

# 18.8.30, the formats that every reader knows by number
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "yyyy/m/d h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mmss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
LOCAL_DATES = {*range(27, 37), *range(50, 59)}  # dates of East Asian editions
FIRST_OWN_FORMAT = 164

EMPTY = (
    '<styleSheet xmlns="{}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
    'patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/>'
    '<bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" '
    'fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" '
    'fillId="0" borderId="0" xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" '
    'xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)

LINE_STYLES = {
    ("continuous", "hairline"): "hair", ("continuous", "thin"): "thin",
    ("continuous", "medium"): "medium", ("continuous", "thick"): "thick",
    ("dash", "thin"): "dashed", ("dash", "medium"): "mediumDashed",
    ("dash_dot", "thin"): "dashDot", ("dash_dot", "medium"): "mediumDashDot",
    ("dash_dot_dot", "thin"): "dashDotDot", ("dash_dot_dot", "medium"): "mediumDashDotDot",
    ("dot", "thin"): "dotted", ("double", "thick"): "double",
    ("slant_dash_dot", "medium"): "slantDashDot",
}  # fmt: skip


@lru_cache(maxsize=1024)
def is_date_format(code: str) -> bool:
    """Does a number under this format show as a date or a time? Its first section decides."""
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', "", code.lower())
    bare = bare.split(";")[0]
    return bool(re.search(r"[ymdhs]", bare)) and "general" not in bare


def zero_width(code: str) -> int:
    """Width of a format of zeros only (``00000``); 0 for any other format."""
    return len(code) if len(code) > 1 and set(code) == {"0"} else 0


class Styles:
    """The stylesheet of one workbook. A format is its index in ``cellXfs``."""

    def __init__(self, root: Element, touch: Callable[[], Any]) -> None:
        self._root, self._touch = root, touch
        self._xfs = self._group("cellXfs")
        if child(self._xfs, "xf") is None:
            append(self._xfs, "xf", numFmtId="0", fontId="0", fillId="0", borderId="0", xfId="0")
        self._list = list(children(self._xfs, "xf"))
        self._derived: dict[tuple[int, Change], int] = {}
        self._known: dict[str, dict[bytes, int]] = {}
        self._codes: dict[int, str] | None = None
        self._changes: dict[str, Callable[[Element, Any], None]] = {
            "number_format": self._set_number_format,
            "fill": self._set_fill,
            "font": self._set_font,
            "alignment": self._set_alignment,
            "border": self._set_border,
            "quote_prefix": self._set_quote_prefix,
            "style": self._set_style,
        }

    def __len__(self) -> int:
        return len(self._list)

    # reading

    def number_format(self, index: int) -> str:
        number = integer(self._xf(index), "numFmtId")
        return self._number_formats().get(number) or BUILT_IN.get(number, "General")

    def is_date(self, index: int) -> bool:
        number = integer(self._xf(index), "numFmtId")
        if number in LOCAL_DATES and number not in self._number_formats():
            return True
        return is_date_format(self.number_format(index))

    def fill(self, index: int) -> Rgb | None:
        fill = self._item("fills", integer(self._xf(index), "fillId"))
        pattern = None if fill is None else child(fill, "patternFill")
        if pattern is None or pattern.get("patternType", "none") != "solid":
            return None
        return _rgb(child(pattern, "fgColor"))

    def font(self, index: int, attribute: str) -> Any:
        font = self._item("fonts", integer(self._xf(index), "fontId"))
        found = None if font is None else child(font, attribute)
        if attribute in ("b", "i", "u", "strike"):
            return found is not None and found.get("val", "1") not in ("0", "false", "none")
        if found is None:
            return None
        if attribute == "color":
            return _rgb(found)
        return float(found.get("val")) if attribute == "sz" else found.get("val")

    def alignment(self, index: int, attribute: str) -> str | None:
        found = child(self._xf(index), "alignment")
        return None if found is None else found.get(attribute)

    def border(self, index: int, side: str) -> tuple[str | None, Rgb | None]:
        border = self._item("borders", integer(self._xf(index), "borderId"))
        found = None if border is None else child(border, side)
        if found is None or found.get("style", "none") == "none":
            return None, None
        return found.get("style"), _rgb(child(found, "color"))

    def style_name(self, index: int) -> str:
        xf_id = self._xf(index).get("xfId", "0")
        styles = child(self._root, "cellStyles")
        for style in () if styles is None else children(styles, "cellStyle"):
            if style.get("xfId") == xf_id:
                return str(style.get("name"))
        return "Normal"

    def zero_widths(self) -> dict[int, int]:
        """Formats of zeros only: index to width."""
        widths = ((i, zero_width(self.number_format(i))) for i in range(len(self._list)))
        return {index: width for index, width in widths if width}

    # deriving

    def derive(self, index: int, change: Change) -> int:
        """Index of the format that differs from ``index`` by ``change``; appended if new."""
        key = (index, change)
        if key not in self._derived:
            xf = deepcopy(self._xf(index))
            kind, value = change
            self._changes[kind](xf, value)
            self._derived[key] = self._place(self._xfs, xf, self._list)
        return self._derived[key]

    def _set_number_format(self, xf: Element, code: str) -> None:
        number = next((n for n, known in BUILT_IN.items() if known == code), None)
        if number is None:
            formats = self._number_formats()
            number = next((n for n, known in formats.items() if known == code), None)
            if number is None:
                number = max([FIRST_OWN_FORMAT - 1, *formats]) + 1
                group = self._group("numFmts")
                append(group, "numFmt", numFmtId=str(number), formatCode=code)
                count_children(group)
                formats[number] = code
                self._touch()
        _point(xf, "numFmtId", number, "applyNumberFormat")

    def _set_fill(self, xf: Element, rgb: Rgb | None) -> None:
        _point(xf, "fillId", self._fill_index(rgb), "applyFill")

    def _fill_index(self, rgb: Rgb | None) -> int:
        group = self._group("fills")
        while len(list(children(group, "fill"))) < 2:  # Excel keeps the first two for itself
            pattern = ("none", "gray125")[len(list(children(group, "fill")))]
            append(append(group, "fill"), "patternFill", patternType=pattern)
        if rgb is None:
            return 0
        fill = group.makeelement(beside(group, "fill"))
        pattern_fill = append(fill, "patternFill", patternType="solid")
        append(pattern_fill, "fgColor", rgb=_hex(rgb))
        append(pattern_fill, "bgColor", indexed="64")
        return self._place(group, fill)

    def _set_font(self, xf: Element, changes: tuple[tuple[str, Any], ...]) -> None:
        old = self._item("fonts", integer(xf, "fontId"))
        font = self._font_with(old, changes)
        _point(xf, "fontId", self._place(self._group("fonts"), font), "applyFont")

    def _font_with(self, old: Element | None, changes: tuple[tuple[str, Any], ...]) -> Element:
        group = self._group("fonts")
        font = group.makeelement(beside(group, "font")) if old is None else deepcopy(old)
        for attribute, value in changes:
            for found in list(children(font, attribute)):
                font.remove(found)
            if attribute == "name":
                for found in list(children(font, "scheme")):
                    font.remove(found)
            if value is None or value is False:
                continue
            element = new_child(font, attribute, FONT_ORDER)
            if attribute == "color":
                element.set("rgb", _hex(value))
            elif value is not True:
                element.set("val", f"{value:g}" if isinstance(value, float) else str(value))
        return font

    def _set_alignment(self, xf: Element, changes: tuple[tuple[str, str | None], ...]) -> None:
        element = sure_child(xf, "alignment", XF_ORDER)
        for attribute, value in changes:
            if value is None:
                element.attrib.pop(attribute, None)
            else:
                element.set(attribute, value)
        xf.set("applyAlignment", "1")

    def _set_border(
        self, xf: Element, changes: tuple[tuple[str, str | None, Rgb | None], ...]
    ) -> None:
        group = self._group("borders")
        old = self._item("borders", integer(xf, "borderId"))
        border = group.makeelement(beside(group, "border")) if old is None else deepcopy(old)
        for side, style, rgb in changes:
            element = sure_child(border, side, BORDER_ORDER)
            if style is None:
                element.attrib.pop("style", None)
                for found in list(element):
                    element.remove(found)
                continue
            element.set("style", style)
            color = child(element, "color")
            if rgb is not None:
                if color is not None:
                    element.remove(color)
                append(element, "color", rgb=_hex(rgb))
            elif color is None:
                append(element, "color", auto="1")
        _point(xf, "borderId", self._place(group, border), "applyBorder")

    def _set_quote_prefix(self, xf: Element, on: bool) -> None:
        xf.attrib.pop("quotePrefix", None)
        if on:
            xf.set("quotePrefix", "1")

    def _set_style(self, xf: Element, style: CellStyle) -> None:
        """Take a named style's fill, font colour and weight; keep the cell's other formats."""
        xf_id = self._named(style)
        named = self._item("cellStyleXfs", xf_id)
        xf.set("xfId", str(xf_id))
        _point(xf, "fillId", integer(named, "fillId"), "applyFill")
        look = self._item("fonts", integer(named, "fontId"))
        font = deepcopy(self._item("fonts", integer(xf, "fontId")))
        if font is not None and look is not None:
            for attribute in ("b", "color"):
                for found in list(children(font, attribute)):
                    font.remove(found)
                wanted = child(look, attribute)
                if wanted is not None:
                    place = new_child(font, attribute, FONT_ORDER)
                    place.attrib.update(wanted.attrib)
            _point(xf, "fontId", self._place(self._group("fonts"), font), "applyFont")
        if xf.get("numFmtId", "0") == "0" and named.get("numFmtId", "0") != "0":
            _point(xf, "numFmtId", integer(named, "numFmtId"), "applyNumberFormat")

    def _named(self, style: CellStyle) -> int:
        """Index in ``cellStyleXfs`` of the workbook's own style of that name, made if missing."""
        styles = self._group("cellStyles")
        named = (s for s in children(styles, "cellStyle") if s.get("name") == style.name)
        known = next(named, None)
        if known is not None and self._item("cellStyleXfs", integer(known, "xfId")) is not None:
            return integer(known, "xfId")
        group = self._group("cellStyleXfs")
        if child(group, "xf") is None:
            append(group, "xf", numFmtId="0", fontId="0", fillId="0", borderId="0")
        xf = deepcopy(child(group, "xf"))
        self._set_fill(xf, style.fill)
        self._set_font(xf, (("b", style.bold), ("color", style.font_color)))
        if style.number_format:
            self._set_number_format(xf, style.number_format)
        group.append(xf)
        count_children(group)
        index = sum(1 for _ in children(group, "xf")) - 1
        if known is None:
            known = append(styles, "cellStyle", name=style.name)
        known.set("xfId", str(index))
        count_children(styles)
        self._touch()
        return index

    # the tree

    def _xf(self, index: int) -> Element:
        return self._list[index] if 0 <= index < len(self._list) else self._list[0]

    def _group(self, name: str) -> Element:
        found = child(self._root, name)
        if found is None:
            self._touch()
            found = new_child(self._root, name, STYLE_ORDER, count="0")
        return found

    def _item(self, group: str, index: int) -> Element:
        """An item of a group by its index; None where the file has none."""
        found = child(self._root, group)
        items = [] if found is None else [c for c in found if local(c)]
        return items[index] if 0 <= index < len(items) else None

    def _number_formats(self) -> dict[int, str]:
        if self._codes is None:
            group = child(self._root, "numFmts")
            self._codes = {
                integer(f, "numFmtId"): f.get("formatCode", "General")
                for f in (() if group is None else children(group, "numFmt"))
            }
        return self._codes

    def _place(self, group: Element, item: Element, listing: list[Element] | None = None) -> int:
        """Index of an equal item of the group, or of ``item`` appended to it."""
        name = local(group)
        if name not in self._known:
            self._known[name] = {}
            for index, known in enumerate(c for c in group if local(c)):
                self._known[name].setdefault(etree.tostring(known, with_tail=False), index)
        text = etree.tostring(item, with_tail=False)
        known_items = self._known[name]
        if text not in known_items:
            known_items[text] = sum(1 for c in group if local(c))
            group.append(item)
            count_children(group)
            if listing is not None:
                listing.append(item)
            self._touch()
        return known_items[text]


def _point(xf: Element, attribute: str, index: int, apply: str) -> None:
    xf.set(attribute, str(index))
    xf.set(apply, "1")


def _hex(rgb: Rgb) -> str:
    return "FF{:02X}{:02X}{:02X}".format(*rgb)


def _rgb(color: Element | None) -> Rgb | None:
    text = "" if color is None else color.get("rgb", "")
    if not re.fullmatch(r"[0-9A-Fa-f]{6,8}", text):
        return None  # a theme or indexed colour
    red, green, blue = (int(text[-6:][i : i + 2], 16) for i in (0, 2, 4))
    return red, green, blue

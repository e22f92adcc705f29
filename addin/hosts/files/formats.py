"""Fonts and borders of a range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from xlwings import base_classes
from xlwings.base_classes import _UNSET

from addin.hosts.files.edits import Restyle
from addin.hosts.files.errors import refusing
from addin.hosts.files.styles import LINE_STYLES, Rgb
from addin.hosts.files.values import as_rgb
from addin.hosts.grid import Area

if TYPE_CHECKING:
    from addin.hosts.files.cells import Range


@refusing
class Font(base_classes.Font):
    def __init__(self, parent: Range) -> None:
        self.parent = parent

    @property
    def api(self) -> Font:
        return self

    def _get(self, attribute: str) -> Any:
        styles = self.parent._workbook.styles
        return self.parent._common(lambda style: styles.font(style, attribute))

    def _set(self, attribute: str, value: Any) -> None:
        self.parent._restyle(("font", ((attribute, value),)))

    @property
    def bold(self) -> bool | None:
        return self._get("b")

    @bold.setter
    def bold(self, value: bool) -> None:
        self._set("b", bool(value))

    @property
    def italic(self) -> bool | None:
        return self._get("i")

    @italic.setter
    def italic(self, value: bool) -> None:
        self._set("i", bool(value))

    @property
    def size(self) -> float | None:
        return self._get("sz")

    @size.setter
    def size(self, value: float) -> None:
        self._set("sz", float(value))

    @property
    def color(self) -> Rgb | None:
        return self._get("color")

    @color.setter
    def color(self, value: Any) -> None:
        self._set("color", as_rgb(value))

    @property
    def name(self) -> str | None:
        return self._get("name")

    @name.setter
    def name(self, value: str) -> None:
        self._set("name", value)


@refusing
class Borders(base_classes.Borders):
    def __init__(self, parent: Range) -> None:
        self.parent = parent

    @property
    def api(self) -> Borders:
        return self

    def __getitem__(self, side: str) -> Border:
        return Border(self.parent, side)

    def set(
        self, which: Sequence[str], *, line_style: Any = _UNSET, weight: Any = _UNSET,
        color: Any = _UNSET,
    ) -> None:  # fmt: skip
        style = None if line_style is None else _line(line_style, weight)
        rgb = None if color is _UNSET else as_rgb(color)
        rng = self.parent
        top, left = rng.row, rng.column
        bottom, right = top + rng.height_ - 1, left + rng.width_ - 1
        inner_rows, inner_columns = (
            Area(top, left, bottom - 1, right),
            Area(top, left, bottom, right - 1),
        )
        parts: dict[str, list[tuple[Area, str]]] = {
            "edge_top": [(Area(top, left, top, right), "top")],
            "edge_bottom": [(Area(bottom, left, bottom, right), "bottom")],
            "edge_left": [(Area(top, left, bottom, left), "left")],
            "edge_right": [(Area(top, right, bottom, right), "right")],
            "inside_horizontal": [
                (inner_rows, "bottom"), (Area(top + 1, left, bottom, right), "top"),
            ],
            "inside_vertical": [
                (inner_columns, "right"), (Area(top, left + 1, bottom, right), "left"),
            ],
        }  # fmt: skip
        xml = rng.sheet.sheet.xml
        if {*parts} <= {*which}:
            sides = ("left", "right", "top", "bottom")
            xml.edit(Restyle(rng.area, ("border", tuple((s, style, rgb) for s in sides))))
            return
        for name in which:
            for area, side in parts.get(name, ()):
                if area.top <= area.bottom and area.left <= area.right:
                    xml.edit(Restyle(area, ("border", ((side, style, rgb),))))

    def _common(self, attribute: str) -> Any:
        values = {getattr(self[side], attribute) for side in self._grid_sides()}
        return values.pop() if len(values) == 1 else None

    @property
    def line_style(self) -> str | None:
        return self._common("line_style")

    @property
    def weight(self) -> str | None:
        return self._common("weight")

    @property
    def color(self) -> Rgb | None:
        return self._common("color")


def _line(line_style: Any, weight: Any) -> str:
    line = "continuous" if line_style is _UNSET else line_style
    if weight is not _UNSET and (line, weight) in LINE_STYLES:
        return LINE_STYLES[line, weight]
    return next(
        (xml for (name, wide), xml in LINE_STYLES.items() if name == line and wide != "hairline"),
        "thin",
    )


_LINE_NAMES = {xml: names for names, xml in LINE_STYLES.items()}


@refusing
class Border(base_classes.Border):
    """One side of a range; reading looks at its first cell."""

    _SIDES: ClassVar = {
        "edge_top": "top", "edge_bottom": "bottom", "edge_left": "left", "edge_right": "right",
        "inside_horizontal": "bottom", "inside_vertical": "right",
    }  # fmt: skip

    def __init__(self, parent: Range, side: str) -> None:
        self.parent, self.side = parent, side

    @property
    def api(self) -> Border:
        return self

    def _read(self) -> tuple[str | None, Rgb | None]:
        rng = self.parent
        row = rng.row + (rng.height_ - 1 if self.side == "edge_bottom" else 0)
        column = rng.column + (rng.width_ - 1 if self.side == "edge_right" else 0)
        style = rng.sheet.sheet.xml.style(row, column)
        return rng._workbook.styles.border(style, self._SIDES.get(self.side, "diagonal"))

    @property
    def line_style(self) -> str | None:
        return _LINE_NAMES.get(self._read()[0] or "", (None, None))[0]

    @line_style.setter
    def line_style(self, value: str | None) -> None:
        Borders(self.parent).set((self.side,), line_style=value)

    @property
    def weight(self) -> str | None:
        return _LINE_NAMES.get(self._read()[0] or "", (None, None))[1]

    @weight.setter
    def weight(self, value: str) -> None:
        Borders(self.parent).set((self.side,), weight=value)

    @property
    def color(self) -> Rgb | None:
        return self._read()[1]

    @color.setter
    def color(self, value: Any) -> None:
        Borders(self.parent).set((self.side,), color=value)

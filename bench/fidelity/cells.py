"""What stands in the cells of a package, so that two spellings of one value are equal."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any, NamedTuple

from openpyxl.formula.translate import Translator

from bench.fidelity.package import (
    Element,
    Package,
    address,
    attribute,
    elements,
    first,
    local,
    rows_and_cells,
    text_of,
)

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
EPOCH = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}
Place = tuple[str, str]
"""Title of a sheet, and an address in it."""


class Cell(NamedTuple):
    value: str | float | bool | None
    formula: str | None


def cells(package: Package) -> dict[Place, Cell]:
    """Every cell that holds something, in every worksheet. Raises ValueError at bad XML."""
    if not package.sheets:
        raise ValueError("no worksheet can be reached")
    texts = shared_texts(package)
    properties = first(package.tree(package.workbook), "workbookPr")
    date1904 = properties is not None and properties.get("date1904") in ("1", "true")
    found: dict[Place, Cell] = {}
    for title, part in package.sheets.items():
        root = package.tree(part)
        if root is None:
            raise ValueError(f"{part} is ill-formed")
        masters: dict[str, tuple[str, str]] = {}
        for _, row, row_cells in rows_and_cells(root):
            for element, column in row_cells:
                here = address(row, column)
                formula = _formula(element, here, masters)
                value = _value(element, texts, date1904)
                if value is not None or formula is not None:
                    found[title, here] = Cell(value, formula)
    return found


def shared_texts(package: Package) -> list[str]:
    root = package.tree(package.of_workbook("sharedStrings"))
    return [plain_text(si) for si in elements(root, "si")]


def plain_text(string: Element) -> str:
    """Text of a string item without its phonetic guide."""
    texts = (t for t in elements(string, "t") if local(t.getparent()) != "rPh")
    return ESCAPED.sub(lambda m: chr(int(m[1], 16)), "".join(t.text or "" for t in texts))


def _value(cell: Element, texts: list[str], date1904: bool) -> str | float | bool | None:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return plain_text(cell) or None
    stored = next((text_of(v) for v in cell if local(v) == "v"), "")
    if kind == "s":
        index = int(stored) if stored.strip().isdigit() else -1
        return (texts[index] or None) if 0 <= index < len(texts) else f"no shared text {stored}"
    if kind == "str":
        return ESCAPED.sub(lambda m: chr(int(m[1], 16)), stored) or None
    if not stored.strip():
        return None
    if kind == "b":
        return stored.strip() in ("1", "true")
    if kind == "e":
        return stored
    if kind == "d":
        return _serial(stored, date1904)
    return _number(stored)


def _number(text: str | float) -> str | float:
    """To the 15 digits that Excel shows and compares; what is no number stays text."""
    try:
        return float(f"{float(text):.15g}")
    except ValueError:
        return str(text)


def _serial(text: str, date1904: bool) -> str | float:
    """Excel's number for a date, a moment or a time as ISO 8601 spells it."""
    epoch = EPOCH[date1904]
    try:
        if ":" in text and "-" not in text:
            moment = dt.datetime.combine(epoch, dt.time.fromisoformat(text))
        else:
            moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    return _number((moment - epoch) / dt.timedelta(days=1))


def _formula(cell: Element, here: str, masters: dict[str, tuple[str, str]]) -> str | None:
    element = next((f for f in cell if local(f) == "f"), None)
    if element is None:
        return None
    text = (element.text or "").strip()
    group = element.get("si") if element.get("t") == "shared" else None
    if group is not None and text:
        masters[group] = (text, here)
    elif group is not None and group in masters:
        master, origin = masters[group]
        text = Translator(f"={master}", origin).translate_formula(here)[1:]
    if element.get("t") not in ("array", "dataTable"):
        return _spelling(text)
    corners = dict.fromkeys(element.get("ref", "").split(":"))  # A1:A1 is A1
    return f"{_spelling(text)} over {':'.join(corners)}"


def _spelling(formula: str) -> str:
    """What a formula says: case, blanks and the brackets of TRUE() mean nothing outside quotes."""
    pieces = re.split(r"(\"[^\"]*\"|'[^']*')", formula.removeprefix("="))
    plain = (p if i % 2 else re.sub(r"\s", "", p).upper() for i, p in enumerate(pieces))
    return re.sub(r"\b(TRUE|FALSE)\(\)", r"\1", "".join(plain))


class Changed(NamedTuple):
    constants: int = 0
    results: int = 0
    formulas: int = 0


def changed(before: dict[Place, Cell], after: dict[Place, Cell], edited: set[Place]) -> Changed:
    """Cells that differ beside the edit: by what a person had typed, or by what it came to."""
    kinds: Counter[str] = Counter()
    for where in sorted((before.keys() | after.keys()) - edited):
        old, new = before.get(where), after.get(where)
        if old == new:
            continue
        if (old and old.formula) != (new and new.formula):
            kinds["formulas"] += 1
        elif old and old.formula is not None:
            kinds["results"] += 1
        else:
            kinds["constants"] += 1
    return Changed(**kinds)


# the edit itself


def fill_of(package: Package, cell: Element | None) -> str | None:
    """The solid fill of a cell, as six hex digits."""
    root = package.tree(package.of_workbook("styles"))
    formats, fills = first(root, "cellXfs"), first(root, "fills")
    if cell is None or formats is None or fills is None:
        return None
    try:
        chosen = formats[int(cell.get("s", "0"))]
        colour = first(fills[int(chosen.get("fillId", "0"))], "fgColor")
    except (IndexError, ValueError):
        return None
    return None if colour is None else (colour.get("rgb") or "")[-6:].upper()


def note_at(package: Package, part: str, where: str) -> str:
    """Text of the note on a cell; notes, not threaded comments."""
    for name in package.related(part, "comments"):
        for note in elements(package.tree(name), "comment"):
            if note.get("ref") == where:
                return plain_text(note)
    return ""


def links(package: Package, part: str) -> dict[str, str]:
    """Where the hyperlinks of a sheet lead inside the workbook, by cell."""
    targets = {rel.id: rel.target for rel in package.relationships(part)}
    return {
        link.get("ref", ""): link.get("location") or targets.get(attribute(link, "id") or "", "")
        for link in elements(package.tree(part), "hyperlink")
    }


def by_place(package: Package, part: str) -> dict[str, Any]:
    rows = rows_and_cells(package.tree(part))
    return {address(row, c): element for _, row, found in rows for element, c in found}

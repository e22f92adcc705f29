"""What changed in the parts that the edit has to touch, beside the edit itself.

The old tree must be found in the new one: each element in its order, with its attributes and its
text. What may be new, and where, stands in ``NEW`` and ``MAY_CHANGE``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.fidelity.edits import LISTING, Plan
from bench.fidelity.package import (
    CONTENT_TYPES,
    Element,
    Package,
    address,
    attribute,
    elements,
    local,
    rels_name,
    rows_and_cells,
)

NEW = {
    "Types": {"Override", "Default"},
    "Relationships": {"Relationship"},
    "workbook": {"calcPr"},
    "sheets": {"sheet"},
    "worksheet": {"legacyDrawing"},
    "sheetData": {"row"},
    "row": {"c"},
    "styleSheet": {"fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"},
    "fonts": {"font"},
    "fills": {"fill"},
    "borders": {"border"},
    "cellXfs": {"xf"},
    "sst": {"si"},
    "authors": {"author"},
    "commentList": {"comment"},
    "xml": {"shape", "shapetype", "shapelayout"},  # the root of VML
}
"""Children that the edit may add, by the element that holds them."""
MAY_CHANGE = {
    "dimension": {"ref"},
    "row": {"spans"},
    "calcPr": {"fullCalcOnLoad"},
    "sst": {"count", "uniqueCount"},
    "fonts": {"count"},
    "fills": {"count"},
    "borders": {"count"},
    "cellXfs": {"count"},
}
"""Attributes that the edit may set or change."""
KEYS = {
    "Relationship": ("Id",),
    "Override": ("PartName",),
    "Default": ("Extension",),
    "sheet": ("name",),
    "comment": ("ref",),
    "shape": ("id",),
}
"""By what an element is known again. Cells and rows go by their place, others by their turn."""
SPELT: dict[str | None, str] = {"true": "1", "false": "0"}
"""Both spellings of a boolean are one value."""
UNORDERED = {"Types", "Relationships"}
SHEET_NUMBERS = {"localSheetId", "activeTab", "firstSheet"}
"""Attributes that count sheets; they follow when the new sheet comes before a chart sheet."""


def roles(package: Package, title: str) -> dict[str, str]:
    """The parts that the edit has to touch, by the role they play for it."""
    book = package.workbook
    sheet = package.sheets.get(title)
    found: dict[str, str | None] = {"content types": package.spelling(CONTENT_TYPES)}
    if book is not None:
        found["workbook"] = book
        found["workbook relationships"] = package.spelling(rels_name(book))
        found["styles"] = package.of_workbook("styles")
        found["shared strings"] = package.of_workbook("sharedStrings")
    if sheet is not None:
        found["sheet"] = sheet
        found["sheet relationships"] = package.spelling(rels_name(sheet))
        found["notes"] = next(iter(package.related(sheet, "comments")), None)
        found["note boxes"] = next(iter(_legacy_drawing(package, sheet)), None)
    return {role: part for role, part in found.items() if part in package.parts}


def _legacy_drawing(package: Package, sheet: str) -> Iterator[str]:
    wanted = {attribute(e, "id") for e in elements(package.tree(sheet), "legacyDrawing")}
    for rel in package.relationships(sheet):
        if rel.id in wanted and (name := package.spelling(rel.target)):
            yield name


def beside(before: Package, after: Package, plan: Plan) -> list[str]:
    """Each change in a touched part that the edit does not ask for, in a few words."""
    old, new = roles(before, plan.sheet), roles(after, plan.sheet)
    found: list[str] = []
    for role, part in old.items():
        if role not in new:
            found.append(f"{role}: gone")
            continue
        if before.parts[part] == after.parts[new[role]]:
            continue
        trees = before.tree(part), after.tree(new[role])
        if trees[0] is None or trees[1] is None:
            found.append(f"{role}: no longer XML")
            continue
        found += Comparison(plan, _position(after)).of(role, *trees)
    return found


def _position(package: Package) -> int | None:
    names = [sheet.get("name") for sheet in elements(package.tree(package.workbook), "sheet")]
    return names.index(LISTING) if LISTING in names else None


@dataclass
class Comparison:
    """One part before and after."""

    plan: Plan
    position: int | None
    """Of the new sheet among all sheets."""
    places: dict[Element, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    def of(self, role: str, old: Element, new: Element) -> list[str]:
        for root in (old, new):
            for row, number, cells in rows_and_cells(root):
                self.places[row] = str(number)
                self.places |= {cell: address(number, column) for cell, column in cells}
        if old.tag != new.tag:
            return [f"{role}: root {new.tag}"]
        self._compare(old, new, role)
        return self.found

    def _compare(self, old: Element, new: Element, path: str) -> None:
        name = local(old)
        if name == "c" and self.places.get(old) in self.plan.cells:
            return
        self._attributes(old, new, path)
        if (old.text or "").strip() != (new.text or "").strip():
            self.found.append(f"{path}: text")
        old_children, new_children = _children(old), _children(new)
        if name in UNORDERED:
            old_children.sort(key=self._key)
            new_children.sort(key=self._key)
        at = 0
        for child in old_children:
            twin = next(
                (i for i in range(at, len(new_children)) if self._alike(child, new_children[i])),
                None,
            )
            if twin is None:
                self.found.append(f"{path}/{self._words(child)}: gone")
                continue
            self._added(name, new_children[at:twin], path)
            self._compare(child, new_children[twin], f"{path}/{self._words(child)}")
            at = twin + 1
        self._added(name, new_children[at:], path)

    def _attributes(self, old: Element, new: Element, path: str) -> None:
        name = local(old)
        free = MAY_CHANGE.get(name, set())
        for key in sorted({*old.attrib, *new.attrib}):
            was, now = old.get(key), new.get(key)
            same = SPELT.get(was, was) == SPELT.get(now, now)
            if same or key in free or (key in SHEET_NUMBERS and self._follows(was, now)):
                continue
            self.found.append(f"{path}@{key}: {was} -> {now}")

    def _follows(self, was: str | None, now: str | None) -> bool:
        if was is None or now is None or self.position is None:
            return False
        return int(was) >= self.position and int(now) == int(was) + 1

    def _added(self, parent: str, children: list[Element], path: str) -> None:
        for child in children:
            name = local(child)
            if name not in NEW.get(parent, ()) or not self._of_the_edit(name, child):
                self.found.append(f"{path}/{self._words(child)}: new")

    def _of_the_edit(self, name: str, child: Element) -> bool:
        rows = {str(self.plan.row + i) for i in range(len(self.plan.cells))}
        if name == "row":
            return self.places[child] in rows and all(
                self.places.get(cell) in self.plan.cells for cell in _children(child)
            )
        if name == "c":
            return self.places[child] in self.plan.cells
        if name == "sheet":
            return bool(child.get("name") == LISTING)
        if name == "comment":
            return child.get("ref") == self.plan.cells[0]
        return True

    def _alike(self, old: Element, new: Element) -> bool:
        return bool(old.tag == new.tag) and self._key(old) == self._key(new)

    def _key(self, element: Element) -> tuple[str, ...]:
        name = local(element)
        known = tuple(element.get(key, "") for key in KEYS.get(name, ()))
        return (name, self.places.get(element, ""), *known)

    def _words(self, element: Element) -> str:
        return " ".join(word for word in self._key(element) if word)


def _children(element: Element) -> list[Element]:
    return [child for child in element if local(child)]

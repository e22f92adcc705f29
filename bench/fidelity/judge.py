"""One result against its source: is the edit there, and is everything else as it was."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook, SheetTypeEnum

from bench.fidelity import cells, edits, features
from bench.fidelity.beside import beside, roles
from bench.fidelity.defects import defects
from bench.fidelity.package import Package, place

MAX_CELLS = 2_000_000  # of a rectangle that a dense reader should be asked for
Shown = dict[str, dict[tuple[int, int], Any]]
"""By sheet, what a reader finds in each cell that is not empty."""
Where = tuple[str, tuple[int, int]]
Reader = Callable[[Path], Shown]


@dataclass(frozen=True)
class Verdict:
    missing: list[str]
    """Pieces of the edit that are not there."""
    same: int
    """Parts that need no touch and are byte for byte as they were, of ``of``."""
    of: int
    differing: list[str]
    beside: list[str]
    """Changes in touched parts that the edit does not ask for."""
    lost: dict[str, list[str]]
    had: list[str]
    """Kinds of features in the source."""
    changed: cells.Changed | None
    """None where the judge can no longer read the cells."""
    defects: list[str]
    unreadable: list[str] = field(default_factory=list)
    """Readers that read the source and not the result."""
    other_values: list[str] = field(default_factory=list)
    """Readers that see another value beside the edit."""


def judged(source: Path, result: Path, plan: edits.Plan, readers: dict[str, Reader]) -> Verdict:
    before, after = Package.open(source), Package.open(result)
    touched = set(roles(before, plan.sheet).values())
    untouched = [name for name in before.parts if name not in touched]
    differing = [name for name in untouched if after.parts.get(name) != before.parts[name]]
    had = features.features(before)
    unreadable, other = read_again(source, result, plan, readers)
    return Verdict(
        missing=missing(after, plan),
        same=len(untouched) - len(differing),
        of=len(untouched),
        differing=differing,
        beside=beside(before, after, plan),
        lost=features.lost(had, features.features(after)),
        had=list(had),
        changed=changed(before, after, plan),
        defects=sorted(defects(after) - defects(before)),
        unreadable=unreadable,
        other_values=other,
    )


def missing(after: Package, plan: edits.Plan) -> list[str]:
    """What of the edit is not in the result, piece by piece."""
    part = after.sheets.get(plan.sheet, "")
    by_place = cells.by_place(after, part)
    try:
        values = cells.cells(after)
    except ValueError:
        values = {}
    found = []
    for where, text in zip(plan.cells, edits.TEXTS, strict=True):
        if values.get((plan.sheet, where)) != cells.Cell(text, None):
            found.append(f"text of {where}")
        if cells.fill_of(after, by_place.get(where)) != edits.FILL:
            found.append(f"fill of {where}")
    if edits.NOTE not in cells.note_at(after, part, plan.cells[0]):
        found.append("note")
    if next(reversed(after.sheets), None) != edits.LISTING:
        found.append("last sheet")
    link = cells.links(after, after.sheets.get(edits.LISTING, "")).get("A1", "")
    if _plain_link(link) != _plain_link(plan.link):
        found.append(f"link: {link!r}")
    return found


def _plain_link(link: str) -> str:
    return link.lstrip("#").replace("''", "\0").replace("'", "").replace("$", "")


def changed(before: Package, after: Package, plan: edits.Plan) -> cells.Changed | None:
    edited = {(plan.sheet, where) for where in plan.cells}
    try:
        old, new = cells.cells(before), cells.cells(after)
    except ValueError:
        return None
    rest = {where: cell for where, cell in new.items() if where[0] != edits.LISTING}
    return cells.changed(old, rest, edited)


# readers that know nothing of who wrote


def read_again(
    source: Path, result: Path, plan: edits.Plan, readers: dict[str, Reader]
) -> tuple[list[str], list[str]]:
    unreadable, other = [], []
    for name, reader in readers.items():
        try:
            old = reader(source)
        except Exception:
            continue
        try:
            new = reader(result)
        except Exception:
            unreadable.append(name)
            continue
        if _differ(old, new, plan) and _differ(old, new, plan, moving=_differ(old, reader(source))):
            other.append(name)
    return unreadable, other


def _differ(
    old: Shown, new: Shown, plan: edits.Plan | None = None, moving: Iterable[Where] = ()
) -> set[Where]:
    """Cells that show another value, beside the edit and those that move at each load."""
    before, after = (
        {(sheet, where): value for sheet, shown in side.items() for where, value in shown.items()}
        for side in (old, new)
    )
    edited = {(plan.sheet, place(where)) for where in plan.cells} if plan else set()
    return {
        where
        for where in before.keys() | after.keys()
        if where[0] != edits.LISTING
        and before.get(where) != after.get(where)
        and where not in edited
        and where not in moving
    }


def by_openpyxl(path: Path) -> Shown:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, data_only=True)
    return {
        sheet.title: {
            where: cell.value
            for where, cell in sheet._cells.items()  # iter_rows walks the whole rectangle
            if cell.value is not None
        }
        for sheet in book.worksheets
    }


def by_calamine(path: Path) -> Shown:
    """Sheets of absurd size are left out: calamine gives whole rectangles."""
    book = CalamineWorkbook.from_path(path)
    found: Shown = {}
    for metadata in book.sheets_metadata:
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(metadata.name)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            continue
        found[metadata.name] = {
            (i, j): value
            for i, row in enumerate(sheet.to_python(skip_empty_area=False), 1)
            for j, value in enumerate(row, 1)
            if value != ""
        }
    return found


READERS: dict[str, Reader] = {"openpyxl": by_openpyxl, "calamine": by_calamine}

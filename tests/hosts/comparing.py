"""The same edit everywhere, and how two packages differ beside it."""

from __future__ import annotations

import io
import posixpath
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from addin.hosts import files
from tests.hosts.packages import parts

MARK, LIST = "标记", "我们的清单"
GROWN = {"count", "fullCalcOnLoad", "activeTab", "localSheetId"}  # a new sheet moves positions
TOO_BIG = 2_000_000  # cells that a dense reader should not be asked for


def edit(source: Path, target: Path) -> tuple[str, str, list[str]]:
    """Text, fill and a note in a flag column right of the used range; a last sheet with a link."""
    book = files.open_book(source)
    sheet = book.sheets[0]
    used = sheet.used_range
    row, column = used.row, used.column + used.shape[1]
    if column > 16_384:
        row, column = row + used.shape[0] + 1, 1
    flags = sheet.range((min(row, 1_048_572), column)).resize(5, 1)
    flags.value = [[f"{MARK}{i}"] for i in range(5)]
    flags.color = (255, 224, 204)
    if flags[0, 0].note is None:
        flags[0, 0].add_note("说明")
    listing = book.sheets.add(LIST, after=book.sheets[-1])
    listing["A1"].add_hyperlink(f"#'{sheet.name}'!A1", "第1行", "去看")
    part, title = sheet.impl.sheet.part, sheet.name
    cells = [cell.address.replace("$", "") for cell in flags]
    book.save(target)
    book.close()
    return part, title, cells


def may_change(source: Path, sheet_part: str) -> set[str]:
    """Parts that this edit has to touch: workbook, styles, sheet, notes, and their links."""
    names = {name.casefold(): name for name in parts(source)}
    book = next(iter(related(source, "", "officeDocument")), "")
    wanted = {"[content_types].xml", book, sheet_part.casefold()}
    wanted |= related(source, book, "styles")
    wanted |= related(source, sheet_part, "comments") | note_boxes(source, sheet_part)
    wanted |= {rels_of(book), rels_of(sheet_part.casefold())}
    return {names[name] for name in wanted if name in names}


def note_boxes(source: Path, sheet_part: str) -> set[str]:
    return {name for name in related(source, sheet_part, "") if name.endswith(".vml")}


def rels_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def related(source: Path, part: str, kind: str) -> set[str]:
    """Parts that ``part`` leads to, by their names in lower case."""
    by_name = {name.casefold(): data for name, data in parts(source).items()}
    rels = by_name.get(rels_of(part).casefold(), b"<Relationships/>")
    found = set()
    for rel in parse(rels):
        if f"/{rel.get('Type', '')}".endswith(kind and f"/{kind}"):
            found.add(resolved(part, rel.get("Target", "")))
    return found


def resolved(part: str, target: str) -> str:
    whole = posixpath.join("/", posixpath.dirname(part), target.replace("\\", "/"))
    return posixpath.normpath(whole).lstrip("/").casefold()


def parse(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(huge_tree=True))


def plain(data: bytes) -> bytes:
    return canonical(parse(data))


def canonical(root: Any) -> bytes:
    """The tree as bytes, without the white space that only lays it out."""
    for element in root.iter():
        if len(element) and not (element.text or "").strip():
            element.text = None
        if not (element.tail or "").strip():
            element.tail = None
    return bytes(etree.tostring(root))


def without_edit(
    data: bytes, cells: list[str], original: bytes, *, had_boxes: bool = True
) -> bytes:
    """The sheet with our cells, and what they had to bring along, taken out again."""
    root, old = parse(data), parse(original)
    rows, old_rows = places(root), places(old)
    for name in cells:
        number = int(re.sub(r"\D", "", name))
        row, row_cells = rows[number]
        former_row, former_cells = old_rows.get(number, (None, {}))
        if name in former_cells:
            row.replace(row_cells[name], deepcopy(former_cells[name]))
            continue
        take_out(row_cells[name])
        if former_row is None:
            row.getparent().remove(row)
        elif "spans" in former_row.attrib:
            row.set("spans", former_row.get("spans"))
    new_one, old_one = root.find("{*}dimension"), old.find("{*}dimension")
    if old_one is not None and "ref" in old_one.attrib:
        new_one.set("ref", old_one.get("ref"))
    drawing, former = root.find("{*}legacyDrawing"), old.find("{*}legacyDrawing")
    if drawing is not None and former is None:
        root.remove(drawing)
    elif drawing is not None and not had_boxes:  # the old link led nowhere
        root.replace(drawing, deepcopy(former))
    return canonical(root)


def take_out(element: Any) -> None:
    """Remove an element but not the text behind it."""
    before, parent = element.getprevious(), element.getparent()
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "") or None
    else:
        before.tail = (before.tail or "") + (element.tail or "") or None
    parent.remove(element)


def places(root: Any) -> dict[int, tuple[Any, dict[str, Any]]]:
    """Rows by number with their cells by name, where the file says so or by counting on."""
    rows: dict[int, tuple[Any, dict[str, Any]]] = {}
    number = 0
    for row in root.findall("{*}sheetData/{*}row"):
        number = int(row.get("r", number + 1))
        column, cells = 0, {}
        for cell in row.findall("{*}c"):
            given = re.match(r"\s*([A-Za-z]+)", cell.get("r", ""))
            column = column_number(given[1]) if given else column + 1
            cells[f"{letters(column)}{number}"] = cell
        rows[number] = row, cells
    return rows


def letters(column: int) -> str:
    return (letters((column - 1) // 26) if column > 26 else "") + chr(65 + (column - 1) % 26)


def column_number(text: str) -> int:
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def leads_to_boxes(source: Path, sheet_part: str) -> bool:
    """Does the sheet's legacyDrawing point to a part that is there?"""
    by_name = {name.casefold(): data for name, data in parts(source).items()}
    link = parse(by_name[sheet_part.casefold()]).find("{*}legacyDrawing")
    if link is None or rels_of(sheet_part).casefold() not in by_name:
        return False
    wanted = [value for name, value in link.attrib.items() if name.endswith("}id")]
    return any(
        rel.get("Id") in wanted and resolved(sheet_part, rel.get("Target", "")) in by_name
        for rel in parse(by_name[rels_of(sheet_part).casefold()])
    )


def assert_only_grew(key: str, before: bytes, after: bytes) -> None:
    """Each element of the old tree is in the new one, in order, with the same attributes."""
    assert_inside(key, parse(before), parse(after))


def assert_inside(key: str, old: Any, new: Any) -> None:
    assert old.tag == new.tag, key
    kept = {k: v for k, v in old.attrib.items() if k not in GROWN}
    assert kept == {k: v for k, v in new.attrib.items() if k in kept}, key
    assert {k for k in new.attrib if k not in old.attrib} <= GROWN, key
    if not len(old):
        assert (old.text or "").strip() == (new.text or "").strip(), key
    waiting = iter(new)
    for child in old:
        for candidate in waiting:
            if candidate.tag == child.tag and same_start(child, candidate):
                assert_inside(key, child, candidate)
                break
        else:
            pytest.fail(f"{key}: {child.tag} {dict(child.attrib)} is gone")


def same_start(old: Any, new: Any) -> bool:
    return all(new.get(k) == v for k, v in old.attrib.items() if k not in GROWN)


def by_calamine(path: Path) -> dict[str, list[list[Any]]]:
    """All sheets but the edited first one and our own, as far as calamine can read them."""
    found = {}
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(path.read_bytes()))
        worksheets = [s.name for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    except CalamineError:
        return {}
    for name in worksheets[1:]:
        try:
            sheet = book.get_sheet_by_name(name)
        except CalamineError:
            continue
        if name != LIST and sheet.total_height * sheet.total_width < TOO_BIG:
            found[name] = sheet.to_python()
    return found

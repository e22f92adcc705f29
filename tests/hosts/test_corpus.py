"""Workbooks that people really saved: an edit gives the edit, and nothing else moves."""

from __future__ import annotations

import csv
import io
import re
import warnings
from copy import deepcopy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from addin.errors import BadInput
from addin.hosts import files
from tests.hosts.packages import packed, parts

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
MARK, LIST = "标记", "我们的清单"
GROWN = {"count", "fullCalcOnLoad", "activeTab", "localSheetId"}  # a new sheet moves positions
TOO_BIG = 2_000_000  # cells that a dense reader should not be asked for


def listed(expectation: str) -> list[str]:
    index = CORPUS / "index.csv"
    if not index.exists():
        return ["absent"]
    with index.open(encoding="utf-8") as stream:
        return [r["path"] for r in csv.DictReader(stream) if r["expectation"] == expectation]


@pytest.mark.parametrize("name", listed("refuse"))
def test_a_file_that_is_no_sound_workbook_is_refused_in_one_sentence(
    name: str, corpus: Path, tmp_path: Path
) -> None:
    source = corpus / name
    target = tmp_path / source.name
    target.write_bytes(source.read_bytes())
    with pytest.raises(BadInput) as refusal:
        files.open_book(target)
    assert source.name in str(refusal.value)
    assert target.read_bytes() == source.read_bytes()
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", listed("edit"))
def test_the_edit_is_there_and_nothing_else_has_changed(
    name: str, corpus: Path, tmp_path: Path
) -> None:
    source = corpus / name
    target = tmp_path / source.name
    sheet_part, title, cells = edit(source, target)

    before, after = parts(source), parts(target)
    touched = {key for key in before if before[key] != after.get(key)}
    assert touched <= may_change(source, sheet_part), touched
    assert list(after)[: len(before)] == list(before), "members keep their order"
    raw_before, raw_after = packed(source), packed(target)
    for key in before.keys() - touched:
        assert raw_after[key] == raw_before[key], key

    assert without_edit(after[sheet_part], cells, before[sheet_part]) == plain(before[sheet_part])
    for key in touched - {sheet_part}:
        assert_only_grew(key, before[key], after[key])
    assert_readers_agree(source, target, title, cells)


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
    """Parts that this edit has to touch, by what they are."""
    folder, _, name = sheet_part.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    listed_parts = parts(source)
    allowed = {sheet_part, rels}
    link = listed_parts.get(rels, b"").decode("utf-8", "replace")
    for kind in ("comments", "vmlDrawing"):
        for target in re.findall(rf'Target="([^"]*{kind}[^"]*)"', link, re.I):
            allowed |= {key for key in listed_parts if key.endswith(target.split("/")[-1])}
    for key in listed_parts:
        if re.search(r"(^|/)(workbook|styles)\d*\.xml(\.rels)?$", key):
            allowed.add(key)
    return allowed | {"[Content_Types].xml"}


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
    return bytes(etree.tostring(root, method="c14n"))


def without_edit(data: bytes, cells: list[str], original: bytes) -> bytes:
    """The sheet with our cells, and what they had to bring along, taken out again."""
    root, old = parse(data), parse(original)
    old_cells = {c.get("r"): c for c in old.iter("{*}c")}
    old_rows = {r.get("r"): r for r in old.iter("{*}row")}
    for cell in list(root.iter("{*}c")):
        if cell.get("r") in cells:
            former = old_cells.get(cell.get("r"))
            if former is not None:
                cell.getparent().replace(cell, deepcopy(former))
                continue
            row = cell.getparent()
            row.remove(cell)
            former_row = old_rows.get(row.get("r"))
            if former_row is None and len(old_rows) and not len(row) and row.get("r"):
                row.getparent().remove(row)
            elif former_row is not None and "spans" in former_row.attrib:
                row.set("spans", former_row.get("spans"))
            elif not len(row) and not old_rows:
                row.getparent().remove(row)
    for name, attribute in (("dimension", "ref"),):
        new_one, old_one = root.find(f"{{*}}{name}"), old.find(f"{{*}}{name}")
        if new_one is not None and old_one is not None:
            new_one.set(attribute, old_one.get(attribute))
    drawing = root.find("{*}legacyDrawing")
    if drawing is not None and old.find("{*}legacyDrawing") is None:
        root.remove(drawing)
    return canonical(root)


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


def assert_readers_agree(source: Path, target: Path, title: str, cells: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, after = by_openpyxl(source), by_openpyxl(target)
    if before is not None:
        assert after is not None, "openpyxl can no longer read it"
        for name, values in before.items():
            ours = set(cells) if name == title else set()
            assert {k: v for k, v in after[name].items() if k not in ours} == {
                k: v for k, v in values.items() if k not in ours
            }
        if title in before:
            assert after[title].get(cells[0]) == f"{MARK}0"
        if before:
            assert after[LIST] == {"A1": "第1行"}
    assert [cell_by_ourselves(target, title, cell) for cell in cells] == [
        f"{MARK}{i}" for i in range(5)
    ]
    old, new = by_calamine(source), by_calamine(target)
    if old is not None:
        assert new is not None, "calamine can no longer read it"
        assert {k: v for k, v in new.items() if k in old} == old


def cell_by_ourselves(path: Path, title: str, cell: str) -> Any:
    book = files.open_book(path)
    value = book.sheets[title].range(cell).value
    book.close()
    return value


def by_openpyxl(path: Path) -> dict[str, dict[str, str]] | None:
    try:
        book = openpyxl.load_workbook(path)
    except Exception:
        return None
    return {
        sheet.title: {
            cell.coordinate: text_of(cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in book.worksheets
        if sheet.max_row * sheet.max_column < TOO_BIG
    }


def text_of(value: Any) -> str:
    """Array formulas and what-if tables are objects without equality."""
    return str(sorted(vars(value).items(), key=str)) if hasattr(value, "__dict__") else str(value)


def by_calamine(path: Path) -> dict[str, list[list[Any]]] | None:
    """All sheets but the edited first one."""
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(path.read_bytes()))
    except CalamineError:
        return None
    found = {}
    worksheets = [s.name for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    for name in worksheets[1:]:
        sheet = book.get_sheet_by_name(name)
        if name != LIST and sheet.total_height * sheet.total_width < TOO_BIG:
            found[name] = sheet.to_python()
    return found

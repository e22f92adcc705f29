"""Formulas as a whole: shared ones, their stored results and the calculation chain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from addin.hosts.files.markup import child, children
from addin.hosts.files.references import cell_name
from addin.hosts.files.sheetxml import SheetXml
from addin.hosts.files.tags import attributes_of, with_attribute

if TYPE_CHECKING:
    from addin.hosts.files.workbook import Workbook, Worksheet

FORMULAS = {"formula", "formula1", "formula2", "f", "calculatedColumnFormula", "totalsRowFormula"}
"""Elements outside the rows whose text is a formula."""


def shared_masters(xml: SheetXml) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Group number, then text (still escaped), row and column of each shared formula's master."""
    for row, cell, match in xml.formulas():
        attributes = dict(attributes_of(match[1]))
        if attributes.get(b"t") == b"shared" and match[2]:
            text = match[2].decode("utf-8")
            yield attributes.get(b"si", b"").decode(), (text, row.number, cell.column)


def prune_calc_chain(book: Workbook, edited: list[Worksheet]) -> None:
    """Take away the entries of cells that lost their formula, and no others."""
    lost: dict[str, set[str]] = {}
    for sheet in edited:
        if sheet.xml.lost_formulas:
            present = {cell_name(row.number, cell.column) for row, cell, _ in sheet.xml.formulas()}
            lost[sheet.element.get("sheetId", "")] = sheet.xml.lost_formulas - present
            sheet.xml.lost_formulas = set()
    if any(lost.values()):
        drop_from_calc_chain(book, lambda sheet_id, ref: ref in lost.get(sheet_id, ()))


def drop_from_calc_chain(book: Workbook, gone: Callable[[str, str], bool]) -> None:
    name = next(book.related(book.part_name, "calcChain"), None)
    if name is None or name not in book.package:
        return
    part = book.part(name)
    sheet_id = inherited = ""
    for entry in list(children(part.root, "c")):
        sheet_id = entry.get("i", sheet_id)
        if gone(sheet_id, entry.get("r", "")):
            part.touch().remove(entry)
        else:
            if "i" not in entry.attrib and inherited != sheet_id:
                entry.set("i", sheet_id)
            inherited = sheet_id
    if child(part.root, "c") is None:
        for rel in book.relationships(book.part_name):
            if rel.get("Type", "").endswith("/calcChain"):
                book.unrelate(book.part_name, rel.get("Id"))
        book.remove_part(name)


def forget_results(book: Workbook) -> None:
    """Take the stored result out of every formula cell of the book."""
    for sheet in book.sheets:
        forget(sheet.xml, lambda row, column: True)


def forget(xml: SheetXml, outdated: Callable[[int, int], bool]) -> None:
    """The same for the formula cells of one sheet that are ``outdated``, by row and column."""
    splices = []
    for row, cell, match in xml.formulas():
        if not outdated(row.number, cell.column):
            continue
        if match.end() < cell.close or xml.tag(cell) != typeless(xml.tag(cell)):
            result = re.compile(rb"<" + re.escape(xml.prefix) + rb"v[\s>].*?</[^>]*>", re.S)
            rest = result.sub(b"", xml.body[match.end() : cell.close])
            splices.append((cell.start, cell.inner, typeless(xml.tag(cell))))
            splices.append((match.end(), cell.close, rest))
    if splices:
        xml.replace_body(spliced(xml.body, splices))
        xml.values_changed = True


def typeless(tag: bytes) -> bytes:
    return with_attribute(tag, "t", None)


def spliced(data: bytes, splices: list[tuple[int, int, bytes]]) -> bytes:
    out, copied = [], 0
    for start, end, new in sorted(splices):
        out += [data[copied:start], new]
        copied = end
    return b"".join([*out, data[copied:]])

"""The judge's own reading of a workbook's package: it repairs nothing and hides nothing."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

Element = Any  # lxml ships no types

CONTENT_TYPES = "[Content_Types].xml"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def local(element: Element) -> str:
    """An element's name without its namespace: transitional and strict files spell it alike."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def elements(root: Element | None, *names: str) -> Iterator[Element]:
    """Descendants of these local names, in document order."""
    if root is not None:
        yield from (e for e in root.iter(*(f"{{*}}{name}" for name in names)))


def first(root: Element | None, name: str) -> Element | None:
    return next(elements(root, name), None)


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its local name, whatever namespace its prefix stands for."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def text_of(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext())


def rels_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


class Relationship(NamedTuple):
    id: str
    kind: str
    """Last word of its type, such as ``worksheet``."""
    target: str
    """Name of a part, or an address where ``external``."""
    external: bool


@dataclass(frozen=True)
class Package:
    """Members of a zip by name, in order; of two with one name the last."""

    parts: dict[str, bytes]
    names: tuple[str, ...]
    """Every member, doubled ones too."""

    @classmethod
    def open(cls, path: Path) -> Package:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            parts = {info.filename.lstrip("/"): archive.read(info) for info in members}
            return cls(parts, tuple(info.filename for info in members))

    @cached_property
    def _spelt(self) -> dict[str, str]:
        return {name.casefold(): name for name in self.parts}

    def spelling(self, name: str) -> str | None:
        """The name as the zip spells it; part names are equal without case."""
        return self._spelt.get(name.casefold())

    @cached_property
    def _trees(self) -> dict[str, Element | None]:
        return {}

    def tree(self, name: str | None) -> Element | None:
        """The root of an XML part; None where it is absent, ill-formed or no XML."""
        if name is None or name not in self.parts:
            return None
        if name not in self._trees:
            try:
                self._trees[name] = etree.fromstring(self.parts[name], PARSER)
            except etree.XMLSyntaxError:
                self._trees[name] = None
        return self._trees[name]

    @cached_property
    def _relationships(self) -> dict[str, list[Relationship]]:
        return {}

    def relationships(self, part: str) -> list[Relationship]:
        if part not in self._relationships:
            root = self.tree(self.spelling(rels_name(part)))
            self._relationships[part] = [
                _relationship(part, rel) for rel in elements(root, "Relationship")
            ]
        return self._relationships[part]

    @cached_property
    def sources(self) -> list[str]:
        """The package itself (""), and each part that has relationships."""
        found = [""]
        for name in self.parts:
            folder, _, file = name.rpartition("_rels/")
            if file.endswith(".rels") and file != ".rels":
                found.append(self.spelling(folder + file[:-5]) or folder + file[:-5])
        return found

    @cached_property
    def by_kind(self) -> dict[str, list[str]]:
        """Parts by the kind of relationship that leads to them, each once."""
        found: dict[str, dict[str, None]] = {}
        for source in self.sources:
            for rel in self.relationships(source):
                part = None if rel.external else self.spelling(rel.target)
                if part is not None:
                    found.setdefault(rel.kind, {})[part] = None
        return {kind: list(parts) for kind, parts in found.items()}

    def related(self, part: str, *kinds: str) -> list[str]:
        return [
            name
            for rel in self.relationships(part)
            if rel.kind in kinds and not rel.external and (name := self.spelling(rel.target))
        ]

    @cached_property
    def workbook(self) -> str | None:
        return next(iter(self.related("", "officeDocument")), None)

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Part of each worksheet by its title, in the order of the workbook."""
        if self.workbook is None:
            return {}
        by_id = {rel.id: rel for rel in self.relationships(self.workbook)}
        found = {}
        for sheet in elements(self.tree(self.workbook), "sheet"):
            rel = by_id.get(attribute(sheet, "id") or "")
            part = self.spelling(rel.target) if rel and rel.kind == "worksheet" else None
            if part is not None:
                found[sheet.get("name", "")] = part
        return found

    def of_workbook(self, kind: str) -> str | None:
        """The one part of a kind that hangs on the workbook: styles, sharedStrings, theme."""
        return next(iter(self.related(self.workbook, kind)), None) if self.workbook else None


def _relationship(part: str, rel: Element) -> Relationship:
    target, external = rel.get("Target", ""), rel.get("TargetMode") == "External"
    if not external:
        target = target.partition("#")[0]
        inside = target if target.startswith("/") else f"/{posixpath.dirname(part)}/{target}"
        target = posixpath.normpath(re.sub("^/+", "/", inside)).lstrip("/")
    kind = rel.get("Type", "").rstrip("/").rpartition("/")[2]
    return Relationship(rel.get("Id", ""), kind, target, external)


# places in a sheet

_PLACE = re.compile(r"([A-Za-z]+)([0-9]+)$")


def column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(reference: str) -> tuple[int, int] | None:
    """Row and column of an address such as ``B7``."""
    match = _PLACE.match(reference.replace("$", ""))
    return (int(match[2]), column_number(match[1])) if match else None


def address(row: int, column: int) -> str:
    return f"{column_letters(column)}{row}"


def rows_and_cells(root: Element) -> Iterator[tuple[Element, int, list[tuple[Element, int]]]]:
    """Rows with their number and cells with their column, whether or not the file says them."""
    row_number = 0
    for row in elements(first(root, "sheetData"), "row"):
        row_number = int(row.get("r") or row_number + 1)
        column, cells = 0, []
        for cell in row:
            if local(cell) == "c":
                spelt = place(cell.get("r", ""))
                column = spelt[1] if spelt else column + 1
                cells.append((cell, column))
        yield row, row_number, cells

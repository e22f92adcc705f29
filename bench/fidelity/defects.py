"""What is wrong with a package by its own rules. Only Excel knows what Excel repairs."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from bench.fidelity.package import (
    CONTENT_TYPES,
    Element,
    Package,
    attribute,
    elements,
    first,
    local,
)

# ECMA-376 part 1, 18.3.1.99 and 18.2.27: the order of children
SHEET_ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection "
    "protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells "
    "phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins "
    "pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors "
    "smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst"
)
BOOK_ORDER = (
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups "
    "externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr "
    "smartTagTypes webPublishing fileRecoveryPr webPublishObjects extLst"
)
RELATIONSHIP_NS = re.compile(r"\{[^}]*/officeDocument(/2006)?/relationships\}")


def defects(package: Package) -> Counter[str]:
    """Each defect in one line, as often as it occurs."""
    return Counter(
        [
            *_members(package),
            *_types(package),
            *_relationships(package),
            *_prefixes(package),
            *_indexes(package),
            *_order(package),
        ]
    )


def is_xml(name: str) -> bool:
    return name == CONTENT_TYPES or name.casefold().endswith((".xml", ".rels", ".vml"))


def _members(package: Package) -> Iterator[str]:
    for name, times in Counter(n.lstrip("/").casefold() for n in package.names).items():
        if times > 1:
            yield f"doubled part {name}"
    for name in package.parts:
        if is_xml(name) and package.tree(name) is None:
            yield f"ill-formed {name}"
    if not package.sheets:
        yield "no worksheet can be reached"


def _types(package: Package) -> Iterator[str]:
    root = package.tree(CONTENT_TYPES)
    if root is None:
        yield "no content types"
    named = {o.get("PartName", "").lstrip("/").casefold() for o in elements(root, "Override")}
    endings = {d.get("Extension", "").casefold() for d in elements(root, "Default")}
    for name in package.parts:
        typed = name.casefold() in named or posixpath.splitext(name)[1][1:].casefold() in endings
        if not typed and name != CONTENT_TYPES:
            yield f"no content type for {name}"
    for name in sorted(named):
        if package.spelling(name) is None:
            yield f"content type for absent {name}"


def _relationships(package: Package) -> Iterator[str]:
    for source in package.sources:
        if source and source not in package.parts:
            yield f"relationships of absent {source}"
        known = package.relationships(source)
        for rel in known:
            if not rel.external and rel.target and package.spelling(rel.target) is None:
                yield f"dangling relationship {source}: {rel.kind} {rel.target}"
        if len({rel.id for rel in known}) < len(known):
            yield f"doubled relationship id in {source}"
    for name in package.parts:
        ids = {rel.id for rel in package.relationships(name)}
        for element in elements(package.tree(name) if is_xml(name) else None, "*"):
            for key, value in element.attrib.items():
                if RELATIONSHIP_NS.match(key) and value and value not in ids:
                    yield f"unknown relationship {name}: {local(element)} {value}"


def _prefixes(package: Package) -> Iterator[str]:
    """Prefixes spoken of in values must be declared, else Excel calls the part damaged."""
    for name in package.parts:
        for element in elements(package.tree(name) if is_xml(name) else None, "*"):
            for spoken in ("Ignorable", "Requires"):
                for prefix in (attribute(element, spoken) or "").split():
                    if prefix not in element.nsmap:
                        yield f"undeclared prefix {prefix} in {name}"


def _indexes(package: Package) -> Iterator[str]:
    styles = package.tree(package.of_workbook("styles"))
    formats = _length(styles, "cellXfs")
    differential = _length(styles, "dxfs")
    texts = sum(1 for _ in elements(package.tree(package.of_workbook("sharedStrings")), "si"))
    for group, pointer in (("fonts", "fontId"), ("fills", "fillId"), ("borders", "borderId")):
        size = _length(styles, group)
        for xf in elements(first(styles, "cellXfs"), "xf"):
            if _beyond(xf.get(pointer), size):
                yield f"{pointer} out of range"
    for part in package.sheets.values():
        root = package.tree(part)
        for cell in elements(root, "c"):
            if _beyond(cell.get("s"), formats):
                yield f"style out of range in {part}"
            if cell.get("t") == "s" and _beyond(_stored(cell), texts):
                yield f"shared string out of range in {part}"
        for rule in elements(root, "cfRule"):
            if _beyond(rule.get("dxfId"), differential):
                yield f"dxfId out of range in {part}"


def _stored(cell: Element) -> str | None:
    return next((v.text for v in cell if local(v) == "v"), None)


def _length(root: Element | None, group: str) -> int:
    found = first(root, group)
    return 0 if found is None else sum(1 for child in found if local(child))


def _beyond(index: str | None, size: int) -> bool:
    """Index 0 of nothing is how files without styles say nothing."""
    return index is not None and index.strip() not in ("", "0") and int(index) >= size


def _order(package: Package) -> Iterator[str]:
    books = {package.workbook: BOOK_ORDER} if package.workbook else {}
    for part, words in {**dict.fromkeys(package.sheets.values(), SHEET_ORDER), **books}.items():
        root, order = package.tree(part), words.split()
        names = [] if root is None else [local(child) for child in root]
        places = [order.index(name) for name in names if name in order]
        if places != sorted(places):
            yield f"elements out of order in {part}"

"""What a workbook holds beside cells, by kind; a kind is lost in part or whole if less comes back.

Each kind is one row of the table: parts by the relationship that leads to them, the elements looked
for, and what tells one of them from another. Parts may be renamed and written anew.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.fidelity.cells import plain_text
from bench.fidelity.defects import is_xml
from bench.fidelity.package import Element, Package, attribute, elements, local, text_of

Told = Callable[[Element], str]

# extensions that Excel writes by itself and that hold nothing of the user's ([MS-XLSX] 2.2.4,
# [MS-ODRAWXML] 2): creation ids, theme family, empty default styles, local dpi, feature lists
HOUSEKEEPING = {
    "{FF2B5EF4-FFF2-40B4-BE49-F238E27FC236}",
    "{05A4C25C-085E-4340-85A3-A5531E510DB2}",
    "{EB79DEF2-80B8-43E5-95BD-54CBDDF9020C}",
    "{9260A510-F301-46A8-8635-F512D64BE5F5}",
    "{C3380CC4-5D6E-409C-BE32-E72D297353CC}",
    "{140A7094-0E35-4892-8432-C4D2E57EDEB5}",
    "{B58B0392-4F1F-4190-BB64-5DF3571DCE5F}",
    "{28A0092B-C50C-407E-A947-70E740481C1C}",
    "{D0CA8CA8-9F24-4464-BF8E-62219DCF47F9}",
    "{BEBA8EAE-BF5A-486C-A8C5-ECC9F3942E4B}",
    "{909E8E84-426E-40DD-AFC4-6F175D3DCCD1}",
}


SPELT = {"true": "1", "false": "0"}


def by(*names: str) -> Told:
    """Told apart by these attributes; both spellings of a boolean are one."""

    def told(element: Element) -> str:
        values = (attribute(element, name) or "" for name in names)
        return " ".join(SPELT.get(value, value) for value in values)

    return told


def by_text(element: Element) -> str:
    return text_of(element).strip()


def by_words(element: Element) -> str:
    """Text without its blanks, which writers of headers set as they like."""
    return "".join(by_text(element).split())


def by_meaning(name: Element) -> str:
    """A defined name; quotes round a sheet's title are free where it needs none."""
    return f"{name.get('name')} {by_text(name)}".replace("'", "")


def by_property(item: Element) -> str:
    return f"{item.get('name')} {by_text(item)}"


def by_visibility(sheet: Element) -> str:
    return f"{sheet.get('name')} {sheet.get('state', 'visible')}"


def by_level(column: Element) -> str:
    return str(column.get("outlineLevel", "0")).strip("0")


def by_reference_of(kind: str) -> Told:
    """Where a formula of this kind stands."""
    return lambda formula: str(formula.get("ref", "")) if formula.get("t") == kind else ""


def by_metadata(cell: Element) -> str:
    return str(cell.get("r", "?")) if cell.get("cm") or cell.get("vm") else ""


def by_note(note: Element) -> str:
    return f"{note.get('ref')} {plain_text(note)}"


def by_corner(anchor: Element) -> str:
    """The cells between which an object lies; offsets inside a cell are rounded by many."""
    return ",".join(text_of(e) for e in elements(anchor, "col", "row"))


def by_rule(rule: Element) -> str:
    """A conditional format or a validation with its formulas and where it applies, in any order."""
    within = rule.getparent()
    area = rule.get("sqref") or ("" if within is None else within.get("sqref")) or ""
    return " ".join([*sorted(area.split()), by("type", "operator")(rule), by_text(rule)])


def by_rich_text(string: Element) -> str:
    return plain_text(string) if any(local(child) == "r" for child in string) else ""


def by_extension(extension: Element) -> str:
    uri = extension.get("uri", "").upper()
    return "" if uri in HOUSEKEEPING or not len(extension) else uri


class Kind(NamedTuple):
    name: str
    parts: tuple[str, ...]
    """Relationships that lead there; ``*`` for every XML part."""
    look_for: tuple[str, ...] = ()
    """Elements by local name; none for the part as it stands, ``*`` for all of them by name."""
    told: Told | None = None
    """None counts them. What it gives "" for is passed over."""


SHEETS = ("worksheet",)
BOOK = ("officeDocument",)
DRAWINGS = ("drawing",)
KINDS = (
    Kind("theme", ("theme",), ("srgbClr", "sysClr", "latin"), by("val", "lastClr", "typeface")),
    Kind("pictures", DRAWINGS, ("pic",)),
    Kind("picture data", ("image",)),
    Kind("shapes", DRAWINGS, ("sp", "cxnSp", "grpSp")),
    Kind("shape text", DRAWINGS, ("txBody",), by_text),
    Kind("objects in place", DRAWINGS, ("twoCellAnchor", "oneCellAnchor"), by_corner),
    Kind("graphic frames", DRAWINGS, ("graphicFrame",)),
    Kind("charts", ("chart", "chartEx"), ("chartSpace",)),
    Kind("chart detail", ("chart", "chartEx"), ("*",)),
    Kind("chart styles", ("chartStyle", "chartColorStyle"), ("chartStyle", "colorStyle")),
    Kind("chart drawings", ("chartUserShapes",), ("sp",)),
    Kind("diagrams", ("diagramData", "diagramLayout"), ("dataModel", "layoutDef")),
    Kind("OLE objects", SHEETS, ("oleObject",), by("progId", "shapeId")),
    Kind("embedded files", ("oleObject", "package")),
    Kind("form controls", ("ctrlProp",), ("formControlPr",), by("objectType", "fmlaLink")),
    Kind("controls in sheets", SHEETS, ("control",), by("name", "shapeId")),
    Kind("ActiveX", ("activeXControlBinary",)),
    Kind("VML shapes", ("vmlDrawing",), ("ClientData",), by("ObjectType")),
    Kind("VML pictures", ("vmlDrawing",), ("imagedata",), by("title")),
    Kind("notes", ("comments",), ("comment",), by_note),
    Kind("threaded comments", ("threadedComment",), ("threadedComment",), by("ref", "id")),
    Kind("people", ("person",), ("person",), by("displayName", "id")),
    Kind("tables", ("table",), ("table",), by("displayName", "ref")),
    Kind("table styles in use", ("table",), ("tableStyleInfo",), by("name", "showRowStripes")),
    Kind("pivot tables", ("pivotTable",), ("pivotTableDefinition",), by("name")),
    Kind("pivot caches", ("pivotCacheDefinition",), ("cacheField",), by("name")),
    Kind("pivot records", ("pivotCacheRecords",), ("r",)),
    Kind("slicers", ("slicer",), ("slicer",), by("name", "cache")),
    Kind("slicer caches", ("slicerCache",), ("slicerCacheDefinition",), by("name")),
    Kind("timelines", ("timeline",), ("timeline",), by("name")),
    Kind("connections", ("connections",), ("connection",), by("name", "type")),
    Kind("query tables", ("queryTable",), ("queryTable",), by("name")),
    Kind("XML maps", ("xmlMaps",), ("Map",), by("Name")),
    Kind("single XML cells", ("tableSingleCells",), ("singleXmlCell",), by("r")),
    Kind("conditional formats", SHEETS, ("cfRule",), by_rule),
    Kind("data validations", SHEETS, ("dataValidation",), by_rule),
    Kind("sparklines", SHEETS, ("sparkline",), by_text),
    Kind("merged cells", SHEETS, ("mergeCell",), by("ref")),
    Kind("hyperlinks", SHEETS, ("hyperlink",), by("ref")),
    Kind("panes", SHEETS, ("pane",), by("xSplit", "ySplit", "state")),
    Kind("autofilters", SHEETS, ("autoFilter",), by("ref")),
    Kind("data consolidation", SHEETS, ("dataConsolidate",)),
    Kind("custom views", SHEETS, ("customSheetView",), by("guid")),
    Kind("scenarios", SHEETS, ("scenario",), by("name")),
    Kind("page set-up", SHEETS, ("pageSetup",), by("paperSize", "orientation", "scale")),
    Kind("page breaks", SHEETS, ("brk",), by("id", "man")),
    Kind("headers and footers", SHEETS, ("oddHeader", "oddFooter", "evenHeader"), by_words),
    Kind("printer settings", ("printerSettings",)),
    Kind("sheet protection", SHEETS, ("sheetProtection",), by("sheet", "password", "hashValue")),
    Kind("protected ranges", SHEETS, ("protectedRange",), by("name", "sqref")),
    Kind("ignored errors", SHEETS, ("ignoredError",), by("sqref")),
    Kind("background pictures", SHEETS, ("picture",)),
    Kind("array formulas", SHEETS, ("f",), by_reference_of("array")),
    Kind("what-if tables", SHEETS, ("f",), by_reference_of("dataTable")),
    Kind("cell metadata", SHEETS, ("c",), by_metadata),
    Kind("metadata types", ("sheetMetadata",), ("metadataType",), by("name")),
    Kind("rich data", ("rdRichValue", "rdRichValueStructure", "richValueRel"), ("rv", "s", "rel")),
    Kind("column outlines", SHEETS, ("col",), by_level),
    Kind("chart sheets", ("chartsheet",), ("chartsheet",)),
    Kind("dialog sheets", ("dialogsheet",), ("dialogsheet",)),
    Kind("macro sheets", ("xlMacrosheet", "xlIntlMacrosheet"), ("macrosheet",)),
    Kind("sheets and their visibility", BOOK, ("sheet",), by_visibility),
    Kind("defined names", BOOK, ("definedName",), by_meaning),
    Kind("workbook protection", BOOK, ("workbookProtection",), by("lockStructure")),
    Kind("workbook views", BOOK, ("customWorkbookView",), by("name")),
    Kind("external links", ("externalLink",), ("externalLink",)),
    Kind("external values", ("externalLink",), ("cell",), by("r")),
    Kind("VBA project", ("vbaProject",)),
    Kind("VBA signature", ("vbaProjectSignature", "vbaProjectSignatureAgile")),
    Kind("ribbon", ("extensibility",)),
    Kind("custom XML", ("customXml",)),
    Kind("document properties", ("custom-properties",), ("property",), by_property),
    Kind("web extensions", ("webextension",), ("webextension",), by("id")),
    Kind("data model", ("powerPivotData", "model")),
    Kind("checkboxes", ("FeaturePropertyBag",), ("bag",), by("type")),
    Kind("revisions", ("revisionHeaders", "revisionLog")),
    Kind("thumbnail", ("thumbnail",)),
    Kind("named styles", ("styles",), ("cellStyle",), by("name")),
    Kind("own table styles", ("styles",), ("tableStyle",), by("name")),
    Kind("differential formats", ("styles",), ("dxf",)),
    Kind("gradient fills", ("styles",), ("gradientFill",)),
    Kind("rich text", ("sharedStrings",), ("si",), by_rich_text),
    Kind("phonetic text", ("sharedStrings",), ("rPh",), by_text),
    Kind("extension lists", ("*",), ("ext",), by_extension),
)  # fmt: skip


def features(package: Package) -> dict[str, Counter[str]]:
    """By kind, what there is of it; kinds that a workbook does not have are left out."""
    found = {kind.name: Counter(_items(package, kind)) for kind in KINDS}
    return {name: items for name, items in found.items() if items}


def lost(before: dict[str, Counter[str]], after: dict[str, Counter[str]]) -> dict[str, list[str]]:
    gone = {name: items - after.get(name, Counter()) for name, items in before.items()}
    return {name: sorted(items) for name, items in gone.items() if items}


def _items(package: Package, kind: Kind) -> Iterator[str]:
    for part in _parts(package, kind):
        if not kind.look_for:
            yield hashlib.sha256(package.parts[part]).hexdigest()[:12]
            continue
        for element in elements(package.tree(part), *kind.look_for):
            if kind.look_for == ("*",):
                yield local(element)
            elif kind.told is None:
                yield kind.look_for[0]
            elif told := kind.told(element).strip():
                yield told


def _parts(package: Package, kind: Kind) -> list[str]:
    if kind.parts == ("*",):
        return [name for name in package.parts if is_xml(name)]
    return [part for name in kind.parts for part in package.by_kind.get(name, ())]

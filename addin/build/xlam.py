"""Packs an Excel add-in: sheets of text, a VBA project, a ribbon with icons. No Excel needed.

The package is that of ECMA-376 part 2; the ribbon hangs on its root as [MS-CUSTOMUI2] 2.1 says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from addin.build import archive
from addin.build.vba.project import vba_project
from addin.build.vba.source import Kind, Module

WORKBOOK_CODE_NAME = "ThisWorkbook"
LONGEST_TEXT = 32_767  # characters in a cell
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RIBBON = "http://schemas.microsoft.com/office/2009/07/customui"
RIBBON_RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
VBA_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
SPREADSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class Form(Enum):
    """What the package calls itself: an add-in, or for LibreOffice the same as a workbook."""

    XLAM = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    XLSM = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


@dataclass(frozen=True)
class Sheet:
    """Texts that the modules read, and the name of the sheet in VBA."""

    name: str
    code_name: str
    rows: Sequence[Sequence[str]]
    hidden: bool = False


def pack(
    *,
    title: str,
    description: str,
    modules: Sequence[Module],
    sheets: Sequence[Sheet],
    ribbon: str,
    icons: Mapping[str, bytes],
    form: Form = Form.XLAM,
) -> bytes:
    """The add-in as a file. Excel shows ``title`` and ``description`` in its list of add-ins.

    ``modules`` need not name the workbook and the sheets; those without code are added.
    ``icons`` are PNG files by the name that ``image`` has in the ribbon; others are left out.
    """
    if not any(not sheet.hidden for sheet in sheets):
        raise ValueError("a workbook needs a sheet that is not hidden")
    images = _images(ribbon, icons)
    numbered = list(enumerate(sheets, 1))
    parts = {
        "[Content_Types].xml": _content_types(len(sheets), form),
        "_rels/.rels": _relations(
            {
                "rId1": (f"{DOCUMENT}/officeDocument", "xl/workbook.xml"),
                "rId2": (
                    f"{PACKAGE}/relationships/metadata/core-properties",
                    "docProps/core.xml",
                ),
                "rId3": (RIBBON_RELATION, "customUI/customUI14.xml"),
            }
        ),
        "docProps/core.xml": _properties(title, description),
        "xl/workbook.xml": _workbook(numbered),
        "xl/_rels/workbook.xml.rels": _relations(
            {f"rId{n}": (f"{DOCUMENT}/worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered}
            | {"styles": (f"{DOCUMENT}/styles", "styles.xml")}
            | {"vba": (VBA_RELATION, "vbaProject.bin")}
        ),
        **{f"xl/worksheets/sheet{n}.xml": _worksheet(sheet) for n, sheet in numbered},
        "xl/styles.xml": _styles(),
        "xl/vbaProject.bin": vba_project([*_missing(modules, sheets), *modules]),
        "customUI/customUI14.xml": ribbon.encode(),
        "customUI/_rels/customUI14.xml.rels": _relations(
            {name: (f"{DOCUMENT}/image", f"images/{name}.png") for name in images}
        ),
        **{f"customUI/images/{name}.png": icons[name] for name in images},
    }
    return archive.pack(parts)


def _missing(modules: Sequence[Module], sheets: Sequence[Sheet]) -> list[Module]:
    """Empty modules for the documents that have no code: Excel wants one for each."""
    documents = [Module(WORKBOOK_CODE_NAME, Kind.WORKBOOK)]
    documents += [Module(sheet.code_name, Kind.WORKSHEET) for sheet in sheets]
    given = {module.name for module in modules}
    return [module for module in documents if module.name not in given]


def _images(ribbon: str, icons: Mapping[str, bytes]) -> list[str]:
    """Names of the icons in the order in which the ribbon first shows them."""
    root = ElementTree.fromstring(ribbon)
    if root.tag != f"{{{RIBBON}}}customUI":
        raise ValueError(f"the ribbon is no customUI of Office 2010 and later: {root.tag}")
    names = list(dict.fromkeys(e.attrib["image"] for e in root.iter() if "image" in e.attrib))
    if absent := [name for name in names if name not in icons]:
        raise ValueError(f"the ribbon shows icons that nobody drew: {absent}")
    return names


# --- the parts --------------------------------------------------------------------------------


def _xml(text: str) -> bytes:
    return (HEAD + text).encode()


def _content_types(sheets: int, form: Form) -> bytes:
    defaults = {
        "bin": "application/vnd.ms-office.vbaProject",
        "png": "image/png",
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
    }
    overrides = {
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "xl/workbook.xml": form.value,
        "xl/styles.xml": f"{SPREADSHEET_TYPE}.styles+xml",
        **{
            f"xl/worksheets/sheet{n}.xml": f"{SPREADSHEET_TYPE}.worksheet+xml"
            for n in range(1, sheets + 1)
        },
    }
    lines = [f'<Default Extension="{e}" ContentType="{t}"/>' for e, t in defaults.items()]
    lines += [f'<Override PartName="/{p}" ContentType="{t}"/>' for p, t in overrides.items()]
    return _xml(f'<Types xmlns="{PACKAGE}/content-types">{"".join(lines)}</Types>')


def _relations(relations: Mapping[str, tuple[str, str]]) -> bytes:
    """Id to type and target, the target seen from the part that has the relations."""
    lines = [
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'
        for name, (kind, target) in relations.items()
    ]
    return _xml(f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>')


def _properties(title: str, description: str) -> bytes:
    return _xml(
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title>"
        f"<dc:description>{escape(description)}</dc:description>"
        "</cp:coreProperties>"
    )


def _workbook(sheets: Iterable[tuple[int, Sheet]]) -> bytes:
    lines = []
    for number, sheet in sheets:
        state = "hidden" if sheet.hidden else "visible"
        lines.append(
            f'<sheet name={quoteattr(sheet.name)} sheetId="{number}" state="{state}"'
            f' r:id="rId{number}"/>'
        )
    return _xml(
        f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">'
        f'<workbookPr codeName="{WORKBOOK_CODE_NAME}"/>'
        f"<sheets>{''.join(lines)}</sheets>"
        "</workbook>"
    )


def _worksheet(sheet: Sheet) -> bytes:
    rows = [
        f'<row r="{number}">{"".join(_cells(number, row))}</row>'
        for number, row in enumerate(sheet.rows, 1)
    ]
    return _xml(
        f'<worksheet xmlns="{MAIN}"><sheetPr codeName="{sheet.code_name}"/>'
        f"<sheetData>{''.join(rows)}</sheetData></worksheet>"
    )


def _cells(number: int, row: Sequence[str]) -> Iterable[str]:
    for column, text in enumerate(row):
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"{len(text)} characters do not fit into a cell: {text[:40]!r}")
        if text:
            yield (
                f'<c r="{_letters(column)}{number}" t="inlineStr">'
                f'<is><t xml:space="preserve">{escape(text)}</t></is></c>'
            )


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _styles() -> bytes:
    """The least that Excel takes without a word: one font, the two fills it insists on."""
    return _xml(
        f'<styleSheet xmlns="{MAIN}">'
        '<fonts count="1"><font><sz val="10"/><name val="微软雅黑"/><family val="2"/>'
        '<charset val="134"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        "</cellStyleXfs>"
        '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        "</cellXfs>"
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )

"""The parts of an empty workbook and an empty sheet."""

from __future__ import annotations

import io
import zipfile

from addin.hosts.files.markup import OFFICE_RELS, PACKAGE_RELS, TRANSITIONAL
from addin.hosts.files.styles import EMPTY

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."

_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE_RELS}"><Relationship Id="rId1" '
        f'Type="{OFFICE_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{TRANSITIONAL}" xmlns:r="{OFFICE_RELS}"><bookViews><workbookView/>'
        '</bookViews><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE_RELS}"><Relationship Id="rId1" '
        f'Type="{OFFICE_RELS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{OFFICE_RELS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": EMPTY.format(TRANSITIONAL),
}


def sheet(namespace: str) -> bytes:
    return (
        f'{_DECLARATION}<worksheet xmlns="{namespace}"><sheetViews><sheetView workbookViewId="0"/>'
        "</sheetViews><sheetData/></worksheet>"
    ).encode()


def workbook() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(zipfile.ZipInfo(name), _DECLARATION + text)
        archive.writestr(zipfile.ZipInfo("xl/worksheets/sheet1.xml"), sheet(TRANSITIONAL))
    return buffer.getvalue()

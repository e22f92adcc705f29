"""A look into packages, for tests of the file host."""

from __future__ import annotations

import zipfile
from pathlib import Path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path) -> dict[str, tuple[int, bytes]]:
    """Flags and compressed bytes of each member, as they lie in the file."""
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        found = {}
        for info in archive.infolist():
            start = info.header_offset + 30
            lengths = raw[start - 4 : start]
            start += int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
            found[info.filename] = (info.flag_bits, raw[start : start + info.compress_size])
        return found


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def rebuilt(
    path: Path, rows: str, *, prefix: str = "", dimension: str = "", chain: str = ""
) -> Path:
    """A workbook whose only sheet 表一 holds these rows, spelt exactly so; no styles part."""
    p = f"{prefix}:" if prefix else ""
    scope = f'xmlns:{prefix}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    says = f'<{p}dimension ref="{dimension}"/>' if dimension else ""
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    content = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/>'
        + (
            f'<Override PartName="/xl/calcChain.xml" ContentType="{types}.calcChain+xml"/>'
            if chain
            else ""
        )
        + "</Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="rId1" Type="{RELS}/officeDocument" '
        'Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>'
        '<sheet name="表一" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/'
        f'package/2006/relationships"><Relationship Id="rId1" Type="{RELS}/worksheet" '
        'Target="worksheets/sheet1.xml"/>'
        + (
            f'<Relationship Id="rId2" Type="{RELS}/calcChain" Target="calcChain.xml"/>'
            if chain
            else ""
        )
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": f"<{p}worksheet {scope}>{says}<{p}sheetData>{rows}"
        f"</{p}sheetData></{p}worksheet>",
    }
    if chain:
        content["xl/calcChain.xml"] = chain
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(zipfile.ZipInfo(name), text.encode())
    return path

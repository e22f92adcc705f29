"""The add-in is a whole package: every part related and typed, ribbon and icons at the root."""

from __future__ import annotations

import hashlib
import io
import posixpath
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from addin.build import xlam
from addin.build.vba.source import Kind, Module
from addin.build.xlam import Form, Sheet
from tests.build.test_vba import by_olevba, by_pyopenvba
from tests.hosts.packages import parts

PNG = bytes.fromhex("89504E470D0A1A0A")
RIBBON = f"""\
<customUI xmlns="{xlam.RIBBON}"><ribbon><tabs><tab id="settle" label="结算助手">
<group id="check" label="核对">
<button id="sheet" label="校验本表" image="check_sheet" onAction="CheckSheet"/>
<button id="again" label="再校验" image="check_sheet" onAction="CheckSheet"/>
<button id="explain" label="解释此格" image="explain" onAction="ExplainCell"/>
</group></tab></tabs></ribbon></customUI>"""
TEXTS = [
    ["SETTLE_CHECK", "核对每一行", "区域"],
    [],
    ["two lines", 'a < b & "c"\n  second', ""],
    ["", "", "third column"],
]
CODE = "Public Sub CheckSheet(control As IRibbonControl)\nEnd Sub"


def made(**changes: object) -> bytes:
    content = {
        "title": "结算助手",
        "description": "核对 & 结算",
        "modules": [Module("Ribbon", Kind.STANDARD, CODE)],
        "sheets": [
            Sheet("文本", "Texts", TEXTS),
            Sheet('A & "B"', "Help", [["帮助"]], hidden=True),
        ],
        "ribbon": RIBBON,
        "icons": {"check_sheet": PNG, "explain": PNG + b"2", "unused": PNG},
    }
    return xlam.pack(**(content | changes))  # type: ignore[arg-type]


@pytest.fixture
def package(tmp_path: Path) -> dict[str, bytes]:
    file = tmp_path / "结算助手.xlam"
    file.write_bytes(made())
    return parts(file)


def test_every_part_is_related_and_every_relation_leads_somewhere(
    package: dict[str, bytes],
) -> None:
    reached = {"[Content_Types].xml"}
    for name, content in package.items():
        if name.endswith(".rels"):
            folder = posixpath.dirname(posixpath.dirname(name))
            targets = [e.attrib["Target"] for e in ElementTree.fromstring(content)]
            reached |= {name, *(posixpath.join(folder, target) for target in targets)}
    assert reached == package.keys()


def test_every_part_has_a_content_type(package: dict[str, bytes]) -> None:
    types = ElementTree.fromstring(package["[Content_Types].xml"])
    named = {e.attrib["PartName"].removeprefix("/") for e in types if "PartName" in e.attrib}
    endings = {e.attrib["Extension"] for e in types if "Extension" in e.attrib}
    assert named <= package.keys()
    assert {name.rpartition(".")[2] for name in package.keys() - named} <= endings | {"xml"}


def test_the_ribbon_and_its_icons_hang_on_the_package(package: dict[str, bytes]) -> None:
    (ribbon,) = (
        e.attrib["Target"]
        for e in ElementTree.fromstring(package["_rels/.rels"])
        if e.attrib["Type"].endswith("/2007/relationships/ui/extensibility")
    )
    assert package[ribbon].decode() == RIBBON
    icons = {
        e.attrib["Id"]: package[f"customUI/{e.attrib['Target']}"]
        for e in ElementTree.fromstring(package["customUI/_rels/customUI14.xml.rels"])
    }
    assert icons == {"check_sheet": PNG, "explain": PNG + b"2"}


def test_only_the_main_type_tells_an_add_in_from_a_workbook() -> None:
    addin = made(form=Form.XLAM)
    assert addin.count(b"vnd.ms-excel.addin.macroEnabled.main+xml") == 1
    with ZipFile(io.BytesIO(addin)) as left, ZipFile(io.BytesIO(made(form=Form.XLSM))) as right:
        differ = [name for name in left.namelist() if left.read(name) != right.read(name)]
    assert differ == ["[Content_Types].xml"]


@pytest.mark.parametrize("form", Form)
def test_a_spreadsheet_reader_reads_the_texts(form: Form) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(made(form=form)))
    assert book.sheet_names == ["文本", 'A & "B"']
    rows = book.get_sheet_by_name("文本").to_python(skip_empty_area=False)
    assert rows == [[*row, "", "", ""][:3] for row in TEXTS]


def test_sheets_bear_their_names_in_vba() -> None:
    book = load_workbook(io.BytesIO(made(form=Form.XLSM)), keep_vba=True)
    assert book.code_name == "ThisWorkbook"
    assert [sheet.sheet_properties.codeName for sheet in book.worksheets] == ["Texts", "Help"]
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "hidden"]
    assert (book.properties.title, book.properties.description) == ("结算助手", "核对 & 结算")


def test_a_document_without_code_gets_an_empty_module(package: dict[str, bytes]) -> None:
    for read in (by_olevba, by_pyopenvba):
        modules = read(package["xl/vbaProject.bin"])
        assert list(modules) == ["ThisWorkbook", "Texts", "Help", "Ribbon"]
    opening = Module("ThisWorkbook", Kind.WORKBOOK, "Private Sub Workbook_Open()\nEnd Sub")
    assert b"vbaProject.bin" in made(modules=[opening])


def test_readers_of_office_files_find_nothing_amiss(tmp_path: Path) -> None:
    from pyopenvba import ExcelFile
    from pyopenvba.integrity import check_file

    file = tmp_path / "结算助手.xlam"
    file.write_bytes(made())
    assert check_file(file).issues == ()
    with ExcelFile(file) as book:
        assert CODE.replace("\n", "\r\n") in book.get_module("Ribbon")
    olevba = pytest.importorskip("oletools.olevba")
    parser = olevba.VBA_Parser(str(file), relaxed=False)
    assert [name for _, _, name, _ in parser.extract_macros()][-1] == "Ribbon.bas"


def test_the_same_content_is_the_same_file_everywhere() -> None:
    """Change the digest only together with the format."""
    assert (
        hashlib.sha256(made()).hexdigest()
        == "6471dc3e8a5be5356d4c26e01d19ba42268424e65fc254981e201192e0dd7771"
    )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"icons": {"explain": PNG}}, "icons that nobody drew: .'check_sheet'."),
        ({"ribbon": RIBBON.replace("2009/07", "2006/01")}, "no customUI of Office 2010"),
        ({"sheets": [Sheet("文本", "Texts", [], hidden=True)]}, "a sheet that is not hidden"),
        ({"sheets": [Sheet("文本", "Texts", [["x" * 32_768]])]}, "do not fit into a cell"),
    ],
)
def test_what_excel_would_choke_on_is_refused(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        made(**changes)


def test_columns_are_lettered_past_z() -> None:
    wide = [[str(n) for n in range(703)]]
    book = CalamineWorkbook.from_filelike(io.BytesIO(made(sheets=[Sheet("宽", "Wide", wide)])))
    assert book.get_sheet_by_index(0).to_python() == wide
    assert b'<c r="AAA1"' in made(sheets=[Sheet("宽", "Wide", wide)])

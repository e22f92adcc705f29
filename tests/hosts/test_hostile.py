"""Packages made to do harm are turned down before anything is unpacked into memory."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from addin.errors import BadInput
from addin.hosts import files, read_grid
from tests.hosts.packages import parts, rebuilt

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def repacked(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return rebuilt(tmp_path / "好.xlsx", ROW)


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        files.open_book(path)
    assert path.name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空的"),
        (b"<html><table>", "网页"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 .xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "已加密",
        ),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", "旧版 .xls"),
        (b"PK\x03\x04" + b"\0" * 100, "损坏"),
        ("单号,金额\n".encode(), "不是 Excel 工作簿"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "来件.xlsx"
    path.write_bytes(content)
    assert says in refusal(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "打不开" in refusal(tmp_path / "没有.xlsx")


@pytest.mark.parametrize("cut", [10, 200, 700])
def test_a_truncated_file_is_refused(sound: Path, cut: int) -> None:
    sound.write_bytes(sound.read_bytes()[:-cut])
    assert "损坏" in refusal(sound)


def test_a_flipped_byte_in_a_part_is_noticed(sound: Path) -> None:
    data = bytearray(sound.read_bytes())
    place = data.index(b"<sheets>")
    data[place + 2] ^= 1
    sound.write_bytes(data)
    assert "无法解压" in refusal(sound)


@pytest.mark.parametrize("name", ["../../etc/x.xml", "/abs.xml", "C:/x.xml"])
def test_a_part_that_points_out_of_the_package_is_refused(sound: Path, name: str) -> None:
    assert "越界" in refusal(repacked(sound, {**parts(sound), name: b"<x/>"}))


def test_two_parts_of_one_name_are_refused(sound: Path) -> None:
    assert "重名" in refusal(repacked(sound, {**parts(sound), "XL/workbook.xml": b"<x/>"}))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "docProps/core.xml"]
)
def test_a_document_type_is_refused_wherever_it_stands(sound: Path, part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert "DOCTYPE" in refusal(repacked(sound, {**parts(sound), part: bomb}))


def test_a_large_part_with_a_document_type_is_refused_when_it_is_read(sound: Path) -> None:
    sheet = parts(sound)["xl/worksheets/sheet1.xml"]
    bomb = b"<!DOCTYPE x>" + sheet + b" " * (3 << 20)
    book = files.open_book(repacked(sound, {**parts(sound), "xl/worksheets/sheet1.xml": bomb}))
    with pytest.raises(BadInput, match="DOCTYPE"):
        _ = book.sheets[0].used_range


def test_a_bomb_is_known_by_its_directory(sound: Path) -> None:
    path = repacked(sound, {**parts(sound), "xl/media/x.bin": b"\0" * (70 << 20)})
    assert "炸弹" in refusal(path)


def test_a_directory_that_lies_about_a_size_is_noticed(sound: Path) -> None:
    data = bytearray(sound.read_bytes())
    entry = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", data, entry + 24, 5)
    sound.write_bytes(data)
    with pytest.raises(BadInput):
        _ = files.open_book(sound).sheets[0].used_range


def test_cells_in_the_last_corner_do_not_fill_the_memory(tmp_path: Path) -> None:
    rows = ROW + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    book = files.open_book(rebuilt(tmp_path / "角.xlsx", rows))
    with pytest.raises(BadInput, match="范围过大"):
        read_grid(book.sheets[0])
    book.sheets[0]["B1"].value = "可写"
    book.save()
    assert book.sheets[0]["B1"].value == "可写"


@pytest.mark.parametrize("kind", ["comments", "table", "vmlDrawing"])
def test_a_sheet_that_is_said_to_be_something_else_too_is_not_written_twice(
    sound: Path, kind: str
) -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="http://x/{kind}" Target="sheet1.xml"/></Relationships>'
    )
    sheet = parts(sound)["xl/worksheets/sheet1.xml"].replace(
        b"</worksheet>",
        b'<legacyDrawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships" r:id="r1"/></worksheet>',
    )
    path = repacked(
        sound,
        {
            **parts(sound),
            "xl/worksheets/sheet1.xml": sheet,
            "xl/worksheets/_rels/sheet1.xml.rels": rels.encode(),
        },
    )
    before = path.read_bytes()
    book = files.open_book(path)
    with pytest.raises(BadInput, match="又另作他用"):
        book.sheets[0]["A1"].add_note("注")
        book.sheets[0].tables.add(book.sheets[0]["A1:B2"])
    assert path.read_bytes() == before


def test_rows_that_only_a_comment_quotes_are_none(sound: Path) -> None:
    sheet = parts(sound)["xl/worksheets/sheet1.xml"].replace(
        b"<worksheet", b"<!-- <sheetData/> --><worksheet"
    )
    book = files.open_book(repacked(sound, {**parts(sound), "xl/worksheets/sheet1.xml": sheet}))
    book.sheets[0]["B1"].value = "标记"
    book.sheets[0].page_setup.print_area = "A1:B1"
    book.sheets[0]["D1:E1"].merge()
    book.save()
    assert openpyxl.load_workbook(sound).active["A1"].value == 1
    assert files.open_book(sound).sheets[0].used_range.address == "$A$1:$B$1"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ('<row r="1048577"><c><v>1</v></c></row>', "超出"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "超出"),
        ('<row r="一"><c><v>1</v></c></row>', "行号"),
        ('<row r="2"/><row r="2"/>', "次序错乱"),
        ('<row r="1"><c r="A1"><f t="array" ref="A1:">1</f></c></row>', "数组公式"),
    ],
)
def test_places_that_no_sheet_has_are_named(tmp_path: Path, rows: str, says: str) -> None:
    book = files.open_book(rebuilt(tmp_path / "怪.xlsx", rows))
    with pytest.raises(BadInput, match=says):
        _ = book.sheets[0].used_range.value
        book.sheets[0]["A1"].value = 1


def test_relationships_that_run_in_a_circle_end(sound: Path) -> None:
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://x/drawing" Target="sheet1.xml"/></Relationships>'
    )
    book = files.open_book(
        repacked(sound, {**parts(sound), "xl/worksheets/_rels/sheet1.xml.rels": rels})
    )
    book.sheets[0].copy(after=book.sheets[0], name="副本")
    book.save()
    assert files.open_book(sound).sheets["副本"]["A1"].value == 1

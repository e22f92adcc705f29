"""Files as they arrive: each bad one gets its one sentence, each good one passes."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.errors import BadInput
from addin.hosts import intake

SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
TEMPLATE_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"
MACRO_MAIN = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
BINARY_MAIN = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
Parts = Iterable[tuple[str, bytes | str]]


def types(main: str = SHEET_MAIN, part: str = "/xl/workbook.xml") -> tuple[str, str]:
    return (
        "[Content_Types].xml",
        '<?xml version="1.0" encoding="UTF-8"?>\r\n<Types>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="{part}" ContentType="{main}"/></Types>',
    )


WORKBOOK = ("xl/workbook.xml", "<workbook><sheets/></workbook>")
PLAIN: Parts = [types(), WORKBOOK]


def package(parts: Parts = PLAIN, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return buffer.getvalue()


def compound_file(*streams: str) -> bytes:
    """The smallest CFB file: header, one FAT sector, one directory sector of empty streams."""
    free, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = intake.CFB_MAGIC + struct.pack(
        "<16s5H6s9I", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, 1, 1, 0, 4096, end, 0, end, 0
    )
    header += struct.pack("<109I", 0, *[free] * 108)
    fat = struct.pack("<128I", fat_sector, end, *[free] * 126)

    def entry(name: str, kind: int, right: int, child: int) -> bytes:
        text = name.encode("utf-16-le")
        fields = (text, len(text) + 2 if name else 0, kind, 1, free, right, child, b"", end, 0)
        return struct.pack("<64sH2B3I36sIQ", *fields)

    directory = entry("Root Entry", 5, free, 1)
    for number, name in enumerate(streams, start=2):
        directory += entry(name, 2, number if number <= len(streams) else free, free)
    return header + fat + directory.ljust(512, b"\0")


def lying_about_size(content: bytes) -> bytes:
    """A package whose workbook part claims to be half as long as it is."""
    honest = package([types(), ("xl/workbook.xml", content)])
    size = struct.pack("<I", len(content))
    return honest.replace(size, struct.pack("<I", len(content) // 2))


GBK_SLIPS = "单号,网点\nAZ001,WD001\n".encode("gbk")
HTML = "<html><table><tr><td>单号</td></tr></table></html>"
SPREADSHEET_2003 = '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com"/>'
DTD = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'
DTD_AFTER_COMMENT = "<!-- <a> -->\n" + DTD.removeprefix('<?xml version="1.0"?>')
ODS = [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<a/>")]
VBA = ("xl/vbaProject.bin", b"\0")

REFUSED = [
    # file name, content, what the sentence says, what the remedy says
    ("空.xlsx", b"", "0 字节", "重新下载"),
    ("旧.xls", compound_file("Workbook"), "旧版 .xls", "另存为 .xlsx"),
    ("旧.xls", compound_file("Book"), "旧版 .xls", "另存为 .xlsx"),
    ("改名.xlsx", compound_file("Workbook"), "旧版 .xls", "另存为 .xlsx"),
    ("更旧.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00", "旧版 .xls", "另存为 .xlsx"),
    ("密码.xlsx", compound_file("EncryptionInfo", "EncryptedPackage"), "有密码", "取消"),
    ("权限.xlsx", compound_file("\x09DRMContent"), "有密码或权限", "取消"),
    ("密码.xls", compound_file("EncryptedPackage", "Workbook"), "有密码", "取消"),
    ("信.xlsx", compound_file("WordDocument"), "不是 Excel 工作簿", "另存为 .xlsx"),
    ("半截.xls", compound_file("Workbook")[:600], "已损坏", "重新下载"),
    ("导出.xls", HTML.encode(), "网页", "另存为 .xlsx"),
    ("导出.xlsx", HTML.encode("utf-16"), "网页", "另存为 .xlsx"),
    ("导出.xls", b"\xef\xbb\xbf\r\n<!DOCTYPE html>" + HTML.encode("gbk"), "网页", "另存为 .xlsx"),
    ("导出.xls", b'<?xml version="1.0"?><html xmlns="x">', "网页", "另存为 .xlsx"),
    ("导出.xls", b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "MHTML", "另存为"),
    ("导出.xls", SPREADSHEET_2003.encode(), "XML 文本", "另存为 .xlsx"),
    ("导出.xlsx", GBK_SLIPS, "CSV", "列设为文本"),
    ("单.csv", "单号\t网点".encode("utf-16"), "CSV", "列设为文本"),
    ("扫描.xlsx", b"%PDF-1.7, 1 0 obj", "PDF", "Excel 文件"),
    ("乱.xlsx", b"\x7fELF\0\0, \0", "不是 Excel 工作簿", "另存为 .xlsx"),
    ("断.xlsx", package()[:-30], "不完整", "重新下载"),
    ("断.xlsx", package()[: len(package()) // 2], "不完整", "重新下载"),
    ("断.xlsx", b"PK\x03\x04", "不完整", "重新下载"),
    ("坏.xlsx", package(PLAIN, zipfile.ZIP_STORED).replace(b"<sheets/>", b"<sheetz/>"),
     "已损坏", "重新下载"),
    ("怪.xlsx", package(PLAIN, zipfile.ZIP_LZMA), "已损坏", "重新下载"),
    ("包.xlsx", package([]), "是压缩包", "另存为 .xlsx"),
    ("包.zip", package([("安装单.txt", "x")]), "是压缩包", "另存为 .xlsx"),
    ("信.xlsx", package([types(WORD_MAIN), WORKBOOK]), "没有工作簿", "另存为 .xlsx"),
    ("缺.xlsx", package([types()]), "没有工作簿", "另存为 .xlsx"),
    ("单.xls", package(), "扩展名“.xls”", "改为 .xlsx"),
    ("表.ods", package(ODS), ".ods", "另存为 .xlsx"),
    ("表.xlsx", package(ODS), ".ods", "另存为 .xlsx"),
    ("表.xlsb", package([types(BINARY_MAIN), WORKBOOK]), ".xlsb", "另存为 .xlsx"),
    ("宏.xlsm", package([types(MACRO_MAIN), WORKBOOK, VBA]), "带有宏", "--allow-macros"),
    ("宏.xlsx", package([types(MACRO_MAIN), WORKBOOK]), "带有宏", "--allow-macros"),
    ("宏.xlsx", package([*PLAIN, VBA]), "带有宏", "--allow-macros"),
    ("宏.xlsm", package(), "带有宏", "--allow-macros"),
    ("炸.xlsx", lying_about_size(b"<a>" + b" " * 100_000), "比声明的大", "请勿使用"),
    ("重.xlsx", package([*PLAIN, ("XL/Workbook.xml", "<a/>")]), "重名", "请勿使用"),
    ("逃.xlsx", package([*PLAIN, ("xl/../../a.xml", "<a/>")]), "文件之外", "请勿使用"),
    ("逃.xlsx", package([*PLAIN, ("..\\a.xml", "<a/>")]), "文件之外", "请勿使用"),
    ("逃.xlsx", package([*PLAIN, ("/etc/a.xml", "<a/>")]), "文件之外", "请勿使用"),
    ("逃.xlsx", package([*PLAIN, ("C:/a.xml", "<a/>")]), "文件之外", "请勿使用"),
    ("实体.xlsx", package([types(), ("xl/workbook.xml", DTD)]), "DTD", "请勿使用"),
    ("实体.xlsx", package([types(), ("xl/workbook.xml", DTD.encode("utf-16"))]), "DTD", "请勿"),
    ("实体.xlsx", package([types(), ("xl/workbook.xml", DTD.encode("utf-16-le"))]), "DTD", "请勿"),
    ("实体.xlsx", package([types(), ("xl/workbook.xml", DTD_AFTER_COMMENT)]), "DTD", "请勿使用"),
    ("实体.xlsx", package([types(part="/xl/book.dat"), ("xl/book.dat", DTD)]), "DTD", "请勿使用"),
    ("实体.xlsx", package([(types()[0], DTD), WORKBOOK]), "DTD", "请勿使用"),
    ("乱码.xlsx", package([types(), ("xl/workbook.xml", "单号,网点")]), "XML 读不出来", "重新下载"),
    ("乱码.xlsx", package([(types()[0], "<Types>"), WORKBOOK]), "内容清单", "重新下载"),
    ("乱码.xlsx", package([(types()[0], types()[1].replace("UTF-8", "UTF-9")), WORKBOOK]),
     "内容清单", "重新下载"),
]  # fmt: skip

ACCEPTED = [
    ("安装单 (三月).xlsx", package()),
    ("模板.xltx", package([types(TEMPLATE_MAIN), WORKBOOK])),
    ("存储.xlsx", package(PLAIN, zipfile.ZIP_STORED)),
    ("大写.XLSX", package([("[content_types].XML", types()[1]), ("XL/WORKBOOK.XML", "<a/>")])),
    ("反斜杠.xlsx", package([types(), ("xl\\workbook.xml", "<a/>")])),
    ("双字节.xlsx", package([types(), ("xl/workbook.xml", "<a>单</a>".encode("utf-16"))])),
    ("国标.xlsx", package([types(), ("xl/workbook.xml",
                           '<?xml version="1.0" encoding="GBK"?><a>单</a>'.encode("gbk"))])),
    ("注释.xlsx", package([types(), ("xl/workbook.xml", "<!-- <!DOCTYPE x> --><a/>")])),
]  # fmt: skip


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("name", "content", "problem", "remedy"), REFUSED)
def test_a_bad_file_is_refused_with_its_name_the_problem_and_the_remedy(
    tmp_path: Path, name: str, content: bytes, problem: str, remedy: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        intake.inspect(write(tmp_path, name, content))
    assert f"《{name}》" in str(refusal.value)
    assert problem in refusal.value.problem
    assert remedy in refusal.value.remedy


@pytest.mark.parametrize(("name", "content"), ACCEPTED)
def test_a_whole_workbook_passes(tmp_path: Path, name: str, content: bytes) -> None:
    intake.inspect(write(tmp_path, name, content))


@pytest.mark.parametrize("row", [row for row in REFUSED if "带有宏" in row[2]])
def test_macros_pass_when_the_clerk_asks_for_them(
    tmp_path: Path, row: tuple[str, bytes, str, str]
) -> None:
    intake.inspect(write(tmp_path, row[0], row[1]), allow_macros=True)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"《无[.]xlsx》:找不到"):
        intake.inspect(tmp_path / "无.xlsx")
    with pytest.raises(BadInput, match="是文件夹"):
        intake.inspect(tmp_path)


def test_a_file_held_by_another_program_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object) -> None:
        raise PermissionError(13, "sharing violation")

    path = write(tmp_path, "占用.xlsx", package())
    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(BadInput, match="占用"):
        intake.inspect(path)


@pytest.mark.parametrize("lock", ["~$单.xlsx", ".~lock.单.xlsx#", ".~单.xlsx"])
def test_only_writing_in_place_minds_that_a_workbook_is_open(tmp_path: Path, lock: str) -> None:
    path = write(tmp_path, "单.xlsx", package())
    intake.refuse_if_locked(path)
    write(tmp_path, lock, b"x")
    intake.inspect(path)
    with pytest.raises(BadInput, match="正被打开") as refusal:
        intake.refuse_if_locked(path)
    assert lock in refusal.value.remedy


def test_limits_are_read_from_the_directory_before_anything_is_inflated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "炸.xlsx", package([types(), ("xl/workbook.xml", b"<a>" + b" " * 9999)]))
    monkeypatch.setattr(intake, "RATIO_MATTERS_FROM", 9_000)
    monkeypatch.setattr(intake, "_content_types", None)
    monkeypatch.setattr(intake, "MAX_RATIO", 10)
    with pytest.raises(BadInput, match="压缩炸弹"):
        intake.inspect(path)
    monkeypatch.undo()
    monkeypatch.setattr(intake, "MAX_UNPACKED", 9_000)
    with pytest.raises(BadInput, match="压缩炸弹"):
        intake.inspect(path)
    monkeypatch.undo()
    monkeypatch.setattr(intake, "MAX_MEMBERS", 1)
    with pytest.raises(BadInput, match="内含 2 个部件"):
        intake.inspect(path)
    monkeypatch.undo()
    intake.inspect(path)


def test_parts_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    names = [f"xl/{number}.xml" for number in range(10)]
    whole = package([*PLAIN, *((name, b"<a>" + bytes(range(256)) * 4) for name in names)])
    first = whole.index(b"xl/0.xml") - 30
    start = whole.index(b"PK\x01\x02")
    body, directory = whole[: whole.index(b"xl/1.xml") - 30], bytearray(whole[start:])
    for name in names:  # each directory entry now points to the one body
        entry = directory.index(name.encode())
        directory[entry - 4 : entry] = struct.pack("<I", first)
    directory[-6:-2] = struct.pack("<I", len(body))
    with pytest.raises(BadInput, match="互相重叠"):
        intake.inspect(write(tmp_path, "叠.xlsx", body + bytes(directory)))


@given(
    place=st.integers(0, len(package()) - 1),
    junk=st.binary(min_size=1, max_size=8),
    cut=st.booleans(),
)
def test_whatever_is_damaged_the_answer_is_a_sentence_or_a_pass(
    tmp_path_factory: pytest.TempPathFactory, place: int, junk: bytes, cut: bool
) -> None:
    whole = package()
    rest = b"" if cut else whole[place + len(junk) :]
    path = write(tmp_path_factory.getbasetemp(), "变.xlsx", whole[:place] + junk + rest)
    try:
        intake.inspect(path)
    except BadInput as refusal:
        assert refusal.workbook == "变.xlsx"


def test_the_corpus_is_refused_and_accepted_as_its_index_says(corpus: Path) -> None:
    with (corpus / "index.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    wrong = []
    for row in rows:
        try:
            intake.inspect(corpus / row["path"], allow_macros=True)
            outcome = "edit"
        except BadInput as refusal:
            outcome = "refuse"
            assert refusal.workbook and refusal.remedy
        if outcome != row["expectation"]:
            wrong.append((row["path"], row["features"], outcome))
    assert rows and not wrong


def test_macro_workbooks_of_the_corpus_need_permission(corpus: Path) -> None:
    for path in sorted(corpus.glob("*/*.xlsm")):
        with pytest.raises(BadInput, match="带有宏"):
            intake.inspect(path)

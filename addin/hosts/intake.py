"""Looks at a file before anything reads it, and turns away what is no plain, whole workbook.

A package is inflated once, part by part and without being kept: what its directory claims is
checked against what is really inside, so that no later reader meets a bomb, a damaged part or a
document type declaration.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn
from xml.etree import ElementTree

from addin.errors import BadInput

MAX_MEMBERS = 20_000
"""Parts in a package. The largest workbooks of the test corpus have about 200."""
MAX_UNPACKED = 4 << 30
"""Bytes of all parts. A million rows of forty columns are about 2 GiB."""
MAX_RATIO = 200
"""Unpacked to packed. Sheets of the test corpus reach 100, DEFLATE ends at 1032."""
RATIO_MATTERS_FROM = 64 << 20
"""Bytes below which no ratio does harm."""
MAX_PROLOG = 64 << 10
"""Bytes before the first element of a part. Excel writes about 60."""
CHUNK = 4 << 20
"""Bytes inflated at a time, and the most that is read of [Content_Types].xml (200 a part)."""

CFB_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
"""BOF records of Excel 2–4 and of a bare Excel 5–97 stream (MS-XLS 2.4.21)."""
ENCRYPTED_STREAMS = {"encryptedpackage", "encryptioninfo", "\x09drmcontent"}
"""MS-OFFCRYPTO 2.3 and 2.2: a password, or rights management."""
XLS_STREAMS = {"workbook", "book"}

PACKAGE_SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam"}
MACRO_SUFFIXES = {".xlsm", ".xltm", ".xlam"}
DAMAGED = (
    zipfile.BadZipFile,
    NotImplementedError,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
)
"""What zipfile, zlib and seeking say about bytes that are not what they should be."""
XML_SUFFIXES = (".xml", ".rels", ".vml")
WORKBOOK_TYPES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
}
MACRO_TYPES = {
    "application/vnd.ms-excel.sheet.macroenabled.main+xml",
    "application/vnd.ms-excel.template.macroenabled.main+xml",
    "application/vnd.ms-excel.addin.macroenabled.main+xml",
}
BINARY_TYPE = "application/vnd.ms-excel.sheet.binary.macroenabled.main"
CONTENT_TYPES = "[content_types].xml"
ODS_MIMETYPE = b"application/vnd.oasis.opendocument"

SAVE_AS_XLSX = "请用 Excel 打开后另存为 .xlsx 再试"
IMPORT_TEXT = "请在 Excel 中用“数据-从文本/CSV”导入(单号、条码、电话列设为文本)后另存为 .xlsx 再试"
SEND_AGAIN = "请重新下载,或请对方重发"
NOT_TRUSTED = "请勿使用此文件,请对方用 Excel 重新另存为 .xlsx 后再发"
NO_PASSWORD = "请在 Excel 中打开,取消“用密码进行加密”或权限限制,另存为 .xlsx 再试"
NO_MACROS = "请另存为不带宏的 .xlsx,或加 --allow-macros(宏原样保留,不会运行)"

LOCK_NAMES = ("~${name}", ".~lock.{name}#", ".~{name}")
"""What Excel, LibreOffice and WPS leave beside an open workbook."""
NO_WORKBOOK = "不是 Excel 工作簿"
TEXTS = (
    (
        r"(<\?xml.*?\?>\s*)?<(!doctype html|html|head|meta|body|style|table)\b",
        "是网页(HTML),只是扩展名像工作簿",
        SAVE_AS_XLSX,
    ),
    (r"mime-version:", "是单个文件网页(MHTML),只是扩展名像工作簿", SAVE_AS_XLSX),
    (r"%pdf", "是 PDF,不是工作簿", "请向对方要 Excel 文件"),
    (r"<", "是 XML 文本,只是扩展名像工作簿", SAVE_AS_XLSX),
    (r"[^\0]*?[,;\t][^\0]*$", "是文本(CSV),不是工作簿", IMPORT_TEXT),
    (r"", NO_WORKBOOK, SAVE_AS_XLSX),
)
"""How a file that is no container begins (in lower case), what it is, and what to do."""
PROLOG = re.compile(r"\s*(?:(?:<\?.*?\?>|<!--.*?-->)\s*)*", re.DOTALL)
"""All that may stand before the root element, except a document type declaration."""


def inspect(path: Path, *, allow_macros: bool = False) -> None:
    """Return if ``path`` is a whole .xlsx package that is safe to read, else raise BadInput."""
    head = _first_bytes(path)
    if head.startswith(CFB_MAGIC):
        _refuse_compound_file(path)
    elif head.startswith(ZIP_MAGIC):
        _inspect_package(path, allow_macros)
    elif head.startswith(OLD_BIFF):
        _refuse(path, "是旧版 .xls 格式", SAVE_AS_XLSX)
    else:
        _refuse_text(path, head)


def refuse_if_locked(path: Path) -> None:
    """Raise BadInput if ``path`` is open elsewhere or read-only. Only writing in place cares."""
    if _exists(path) and not (path.stat().st_mode & 0o222 and os.access(path, os.W_OK)):
        _refuse(path, "是只读文件,不能写入", "请在文件属性里去掉“只读”,或另存一份后再试")
    lock = lock_of(path)
    if lock is not None:
        _refuse(
            path,
            "正被打开,不能写入",
            f"请关闭后再试;确实没有人打开时,请删除旁边残留的隐藏文件 {lock.name}",
        )


def lock_of(path: Path) -> Path | None:
    """What a program leaves beside a workbook while somebody has it open."""
    locks = (path.with_name(pattern.format(name=path.name)) for pattern in LOCK_NAMES)
    return next(filter(_exists, locks), None)


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110  Path.exists fails on a name that is too long


def _refuse(path: Path, problem: str, remedy: str) -> NoReturn:
    raise BadInput(problem, remedy, workbook=path.name)


def _first_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            _refuse(path, "是文件夹,不是工作簿", "请指定其中的 .xlsx 文件")
        with path.open("rb") as stream:
            head = stream.read(4096)
    except FileNotFoundError:
        _refuse(path, "找不到这个文件", "请检查路径和文件名")
    except PermissionError:
        _refuse(path, "打不开:没有读取权限,或正被别的程序占用", "请关闭占用它的程序后再试")
    except OSError as error:
        _refuse(path, f"读不出来({error.strerror})", "请检查磁盘或网络盘后再试")
    if not head:
        _refuse(path, "是 0 字节的空文件", SEND_AGAIN)
    return head


def _refuse_text(path: Path, head: bytes) -> NoReturn:
    text = _as_text(head).lstrip().lower()
    problem, remedy = next(
        (problem, remedy)
        for pattern, problem, remedy in TEXTS
        if re.match(pattern, text, re.DOTALL)
    )
    _refuse(path, problem, remedy)


def _as_text(start: bytes) -> str:
    """Enough to see ASCII markup in any encoding that Excel or an XML parser would accept."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return start.decode("utf-16", "replace")
    if start.startswith((b"<\0", b"\0<")):
        return start.decode("utf-16-le" if start[1] == 0 else "utf-16-be", "replace")
    return start.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _refuse_compound_file(path: Path) -> NoReturn:
    """An old .xls and an encrypted .xlsx share one container; its stream names tell them apart."""
    import olefile  # only wanted for a file that will be refused

    try:
        with olefile.OleFileIO(path) as container:
            names = {entry[-1].lower() for entry in container.listdir(streams=True)}
    except (OSError, ValueError, IndexError, struct.error):
        _refuse(path, "已损坏,或不完整", SEND_AGAIN)
    if names & ENCRYPTED_STREAMS:
        _refuse(path, "有密码或权限保护,读不出来", NO_PASSWORD)
    if names & XLS_STREAMS:
        _refuse(path, "是旧版 .xls 格式", SAVE_AS_XLSX)
    _refuse(path, NO_WORKBOOK, SAVE_AS_XLSX)


def _inspect_package(path: Path, allow_macros: bool) -> None:
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as package:
            parts = [part for part in package.infolist() if not _part_name(part).endswith("/")]
            _check_directory(path, parts)
            types = _content_types(path, stream, parts)
            _check_kind(path, types, allow_macros)
            for part in parts:
                name = _part_name(part)
                is_xml = types[name].endswith("xml") or name.endswith(XML_SUFFIXES)
                _check_part(path, stream, part, is_xml)
    except DAMAGED:
        _refuse(path, "已损坏或不完整(可能下载、拷贝时中断)", SEND_AGAIN)


def _check_directory(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    """What the central directory alone gives away."""
    if len(parts) > MAX_MEMBERS:
        _refuse(path, f"内含 {len(parts)} 个部件,不像正常的工作簿", NOT_TRUSTED)
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > MAX_UNPACKED or (
        unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * max(packed, 1)
    ):
        _refuse(path, f"解压后有 {unpacked >> 20} MB,疑似压缩炸弹", NOT_TRUSTED)
    if packed > path.stat().st_size:
        _refuse(path, "的部件互相重叠,疑似压缩炸弹", NOT_TRUSTED)
    names = [_part_name(part) for part in parts]
    for name in names:
        if "\0" in name or name.startswith("/") or ".." in name.split("/") or ":" in name:
            _refuse(path, "内部的部件名指向文件之外", NOT_TRUSTED)
    if len(set(names)) < len(names):
        _refuse(path, "内部有重名的部件", NOT_TRUSTED)
    if any(part.flag_bits & 1 for part in parts):
        _refuse(path, "是加密的压缩包", SAVE_AS_XLSX)


def _part_name(part: zipfile.ZipInfo) -> str:
    """Part names are equal without regard to case (OPC 6.2.2.3); some writers use backslashes."""
    return part.orig_filename.replace("\\", "/").lower()


def _content_types(path: Path, stream: BinaryIO, parts: list[zipfile.ZipInfo]) -> dict[str, str]:
    """Part name to content type, both in lower case (OPC 7.2.3)."""
    by_name = {_part_name(part): part for part in parts}
    mimetype = by_name.get("mimetype")
    if mimetype and _start(stream, mimetype).startswith(ODS_MIMETYPE):
        _refuse(path, "是 OpenDocument 格式(.ods)", SAVE_AS_XLSX)
    if CONTENT_TYPES not in by_name:
        _refuse(path, "是压缩包,不是工作簿", SAVE_AS_XLSX)
    document = _start(stream, by_name[CONTENT_TYPES])
    _check_prolog(path, document)
    try:
        entries = [entry.attrib for entry in ElementTree.fromstring(document)]
    except (ElementTree.ParseError, LookupError):  # LookupError: an unknown encoding
        _refuse(path, "已损坏(内容清单读不出来)", SEND_AGAIN)
    type_of = {
        (entry.get("PartName") or "." + entry.get("Extension", "")).lower(): entry.get(
            "ContentType", ""
        ).lower()
        for entry in entries
    }
    return {
        name: type_of.get(f"/{name}") or type_of.get("." + name.rpartition(".")[2], "")
        for name in by_name
    }


def _start(stream: BinaryIO, part: zipfile.ZipInfo) -> bytes:
    return next(_inflate(stream, part), b"")


def _check_kind(path: Path, types: dict[str, str], allow_macros: bool) -> None:
    """An .xlsx, and nothing that only shares its container."""
    kinds = set(types.values())
    if BINARY_TYPE in kinds:
        _refuse(path, "是二进制格式(.xlsb)", SAVE_AS_XLSX)
    if kinds.isdisjoint(WORKBOOK_TYPES | MACRO_TYPES):
        _refuse(path, "里面没有工作簿", SAVE_AS_XLSX)
    has_macros = (
        path.suffix.lower() in MACRO_SUFFIXES
        or not kinds.isdisjoint(MACRO_TYPES)
        or any(name.endswith("vbaproject.bin") for name in types)
    )
    if has_macros and not allow_macros:
        _refuse(path, "带有宏", NO_MACROS)
    if path.suffix.lower() not in PACKAGE_SUFFIXES:
        _refuse(path, f"的扩展名“{path.suffix}”与内容(.xlsx)不符", "请把扩展名改为 .xlsx")


def _check_part(path: Path, stream: BinaryIO, part: zipfile.ZipInfo, is_xml: bool) -> None:
    """Inflate one part to its end: neither longer, nor shorter, nor other than was declared."""
    size = checksum = 0
    for chunk in _inflate(stream, part):
        if size == 0 and is_xml:
            _check_prolog(path, chunk)
        size += len(chunk)
        checksum = zlib.crc32(chunk, checksum)
        if size > part.file_size:
            _refuse(path, "解压后比声明的大(已损坏,或被人改动)", NOT_TRUSTED)
    if size != part.file_size or checksum != part.CRC:
        raise zipfile.BadZipFile(part.filename)


def _inflate(stream: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part as they really are; ``zipfile`` stops at the declared size."""
    stream.seek(part.header_offset)
    header = stream.read(30)
    signature, name_length, extra_length = struct.unpack("<4s22xHH", header)
    if signature != b"PK\x03\x04":
        raise zipfile.BadZipFile(part.filename)
    stream.seek(name_length + extra_length, 1)
    if part.compress_type == zipfile.ZIP_STORED:
        yield from _stored(stream, part.compress_size)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile(part.filename)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for packed in _stored(stream, part.compress_size):
        while packed and not inflater.eof:
            yield inflater.decompress(packed, CHUNK)
            packed = inflater.unconsumed_tail
    if not inflater.eof:
        raise EOFError(part.filename)


def _stored(stream: BinaryIO, length: int) -> Iterator[bytes]:
    while length:
        chunk = stream.read(min(length, CHUNK))
        if not chunk:
            raise EOFError
        length -= len(chunk)
        yield chunk


def _check_prolog(path: Path, start: bytes) -> None:
    """Refuse a part that declares a document type: entities can only be declared there."""
    text = _as_text(start[:MAX_PROLOG])
    root = PROLOG.sub("", text, count=1)[:2]
    if root == "<!":
        _refuse(path, "内部含有文档类型声明(DTD),Excel 不会这样写", NOT_TRUSTED)
    if not re.match(r"<[^\s<>!?/]", root):
        _refuse(path, "已损坏(内部的 XML 读不出来)", SEND_AGAIN)

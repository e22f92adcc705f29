"""The zip package of a workbook: parts are replaced one by one, the others copied as they lie.

An untouched member keeps its compressed bytes, its order, flags and time. A changed member gets a
fixed time, so the same edit gives the same file. Hostile packages are turned down on opening.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from addin.errors import BadInput

MAX_PART = 2 << 30  # bytes of one part, inflated
MAX_TOTAL = 4 << 30  # bytes of all parts, inflated
MAX_MEMBERS = 60_000  # stays below the 65,535 of a plain zip
BOMB_SIZE, BOMB_RATIO = 64 << 20, 250  # a real sheet of this size packs 5 to 60 times
CHECKED_WHOLE = 2 << 20  # bytes; a larger part is checked when it is first used
BLOCK = 4 << 20  # bytes that one thread packs at a time
FAST_FROM = 1 << 20  # Excel itself packs with the fast level

CFB_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF_MAGICS = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
FIXED_DOS_DATE = 0x0021  # 1980-01-01, the zip epoch
UTF8_NAME = 0x0800
ENCRYPTED = 0x0001

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


@dataclass(frozen=True)
class _Member:
    """One zip entry: where its bytes lie in the file, and its record in the central directory."""

    name: str
    record: bytes
    start: int
    end: int
    info: zipfile.ZipInfo

    @property
    def size(self) -> int:
        return self.info.file_size


class Package:
    """Parts by name. Names compare without case; ``read`` after ``write`` gives the new bytes."""

    def __init__(self, data: bytes, workbook: str) -> None:
        self.workbook = workbook
        self.data = self._data = data
        refuse_other_formats(data, workbook)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._members = list(_members(self._zip, data))
        except (zipfile.BadZipFile, struct.error, NotImplementedError, ValueError) as error:
            raise self.damaged("压缩包结构损坏") from error
        self._by_name = {member.name.casefold(): member for member in self._members}
        self._written: dict[str, tuple[str, Sequence[bytes]]] = {}
        self._removed: set[str] = set()
        self._checked: set[str] = set()
        self._refuse_hostile()

    def damaged(self, what: str) -> BadInput:
        return BadInput(what, "请在 Excel 中打开并另存为 .xlsx 后重试", workbook=self.workbook)

    def __contains__(self, name: str) -> bool:
        key = name.casefold()
        return key in self._written or (key in self._by_name and key not in self._removed)

    def names(self) -> list[str]:
        kept = [m.name for m in self._members if m.name.casefold() not in self._removed]
        return kept + [name for key, (name, _) in self._written.items() if key not in self._by_name]

    def size(self, name: str) -> int:
        key = name.casefold()
        if key in self._written:
            return sum(map(len, self._written[key][1]))
        return self._by_name[key].size

    def read(self, name: str) -> bytes:
        key = name.casefold()
        if key in self._written:
            return b"".join(self._written[key][1])
        if name not in self:
            raise KeyError(name)
        member = self._by_name[key]
        try:
            return self._zip.read(member.info)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
            raise self.damaged(f"部件 {member.name} 无法解压") from error

    def read_xml(self, name: str) -> bytes:
        """Bytes of an XML part, checked: no document type, and well-formed.

        Of a large part only the beginning is checked: its reader meets the rest.
        """
        data = self.read(name)
        key = name.casefold()
        if key not in self._written and key not in self._checked:
            self._check_xml(name, data)
            self._checked.add(key)
        return data

    def write(self, name: str, *data: bytes) -> None:
        """Replace or add a part; its content may come in pieces."""
        key = name.casefold()
        member = self._by_name.get(key)
        self._written[key] = (member.name if member else name, data)
        self._removed.discard(key)

    def remove(self, name: str) -> None:
        key = name.casefold()
        self._written.pop(key, None)
        if key in self._by_name:
            self._removed.add(key)

    @property
    def changed(self) -> bool:
        return bool(self._written or self._removed)

    def written(self) -> list[str]:
        return [name for name, _ in self._written.values()]

    def save(self, target: BinaryIO) -> None:
        """Write the whole package."""
        places: dict[str, tuple[int, bytes]] = {}
        for member in sorted(self._members, key=lambda m: m.start):
            key = member.name.casefold()
            if key in self._removed:
                continue
            offset = target.tell()
            if key in self._written:
                record = _write_member(target, self._written[key][1], member.record)
            else:
                target.write(memoryview(self._data)[member.start : member.end])
                record = member.record
            places[key] = (offset, record)
        for key, (name, data) in self._written.items():
            if key not in self._by_name:
                offset = target.tell()
                places[key] = (offset, _write_member(target, data, _new_record(name)))
        directory = target.tell()
        order = [m.name.casefold() for m in self._members if m.name.casefold() in places]
        order += [key for key in places if key not in self._by_name]
        for key in order:
            offset, record = places[key]
            target.write(_with_offset(record, offset))
        size = target.tell() - directory
        if directory + size >= 0xFFFFFFFF:
            raise BadInput("文件超过 4 GB", "请把工作簿拆成几个后重试", workbook=self.workbook)
        count, comment = len(order), self._zip.comment
        target.write(
            _END.pack(b"PK\5\6", 0, 0, count, count, size, directory, len(comment)) + comment
        )

    def _refuse_hostile(self) -> None:
        if len(self._members) > MAX_MEMBERS:
            raise self.damaged("压缩包里的部件过多")
        if len(self._by_name) != len(self._members):
            raise self.damaged("压缩包里有重名的部件")
        if sum(m.size for m in self._members) > MAX_TOTAL:
            raise self.damaged("压缩包解开后过大，疑似压缩炸弹")
        for member in self._members:
            if member.name.startswith("/") or ":" in member.name or ".." in member.name.split("/"):
                raise self.damaged("压缩包里有越界的部件路径")
            packed = max(member.end - member.start, 1)
            if member.size > MAX_PART or (
                member.size > BOMB_SIZE and member.size / packed > BOMB_RATIO
            ):
                raise self.damaged("压缩包解开后过大，疑似压缩炸弹")
            if struct.unpack_from("<H", member.record, 8)[0] & ENCRYPTED:
                raise BadInput(
                    "压缩包带密码", "请去掉密码另存为 .xlsx 后重试", workbook=self.workbook
                )
        for member in self._members:
            if is_xml(member.name) and member.size <= CHECKED_WHOLE:
                self.read_xml(member.name)

    def _check_xml(self, name: str, data: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")  # a prefix must be declared

        def doctype(*_: object) -> None:
            raise self.damaged(f"部件 {name} 含有文档类型声明（DOCTYPE），不予打开")

        parser.StartDoctypeDeclHandler = doctype
        small = len(data) <= CHECKED_WHOLE
        try:
            parser.Parse(data if small else data[:CHECKED_WHOLE], small)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise self.damaged(f"部件 {name} 的内容损坏") from error


def is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def refuse_other_formats(data: bytes, workbook: str) -> None:
    """What is not a zip gets the one sentence that says what it is."""
    save_as = "请在 Excel 中打开并另存为 .xlsx 后重试"
    if not data:
        raise BadInput("文件是空的（0 字节）", "请重新取得这个文件", workbook=workbook)
    if data.startswith(CFB_MAGIC):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise BadInput("文件已加密", "请在 Excel 中去掉打开密码后另存", workbook=workbook)
        raise BadInput("文件是旧版 .xls 格式", save_as, workbook=workbook)
    if data.startswith(BIFF_MAGICS):
        raise BadInput("文件是旧版 .xls 格式", save_as, workbook=workbook)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise BadInput("文件是网页或 XML，不是 Excel 工作簿", save_as, workbook=workbook)
    if not data.startswith(b"PK"):
        raise BadInput("文件不是 Excel 工作簿（.xlsx/.xlsm）", save_as, workbook=workbook)


def _members(archive: zipfile.ZipFile, data: bytes) -> Iterator[_Member]:
    infos = archive.infolist()
    starts = sorted(info.header_offset for info in infos)
    following = dict(zip(starts, [*starts[1:], archive.start_dir], strict=True))
    if len(following) < len(infos):
        raise zipfile.BadZipFile("entries share their bytes")
    position = archive.start_dir
    for info in infos:
        fields = _CENTRAL.unpack_from(data, position)
        encoding = "utf-8" if info.flag_bits & UTF8_NAME else "cp437"
        given = len(info.orig_filename.encode(encoding)), len(info.extra), len(info.comment)
        if given != fields[10:13]:
            raise zipfile.BadZipFile("an entry reaches beyond the directory")
        length = _CENTRAL.size + sum(given)
        record = data[position : position + length]
        position += length
        start, end = info.header_offset, following[info.header_offset]
        local = _LOCAL.unpack_from(data, start)
        packed = start + _LOCAL.size + local[9] + local[10] + info.compress_size
        if local[0] != b"PK\3\4" or packed > end:
            raise zipfile.BadZipFile("entries overlap")
        raw_name = record[_CENTRAL.size : _CENTRAL.size + fields[10]]
        if data[start + _LOCAL.size : start + _LOCAL.size + local[9]] != raw_name:
            raise zipfile.BadZipFile("an entry and the directory differ in its name")
        name = info.orig_filename.split("\0")[0].replace("\\", "/")
        yield _Member(name, record, start, end, info)


def _new_record(name: str) -> bytes:
    raw = name.encode("utf-8")
    flags = 0 if name.isascii() else UTF8_NAME
    header = _CENTRAL.pack(
        b"PK\1\2", 20, 20, flags, 8, 0, FIXED_DOS_DATE, 0, 0, 0, len(raw), 0, 0, 0, 0, 0, 0
    )
    return header + raw


def _write_member(target: BinaryIO, data: Sequence[bytes], record: bytes) -> bytes:
    """Write one changed member; return its new central record."""
    old = _CENTRAL.unpack_from(record)
    raw_name = record[_CENTRAL.size : _CENTRAL.size + old[10]]
    flags = old[3] & UTF8_NAME
    size = sum(map(len, data))
    packed, crc = _deflated(data, 1 if size >= FAST_FROM else 6)
    sizes = (crc, sum(map(len, packed)), size, len(raw_name))
    target.write(_LOCAL.pack(b"PK\3\4", 20, flags, 8, 0, FIXED_DOS_DATE, *sizes, 0))
    target.write(raw_name)
    target.writelines(packed)
    attributes = (0, 0, old[14], old[15], 0)
    head = (b"PK\1\2", old[1], 20, flags, 8, 0, FIXED_DOS_DATE, *sizes)
    return _CENTRAL.pack(*head, 0, *attributes) + raw_name


def _deflated(data: Sequence[bytes], level: int) -> tuple[list[bytes], int]:
    """Raw deflate stream and checksum; blocks of a big part are packed side by side."""
    if sum(map(len, data)) < FAST_FROM:
        data = [b"".join(data)]
    views = [memoryview(piece) for piece in data]
    blocks = [v[i : i + BLOCK] for v in views for i in range(0, max(len(v), 1), BLOCK)]
    last = len(blocks) - 1

    def pack(numbered: tuple[int, memoryview]) -> bytes:
        number, block = numbered
        stream = zlib.compressobj(level, zlib.DEFLATED, -15)
        end = zlib.Z_FINISH if number == last else zlib.Z_FULL_FLUSH
        return stream.compress(block) + stream.flush(end)

    if len(blocks) == 1:
        return [pack((0, blocks[0]))], zlib.crc32(blocks[0])
    with ThreadPoolExecutor() as pool:
        packed = pool.map(pack, enumerate(blocks))
        crc = 0
        for block in blocks:
            crc = zlib.crc32(block, crc)
        return list(packed), crc


def _with_offset(record: bytes, offset: int) -> bytes:
    """The same central record pointing to a new place."""
    if offset >= 0xFFFFFFFF:
        raise ValueError("offset beyond 4 GB")
    if struct.unpack_from("<I", record, 42)[0] != 0xFFFFFFFF:
        return record[:42] + struct.pack("<I", offset) + record[46:]
    fields = _CENTRAL.unpack_from(record)
    position = _CENTRAL.size + fields[10]
    limit = position + fields[11]
    while position + 4 <= limit:
        kind, length = struct.unpack_from("<HH", record, position)
        if kind == 1:
            place = position + 4 + 8 * sum(value == 0xFFFFFFFF for value in (fields[8], fields[9]))
            return record[:place] + struct.pack("<Q", offset) + record[place + 8 :]
        position += 4 + length
    raise ValueError("zip64 record without its offset")


def resolve(part: str, target: str) -> str:
    """Name of the part that a relationship of ``part`` points to."""
    path = target.replace("\\", "/").split("#")[0]
    if not path.startswith("/"):
        path = posixpath.join(posixpath.dirname(part), path)
    return posixpath.normpath(path).lstrip("/")


def relative(part: str, target: str) -> str:
    """How ``part`` names another part in its relationships."""
    return posixpath.relpath(target, posixpath.dirname(part) or ".")


def rels_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")

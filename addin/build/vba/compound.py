"""Writes a compound file, the box that a VBA project lies in. [MS-CFB] version 3.

Everything is laid out in one go, each stream in consecutive sectors and the allocation table at
the end, so the bytes depend on nothing but the contents.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Storage: TypeAlias = "Mapping[str, bytes | Storage]"

SECTOR, MINI_SECTOR = 512, 64
CUTOFF = 4096  # smaller streams live in mini sectors, 2.2
FAT_SECTOR, END, FREE = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF  # 2.1
HEADER_FATS = 109  # sectors of the FAT that the header can name, 64 KB of file each
STORAGE, STREAM, ROOT = 1, 2, 5  # 2.6.1
BLACK = 1  # a tree of black nodes only is allowed, 2.6.4
UNUSED_ENTRY = bytes(68) + struct.pack("<III", FREE, FREE, FREE) + bytes(48)


@dataclass
class _Entry:
    """A directory entry, 2.6.1; siblings and child are numbers of entries."""

    name: str
    kind: int
    data: bytes = b""
    left: int = FREE
    right: int = FREE
    child: int = FREE
    start: int = 0

    def packed(self) -> bytes:
        name = f"{self.name}\0".encode("utf-16-le")
        pointers = (self.left, self.right, self.child)
        head = struct.pack("<64sHBB3I", name, len(name), self.kind, BLACK, *pointers)
        return head + struct.pack("<36xIQ", self.start, len(self.data))  # no CLSID, no times


@dataclass
class _Sectors:
    """Sectors of one size, and the table that says which one follows which."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    following: list[int] = field(default_factory=list)

    def add(self, data: bytes) -> int:
        """The number of the first sector of ``data``."""
        if not data:
            return END
        start = len(self.following)
        count = -(-len(data) // self.size)
        self.data += data.ljust(count * self.size, b"\0")
        self.following += [*range(start + 1, start + count), END]
        return start


def pack(root: Storage) -> bytes:
    """The file of ``root``, which maps names to streams (bytes) or to further storages."""
    entries = [_Entry("Root Entry", ROOT)]
    entries[0].child = _add_children(entries, root)

    sectors, mini = _Sectors(SECTOR), _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == STREAM:
            entry.start = (mini if len(entry.data) < CUTOFF else sectors).add(entry.data)
    entries[0].data = bytes(mini.data)
    entries[0].start = sectors.add(entries[0].data)
    mini_fat = _table(mini.following)
    mini_fat_start = sectors.add(mini_fat)
    directory = b"".join(entry.packed() for entry in entries)
    directory += UNUSED_ENTRY * (-len(entries) % (SECTOR // len(UNUSED_ENTRY)))
    directory_start = sectors.add(directory)

    fat_start = len(sectors.following)
    fats = -(-fat_start // (SECTOR // 4 - 1))  # each holds 128 numbers, its own among them
    if fats > HEADER_FATS:
        raise ValueError("a compound file of more than 6.8 MB needs a DIFAT, not written here")
    fat = _table(sectors.following + [FAT_SECTOR] * fats)
    fat_places = list(range(fat_start, fat_start + fats))

    header = struct.pack(
        "<8s16xHHHHH6xIII4xIIIII109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E, 3, 0xFFFE, SECTOR.bit_length() - 1, MINI_SECTOR.bit_length() - 1,
        0,  # version 3 does not count the sectors of the directory
        fats, directory_start, CUTOFF, mini_fat_start, len(mini_fat) // SECTOR, END, 0,
        *fat_places, *[FREE] * (HEADER_FATS - fats),
    )  # fmt: skip
    return header + sectors.data + fat


def _add_children(entries: list[_Entry], storage: Storage) -> int:
    """Append the entries of ``storage``; the number of the one on top of their tree, 2.6.4."""
    by_name = sorted(storage.items(), key=lambda item: (len(item[0]), item[0].upper()))
    first = len(entries)
    entries += [
        _Entry(name, STREAM, content) if isinstance(content, bytes) else _Entry(name, STORAGE)
        for name, content in by_name
    ]
    for entry, (_, content) in zip(entries[first:], by_name, strict=True):
        if not isinstance(content, bytes):
            entry.child = _add_children(entries, content)
    return _balance(entries, first, first + len(by_name))


def _balance(entries: list[_Entry], low: int, high: int) -> int:
    """Hang the sorted entries ``low`` to ``high`` under the middle one."""
    if low == high:
        return FREE
    middle = (low + high) // 2
    entries[middle].left = _balance(entries, low, middle)
    entries[middle].right = _balance(entries, middle + 1, high)
    return middle


def _table(following: list[int]) -> bytes:
    """A FAT or mini FAT in whole sectors."""
    packed = struct.pack(f"<{len(following)}I", *following)
    return packed.ljust(-(-len(packed) // SECTOR) * SECTOR, b"\xff")

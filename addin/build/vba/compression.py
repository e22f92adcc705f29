"""The run-length compression of VBA source and of the dir stream. [MS-OVBA] 2.4.1."""

from __future__ import annotations

import struct

CHUNK = 4096  # bytes of source per chunk
SHORTEST_COPY = 3
# CompressedChunkHeader, 2.4.1.1.5: size less 3 in twelve bits, signature 0b011, flag
COMPRESSED, RAW = 0xB000, 0x3000


def compress(data: bytes) -> bytes:
    """A CompressedContainer, 2.4.1.1.1.

    The format has one hole: a last chunk that is not full and does not shrink is filled up with
    NUL. Text of a program never gets there.
    """
    starts = range(0, len(data), CHUNK)
    return b"\x01" + b"".join(_chunk(data[start : start + CHUNK]) for start in starts)


def _chunk(data: bytes) -> bytes:
    """A chunk with its header; raw if it would not fit otherwise. 2.4.1.3.7."""
    tokens = _tokens(data)
    flag, body = (COMPRESSED, tokens) if len(tokens) <= CHUNK else (RAW, data.ljust(CHUNK, b"\0"))
    return struct.pack("<H", flag | len(body) - 1) + body


def _tokens(data: bytes) -> bytes:
    """Groups of eight tokens after a byte that says which of them are copies. 2.4.1.3.8."""
    packed = bytearray()
    at = 0
    while at < len(data):
        flags, group = 0, b""
        for bit in range(8):
            if at == len(data):
                break
            offset_bits = max((at - 1).bit_length(), 4)  # CopyToken Help, 2.4.1.3.19.1
            length_bits = 16 - offset_bits
            offset, length = _longest_match(data, at, (1 << length_bits) - 1 + SHORTEST_COPY)
            if length:
                flags |= 1 << bit
                group += struct.pack("<H", offset - 1 << length_bits | length - SHORTEST_COPY)
            else:
                group += data[at : at + 1]
            at += length or 1
        packed.append(flags)
        packed += group
    return bytes(packed)


def _longest_match(data: bytes, at: int, longest: int) -> tuple[int, int]:
    """Distance back and length of the nearest of the longest repetitions. 2.4.1.3.19.4.

    A copy may run into the bytes that it makes.
    """
    found = length = 0
    longest = min(longest, len(data) - at)
    wanted = SHORTEST_COPY
    while wanted <= longest:
        start = data.rfind(data[at : at + wanted], 0, at + wanted - 1)
        if start < 0:
            break
        while wanted < longest and data[start + wanted] == data[at + wanted]:
            wanted += 1
        found, length = at - start, wanted
        wanted += 1
    return found, length

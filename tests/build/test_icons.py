"""The committed icons are what the drawings say, pixel by pixel: zlib builds differ in bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache

import pytest

from addin.build.icons import icons
from addin.build.icons.draw import DRAWINGS, INK, SIZE, Ring, Stroke, disc, pixels, png


@cache
def drawn(name: str) -> list[bytes]:
    return pixels(DRAWINGS[name])


def chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(file):
        (length,) = struct.unpack_from(">I", file, at)
        kind, content = file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", file, at + 8 + length) == (zlib.crc32(kind + content),)
        yield kind, content
        at += length + 12


def rows_of(file: bytes) -> list[bytes]:
    """An independent reading of the kind of PNG that is written here."""
    assert file.startswith(b"\x89PNG\r\n\x1a\n")
    parts = dict(chunks(file))
    assert list(parts) == [b"IHDR", b"IDAT", b"IEND"]
    assert parts[b"IHDR"] == struct.pack(">IIBBBBB", 32, 32, 8, 6, 0, 0, 0)
    raw = zlib.decompress(parts[b"IDAT"])
    assert len(raw) == 32 * 129
    return [raw[at + 1 : at + 129] for at in range(0, len(raw), 129)]


def test_every_drawing_has_a_file_and_every_file_a_drawing() -> None:
    assert icons().keys() == DRAWINGS.keys()


@pytest.mark.parametrize("name", DRAWINGS)
def test_an_icon_is_what_its_drawing_says(name: str) -> None:
    assert rows_of(icons()[name]) == drawn(name), "run: python -m addin.build.icons.draw"


@pytest.mark.parametrize("name", DRAWINGS)
def test_an_icon_is_seen_and_not_cut_off(name: str) -> None:
    opacity = [row[3::4] for row in drawn(name)]
    assert sum(map(bool, b"".join(opacity))) > SIZE * SIZE // 16
    edges = opacity[0] + opacity[-1] + bytes(row[0] for row in opacity)
    assert not any(edges + bytes(row[-1] for row in opacity))


def test_a_horizontal_stroke_has_sharp_sides_and_round_ends() -> None:
    rows = pixels([Stroke(INK, [(4, 8), (12, 8)])])
    opacity = [list(row[3::4]) for row in rows]
    assert opacity[7][4:12] == opacity[8][4:12] == [255] * 8
    assert not any(opacity[6] + opacity[9])
    assert 0 < opacity[7][3] == opacity[7][12] < 255


def test_a_disc_is_a_ring_without_a_hole() -> None:
    middle = slice(16 * 4, 17 * 4)
    assert pixels([disc(INK, (16, 16), 5)])[16][middle] == bytes([*INK, 255])
    assert pixels([Ring(INK, (16, 16), 5)])[16][middle] == bytes(4)


def test_what_is_written_is_read_back() -> None:
    assert rows_of(png(drawn("explain"))) == drawn("explain")

"""Draws the icons: strokes, rings and discs on a grid of 32, the size of a large button.

``python -m addin.build.icons.draw`` writes them anew. Whether a sample is inked is decided in
whole numbers, so that every machine draws the same.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from addin.build.icons import FOLDER

SIZE = 32
UNIT = 8  # steps in a pixel; samples lie on odd ones, four by four
SAMPLES = (1, 3, 5, 7)

Colour: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[float, float]

INK: Colour = (0x1F, 0x2A, 0x44)
GOOD: Colour = (0x1E, 0x84, 0x49)
BAD: Colour = (0xC0, 0x39, 0x2B)
HINT: Colour = (0x2F, 0x6F, 0xDE)


@dataclass(frozen=True)
class Stroke:
    """A line through ``points`` with round ends."""

    colour: Colour
    points: Sequence[Point]
    width: float = 2

    def inks(self, x: int, y: int) -> bool:
        steps = [(round(px * UNIT), round(py * UNIT)) for px, py in self.points]
        reach = (round(self.width * UNIT) // 2) ** 2
        return any(_near((x, y), start, end, reach) for start, end in pairwise(steps))


@dataclass(frozen=True)
class Ring:
    """A circle line; a disc if ``width`` is twice the radius."""

    colour: Colour
    centre: Point
    radius: float
    width: float = 2

    def inks(self, x: int, y: int) -> bool:
        cx, cy = (round(part * UNIT) for part in self.centre)
        middle, half = round(self.radius * UNIT), round(self.width * UNIT) // 2
        return (middle - half) ** 2 <= (x - cx) ** 2 + (y - cy) ** 2 <= (middle + half) ** 2


def disc(colour: Colour, centre: Point, radius: float) -> Ring:
    return Ring(colour, centre, radius / 2, radius)


def box(left: float, top: float, right: float, bottom: float) -> Stroke:
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return Stroke(INK, corners)


# Later shapes lie on earlier ones.
DRAWINGS: Mapping[str, Sequence[Stroke | Ring]] = {
    "check_sheet": [
        box(5, 3, 24, 29),
        Stroke(INK, [(10, 9), (19, 9)]),
        Stroke(INK, [(10, 14), (15, 14)]),
        Stroke(GOOD, [(13, 21), (18, 26), (29, 13)], 4),
    ],
    "check_book": [
        Stroke(INK, [(9, 2), (26, 2), (26, 11)]),
        box(3, 7, 21, 30),
        Stroke(INK, [(8, 13), (16, 13)]),
        Stroke(GOOD, [(11, 22), (16, 27), (29, 14)], 4),
    ],
    "prev_issue": [Stroke(INK, [(6, 17), (16, 6), (26, 17)], 3), disc(BAD, (16, 25), 4)],
    "next_issue": [Stroke(INK, [(6, 15), (16, 26), (26, 15)], 3), disc(BAD, (16, 7), 4)],
    "close_wizard": [
        box(4, 6, 28, 29),
        Stroke(INK, [(4, 12), (28, 12)]),
        Stroke(INK, [(10, 3), (10, 8)]),
        Stroke(INK, [(22, 3), (22, 8)]),
        Stroke(GOOD, [(10, 20), (15, 25), (23, 16)], 3),
    ],
    "parts": [
        box(4, 5, 28, 28),
        *(Stroke(INK, [(4, row), (28, row)]) for row in (12, 20)),
        Stroke(INK, [(13, 5), (13, 28)]),
        *(disc(HINT, (20.5, row), 2.5) for row in (16, 24)),
    ],
    "match_agent": [
        *(Stroke(INK, [(3, row), (13, row)]) for row in (7, 16, 25)),
        *(Stroke(INK, [(19, row), (29, row)]) for row in (7, 16, 25)),
        *(disc(HINT, (16, row), 2.5) for row in (7, 16)),
        disc(BAD, (16, 25), 2.5),
    ],
    "explain": [
        Ring(INK, (13, 13), 10),
        Stroke(INK, [(21, 21), (28, 28)], 4),
        Stroke(HINT, [(9, 11), (17, 11)]),
        Stroke(HINT, [(9, 16), (14, 16)]),
    ],
    "log": [
        Stroke(INK, [(3, 6), (25, 6)]),
        Stroke(INK, [(3, 13), (12, 13)]),
        Stroke(INK, [(3, 20), (9, 20)]),
        Stroke(INK, [(3, 27), (11, 27)]),
        Ring(HINT, (21, 20), 8),
        Stroke(HINT, [(21, 15), (21, 20), (24, 22)]),
    ],
    "settings": [
        *(Stroke(INK, [(3, row), (29, row)]) for row in (7, 16, 25)),
        *(disc(HINT, knob, 4) for knob in ((10, 7), (21, 16), (13, 25))),
    ],
    "doctor": [
        Stroke(GOOD, [(3, 17), (9, 17), (13, 6), (18, 27), (22, 17), (29, 17)], 3),
    ],
    "about": [
        Ring(HINT, (16, 16), 13),
        Stroke(HINT, [(16, 15), (16, 23)], 3),
        disc(HINT, (16, 9.5), 2),
    ],
}


def pixels(shapes: Sequence[Stroke | Ring]) -> list[bytes]:
    """Rows of red, green, blue, opacity. The last shape at a sample colours it."""
    rows = []
    for row in range(SIZE):
        line = bytearray()
        for column in range(SIZE):
            inked = [
                hits[-1]
                for dy in SAMPLES
                for dx in SAMPLES
                if (hits := _colours(shapes, column * UNIT + dx, row * UNIT + dy))
            ]
            line += bytes(sum(part) // len(inked) for part in zip(*inked, strict=True))
            line += bytes([len(inked) * 255 // len(SAMPLES) ** 2]) if inked else bytes(4)
        rows.append(bytes(line))
    return rows


def png(rows: Sequence[bytes]) -> bytes:
    """The least PNG: eight bits of red, green, blue and opacity, rows as they are."""
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = [(b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )  # fmt: skip


def _colours(shapes: Sequence[Stroke | Ring], x: int, y: int) -> list[Colour]:
    return [shape.colour for shape in shapes if shape.inks(x, y)]


def _near(at: tuple[int, int], start: tuple[int, int], end: tuple[int, int], reach: int) -> bool:
    """Whether ``at`` lies within the root of ``reach`` of a line from ``start`` to ``end``."""
    along, across = end[0] - start[0], end[1] - start[1]
    x, y = at[0] - start[0], at[1] - start[1]
    length = along * along + across * across
    dot = x * along + y * across
    if dot <= 0:
        return x * x + y * y <= reach
    if dot >= length:
        return (x - along) ** 2 + (y - across) ** 2 <= reach
    return (x * across - y * along) ** 2 <= reach * length


def main() -> None:
    for name, shapes in DRAWINGS.items():
        (FOLDER / f"{name}.png").write_bytes(png(pixels(shapes)))


if __name__ == "__main__":
    main()

"""A screen that nobody sits at: Xvfb, and pictures of what it shows."""

from __future__ import annotations

import os
import struct
import subprocess
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START = 30  # seconds


@dataclass(frozen=True)
class Screen:
    """``memory`` is the file that Xvfb draws in, an XWD file (X11, XWDFile.h)."""

    display: str
    memory: Path

    def picture(self, width: int, height: int) -> bytes:
        """The upper left of the screen as PNG."""
        dump = self.memory.read_bytes()
        head = struct.unpack(">25I", dump[:100])
        start, per_line = head[0] + 12 * head[19], head[12]  # header, colours of 12 bytes, lines
        rows = []
        for line in range(height):
            pixels = dump[start + line * per_line :][: width * 4]
            row = bytearray(width * 3)
            row[0::3], row[1::3], row[2::3] = pixels[2::4], pixels[1::4], pixels[0::4]
            rows.append(bytes(row))
        return _png(width, height, rows)


def _png(width: int, height: int, rows: list[bytes]) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@contextmanager
def shown(folder: Path, size: str = "1440x900") -> Iterator[Screen]:
    """Xvfb finds a free number by itself and says it on a pipe."""
    told, tells = os.pipe()
    command = [
        "Xvfb", "-displayfd", str(tells), "-screen", "0", f"{size}x24", "-fbdir", str(folder),
        "-nolisten", "tcp",
    ]  # fmt: skip
    server = subprocess.Popen(command, pass_fds=[tells], stderr=subprocess.DEVNULL)
    os.close(tells)
    try:
        with os.fdopen(told) as answer:
            number = answer.readline().strip()
        memory = folder / "Xvfb_screen0"
        deadline = time.monotonic() + START
        while not memory.is_file() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield Screen(f":{number}", memory)
    finally:
        server.terminate()
        server.wait()

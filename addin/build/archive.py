"""Packs parts into a file whose bytes depend on nothing but the parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

DATE = (2026, 1, 1, 0, 0, 0)


def pack(parts: Mapping[str, bytes]) -> bytes:
    """``parts`` in their order; stored, not deflated: zlib builds differ in the bytes they make."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system = 0  # the same on every system
            archive.writestr(entry, content)
    return packed.getvalue()

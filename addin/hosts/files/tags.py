"""Start tags as bytes: their attributes read and replaced without a parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

# Up to the tag's > or />. Unrolled: Python 3.11.0 to 3.11.4 misread nested possessive quantifiers.
ATTRIBUTES = rb"[^>\"'/]*(?:(?:\"[^\"]*\"|'[^']*'|/(?!>))[^>\"'/]*)*"
CELL_COLUMN = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]+)")
_ATTRIBUTE = re.compile(rb"([^\s=<>/\"']+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_STYLE = re.compile(rb"\ss\s*=\s*[\"']\s*(\d+)")
_EXTENSIONS = re.compile(rb"<([\w.-]+:)?extLst[\s>].*?</(?(1)\1)extLst\s*>", re.S)
_DECLARED, _INSTRUCTED = re.compile(rb"!(?<=<!)"), re.compile(rb"\?(?<=<\?)")
OPAQUE = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.S)


def attributes_of(tag: bytes) -> Iterator[tuple[bytes, bytes]]:
    return ((m[1], m[2][1:-1]) for m in _ATTRIBUTE.finditer(tag))


def style_of_tag(tag: bytes) -> int:
    match = _STYLE.search(tag)
    return int(match[1]) if match else 0


@cache
def _attribute(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"\s" + name.encode() + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """The start tag with one attribute replaced, added or taken away; the others untouched."""
    match = _attribute(name).search(tag)
    if value is None:
        return tag if match is None else tag[: match.start()] + tag[match.end() :]
    new = f' {name}="{value}"'.encode()
    if match is not None:
        return tag[: match.start()] + new + tag[match.end() :]
    end = -2 if tag.endswith(b"/>") else -1
    return tag[:end].rstrip() + new + tag[end:]


def has_opaque(body: bytes) -> bool:
    """Is there a comment, a CDATA section or an instruction? Single bytes are found fastest."""
    return (b"!" in body and _DECLARED.search(body) is not None) or (
        b"?" in body and _INSTRUCTED.search(body) is not None
    )


def masked(body: bytes) -> bytes:
    """The same bytes with comments, CDATA and instructions blotted out, so that tags are tags."""
    return _blotted(OPAQUE, body) if has_opaque(body) else body


def without_extensions(cells: bytes) -> bytes:
    """The same bytes with the cells' extension lists blotted out; what they hold is no cell."""
    return _blotted(_EXTENSIONS, cells) if b"extLst" in cells else cells


def _blotted(pattern: re.Pattern[bytes], body: bytes) -> bytes:
    return pattern.sub(lambda m: b"." * len(m[0]), body)

"""Small XML parts: parsed without entities, edited as a tree, written back in their own dialect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from addin.errors import BadInput
from addin.hosts.files.package import Package

Element = Any  # lxml's element class is private

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

LINKED = {"sheet", "hyperlink", "legacyDrawing", "tablePart"}  # elements with an r:id
SYNTAX_ERRORS = (etree.XMLSyntaxError, LookupError, ValueError)  # LookupError: the encoding
DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def parse(data: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, strip_cdata=False
    )
    return etree.fromstring(data, parser)


def serialise(root: Element) -> bytes:
    """The whole document in UTF-8, comments and instructions round the root included."""
    return DECLARATION + etree.tostring(root.getroottree(), encoding="UTF-8")


def local(element: Element) -> str:
    """Name without its namespace; a comment has none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def integer(element: Element, attribute: str, default: int = 0) -> int:
    """A number in an attribute; a damaged one counts as missing."""
    try:
        return int(element.get(attribute, default))
    except ValueError:
        return default


def children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if local(child) == name)


def child(element: Element, name: str) -> Element:
    """The first child of that name, or None."""
    return next(children(element, name), None)


def beside(element: Element, name: str) -> str:
    """Tag ``name`` in the namespace of ``element``."""
    return str(etree.QName(etree.QName(element).namespace, name))


def bare(parent: Element, name: str, attributes: dict[str, str] | None = None) -> Element:
    """An element in the dialect of ``parent``, not yet in it; ``r:`` names relationships there."""
    namespace = etree.QName(parent).namespace
    known = {TRANSITIONAL: OFFICE_RELS, STRICT: STRICT_RELS}.get(namespace)
    scope = {"r": known} if known and name in LINKED else None
    return parent.makeelement(beside(parent, name), attributes or {}, nsmap=scope)


def new_child(parent: Element, name: str, order: Sequence[str], /, **attributes: str) -> Element:
    """A new child of ``parent`` at the place that the schema's ``order`` gives it."""
    element = bare(parent, name, attributes)
    position = order.index(name)
    later = set(order[position + 1 :])
    following = next((c for c in parent if local(c) in later), None)
    if following is None:
        parent.append(element)
    else:
        following.addprevious(element)
    return element


def sure_child(parent: Element, name: str, order: Sequence[str]) -> Element:
    found = child(parent, name)
    return new_child(parent, name, order) if found is None else found


def append(parent: Element, name: str, /, **attributes: str) -> Element:
    element = bare(parent, name, attributes)
    parent.append(element)
    return element


def count_children(parent: Element) -> None:
    """Bring an existing ``count`` attribute up to date."""
    if "count" in parent.attrib:
        parent.set("count", str(sum(1 for c in parent if local(c))))


class Part:
    """One XML part as a tree; written back only if it was touched."""

    def __init__(self, package: Package, name: str, content: bytes | None = None) -> None:
        self._package, self.name = package, name
        try:
            self.root: Element = parse(package.read_xml(name) if content is None else content)
        except SYNTAX_ERRORS as error:
            raise self.damaged() from error
        self.touched = content is not None

    def damaged(self) -> BadInput:
        return self._package.damaged(f"部件 {self.name} 的内容损坏")

    def touch(self) -> Element:
        self.touched = True
        return self.root

    def commit(self) -> None:
        if self.touched:
            self._package.write(self.name, serialise(self.root))
            self.touched = False

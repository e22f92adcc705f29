"""Notes of cells: the comments part, and the VML drawing that gives each note its box."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from addin.hosts.files.markup import (
    Element,
    Part,
    append,
    child,
    children,
    integer,
    parse,
    sure_child,
)
from addin.hosts.files.references import area_of, cell_name
from addin.hosts.files.references import move_rows as moved_area
from addin.hosts.files.sheetxml import SHEET_ORDER
from addin.hosts.grid import Area

if TYPE_CHECKING:
    from addin.hosts.files.workbook import Worksheet

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
VML = "urn:schemas-microsoft-com:vml"
OFFICE = "urn:schemas-microsoft-com:office:office"
EXCEL = "urn:schemas-microsoft-com:office:excel"
AUTHOR = "结算助手"
SHAPE_TYPE = "_x0000_t202"  # the text box, number 202 among Office's shape types

_EMPTY_VML = (
    f'<xml xmlns:v="{VML}" xmlns:o="{OFFICE}" xmlns:x="{EXCEL}"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{0}"/></o:shapelayout></xml>'
)
_TYPE = (
    f'<v:shapetype xmlns:v="{VML}" xmlns:o="{OFFICE}" id="{SHAPE_TYPE}" coordsize="21600,21600" '
    'o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    f'<v:shape xmlns:v="{VML}" xmlns:o="{OFFICE}" xmlns:x="{EXCEL}" id="{{id}}" '
    f'type="#{SHAPE_TYPE}" style="position:absolute;visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div '
    'style="text-align:left"/></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
    "<x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


def _part(sheet: Worksheet) -> Part | None:
    return sheet.book.related_part(sheet.part, "comments", "comments")


def _comments(sheet: Worksheet) -> list[Element]:
    part = _part(sheet)
    group = None if part is None else child(part.root, "commentList")
    return [] if group is None else list(children(group, "comment"))


def _find(sheet: Worksheet, reference: str) -> Element | None:
    return next((c for c in _comments(sheet) if c.get("ref") == reference), None)


def references(sheet: Worksheet) -> list[str]:
    return [comment.get("ref", "") for comment in _comments(sheet)]


def text(sheet: Worksheet, reference: str) -> str | None:
    comment = _find(sheet, reference)
    if comment is None:
        return None
    body = child(comment, "text")
    return "" if body is None else "".join(t.text or "" for t in body.iter("{*}t"))


def author(sheet: Worksheet, reference: str) -> str:
    comment, part = _find(sheet, reference), _part(sheet)
    authors = None if part is None else child(part.root, "authors")
    if comment is None or authors is None:
        return ""
    names = [a.text or "" for a in children(authors, "author")]
    index = integer(comment, "authorId")
    return names[index] if index < len(names) else ""


def set_text(sheet: Worksheet, reference: str, value: str) -> None:
    comment, part = _find(sheet, reference), _part(sheet)
    if comment is None or part is None:
        raise KeyError(reference)
    part.touch()
    _fill(comment, value)


def _fill(comment: Element, value: str) -> None:
    for old in list(children(comment, "text")):
        comment.remove(old)
    body = comment.makeelement(comment.tag.replace("comment", "text"))
    comment.insert(0, body)
    content = append(body, "t")
    content.text = value
    content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def add(sheet: Worksheet, place: Area, value: str) -> None:
    part = _sure_part(sheet)
    root = part.touch()
    authors = sure_child(root, "authors", ["authors", "commentList", "extLst"])
    names = [a.text or "" for a in children(authors, "author")]
    if AUTHOR not in names:
        append(authors, "author").text = AUTHOR
        names.append(AUTHOR)
    group = sure_child(root, "commentList", ["authors", "commentList", "extLst"])
    reference = cell_name(place.top, place.left)
    comment = append(group, "comment", ref=reference, authorId=str(names.index(AUTHOR)))
    _fill(comment, value)
    following = next(
        (c for c in children(group, "comment") if _order(c) > (place.top, place.left)), None
    )
    if following is not None:
        following.addprevious(comment)
    _add_shape(sheet, place)


def _order(comment: Element) -> tuple[int, int]:
    area = area_of(comment)
    return (0, 0) if area is None else (area.top, area.left)


def delete(sheet: Worksheet, place: Area) -> None:
    comment, part = _find(sheet, cell_name(place.top, place.left)), _part(sheet)
    if comment is None or part is None:
        return
    part.touch()
    comment.getparent().remove(comment)
    vml = _vml(sheet)
    for shape in [] if vml is None else _note_shapes(vml.root):
        if _shape_place(shape) == (place.top, place.left):
            vml.touch()  # type: ignore[union-attr]
            shape.getparent().remove(shape)


def _sure_part(sheet: Worksheet) -> Part:
    part = _part(sheet)
    if part is not None:
        return part
    book = sheet.book
    namespace = sheet.xml.skeleton().tag[1:].partition("}")[0]
    empty = f'<comments xmlns="{namespace}"><authors/><commentList/></comments>'.encode()
    part = book.add_part(book.free_name("xl/comments{}.xml"), empty, COMMENTS_TYPE)
    book.relate(sheet.part, "comments", part.name)
    return part


def _vml(sheet: Worksheet) -> Part | None:
    link = child(sheet.xml.skeleton(), "legacyDrawing")
    name = None if link is None else sheet.book.target(sheet.part, sheet.book.rel_id(link))
    if name is None or not sheet.book.has_part(name):
        return None
    return sheet.book.part_with("xml", name)


def _sure_vml(sheet: Worksheet) -> Part:
    part = _vml(sheet)
    if part is not None:
        return part
    book = sheet.book
    name = book.free_name("xl/drawings/vmlDrawing{}.vml")
    used = [int(n) for n in re.findall(r"vmlDrawing(\d+)", " ".join(book.package.names()))]
    block = max([len(book.sheets), *used]) + 1
    part = book.add_part(name, _EMPTY_VML.replace("{0}", str(block)).encode(), VML_TYPE)
    rel_id = book.relate(sheet.part, "vmlDrawing", part.name)
    link = sure_child(sheet.xml.touch(), "legacyDrawing", SHEET_ORDER)
    link.set(book.rel_attribute, rel_id)
    return part


def _add_shape(sheet: Worksheet, place: Area) -> None:
    root = _sure_vml(sheet).touch()
    if not any(s.get("id") == SHAPE_TYPE for s in root.iter(f"{{{VML}}}shapetype")):
        root.append(parse(_TYPE.encode()))
    ids = [int(n) for s in root.iter() for n in re.findall(r"_s(\d+)$", str(s.get("id", "")))]
    blocks = [m.get("data", "1") for m in root.iter(f"{{{OFFICE}}}idmap")]
    block = re.match(r"\d+", (blocks or ["1"])[0])
    first = (int(block[0]) if block else 1) * 1024
    number = max([first, *ids]) + 1
    row, column = place.top - 1, place.left - 1
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 2, {column + 3}, 31, {max(row - 1, 0) + 4}, 1"
    shape = _SHAPE.format(id=f"_x0000_s{number}", anchor=anchor, row=row, column=column)
    root.append(parse(shape.encode()))


def _note_shapes(root: Element) -> list[Element]:
    return [
        shape
        for shape in root.iter(f"{{{VML}}}shape")
        if any(d.get("ObjectType") == "Note" for d in shape.iter(f"{{{EXCEL}}}ClientData"))
    ]


def _shape_place(shape: Element) -> tuple[int, int] | None:
    row = next(shape.iter(f"{{{EXCEL}}}Row"), None)
    column = next(shape.iter(f"{{{EXCEL}}}Column"), None)
    if row is None or column is None:
        return None
    try:
        return int(row.text or "") + 1, int(column.text or "") + 1
    except ValueError:
        return None


def move_rows(sheet: Worksheet, at: int, count: int) -> None:
    """Boxes go along with their cells; the comments part itself moves with the sheet's ranges."""
    vml = _vml(sheet)
    for shape in [] if vml is None else _note_shapes(vml.root):
        place = _shape_place(shape)
        if place is None or place[0] < at or vml is None:
            continue
        moved = moved_area(Area(*place, *place), at, count)
        vml.touch()
        if moved is None:
            shape.getparent().remove(shape)
            continue
        next(shape.iter(f"{{{EXCEL}}}Row")).text = str(moved.top - 1)
        anchor = next(shape.iter(f"{{{EXCEL}}}Anchor"), None)
        if anchor is not None and anchor.text:
            with suppress(ValueError, IndexError):  # a damaged one stays as it is
                numbers = [int(n) for n in anchor.text.split(",")]
                for index in (2, 6):
                    numbers[index] = max(0, numbers[index] + count)
                anchor.text = ", ".join(map(str, numbers))

"""Sheets renamed, copied and deleted, and what counts or names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from addin.errors import BadInput
from addin.hosts.files import tables
from addin.hosts.files.calculation import FORMULAS, drop_from_calc_chain, spliced
from addin.hosts.files.errors import Unsupported
from addin.hosts.files.markup import Element, append, child, children, integer, local, serialise
from addin.hosts.files.package import is_xml, relative, resolve
from addin.hosts.files.references import renamed, split_sheet
from addin.hosts.files.sheetxml import SheetXml

if TYPE_CHECKING:
    from addin.hosts.files.workbook import Workbook, Worksheet


def renumber_sheets(book: Workbook, number: Callable[[int], int]) -> None:
    """Sheet-scoped names and the views count sheets by position."""
    for name in book.defined_names():
        if "localSheetId" in name.attrib:
            name.set("localSheetId", str(number(integer(name, "localSheetId"))))
    views = child(book.root, "bookViews")
    for view in () if views is None else children(views, "workbookView"):
        for attribute in ("activeTab", "firstSheet"):
            if attribute in view.attrib:
                view.set(attribute, str(max(0, number(integer(view, attribute)))))


def rename_sheet(book: Workbook, sheet: Worksheet, name: str) -> None:
    old = sheet.name
    taken = {str(e.get("name")).casefold() for e in book.sheet_elements() if e is not sheet.element}
    if name.casefold() in taken:
        raise ValueError(f"Sheet named '{name}' already present in workbook")
    book.touch_workbook()
    sheet.element.set("name", name)
    for other in book.sheets:
        _rewrite_formulas(other.xml, lambda text: renamed(text, old, name))
        _rewrite_tree(other.xml.skeleton(), old, name, other.xml.touch)
    for ending in ("chart+xml", "table+xml", "pivotCacheDefinition+xml"):
        for part_name in book.parts_of_type(ending):
            part = book.part(part_name)
            _rewrite_tree(part.root, old, name, part.touch)
    for element in book.defined_names():
        element.text = renamed(element.text or "", old, name)


def _rewrite_formulas(xml: SheetXml, change: Callable[[str], str]) -> None:
    splices = []
    for _, _, match in xml.formulas():
        text = unescape((match[2] or b"").decode("utf-8"))
        new = change(text) if text else text
        if new != text:
            start, stop = match.span(2)
            splices.append((start, stop, escape(new).encode()))
    if splices:
        xml.replace_body(spliced(xml.body, splices))


def _rewrite_tree(root: Element, old: str, new: str, touch: Callable[[], Any]) -> None:
    for element in root.iter():
        name = local(element)
        if name in FORMULAS and element.text:
            text = renamed(element.text, old, new)
            if text != element.text:
                touch()
                element.text = text
        elif name == "hyperlink" and element.get("location"):
            text = renamed(element.get("location"), old, new)
            if text != element.get("location"):
                touch()
                element.set("location", text)
        elif name == "worksheetSource" and element.get("sheet") == old:
            touch()
            element.set("sheet", new)


def delete_sheet(book: Workbook, sheet: Worksheet) -> None:
    """Delete a sheet that nothing refers to, with the parts that only it uses."""
    if len(book.sheets) == 1:
        raise ValueError("a workbook must keep a worksheet")
    index = sheet.index
    for other in book.sheets:
        if other is not sheet and _mentions(other, sheet.name):
            raise BadInput(
                f"工作表“{other.name}”的公式引用了要删除的工作表“{sheet.name}”",
                "请先改掉这些公式",
                workbook=book.name,
                sheet=other.name,
            )
    for name in book.defined_names():
        own = name.get("localSheetId") == str(index)
        if own or split_sheet(name.text or "")[0].casefold() == sheet.name.casefold():
            book.remove_name(name)
    drop_from_calc_chain(book, lambda i, _: i == sheet.element.get("sheetId"))
    for rel in book.relationships(book.part_name):
        if rel.get("Id") == book.rel_id(sheet.element):
            book.unrelate(book.part_name, rel.get("Id"))
    _remove_part_tree(book, sheet.part)
    book.touch_workbook()
    sheet.element.getparent().remove(sheet.element)
    book.sheets.remove(sheet)
    renumber_sheets(book, lambda i: i - (i > index))


def _mentions(sheet: Worksheet, name: str) -> bool:
    for _, _, match in sheet.xml.formulas():
        text = unescape((match[2] or b"").decode("utf-8"))
        if text and renamed(text, name, name + "\0") != text:
            return True
    return False


def _remove_part_tree(book: Workbook, part: str) -> None:
    """Remove a part and the parts that only it leads to."""
    targets = [
        resolve(part, rel.get("Target", ""))
        for rel in book.relationships(part)
        if rel.get("TargetMode") != "External"
    ]
    book.remove_part(part)
    pointed_at = {
        resolve(source_of(name), rel.get("Target", "")).casefold()
        for name in book.package.names()
        if name.endswith(".rels")
        for rel in children(book.part(name).root, "Relationship")
        if rel.get("TargetMode") != "External"
    }
    for target in targets:
        if target in book.package and target.casefold() not in pointed_at:
            _remove_part_tree(book, target)


def source_of(rels: str) -> str:
    """The part whose relationships a .rels part holds."""
    folder, _, name = rels.rpartition("/")
    parent = folder.removesuffix("_rels").rstrip("/")
    base = name.removesuffix(".rels")
    return f"{parent}/{base}" if parent else base


SHAREABLE = {"image", "hyperlink", "printerSettings", "pivotCacheDefinition", "theme", "package"}
UNCOPYABLE = {
    "pivotTable": "数据透视表", "slicer": "切片器", "timeline": "日程表", "queryTable": "查询表",
    "control": "控件", "ctrlProp": "控件", "threadedComment": "批注会话",
    "customProperty": "自定义属性", "oleObject": "嵌入对象", "singleCells": "XML 映射",
}  # fmt: skip


def copy_sheet(book: Workbook, sheet: Worksheet, position: int) -> Worksheet:
    """A copy with its own tables, drawings, charts and notes; pictures are shared."""
    for part in _reached(book, sheet.part):
        for rel in book.relationships(part):
            kind = rel.get("Type", "").rpartition("/")[2]
            if kind in UNCOPYABLE:
                raise Unsupported(f"复制含有{UNCOPYABLE[kind]}的工作表")
    content = sheet.xml.to_bytes()
    taken = {str(e.get("name")).casefold() for e in book.sheet_elements()}
    name = next(
        n for i in range(2, 9999) if (n := _numbered(sheet.name, i)).casefold() not in taken
    )
    source_index = sheet.index
    new = book.add_sheet(name, position, content)
    source_index += position <= source_index
    copies = {sheet.part.casefold(): new.part}
    _copy_relationships(book, sheet.part, new.part, copies, (sheet.name, name))
    root = new.xml.touch()
    properties = child(root, "sheetPr")
    if properties is not None:
        properties.attrib.pop("codeName", None)
    views = child(root, "sheetViews")
    for view in () if views is None else children(views, "sheetView"):
        view.attrib.pop("tabSelected", None)
    _rewrite_formulas(new.xml, lambda text: renamed(text, sheet.name, name))
    _rewrite_tree(root, sheet.name, name, new.xml.touch)
    for element in list(book.defined_names()):
        if element.get("localSheetId") == str(source_index):
            text = renamed(element.text or "", sheet.name, name)
            copied = book.add_name(element.get("name"), text, new.index)
            if "hidden" in element.attrib:
                copied.set("hidden", element.get("hidden"))
    new.xml.values_changed = True
    return new


def _numbered(name: str, number: int) -> str:
    tail = f" ({number})"
    return name[: 31 - len(tail)] + tail


def _reached(book: Workbook, part: str) -> Iterator[str]:
    """A part and the parts it leads to, each once."""
    seen, waiting = set(), [part]
    while waiting:
        name = waiting.pop()
        if name.casefold() in seen:
            continue
        seen.add(name.casefold())
        yield name
        for rel in book.relationships(name):
            if rel.get("TargetMode") != "External":
                waiting.append(resolve(name, rel.get("Target", "")))


def _copy_relationships(
    book: Workbook, source: str, target: str, copies: dict[str, str], names: tuple[str, str]
) -> None:
    """Give ``target`` the relationships of ``source``, under the same ids, to copied parts.

    ``copies`` remembers what was copied, so that parts that point in a circle end; ``names`` are
    the old and the new name of the sheet, for formulas in charts.
    """
    rels = book.relationships(source)
    if not rels:
        return
    root = book.sure_relationships(target).touch()
    for rel in rels:
        element = append(root, "Relationship", **dict(rel.attrib))
        kind = rel.get("Type", "").rpartition("/")[2]
        if rel.get("TargetMode") == "External":
            continue
        part = resolve(source, rel.get("Target", ""))
        if kind not in SHAREABLE and part in book.package:
            part = _copy_part(book, part, copies, names)
        element.set("Target", relative(target, part))


def _copy_part(book: Workbook, part: str, copies: dict[str, str], names: tuple[str, str]) -> str:
    if part.casefold() in copies:
        return copies[part.casefold()]
    stem, _, extension = part.rpartition(".")
    stem = stem.rstrip("0123456789").replace("{", "").replace("}", "")
    copied = copies[part.casefold()] = book.free_name(f"{stem}{{}}.{extension}")
    content_type = book.content_type(part)
    if content_type.endswith("table+xml"):
        tables.copy(book, part, copied)
    elif is_xml(part):
        copy = book.add_part(copied, serialise(book.part(part).root), content_type)
        _rewrite_tree(copy.root, *names, copy.touch)
        copy.commit()
    else:
        book.package.write(copied, book.package.read(part))
        book.set_content_type(copied, content_type)
    _copy_relationships(book, part, copied, copies, names)
    return copied

"""An open workbook: its sheets, names and parts, and how it is saved."""

from __future__ import annotations

import errno
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from python_calamine import CalamineWorkbook

from addin.errors import BadInput
from addin.hosts import atomic
from addin.hosts.files import blank, calculation, markup, reading, sheets
from addin.hosts.files.markup import Element, Part, child, children, integer
from addin.hosts.files.package import Package, relative, rels_name, resolve
from addin.hosts.files.references import area_of, quote_sheet, translated
from addin.hosts.files.sheetxml import SheetXml
from addin.hosts.files.styles import EMPTY, Styles
from addin.hosts.grid import Area
from addin.hosts.intake import refuse_if_locked
from addin.hosts.seals import Seals

CONTENT_TYPES = "[Content_Types].xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"

# ECMA-376 part 1, 18.2.27: order of the children of workbook
BOOK_ORDER = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
]


def _mode_of(target: Path) -> int:
    """Permissions that a file keeps when it is replaced, or those of a new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


class Worksheet:
    """One worksheet of a workbook. Its bytes are read when they are first asked for."""

    def __init__(self, book: Workbook, element: Element, part: str) -> None:
        self.book, self.element, self.part = book, element, part
        self._xml: SheetXml | None = None
        self.links: tuple[Element, dict[tuple[int, int], Element]] | None = None

    @property
    def name(self) -> str:
        return str(self.element.get("name"))

    @property
    def xml(self) -> SheetXml:
        if self._xml is None:
            book = self.book
            data = book.package.read_xml(self.part)
            self._xml = SheetXml(data, lambda: book.styles, book.date1904, self.damaged)
        return self._xml

    def damaged(self, what: str) -> BadInput:
        remedy = "请在 Excel 中打开并另存为 .xlsx 后重试"
        return BadInput(what, remedy, workbook=self.book.name, sheet=self.name)

    @property
    def loaded(self) -> SheetXml | None:
        return self._xml

    @property
    def index(self) -> int:
        """Position among all sheets of the book, chart sheets included, from 0."""
        return list(self.book.sheet_elements()).index(self.element)

    def protected(self) -> bool:
        protection = child(self.xml.skeleton(), "sheetProtection")
        return protection is not None and protection.get("sheet") in ("1", "true")

    def merged_areas(self) -> list[Area]:
        group = child(self.xml.skeleton(), "mergeCells")
        merged = () if group is None else children(group, "mergeCell")
        areas = (area_of(cell) for cell in merged)
        return [area for area in areas if area is not None]


class Workbook:
    """A package with the workbook's own structure on top."""

    def __init__(self, package: Package, path: Path) -> None:
        self.package, self.path = package, path
        self._parts: dict[str, Part] = {}
        self._styles: Styles | None = None
        self._shared_texts: list[str] | None = None
        self._reader: CalamineWorkbook | None = None
        self._masters: dict[int, tuple[SheetXml, bytes, dict[str, tuple[str, int, int]]]] = {}
        self._sheet_parts: set[str] = set()
        self.part_name = self._find_workbook()
        self.root = self.part(self.part_name).root
        self.sheets = list(self._worksheets())
        self._sheet_parts = {sheet.part.casefold() for sheet in self.sheets}
        if len(self._sheet_parts) < len(self.sheets):
            raise package.damaged("两个工作表指向同一个部件")
        if not self.sheets:
            raise BadInput("工作簿里没有工作表", "请换一个含有工作表的工作簿", workbook=self.name)
        properties = child(self.root, "workbookPr")
        flag = "" if properties is None else properties.get("date1904", "")
        self.date1904 = flag in ("1", "true", "on")
        self.values_changed = False

    @classmethod
    def open(cls, path: Path) -> Workbook:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise BadInput(
                "文件打不开", "请确认文件存在、没有被占用并且有权限读取", workbook=path.name
            ) from error
        return cls(Package(data, path.name), path)

    @classmethod
    def new(cls, path: Path) -> Workbook:
        return cls(Package(blank.workbook(), path.name), path)

    @property
    def name(self) -> str:
        return self.path.name

    # parts

    def part(self, name: str) -> Part:
        key = name.casefold()
        if key not in self._parts:
            if key in self._sheet_parts:  # its bytes are edited elsewhere
                raise self.package.damaged(f"部件 {name} 既是工作表又另作他用")
            self._parts[key] = Part(self.package, name)
        return self._parts[key]

    def part_with(self, root: str, name: str) -> Part:
        """A part whose root element must be ``root``: links of a damaged file lead anywhere."""
        part = self.part(name)
        if markup.local(part.root) != root:
            raise self.package.damaged(f"部件 {name} 的内容不是 {root}")
        return part

    def has_part(self, name: str) -> bool:
        """Is there such a part, written or not?"""
        return name in self.package or name.casefold() in self._parts

    def touch_workbook(self) -> Element:
        return self.part(self.part_name).touch()

    def add_part(self, name: str, content: bytes, content_type: str) -> Part:
        part = self._parts[name.casefold()] = Part(self.package, name, content)
        self.set_content_type(name, content_type)
        return part

    def remove_part(self, name: str) -> None:
        gone = {name.casefold(), rels_name(name).casefold()}
        for part in (name, rels_name(name)):
            self._parts.pop(part.casefold(), None)
            self.package.remove(part)
        types = self.part(CONTENT_TYPES)
        for override in list(children(types.root, "Override")):
            if override.get("PartName", "").lstrip("/").casefold() in gone:
                types.touch().remove(override)

    def free_name(self, pattern: str) -> str:
        """The first unused part name of a pattern such as ``xl/tables/table{}.xml``."""
        number = 1
        while self.has_part(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def content_type(self, name: str) -> str:
        root = self.part(CONTENT_TYPES).root
        for override in children(root, "Override"):
            if override.get("PartName", "").lstrip("/").casefold() == name.casefold():
                return str(override.get("ContentType"))
        extension = name.rpartition(".")[2].casefold()
        for default in children(root, "Default"):
            if default.get("Extension", "").casefold() == extension:
                return str(default.get("ContentType"))
        return ""

    def set_content_type(self, name: str, content_type: str) -> None:
        if self.content_type(name) != content_type:
            root = self.part(CONTENT_TYPES).touch()
            markup.append(root, "Override", PartName=f"/{name}", ContentType=content_type)

    def parts_of_type(self, ending: str) -> Iterator[str]:
        for override in children(self.part(CONTENT_TYPES).root, "Override"):
            name = override.get("PartName", "").lstrip("/")
            if override.get("ContentType", "").endswith(ending) and name in self.package:
                yield name

    # relationships

    def relationships(self, part: str) -> list[Element]:
        name = rels_name(part)
        if not self.has_part(name):
            return []
        return list(children(self.part(name).root, "Relationship"))

    def related(self, part: str, kind: str) -> Iterator[str]:
        """Parts that ``part`` points to by relationships whose type ends in ``kind``."""
        for rel in self.relationships(part):
            if rel.get("Type", "").endswith("/" + kind) and rel.get("TargetMode") != "External":
                yield resolve(part, rel.get("Target", ""))

    def related_part(self, part: str, kind: str, root: str) -> Part | None:
        """The first such part that is there; its root element must be ``root``."""
        names = (name for name in self.related(part, kind) if self.has_part(name))
        name = next(names, None)
        return None if name is None else self.part_with(root, name)

    def sure_relationships(self, part: str) -> Part:
        name = rels_name(part)
        if not self.has_part(name):
            empty = f'<Relationships xmlns="{markup.PACKAGE_RELS}"/>'.encode()
            self.add_part(name, empty, RELATIONSHIPS_TYPE)
        return self.part(name)

    def relate(self, part: str, kind: str, target: str, *, external: bool = False) -> str:
        """A new relationship; returns its id."""
        root = self.sure_relationships(part).touch()
        used = {rel.get("Id") for rel in children(root, "Relationship")}
        number = len(used) + 1
        while f"rId{number}" in used:
            number += 1
        rel = markup.append(root, "Relationship", Id=f"rId{number}", Type=self._rel_base + kind)
        rel.set("Target", target if external else relative(part, target))
        if external:
            rel.set("TargetMode", "External")
        return f"rId{number}"

    def unrelate(self, part: str, rel_id: str) -> None:
        for rel in self.relationships(part):
            if rel.get("Id") == rel_id:
                self.part(rels_name(part)).touch().remove(rel)

    def target(self, part: str, rel_id: str | None) -> str | None:
        for rel in self.relationships(part):
            if rel.get("Id") == rel_id:
                if rel.get("TargetMode") == "External":
                    return str(rel.get("Target", ""))
                return resolve(part, rel.get("Target", ""))
        return None

    @property
    def rel_attribute(self) -> str:
        """The attribute ``r:id`` in this workbook's dialect."""
        return "{" + self._rel_base.rstrip("/") + "}id"

    def _find_workbook(self) -> str:
        if CONTENT_TYPES not in self.package:
            raise self.package.damaged("压缩包里没有 [Content_Types].xml，不是 Excel 工作簿")
        for rel in self.relationships(""):
            kind = rel.get("Type", "")
            if not kind.endswith("/officeDocument"):
                continue
            name = resolve("", rel.get("Target", ""))
            self._rel_base = kind[: -len("officeDocument")]
            if "binary" in self.content_type(name) or name.endswith(".bin"):
                raise BadInput(
                    "文件是二进制 .xlsb 格式",
                    "请在 Excel 中另存为 .xlsx 后重试",
                    workbook=self.name,
                )
            if name not in self.package:
                break
            if markup.local(self.part(name).root) == "workbook":
                return name
        raise self.package.damaged("压缩包里没有工作簿部件")

    def seals(self) -> Seals:
        structure = child(self.root, "workbookProtection")
        return Seals(
            signed=next(self.related("", "digital-signature/origin"), None) is not None,
            structure=structure is not None and structure.get("lockStructure") in ("1", "true"),
            sheets=tuple(sheet.name for sheet in self.sheets if sheet.protected()),
        )

    # sheets

    def sheet_elements(self) -> Iterator[Element]:
        group = child(self.root, "sheets")
        return iter(()) if group is None else children(group, "sheet")

    def rel_id(self, element: Element) -> str | None:
        for base in (markup.OFFICE_RELS, markup.STRICT_RELS):
            found = element.get(f"{{{base}}}id")
            if found is not None:
                return str(found)
        return None

    def _worksheets(self) -> Iterator[Worksheet]:
        kinds = {rel.get("Id"): rel for rel in self.relationships(self.part_name)}
        for element in self.sheet_elements():
            rel = kinds.get(self.rel_id(element))
            if rel is None or not rel.get("Type", "").endswith("/worksheet"):
                continue
            part = resolve(self.part_name, rel.get("Target", ""))
            if part not in self.package:
                raise self.package.damaged(f"缺少工作表 {element.get('name')} 的部件")
            yield Worksheet(self, element, part)

    def sheet(self, name: str) -> Worksheet:
        for sheet in self.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        raise KeyError(name)

    def add_sheet(self, name: str, position: int, content: bytes = b"") -> Worksheet:
        """A new sheet at a position among all sheets, chart sheets included."""
        namespace = markup.etree.QName(self.root).namespace
        part = self.free_name("xl/worksheets/sheet{}.xml")
        content = content or blank.sheet(str(namespace))
        self.package.write(part, content)
        self.set_content_type(part, SHEET_TYPE)
        rel_id = self.relate(self.part_name, "worksheet", part)
        group = child(self.touch_workbook(), "sheets")
        used = [integer(e, "sheetId") for e in self.sheet_elements()]
        element = markup.bare(group, "sheet", {"name": name, "sheetId": str(max(used) + 1)})
        element.set(self.rel_attribute, rel_id)
        before = list(self.sheet_elements())
        if position < len(before):
            before[position].addprevious(element)
        else:
            before[-1].addnext(element)
        sheets.renumber_sheets(self, lambda index: index + (index >= position))
        sheet = Worksheet(self, element, part)
        self.sheets.append(sheet)
        self._sort_sheets()
        return sheet

    def _sort_sheets(self) -> None:
        order = {id(element): index for index, element in enumerate(self.sheet_elements())}
        self.sheets.sort(key=lambda sheet: order[id(sheet.element)])

    # styles, texts, formulas

    @property
    def styles(self) -> Styles:
        if self._styles is None:
            part = self.related_part(self.part_name, "styles", "styleSheet")
            if part is not None:
                self._styles = Styles(part.root, part.touch)
            else:
                self._styles = self._missing_styles()
        return self._styles

    def _missing_styles(self) -> Styles:
        """A stylesheet for a workbook without one; it becomes a part when a format is made."""
        name = "xl/styles.xml" if "xl/styles.xml" not in self.package else "xl/styles2.xml"
        namespace = markup.etree.QName(self.root).namespace
        part = Part(self.package, name, EMPTY.format(namespace).encode())

        def touch() -> Element:
            if name.casefold() not in self._parts:
                self._parts[name.casefold()] = part
                self.set_content_type(name, STYLES_TYPE)
                self.relate(self.part_name, "styles", name)
            return part.touch()

        return Styles(part.root, touch)

    def shared_text(self, index: int) -> str:
        if self._shared_texts is None:
            name = next(self.related(self.part_name, "sharedStrings"), None)
            known = name is not None and name in self.package
            self._shared_texts = reading.shared_texts(self.package.read_xml(name)) if known else []  # type: ignore[arg-type]
        return self._shared_texts[index] if 0 <= index < len(self._shared_texts) else ""

    def shared_formula(self, xml: SheetXml, match: re.Match[bytes], row: int, column: int) -> str:
        """Text of a shared formula at one of its cells."""
        body = xml.body
        known = self._masters.get(id(xml))
        if known is None or known[1] is not body:
            known = self._masters[id(xml)] = (xml, body, dict(calculation.shared_masters(xml)))
        index = re.search(rb"\ssi\s*=\s*[\"'](\d+)", match[1])
        master = known[2].get(index[1].decode()) if index else None
        if master is None:
            return ""
        text, top, left = master
        return translated(unescape(text), row - top, column - left)

    # saving

    def commit(self) -> None:
        """Bring every pending edit into the package."""
        edited = [s for s in self.sheets if s.loaded is not None and s.loaded.touched]
        changed = self.values_changed or any(s.xml.values_changed for s in edited)
        for sheet in edited:
            self.package.write(sheet.part, *sheet.xml.chunks())
        calculation.prune_calc_chain(self, edited)
        for sheet in edited:
            sheet.xml.touched = sheet.xml.values_changed = False
        if changed and self._has_formulas() and self._trusts_results():
            root = self.touch_workbook()
            markup.sure_child(root, "calcPr", BOOK_ORDER).set("fullCalcOnLoad", "1")
        self.values_changed = False
        for part in list(self._parts.values()):
            part.commit()

    def calculated(self) -> bool:
        """Were stored results left by a program that calculates, and nothing written since?"""
        return self._trusts_results() and not self._is_changed()

    def _trusts_results(self) -> bool:
        properties = child(self.root, "calcPr")
        return properties is None or properties.get("fullCalcOnLoad") not in ("1", "true")

    def _has_formulas(self) -> bool:
        return any(sheet.xml.has_formulas() for sheet in self.sheets)

    def reader(self) -> CalamineWorkbook:
        """calamine on the workbook as it stands; kept for its next sheet if nothing was changed."""
        if self._is_changed():
            self._reader = None
            return reading.open_calamine(self.snapshot(), self.name)
        if self._reader is None:
            self._reader = reading.open_calamine(self.snapshot(), self.name)
        return self._reader

    def snapshot(self) -> io.BytesIO:
        """The bytes of the workbook as it stands, those that were read if nothing was changed."""
        if not self._is_changed():
            return io.BytesIO(self.package.data)
        self.commit()
        buffer = io.BytesIO()
        self.package.save(buffer)
        buffer.seek(0)
        return buffer

    def _is_changed(self) -> bool:
        return (
            self.package.changed
            or any(part.touched for part in self._parts.values())
            or any(s.loaded is not None and s.loaded.touched for s in self.sheets)
        )

    def save(self, target: Path) -> None:
        """Write to a temporary file beside the target, read it back, then swap."""
        self.commit()
        refuse_if_locked(target)
        try:
            with atomic.replacing(target) as temporary:
                with temporary.open("wb") as stream:
                    self.package.save(stream)
                    stream.flush()
                    os.fsync(stream.fileno())
                self._verify(temporary)
                temporary.chmod(_mode_of(target))
        except OSError as error:
            raise self._not_saved(error, target) from error
        self.path = target

    def _not_saved(self, error: OSError, target: Path) -> BadInput:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return BadInput("磁盘已满，没有写入", "请清理磁盘空间后重试", workbook=target.name)
        if error.errno == errno.ENAMETOOLONG:
            return BadInput("文件名太长，没有写入", "请把文件名改短后重试", workbook=target.name)
        return BadInput(
            "文件写不进去", "请确认文件没有被打开、文件夹可以写入", workbook=target.name
        )

    def _verify(self, path: Path) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                for name in self.package.written():
                    with archive.open(name) as stream:
                        while stream.read(1 << 20):
                            pass
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
            raise self._given_up("写出的文件读不回来") from error
        try:
            with path.open("rb") as stream:
                names = reading.open_calamine(stream, self.name).sheet_names
        except BadInput:
            if reading.is_readable(io.BytesIO(self.package.data), self.name):
                raise
            return  # calamine does not know every kind of sheet
        missing = [sheet.name for sheet in self.sheets if sheet.name not in names]
        if missing:
            raise self._given_up(f"写出的文件里缺少工作表 {missing[0]}")

    def _given_up(self, why: str) -> BadInput:
        return BadInput(f"{why}，已放弃写入", "请把这个文件发给维护者", workbook=self.name)

    # defined names

    def defined_names(self) -> list[Element]:
        group = child(self.root, "definedNames")
        return [] if group is None else list(children(group, "definedName"))

    def add_name(self, name: str, text: str, scope: int | None) -> Element:
        root = self.touch_workbook()
        group = markup.sure_child(root, "definedNames", BOOK_ORDER)
        element = markup.bare(group, "definedName", {"name": name})
        if scope is not None:
            element.set("localSheetId", str(scope))
        element.text = text
        key = (name.casefold(), scope if scope is not None else -1)
        for other in children(group, "definedName"):
            mine = (other.get("name", "").casefold(), integer(other, "localSheetId", -1))
            if mine == key:
                other.text = text
                return other
        group.append(element)
        return element

    def remove_name(self, element: Element) -> None:
        self.touch_workbook()
        group = element.getparent()
        group.remove(element)
        if not len(group):
            group.getparent().remove(group)

    def reference(self, sheet: Worksheet, area: str) -> str:
        return f"{quote_sheet(sheet.name)}!{area}"

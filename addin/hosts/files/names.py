"""Defined names of a book or of one sheet, as xlwings has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from addin.errors import BadInput
from addin.hosts.files.cells import Range, range_of
from addin.hosts.files.errors import refusing
from addin.hosts.files.markup import integer
from addin.hosts.files.references import parse_area, split_sheet
from addin.hosts.files.workbook import Worksheet

if TYPE_CHECKING:
    from addin.hosts.files.engine import Book


def _same_reference(one: str, other: str) -> bool:
    first, second = split_sheet(one), split_sheet(other)
    return first[0].casefold() == second[0].casefold() and first[1] == second[1]


@refusing
class Names(base_classes.Names):
    """Defined names of a book, or those of one sheet."""

    def __init__(self, book: Book, sheet: Worksheet | None) -> None:
        self._book, self._sheet = book, sheet

    @property
    def api(self) -> Names:
        return self

    def _elements(self) -> list[Any]:
        elements = self._book.workbook.defined_names()
        if self._sheet is None:
            return elements
        index = str(self._sheet.index)
        return [element for element in elements if element.get("localSheetId") == index]

    def _find(self, name: str) -> Name | None:
        found = [Name(self._book, element) for element in self._elements()]
        key = name.casefold()
        for candidate in found:
            if candidate.name.casefold() == key:
                return candidate
        if self._sheet is not None:
            for candidate in found:
                if candidate.name.rpartition("!")[2].casefold() == key:
                    return candidate
        return None

    def __call__(self, name_or_index: int | str) -> Name:
        if isinstance(name_or_index, int):
            return Name(self._book, self._elements()[name_or_index - 1])
        found = self._find(name_or_index)
        if found is None:
            raise KeyError(name_or_index)
        return found

    def of(self, reference: str) -> Name | None:
        """The name that points to a reference."""
        for element in self._elements():
            if _same_reference(element.text or "", reference):
                return Name(self._book, element)
        return None

    def contains(self, name_or_index: int | str) -> bool:
        if isinstance(name_or_index, int):
            return 1 <= name_or_index <= len(self)
        return self._find(name_or_index) is not None

    def __len__(self) -> int:
        return len(self._elements())

    def add(self, name: str, refers_to: str) -> Name:
        scope = None if self._sheet is None else self._sheet.index
        text = refers_to.removeprefix("=")
        return Name(self._book, self._book.workbook.add_name(name, text, scope))


@refusing
class Name(base_classes.Name):
    def __init__(self, book: Book, element: Any) -> None:
        self._book, self._element = book, element

    @property
    def api(self) -> Name:
        return self

    def delete(self) -> None:
        self._book.workbook.remove_name(self._element)

    @property
    def name(self) -> str:
        name = str(self._element.get("name", "")).removeprefix("_xlnm.")
        scope = self._element.get("localSheetId")
        if scope is None:
            return name
        sheets = list(self._book.workbook.sheet_elements())
        index = integer(self._element, "localSheetId", -1)
        sheet = sheets[index].get("name", "") if 0 <= index < len(sheets) else ""
        quoted = sheet if re.fullmatch(r"[^\W\d]\w*", sheet) else f"'{sheet}'"
        return f"{quoted}!{name}"

    @name.setter
    def name(self, value: str) -> None:
        self._book.workbook.touch_workbook()
        self._element.set("name", value)

    @property
    def refers_to(self) -> str:
        return "=" + (self._element.text or "")

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self._book.workbook.touch_workbook()
        self._element.text = value.removeprefix("=")

    @property
    def refers_to_range(self) -> Range:
        sheet_name, reference = split_sheet(self._element.text or "")
        try:
            return range_of(self._book.sheets(sheet_name), parse_area(reference))
        except (KeyError, ValueError) as error:
            raise BadInput(
                f"名称 {self.name} 没有指向一个单元格区域",
                "请在 Excel 的名称管理器中更正",
                workbook=self._book.name,
            ) from error

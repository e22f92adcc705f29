"""What a sheet has beside its cells: columns, merges, links, filter, panes, print area."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from addin.hosts.files.edits import RowAttributes
from addin.hosts.files.markup import (
    Element,
    append,
    child,
    children,
    count_children,
    integer,
    new_child,
    sure_child,
)
from addin.hosts.files.references import (
    area_name,
    area_of,
    cell_name,
    overlap,
    parse_area,
    split_sheet,
)
from addin.hosts.files.sheetxml import SHEET_ORDER
from addin.hosts.files.styles import Change
from addin.hosts.grid import Area
from addin.hosts.style import Page

if TYPE_CHECKING:
    from addin.hosts.files.workbook import Workbook, Worksheet

LINK_COLOR = (0x05, 0x63, 0xC1)  # Office's theme colour of a hyperlink
DIGIT_WIDTH, PADDING = 7, 5  # pixels of a digit in the default font, and of a cell's margins
DEFAULT_WIDTH, DEFAULT_HEIGHT = 8.43, 15.0
PRINT_AREA, PRINT_TITLES = "_xlnm.Print_Area", "_xlnm.Print_Titles"
FILTER_NAME = "_xlnm._FilterDatabase"
A4 = "9"  # ECMA-376 part 1, 18.3.1.63
MARGINS = {"left": "0.4", "right": "0.4", "top": "0.5", "bottom": "0.6", "header": "0.3",
           "footer": "0.3"}  # fmt: skip
SHEET_PROPERTIES = ["tabColor", "outlinePr", "pageSetUpPr"]
FOOTERS = ["oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"]


# columns and rows


def width_attributes(characters: float) -> dict[str, str | None]:
    """ECMA-376 part 1, 18.3.1.13: the stored width has the cell's margins in it."""
    pixels = round(characters * DIGIT_WIDTH + PADDING)
    if characters < 1:
        pixels = round(characters * (DIGIT_WIDTH + PADDING))
    hidden = None if pixels else "1"  # a column of no width is a hidden one, as in Excel
    return {"width": f"{pixels / DIGIT_WIDTH:.8g}", "customWidth": "1", "hidden": hidden}


def column_width(sheet: Worksheet, column: int) -> float:
    found = _column(sheet, column)
    if found is not None and found.get("width"):
        return _characters(float(found.get("width")))
    defaults = child(sheet.xml.skeleton(), "sheetFormatPr")
    if defaults is not None and defaults.get("defaultColWidth"):
        return _characters(float(defaults.get("defaultColWidth")))
    return DEFAULT_WIDTH


def _characters(width: float) -> float:
    return round(max(0.0, (width * DIGIT_WIDTH - PADDING) / DIGIT_WIDTH), 2)


def column_hidden(sheet: Worksheet, column: int) -> bool:
    found = _column(sheet, column)
    return found is not None and found.get("hidden") in ("1", "true")


def _column(sheet: Worksheet, column: int) -> Element | None:
    cols = child(sheet.xml.skeleton(), "cols")
    for col in () if cols is None else children(cols, "col"):
        if integer(col, "min") <= column <= integer(col, "max"):
            return col
    return None


def set_columns(sheet: Worksheet, area: Area, attributes: dict[str, str | None]) -> None:
    for col in _own_columns(sheet, area.left, area.right):
        for name, value in attributes.items():
            if value is None:
                col.attrib.pop(name, None)
            else:
                col.set(name, value)


def _own_columns(sheet: Worksheet, left: int, right: int) -> list[Element]:
    """``col`` elements that cover exactly these columns, cut out of wider ones or made."""
    root = sheet.xml.touch()
    cols = sure_child(root, "cols", SHEET_ORDER)
    for col in list(children(cols, "col")):
        first, last = integer(col, "min"), integer(col, "max")
        if last < left or first > right:
            continue
        pieces = [(first, left - 1), (max(first, left), min(last, right)), (right + 1, last)]
        for low, high in pieces:
            if low <= high:
                piece = col.makeelement(col.tag, dict(col.attrib))
                piece.set("min", str(low))
                piece.set("max", str(high))
                col.addprevious(piece)
        cols.remove(col)
    defaults = child(root, "sheetFormatPr")
    width = None if defaults is None else defaults.get("defaultColWidth")
    width = width or width_attributes(DEFAULT_WIDTH)["width"] or ""
    column = left
    own = []
    while column <= right:
        known = list(children(cols, "col"))
        found = next((c for c in known if integer(c, "min") == column), None)
        if found is None:
            after = [c for c in known if integer(c, "min") > column]
            end = min([right, *(integer(c, "min") - 1 for c in after)])
            found = cols.makeelement(
                cols.tag[:-1], {"min": str(column), "max": str(end), "width": width}
            )
            if after:
                after[0].addprevious(found)
            else:
                cols.append(found)
        own.append(found)
        column = integer(found, "max") + 1
    return own


def restyle_columns(sheet: Worksheet, area: Area, change: Change | int) -> None:
    styles = sheet.book.styles
    for col in _own_columns(sheet, area.left, area.right):
        old = integer(col, "style")
        new = change if isinstance(change, int) else styles.derive(old, change)
        col.attrib.pop("style", None)
        if new:
            col.set("style", str(new))


def restyle_rows(sheet: Worksheet, area: Area, change: Change | int) -> None:
    styles = sheet.book.styles
    for number in range(area.top, min(area.bottom, area.top + 100_000) + 1):
        row = sheet.xml.row(number)
        tag = b"" if row is None else sheet.xml.tag(row)
        match = re.search(rb"\ss\s*=\s*[\"'](\d+)", tag) if b"customFormat" in tag else None
        new = (
            change
            if isinstance(change, int)
            else styles.derive(int(match[1]) if match else 0, change)
        )
        style = str(new) if new else None
        attributes = (("s", style), ("customFormat", "1" if new else None))
        sheet.xml.edit(RowAttributes(Area(number, area.left, number, area.right), attributes))


def row_height(sheet: Worksheet, number: int) -> float:
    row = sheet.xml.row(number)
    match = None if row is None else re.search(rb"\sht\s*=\s*[\"']([\d.]+)", sheet.xml.tag(row))
    if match:
        return float(match[1])
    defaults = child(sheet.xml.skeleton(), "sheetFormatPr")
    return float(DEFAULT_HEIGHT if defaults is None else defaults.get("defaultRowHeight", "15"))


def row_hidden(sheet: Worksheet, number: int) -> bool:
    row = sheet.xml.row(number)
    tag = b"" if row is None else sheet.xml.tag(row)
    return re.search(rb"\shidden\s*=\s*[\"'](1|true)", tag) is not None


# merges


def merge(sheet: Worksheet, area: Area) -> None:
    unmerge(sheet, area)
    if (area.top, area.left) == (area.bottom, area.right):
        return
    group = sure_child(sheet.xml.touch(), "mergeCells", SHEET_ORDER)
    append(group, "mergeCell", ref=area_name(area))
    count_children(group)


def unmerge(sheet: Worksheet, area: Area) -> None:
    group = child(sheet.xml.skeleton(), "mergeCells")
    for cell in [] if group is None else list(children(group, "mergeCell")):
        merged = area_of(cell)
        if merged is not None and overlap(merged, area):
            sheet.xml.touch()
            group.remove(cell)
    if group is not None:
        count_children(group)
        if child(group, "mergeCell") is None:
            sheet.xml.touch().remove(group)


# hyperlinks


def add_hyperlink(sheet: Worksheet, area: Area, address: str, tip: str | None) -> None:
    """``#'安装单'!A5`` is a place in this workbook, anything else an address outside."""
    remove_hyperlinks(sheet, area)
    group = sure_child(sheet.xml.touch(), "hyperlinks", SHEET_ORDER)
    link = append(group, "hyperlink", ref=area_name(area))
    if address.startswith("#"):
        link.set("location", address[1:])
    else:
        base, _, place = address.partition("#")
        rel_id = sheet.book.relate(sheet.part, "hyperlink", base, external=True)
        link.set(sheet.book.rel_attribute, rel_id)
        if place:
            link.set("location", place)
    if tip:
        link.set("tooltip", tip[:255])
    links_by_place(sheet)[area.top, area.left] = link


def links_by_place(sheet: Worksheet) -> dict[tuple[int, int], Element]:
    """First cell of each link; kept beside the tree so that thousands are quick."""
    group = child(sheet.xml.skeleton(), "hyperlinks")
    if group is None:
        return {}
    if sheet.links is None or sheet.links[0] is not group:
        places = {}
        for link in children(group, "hyperlink"):
            area = area_of(link)
            if area is not None:
                places[area.top, area.left] = link
        sheet.links = (group, places)
    return sheet.links[1]


def remove_hyperlinks(sheet: Worksheet, area: Area) -> None:
    places = links_by_place(sheet)
    single = (area.top, area.left) == (area.bottom, area.right)
    hit = (
        [(area.top, area.left)]
        if single
        else [
            p for p in places if area.top <= p[0] <= area.bottom and area.left <= p[1] <= area.right
        ]
    )
    for place in hit:
        link = places.pop(place, None)
        if link is not None:
            sheet.xml.touch()
            rel_id = sheet.book.rel_id(link)
            if rel_id:
                sheet.book.unrelate(sheet.part, rel_id)
            group = link.getparent()
            group.remove(link)
            if not len(group):
                group.getparent().remove(group)


def hyperlink(sheet: Worksheet, row: int, column: int) -> str | None:
    link = links_by_place(sheet).get((row, column))
    if link is None:
        return None
    address = sheet.book.target(sheet.part, sheet.book.rel_id(link)) or ""
    place = link.get("location")
    return f"{address}#{place}" if place else address


# filter


def set_autofilter(sheet: Worksheet, area: Area) -> None:
    """Filter arrows on the first row of an area, no criterion."""
    root = sheet.xml.touch()
    found = child(root, "autoFilter")
    if found is not None and area_of(found) == area:
        return
    if found is not None:
        root.remove(found)
    new_child(root, "autoFilter", SHEET_ORDER, ref=area_name(area))
    text = sheet.book.reference(sheet, area_name(area, absolute=True))
    sheet.book.add_name(FILTER_NAME, text, sheet.index).set("hidden", "1")


def clear_filter(sheet: Worksheet, area: Area, field: int | None) -> None:
    """Take criteria away and show the rows they hid; arrows stay. As in Excel, another range is
    left alone."""
    found = child(sheet.xml.skeleton(), "autoFilter")
    if found is None or area_of(found) != area:
        return
    removed = False
    for column in list(children(found, "filterColumn")):
        if field is None or integer(column, "colId") == field - 1:
            sheet.xml.touch()
            found.remove(column)
            removed = True
    if removed and child(found, "filterColumn") is None:
        sheet.xml.edit(RowAttributes(area, (("hidden", None),)))


def filter_criteria(sheet: Worksheet, area: Area) -> list[dict[str, Any]]:
    from xlwings.base_classes import empty_autofilter_criteria

    found = child(sheet.xml.skeleton(), "autoFilter")
    columns: dict[int, Element] = {}
    if found is not None and area_of(found) == area:
        columns = {integer(c, "colId"): c for c in children(found, "filterColumn")}
    criteria = []
    for field in range(1, area.right - area.left + 2):
        filters = None if field - 1 not in columns else child(columns[field - 1], "filters")
        if field - 1 not in columns:
            criteria.append(empty_autofilter_criteria(field))
        elif filters is None:
            criteria.append(empty_autofilter_criteria(field, "unknown"))
        else:
            entry = empty_autofilter_criteria(field, "values")
            entry["values"] = [f.get("val", "") for f in children(filters, "filter")]
            criteria.append(entry)
    return criteria


# choices


def offer_choices(sheet: Worksheet, area: Area, choices: Sequence[str]) -> None:
    """ECMA-376 part 1, 18.3.1.32; a warning, as templates have it."""
    group = sure_child(sheet.xml.touch(), "dataValidations", SHEET_ORDER)
    rule = append(group, "dataValidation", type="list", errorStyle="warning", allowBlank="1",
                  showErrorMessage="1", sqref=area_name(area))  # fmt: skip
    append(rule, "formula1").text = '"' + ",".join(choices) + '"'
    count_children(group)


# views


def _view(sheet: Worksheet) -> Element:
    views = sure_child(sheet.xml.touch(), "sheetViews", SHEET_ORDER)
    view = child(views, "sheetView")
    return append(views, "sheetView", workbookViewId="0") if view is None else view


def freeze(sheet: Worksheet, rows: int, columns: int) -> None:
    """Freeze the first rows and columns; 0 and 0 unfreeze."""
    view = _view(sheet)
    for name in ("pane", "selection"):
        for found in list(children(view, name)):
            view.remove(found)
    if not (rows or columns):
        return
    where = ("bottom" if rows else "top") + ("Right" if columns else "Left")
    pane = view.makeelement(view.tag.replace("sheetView", "pane"))
    if columns:
        pane.set("xSplit", str(columns))
    if rows:
        pane.set("ySplit", str(rows))
    pane.set("topLeftCell", cell_name(rows + 1, columns + 1))
    pane.set("activePane", where)
    pane.set("state", "frozen")
    selection = view.makeelement(view.tag.replace("sheetView", "selection"), {"pane": where})
    view.insert(0, pane)
    view.insert(1, selection)


def select(sheet: Worksheet, reference: str) -> None:
    view = _view(sheet)
    selection = child(view, "selection")
    if selection is None:
        selection = append(view, "selection")
    selection.set("activeCell", reference.split(":")[0])
    selection.set("sqref", reference)


def show_gridlines(sheet: Worksheet) -> bool:
    views = child(sheet.xml.skeleton(), "sheetViews")
    view = None if views is None else child(views, "sheetView")
    return view is None or view.get("showGridLines", "1") not in ("0", "false")


def set_show_gridlines(sheet: Worksheet, on: bool) -> None:
    view = _view(sheet)
    view.attrib.pop("showGridLines", None)
    if not on:
        view.set("showGridLines", "0")


def active_sheet(book: Workbook) -> Worksheet:
    views = child(book.root, "bookViews")
    view = None if views is None else child(views, "workbookView")
    active = 0 if view is None else integer(view, "activeTab")
    return next((s for s in book.sheets if s.index == active), book.sheets[0])


def activate(sheet: Worksheet) -> None:
    from addin.hosts.files.workbook import BOOK_ORDER

    book = sheet.book
    views = sure_child(book.touch_workbook(), "bookViews", BOOK_ORDER)
    view = child(views, "workbookView")
    if view is None:
        view = append(views, "workbookView")
    view.set("activeTab", str(sheet.index))
    for other in book.sheets:
        head = child(other.xml.skeleton(), "sheetViews")
        for sheet_view in () if head is None else children(head, "sheetView"):
            chosen = other is sheet
            if (sheet_view.get("tabSelected") in ("1", "true")) != chosen:
                other.xml.touch()
                sheet_view.attrib.pop("tabSelected", None)
                if chosen:
                    sheet_view.set("tabSelected", "1")


def set_visible(sheet: Worksheet, visible: bool) -> None:
    book = sheet.book
    if not visible:
        shown = [e for e in book.sheet_elements() if e.get("state", "visible") == "visible"]
        if shown == [sheet.element]:
            raise ValueError("a workbook must keep a visible sheet")
    book.touch_workbook()
    sheet.element.attrib.pop("state", None)
    if not visible:
        sheet.element.set("state", "hidden")


# printing


def set_up_page(sheet: Worksheet, page: Page) -> None:
    root = sheet.xml.touch()
    properties = sure_child(root, "sheetPr", SHEET_ORDER)
    sure_child(properties, "pageSetUpPr", SHEET_PROPERTIES).set("fitToPage", "1")
    margins = sure_child(root, "pageMargins", SHEET_ORDER)
    for side, inches in MARGINS.items():
        margins.set(side, inches)
    paper = sure_child(root, "pageSetup", SHEET_ORDER)
    paper.set("paperSize", A4)
    paper.set("orientation", "landscape" if page.landscape else "portrait")
    paper.set("fitToHeight", "0")  # as many pages as it takes
    footer = sure_child(sure_child(root, "headerFooter", SHEET_ORDER), "oddFooter", FOOTERS)
    footer.text = f"&C{page.footer}"
    text = sheet.book.reference(sheet, page.titles)
    sheet.book.add_name(PRINT_TITLES, text, sheet.index)


def _print_name(sheet: Worksheet) -> Element | None:
    index = str(sheet.index)
    for name in sheet.book.defined_names():
        if name.get("name") == PRINT_AREA and name.get("localSheetId") == index:
            return name
    return None


def print_area(sheet: Worksheet) -> str | None:
    name = _print_name(sheet)
    if name is None or not name.text:
        return None
    return ",".join(split_sheet(part)[1] for part in name.text.split(","))


def set_print_area(sheet: Worksheet, value: str | None) -> None:
    name = _print_name(sheet)
    if value is None:
        if name is not None:
            sheet.book.remove_name(name)
        return
    areas = [area_name(parse_area(part), absolute=True) for part in value.split(",")]
    text = ",".join(sheet.book.reference(sheet, area) for area in areas)
    sheet.book.add_name(PRINT_AREA, text, sheet.index)

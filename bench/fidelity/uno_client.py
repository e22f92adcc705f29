"""Asks a running LibreOffice for one thing: ``uno_client.py PIPE ready|edit|values FILE …``.

Run by whichever Python has the module ``uno``, so it imports nothing else of ours.
"""

# mypy: allow-untyped-defs, allow-untyped-calls

import json
import sys
from pathlib import Path

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]

# LibreOffice's filters by ending
FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xltx": "Calc MS Excel 2007 XML Template",
}
MAX_CELLS = 2_000_000  # of a rectangle that is asked for at once
NO_MACROS, NO_UPDATE = 0, 0


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def connect(pipe):
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", here
    )
    context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
    return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def opened(desktop, path):
    url = Path(path).resolve().as_uri()
    wishes = properties(
        Hidden=True, MacroExecutionMode=NO_MACROS, UpdateDocMode=NO_UPDATE, ReadOnly=False
    )
    document = desktop.loadComponentFromURL(url, "_blank", 0, wishes)
    if document is None or not hasattr(document, "Sheets"):
        raise SystemExit("LibreOffice does not open it as a spreadsheet")
    return document


def edit(desktop, source, target, said):
    plan = json.loads(said)
    document = opened(desktop, source)
    try:
        sheets = document.Sheets
        named = sheets.hasByName(plan["sheet"])  # not in a file that is no package
        sheet = sheets.getByName(plan["sheet"]) if named else sheets.getByIndex(0)
        column = plan["column"] - 1
        for row, text in enumerate(plan["texts"], plan["row"] - 1):
            cell = sheet.getCellByPosition(column, row)
            cell.String = text
            cell.CellBackColor = int(plan["fill"], 16)
        first = sheet.getCellByPosition(column, plan["row"] - 1)
        sheet.Annotations.insertNew(first.CellAddress, plan["note"])
        sheets.insertNewByName(plan["listing"], sheets.Count)
        cell = sheets.getByName(plan["listing"]).getCellByPosition(0, 0)
        link = document.createInstance("com.sun.star.text.TextField.URL")
        link.Representation, link.URL = plan["link_text"], "#" + plan["link"]
        cell.Text.insertTextContent(cell.Text.createTextCursor(), link, False)
        kind = FILTERS.get(Path(source).suffix.lower(), FILTERS[".xlsx"])
        wishes = properties(FilterName=kind, Overwrite=True)
        document.storeToURL(Path(target).resolve().as_uri(), wishes)
    finally:
        document.close(True)


def values(desktop, path):
    """Every sheet's shown rectangle from A1, as LibreOffice sees its values."""
    document = opened(desktop, path)
    shown = {}
    try:
        for sheet in document.Sheets:
            cursor = sheet.createCursor()
            cursor.gotoEndOfUsedArea(False)
            last = cursor.RangeAddress
            if (last.EndRow + 1) * (last.EndColumn + 1) > MAX_CELLS:
                continue
            block = sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)
            shown[sheet.Name] = [
                (r, c, value)
                for r, row in enumerate(block.getDataArray(), 1)
                for c, value in enumerate(row, 1)
                if value is not None and value != ""
            ]
    finally:
        document.close(True)
    print(json.dumps(shown))


if __name__ == "__main__":
    jobs = {"edit": edit, "values": values, "ready": lambda desktop: None}
    jobs[sys.argv[2]](connect(sys.argv[1]), *sys.argv[3:])

"""结算助手 in LibreOffice Calc: cell functions, menu and two jobs around loading and saving.

Runs in LibreOffice's own Python. Everything is answered by another Python (``settle_pipe``);
names of formulas and buttons come from ``settle.json``, which is made with the extension.
"""

from __future__ import annotations

import json
import os
import re
import struct
import threading
from contextlib import contextmanager
from pathlib import Path

import uno
import unohelper
from com.sun.star.awt.MessageBoxButtons import BUTTONS_OK
from com.sun.star.awt.MessageBoxType import INFOBOX
from com.sun.star.beans import PropertyValue
from com.sun.star.frame import (
    DispatchResultEvent,
    XDispatchProvider,
    XNotifyingDispatch,
)
from com.sun.star.frame.DispatchResultState import SUCCESS
from com.sun.star.lang import XInitialization, XServiceInfo
from com.sun.star.task import XJob
from settle import XFormulas
from settle_names import name_for_excel
from settle_pipe import NO_NAME, NoAnswer, Server, cut, received, sent

HERE = Path(__file__).parent
MADE = json.loads((HERE / "settle.json").read_text(encoding="utf-8"))
FORMULAS, BUTTONS = MADE["formulas"], MADE["buttons"]
TITLE = "结算助手"
STAYS = 8  # seconds that the last line of a button stands in the status bar
XLSX_FILTER = "Calc MS Excel 2007"

command = [os.environ.get("SETTLE_PYTHON") or MADE["python"], *MADE["run"]]
formulas, buttons = Server(command), Server(command)
"""Two, because Calc may calculate at any moment, also while a button is at work."""


class Service(unohelper.Base, XServiceInfo):
    """What LibreOffice asks of every component."""

    name = ""

    def getImplementationName(self):
        return self.name

    def supportsService(self, name):
        return name == self.name

    def getSupportedServiceNames(self):
        return (self.name,)


# --- cell functions -------------------------------------------------------------------------


class Formulas(Service, XFormulas):
    """A method for each formula; Calc fills ``document``, the clerk the rest."""

    name = "settle.Formulas"

    def __init__(self, context):
        pass

    def __getattr__(self, method):
        if method not in FORMULAS:
            raise AttributeError(method)
        return lambda document, *arguments: calculated(FORMULAS[method], document, arguments)


def calculated(formula, document, arguments):
    cells = [used_part(a) if hasattr(a, "getDataArray") else a for a in arguments]
    ranges = [each for each in cells if hasattr(each, "getDataArray")]
    request = {
        "formula": formula,
        "arguments": cut([values(each) if each in ranges else each for each in cells]),
        "cell": [path_of(document), "", 0, 0],
        "facts": facts(document, ranges[0]) if ranges else None,
        "date1904": counts_from_1904(document),
    }
    try:
        value = formulas.ask(request)["value"]
    except NoAnswer:
        value = NO_NAME
    return received(value, error_number)


def used_part(cells):
    """Without what lies beyond the last used row and column of the sheet."""
    place = cells.getRangeAddress()
    cursor = cells.getSpreadsheet().createCursor()
    cursor.gotoEndOfUsedArea(False)
    used = cursor.getRangeAddress()
    last_column = max(min(place.EndColumn, used.EndColumn), place.StartColumn)
    last_row = max(min(place.EndRow, used.EndRow), place.StartRow)
    return cells.getCellRangeByPosition(
        0, 0, last_column - place.StartColumn, last_row - place.StartRow
    )


def values(cells):
    """Of a range Calc tells the errors; without one it refuses an argument with an error in it."""
    return sent(
        cells.getDataArray(), lambda row, column: cells.getCellByPosition(column, row).getError()
    )


def facts(document, cells):
    """First row, date system and merged cells, as ``addin.cells.RangeFacts`` has them."""
    return [cells.getRangeAddress().StartRow + 1, counts_from_1904(document), list(merged(cells))]


def counts_from_1904(document):
    return document.getPropertyValue("NullDate").Year == 1904


def merged(cells):
    """Counted from 1 within the range. Calc keeps a merge with the format of its first cell."""
    place = cells.getRangeAddress()
    for alike in cells.getUniqueCellFormatRanges():
        if alike.getByIndex(0).getCellByPosition(0, 0).IsMerged:
            for part in alike:
                for cell in each_cell(part):
                    area = cells.getSpreadsheet().createCursorByRange(cell)
                    area.collapseToMergedArea()
                    yield within(place, area.getRangeAddress())


def each_cell(cells):
    for row in range(cells.Rows.Count):
        for column in range(cells.Columns.Count):
            yield cells.getCellByPosition(column, row)


def within(place, area):
    return (
        area.StartRow - place.StartRow + 1,
        area.StartColumn - place.StartColumn + 1,
        area.EndRow - place.StartRow + 1,
        area.EndColumn - place.StartColumn + 1,
    )


def error_number(code):
    """Calc keeps an error in the lower half of a number that is none."""
    return struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | code))[0]


def path_of(document):
    url = getattr(document, "URL", "")
    return uno.fileUrlToSystemPath(url) if url.startswith("file:") else ""


# --- documents loaded and saved -------------------------------------------------------------

# A file for Excel has SETTLE_RMB(…), which LibreOffice 7.4 does not look up while it loads: the
# function waits in small letters until its formula is set again. It writes its own full name.
OURS = re.compile(rf"\b(?:{'|'.join(FORMULAS.values())})\(", re.IGNORECASE)
FROM_EXCEL = re.compile(r"(?:\[\d+\]!|_xll\.)(?=SETTLE)", re.IGNORECASE)
"""What Excel puts before a function of an add-in that was open when it saved."""
FORMULA_CELLS = 16  # com.sun.star.sheet.CellFlags.FORMULA


class Documents(Service, XJob):
    """Called by the events that Jobs.xcu names."""

    name = "settle.Documents"

    def __init__(self, context):
        pass

    def execute(self, arguments):
        told = {argument.Name: argument.Value for argument in arguments}
        event = {item.Name: item.Value for item in told["Environment"]}
        document = event.get("Model")
        if document is None or not document.supportsService(
            "com.sun.star.sheet.SpreadsheetDocument"
        ):
            return
        if event["EventName"] == "OnLoad":
            with unmodified(document):
                renew(document)
        else:
            named_for_excel(document)


@contextmanager
def unmodified(document):
    """A document that was only read is not one that asks to be saved."""
    modified = document.isModified()
    yield
    document.setModified(modified)


def renew(document):
    """Sets each formula of ours again; how many there are."""
    count = 0
    for sheet in document.Sheets:
        for cells in sheet.queryContentCells(FORMULA_CELLS):
            for row, texts in enumerate(cells.getFormulaArray()):
                for column, formula in enumerate(texts):
                    if is_ours(formula):
                        set_again(sheet, cells.getCellByPosition(column, row))
                        count += 1
    return count


def is_ours(formula):
    return formula.startswith(("=", "{=")) and (
        OURS.search(formula) or "SETTLE.FORMULAS." in formula
    )


def set_again(sheet, cell):
    if not cell.getFormula().startswith("{"):
        cell.setFormula(FROM_EXCEL.sub("", cell.getFormula()))
        return
    array = sheet.createCursorByRange(cell)
    array.collapseToCurrentArray()
    place, here = array.getRangeAddress(), cell.getCellAddress()
    if (place.StartColumn, place.StartRow) == (here.Column, here.Row):
        array.setArrayFormula(FROM_EXCEL.sub("", array.getArrayFormula().strip("{}")))


def named_for_excel(document):
    """In a saved .xlsx: the names of our formulas as Excel knows them."""
    file = Path(path_of(document))
    filters = [item.Value for item in document.getArgs() if item.Name == "FilterName"]
    if filters and filters[0].startswith(XLSX_FILTER) and file.is_file():
        name_for_excel(file, FORMULAS)


# --- buttons --------------------------------------------------------------------------------


class Buttons(Service, XInitialization, XDispatchProvider, XNotifyingDispatch):
    """The menu: settle:about is the button about."""

    name = "settle.Buttons"

    def __init__(self, context):
        self.context = context
        self.frame = None

    def initialize(self, arguments):
        if arguments:
            self.frame = arguments[0]

    def queryDispatch(self, url, target, flags):
        return self if url.Complete.startswith("settle:") else None

    def queryDispatches(self, requests):
        return tuple(self.queryDispatch(r.FeatureURL, r.FrameName, r.SearchFlags) for r in requests)

    def dispatch(self, url, arguments):
        pressed(self.context, self.frame, url.Complete.partition(":")[2])

    def dispatchWithNotification(self, url, arguments, listener):
        line = pressed(self.context, self.frame, url.Complete.partition(":")[2])
        listener.dispatchFinished(DispatchResultEvent(self, SUCCESS, line))

    def addStatusListener(self, listener, url):
        pass

    def removeStatusListener(self, listener, url):
        pass


def pressed(context, frame, name):
    """Runs a button on the file of the document in ``frame``; the line of the status bar."""
    clerk = Clerk(context, frame)
    document = frame.getController().getModel()
    button = BUTTONS[name]
    if button["file"]:
        if not document.hasLocation() or document.isReadonly():
            return clerk.refused(button["label"], "请先把工作簿存成能写的 .xlsx 文件")
        if document.isModified():
            document.store()
    request = {"button": name, "file": path_of(document), **selected(document)}
    try:
        told = buttons.converse(request, clerk)
    except NoAnswer:
        return clerk.refused(
            button["label"], "结算助手的 Python 没有回答,请重新安装,或运行环境自检:\n" + command[0]
        )
    if told["made"]:
        try:
            Path(told["made"]).replace(path_of(document))
        except OSError as wrong:
            Path(told["made"]).unlink(missing_ok=True)
            return clerk.refused(button["label"], f"文件写不进去,什么也没有改:{wrong}")
        clerk.reload()
    select(frame, told["sheet"], told["selection"])
    clerk.last(told["line"])
    return told["line"]


def selected(document):
    controller = document.getCurrentController()
    cells = document.getCurrentSelection()
    place = getattr(cells, "AbsoluteName", "") or "$A$1"
    return {
        "sheet": controller.getActiveSheet().getName(),
        "selection": place.rpartition(".")[2].replace("$", ""),
    }


def select(frame, sheet, address):
    controller = frame.getController()
    sheets = controller.getModel().Sheets
    if sheets.hasByName(sheet):
        controller.setActiveSheet(sheets.getByName(sheet))
        controller.select(sheets.getByName(sheet).getCellRangeByName(address))


class Clerk:
    """What a button says on its way. Each method is a line on the pipe; a tuple is the reply."""

    def __init__(self, context, frame):
        self.context, self.frame = context, frame
        self.status = None

    def progress(self, words):
        if self.status is None:
            self.status = self.frame.createStatusIndicator()
            self.status.start(words, 0)
        self.status.setText(words)

    def show(self, title, words):
        window = self.frame.getContainerWindow()
        box = self.toolkit().createMessageBox(window, INFOBOX, BUTTONS_OK, title, words)
        box.execute()
        box.dispose()

    def ask(self, question, choices):
        window = self.frame.getContainerWindow()
        return (asked(self.context, self.toolkit(), window, question, choices),)

    def recalculate(self):
        formulas.stop()  # and with it all that it remembers
        count = 0
        for document in self.open_documents():
            with unmodified(document):
                count += renew(document)
        return (count,)

    def open(self, path):
        shell = self.create("com.sun.star.system.SystemShellExecute")
        shell.execute(uno.systemPathToFileUrl(path), "", 1)  # URIS_ONLY

    def refused(self, label, words):
        self.show(label, words)
        return self.last(f"{label}:{words.splitlines()[0]}")

    def last(self, line):
        """Stands in the status bar for a while and goes by itself."""
        self.progress(line)
        threading.Timer(STAYS, self.status.end).start()
        return line

    def reload(self):
        reloading = self.create("com.sun.star.frame.DispatchHelper")
        silent = PropertyValue(Name="SynchronMode", Value=True)
        reloading.executeDispatch(self.frame, ".uno:Reload", "", 0, (silent,))

    def open_documents(self):
        components = self.create("com.sun.star.frame.Desktop").getComponents().createEnumeration()
        while components.hasMoreElements():
            document = components.nextElement()
            if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                yield document

    def create(self, service):
        return self.context.ServiceManager.createInstanceWithContext(service, self.context)

    def toolkit(self):
        return self.create("com.sun.star.awt.Toolkit")


def asked(context, toolkit, window, question, choices):
    """A dialog with a list or a line to write on; None when it is turned down."""
    create = context.ServiceManager.createInstanceWithContext
    model = create("com.sun.star.awt.UnoControlDialogModel", context)
    model.Title, model.Width, model.Height = TITLE, 200, 150 if choices else 70
    model.PositionX, model.PositionY = 80, 60  # in the window
    low = model.Height - 20

    def add(kind, name, x, y, width, height, **properties):
        part = model.createInstance(f"com.sun.star.awt.UnoControl{kind}Model")
        part.PositionX, part.PositionY, part.Width, part.Height = x, y, width, height
        for key, value in properties.items():
            setattr(part, key, value)
        model.insertByName(name, part)

    add("FixedText", "question", 6, 6, 188, 24, Label=question, MultiLine=True)
    if choices:
        items = tuple(choices)
        add("ListBox", "answer", 6, 34, 188, low - 40, StringItemList=items, SelectedItems=(0,))
    else:
        add("Edit", "answer", 6, 30, 188, 14)
    add("Button", "ok", 90, low, 50, 14, PushButtonType=1, DefaultButton=True, Label="确定")
    add("Button", "cancel", 144, low, 50, 14, PushButtonType=2, Label="取消")
    dialog = create("com.sun.star.awt.UnoControlDialog", context)
    dialog.setModel(model)
    dialog.createPeer(toolkit, window)
    done = dialog.execute()
    answer = dialog.getControl("answer")
    words = answer.getSelectedItem() if choices else answer.getText()
    dialog.dispose()
    return words if done else None


g_ImplementationHelper = unohelper.ImplementationHelper()
for service in (Formulas, Documents, Buttons):
    g_ImplementationHelper.addImplementation(service, service.name, (service.name,))

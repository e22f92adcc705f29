"""Speaks UNO for the tests: a request per line on standard input, an answer per line on the other.

Runs in the Python that has ``uno``, which is rarely the one that runs the tests. Knows no test.
"""

import json
import subprocess
import sys
import time
import traceback

import uno
import unohelper
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.script.provider import XScript

RUN_MACROS = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".ods": "calc8",
    ".pdf": "calc_pdf_Export",
}
documents = {}
doors = []


class Door(unohelper.Base, XScript):
    """What Basic asks; a program behind pipes answers. ``more`` goes with each request."""

    def __init__(self, command, folder, more):
        self.more = more
        self.asked = 0
        self.program = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def invoke(self, parameters, _places, _values):
        self.asked += 1
        formula, arguments = parameters
        request = {"formula": formula, "arguments": plain(arguments), **self.more}
        self.program.stdin.write(json.dumps(request) + "\n")
        self.program.stdin.flush()
        return frozen(json.loads(self.program.stdout.readline())["value"]), (), ()

    def close(self):
        self.program.communicate()


def connect(pipe, seconds):
    """The inside of the office that listens on ``pipe``, as soon as it does."""
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    deadline = time.monotonic() + seconds
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def service(name):
    return office.ServiceManager.createInstance(f"com.sun.star.{name}")


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def plain(value):
    """What JSON can carry; anything else by its name."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)


def frozen(value):
    """UNO takes tuples, not lists."""
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def area(document, sheet, address):
    return documents[document].Sheets.getByName(sheet).getCellRangeByName(address)


# --- the requests -------------------------------------------------------------------------------


def open_document(url, hidden):
    """Jobs of extensions are not called for a hidden document."""
    options = properties(Hidden=hidden, MacroExecutionMode=RUN_MACROS)
    document = desktop.loadComponentFromURL(url, "_blank", 0, options)
    if document is None:
        raise ValueError(f"LibreOffice does not open {url}")
    documents[len(documents)] = document
    return len(documents) - 1


def save(document, url, suffix):
    documents[document].storeToURL(url, properties(FilterName=FILTERS[suffix]))


def save_as(document, url, suffix):
    documents[document].storeAsURL(url, properties(FilterName=FILTERS[suffix]))


def close(document):
    documents[document].close(True)


def modified(document):
    return documents[document].isModified()


def sheets(document):
    return documents[document].Sheets.ElementNames


def modules(document):
    libraries = documents[document].BasicLibraries
    return {name: libraries.getByName(name).ElementNames for name in libraries.ElementNames}


def source(document, library, module):
    return documents[document].BasicLibraries.getByName(library).getByName(module)


def call(document, library, function, arguments):
    """``function`` is Module.Name. An error inside it arrives as None: LibreOffice hides it."""
    script = (
        documents[document]
        .getScriptProvider()
        .getScript(f"vnd.sun.star.script:{library}.{function}?language=Basic&location=document")
    )
    return script.invoke(frozen(arguments), (), ())[0]


def answered_by(document, library, procedure, command, folder, more):
    """Gives Basic a door to ``command``, which answers formulas line by line until the end."""
    doors.append(Door(command, folder, more))
    return call(document, library, procedure, [doors[-1]])


def asked(document):
    """How often Basic has asked through the last door."""
    return doors[-1].asked


def write(document, sheet, address, rows):
    area(document, sheet, address).setDataArray(frozen(rows))


def formula(document, sheet, address, text):
    area(document, sheet, address).Formula = text


def typed(document, sheet, address, text):
    """As on the keyboard, in the language of the program."""
    area(document, sheet, address).FormulaLocal = text


def read_formula(document, sheet, address):
    return area(document, sheet, address).FormulaLocal


def array_formula(document, sheet, address, text):
    area(document, sheet, address).setArrayFormula(text)


def read(document, sheet, address):
    """Numbers and texts, blank as "", a cell error as None; ``shown`` tells which."""
    return area(document, sheet, address).getDataArray()


def shown(document, sheet, address):
    cells = area(document, sheet, address)
    return [
        [cells.getCellByPosition(column, row).String for column in range(cells.Columns.Count)]
        for row in range(cells.Rows.Count)
    ]


def recalculate(document):
    documents[document].calculateAll()


def select(document, sheet, address):
    controller = documents[document].CurrentController
    controller.setActiveSheet(documents[document].Sheets.getByName(sheet))
    controller.select(area(document, sheet, address))


def selection(document):
    return documents[document].CurrentSelection.AbsoluteName


def press(document, button):
    """The line of the status bar. A button may load the document anew."""
    frame = documents[document].CurrentController.Frame
    done = service("frame.DispatchHelper").executeDispatch(frame, f"settle:{button}", "", 0, ())
    documents[document] = frame.Controller.Model
    return done.Result


def full_window(document, width, height):
    """Over the whole screen, with nothing but the document and its menus."""
    frame = documents[document].CurrentController.Frame
    frame.ContainerWindow.setPosSize(0, 0, width, height, 15)  # PosSize.POSSIZE
    for bar in ("sidebar", "findbar"):
        frame.LayoutManager.hideElement(f"private:resource/toolbar/{bar}")
    frame.ContainerWindow.setFocus()


def hide_columns(document, sheet, columns):
    first, _, last = columns.partition(":")
    area(document, sheet, f"{first}1:{last or first}1").Columns.IsVisible = False


def widen(document, sheet, column, width):
    area(document, sheet, f"{column}1").Columns.Width = width


BOXES, MENU_BAR = (1, 12), 35  # com.sun.star.accessibility.AccessibleRole


def parts(context):
    for number in range(context.getAccessibleChildCount()):
        yield context.getAccessibleChild(number).getAccessibleContext()


def menu_of(document, title):
    window = documents[document].CurrentController.Frame.ContainerWindow
    waiting = [window.getAccessibleContext()]
    while waiting:
        part = waiting.pop(0)
        if part.getAccessibleRole() == MENU_BAR:
            return next(menu for menu in parts(part) if menu.getAccessibleName() == title)
        waiting += parts(part)
    raise ValueError("no menu bar")


def open_menu(document, title):
    menu = menu_of(document, title)
    menu.doAccessibleAction(0)
    return [entry.getAccessibleName() for entry in parts(menu)]


def choose(document, title, entry):
    entries = parts(menu_of(document, title))
    next(e for e in entries if e.getAccessibleName().startswith(entry)).doAccessibleAction(0)


def dialog():
    """Title and all words of the message in front, as soon as there is one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for window in messages():
            return [part.getAccessibleName() for part in (window, *below(window))]
        time.sleep(0.1)  # until the click has come through
    return None


def answer_dialog(button):
    window = next(messages())
    next(part for part in below(window) if part.getAccessibleName() == button).doAccessibleAction(0)


def messages():
    toolkit = service("awt.Toolkit")
    windows = [toolkit.getTopWindow(number) for number in range(toolkit.getTopWindowCount())]
    for window in filter(None, windows):
        context = window.getAccessibleContext()
        if context is not None and context.getAccessibleRole() in BOXES:
            yield window.getAccessibleContext()


def below(context):
    for part in parts(context):
        yield part
        yield from below(part)


def in_front(document):
    """After a click, whose button may load the document anew: between two there is none."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = desktop.getCurrentComponent()
        if hasattr(found, "Sheets") and found.CurrentController is not None:
            documents[document] = found
            return
        time.sleep(0.1)


def menu_entries():
    """Titles of the menus that extensions add, with the titles in each."""
    access = service("configuration.ConfigurationProvider").createInstanceWithArguments(
        "com.sun.star.configuration.ConfigurationAccess",
        properties(nodepath="/org.openoffice.Office.Addons/AddonUI/OfficeMenuBar"),
    )
    menus = [access.getByName(name) for name in access.ElementNames]
    return {
        menu.Title: [
            menu.Submenu.getByName(name).Title for name in sorted(menu.Submenu.ElementNames)
        ]
        for menu in menus
    }


def described(function):
    """What the function wizard says: description, then each argument."""
    known = service("sheet.FunctionDescriptions")
    told = {item.Name: item.Value for item in known.getByName(function)}
    arguments = [(each.Name, each.Description) for each in told["Arguments"]]
    return [told["Description"], *arguments]


def terminate():
    return desktop.terminate()


REQUESTS = (
    open_document, save, save_as, close, modified, sheets, modules, source, call, answered_by,
    asked, write, formula, typed, read_formula, array_formula, read, shown, recalculate,
    select, selection, press,
    dialog, answer_dialog, in_front, full_window, hide_columns, widen, open_menu, choose,
    menu_entries, described, terminate,
)  # fmt: skip


def answer(request):
    try:
        by_name = {function.__name__: function for function in REQUESTS}
        value = by_name[request["do"]](*request["with"])
        if isinstance(value, dict):
            return {"value": {name: plain(item) for name, item in value.items()}}
        return {"value": plain(value)}
    except Exception:
        return {"error": traceback.format_exc()}


if __name__ == "__main__":
    office = connect(sys.argv[1], float(sys.argv[2]))
    desktop = service("frame.Desktop")
    print(json.dumps({"value": "ready"}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
    for door in doors:
        door.close()

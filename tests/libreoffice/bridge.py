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
    """The desktop of the office that listens on ``pipe``, as soon as it does."""
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    deadline = time.monotonic() + seconds
    while True:
        try:
            there = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return there.ServiceManager.createInstance("com.sun.star.frame.Desktop")
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def plain(value):
    """What JSON can carry; anything else by its name."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, type(None))) else repr(value)


def frozen(value):
    """UNO takes tuples, not lists."""
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def area(document, sheet, address):
    return documents[document].Sheets.getByName(sheet).getCellRangeByName(address)


# --- the requests -------------------------------------------------------------------------------


def open_document(url):
    options = properties(Hidden=True, MacroExecutionMode=RUN_MACROS)
    document = desktop.loadComponentFromURL(url, "_blank", 0, options)
    if document is None:
        raise ValueError(f"LibreOffice does not open {url}")
    documents[len(documents)] = document
    return len(documents) - 1


def save(document, url, suffix):
    documents[document].storeToURL(url, properties(FilterName=FILTERS[suffix]))


def close(document):
    documents[document].close(True)


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


def terminate():
    return desktop.terminate()


REQUESTS = (
    open_document, save, close, sheets, modules, source, call, answered_by, asked,
    write, formula, array_formula, read, shown, recalculate, terminate,
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
    desktop = connect(sys.argv[1], float(sys.argv[2]))
    print(json.dumps({"value": "ready"}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
    for door in doors:
        door.close()

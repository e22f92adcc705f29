"""Makes 结算助手.oxt, the extension for LibreOffice Calc, out of the registry.

``office/`` holds what runs in LibreOffice's own Python; the rest is generated here. LibreOffice
reads the types of the functions from UNOIDL source as well as from a compiled library, so that no
tool of its SDK is needed. Standard library only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from addin import __version__, macros, udfs  # both fill the registry
from addin.build import archive
from addin.errors import BadInput
from addin.registry import BUTTONS, CATEGORY, FORMULAS, Argument, Button, Formula

__all__ = ["build", "macros", "packed", "udfs"]

FILE = f"{CATEGORY}.oxt"
IDENTIFIER = "settle.calc"
DESCRIPTION = "售后结算核对:单元格公式和菜单按钮"
OFFICE = Path(__file__).with_name("office")
ANSWERING = ("-m", "addin.bridge.pipe")

TABLES = ("区域", "我方", "对方")
"""Labels of arguments that are a range with its header row (formulas.md §1.2, SETTLE_MATCH)."""

LANGUAGE = "en-US"  # the texts of this language are shown wherever there are none of its own
REGISTRY = "http://openoffice.org/2001/registry"
SHEETS_ONLY = "com.sun.star.sheet.SpreadsheetDocument"
SERVICES = ("settle.Formulas", "settle.Documents", "settle.Buttons")  # of settle_component.py
EVENTS = ("OnLoad", "OnSaveDone", "OnSaveAsDone")


def build(out: Path, python: Path | None = None, run: Sequence[str] = ANSWERING) -> Path:
    """Writes the extension into the folder ``out``.

    LibreOffice will start ``python`` (this one by default) with the arguments ``run``; the
    environment variable SETTLE_PYTHON names another. The same input gives the same bytes.
    """
    file = out / FILE
    try:
        out.mkdir(parents=True, exist_ok=True)
        file.write_bytes(packed(python or Path(sys.executable), run))
    except OSError as wrong:
        remedy = "请关闭 LibreOffice 再试,或用 --out 换一个文件夹"
        raise BadInput(f"{FILE}写不进{out}", remedy) from wrong
    return file


def packed(python: Path, run: Sequence[str] = ANSWERING) -> bytes:
    parts = {
        "META-INF/manifest.xml": manifest(),
        "description.xml": description(),
        "settle.idl": types(FORMULAS.values()),
        "settle.components": components(),
        "CalcAddIns.xcu": functions(FORMULAS.values()),
        "Addons.xcu": menu(BUTTONS.values()),
        "ProtocolHandler.xcu": protocol(),
        "Jobs.xcu": jobs(),
        "settle.json": names(python, run),
        "settle_component.py": _office("settle_component.py"),
        "pythonpath/settle_names.py": _office("settle_names.py"),
        "pythonpath/settle_pipe.py": _office("settle_pipe.py"),
    }
    return archive.pack({name: text.encode() for name, text in parts.items()})


def _office(name: str) -> str:
    return (OFFICE / name).read_text(encoding="utf-8")


# --- names ----------------------------------------------------------------------------------


def identifier(name: str) -> str:
    """``SETTLE_PARSE_MONEY`` and ``parse_money`` as UNO can take them.

    >>> identifier("SETTLE_PARSE_MONEY"), identifier("product_line")
    ('parseMoney', 'productLine')
    """
    first, *others = name.lower().removeprefix("settle_").split("_")
    return first + "".join(word.capitalize() for word in others)


def names(python: Path, run: Sequence[str]) -> str:
    """What ``settle_component.py`` has to know."""
    made = {
        "python": str(python),
        "run": list(run),
        "formulas": {identifier(name): name for name in FORMULAS},
        "buttons": {
            button.name: {"label": button.label, "file": bool(button.needs or button.changes)}
            for button in BUTTONS.values()
        },
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


# --- functions ------------------------------------------------------------------------------


def types(formulas: Iterable[Formula]) -> str:
    """The interface of the functions in UNOIDL. Calc fills ``document`` and shows it to nobody."""
    methods = "".join(f"    {_method(formula)};\n" for formula in formulas)
    return f"module settle {{ interface XFormulas {{\n{methods}}}; }};\n"


def _method(formula: Formula) -> str:
    arguments = ["[in] com::sun::star::beans::XPropertySet document"]
    arguments += [f"[in] {_type(a)} {identifier(a.name)}" for a in formula.arguments]
    return f"sequence<sequence<any> > {identifier(formula.name)}({', '.join(arguments)})"


def _type(argument: Argument) -> str:
    """Errors in cells reach us in a range only, typed values and arrays in an ``any`` only."""
    return "com::sun::star::table::XCellRange" if argument.label in TABLES else "any"


def functions(formulas: Iterable[Formula]) -> str:
    """Names and help of the functions, shown by the function wizard."""
    nodes = [
        _node(
            identifier(formula.name),
            _prop("DisplayName", formula.name, LANGUAGE),
            _prop("Description", f"{formula.help}。结果:{formula.gives}", LANGUAGE),
            _prop("Category", "Add-In"),
            _prop("CategoryDisplayName", CATEGORY, LANGUAGE),
            _prop("CompatibilityName", formula.name, LANGUAGE),
            _node("Parameters", *map(_parameter, formula.arguments), replaces=False),
        )
        for formula in formulas
    ]
    functions = _node("AddInFunctions", *nodes, replaces=False)
    add_in = _node(SERVICES[0], functions)
    return _data("CalcAddIns", _node("AddInInfo", add_in, replaces=False))


def _parameter(argument: Argument) -> str:
    """Calc takes every ``any`` for optional; the brackets of our own notation tell."""
    return _node(
        identifier(argument.name),
        _prop("DisplayName", argument.shown, LANGUAGE),
        _prop("Description", argument.help or argument.label, LANGUAGE),
    )


# --- menu -----------------------------------------------------------------------------------


def menu(buttons: Iterable[Button]) -> str:
    """The menu 结算助手: the groups of the ribbon with lines between them."""
    entries: list[Mapping[str, str]] = []
    for _, group in groupby(buttons, lambda button: button.group):
        entries += [{"URL": "private:separator"}] * bool(entries)
        entries += [{"URL": f"settle:{b.name}", "Title": b.label} for b in group]
    submenu = [
        _node(
            f"m{number:03}",
            *(_prop(key, text, LANGUAGE if key == "Title" else "") for key, text in entry.items()),
            _prop("Target", "_self"),
        )
        for number, entry in enumerate(entries)
    ]
    shown = _node(
        IDENTIFIER,
        _prop("Title", CATEGORY, LANGUAGE),
        _prop("Context", SHEETS_ONLY),
        _node("Submenu", *submenu, replaces=False),
    )
    bar = _node("OfficeMenuBar", shown, replaces=False)
    return _data("Addons", _node("AddonUI", bar, replaces=False))


def protocol() -> str:
    """``settle:about`` goes to the service that presses buttons."""
    handler = _node(SERVICES[2], _prop("Protocols", "settle:*", kind="oor:string-list"))
    return _data("ProtocolHandler", _node("HandlerSet", handler, replaces=False))


def jobs() -> str:
    """Formulas are set again after loading, and have the names of Excel in a file for Excel."""
    job = _node(SERVICES[1], _prop("Service", SERVICES[1]))
    called = _node("JobList", _node(SERVICES[1]), replaces=False)
    events = [f'<node oor:name="{event}" oor:op="fuse">{called}</node>' for event in EVENTS]
    return _data(
        "Jobs", _node("Jobs", job, replaces=False), _node("Events", *events, replaces=False)
    )


# --- the package ----------------------------------------------------------------------------


def manifest() -> str:
    uno = "application/vnd.sun.star"
    kinds = {
        "settle.idl": f"{uno}.uno-typelibrary;type=RDB",
        "settle.components": f"{uno}.uno-components",
        "CalcAddIns.xcu": f"{uno}.configuration-data",
        "Addons.xcu": f"{uno}.configuration-data",
        "ProtocolHandler.xcu": f"{uno}.configuration-data",
        "Jobs.xcu": f"{uno}.configuration-data",
    }
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>\n'
        for name, kind in kinds.items()
    )
    space = "http://openoffice.org/2001/manifest"
    return _xml(f'<manifest:manifest xmlns:manifest="{space}">\n{entries}</manifest:manifest>\n')


def description() -> str:
    """What the list of extensions shows."""
    return _xml(
        '<description xmlns="http://openoffice.org/extensions/description/2006">\n'
        f'<identifier value="{IDENTIFIER}"/>\n<version value="{__version__}"/>\n'
        f'<display-name><name lang="en">{CATEGORY}</name></display-name>\n'
        f'<publisher><name xlink:href="" xmlns:xlink="http://www.w3.org/1999/xlink" lang="en">'
        "Settle</name></publisher>\n</description>\n"
    )


def components() -> str:
    implementations = "".join(
        f'<implementation name="{service}"><service name="{service}"/></implementation>\n'
        for service in SERVICES
    )
    return _xml(
        '<components xmlns="http://openoffice.org/2010/uno-components">\n'
        f'<component loader="com.sun.star.loader.Python" uri="settle_component.py">\n'
        f"{implementations}</component>\n</components>\n"
    )


# --- configuration files --------------------------------------------------------------------


def _data(name: str, *nodes: str) -> str:
    return _xml(
        f'<oor:component-data xmlns:oor="{REGISTRY}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' oor:name="{name}" oor:package="org.openoffice.Office">\n'
        f"{''.join(nodes)}</oor:component-data>\n"
    )


def _node(name: str, *content: str, replaces: bool = True) -> str:
    operation = ' oor:op="replace"' if replaces else ""
    return f"<node oor:name={quoteattr(name)}{operation}>{''.join(content)}</node>\n"


def _prop(name: str, text: str, language: str = "", kind: str = "xs:string") -> str:
    lang = f' xml:lang="{language}"' if language else ""
    return f'<prop oor:name="{name}" oor:type="{kind}"><value{lang}>{escape(text)}</value></prop>\n'


def _xml(text: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'

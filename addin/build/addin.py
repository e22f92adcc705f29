"""Makes 结算助手.xlam out of the registry: ``settle build-addin``.

``modules/`` holds the VBA that is the same for any formula and button; Formulas and Keys are
generated here. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from addin import __version__, macros, udfs  # both fill the registry
from addin.build.icons import icons
from addin.build.ribbon import ribbon
from addin.build.vba.source import Kind, Module, vba_text
from addin.build.xlam import Form, Sheet, pack
from addin.errors import BadInput
from addin.registry import BUTTONS, CATEGORY, FORMULAS, Argument, Button, Formula
from addin.tables.catalogue import INSTALL, REPAIR

__all__ = ["build", "macros", "packed", "udfs"]

FILE = f"{CATEGORY}.xlam"
DESCRIPTION = "售后结算核对:单元格公式和功能区按钮"
MODULES = Path(__file__).with_name("modules")

# An argument of such a name gets a line below: [MS-VBAL] 3.3.5.2, words that only LibreOffice
# keeps for itself, then what a wrapper calls.
TAKEN = """
    call case close const declare dim do else elseif end endif enum erase event exit for friend
    function get global gosub goto if implements input let lock loop lset next on open option
    print private public put raiseevent redim rem resume return rset seek select set static stop
    sub type unlock wend while with write
    any as byref byval each in new shared until withevents optional paramarray preserve spc tab
    then to addressof and eqv imp is like mod not or typeof xor
    abs cbool cbyte ccur cdate cdbl cdec cint clng csng cstr cvar cverr date debug doevents fix
    int len lenb me pset scale sgn string array circle lbound ubound
    boolean byte currency double integer long single variant true false nothing empty null
    attribute cdecl decimal
    base compare error explicit lib line name step
    answer ismissing
"""


def build(out: Path) -> Path:
    """Writes the add-in into the folder ``out``; the same bytes on every system."""
    file = out / FILE
    try:
        out.mkdir(parents=True, exist_ok=True)
        file.write_bytes(packed())
    except OSError as wrong:
        remedy = "请关闭 Excel 再试,或用 --out 换一个文件夹"
        raise BadInput(f"{FILE}写不进{out}", remedy) from wrong
    return file


def packed(form: Form = Form.XLAM, *others: Module) -> bytes:
    """The file; each of ``others`` joins the modules or takes the place of its namesake."""
    modules = [
        *written(),
        Module("Formulas", Kind.STANDARD, formulas_code(FORMULAS.values())),
        Module("Keys", Kind.STANDARD, keys_code(BUTTONS.values())),
        *others,
    ]
    return pack(
        title=CATEGORY,
        description=DESCRIPTION,
        modules=list({module.name: module for module in modules}.values()),
        sheets=sheets(),
        ribbon=ribbon(BUTTONS.values()),
        icons=icons(),
        form=form,
    )


# --- modules --------------------------------------------------------------------------------


def written() -> list[Module]:
    """The modules that lie beside this file."""
    kinds = {"ThisWorkbook": Kind.WORKBOOK}
    return [
        Module(path.stem, kinds.get(path.stem, Kind.STANDARD), in_ascii(path.read_text("utf-8")))
        for path in sorted(MODULES.glob("*.bas"))
    ]


def in_ascii(code: str) -> str:
    """Chinese in quotes becomes an expression that any code page carries.

    >>> in_ascii('Say "好"')
    'Say ChrW(22909)'
    """
    return re.sub(
        r'"((?:[^"\r\n]|"")*)"',
        lambda found: found[0] if found[0].isascii() else vba_text(found[1].replace('""', '"')),
        code,
    )


def formulas_code(formulas: Iterable[Formula]) -> str:
    head = "' Generated from addin/udfs.py: one function for each cell formula.\nOption Explicit\n"
    return "\n".join([head, *map(_wrapper, formulas)])


def _wrapper(formula: Formula) -> str:
    arguments = formula.arguments
    declared = ", ".join(map(_declared, arguments))
    missing = [
        f"    If IsMissing({spelt(a)}) Then {spelt(a)} = Empty\n" for a in arguments if a.optional
    ]
    given = ", ".join(map(spelt, arguments))
    return (
        f"Public Function {formula.name}({declared}) As Variant\n"
        f"{''.join(missing)}"
        f'    {formula.name} = Answer("{formula.name}", Array({given}))\n'
        "End Function\n"
    )


def _declared(argument: Argument) -> str:
    return f"{'Optional ' * argument.optional}{spelt(argument)} As Variant"


def spelt(argument: Argument) -> str:
    """The argument's name in VBA, which is what the function wizard shows."""
    return f"{argument.name}_" if argument.name.lower() in TAKEN.split() else argument.name


def keys_code(buttons: Iterable[Button]) -> str:
    """OnKey wants a procedure without arguments for each key."""
    keyed = [button for button in buttons if button.key]
    on = "".join(f'    Application.OnKey "{b.key}", Macro("{_on_key(b)}")\n' for b in keyed)
    off = "".join(f'    Application.OnKey "{b.key}"\n' for b in keyed)
    pressed = [f'Public Sub {_on_key(b)}()\n    PressButton "{b.name}"\nEnd Sub\n' for b in keyed]
    return "\n".join(
        [
            "' Generated from addin/macros.py: the keys of the buttons.",
            "Option Explicit\n",
            f"Public Sub KeysOn()\n{on}End Sub\n",
            f"Public Sub KeysOff()\n{off}End Sub\n",
            *pressed,
        ]
    )


def _on_key(button: Button) -> str:
    return f"Key{button.name[0].upper()}{button.name[1:]}"


# --- sheets ---------------------------------------------------------------------------------


def sheets() -> list[Sheet]:
    """What the file is, the headers that a slip may have, and the help of the formulas.

    Excel-DNA's IntelliSense reads the last sheet.
    """
    about = [
        [CATEGORY, __version__],
        ["本文件是 Excel 加载项,由 settle build-addin 生成,请勿修改。"],
        [],
        *([button.label, button.tip] for button in BUTTONS.values()),
    ]
    help_rows = [["FunctionInfo", "1.0", CATEGORY], *map(_help_row, FORMULAS.values())]
    return [
        Sheet("说明", "About", about),
        Sheet(
            "Headers", "Headers", [[f"|{'|'.join(sorted(INSTALL.names | REPAIR.names))}|"]], True
        ),
        Sheet("_IntelliSense_", "FormulaHelp", help_rows, hidden=True),
    ]


def _help_row(formula: Formula) -> list[str]:
    """Name, help, help topic, then shown name and help of each argument."""
    arguments = [text for a in formula.arguments for text in (a.shown, a.help)]
    return [formula.name, f"{formula.help}。结果:{formula.gives}", "", *arguments]

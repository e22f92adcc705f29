"""What a module of a VBA project is, and text that survives its code page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

LONGEST_LINE = 1023  # [MS-VBAL] 3.2: the editor breaks what is longer
LONGEST_NAME = 31
MOST_CONTINUATIONS = 24
LINE_OF_TEXT = 800  # leaves room before the expression
CONTINUED = " & _\r\n        "


class Kind(Enum):
    """Where PROJECT lists a module, and the class that it is based on. [MS-OVBA] 2.3.1.3, 2.3.4.3.

    A document module belongs to the workbook or to one of its sheets.
    """

    STANDARD = ("Module", "")
    CLASS = ("Class", "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}")
    WORKBOOK = ("Document", "0{00020819-0000-0000-C000-000000000046}")
    WORKSHEET = ("Document", "0{00020820-0000-0000-C000-000000000046}")

    @property
    def section(self) -> str:
        return self.value[0]

    @property
    def base(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Module:
    """A module: its code without the attributes at its head, lines ended in any way."""

    name: str
    kind: Kind
    code: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(rf"[A-Za-z]\w{{0,{LONGEST_NAME - 1}}}", self.name, re.ASCII):
            raise ValueError(f"{self.name!r} is no name for a VBA module")
        for number, line in enumerate(self.code.splitlines(), 1):
            if fault := _fault(line):
                raise ValueError(f"{self.name}, line {number}: {fault}: {line[:60]!r}")

    @property
    def source(self) -> bytes:
        """Attributes and code as they stand in the stream of the module."""
        lines = [*_attributes(self), *self.code.splitlines(), ""]
        return "\r\n".join(lines).encode("ascii")


def _fault(line: str) -> str | None:
    if not line.isascii():
        return "not ASCII, use vba_text"
    if line.lstrip().startswith("#"):
        return "conditional compilation, which LibreOffice ignores"
    if len(line) > LONGEST_LINE:
        return f"longer than {LONGEST_LINE} characters"
    return None


def _attributes(module: Module) -> list[str]:
    """The head of a module, [MS-OVBA] 2.3.4.3 and [MS-VBAL] 4.2."""
    name = f'Attribute VB_Name = "{module.name}"'
    if module.kind is Kind.STANDARD:
        return [name]
    document = module.kind.section == "Document"
    return [
        name,
        f'Attribute VB_Base = "{module.kind.base}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        f"Attribute VB_PredeclaredId = {document}",
        f"Attribute VB_Exposed = {document}",
        "Attribute VB_TemplateDerived = False",
        f"Attribute VB_Customizable = {document}",
    ]


def vba_text(text: str) -> str:
    """``text`` as an ASCII expression of VBA, on several lines when it is long.

    >>> vba_text('共"3"行')
    'ChrW(20849) & \"\"\"3\"\"\" & ChrW(34892)'
    """
    pieces = [
        '"' + run.replace('"', '""') + '"' if run.isascii() and run.isprintable() else _chrw(run)
        for run in re.findall(r"[ -~]{1,200}|[^ -~]", text)
    ]
    lines: list[str] = []
    for piece in pieces or ['""']:
        if lines and len(lines[-1]) + len(piece) < LINE_OF_TEXT:
            lines[-1] += f" & {piece}"
        else:
            lines.append(piece)
    if len(lines) > MOST_CONTINUATIONS:
        raise ValueError(f"{len(text)} characters are too many for one statement: use a sheet")
    return CONTINUED.join(lines)


def _chrw(character: str) -> str:
    """ChrW per UTF-16 unit; decimal, because &H8000 and above are negative in VBA."""
    units = character.encode("utf-16-le")
    codes = [units[at] + 256 * units[at + 1] for at in range(0, len(units), 2)]
    return " & ".join(f"ChrW({code})" for code in codes)

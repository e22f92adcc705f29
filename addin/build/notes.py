"""What a clerk reads on a header: meaning, choices, example, and the rules that look at it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from openpyxl.comments import Comment

from addin.tables.fields import Choices, Field, Type
from addin.tables.look import text_width

YES_NO = Choices(("是", "否"))

EXAMPLES = {
    Type.DATE: "2026-03-05",
    Type.MONTH: "2026-03",
    Type.MONEY: "80.00",
    Type.INT: "1",
    Type.KM: "20",
    Type.PHONE: "13800138000",
}

AUTHOR = "结算助手"
WIDTH = 270  # pixels of a note
LINE_HEIGHT = 20
PADDING = 20
HALF_WIDTHS_PER_LINE = 34

_FULL_WIDTH = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in ",;:?!()"})
_CHINESE = "\u2026\u3001-\u3011\u4e00-\u9fff\u201c\u201d"
_BESIDE_CHINESE = re.compile(
    rf"(?<=[{_CHINESE}])[,;:?!()]|(?<=[{_CHINESE}]\))[,;:]|[,;:?!()](?=[{_CHINESE}])"
)


def typeset(text: str) -> str:
    """Chinese prose with the full-width punctuation that a printed form has."""
    return _BESIDE_CHINESE.sub(lambda mark: mark[0].translate(_FULL_WIDTH), text)


def choices_of(field: Field) -> Choices | None:
    """The drop-down list of a field, if it has one."""
    return YES_NO if field.type is Type.BOOL else field.choices


def example_of(field: Field) -> str:
    choices = choices_of(field)
    return field.example or (choices.values[0] if choices else EXAMPLES.get(field.type, ""))


def header_note(field: Field, codes: Sequence[str] = ()) -> str:
    """The text on a header, one thing a line."""
    choices, example = choices_of(field), example_of(field)
    lines = (
        field.header + ("(必填)" if field.required else ""),
        field.help,
        f"可选:{'、'.join(choices.values)}" if choices else "",
        f"例:{example}" if example else "",
        f"规则:{'、'.join(codes)}" if codes else "",
    )
    return "\n".join(typeset(line) for line in lines if line)


def header_comment(field: Field, codes: Sequence[str] = ()) -> Comment:
    """The note in a box that shows all of its text."""
    text = header_note(field, codes)
    lines = sum(-(-text_width(line) // HALF_WIDTHS_PER_LINE) or 1 for line in text.split("\n"))
    return Comment(text, AUTHOR, height=PADDING + LINE_HEIGHT * lines, width=WIDTH)

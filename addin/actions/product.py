"""The program itself: its versions, its handbook."""

from __future__ import annotations

from pathlib import Path

from addin.actions import formulas, known
from addin.cells import CellError
from addin.desk import Desk
from addin.errors import BadInput
from addin.setup import doctor as examination


def about(desk: Desk) -> str:
    """Versions of program and rules, and the age of the masters that this workbook uses."""
    told = []
    for item in ("程序", "规则", "基础资料时间"):
        try:
            told.append(f"{item}:{formulas.version(item)}")
        except CellError as error:
            told.append(f"{item}:{error.reason}")
    desk.show("关于结算助手", "\n".join(told))
    return f"结算助手 {formulas.version('程序')}"


def doctor(desk: Desk) -> str:
    """环境自检, with the folder of the workbook in front."""
    try:
        name = str(desk.book.fullname)
        folder = name.rpartition("/")[0] if "://" in name else str(Path(name).parent)
    except BadInput:  # no workbook is open
        folder = "."
    found = examination.examine(examination.this_machine(folder, serving=True))
    desk.show("环境自检", "\n".join(examination.told(found)))
    return examination.closing(found)


def refresh(desk: Desk) -> str:
    """The masters are read again, and our formulas calculated, in all open workbooks (§1.9)."""
    known.forget()
    return f"已重新读取基础资料,重算{desk.recalculate()}个公式"

"""The one door through which a spreadsheet program comes in: a formula answered, a button pressed.

Nothing that happens behind it reaches a cell as a traceback, or a clerk in English.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addin import log, macros, udfs  # both register what they hold
from addin.actions import known, reasons, transaction
from addin.cells import NAME, PLAIN, REF, VALUE, CellError, RangeFacts
from addin.desk import Cancelled, Desk
from addin.errors import BadInput
from addin.registry import BUTTONS, FORMULAS

__all__ = ["answer", "macros", "press", "udfs"]

UNEXPECTED = "程序遇到没有料到的情况"


def answer(
    name: str,
    arguments: Sequence[Any],
    caller: reasons.Cell,
    facts: RangeFacts = PLAIN,
) -> Any:
    """What cell ``caller`` shows: a value, a :class:`CellError`, or rows of these. Never raises.

    ``arguments`` are plain values and rows of values, with error cells as texts (``#N/A``); those
    at the end may be missing. ``facts`` are those of the first range among them. The reason of
    each error is kept for the button 解释此格.
    """
    folder = known.folder.set(known.folder_of(caller.book))
    lie = known.facts.set(facts)
    try:
        result = _asked(name, arguments)
    except CellError as error:
        result = error
    except BadInput as wrong:
        result = CellError(REF, str(wrong))
    except Exception as wrong:
        log.note(f"{name} {caller}", wrong)
        result = CellError(VALUE, f"{UNEXPECTED},详情见日志")
    finally:
        known.facts.reset(lie)
        known.folder.reset(folder)
    reasons.remember(caller, result)
    return result


def _asked(name: str, arguments: Sequence[Any]) -> Any:
    formula = FORMULAS.get(name.upper())
    if formula is None:
        raise CellError(NAME, f"这一版结算助手没有公式{name},请重新安装")
    least = sum(not argument.optional for argument in formula.arguments)
    given = list(arguments)
    while given and given[-1] is None and len(given) > least:
        given.pop()  # =F(a,) leaves the default in place
    return formula.call(*given)


def press(name: str, desk: Desk) -> str:
    """Runs a button; the one line that the status bar shows afterwards. Never raises."""
    button = BUTTONS.get(name)
    if button is None:
        return f"这一版结算助手没有按钮{name},请重新安装"
    try:
        with desk.undisturbed():
            if button.writes:
                return transaction.run(button.label, button.call, desk)
            return button.call(desk)
    except Cancelled:
        return f"{button.label}:已取消,没有改动"
    except BadInput as wrong:
        log.note(str(wrong), wrong)
        desk.show(button.label, str(wrong))
        return f"{button.label}:{wrong.problem}"
    except Exception as wrong:
        place = log.note(button.label, wrong)
        where = f",详情已记入 {place}" if place else ""
        desk.show(button.label, f"{UNEXPECTED},什么也没有写{where}。")
        return f"{button.label}:没有完成"

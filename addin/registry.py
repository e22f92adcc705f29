"""The one list of cell formulas and buttons: what Excel, the handbook and the add-in say of each.

``@formula`` over a thin function of ``udfs.py`` is all that a formula is, ``@button`` over one of
``macros.py`` all that a button is; everything else about them is generated from here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from addin.desk import Desk

CATEGORY = "结算助手"

# --- cell formulas --------------------------------------------------------------------------


@dataclass(frozen=True)
class Argument:
    """``label`` and ``help`` are what the wizard shows; ``many`` marks a ↕ argument (§1.1)."""

    name: str
    label: str
    help: str
    many: bool
    optional: bool

    @property
    def shown(self) -> str:
        label = self.label + "↕" * self.many
        return f"[{label}]" if self.optional else label


@dataclass(frozen=True)
class Formula:
    """``call`` is the Python function; it takes and gives plain values and lists of rows."""

    name: str
    help: str
    arguments: tuple[Argument, ...]
    gives: str
    examples: Mapping[str, Any]  # what is typed into a cell, and what it shows
    call: Callable[..., Any]

    @property
    def syntax(self) -> str:
        return f"{self.name}({','.join(argument.shown for argument in self.arguments)})"


FORMULAS: dict[str, Formula] = {}

EXAMPLE_RANGE = (
    "A3:J5",
    (
        ("网点编码", "单号", "用户姓名", "用户电话", "用户地址", "产品型号", "机身条码", "安装日期",
         "安装项目", "申报安装费"),
        ("WD001", "AZ001", "王某", "15400000001", "测试路1号", "DR-60A", "DR60A2601990001",
         "2026-03-05", "标准安装", 80),
        ("WD001", "AZ001", "李某", "15400000002", "测试路2号", "DR-60A", "DR60A2601990008",
         "2026-03-06", "标准安装", 95),
    ),
)  # fmt: skip
"""The slips that examples speak of, under their header in row 3; invented."""


def formula(
    help: str, *, gives: str, examples: Mapping[str, Any], **arguments: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a cell formula under the name of its function, in capitals.

    Each argument is told as ``label↕:help``, in the order of the signature; a default in the
    signature makes it optional.
    """

    def register(call: Callable[..., Any]) -> Callable[..., Any]:
        parameters = inspect.signature(call).parameters
        if list(parameters) != list(arguments):
            raise TypeError(f"{call.__name__} takes {list(parameters)}, not {list(arguments)}")
        told = tuple(
            _argument(name, words, parameters[name].default is not inspect.Parameter.empty)
            for name, words in arguments.items()
        )
        name = call.__name__.upper()
        FORMULAS[name] = Formula(name, help, told, gives, examples, call)
        return call

    return register


def _argument(name: str, words: str, optional: bool) -> Argument:
    label, _, help = words.partition(":")
    return Argument(name, label.removesuffix("↕"), help, label.endswith("↕"), optional)


# --- buttons --------------------------------------------------------------------------------

GROUPS = ("核对", "对账", "月结", "查询", "系统")
"""Of the ribbon tab, from left to right; formulas.md §3."""


@dataclass(frozen=True)
class Button:
    """``needs`` says what must be there and ``changes`` what it writes, both to the clerk.

    ``icon`` is one of ours (``addin.build.icons``) or, beginning with ``mso:``, one of Office.
    ``key`` is a shortcut as ``Application.OnKey`` spells it. A button that writes can be undone.
    """

    name: str
    label: str
    tip: str
    group: str
    icon: str
    large: bool
    key: str
    cells_menu: bool
    needs: str
    changes: str
    call: Callable[[Desk], str]

    @property
    def writes(self) -> bool:
        return bool(self.changes)


BUTTONS: dict[str, Button] = {}


def button(
    label: str,
    tip: str,
    *,
    group: str,
    icon: str,
    large: bool = False,
    key: str = "",
    cells_menu: bool = False,
    needs: str = "",
    changes: str = "",
) -> Callable[[Callable[[Desk], str]], Callable[[Desk], str]]:
    """Registers a button under the name of its function: ``check_sheet`` is ``checkSheet``.

    The function works on the desk that it is given and answers with one line for the status bar.
    """
    if group not in GROUPS:
        raise TypeError(f"no group {group} in the ribbon")

    def register(call: Callable[[Desk], str]) -> Callable[[Desk], str]:
        first, *others = call.__name__.split("_")
        name = first + "".join(word.capitalize() for word in others)
        BUTTONS[name] = Button(
            name, label, tip, group, icon, large, key, cells_menu, needs, changes, call
        )
        return call

    return register

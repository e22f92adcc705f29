"""The one list of cell formulas: what Excel's wizard, the handbook and the add-in say of each.

``@formula`` over a thin function of ``udfs.py`` is all that a formula is; everything else about it
is generated from here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

CATEGORY = "结算助手"


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

"""What a rule is: one function over whole columns, with its code, outcome, message and examples.

A rule's positional arguments name the columns it needs; rows where one of them is blank or could
not be read are none of its business and are left out by the caller. Its keyword-only arguments are
parameters. It answers with a mask, or with several :class:`When`, and knows nothing of workbooks,
money or colours. Modules of this package are discovered: adding a rule edits nothing else.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from addin.rules.verdicts import Outcome, Severity

INSTALL, REPAIR = "安装", "维修"
BOTH = (INSTALL, REPAIR)
PARTS, RETURNS, DEPOSITS = "配件流水", "旧件返还", "押金流水"
LEDGERS = (PARTS, RETURNS, DEPOSITS)
STOCK, BATCHES, OLD_PARTS = "配件对账单", "在外批次", "应返旧件"
STATEMENT, CHARGES = "押金对帐单", "保外清单"
FOLLOW_UP, REGISTER, STATISTICS, CLOSING = "结算跟进表", "回访登记表", "统计表", "月结"
REPORTS = (FOLLOW_UP, REGISTER, STATISTICS, CLOSING)
"""What a rule judges a row of: slips of a service, entries of a ledger, lines of a list or of a
report, and a month as it is closed."""

Example = Mapping[str, Any]
"""A row by its headers, or ``case(...)`` where several rows, sheets or masters matter."""


@dataclass(frozen=True)
class When:
    """Rows that hit, with an outcome and message of their own where the rule's do not fit."""

    mask: Any
    outcome: Outcome | None = None
    says: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """An example that needs more than one row: all of ``rows`` are checked, the last one is meant.

    ``history`` holds rows of 结算历史, ``masters`` replaces rows of 基础资料 sheets, ``parameters``
    sets values of 规则参数. ``at`` says which row is meant when it is not the last. ``sheets``
    holds rows of other ledgers and lists, by the sheet's name.
    """

    rows: tuple[Example, ...]
    history: tuple[Example, ...] = ()
    masters: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    at: int = -1
    sheets: Mapping[str, Sequence[Example]] = field(default_factory=dict)


def each(test: Callable[..., bool], *columns: pd.Series) -> np.ndarray:
    """``test`` of the columns row by row, for what no operation on whole columns can say."""
    return np.fromiter(map(test, *columns), bool, len(columns[0]))


def case(*rows: Example, **more: Any) -> Case:
    return Case(rows or ({},), **more)


@dataclass(frozen=True)
class Rule:
    code: str
    name: str
    outcome: Outcome
    severity: Severity
    checks: str  # when it hits, in the clerk's words
    says: str
    on: tuple[str, ...]  # INSTALL, REPAIR, or the sheet whose rows it judges
    field: str  # the input that the clerk should look at
    may_be_blank: frozenset[str]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    test: Callable[..., Any]
    hits: Sequence[Example | Case]
    passes: Sequence[Example | Case]

    @property
    def why(self) -> str:
        """First paragraph of the docstring: the reason, in English."""
        return re.sub(r"\s+", " ", (inspect.getdoc(self.test) or "").split("\n\n")[0])

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets on which it looks, as the clerk calls them."""
        return tuple(f"{kind}单" if kind in BOTH else kind for kind in self.on)

    @property
    def of_slips(self) -> bool:
        return bool(set(self.on) & set(BOTH))

    def run(self, columns: Mapping[str, pd.Series], parameters: Mapping[str, Any]) -> list[When]:
        """The rule's hits among the rows of ``columns``, whose inputs are all known."""
        arguments = [columns[name] for name in self.inputs]
        found = self.test(*arguments, **{name: parameters[name] for name in self.parameters})
        return [w if isinstance(w, When) else When(w) for w in _as_list(found)]


def _as_list(found: Any) -> list[Any]:
    return list(found) if isinstance(found, list | tuple) else [found]


def rule(
    code: str,
    name: str,
    outcome: Outcome,
    *,
    severity: Severity,
    checks: str,
    says: str,
    hits: Sequence[Example | Case],
    passes: Sequence[Example | Case],
    on: tuple[str, ...] = BOTH,
    field: str = "",
    may_be_blank: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], Rule]:
    """Declares a rule; the function's signature says which columns and parameters it reads."""

    def declare(test: Callable[..., Any]) -> Rule:
        signature = inspect.signature(test).parameters.values()
        inputs = tuple(p.name for p in signature if p.kind is not p.KEYWORD_ONLY)
        return Rule(
            code=code,
            name=name,
            outcome=outcome,
            severity=severity,
            checks=checks,
            says=says,
            on=on,
            field=field or inputs[0],
            may_be_blank=frozenset(may_be_blank),
            inputs=inputs,
            parameters=tuple(p.name for p in signature if p.kind is p.KEYWORD_ONLY),
            test=test,
            hits=tuple(hits),
            passes=tuple(passes),
        )

    return declare


def find(code: str) -> Rule | None:
    """The rule of a problem code as a clerk writes it, or as it stands in 问题代码."""
    wanted = code.strip().upper().removesuffix("(放行)")
    return next((rule for rule in all_rules() if rule.code == wanted), None)


def slip_rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in all_rules() if rule.of_slips)


def rules_on(sheet: str) -> tuple[Rule, ...]:
    """The rules for rows of a ledger or a list."""
    return tuple(rule for rule in all_rules() if sheet in rule.on)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of the package, by code. Modules named ``r*`` are looked through."""
    import addin.rules as package

    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if not re.fullmatch(r"r\dxx_\w+", module.name):
            continue
        for value in vars(importlib.import_module(f"addin.rules.{module.name}")).values():
            if isinstance(value, Rule):
                assert value.code not in found or found[value.code] is value, value.code
                found[value.code] = value
    return tuple(found[code] for code in sorted(found))

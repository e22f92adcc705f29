"""Runs rules over columns and keeps what they found, in columns too; words come last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from string import Formatter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from addin.domain.rmb import yuan
from addin.rules.rule import INSTALL, REPAIR, Rule
from addin.rules.settings import Settings
from addin.rules.verdicts import Effect, Outcome, Scope, Severity, Verdict

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Found:
    """Rows that one outcome of one rule hit. ``fields`` run parallel to ``rows``."""

    rule: Rule
    outcome: Outcome
    severity: Severity
    says: str
    rows: IntArray
    fields: dict[str, np.ndarray]
    waived: BoolArray
    waived_amount: IntArray  # 分, -1 where the waiver names none

    @property
    def effect(self) -> Effect:
        return self.outcome.effect

    @cached_property
    def messages(self) -> list[str]:
        """The Chinese sentence of each row."""
        pieces = list(Formatter().parse(self.says))
        columns = [
            [shown(v, spec or "") for v in self.fields[name]]
            for _, name, spec, _ in pieces
            if name is not None
        ]
        if not columns:
            return [self.says] * len(self.rows)
        template = "".join(
            text.replace("{", "{{").replace("}", "}}") + ("" if name is None else "{}")
            for text, name, _, _ in pieces
        )
        return [template.format(*values) for values in zip(*columns, strict=True)]


def shown(value: Any, spec: str = "") -> str:
    """A value as messages print it: 2026-03-05, 80.00, 20 (km)."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, pd.Timestamp | dt.date | np.datetime64):
        day = pd.Timestamp(value)
        return day.strftime("%Y-%m" if spec == "month" else "%Y-%m-%d")
    if spec == "money":
        return yuan(int(value))
    if spec == "km":
        return f"{int(value) / 1000:.3f}".rstrip("0").rstrip(".")
    return str(value)


Waive = Callable[[Rule, Outcome, IntArray], tuple[BoolArray, IntArray]]


@dataclass
class Hits:
    """All that was found so far, and what was not run (for 处理日志)."""

    found: list[Found] = field(default_factory=list)
    log: list[tuple[str, str, str]] = field(default_factory=list)  # code, 结果, 说明

    def run(
        self, rules: Iterable[Rule], facts: pd.DataFrame, settings: Settings, waive: Waive
    ) -> None:
        """Runs every rule over the rows of its kind whose inputs are all known."""
        known = cache(lambda name: facts[name].notna().to_numpy(bool))
        served = cache(lambda on: _served(on, facts))
        for rule in rules:
            setting = settings.of(rule)
            if not setting.enabled:
                self.log.append((rule.code, "停用", "规则参数中启用=否"))
                continue
            ready = served(rule.on)
            if setting.valid_from is not None or setting.valid_to is not None:
                covered = setting.in_force(facts["service_date"])
                if n := int((ready & ~covered).sum()):
                    self.log.append((rule.code, "停用", f"{n}行的服务日期不在规则有效期内"))
                ready = ready & covered
            needed = (known(name) for name in rule.inputs if name not in rule.may_be_blank)
            rows = np.flatnonzero(np.logical_and.reduce([ready, *needed]))
            if rows.size:
                self._run(rule, facts, rows, settings, waive)

    def _run(
        self, rule: Rule, facts: pd.DataFrame, asked: IntArray, settings: Settings, waive: Waive
    ) -> None:
        setting = settings.of(rule)
        columns = {name: _taken(facts[name], asked) for name in rule.inputs}
        for when in rule.run(columns, settings.parameters):
            hit = np.flatnonzero(truth(when.mask))
            outcome = setting.outcome(when.outcome or rule.outcome)
            if not hit.size:
                continue
            if outcome.verdict is Verdict.PASSED:
                self.log.append((rule.code, "停用", f"结论改为通过,{len(hit)}行不列"))
                continue
            rows, says = asked[hit], when.says or rule.says
            fields = {
                name: column(when.fields[name], hit)
                if name in when.fields
                else column(facts[name], rows)
                for _, name, _, _ in Formatter().parse(says)
                if name is not None
            }
            severity = setting.severity or rule.severity
            waived, amount = waive(rule, outcome, rows)
            self.found.append(Found(rule, outcome, severity, says, rows, fields, waived, amount))

    def rows_with(self, n: int, *effects: Effect, scope: Scope | None = None) -> BoolArray:
        """Mask of the rows on which some unwaived hit has one of ``effects`` (on ``scope``)."""
        mask = np.zeros(n, bool)
        for found in self.found:
            if found.effect in effects and (scope is None or found.outcome.scope is scope):
                mask[found.rows[~found.waived]] = True
        return mask

    def without(self, rules: Iterable[Rule]) -> Hits:
        """The same without what ``rules`` found: for a group that has to be run again."""
        dropped = {rule.code for rule in rules}
        return Hits(
            [f for f in self.found if f.rule.code not in dropped],
            [line for line in self.log if line[0] not in dropped],
        )


def _served(on: tuple[str, ...], facts: pd.DataFrame) -> BoolArray:
    """Slips of these services; rows of a ledger or a list stand alone and are all meant."""
    if "is_install" not in facts:
        return np.ones(len(facts), bool)
    installs = facts["is_install"].to_numpy(bool)
    return (installs & (INSTALL in on)) | (~installs & (REPAIR in on))


def truth(mask: Any) -> BoolArray:
    """A rule's mask as plain booleans; what is unknown is no hit."""
    if isinstance(mask, pd.Series):
        if mask.dtype == object:
            mask = mask.astype("boolean")
        return mask.to_numpy(dtype=bool, na_value=False)
    return np.asarray(mask, bool)


def column(values: Any, rows: IntArray) -> np.ndarray:
    """The values of a message field on ``rows``; a scalar counts for each."""
    if isinstance(values, pd.Series):
        return _taken(values, rows).to_numpy(object)
    return np.full(len(rows), values, object)


def _taken(column: pd.Series, rows: IntArray) -> pd.Series:
    """``rows`` of a column, numbered anew: half the cost of ``Series.take``."""
    return pd.Series(column.array.take(rows), dtype=column.dtype, copy=False)

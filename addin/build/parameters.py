"""The rows of sheet 规则参数, drawn from the rules themselves: nothing is listed twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from addin.rules import told
from addin.rules.parameters import PARAMETERS, Parameter
from addin.rules.rule import Rule, all_rules


@dataclass(frozen=True)
class ParameterRow:
    """A rule (``parameter`` blank) or one of its parameters; ``code`` blank is a general one."""

    code: str
    short_name: str = ""
    enabled: str = ""
    severity: str = ""
    parameter: str = ""
    default: str = ""
    unit: str = ""
    options: tuple[str, ...] = ()
    note: str = ""

    def cells(self) -> dict[str, str]:
        """Values by the field names of the catalogue."""
        return {**vars(self), "options": "/".join(self.options)}


def parameter_rows(
    rules: Iterable[Rule] | None = None, parameters: Iterable[Parameter] = PARAMETERS
) -> tuple[ParameterRow, ...]:
    """General parameters first, then every rule by code with its parameters under it."""
    by_code = {rule.code: rule for rule in (all_rules() if rules is None else rules)}
    rows = [_rule_row(rule) for rule in by_code.values()]
    rows += [_parameter_row(p, by_code.get(p.code)) for p in parameters]
    return tuple(sorted(rows, key=lambda row: (row.code, bool(row.parameter))))


def _rule_row(rule: Rule) -> ParameterRow:
    return ParameterRow(
        code=rule.code,
        short_name=rule.name,
        enabled="是",
        severity=str(rule.severity),
        note=f"原定{rule.outcome.verdict}({told.scopes(rule)}):{told.message(rule)}",
    )


def _parameter_row(parameter: Parameter, rule: Rule | None) -> ParameterRow:
    return ParameterRow(
        code=parameter.code,
        short_name=rule.name if rule else "",
        parameter=parameter.name,
        default=parameter.default,
        unit=parameter.unit,
        options=parameter.options,
        note=parameter.note,
    )

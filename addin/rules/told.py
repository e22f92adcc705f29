"""A rule in the clerk's words: what ``settle explain`` prints and the rule handbook lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from addin.rules.parameters import PARAMETERS, Parameter
from addin.rules.rule import Case, Example, Rule

HIT, PASS = "命中", "不命中"
UNCHANGED = "样单不改"


def message(rule: Rule) -> str:
    """What stands in 核对说明, with … where each slip has its own words."""
    return re.sub(r"\{[^}]*\}", "…", rule.says)


def scopes(rule: Rule) -> str:
    return "、".join(dict.fromkeys(rule.outcome.scope.shown(service) for service in rule.on))


def parameters(rule: Rule) -> Iterable[Parameter]:
    """Those that the rule itself reads, and those that make the facts it looks at."""
    return (p for p in PARAMETERS if p.code == rule.code or p.key in rule.parameters)


def parameter(told: Parameter) -> str:
    more = [f"可选{'/'.join(told.options)}"] if told.options else []
    more += [told.note] if told.note else []
    default = f"{told.default}{told.unit}" if told.default else "(空白)"
    return f"{told.name}={default}" + (f"({';'.join(more)})" if more else "")


def facts(rule: Rule) -> list[tuple[str, str]]:
    """What is to be known of a rule, each under its heading."""
    outcome = rule.outcome
    return [
        ("检查", rule.checks),
        ("单据", "、".join(rule.sheets)),
        ("结论", f"{outcome.verdict},范围{scopes(rule)},严重度{rule.severity}"),
        ("核对说明", message(rule)),
        *(("参数", parameter(p)) for p in parameters(rule)),
        ("建议处理", outcome.advice),
    ]


def examples(rule: Rule, most: int = 2) -> Iterator[tuple[str, str]]:
    """Input and result: the first hits, then the first near misses, of the rule's own table."""
    for result, table in ((HIT, rule.hits), (PASS, rule.passes)):
        shown = [words for example in table if (words := _example(rule, example))]
        yield from ((words, result) for words in shown[:most])


def _example(rule: Rule, example: Example | Case) -> str:
    """Blank where the example is not made of what a clerk enters."""
    if not isinstance(example, Case):
        return _cells(example)
    rows = _several(rule, example.rows) if len(example.rows) > 3 else _few(rule, example)
    if not rows:
        return ""
    around = [f"结算历史有:{_cells(row)}" for row in example.history]
    around += [
        f"“{sheet}”表有{'、'.join(f'({_cells(row)})' for row in lines)}"
        for sheet, lines in example.masters.items()
    ]
    around += [
        f"{sheet}有{'、'.join(f'({_cells(row)})' for row in lines)}"
        for sheet, lines in example.sheets.items()
    ]
    around += [f"参数:{_cells(example.parameters)}"] if example.parameters else []
    return ";".join((*around, *([rows] if rows != UNCHANGED or not around else [])))


def _few(rule: Rule, example: Case) -> str:
    unit = "张单" if rule.of_slips else "行"
    rows = [_cells(row) for row in example.rows]
    meant = rows.pop(example.at)
    others = (f"另一{unit}:{row}" for row in rows)
    return ";".join((*others, f"这{unit}:{meant}" if rows else meant))


def _several(rule: Rule, rows: tuple[Example, ...]) -> str:
    """Of many slips only the columns that the rule speaks of."""
    told = []
    for header in rows[0]:
        if header in rule.checks:
            values = [_value(row[header]) for row in rows]
            same = len(set(values)) == 1
            told.append(
                f"{header}都是{values[0]}" if same else f"{header}依次为{'、'.join(values)}"
            )
    return f"{len(rows)}张单,{','.join(told)}" if told else ""


def _cells(row: Mapping[str, Any]) -> str:
    return "、".join(f"{header}={_value(v)}" for header, v in row.items()) or UNCHANGED


def _value(value: Any) -> str:
    return "(空白)" if value is None or not str(value).strip() else str(value).strip()

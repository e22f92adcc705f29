"""The road of all rows at once: facts stage by stage, rules as soon as their columns are known.

Pure: tables and masters in, verdicts out. No workbook is opened or written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from addin.domain import keys, tariff, travel
from addin.errors import BadInput
from addin.facts import earlier, groups, joined, ledger_rows, shared, warranty
from addin.facts.joined import Month
from addin.facts.past import Ledger, Standing
from addin.rules import Rule, slip_rules
from addin.rules.decide import decide
from addin.rules.hits import Found, Hits, column, truth
from addin.rules.settings import Settings
from addin.rules.verdicts import Effect, Scope
from addin.rules.waivers import Waiver, Waivers
from addin.tables import catalogue
from addin.tables.masters import Masters
from addin.tables.read import Notice
from addin.tables.slips import Slips

ENDLESS = 50  # rounds of days under repair; each round settles one more visit of every machine


@dataclass
class Judged:
    """Everything that a check knows about its slips; frames run parallel to ``slips.frame``."""

    slips: Slips
    facts: pd.DataFrame
    verdicts: pd.DataFrame
    hits: Hits
    about_outlets: list[Found]
    notices: list[Notice]
    settings: Settings
    month: Month

    @cached_property
    def checked(self) -> pd.DataFrame:
        """Facts and verdicts side by side: what reports and the JSON are made of."""
        return pd.concat([self.facts, self.verdicts], axis=1)


def judge(
    slips: Slips,
    masters: Masters,
    history: pd.DataFrame,
    month: Month,
    settings: Settings,
    recorded: Sequence[Waiver] = (),
    consumed: pd.DataFrame | None = None,
    register: pd.DataFrame | None = None,
) -> Judged:
    """Run every rule on every slip and fold the hits. ``recorded`` are waivers of 放行记录,
    ``consumed`` the 核销 of the parts ledger (outlet, slip, part); None without a ledger;
    ``register`` the call-back register as the clerk has filled it in."""
    _refuse_bad_patterns(masters)
    parameters = settings.parameters
    facts = joined.joined(slips, masters, month, parameters)
    facts = facts.assign(**joined.called_back(facts, register))
    ledger = Ledger(history, facts)
    waivers = Waivers(
        [*entered(slips), *recorded], masters[catalogue.AUTHORITY], facts, month.as_of
    )
    hits = Hits()
    waiting = [r for r in slip_rules() if r.outcome.scope is not Scope.SHEET]

    def settle(added: pd.DataFrame | None = None) -> list[Rule]:
        """Adds the columns of a stage and runs the rules that waited for them."""
        nonlocal facts, waiting
        if added is not None:
            facts = facts.drop(columns=facts.columns.intersection(added.columns))
            facts = pd.concat([facts, added.set_axis(facts.index)], axis=1)
            waivers.facts = facts
        due = [rule for rule in waiting if set(rule.inputs) <= set(facts.columns)]
        waiting = [rule for rule in waiting if rule not in due]
        hits.run(due, facts, settings, waivers.judge)
        return due

    settle()
    now = standing(hits, len(facts))
    terms = warranty.terms(ledger, slips, masters, parameters)
    for _ in range(ENDLESS):
        due = settle(warranty.covered(terms, ledger, masters, parameters, now))
        now, before = standing(hits, len(facts)), now
        if not _changes_repairs(ledger, before, now):
            break
        hits, waiting = hits.without(due), [*due, *waiting]
    settle(earlier.seen_before(ledger, masters, parameters, now))
    settle(groups.among_others(ledger, standing(hits, len(facts))))
    settle(shared.shared(facts, ledger, parameters, standing(hits, len(facts))))
    settle(ledger_rows.written_off(facts, consumed, standing(hits, len(facts)).out))
    assert not waiting, [rule.code for rule in waiting]

    notices = [
        *(notice for table in slips.tables for notice in table.notices),
        *_notices(slips, facts, masters, settings),
        *_waiver_notices(waivers, slips),
    ]
    _log_skipped(hits, slips)
    verdicts = decide(hits, facts, parameters)
    about_outlets = _about_outlets(facts, settings)
    return Judged(slips, facts, verdicts, hits, about_outlets, notices, settings, month)


def standing(hits: Hits, n: int) -> Standing:
    return Standing(
        returned=hits.rows_with(n, Effect.RETURN_ROW),
        refused=hits.rows_with(n, Effect.REFUSE_ROW),
        labour_refused=hits.rows_with(n, Effect.REFUSE_COMPONENT, scope=Scope.LABOUR),
    )


def _changes_repairs(ledger: Ledger, before: Standing, after: Standing) -> bool:
    """A repair fell out that may have lengthened the term of a later one of its machine."""
    changed = (before.out != after.out) & ledger.is_repair[ledger.month]
    return bool((changed & keys.repeated(ledger.machine[ledger.month])).any())


def entered(slips: Slips) -> list[Waiver]:
    """Waivers from the clerk's own columns beside the slips (workbooks.md §4.3)."""
    at = np.flatnonzero(slips.frame["waive_code"].notna())
    unreadable = slips.unread("waive_amount")[at].tolist()
    lines = slips.frame.iloc[at][[f.name for f in catalogue.WAIVER_COLUMNS]].to_dict("records")
    return [
        Waiver.read(slip, {str(n): v for n, v in line.items()}, unreadable_amount=wrong)
        for slip, line, wrong in zip(at.tolist(), lines, unreadable, strict=True)
    ]


def _about_outlets(facts: pd.DataFrame, settings: Settings) -> list[Found]:
    """Rules about an outlet as a whole (scope 表): they change no slip."""
    outlets = groups.part_shares(facts).reset_index()
    found = []
    for rule in slip_rules():
        if rule.outcome.scope is not Scope.SHEET or not settings.of(rule).enabled:
            continue
        columns = {name: outlets[name] for name in rule.inputs}
        for when in rule.run(columns, settings.parameters):
            rows = np.flatnonzero(truth(when.mask))
            if rows.size:
                fields = {"outlet_code": column(outlets["outlet_code"], rows)} | {
                    name: column(values, rows) for name, values in when.fields.items()
                }
                nothing = np.zeros(len(rows), bool)
                severity = settings.of(rule).severity or rule.severity
                found.append(
                    Found(
                        rule, rule.outcome, severity, rule.says, rows, fields, nothing, rows * 0 - 1
                    )
                )
    return found


def _refuse_bad_patterns(masters: Masters) -> None:
    models = masters[catalogue.MODELS]
    for pattern, row in zip(models["barcode_format"], models["row"], strict=True):
        try:
            re.compile(pattern or "")
        except re.error as wrong:
            raise BadInput(
                f"条码格式“{pattern}”不是有效的正则表达式",
                "请改正或清空该格,清空则用默认格式",
                workbook=masters.workbook,
                sheet=catalogue.MODELS.name,
                row=int(row),
            ) from wrong


# --- notices and the log --------------------------------------------------------------------


def _notices(
    slips: Slips, facts: pd.DataFrame, masters: Masters, settings: Settings
) -> Iterable[Notice]:
    told = (("bad_distance", "无法识别,按空白计"), ("bad_total", "无法识别,不核对合计"))
    for name, words in told:
        for i in np.flatnonzero(facts[name].notna()).tolist():
            table, at = slips.where(i)
            yield Notice(
                f"{facts[name].iat[i]}{words}", table.workbook, table.sheet, int(table.rows[at])
            )
    for spec, backwards in (
        (catalogue.TARIFF, tariff.invalid_rows),
        (catalogue.TRAVEL_TARIFF, travel.invalid_rows),
    ):
        sheet = masters[spec]
        for row in sheet.loc[backwards(sheet).to_numpy(bool), "row"]:
            yield Notice("失效日期早于生效日期,该行不采用", masters.workbook, spec.name, int(row))
    for row, words in settings.remarks:
        yield Notice(words, masters.workbook, catalogue.PARAMETERS.name, row)
    yield from masters.notices


def _waiver_notices(waivers: Waivers, slips: Slips) -> Iterable[Notice]:
    for waiver in waivers.asked:
        if waiver in waivers.taken:
            continue
        table, at = slips.where(waiver.slip)
        several = "一格只能写一个代码,多个请写在放行记录表"
        absent = several if ";" in waiver.code else f"该行没有问题{waiver.code}"
        words = waivers.refused.get(waiver, absent)
        yield Notice(
            f"{waiver.code}的放行未采用:{words}",
            table.workbook,
            table.sheet,
            int(table.rows[at]),
            waiver.code,
        )


_MADE_OF = {
    "service_date": ("install_date", "completed_date"),
    "judged_on": ("reported_date",),
    "barcode": ("barcodes",),
    "phone": ("user_phone",),
    "claimed": (),
}


def _log_skipped(hits: Hits, slips: Slips) -> None:
    """处理日志 says for every rule on which rows it could not run because a cell has no value."""
    names = {name for rule in slip_rules() for name in rule.inputs}
    sources = {name: _MADE_OF.get(name, (name,)) for name in names}
    unread = {
        field: np.flatnonzero(slips.unread(field)).tolist()
        for field in {f for fields in sources.values() for f in fields}
        if any(field in table.spec for table in slips.tables)
    }
    for rule in slip_rules():
        for field in dict.fromkeys(f for name in rule.inputs for f in sources[name]):
            rows = [i for i in unread.get(field, ()) if _in(rule, slips, i)]
            if rows:
                where = "、".join(_row(slips, i) for i in rows)
                header = slips.where(rows[0])[0].spec[field].header
                hits.log.append((rule.code, "跳过", f"{header}无法识别:{where}"))


def _in(rule: Rule, slips: Slips, i: int) -> bool:
    return ("安装" if i < slips.installs else "维修") in rule.on


def _row(slips: Slips, i: int) -> str:
    table, at = slips.where(i)
    return f"{table.sheet}第{table.rows[at]}行"

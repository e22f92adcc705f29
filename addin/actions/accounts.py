"""The accounts of a month: ledgers posted, every rule run on every row, agent by agent.

Pure from :func:`settle` on: frames and masters in, balances and findings out. A row that is
refused or returned is not posted; a row that is to be checked is, and marks its account
(rules.md §12.5). What was refused in a month that is closed stays refused, as its list says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from addin.actions import ledgers
from addin.actions.ledgers import Books
from addin.domain import deposits, parts, postings
from addin.domain.keys import BoolArray, IntArray
from addin.facts import ledger_rows as facts_of
from addin.facts.joined import Month
from addin.facts.ledger_rows import Agents
from addin.reports import charges as charges_report
from addin.reports import parts_statement
from addin.reports.account_issues import Finding
from addin.reports.deposit_statement import KIND_OF
from addin.reports.shown import Difference
from addin.reports.standing import WAITING
from addin.rules import rule as kinds
from addin.rules import rules_on
from addin.rules.hits import Found, Hits
from addin.rules.rule import Rule
from addin.rules.settings import Settings
from addin.rules.verdicts import Outcome, Verdict
from addin.tables import catalogue
from addin.tables.ledgers import CHARGES, COMPLAINED, RETURNS
from addin.tables.masters import Masters
from addin.tables.read import Notice

OF_THE_CLERK = ("sent_on", "countersigned", "countersigned_on", "agent_balance", "remark")
SOLD = "保外领用"
MONTHS_SHOWN = 12
ROWS_NAMED = 3  # in the reasons of one account

REFUSING = (Verdict.REFUSED, Verdict.RETURNED)
OF_A_SHEET = ("R501", "R502")
"""What is also asked of the statement as it lies there, before it is refreshed."""
TO_BE_CHECKED = (*REFUSING, Verdict.UNDECIDABLE, Verdict.PENDING)


@dataclass
class Accounts:
    """Money is Int64 分, <NA> where nobody can tell; columns are fields of the statements."""

    month: Month
    masters: Masters
    settings: Settings
    books: Books
    agents: pd.DataFrame
    parts: pd.DataFrame
    charges: pd.DataFrame
    batches: pd.DataFrame
    deposits: pd.DataFrame
    movements: pd.DataFrame
    overdue: pd.DataFrame  # agent_code, outlet_code, part_code, units, days
    findings: list[Finding]
    notices: list[Notice]
    ledger: Ledgers = field(repr=False)
    differences: list[Difference] = field(default_factory=list)
    """What the papers made of these accounts say of themselves."""

    @property
    def until(self) -> pd.Timestamp:
        return self.ledger.until

    @property
    def doubtful(self) -> int:
        """How many agents are 待查 or 无法判断."""
        return int(self.agents["verdict"].isin(WAITING).sum())

    @property
    def unposted(self) -> list[Finding]:
        """未入账: rows that change no balance until they are corrected, each told once."""
        rows = {(f.workbook, f.sheet, f.row): f for f in reversed(self.findings) if f.unposted}
        return sorted(rows.values(), key=lambda f: (f.workbook, f.sheet, f.row or 0))

    @cached_property
    def trend(self) -> pd.DataFrame:
        """A row per month up to this one: Σ期末余额, Σ配件占用, Σ可用押金, old parts overdue."""
        return pd.DataFrame(list(_trend(self)))


@dataclass(frozen=True)
class Ledgers:
    """What is posted, and up to which day."""

    agents: Agents
    deposits: pd.DataFrame
    moved: pd.DataFrame  # 配件流水 priced; both without what is refused
    returns: pd.DataFrame | None  # 旧件返还, likewise; None without that ledger
    returned: pd.Series | None  # units by outlet and part; None where nobody can tell
    new: list[str]
    since: pd.Timestamp
    until: pd.Timestamp


class Rows:
    """Rows of one kind, and the rules that wait for their columns."""

    def __init__(
        self, kind: str, facts: pd.DataFrame, settings: Settings, only: Sequence[str] = ()
    ) -> None:
        self.kind, self.settings = kind, settings
        self.facts = facts.reset_index(drop=True)
        self.index = facts.index
        self.hits = Hits()
        self.waiting = [rule for rule in rules_on(kind) if not only or rule.code in only]

    def settle(self, **added: Any) -> Rows:
        """Adds columns (by the index of the rows) and runs the rules that waited for them."""
        columns = {
            name: value.reindex(self.index).array if isinstance(value, pd.Series) else value
            for name, value in added.items()
        }
        self.facts = self.facts.assign(**columns)
        due = [rule for rule in self.waiting if set(rule.inputs) <= set(self.facts.columns)]
        self.waiting = [rule for rule in self.waiting if rule not in due]
        self.hits.run(due, self.facts, self.settings, _nobody)
        return self

    @property
    def refused(self) -> pd.Series:
        """By the index of the rows: what may not be posted."""
        mask = np.zeros(len(self.facts), bool)
        for found in self.hits.found:
            if found.outcome.verdict in REFUSING:
                mask[found.rows] = True
        return pd.Series(mask, self.index)

    def findings(self, of: BoolArray | None = None) -> Iterator[Finding]:
        """Of all rows, or of those ``of`` names."""
        for found in sorted(self.hits.found, key=lambda f: f.rule.code):
            told = findings_of(found, self.facts.iloc[found.rows], self.kind)
            for at, finding in zip(found.rows, told, strict=True):
                if of is None or of[at]:
                    yield finding


ACCOUNT = ("agent_code", "outlet_code", "part_code")


def findings_of(found: Found, rows: pd.DataFrame, kind: str) -> Iterator[Finding]:
    """One for each of the ``rows`` that a rule hit."""
    columns = [
        rows[name].tolist() if name in rows else [None] * len(rows)
        for name in ("workbook", "sheet", "row", "entry_no", *ACCOUNT)
    ]
    for message, *place in zip(found.messages, *columns, strict=True):
        yield _finding(found, message, kind, *place)


def _finding(
    found: Found, message: str, kind: str,
    workbook: Any, sheet: Any, row: Any, entry_no: Any, *account: Any,
) -> Finding:  # fmt: skip
    agent, outlet, part = map(_text, account)
    if kind in (kinds.DEPOSITS, kinds.STATEMENT):  # whose rows name an agent
        outlet = ""
    return Finding(
        code=found.rule.code,
        name=found.rule.name,
        verdict=found.outcome.verdict,
        severity=found.severity,
        message=message,
        advice=found.outcome.advice,
        kind=kind,
        field=found.rule.field,
        workbook=_text(workbook),
        sheet=_text(sheet),
        row=None if pd.isna(row) or not row else int(row),
        entry_no=_text(entry_no),
        agent_code=agent,
        outlet_code=outlet,
        part_code=part,
        unposted=found.outcome.verdict in REFUSING and kind in kinds.LEDGERS,
    )


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _nobody(rule: Rule, outcome: Outcome, rows: IntArray) -> tuple[BoolArray, IntArray]:
    """Entries of ledgers are corrected, not waived."""
    return np.zeros(len(rows), bool), np.full(len(rows), -1)


def settle(
    books: Books,
    masters: Masters,
    month: Month,
    settings: Settings,
    slips: pd.DataFrame,
    *,
    statement: pd.DataFrame | None = None,
    stock: pd.DataFrame | None = None,
    listed: pd.DataFrame | None = None,
) -> Accounts:
    """``slips`` are the repair slips of this month and of 结算历史 that were not returned.

    ``statement`` and ``stock`` are the 押金对帐单 and 配件对账单 of this month as they lie there,
    ``listed`` an earlier 保外配件收费清单 of the quarter; each with workbook, sheet and row.
    """
    return _Settling(books, masters, month, settings, slips).run(statement, stock, listed)


class _Settling:
    """The steps in their order: parts, returns, charges, deposits, then the statement."""

    def __init__(
        self, books: Books, masters: Masters, month: Month, settings: Settings, slips: pd.DataFrame
    ) -> None:
        self.books, self.masters, self.month = books, masters, month
        self.settings, self.slips = settings, slips
        self.prices, self.outlets = masters[catalogue.PARTS], masters[catalogue.OUTLETS]
        self.agents = Agents(self.outlets)
        month_end = (month.period + pd.offsets.MonthEnd()).as_unit("s")
        started = month.as_of >= month.period
        self.until = min(month_end, month.as_of) if started else month_end
        self.notices = list(books.notices)
        self.findings: list[Finding] = []

    def run(
        self,
        statement: pd.DataFrame | None,
        stock: pd.DataFrame | None,
        listed: pd.DataFrame | None,
    ) -> Accounts:
        self._post_parts()
        self._take_returns()
        self._old_parts()
        self._charges(listed)
        self._post_deposits()
        agents = self._agents()
        self._judge_stock(stock)
        self._judge_statement(agents, statement)
        agents = self._marked(agents)
        ledger = Ledgers(
            self.agents, self.deposits, self.moved, self.returns, self.back, self.new,
            self.month.period, self.until,
        )  # fmt: skip
        return Accounts(
            month=self.month,
            masters=self.masters,
            settings=self.settings,
            books=self.books,
            agents=agents,
            parts=self._parts(),
            charges=self.charges,
            batches=self.batches,
            deposits=self._of_the_month(self.deposits, self.deposit_posts),
            movements=self._of_the_month(self.moved, self.all_posted.rows),
            overdue=self.overdue,
            findings=self.findings,
            notices=self.notices,
            ledger=ledger,
        )

    # --- 配件 -------------------------------------------------------------------------------

    def _post_parts(self) -> None:
        rows, entered = self.books.parts, self._entered()
        past = self._past(entered)
        facts = facts_of.movements(entered, self.masters, self.agents, self.slips, past)
        double = pd.Series(postings.doubles(rows), rows.index)  # also of a batch brought forward
        self.part_rows = Rows(kinds.PARTS, facts, self.settings).settle(double=double)
        refused = self.part_rows.refused | self._refused_then(entered)
        ledger = parts.priced(rows, self.prices)
        self.moved = ledger[~refused.reindex(rows.index, fill_value=False)]
        self.moved = self.moved.assign(agent_code=self.agents.of(self.moved["outlet_code"]))
        self.all_posted = parts.post(self.moved)
        days = self.all_posted.rows["day"]
        self.ledger = self.moved[days <= self.until]
        later = len(self.ledger) < len(self.moved)
        self.posted = parts.post(self.ledger) if later else self.all_posted
        self.used_rows = facts_of.consumed(self.ledger, self.posted.rows)
        self.part_rows.settle(
            before=self.all_posted.rows["before"],
            **facts_of.refusals(self.all_posted.rows["refusal"]),
        )
        self.batches = self.posted.open_batches.join(self.ledger[[*PLACE, "agent_code"]])
        age = parts.ages(self.batches, self.month.as_of)
        open_ones = self.batches.assign(service_date=self.batches["date"], age=age)
        self.findings += Rows(kinds.BATCHES, open_ones, self.settings).settle().findings()

    def _past(self, rows: pd.DataFrame) -> BoolArray:
        """Rows that were entered in a month that is closed."""
        return (rows["entered"] < self.month.period).to_numpy(bool)

    def _refused_then(self, rows: pd.DataFrame) -> pd.Series:
        """Rows that the lists of closed months name as 未入账."""
        place = pd.MultiIndex.from_arrays([rows["entered"], *(rows[name] for name in PLACE)])
        return pd.Series(place.isin(self.books.unposted), rows.index)

    def _take_returns(self) -> None:
        """旧件已返 of sheet 旧件返还 where there is one, else of 配件流水, never of both."""
        used = self.used_rows.groupby(parts.GROUP)["units"].sum()
        self.back: pd.Series | None = None
        if RETURNS.name in self.books.found:
            rows = self.books.returns
            facts = facts_of.returns(rows, self.agents)
            self.return_rows = Rows(kinds.RETURNS, facts, self.settings).settle()
            good = rows[~self.return_rows.refused & (rows["date"] <= self.until)]
            so_far = facts_of.returned_so_far(good, used, self.books.old_parts)
            self.return_rows.settle(**so_far)
            self.part_rows.settle(returned_so_far=pd.NA, consumed=pd.NA)
            self.returns: pd.DataFrame | None = good
            kept = good[(good["kind"] == parts.OLD_RETURN).fillna(False)]
            self.back = kept.groupby(parts.GROUP)["quantity"].sum()
            self.findings += self.return_rows.findings(~self._past(rows))
            self._tell_unused_returns(good)
        else:
            self.returns = None
            so_far = facts_of.returned_so_far(self.ledger, used, self.books.old_parts)
            self.part_rows.settle(**so_far)
            old = self.posted.rows["units"].where(self.posted.rows["kind"] == parts.OLD_RETURN, 0)
            if (old != 0).any():
                self.back = old.groupby([self.ledger[name] for name in parts.GROUP]).sum()

    def _tell_unused_returns(self, good: pd.DataFrame) -> None:
        """新件退库 lowers 在外 by its entry in 配件流水, and by nothing else."""
        new = good[(good["kind"] == "新件退库").fillna(False)]
        sent = self.posted.rows["units"].where(self.posted.rows["kind"] == "新件退库", 0)
        entered = sent.groupby([self.ledger[name] for name in parts.GROUP]).sum()
        back = new.groupby(parts.GROUP)["quantity"].sum()
        for group, units in zip(back.index.tolist(), back.tolist(), strict=True):
            booked = int(entered.get(group, 0))
            if units > booked:
                self.notices.append(
                    Notice(
                        f"{''.join(group)}在旧件返还表有新件退库{units}件,配件流水只有{booked}件,"
                        "在外按配件流水计",
                        sheet=RETURNS.name,
                        code="R411",
                    )
                )

    def _old_parts(self) -> None:
        facts = facts_of.old_parts(
            self.used_rows, self.back, self.prices, self.month.as_of, self.books.old_parts
        )
        rows = Rows(kinds.OLD_PARTS, facts, self.settings).settle()
        self.findings += rows.findings()
        within = self.settings.parameters["old_part_within"]
        late = facts[(facts["age"] > within) & facts["returns_known"]]
        late = late.assign(units=late["due"] - late["returned"], days=late["age"])
        columns = [*ACCOUNT, "units", "days"]
        self.overdue = late.loc[late["units"] > 0, columns].reset_index(drop=True)

    def _parts(self) -> pd.DataFrame:
        return parts_statement.state(
            self.ledger,
            self.posted,
            self.month.period,
            self.month.as_of,
            outlets=self.outlets,
            prices=self.prices,
            returns=self.returns,
            old_parts=self.books.old_parts,
            opening_known=not self.books.parts_why,
        )

    # --- 保外 -------------------------------------------------------------------------------

    def _charges(self, listed: pd.DataFrame | None) -> None:
        quarter = charges_report.quarter_of(self.month.period)
        typed = self._typed_charges(quarter)
        if typed is not None:
            listed = typed
        posted = self.posted.rows
        sold = self.ledger.join(posted.loc[posted["kind"] == SOLD, ["units", "day"]], how="inner")
        made = charges_report.lines(
            sold, quarter, outlets=self.outlets, prices=self.prices, slips=self.slips,
            listed=listed,
        )  # fmt: skip
        facts = facts_of.charges(
            made.rows, self.masters, self.agents, self.slips, quarter, self.month.as_of
        )
        rows = Rows(kinds.CHARGES, facts, self.settings).settle()
        self.findings += rows.findings()
        self.charges = made.rows[~rows.refused].reset_index(drop=True)
        self.charges["sequence"] = np.arange(1, len(self.charges) + 1)
        self.notices += [Notice(words, sheet=CHARGES.name) for words in made.notices]
        self.sold_numbers = _keys(sold, "slip_no").append(_keys(self.charges, "slip_no"))
        earlier = self.books.charges.assign(
            agent_code=self.agents.of(self.books.charges["outlet_code"])
        )
        self.sold_numbers = self.sold_numbers.append(_keys(earlier, "slip_no"))

    def _typed_charges(self, quarter: pd.Period) -> pd.DataFrame | None:
        """The clerk's own list of the quarter, where one lies among the ledgers."""
        rows = self.books.charges
        of_quarter = np.array(
            [
                ledgers.quarter_of(workbook, entered) in (None, quarter)
                for workbook, entered in zip(rows["workbook"], rows["entered"], strict=True)
            ],
            bool,
        )
        rows = rows[of_quarter]
        if rows.empty:
            return None
        told = rows[[*PLACE, "outlet_code", "slip_no", "part_code", *COMPLAINED]]
        form = Rows(kinds.CHARGES, told.assign(service_date=rows["date"]), self.settings)
        form.settle()
        self.findings += form.findings()
        return rows[~form.refused]

    # --- 押金 -------------------------------------------------------------------------------

    def _post_deposits(self) -> None:
        rows = self.books.deposits
        rows = rows.assign(agent_code=self.agents.of(rows["agent_code"]))
        bases = {
            "保外扣款": self.sold_numbers,
            "处罚扣款": self._proposals(),
            "逾期未返扣款": _keys(self.used_rows, "entry_no"),
        }
        facts = facts_of.deposits(rows, self.agents, bases)
        judged = Rows(kinds.DEPOSITS, facts, self.settings).settle()
        refused = judged.refused | self._refused_then(rows)
        self.deposits = rows[~refused]
        self.new = self._new(rows[~judged.refused & rows["kind"].notna()])
        everything = deposits.post(self.deposits, self.books.opening, self.new)
        until = self.deposits[everything.rows["day"] <= self.until]
        self.deposit_posts = everything.rows
        self.deposits_posted = (
            deposits.post(until, self.books.opening, self.new)
            if len(until) < len(self.deposits)
            else everything
        )
        self.posted_deposits = until
        judged.settle(
            before=everything.rows["before"],
            **facts_of.refusals(everything.rows["refusal"]),
        )
        self.findings += judged.findings(~self._past(rows))

    def _new(self, readable: pd.DataFrame) -> list[str]:
        """Agents of whom the first month knows nothing: they open with 0.00 when they come.

        An entry that could be read counts, posted or not: what nobody could tell of its agent
        then does not become 0.00 by the next month.
        """
        held = self.moved[self.all_posted.rows["refusal"].isna()]
        seen = [rows.groupby("agent_code")["entered"].min() for rows in (readable, held)]
        first = pd.concat(seen).groupby(level=0).min()
        begun = self.books.first_month
        return [] if begun is None else sorted(first.index[first > begun])

    def _proposals(self) -> pd.MultiIndex:
        """Numbers of the penalties that are approved, with the agent whose outlet they are for.

        A proposal that names no outlet is a basis for any agent.
        """
        rows = self.books.penalties
        approved = rows[(rows["state"] == "已批准").fillna(False)]
        named = approved.assign(agent_code=self.agents.of(approved["outlet_code"]))
        nameless = named["outlet_code"].isna()
        anybody = self.agents.of(self.books.deposits["agent_code"].dropna()).unique()
        every = pd.MultiIndex.from_product([anybody, named["proposal_no"][nameless]])
        return _keys(named[~nameless], "proposal_no").append(every)

    # --- 押金对帐单 ---------------------------------------------------------------------------

    def _agents(self) -> pd.DataFrame:
        """A row for every agent that keeps an account."""
        table = deposits.balances(
            self.posted_deposits, self.deposits_posted, self.month.period, self.until
        )
        table = table.rename(columns={kind: name for name, kind in KIND_OF.items()})
        worth = parts.used(self.batches, ["agent_code"])
        still = self.all_posted.open_batches.join(self.moved["agent_code"])
        frozen_batches = still[self.all_posted.rows["day"].loc[still.index] > self.until]
        frozen = parts.used(frozen_batches, ["agent_code"])
        held = self.moved["agent_code"].dropna().unique()
        codes = sorted({*table.index, *held})
        table = table.reindex(codes)
        kinds_of_money = list(KIND_OF)
        table[kinds_of_money] = table[kinds_of_money].fillna(0).astype("Int64")
        if self.books.opening is not None:  # whom the closed statement doesn't name had nothing
            silent = ~table.index.isin(self.posted_deposits["agent_code"].dropna())
            at = silent & table["opening"].isna().to_numpy(bool)
            table.loc[at, ["opening", "closing"]] = 0
        table["used"] = _of_each(worth, codes)
        if self.books.parts_why:
            table["used"] = pd.Series(pd.NA, table.index, dtype="Int64")
        table["frozen"] = _of_each(frozen, codes)
        table["credit"] = self.agents.credit().reindex(codes).fillna(0).astype("Int64")
        table["available"] = deposits.available(
            table["closing"], table["used"], table["frozen"], table["credit"],
            lend=self.settings.parameters["count_credit"],
        )  # fmt: skip
        names = self._names().reindex(codes)
        return table.join(names).reset_index(names="agent_code")

    def _names(self) -> pd.DataFrame:
        """Name and province of each agent; of one that no master has, its name in the ledger."""
        told = self.deposits.dropna(subset=["agent_name"]).drop_duplicates("agent_code")
        own = told.set_index("agent_code")[["agent_name"]].assign(province=None)
        listed = self.agents.named()
        return pd.concat([listed, own[~own.index.isin(listed.index)]])

    def _judge_stock(self, stock: pd.DataFrame | None) -> None:
        if stock is not None:
            facts = stock.assign(service_date=self.month.as_of)
            self.findings += Rows(kinds.STOCK, facts, self.settings).settle().findings()

    def _judge_statement(self, agents: pd.DataFrame, shown: pd.DataFrame | None) -> None:
        """R501 and R502 of what the sheet says so far, then every rule of what it will say."""
        closed = self.books.closed_closing
        because = [self._unknown(row) for row in agents[["agent_code", "opening"]].itertuples()]
        facts = facts_of.listed(agents, "agent_code", self.agents.known).assign(
            service_date=self.month.as_of,
            as_of=self.month.as_of,
            closed_closing=agents["agent_code"].map(closed).astype("Int64"),
            unknown_because=pd.Series(because, agents.index, dtype=object),
            included_in_opening=False,
            not_yet_sent=False,
        )
        clerks = pd.DataFrame(columns=["agent_code", *OF_THE_CLERK, *PLACE], dtype=object)
        if shown is not None:
            clerks = shown.reindex(columns=clerks.columns)
            overruled = shown.assign(
                service_date=self.month.as_of,
                closed_closing=shown["agent_code"].map(closed).astype("Int64"),
                unknown_because=None,
                included_in_opening=False,
            )
            as_it_lies = Rows(kinds.STATEMENT, overruled, self.settings, OF_A_SHEET).settle()
        facts = facts.merge(clerks.drop_duplicates("agent_code"), on="agent_code", how="left")
        facts["sent_on"] = pd.to_datetime(facts["sent_on"])
        facts["agent_balance"] = facts["agent_balance"].astype("Int64")
        self.on_statement = Rows(kinds.STATEMENT, facts, self.settings).settle()
        if shown is not None:
            again = {(f.code, f.agent_code) for f in self.on_statement.findings()}
            self.findings += [
                f for f in as_it_lies.findings() if (f.code, f.agent_code) not in again
            ]
        waiting = (self.all_posted.rows["day"] > self.until) & (self.moved["kind"] == parts.ISSUE)
        left = agents.set_index("agent_code")["available"]
        pending = self.moved["agent_code"].map(left).astype("Int64").where(waiting)
        self.part_rows.settle(available=pending, not_yet_sent=True)
        self.findings += self.part_rows.findings(~self._past(self._entered()))

    def _entered(self) -> pd.DataFrame:
        return self.books.parts[~self.books.parts["brought_forward"]]

    def _unknown(self, row: Any) -> str | None:
        """Why nobody can tell the opening of an agent."""
        if self.books.closed_why:
            return self.books.closed_why
        if pd.isna(row.opening):
            return self.books.why
        return self.books.parts_why or None

    def _marked(self, agents: pd.DataFrame) -> pd.DataFrame:
        """核对结果, 问题代码 and 核对说明 of each agent."""
        own: dict[str, list[Finding]] = {code: [] for code in agents["agent_code"]}
        for finding in self.on_statement.findings():
            own[finding.agent_code].append(finding)
        rows: dict[str, list[Finding]] = {code: [] for code in agents["agent_code"]}
        for finding in self.findings:
            of_a_row = finding.kind != kinds.STATEMENT and finding.verdict in TO_BE_CHECKED
            if of_a_row and finding.agent_code in rows:
                rows[finding.agent_code].append(finding)
        self.findings += [finding for found in own.values() for finding in found]
        told = [_mark(own[code], rows[code]) for code in agents["agent_code"]]
        verdicts, codes, reasons = zip(*told, strict=True) if told else ((), (), ())
        return agents.assign(verdict=verdicts, codes=codes, reasons=reasons)

    def _of_the_month(self, rows: pd.DataFrame, posted: pd.DataFrame) -> pd.DataFrame:
        """What was entered or is posted in the month, as it was posted."""
        now = (posted["day"] >= self.month.period) & (posted["day"] <= self.until)
        mine = posted[now].drop(columns=["kind"], errors="ignore")
        told = rows[now].join(mine[[name for name in mine if name not in rows]])
        if "kind" in posted:
            told = told.assign(posted_kind=posted.loc[now, "kind"])
        if "late" not in told:
            told = told.assign(late=postings.late(told))
        return told.reset_index(drop=True)


PLACE = ["workbook", "sheet", "row"]


def _of_each(worth: pd.Series, codes: list[str]) -> pd.Series:
    """Nothing for whom it does not name; <NA> stays what it is."""
    found = worth.reindex(codes).astype("Int64")
    return found.mask(~found.index.isin(worth.index), 0)


def _keys(rows: pd.DataFrame, number: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["agent_code", number]].set_axis(["agent", "no"], axis=1))


def _mark(own: Iterable[Finding], rows: Iterable[Finding]) -> tuple[str, str, str]:
    """Of one account: the gravest verdict, every code once, and where to look."""
    own, rows = list(own), list(rows)
    verdicts = [f.verdict for f in own]
    verdicts += [
        Verdict.UNDECIDABLE if f.verdict is Verdict.UNDECIDABLE else Verdict.PENDING for f in rows
    ]
    order = (Verdict.UNDECIDABLE, Verdict.PENDING, Verdict.NOTICE)
    verdict = next((v for v in order if v in verdicts), Verdict.PASSED)
    codes = ";".join(sorted({f.code for f in (*own, *rows)}))
    said = [f.message for f in own]
    places = [f"{f.place}{f.code}" for f in rows]
    if len(places) > ROWS_NAMED:
        places = [*places[:ROWS_NAMED], f"等{len(rows)}处"]
    if places:
        said.append("、".join(places))
    return str(verdict), codes, ";".join(said)


def _trend(accounts: Accounts) -> Iterator[Mapping[str, Any]]:
    """Each month as its statement would say it: balances at its end."""
    known = accounts.ledger
    first = known.deposits["date"].min()
    if pd.isna(first):
        first = known.since
    start = max(
        pd.Timestamp(first).replace(day=1),
        known.since - pd.DateOffset(months=MONTHS_SHOWN - 1),
    )
    within = accounts.settings.parameters["old_part_within"]
    lend = accounts.settings.parameters["count_credit"]
    credit = int(known.agents.credit().sum()) if lend else 0
    prices = accounts.masters[catalogue.PARTS]
    returned = accounts.books.returns
    in_books = deposits.post(known.deposits, accounts.books.opening, known.new)
    posted = parts.post(known.moved).rows
    for month in pd.date_range(start, known.since, freq="MS"):
        end = min((month + pd.offsets.MonthEnd()).as_unit("s"), known.until)
        table = deposits.balances(known.deposits, in_books, month, end)
        by_then = posted["day"] <= end  # what posts later changes nothing of it
        back = None
        if known.returned is not None:
            kept = returned[
                (returned["kind"] == parts.OLD_RETURN).fillna(False) & (returned["date"] <= end)
            ]
            back = kept.groupby(parts.GROUP)["quantity"].sum()
        used = facts_of.consumed(known.moved[by_then], posted[by_then])
        due = facts_of.old_parts(used, back, prices, end, accounts.books.old_parts)
        late = due[(due["age"] > within) & due["returns_known"]]
        closing, worth = table["closing"].sum(), posted.loc[by_then, "value"].sum()
        yield {
            "month": month,
            "closing": int(closing),
            "used": int(worth),
            "available": int(closing) + credit - int(worth),
            "overdue_units": int((late["due"] - late["returned"]).sum()),
        }

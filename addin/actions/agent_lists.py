"""One agent's list beside our ledger: whose it is, what of ours it speaks of, what matches.

A list with parts or pieces is one of parts and is held against 配件流水, a list of amounts alone
against 押金流水. Entries of ours outside the days of the list may be matched, but are not missed
in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from addin.actions import ledgers, load
from addin.actions.close import Wishes
from addin.domain import deposits, parts
from addin.domain.matching import Conclusion, Limits, Matches, Pairing, match
from addin.domain.matching.remembered import entries_of
from addin.errors import BadInput
from addin.facts.joined import Month
from addin.hosts import read_grid
from addin.hosts.collector import collector_at_rest
from addin.tables import catalogue
from addin.tables.agent_list import Said, read_lists, said
from addin.tables.fields import Choices
from addin.tables.ledgers import DEPOSIT_KIND, DEPOSIT_LEDGER, PARTS_KIND, PARTS_LEDGER
from addin.tables.masters import Masters
from addin.tables.read import Notice, Table

LIST_FOLDER = Path("录入", "回单")
SOLD = "保外领用"  # its money is the price of sale, which no batch tells
Days = tuple[pd.Timestamp, pd.Timestamp]
_IN_BRACKETS = re.compile(r"\(.*\)$")
_CODES = re.compile(r"[A-Z0-9-]+")


# --- our side -------------------------------------------------------------------------------


@dataclass
class Ours:
    """The ledgers of a month and those before it, with the masters."""

    masters_folder: Path
    masters: Masters
    month: Month
    books: ledgers.Books

    @cached_property
    def agents(self) -> dict[str, list[str]]:
        """Names of each agent by its code; an outlet without an agent is one itself."""
        outlets = self.masters[catalogue.OUTLETS]
        codes = outlets["agent_code"].fillna(outlets["outlet_code"])
        names = outlets["agent_name"].fillna(outlets["outlet_name"])
        return {
            str(code): list(dict.fromkeys(name for name in of if name is not None))
            for code, of in names.groupby(codes.to_numpy(object))
        }

    def entries(self, ledger: str, agent: str) -> pd.DataFrame:
        """The agent's rows in the columns of a list; ``numbers`` are those that each goes by,
        ``refusal`` says why a row is in no account."""
        return self._of_parts(agent) if ledger == PARTS_LEDGER.name else self._of_deposits(agent)

    @cached_property
    def _posted(self) -> parts.Posted:
        return parts.post(self.books.parts)

    @cached_property
    def _deposited(self) -> deposits.Posted:
        return deposits.post(self.books.deposits, self.books.opening)

    def _of_parts(self, agent: str) -> pd.DataFrame:
        outlets = self.masters[catalogue.OUTLETS]
        own = outlets["agent_code"].fillna(outlets["outlet_code"]) == agent
        rows, posted = self.books.parts, self._posted.rows
        of_agent = rows["outlet_code"].isin(outlets["outlet_code"][own.to_numpy(bool)])
        mine = (of_agent & ~rows["brought_forward"]).to_numpy(bool)
        rows, posted = rows[mine], posted[mine]
        sign = np.sign(posted["units"])
        worth = posted["value"].abs().where((posted["value"] != 0) & (posted["kind"] != SOLD))
        unpriced = rows["amount"].isna() & rows["deposit_price"].isna()
        amount = rows["amount"].where(~unpriced, worth.astype("Int64"))
        listed = self.masters[catalogue.PARTS].drop_duplicates("part_code")
        names = listed.set_index("part_code")["part_name"]
        return _entries(
            rows,
            ("document_no", "slip_no"),
            kind=posted["kind"],
            refusal=posted["refusal"],
            part_code=rows["part_code"],
            part_name=rows["part_name"].fillna(rows["part_code"].map(names)),
            quantity=posted["units"].astype("Int64"),
            price=rows["deposit_price"],
            amount=amount * sign,
        )

    def _of_deposits(self, agent: str) -> pd.DataFrame:
        rows, posted = self.books.deposits, self._deposited.rows
        opens = (rows["kind"] == deposits.TAKEN) & (rows["basis_no"] == deposits.OPENING_BASIS)
        mine = ((rows["agent_code"] == agent) & ~opens).to_numpy(bool)
        rows, refusal = rows[mine], posted["refusal"][mine]
        return _entries(
            rows,
            ("basis_no", "entry_no"),
            kind=rows["kind"],
            refusal=refusal,
            amount=rows["amount"],
        )


def _entries(rows: pd.DataFrame, numbers: tuple[str, ...], **columns: pd.Series) -> pd.DataFrame:
    told = ["date", "workbook", "sheet", "row", "entered"]
    nothing = dict.fromkeys(("part_code", "part_name"), None)
    unknown = dict.fromkeys(("quantity", "price"), pd.array([pd.NA] * len(rows), "Int64"))
    frame = rows[told].assign(**{**nothing, **unknown, **columns})
    return frame.assign(
        slip_no=rows[list(numbers)].bfill(axis=1).iloc[:, 0],
        numbers=pd.Series([*rows[[*numbers, "entry_no"]].itertuples(index=False)], rows.index),
    ).reset_index(drop=True)


@collector_at_rest()
def ours(folder: Path, wishes: Wishes) -> Ours:
    """For the month whose folder is ``folder``."""
    place = wishes.masters or load.find_beside(load.MASTERS_FILE, folder)
    if place is None:
        raise BadInput(
            f"找不到{load.MASTERS_FILE}", "请把它放在本月文件夹或上一级,或用 --masters 指明"
        )
    wishes.progress("读取基础资料")
    known = load.load_masters(place)
    _, day = load.settings_of(known, wishes.as_of)
    month = load.month_of([], known, day, wishes.month, folder)
    wishes.progress("读取配件流水、押金流水")
    return Ours(place.parent, known, month, ledgers.read_books(folder))


# --- their side -----------------------------------------------------------------------------


@dataclass(frozen=True)
class AgentList:
    """An agent's workbook; ``tables`` are its sheets that are lists."""

    path: Path
    agent: str
    name: str
    tables: list[Table]

    @property
    def notices(self) -> list[Notice]:
        return [notice for table in self.tables for notice in table.notices]


def files_of(folder: Path) -> list[Path]:
    """The lists that agents have sent back for this month."""
    place = folder / LIST_FOLDER
    return ledgers.workbooks_in(place) if place.is_dir() else []


@collector_at_rest()
def read_agent_list(path: Path, known: Ours) -> AgentList:
    """BadInput where it is no list, of two agents, or of one that nobody can tell."""
    book = load.open_file(path)
    grids = {sheet.name: read_grid(sheet) for sheet in book.sheets}
    book.close()
    confirmed = [line for sheet in grids for line in known.masters.confirmed(path.name, sheet)]
    tables = read_lists(grids, workbook=path.name, confirmed=confirmed)
    agent = _whose(said(grids, tables), path, known.agents)
    return AgentList(path, agent, next(iter(known.agents[agent]), ""), tables)


def _whose(told: Sequence[Said], path: Path, agents: dict[str, list[str]]) -> str:
    """By what the workbook says, else by its file name."""
    possible = set(agents)
    for one in told:
        found = _meant(one, agents)
        if not found:
            what = "编码" if one.kind == "agent_code" else "名称"
            raise BadInput(
                f"代理商{what}“{one.agent}”不在网点档案",
                "请改正,或在网点档案的代理商编码、代理商名称列补上",
                workbook=path.name, sheet=one.sheet, cell=one.cell,
            )  # fmt: skip
        possible &= found
        if not possible:
            raise BadInput(
                "代理商编码和代理商名称说的不是同一家", "请改正其中一个",
                workbook=path.name, sheet=one.sheet, cell=one.cell,
            )  # fmt: skip
    if not told:
        possible = _in_file_name(path.stem, agents)
    if len(possible) != 1:
        raise BadInput(
            "看不出是哪一家代理商的清单",
            "请在表头上方写一行“代理商编码:…”,或在文件名里写代理商编码",
            workbook=path.name,
        )
    return possible.pop()


def _meant(one: Said, agents: dict[str, list[str]]) -> set[str]:
    spelt = {one.agent, _IN_BRACKETS.sub("", one.agent)}
    if one.kind == "agent_code":
        return {code for code in agents if code in {text.upper() for text in spelt}}
    return {code for code, names in agents.items() if spelt.intersection(names)}


def _in_file_name(stem: str, agents: dict[str, list[str]]) -> set[str]:
    """By code; else by name, the longest that stands in it."""
    codes = set(_CODES.findall(stem.upper())) & set(agents)
    if codes:
        return codes
    named = {name: code for code, names in agents.items() for name in names if name in stem}
    longest = max(map(len, named), default=0)
    return {code for name, code in named.items() if len(name) == longest}


# --- the two beside each other --------------------------------------------------------------


@dataclass
class Compared:
    """The lists of one ledger. ``days`` are those in which our entries are missed in theirs."""

    ledger: str
    kinds: list[str]
    days: Days
    limits: Limits
    ours: pd.DataFrame
    theirs: pd.DataFrame
    matches: Matches
    notices: list[Notice]
    shown: list[int] = field(default_factory=list)  # lines that count

    def __post_init__(self) -> None:
        beyond = _outside(self.ours["date"], self.days).to_numpy(bool)
        alone = (self.matches.lines["conclusion"] == Conclusion.OURS_ONLY.value).to_numpy(bool)
        dropped = np.zeros(len(alone), bool)
        dropped[self.matches.ours[beyond]] = True
        self.shown = np.flatnonzero(~(dropped & alone)).tolist()

    @cached_property
    def entries(self) -> tuple[list[str], list[str]]:
        return entries_of(self.ours), entries_of(self.theirs)

    def pairing(self, ours: Sequence[int], theirs: Sequence[int]) -> Pairing:
        """What is remembered of a line with these rows."""
        one, other = self.entries
        return Pairing.told([one[i] for i in ours], [other[j] for j in theirs])


def compare(
    known: Ours, agent_list: AgentList, confirmed: Sequence[Pairing], rejected: Sequence[Pairing]
) -> list[Compared]:
    """The sheets of parts and those of amounts alone, each against its ledger."""
    by_ledger: dict[str, list[Table]] = {}
    for table in agent_list.tables:
        by_ledger.setdefault(_ledger(table), []).append(table)
    return [
        _compared(known, agent_list.agent, ledger, tables, confirmed, rejected)
        for ledger, tables in by_ledger.items()
    ]


def _ledger(table: Table) -> str:
    of_parts = {"part_code", "part_name", "quantity"} & table.layout.columns.keys()
    return PARTS_LEDGER.name if of_parts else DEPOSIT_LEDGER.name


def _compared(
    known: Ours,
    agent: str,
    ledger: str,
    tables: Sequence[Table],
    confirmed: Sequence[Pairing],
    rejected: Sequence[Pairing],
) -> Compared:
    if ledger not in known.books.found:
        raise BadInput(f"找不到{ledger}", "请把它放进本月的“录入”文件夹再匹配")
    theirs = pd.concat(
        [t.frame.assign(sheet=t.sheet, row=t.rows) for t in tables], ignore_index=True
    )
    limits = Limits()
    days = _days(theirs["date"], limits, known.month)
    own, notices = _in_account(known.entries(ledger, agent), days)
    stands = _numbers_in(own, theirs["slip_no"])
    kinds = _kinds(theirs["kind"], own["kind"][stands.notna().to_numpy(bool)], ledger)
    chosen = own["kind"].isin(kinds).to_numpy(bool) if kinds else np.ones(len(own), bool)
    own = own.assign(slip_no=stands.fillna(own["slip_no"]))[chosen].reset_index(drop=True)
    own, theirs = _priced(own), _priced(theirs)
    matches = match(own, theirs, limits, confirmed, rejected)
    return Compared(ledger, kinds, days, limits, own, theirs, matches, notices)


def _in_account(own: pd.DataFrame, days: Days) -> tuple[pd.DataFrame, list[Notice]]:
    """Rows that were posted; those of these days that were not are told."""
    refused = own["refusal"].notna()
    of_days = own[refused & ~_outside(own["date"], days)]
    notices = [
        Notice(f"{why},没有入账,不参加匹配", workbook, sheet, int(row))
        for why, workbook, sheet, row in of_days[
            ["refusal", "workbook", "sheet", "row"]
        ].itertuples(index=False)
    ]
    return own[~refused].reset_index(drop=True), notices


def _outside(date: pd.Series, days: Days) -> pd.Series:
    return (date < days[0]) | (date > days[1])


def _priced(entries: pd.DataFrame) -> pd.DataFrame:
    """A blank amount is quantity times price."""
    return entries.assign(amount=entries["amount"].fillna(entries["quantity"] * entries["price"]))


def _numbers_in(own: pd.DataFrame, theirs: pd.Series) -> pd.Series:
    """Of the numbers that an entry goes by, the one that their list has."""
    known = set(theirs.dropna())
    named = [next((n for n in numbers if n in known), None) for numbers in own["numbers"]]
    return pd.Series(named, own.index, dtype=object)


def _kinds(told: pd.Series, of_equal_number: pd.Series, ledger: str) -> list[str]:
    """Kinds of movement that the list speaks of: as it says, else those of equal numbers.

    None where it gives no sign; then all of ours are compared.
    """
    choices: Choices = PARTS_KIND if ledger == PARTS_LEDGER.name else DEPOSIT_KIND
    means = {**{kind: kind for kind in choices.values}, **choices.synonyms}
    said_kinds = told.map(means)
    found = of_equal_number if said_kinds.isna().any() else said_kinds
    return [kind for kind in choices.values if kind in set(found)]


def _days(told: pd.Series, limits: Limits, month: Month) -> Days:
    """From the first to the last day of the list and as much around as dates may differ."""
    around = pd.Timedelta(days=limits.days)
    if told.notna().any():
        return told.min() - around, told.max() + around
    return month.period, month.period + pd.offsets.MonthEnd()

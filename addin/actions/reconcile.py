"""Reconcile a month: accounts of agents, parts in field, parts sold; and the papers about them.

The ledgers are read and never written. The statement of deposits is refreshed where it lies, in
the clerk's layout; the other papers are made anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from addin.actions import account_reports, company, dashboard, ledgers, load
from addin.actions import statements as agent_statements
from addin.actions.accounts import TO_BE_CHECKED, Accounts, findings_of, settle
from addin.actions.close import Wishes
from addin.actions.company import Company
from addin.actions.judge import Judged
from addin.actions.refresh import Refreshed, refresh_file
from addin.actions.staging import Staging, staged
from addin.errors import BadInput
from addin.hosts import files, intake, read_grid
from addin.reports import account_issues, charges, deposit_statement
from addin.reports.account_issues import Finding
from addin.rules import find
from addin.rules.rule import REPAIR, STOCK
from addin.rules.verdicts import Severity, Verdict, of_sheet
from addin.tables.fields import SheetSpec
from addin.tables.ledgers import DEPOSIT_STATEMENT, LEDGERS, PARTS_STATEMENT
from addin.tables.read import Table, read

PAPERS = (*ledgers.STATEMENT_NAMES, *ledgers.PARTS_STATEMENT_NAMES)
"""Names of workbooks that are no slips, where they lie in a month's folder without 录入."""

Report = Callable[[Accounts, Path, Staging, Wishes], Path]

SLIP_COLUMNS = ["outlet_code", "slip_no", "part_code", "warranty_type", "user_name", "model"]


@dataclass
class Reconciled:
    accounts: Accounts
    refreshed: Refreshed | None = None
    written: list[Path] = field(default_factory=list)

    @property
    def needs_a_person(self) -> bool:
        return any(finding.verdict in TO_BE_CHECKED for finding in self.accounts.findings)


def reconcile(
    folder: Path, wishes: Wishes, *, at: dt.datetime | None = None, statements: bool = False
) -> Reconciled:
    """All papers of duties F-2 and F-3 for a month's folder, into 输出. ``at`` is 刷新时间;
    ``statements`` asks for the 对账单 of each agent as well."""
    out = wishes.out or folder / ledgers.OUTPUT
    if wishes.out is None and (folder / ledgers.LOCK).is_file():
        raise BadInput(
            f"业务月“{folder.name}”已锁定,输出里的对帐单是下月的期初",
            "晚到的流水录在没有月结的月份;只想再看一遍,用 --out 写到别处",
        )
    with staged() as staging:
        staging.enter(out)
        accounts = accounts_of(folder, wishes)
        result = Reconciled(accounts)
        result.refreshed = _statement(accounts, out, staging, wishes, at or dt.datetime.now())
        account_reports.parts_statement(accounts, out, staging, wishes)
        account_reports.charges_list(accounts, out, staging, wishes)
        dashboard.dashboard(accounts, out, staging, wishes)
        issues(accounts, out, staging, wishes)
        result.written += staging.arrive()
    if statements:
        result.written += agent_statements.statements(accounts, out, progress=wishes.progress)
    return result


def report(folder: Path, make: Report, wishes: Wishes) -> tuple[Accounts, Path]:
    """One paper of a month from its ledgers as they are saved, and no other file."""
    out = wishes.out or folder / ledgers.OUTPUT
    with staged() as staging:
        staging.enter(out)
        accounts = accounts_of(folder, wishes)
        place = make(accounts, out, staging, wishes)
        staging.arrive()
    return accounts, place


def accounts_of(folder: Path, wishes: Wishes, *, statement: Table | None = None) -> Accounts:
    """The accounts of the month whose folder it is, as its workbooks were saved last.

    ``statement`` is the 押金对帐单 as it stands open; else the one in 输出 counts.
    """
    if not folder.is_dir():
        raise BadInput(f"找不到文件夹“{folder.name}”", "请写出本月文件夹的路径")
    paths = ledgers.files_of(folder)
    for path in paths:
        intake.inspect(path, allow_macros=wishes.allow_macros)
    wishes.progress("读取基础资料")
    known = company.company(
        paths or [folder / "配件流水.xlsx"], folder,
        masters=wishes.masters, month=wishes.month, as_of=wishes.as_of,
    )  # fmt: skip
    wishes.progress("读取流水")
    if not known.books.found & {spec.name for spec in LEDGERS}:
        names = "、".join(spec.name for spec in LEDGERS)
        raise BadInput(
            f"文件夹“{folder.name}”里没有{names}", "请把本月的流水放进“录入”文件夹再对账"
        )
    accounts = settled(known, wishes, statement=statement)
    accounts.notices[:0] = [*known.notices, *known.masters.notices]
    return accounts


def settled(known: Company, wishes: Wishes, *, statement: Table | None = None) -> Accounts:
    """The accounts of a company's month, with its slips judged and its papers as they lie there."""
    folder = known.month_folder
    judged = judged_slips(folder, known, wishes)
    out = wishes.out or folder / ledgers.OUTPUT
    quarter = charges.quarter_of(known.month.period)
    shown = (
        account_reports.lines_of(statement) if statement else _last(out, DEPOSIT_STATEMENT, known)
    )
    wishes.progress("过账")
    accounts = settle(
        known.books,
        known.masters,
        known.month,
        known.settings,
        repair_slips(known, judged),
        statement=shown,
        stock=_last(out, PARTS_STATEMENT, known),
        listed=account_reports.listed_charges(folder, out, quarter),
    )
    if judged is not None:
        accounts.findings += about_slips(judged, "R405")
    return accounts


def repair_slips(known: Company, judged: Judged | None) -> pd.DataFrame:
    """Repair slips of this month and of 结算历史 that were not returned."""
    before = known.history[(known.history["service"] == "维修").to_numpy(bool)]
    before = before[(before["state"] != "退回").to_numpy(bool)]
    slips = [before[SLIP_COLUMNS]]
    if judged is not None:
        now = judged.checked
        repairs = ~now["is_install"].to_numpy(bool) & (now["verdict"] != "退回").to_numpy(bool)
        slips.insert(0, now.loc[repairs, SLIP_COLUMNS])
    return pd.concat(slips, ignore_index=True)


def about_slips(judged: Judged, code: str) -> list[Finding]:
    """What a rule about parts says of the month's slips; they are marked on the slips too."""
    found = [found for found in judged.hits.found if found.rule.code == code]
    return [
        finding
        for of_rule in found
        for finding in findings_of(of_rule, judged.facts.iloc[of_rule.rows], REPAIR)
    ]


def judged_slips(folder: Path, known: Company, wishes: Wishes) -> Judged | None:
    """The verdicts of the month's slips; None of a folder without any."""
    try:
        paths = load.entry_files(folder)
    except BadInput:
        return None
    entries = []
    for path in paths:
        if any(name in path.stem for name in PAPERS):
            continue
        intake.inspect(path, allow_macros=wishes.allow_macros)
        book = files.read_book(path)
        entries.append(load.read_entry(path, book, known.masters))
        book.close()
    return company.judge_entries(entries, known, wishes.progress) if entries else None


def _last(out: Path, spec: SheetSpec, known: Company) -> pd.DataFrame | None:
    """A statement of this month as it lies in 输出."""
    path = statement_in(out, spec)
    if path is None:
        return None
    book = load.open_file(path)
    table = None
    for sheet in book.sheets:
        grid = read_grid(sheet)
        if load.kind_of(sheet.name, grid, [spec]) is spec:
            confirmed = known.masters.confirmed(path.name, sheet.name)
            table = read(grid, spec, workbook=path.name, sheet=sheet.name, confirmed=confirmed)
            break
    book.close()
    return None if table is None else account_reports.lines_of(table)


def statement_in(out: Path, spec: SheetSpec) -> Path | None:
    """The workbook of a statement in 输出, however the clerk has named it."""
    names = {
        DEPOSIT_STATEMENT.name: ledgers.STATEMENT_NAMES,
        PARTS_STATEMENT.name: ledgers.PARTS_STATEMENT_NAMES,
    }[spec.name]
    for path in sorted(out.iterdir()) if out.is_dir() else ():
        if path.suffix.lower() in (".xlsx", ".xlsm") and any(name in path.stem for name in names):
            return path
    return None


# --- papers -----------------------------------------------------------------------------------


def _statement(
    accounts: Accounts, out: Path, staging: Staging, wishes: Wishes, at: dt.datetime
) -> Refreshed | None:
    """押金对帐单 refreshed where it lies; from the template where there is none yet."""
    layout = deposit_statement.LAYOUT
    wishes.progress(f"刷新 {layout.name}")
    path = statement_in(out, DEPOSIT_STATEMENT)
    if path is not None:
        return refresh_file(
            path, staging, accounts.agents, accounts.deposits, accounts.movements,
            at=at, allow_macros=wishes.allow_macros, confirmed=accounts.masters.confirmed,
            zheng_after_jiao=accounts.settings.parameters["zheng_after_jiao"],
        )  # fmt: skip
    period = f"{accounts.month.period:%Y-%m}"
    rows = deposit_statement.statement(accounts.agents)
    book = account_reports.filled(accounts, layout, rows, period)
    account_reports.saved(book, out / layout.file_name(period), staging)
    return None


def issues(accounts: Accounts, out: Path, staging: Staging, wishes: Wishes) -> Path:
    """对账问题清单, made last: what the other papers found is on it."""
    layout = account_issues.LAYOUT
    wishes.progress(f"生成 {layout.name}")
    period = f"{accounts.month.period:%Y-%m}"
    rows = account_issues.rows([*accounts.findings, *_differences(accounts)])
    book = account_reports.filled(accounts, layout, rows, period)
    return account_reports.saved(book, out / layout.file_name(period), staging)


def _differences(accounts: Accounts) -> Iterator[Finding]:
    for found in accounts.differences:
        rule = find(found.code)
        yield Finding(
            found.code,
            rule.name if rule else "勾稽不平",
            Verdict.PENDING,
            Severity.HIGH,
            found.message,
            of_sheet(Verdict.PENDING).advice,
            STOCK,
            outlet_code=found.outlet_code,
            part_code=found.part_code,
        )

"""刷新押金对账, 配件对账, 保外清单, 对账单套打: the accounts of the month in front."""

from __future__ import annotations

import datetime as dt

from addin.actions import account_reports, ledgers, reconcile, statements
from addin.actions.accounts import Accounts
from addin.actions.close import Wishes
from addin.actions.load import load_masters
from addin.actions.opened import masters_file, month_folder, path_of, refuse_if_closed
from addin.actions.refresh import Refreshed, refresh
from addin.actions.statement_sheet import found
from addin.desk import Desk
from addin.domain.rmb import yuan
from addin.hosts import files
from addin.tables.ledgers import DEPOSIT_STATEMENT


def refresh_deposits(desk: Desk) -> str:
    """The statement in front, from the ledgers of its month as they are saved."""
    path = path_of(desk.book)
    with files.beside():
        masters = load_masters(masters_file(path))
    statement = found(desk.book, desk.sheet.name, masters.confirmed)
    with files.beside():
        accounts = reconcile.accounts_of(
            month_folder(path), _wishes(desk), statement=statement.table
        )
    desk.progress(f"刷新 {DEPOSIT_STATEMENT.name}")
    result = refresh(
        desk.book,
        accounts.agents,
        accounts.deposits,
        accounts.movements,
        at=dt.datetime.now().replace(microsecond=0),
        front=desk.sheet.name,
        confirmed=masters.confirmed,
        zheng_after_jiao=accounts.settings.parameters["zheng_after_jiao"],
    )
    return refreshed_line(result, accounts)


def refreshed_line(result: Refreshed, accounts: Accounts) -> str:
    """What the refresh has changed, and what keeps an account from being sure."""
    said = [f"{len(accounts.agents):,}家代理商"]
    said.append(f"变动{len(result.changes)}处,见变动清单" if result.changes else "没有变动")
    if result.added:
        said.append(f"新增{len(result.added)}家")
    if result.gone:
        said.append(f"{len(result.gone)}家已不在流水和档案里,行保留")
    before, now = map(yuan, result.totals[DEPOSIT_STATEMENT["closing"].header])
    said.append(f"期末余额合计{now}元" if now == before else f"期末余额合计{before}→{now}元")
    if accounts.doubtful:
        said.append(f"待查{accounts.doubtful}家")
    if accounts.unposted:
        said.append(f"未入账{len(accounts.unposted)}行")
    if result.overruled:
        first = result.overruled[0]
        said.append(f"{first.cell}等{len(result.overruled)}格的公式或合计与应有不同,没有改")
    return f"已刷新 {result.sheet}:{','.join(said)}"


def parts_statement(desk: Desk) -> str:
    accounts, name = _made(desk, account_reports.parts_statement)
    units, rows = int(accounts.parts["in_field"].sum()), len(accounts.parts)
    return f"已生成 {name}:{rows:,}行,期末在外{units:,}件{_doubts(accounts)}"


def charges_list(desk: Desk) -> str:
    accounts, name = _made(desk, account_reports.charges_list)
    total = yuan(int(accounts.charges["amount"].sum()))
    unpaid = int((accounts.charges["paid"] == "未收").sum())
    return f"已生成 {name}:{len(accounts.charges):,}笔,{total}元,未收{unpaid}笔{_doubts(accounts)}"


def agent_statements(desk: Desk) -> str:
    """A file for each agent; the folder is opened."""
    path = path_of(desk.book)
    refuse_if_closed(path, desk.book.name)
    folder = month_folder(path)
    with files.beside():
        accounts = reconcile.accounts_of(folder, _wishes(desk))
        made = statements.statements(accounts, folder / ledgers.OUTPUT, progress=desk.progress)
    desk.open_file(made[0].parent if made else folder / ledgers.OUTPUT)
    doubtful = accounts.doubtful
    waiting = f",其中待查{doubtful}家,请先核实再寄" if doubtful else ""
    return f"已生成 {len(made):,} 份对账单{waiting}"


def _made(desk: Desk, make: reconcile.Report) -> tuple[Accounts, str]:
    path = path_of(desk.book)
    refuse_if_closed(path, desk.book.name)
    with files.beside():
        accounts, place = reconcile.report(month_folder(path), make, _wishes(desk))
    desk.open_file(place)
    return accounts, place.name


def _doubts(accounts: Accounts) -> str:
    said = [
        f"未入账{len(accounts.unposted)}行" if accounts.unposted else "",
        f"勾稽不平{len(accounts.differences)}处" if accounts.differences else "",
    ]
    return "".join(f",{words}" for words in said if words)


def _wishes(desk: Desk) -> Wishes:
    return Wishes(allow_macros=True, progress=desk.progress)

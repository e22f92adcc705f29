"""A printable deposit statement for each agent, all of a month in one run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from addin.actions.accounts import Accounts
from addin.actions.load import template
from addin.actions.staging import staged
from addin.domain import calendar
from addin.hosts import files
from addin.reports import agent_statement as paper
from addin.tables import catalogue

FOLDER = "对账单"  # in 输出


def statements(
    accounts: Accounts, out: Path, *, progress: Callable[[str], None] = print
) -> list[Path]:
    """``输出/对账单/DL001_青禾商贸_2026-03.xlsx`` for each agent; all arrive, or none."""
    back_by = countersign_by(accounts)
    if back_by.notice:
        progress(back_by.notice)
    heading = _heading(accounts, back_by.day)
    blank, period = template(paper.TEMPLATE), f"{accounts.month.period:%Y-%m}"
    drawn = paper.statements(
        accounts.agents,
        accounts.deposits,
        accounts.parts,
        accounts.month.period,
        accounts.unposted,
        people(accounts),
    )
    with staged() as staging:
        staging.enter(out / FOLDER)
        for n, statement in enumerate(drawn, start=1):
            progress(f"对账单 {n}/{len(accounts.agents)} {statement.agent}")
            book = files.open_book(blank)
            paper.fill_statement(book, statement, heading)
            book.app.calculate()
            book.save(staging.place(out / FOLDER / statement.file_name(period)))
            book.close()
        return staging.arrive()


def countersign_by(accounts: Accounts) -> calendar.Due:
    """回签天数 after the day the statement is sent (R507), moved as every due day is."""
    parameters = accounts.settings.parameters
    within = dt.timedelta(days=parameters["countersign_within"])
    sheet = accounts.masters[catalogue.CALENDAR]
    return calendar.moved(
        accounts.month.as_of.date() + within,
        day_included=parameters["deadline_includes_day"],
        shift=calendar.Shift(parameters["deadline_on_holiday"]),
        working_days=calendar.WorkingDays(
            dict(zip(sheet["date"].dt.date, sheet["day"], strict=True))
        ),
    )


def _heading(accounts: Accounts, back_by: dt.date) -> paper.Heading:
    parameters = accounts.settings.parameters
    return paper.Heading(
        company=accounts.masters.settings.get("公司名称", ""),
        period=accounts.month.period.date(),
        sent=accounts.month.as_of.date(),
        back_by=back_by,
        lend=parameters["count_credit"],
        zheng_after_jiao=parameters["zheng_after_jiao"],
        changed=parameters.changed,
    )


def people(accounts: Accounts) -> list[str]:
    """Contacts, staff and users that the month knows by name; a remark may speak of them."""
    names = (
        accounts.masters[catalogue.OUTLETS]["contact"],
        accounts.masters[catalogue.STAFF]["name"],
        accounts.charges["user_name"],
    )
    return sorted({name for column in names for name in column.dropna()})

"""押金看板 of the month: the agents' accounts in four blocks, with native charts."""

from __future__ import annotations

from pathlib import Path

from addin.actions.accounts import Accounts
from addin.actions.close import Wishes
from addin.actions.load import template
from addin.actions.staging import Staging
from addin.hosts import files
from addin.reports import dashboard as board


def dashboard(accounts: Accounts, out: Path, staging: Staging, wishes: Wishes) -> Path:
    """``押金看板_2026-03.xlsx``; the charts are those of the template, byte for byte."""
    wishes.progress(f"生成 {board.NAME}")
    parameters = accounts.settings.parameters
    returns_known = accounts.ledger.returned is not None
    frames = (accounts.agents, accounts.overdue if returns_known else None, accounts.trend)
    within = parameters["old_part_within"]
    book = files.open_book(template(board.NAME))
    board.fill_dashboard(
        book,
        board.blocks(*frames, within=within),
        board.notes(*frames, within=within),
        period=accounts.month.period.date(),
        as_of=accounts.month.as_of.date(),
        changed=parameters.changed,
    )
    book.app.calculate()
    place = out / f"{board.NAME}_{accounts.month.period:%Y-%m}.xlsx"
    book.save(staging.place(place))
    book.close()
    return place

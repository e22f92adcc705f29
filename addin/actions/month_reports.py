"""Reports of the month that the workbook in front belongs to: 生成汇总表, 回访抽样."""

from __future__ import annotations

from addin.actions import close
from addin.actions.opened import month_folder, path_of, refuse_if_closed
from addin.desk import Desk
from addin.domain.rmb import yuan
from addin.hosts import files


def fee_summary(desk: Desk) -> str:
    """From all entry workbooks of the month as they were saved last."""
    outcome, name = _made(desk, close.fee_summary)
    rows = outcome.by_outlet
    doubts = f",勾稽不平{len(outcome.findings)}处" if outcome.findings else ""
    return f"已生成 {name}:{len(rows):,}个网点,合计{yuan(int(rows['total'].sum()))}元{doubts}"


def call_back_sample(desk: Desk) -> str:
    """Slips that were drawn before stay drawn, with what is filled in beside them."""
    _, name = _made(desk, close.call_back_register)
    return f"已生成 {name}"


def _made(desk: Desk, make: close.Report) -> tuple[close.Outcome, str]:
    path = path_of(desk.book)
    refuse_if_closed(path, desk.book.name)
    wishes = close.Wishes(allow_macros=True, progress=desk.progress)
    with files.beside():
        outcome, place = close.report(month_folder(path), make, wishes)
    desk.open_file(place)
    return outcome, place.name

"""What stands around the slips of a check: 基础资料, 规则参数 in force, 结算历史, the month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from addin.actions import ledgers, waived
from addin.actions.judge import Judged, judge
from addin.actions.ledgers import Books
from addin.actions.load import (
    HISTORY_FILE,
    MASTERS_FILE,
    Entry,
    find_beside,
    load_history,
    load_masters,
    month_of,
    settings_of,
)
from addin.actions.register import Register, register_of
from addin.domain import parts
from addin.errors import BadInput
from addin.facts import ledger_rows
from addin.facts.joined import Month
from addin.rules.settings import Settings
from addin.tables import catalogue
from addin.tables.ledgers import PARTS_LEDGER
from addin.tables.masters import Masters
from addin.tables.read import Notice
from addin.tables.slips import combine


@dataclass
class Company:
    """``history`` ends before ``month``; ``notices`` grow while the slips are read."""

    folder: Path  # where 基础资料 lies
    masters: Masters
    settings: Settings
    month: Month
    history: pd.DataFrame
    notices: list[Notice]
    month_folder: Path
    out: Path | None = None  # where its reports lie, if that is not 输出/

    @cached_property
    def books(self) -> Books:
        """The ledgers of the month; BadInput where one cannot be read."""
        return ledgers.read_books(self.month_folder)

    @cached_property
    def register(self) -> Register | None:
        """The call-back register of the month; BadInput where it cannot be read."""
        out = self.out or self.month_folder / ledgers.OUTPUT
        return register_of(out, f"{self.month.period:%Y-%m}")

    @cached_property
    def answers(self) -> pd.DataFrame | None:
        """What the clerk has written in it, for R710; None without one, or where it is in doubt."""
        try:
            if self.register is None:
                return None
        except BadInput as wrong:
            self.notices.append(Notice(f"回访结果没有核对(R710):{wrong}", code="R710"))
            return None
        self.notices.extend(self.register.notices)
        return self.register.rows

    @cached_property
    def consumed(self) -> pd.DataFrame | None:
        """核销 that stand, for R405; None without a parts ledger, or with one nobody can read."""
        try:
            if not ledgers.files_of(self.month_folder):
                return None
            books = self.books
        except BadInput as wrong:
            self.notices.append(Notice(f"换件有没有核销没有核对(R405):{wrong}", code="R405"))
            return None
        if PARTS_LEDGER.name not in books.found:
            return None
        ledger = parts.priced(books.parts, self.masters[catalogue.PARTS])
        return ledger_rows.consumed(ledger, parts.post(ledger).rows)


def company(
    paths: Sequence[Path],
    folder: Path,
    *,
    masters: Path | None = None,
    month: str | None = None,
    as_of: str | None = None,
    out: Path | None = None,
) -> Company:
    """For the entry workbooks ``paths`` of the month whose folder is ``folder``."""
    place = masters or find_beside(MASTERS_FILE, paths[0].parent)
    if place is None:
        raise BadInput(
            f"找不到{MASTERS_FILE}", "请把它放在单据所在文件夹或上一级,或用 --masters 指明"
        )
    known = load_masters(place)
    settings, day = settings_of(known, as_of)
    meant = month_of(paths, known, day, month, folder)
    notices: list[Notice] = []
    history = load_history(find_beside(HISTORY_FILE, place.parent), notices)
    history = history[(history["month"] < meant.period).to_numpy(bool)].reset_index(drop=True)
    return Company(place.parent, known, settings, meant, history, notices, folder, out)


def judge_entries(
    entries: Sequence[Entry], known: Company, progress: Callable[[str], None]
) -> Judged:
    """The verdict of every slip in these workbooks, with the waivers recorded in them."""
    tables = [table for entry in entries for table in entry.tables]
    slips = combine(tables, known.settings.parameters.required)
    progress(f"核对 {len(slips)} 行")
    recorded = waived.recorded(entries, slips, known.notices)
    judged = judge(
        slips, known.masters, known.history, known.month, known.settings, recorded,
        known.consumed, known.answers,
    )  # fmt: skip
    judged.notices[:0] = known.notices
    return judged

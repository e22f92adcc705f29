"""Ledgers of a month's folder or beside a workbook, and the balances that they open with.

Where the months of a ledger are found: the folder itself (录入/ of it, if there) and, before it,
the sibling folders of the months closed without a gap (存档/锁定.txt), back to the first that has
no ledger. A folder whose name is no month is one ledger of all months. Rows keep the month in whose
folder they were entered, so that a late row posts in the first open month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from addin.actions import load
from addin.domain.keys import BoolArray
from addin.domain.parts import GROUP, ISSUE
from addin.errors import BadInput
from addin.hosts import read_grid
from addin.hosts.collector import collector_at_rest
from addin.hosts.grid import Grid
from addin.tables import ledgers, masters
from addin.tables.fields import SheetSpec
from addin.tables.read import Notice, Table, read

INPUT, OUTPUT, LOCK = "录入", "输出", Path("存档", "锁定.txt")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
STATEMENT_NAMES = ("押金对帐单", "押金对账单")  # 帐 as the source spells it, 账 as people do
PARTS_STATEMENT_NAMES = ("配件对账单", "配件对帐单")
_QUARTER_IN_NAME = re.compile(r"20\d\dQ[1-4]")
Row = tuple[pd.Timestamp, str, str, int]
"""Month in whose folder it was entered, workbook, sheet, row."""


@dataclass(frozen=True)
class Books:
    """All rows of each ledger with ``workbook``, ``sheet``, ``row``, ``entered``, and what could
    not be read in them (:func:`addin.tables.ledgers.complaints`).

    ``charges`` and ``penalties`` are the lists of these names that lie among the ledgers.
    ``opening`` is 期末余额 by agent of the statement closed before the first ledger; None where
    no such statement is found, ``why`` then says where it was looked for. What was in field then
    stands among ``parts`` as issues that are ``brought_forward``; where nobody can tell how much,
    ``parts_why`` says why. ``old_parts`` is 旧件应返 and 旧件已返 of that statement.
    ``closed_closing`` is 期末余额 of the month just before, ``closed_why`` says why it is not
    known; ``unposted`` are the rows that closed months have refused.
    """

    parts: pd.DataFrame
    returns: pd.DataFrame
    deposits: pd.DataFrame
    charges: pd.DataFrame
    penalties: pd.DataFrame
    opening: pd.Series | None
    why: str
    parts_why: str
    found: frozenset[str]  # names of the ledgers that were found
    notices: list[Notice] = field(default_factory=list)
    old_parts: pd.DataFrame | None = None
    closed_closing: Mapping[str, int] = field(default_factory=dict)
    closed_why: str = ""
    unposted: frozenset[Row] = frozenset()
    first_month: pd.Timestamp | None = None
    """Of the first ledger, where its folder is named by a month."""


def files_of(folder: Path) -> list[Path]:
    """Ledger workbooks of a month's folder."""
    names = tuple(spec.name for spec in ledgers.BOOKS)
    return [path for path in inputs_of(folder) if path.stem.startswith(names)]


def inputs_of(folder: Path) -> list[Path]:
    """Workbooks that were typed for a month, those of 录入/ if it has one (workbooks.md §9)."""
    inside = folder / INPUT
    place = inside if inside.is_dir() else folder
    return [path for path in workbooks_in(place) if load.CHECKED not in path.stem]


def workbooks_in(place: Path) -> list[Path]:
    """The workbooks of a folder, without those that a program keeps for itself."""
    return [
        path
        for path in sorted(place.iterdir())
        if path.is_file()
        and path.suffix.lower() in _WORKBOOKS
        and not path.name.startswith(("~$", "."))
    ]


def months_before(folder: Path) -> Iterator[Path]:
    """Folders of the closed months before this one, the latest first."""
    name = load.month_in_name(folder.name)
    while name:
        name = _month_before(name)
        before = load.folder_of(name, folder.parent)
        if before is None or not (before / LOCK).is_file():
            return
        yield before


def chain(folder: Path) -> tuple[list[Path], Path | None]:
    """Folders whose ledgers are posted, the earliest first, and the closed one before them."""
    folders = [folder]
    for before in months_before(folder):
        if not files_of(before):
            return folders[::-1], before
        folders.append(before)
    return folders[::-1], None


def stamp_of(folder: Path) -> tuple[Any, ...]:
    """Changes when a ledger of the folder or of the months before it does."""
    folders, closed = chain(folder)
    times = [(path, path.stat()) for place in folders for path in files_of(place)]
    return folder, closed, *((path, now.st_size, now.st_mtime_ns) for path, now in times)


@collector_at_rest()
def read_books(folder: Path) -> Books:
    """Every ledger that is posted for this folder, read; BadInput as :func:`read` has it."""
    folders, closed = chain(folder)
    tables: dict[str, list[pd.DataFrame]] = {spec.name: [] for spec in ledgers.BOOKS}
    notices: list[Notice] = []
    for place in folders:
        month = load.month_in_name(place.name)
        for path in files_of(place):
            for table in _tables(path):
                notices.extend(table.notices)
                tables[table.spec.name].append(_rows(table, month))
    opening = _opening(closed) if closed else None
    parts, returns, deposits, charges, penalties = (
        _joined(tables[spec.name], spec) for spec in ledgers.BOOKS
    )
    statement = _parts_statement(closed) if closed else None
    if statement is not None:
        brought_forward = _brought_forward(statement, notices)
        parts = pd.concat([brought_forward, parts], ignore_index=True)
    forward = parts.get("brought_forward", pd.Series(False, parts.index))
    return Books(
        parts.assign(brought_forward=forward.fillna(False).astype(bool)),
        returns,
        deposits,
        charges,
        penalties,
        opening=opening,
        why=_why_unknown(folders[0], closed, opening),
        parts_why=statement.why_not if statement else _why_no_parts(folders[0], closed),
        found=frozenset(name for name, frames in tables.items() if frames),
        notices=notices,
        old_parts=None if statement is None else statement.old_parts,
        unposted=frozenset(row for place in folders[:-1] for row in _unposted(place)),
        first_month=_first_day(folders[0]),
        **_last_closing(folder),
    )


def _tables(path: Path) -> list[Table]:
    book = load.open_file(path)
    grids = [(sheet.name, read_grid(sheet)) for sheet in book.sheets]
    book.close()
    tables = []
    for name, grid in grids:
        spec = load.kind_of(name, grid, ledgers.BOOKS)
        if spec is not None:
            tables.append(read(grid, spec, workbook=path.name, sheet=name))
    if not tables:
        raise BadInput(
            f"没有找到{'、'.join(spec.name for spec in ledgers.BOOKS)}中的任何一张工作表",
            "请检查工作表名和表头,或从模板重做",
            workbook=path.name,
        )
    return tables


def _rows(table: Table, month: str | None) -> pd.DataFrame:
    entered = masters.first_day(month) if month else pd.NaT
    return table.frame.assign(
        workbook=table.workbook,
        sheet=table.sheet,
        row=table.rows,
        entered=pd.Series(entered, table.frame.index, dtype="datetime64[s]"),
        **ledgers.complaints(table),
    )


def _joined(frames: list[pd.DataFrame], spec: SheetSpec) -> pd.DataFrame:
    if not frames:
        nothing = masters.empty(spec)
        told = dict.fromkeys(("workbook", "sheet", *ledgers.COMPLAINED), pd.Series(dtype=object))
        return nothing.assign(entered=pd.Series(dtype="datetime64[s]"), **told)
    return pd.concat(frames, ignore_index=True)


def quarter_of(workbook: str, entered: pd.Timestamp) -> pd.Period | None:
    """Of a list: as its file is named, else of the month in whose folder it lies.

    >>> str(quarter_of("保外配件收费清单_2026Q1.xlsx", pd.Timestamp("2026-04-01")))
    '2026Q1'
    """
    if named := _QUARTER_IN_NAME.search(workbook):
        return pd.Period(named[0])
    return None if pd.isna(entered) else entered.to_period("Q")


def _unposted(closed: Path) -> Iterator[Row]:
    """What 对账问题清单 of a closed month names as 未入账."""
    month, spec = load.month_in_name(closed.name), ledgers.ACCOUNT_ISSUES
    if month is None:
        return
    for grids, name in _outputs(closed, (spec.name,)):
        table = read(next(iter(grids.values())), spec, workbook=name, sheet=spec.name)
        rows = table.frame[(table.frame["posted"] == ledgers.UNPOSTED).to_numpy(bool)]
        for workbook, sheet, row in (
            rows[["workbook", "sheet", "row"]].dropna().itertuples(index=False)
        ):
            yield masters.first_day(month), workbook, sheet, int(row)


# --- openings -------------------------------------------------------------------------------


def _opening(closed: Path) -> pd.Series | None:
    """期末余额 by agent of the statement in 输出/ of a closed month; <NA> where it has none, or
    two lines."""
    statement = next(_outputs(closed, STATEMENT_NAMES), None)
    if statement is None:
        return None
    grids, name = statement
    spec = ledgers.DEPOSIT_STATEMENT
    table = read(next(iter(grids.values())), spec, workbook=name, sheet=spec.name)
    named = table.frame[["agent_code", "closing"]].dropna(subset=["agent_code"])
    closing = named["closing"].mask(named["agent_code"].duplicated(keep=False))
    named = named.assign(closing=closing).drop_duplicates("agent_code")
    return named.set_index("agent_code")["closing"].astype("Int64")


def _last_closing(folder: Path) -> dict[str, Any]:
    """期末余额 of the month before, which 期初余额 of this one goes on from (R502)."""
    name = load.month_in_name(folder.name)
    before = _month_before(name) if name else None
    place = load.folder_of(before, folder.parent) if before else None
    if place is None:
        return {}
    if not (place / LOCK).is_file():
        return {"closed_why": f"上月{before}还没有月结"}
    closing = _opening(place)
    if closing is None:
        return {"closed_why": f"上月文件夹“{place.name}”的输出里没有押金对帐单"}
    return {"closed_closing": closing.dropna().to_dict()}


def _first_day(folder: Path) -> pd.Timestamp | None:
    month = load.month_in_name(folder.name)
    return masters.first_day(month) if month else None


def _month_before(name: str) -> str:
    return f"{masters.first_day(name) - pd.DateOffset(months=1):%Y-%m}"


@dataclass(frozen=True)
class _Statement:
    """The 配件对账单 of a closed month: its lines, and its batches where it has that sheet."""

    lines: Table
    batches: Table | None
    last_day: pd.Timestamp

    @cached_property
    def named(self) -> pd.DataFrame:
        """The lines without the foot of the sheet."""
        return self.lines.frame.dropna(subset=GROUP)

    @property
    def old_parts(self) -> pd.DataFrame:
        named = self.named.drop_duplicates(GROUP)
        return named.set_index(GROUP)[["return_due", "returned"]].fillna(0).astype("int64")

    @property
    def why_not(self) -> str:
        """What keeps it from being an opening."""
        blank = int(self.named["in_field"].isna().sum())
        return f"《{self.lines.workbook}》有{blank}行没有期末在外" if blank else ""


def _parts_statement(closed: Path) -> _Statement | None:
    found = next(_outputs(closed, PARTS_STATEMENT_NAMES), None)
    month = load.month_in_name(closed.name)
    if found is None or month is None:
        return None
    grids, name = found
    spec, of_batches = ledgers.PARTS_STATEMENT, ledgers.OPEN_BATCHES
    grid = grids.get(of_batches.name)
    return _Statement(
        read(next(iter(grids.values())), spec, workbook=name, sheet=spec.name),
        None if grid is None else read(grid, of_batches, workbook=name, sheet=of_batches.name),
        (masters.first_day(month) + pd.offsets.MonthEnd()).as_unit("s"),
    )


def _brought_forward(statement: _Statement, notices: list[Notice]) -> pd.DataFrame:
    """期末在外 as issues that post on the last day of the closed month, in the order of the sheet.

    They are its batches. A line that its batches do not add up to, or that has none, is one batch
    at its 押金单价: where open batches differ in price it has none, and what they are worth is
    unknown.
    """
    lines = statement.named.rename(columns={"in_field": "left"})
    lines = lines[(lines["left"] > 0).fillna(False).to_numpy(bool)]
    issues = lines.assign(
        entry_no=[f"期初{n}" for n in range(1, len(lines) + 1)], date=statement.last_day
    )
    if statement.batches is not None:
        batches = statement.batches.frame
        sides = [side.groupby(GROUP)["left"].sum() for side in (lines, batches)]
        differs = sides[0].sub(sides[1], fill_value=0) != 0
        notices.extend(
            Notice(
                f"{outlet}{part}的各批数量之和不等于期末在外,期初按对账单的期末在外和押金单价",
                statement.batches.workbook,
                statement.batches.sheet,
            )
            for outlet, part in differs.index[differs]
        )
        whole = differs.index[~differs]
        issues = pd.concat(
            [issues[~_among(issues, whole)], batches[_among(batches, whole)]], ignore_index=True
        )
    blank = _joined([], ledgers.PARTS_LEDGER).reindex(range(len(issues)))
    columns = ("entry_no", "date", *GROUP, "deposit_price")
    return blank.assign(
        **{name: issues[name].array for name in columns},
        kind=ISSUE,
        quantity=issues["left"].array,
        entered=statement.last_day,
        brought_forward=True,
        workbook=statement.lines.workbook,
        sheet=statement.lines.sheet,
    )


def _among(table: pd.DataFrame, groups: pd.Index) -> BoolArray:
    return pd.MultiIndex.from_frame(table[GROUP]).isin(groups)


def _why_no_parts(first: Path, closed: Path | None) -> str:
    """Blank where the first ledger is the beginning: no month before it is known."""
    if closed is not None:
        return f"上月文件夹“{closed.name}”的输出里没有配件对账单"
    name = load.month_in_name(first.name)
    before = _month_before(name) if name else None
    if before and load.folder_of(before, first.parent) is not None:
        return f"上月{before}还没有月结"
    return ""


def _outputs(closed: Path, names: tuple[str, ...]) -> Iterator[tuple[dict[str, Grid], str]]:
    """Each such workbook with its sheets; the statement itself is the first of them."""
    place = closed / OUTPUT
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        if path.suffix.lower() in _WORKBOOKS and any(name in path.stem for name in names):
            book = load.open_file(path)
            grids = {sheet.name: read_grid(sheet) for sheet in book.sheets}
            book.close()
            yield grids, path.name


def _why_unknown(first: Path, closed: Path | None, opening: pd.Series | None) -> str:
    if closed is not None and opening is not None:
        return f"上月文件夹“{closed.name}”的押金对帐单里这一户没有期末余额,或有两行"
    if closed is not None:
        return f"上月文件夹“{closed.name}”的输出里没有押金对帐单"
    return f"“{first.name}”之前没有已月结的月份,押金流水里也没有依据单号为“期初”的收取"

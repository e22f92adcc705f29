"""Opens what a check needs: the entry workbooks, 基础资料.xlsx beside them, 结算历史.xlsx."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlwings as xw

from addin.domain import values
from addin.errors import BadInput
from addin.facts.joined import Month
from addin.hosts import files, intake, read_grid
from addin.hosts.collector import collector_at_rest
from addin.hosts.grid import Grid
from addin.rules.settings import Settings, from_sheet
from addin.tables import catalogue, ledgers, locate, masters
from addin.tables.fields import SheetSpec
from addin.tables.follow_up import FOLLOW_UP
from addin.tables.masters import Masters
from addin.tables.read import Notice, Table, read
from addin.tables.slips import ENTRIES

MASTERS_FILE = "基础资料.xlsx"
HISTORY_FILE = "结算历史.xlsx"
CONFIRMATIONS_FILE = "匹配确认.xlsx"
CHECKED = "_已核对"
OURS = ("问题清单", "网点小计", "处理日志", "放行记录", "字段映射", "选项", "填写说明")
_MONTH_IN_NAME = re.compile(r"(20\d\d)[-_.年]?(0?[1-9]|1[0-2])(?!\d)月?")


@dataclass
class Entry:
    """An entry workbook that is open, with the slip sheets found in it."""

    path: Path
    book: xw.Book
    tables: list[Table] = field(default_factory=list)
    confirmed: dict[str, list[locate.Confirmed]] = field(default_factory=dict)  # by sheet
    added: list[dict[str, Any]] = field(default_factory=list)  # 放行记录 of the last checked copy


def open_file(path: Path) -> xw.Book:
    intake.inspect(path)
    return files.read_book(path)


def find_beside(name: str, folder: Path) -> Path | None:
    """``name`` in the folder or one of the two above it."""
    near = [folder, *folder.resolve().parents[:2]]
    return next((place / name for place in near if (place / name).is_file()), None)


@collector_at_rest()
def load_masters(path: Path) -> Masters:
    book = open_file(path)
    grids = {sheet.name: read_grid(sheet) for sheet in book.sheets if sheet.name != "选项"}
    book.close()
    return masters.from_grids(grids, path.name)


@collector_at_rest()
def load_history(path: Path | None, notices: list[Notice]) -> pd.DataFrame:
    if path is None:
        notices.append(Notice(f"没有找到{HISTORY_FILE},重复和返修只在本次单据之间核对"))
        return masters.empty(catalogue.HISTORY)
    book = open_file(path)
    grids = [(sheet.name, read_grid(sheet)) for sheet in book.sheets]
    book.close()
    return masters.history_from(grids, path.name)


def settings_of(known: Masters, as_of: str | None = None) -> tuple[Settings, pd.Timestamp]:
    """规则参数 in force, and 核对基准日 (``as_of`` of the caller, the parameter, or today)."""
    sheet = known[catalogue.PARAMETERS]
    today = pd.Timestamp(dt.date.today()).as_unit("s")
    try:
        settings = from_sheet(sheet, today)
        if as_of:
            settings.parameters.set("核对基准日", as_of)
        day = settings.parameters["as_of"]
        fixed = today if day is None else pd.Timestamp(day).as_unit("s")
        settings = from_sheet(sheet, fixed)
    except ValueError as wrong:
        raise BadInput(
            str(wrong), "请改正该参数", workbook=known.workbook, sheet=catalogue.PARAMETERS.name
        ) from wrong
    return settings, fixed


def entry_files(folder: Path) -> list[Path]:
    """Slip workbooks of a month's folder: those of 录入/, else its own (workbooks.md §9)."""
    inside = folder / "录入"
    place = inside if inside.is_dir() else folder
    beside = (spec.name for spec in (*ledgers.BOOKS, FOLLOW_UP))
    kept = (MASTERS_FILE, HISTORY_FILE, CONFIRMATIONS_FILE)
    others = (*beside, *(Path(name).stem for name in kept))
    found = [
        path
        for path in sorted(place.iterdir())
        if path.is_file()
        and path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".xltx", ".xlsb", ".ods", ".et")
        and not path.name.startswith(("~$", "."))
        and CHECKED not in path.stem
        and not path.stem.startswith(others)
    ]
    if not found:
        raise BadInput(
            f"文件夹“{place.name}”里没有安装单或维修单工作簿",
            "请把本月的单据放进“录入”文件夹再运行",
        )
    return found


def open_entry(path: Path, known: Masters, *, mapped: Sequence[locate.Confirmed] = ()) -> Entry:
    """An inspected workbook on disk."""
    return read_entry(path, files.open_book(path), known, mapped)


@collector_at_rest()
def read_entry(
    path: Path, book: xw.Book, known: Masters, mapped: Sequence[locate.Confirmed] = ()
) -> Entry:
    """Reads every slip sheet of a workbook as it stands open; at least one must be there."""
    entry = Entry(path, book)
    for sheet in entry.book.sheets:
        if sheet.name in OURS:
            continue
        grid = read_grid(sheet)
        spec = kind_of(sheet.name, grid, ENTRIES)
        if spec is not None:
            entry.confirmed[sheet.name] = [*known.confirmed(path.name, sheet.name), *mapped]
            entry.tables.append(
                read(
                    grid,
                    spec,
                    workbook=path.name,
                    sheet=sheet.name,
                    confirmed=entry.confirmed[sheet.name],
                )
            )
    if not entry.tables:
        raise BadInput(
            "没有找到安装单或维修单工作表",
            "工作表名请含“安装单”或“维修单”,或检查表头是否齐全",
            workbook=path.name,
        )
    return entry


def kind_of(name: str, grid: Grid, specs: Sequence[SheetSpec]) -> SheetSpec | None:
    """By name, by contained name, then by headers (workbooks.md §1.4)."""
    plain = values.text(name)
    for spec in specs:
        if spec.name in plain:
            return spec
    return next((spec for spec in specs if locate.fits(grid, spec)), None)


def template(name: str) -> Path:
    """A blank company workbook: beside the package, or shipped inside it."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here.parent / "templates", here / "_templates"):
        if (folder / f"{name}.xlsx").is_file():
            return folder / f"{name}.xlsx"
    raise BadInput(f"找不到模板“{name}.xlsx”", "请重新安装结算助手")


def month_of(
    paths: Iterable[Path], known: Masters, as_of: pd.Timestamp, asked: str | None, folder: Path
) -> Month:
    """业务月: as asked, else the folder's name, the files' names, 设置. Two that differ stop."""
    if asked:
        return Month(_first_day(asked, "--month"), as_of)
    by_folder = month_in_name(folder.name)
    named = {path.name: month for path in paths if (month := month_in_name(path.stem))}
    months = {*named.values(), *((by_folder,) if by_folder else ())}
    if len(months) > 1:
        listed = "、".join(f"{name}({month})" for name, month in named.items())
        raise BadInput(
            f"文件夹里混有不同月份的单据:{listed or folder.name}",
            "请只留一个业务月的文件,或用 --month 指明业务月",
        )
    fixed = next(iter(months), None) or known.settings.get("业务月")
    if fixed is None:
        raise BadInput("不知道业务月", "请加 --month 2026-03,或在基础资料“设置”填写业务月")
    return Month(_first_day(fixed, "设置"), as_of)


def folder_of(month: str, months: Path) -> Path | None:
    """The folder of ``2026-02`` among those of a year."""
    return next(
        (p for p in sorted(months.iterdir()) if p.is_dir() and month_in_name(p.name) == month), None
    )


def month_in_name(name: str) -> str | None:
    found = _MONTH_IN_NAME.search(name)
    return f"{found[1]}-{int(found[2]):02}" if found else None


def _first_day(month: str, where: str) -> pd.Timestamp:
    with suppress(ValueError):
        return masters.first_day(month)
    raise BadInput(f"{where}的业务月“{month}”无法识别", "请写成 2026-03")

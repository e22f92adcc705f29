"""Check entry workbooks, and close a month: verdicts beside the slips, then the reports."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import pandas as pd

from addin.actions import carried, waived
from addin.actions.judge import Judged, judge
from addin.actions.load import (
    CHECKED,
    HISTORY_FILE,
    MASTERS_FILE,
    Entry,
    entry_files,
    find_beside,
    load_history,
    load_masters,
    month_of,
    open_entry,
    settings_of,
    template,
)
from addin.actions.mark import mark
from addin.errors import BadInput
from addin.hosts import files, intake, read_grid
from addin.reports import callback, fill, shown, summary
from addin.tables import catalogue, locate
from addin.tables.masters import Masters
from addin.tables.read import Notice, read
from addin.tables.slips import combine

Progress = Callable[[str], None]


@dataclass
class Outcome:
    """What a run has made: the verdicts, the files, and what the reports say of themselves."""

    judged: Judged
    masters: Masters
    written: list[Path]
    findings: list[summary.Finding] = field(default_factory=list)

    @property
    def needs_a_person(self) -> bool:
        waiting = self.judged.verdicts["verdict"].isin(("待查", "无法判断", "退回", "拒付"))
        return bool(waiting.any()) or bool(self.findings)


@dataclass(frozen=True)
class Wishes:
    """What a caller may ask for."""

    month: str | None = None
    as_of: str | None = None
    out: Path | None = None
    masters: Path | None = None
    in_place: bool = False
    allow_macros: bool = False
    mapped: tuple[str, ...] = ()  # 网点编码=C
    progress: Progress = print


def check(paths: Sequence[Path], wishes: Wishes) -> Outcome:
    """Verdicts of some entry workbooks, written into copies (or in place, with a backup)."""
    place = paths[0].resolve().parent
    folder = place.parent if place.name == "录入" else place
    out = wishes.out or folder / "输出"
    with _staged(out) as staging:
        outcome, entries = _judged(paths, folder, out, wishes)
        _write_entries(entries, outcome, staging.folder, wishes)
    outcome.written += staging.arrived
    return outcome


def close(folder: Path, wishes: Wishes) -> Outcome:
    """A whole month: check, then the fee summary and the call-back register."""
    if not folder.is_dir():
        raise BadInput(f"找不到文件夹“{folder.name}”", "请写出本月文件夹的路径")
    out = wishes.out or folder / "输出"
    with _staged(out) as staging:
        outcome, entries = _judged(entry_files(folder), folder, out, wishes, carry=True)
        _write_entries(entries, outcome, staging.folder, wishes)
        _reports(outcome, staging.folder, out, wishes)
    outcome.written += staging.arrived
    return outcome


def _judged(
    paths: Sequence[Path], folder: Path, out: Path, wishes: Wishes, *, carry: bool = False
) -> tuple[Outcome, list[Entry]]:
    """``carry`` takes in what still waits of last month, from the folder beside this one."""
    for path in paths:
        intake.inspect(path, allow_macros=wishes.allow_macros)
    wishes.progress("读取基础资料")
    place = wishes.masters or find_beside(MASTERS_FILE, paths[0].parent)
    if place is None:
        raise BadInput(
            f"找不到{MASTERS_FILE}", "请把它放在单据所在文件夹或上一级,或用 --masters 指明"
        )
    masters = load_masters(place)
    settings, as_of = settings_of(masters, wishes.as_of)
    month = month_of(paths, masters, as_of, wishes.month, folder)
    notices: list[Notice] = []
    history = load_history(find_beside(HISTORY_FILE, place.parent), notices)
    history = history[(history["month"] < month.period).to_numpy(bool)].reset_index(drop=True)
    mapped = [_mapping(line) for line in wishes.mapped]
    entries = []
    for path in paths:
        wishes.progress(f"读取 {path.name}")
        entries.append(open_entry(path, masters, mapped=mapped))
    entered = [table for entry in entries for table in entry.tables]
    months = folder.resolve().parent if carry else None
    made, history = carried.carry(history, entered, months, month, masters, notices)
    entries += made
    for entry in entries:
        if entry.made or not wishes.in_place:
            waived.take_over(entry, out / checked_name(entry.path), notices)
    tables = [table for entry in entries for table in entry.tables]
    slips = combine(tables, settings.parameters.required)
    wishes.progress(f"核对 {len(slips)} 行")
    recorded = waived.recorded(entries, slips, notices)
    judged = judge(slips, masters, history, month, settings, recorded)
    judged.notices[:0] = notices
    return Outcome(judged, masters, []), entries


def _mapping(line: str) -> locate.Confirmed:
    header, _, column = (piece.strip() for piece in line.partition("="))
    if not header or locate.column_number(column) is None:
        raise BadInput(f"--map 的写法“{line}”不对", "请写成 --map 网点编码=C")
    return locate.Confirmed(header, column=column)


def checked_name(path: Path) -> str:
    stem = path.stem if path.stem.endswith(CHECKED) else path.stem + CHECKED
    return stem + path.suffix


def _write_entries(
    entries: Sequence[Entry], outcome: Outcome, staging: Path, wishes: Wishes
) -> None:
    for entry in entries:
        wishes.progress(f"写回 {entry.path.name}")
        in_place = wishes.in_place and not entry.made
        if in_place:
            intake.refuse_if_open(entry.path)
            backup = _backup(entry.path)
        mark(entry.book, entry.tables, outcome.judged, entry.added)
        if in_place:
            entry.book.save()
            if backup.read_bytes() == entry.path.read_bytes():  # a second run changes nothing
                backup.unlink()
            outcome.written.append(entry.path)
        else:
            entry.book.save(staging / checked_name(entry.path))
        entry.book.close()


def _backup(path: Path) -> Path:
    """A copy of the file as it is now, under the first free name in 备份."""
    folder = path.parent / "备份"
    names = (f"{path.stem}_核对前{n or ''}{path.suffix}" for n in count())
    backup = next(folder / name for name in names if not (folder / name).exists())
    try:
        folder.mkdir(exist_ok=True)
        shutil.copy2(path, backup)
    except OSError as wrong:
        with suppress(OSError):
            backup.unlink()
        raise _not_written(wrong, backup.name) from wrong
    return backup


def _reports(outcome: Outcome, staging: Path, out: Path, wishes: Wishes) -> None:
    judged, masters = outcome.judged, outcome.masters
    period = f"{judged.month.period:%Y-%m}"
    parameters = judged.settings.parameters
    outlets = masters[catalogue.OUTLETS]
    checked = judged.checked
    filled = partial(
        fill.fill, period=period, as_of=judged.month.as_of.date(), changed=parameters.changed
    )
    wishes.progress(f"生成 {summary.LAYOUT.name}")
    book = files.open_book(template(summary.LAYOUT.name))
    rows = summary.summarise(checked, outlets)
    filled(book, summary.LAYOUT, rows, zheng_after_jiao=parameters["zheng_after_jiao"])
    book.app.calculate()
    back = shown.read_back(book, summary.LAYOUT)
    outcome.findings += summary.cross_foot(back.rows, back.totals, checked)
    book.save(staging / summary.LAYOUT.file_name(period))
    book.close()
    wishes.progress(f"生成 {callback.LAYOUT.name}")
    name = callback.LAYOUT.file_name(period)
    rows = callback.draw(
        checked,
        outlets,
        period,
        ratio=parameters["callback_ratio"],
        minimum=parameters["callback_minimum"],
        seed=masters.settings.get("随机种子", ""),
        previous=_register(out / name),
    )
    book = files.open_book(template(callback.LAYOUT.name))
    filled(book, callback.LAYOUT, rows)
    book.app.calculate()
    book.save(staging / name)
    book.close()


def _register(path: Path) -> pd.DataFrame | None:
    """The call-back register of this month as the clerk has filled it in so far."""
    if not path.is_file():
        return None
    book = files.open_book(path)
    sheet = book.sheets[0]
    table = read(read_grid(sheet), callback.CALLBACK, workbook=path.name, sheet=sheet.name)
    book.close()
    return table.frame[table.frame["slip_no"].notna().to_numpy(bool)].reset_index(drop=True)


@dataclass
class Staging:
    """Where files are made, and what of them has reached the output folder."""

    folder: Path
    arrived: list[Path] = field(default_factory=list)


@contextmanager
def _staged(out: Path) -> Iterator[Staging]:
    """A folder on the same volume where everything is made; it arrives whole or not at all."""
    created = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        staging = Staging(Path(tempfile.mkdtemp(prefix=".结算助手_", dir=out)))
    except OSError as wrong:
        raise BadInput(
            f"不能写入文件夹“{out.name}”", "请检查磁盘空间和权限,或用 --out 换一处"
        ) from wrong
    try:
        yield staging
        staging.arrived += _arrive(staging.folder, out)
    finally:
        shutil.rmtree(staging.folder, ignore_errors=True)
        if created and not any(out.iterdir()):
            out.rmdir()


def _arrive(staging: Path, out: Path) -> list[Path]:
    """Moves everything made into ``out``; if one file cannot go, ``out`` is as it was before."""
    made = sorted(staging.iterdir())
    for file in made:
        intake.refuse_if_open(out / file.name)
    replaced = Path(tempfile.mkdtemp(dir=staging))
    with ExitStack() as undo:
        for file in made:
            target = out / file.name
            try:
                if target.exists():
                    target.replace(replaced / file.name)
                    undo.callback((replaced / file.name).replace, target)
                else:
                    undo.callback(target.unlink, missing_ok=True)
                file.replace(target)
            except OSError as wrong:
                raise _not_written(wrong, file.name) from wrong
        undo.pop_all()
    return [out / file.name for file in made]


def _not_written(wrong: OSError, name: str) -> BadInput:
    if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
        return BadInput("磁盘已满,没有写入", "请清理磁盘空间后再运行", workbook=name)
    return BadInput("写不进去", "请关闭打开它的程序,并确认文件夹可以写入", workbook=name)

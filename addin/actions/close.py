"""Check entry workbooks, and close a month: verdicts beside the slips, then the reports."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import xlwings as xw

from addin.actions import carried, company, cross_checks, waived
from addin.actions.judge import Judged
from addin.actions.load import CHECKED, Entry, entry_files, open_entry, template
from addin.actions.mark import mark
from addin.actions.register import Register, strangers
from addin.actions.staging import Staging, backup_of, not_written, staged
from addin.errors import BadInput
from addin.hosts import files, intake, seals
from addin.reports import callback, fill, shown, summary
from addin.reports.account_issues import Finding
from addin.reports.layout import Layout
from addin.rules.verdicts import Verdict
from addin.tables import catalogue, locate
from addin.tables.masters import Masters
from addin.tables.read import Notice

Progress = Callable[[str], None]


@dataclass
class Outcome:
    """What a run has made: the verdicts, the files, and what the reports say of themselves."""

    judged: Judged
    masters: Masters
    written: list[Path] = field(default_factory=list)
    findings: list[summary.Finding] = field(default_factory=list)
    cross_checks: list[Finding] = field(default_factory=list)  # R704–R711, ``close`` only
    register: Register | None = None  # as it lay there before
    sampled: pd.DataFrame | None = None  # the rows of the register that was made

    @cached_property
    def by_outlet(self) -> pd.DataFrame:
        """The rows of the fee summary."""
        return summary.summarise(self.judged.checked, self.masters[catalogue.OUTLETS])

    @property
    def needs_a_person(self) -> bool:
        waiting = self.judged.verdicts["verdict"].isin(("待查", "无法判断", "退回", "拒付"))
        doubtful = any(finding.verdict != Verdict.NOTICE for finding in self.cross_checks)
        return bool(waiting.any()) or bool(self.findings) or doubtful


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
    with staged() as staging:
        if not wishes.in_place:
            staging.enter(out)
        outcome, entries = _judged(paths, folder, out, wishes)
        if wishes.in_place:
            _write_back(entries, outcome, staging, wishes)
            staging.arrive()
            outcome.written += [entry.path for entry in entries]
        else:
            _write_copies(entries, outcome, out, staging, wishes)
            outcome.written += staging.arrive()
    return outcome


def close(folder: Path, wishes: Wishes) -> Outcome:
    """A whole month: check, then the fee summary and the call-back register."""
    if not folder.is_dir():
        raise BadInput(f"找不到文件夹“{folder.name}”", "请写出本月文件夹的路径")
    out = wishes.out or folder / "输出"
    with staged() as staging:
        staging.enter(out)
        outcome, entries = _judged(entry_files(folder), folder, out, wishes, carry=True)
        beside = cross_checks.papers(folder, out, outcome.judged.month)
        outcome.judged.notices.extend(beside.notices)
        if outcome.register is not None:
            outcome.judged.notices.extend(strangers(outcome.register, outcome.judged.checked))
        _write_copies(entries, outcome, out, staging, wishes)
        fee_summary(outcome, out, staging, wishes)
        call_back_register(outcome, out, staging, wishes)
        outcome.cross_checks = cross_checks.cross_checks(
            outcome.judged, int(outcome.by_outlet["total"].sum()), beside, outcome.register,
            outcome.sampled,
        )  # fmt: skip
        outcome.written += staging.arrive()
    return outcome


def _judged(
    paths: Sequence[Path], folder: Path, out: Path, wishes: Wishes, *, carry: bool = False
) -> tuple[Outcome, list[Entry]]:
    """``carry`` takes in what still waits of last month, from the folder beside this one."""
    for path in paths:
        intake.inspect(path, allow_macros=wishes.allow_macros)
    _refuse_namesakes(paths)
    wishes.progress("读取基础资料")
    known = company.company(
        paths, folder, masters=wishes.masters, month=wishes.month, as_of=wishes.as_of, out=out
    )
    mapped = [_mapping(line) for line in wishes.mapped]
    entries = []
    for path in paths:
        wishes.progress(f"读取 {path.name}")
        entries.append(open_entry(path, known.masters, mapped=mapped))
        _say_seals(entries[-1], wishes, known.notices)
    entered = [table for entry in entries for table in entry.tables]
    months = folder.resolve().parent if carry else None
    made, known.history = carried.carry(
        known.history, entered, months, known.month, known.masters, known.notices
    )
    entries += made
    if not wishes.in_place:
        for entry in entries:
            waived.take_over(entry, out / checked_name(entry.path), known.notices)
    judged = company.judge_entries(entries, known, wishes.progress)
    return Outcome(judged, known.masters, register=known.register if carry else None), entries


def _refuse_namesakes(paths: Sequence[Path]) -> None:
    """A row is known by its workbook's name, and so is the checked copy (workbooks.md §1.5)."""
    for name, n in Counter(path.name for path in paths).items():
        if n > 1:
            raise BadInput(
                f"这个名字的工作簿有{n}个", "请改名后再运行,同一个文件只写一次", workbook=name
            )


def _say_seals(entry: Entry, wishes: Wishes, notices: list[Notice]) -> None:
    """Signature and protection are spoken of before anything is written."""
    name, found = entry.path.name, seals(entry.book)
    if found.signed and wishes.in_place:
        raise BadInput(
            "带有数字签名,直接写入会使签名失效",
            "请去掉 --in-place,让结果写在副本里;或先在 Excel 中删除签名",
            workbook=name,
        )
    if found.signed:
        notices.append(Notice("带有数字签名:原文件不动,签名仍有效;已核对的副本里签名无效", name))
    if found.structure:
        notices.append(Notice("工作簿结构有保护:问题清单等工作表照样加入,保护原样保留", name))
    for table in entry.tables:
        if table.sheet in found.sheets:
            notices.append(Notice("工作表有保护:核对结果照样写入,保护原样保留", name, table.sheet))


def _mapping(line: str) -> locate.Confirmed:
    header, _, column = (piece.strip() for piece in line.partition("="))
    if not header or locate.column_number(column) is None:
        raise BadInput(f"--map 的写法“{line}”不对", "请写成 --map 网点编码=C")
    return locate.Confirmed(header, column=column)


def checked_name(path: Path) -> str:
    stem = path.stem if path.stem.endswith(CHECKED) else path.stem + CHECKED
    return stem + path.suffix


def _write_copies(
    entries: Sequence[Entry], outcome: Outcome, out: Path, staging: Staging, wishes: Wishes
) -> None:
    for entry in entries:
        wishes.progress(f"写回 {entry.path.name}")
        mark(entry.book, entry.tables, outcome.judged, entry.added)
        entry.book.save(staging.place(out / checked_name(entry.path)))
        entry.book.close()


def _write_back(
    entries: Sequence[Entry], outcome: Outcome, staging: Staging, wishes: Wishes
) -> None:
    """Into the entry workbooks themselves; of each that changes, 备份 keeps what it was."""
    for entry in entries:
        wishes.progress(f"写回 {entry.path.name}")
        backup = backup_of(entry.path, "核对前")
        before, after = staging.place(backup), staging.place(entry.path)
        try:
            shutil.copy2(entry.path, before)
        except OSError as wrong:
            raise not_written(wrong, backup.name) from wrong
        mark(entry.book, entry.tables, outcome.judged, entry.added)
        entry.book.save(after)
        entry.book.close()
        if before.read_bytes() == after.read_bytes():
            staging.forget(backup, entry.path)


Report = Callable[[Outcome, Path, Staging, Wishes], Path]


def fee_summary(outcome: Outcome, out: Path, staging: Staging, wishes: Wishes) -> Path:
    """产品安装维修服务费用汇总表, cross-footed against its own formulas."""
    judged = outcome.judged
    wishes.progress(f"生成 {summary.LAYOUT.name}")
    book = files.open_book(template(summary.LAYOUT.name))
    zheng = judged.settings.parameters["zheng_after_jiao"]
    _fill(judged, book, summary.LAYOUT, outcome.by_outlet, zheng_after_jiao=zheng)
    book.app.calculate()
    back = shown.read_back(book, summary.LAYOUT)
    outcome.findings += summary.cross_foot(back.rows, back.totals, judged.checked)
    return _saved(book, judged, summary.LAYOUT, out, staging)


def call_back_register(outcome: Outcome, out: Path, staging: Staging, wishes: Wishes) -> Path:
    """安装/维修回访登记表; what the clerk has filled in so far stays with its slip."""
    judged, parameters = outcome.judged, outcome.judged.settings.parameters
    wishes.progress(f"生成 {callback.LAYOUT.name}")
    period = _period(judged)
    rows = callback.draw(
        judged.checked,
        outcome.masters[catalogue.OUTLETS],
        period,
        ratio=parameters["callback_ratio"],
        minimum=parameters["callback_minimum"],
        seed=outcome.masters.settings.get("随机种子", ""),
        previous=None if outcome.register is None else outcome.register.rows,
    )
    book = files.open_book(template(callback.LAYOUT.name))
    _fill(judged, book, callback.LAYOUT, rows)
    outcome.sampled = rows
    book.app.calculate()
    return _saved(book, judged, callback.LAYOUT, out, staging)


def report(folder: Path, make: Report, wishes: Wishes) -> tuple[Outcome, Path]:
    """One report of a month, from its entry workbooks as they are saved, and no other file."""
    out = wishes.out or folder / "输出"
    with staged() as staging:
        staging.enter(out)
        outcome, entries = _judged(entry_files(folder), folder, out, wishes, carry=True)
        for entry in entries:
            entry.book.close()
        place = make(outcome, out, staging, wishes)
        outcome.written += staging.arrive()
    return outcome, place


def _period(judged: Judged) -> str:
    return f"{judged.month.period:%Y-%m}"


def _fill(judged: Judged, book: xw.Book, layout: Layout, rows: pd.DataFrame, **more: Any) -> None:
    fill.fill(
        book,
        layout,
        rows,
        period=_period(judged),
        as_of=judged.month.as_of.date(),
        changed=judged.settings.parameters.changed,
        **more,
    )


def _saved(book: xw.Book, judged: Judged, layout: Layout, out: Path, staging: Staging) -> Path:
    place = out / layout.file_name(_period(judged))
    book.save(staging.place(place))
    book.close()
    return place

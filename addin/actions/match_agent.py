"""匹配代理商回单: one list for the open workbook, all of 录入/回单 for a month's folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlwings as xw

from addin.actions import agent_lists, confirmations, load, match_sheet
from addin.actions.agent_lists import LIST_FOLDER, Ours
from addin.actions.close import Wishes
from addin.actions.confirmations import Answer
from addin.actions.ledgers import INPUT, OUTPUT
from addin.actions.match_sheet import Result
from addin.actions.opened import month_folder, path_of
from addin.actions.staging import Staging, staged
from addin.desk import Cancelled, Desk
from addin.domain.rmb import yuan
from addin.errors import BadInput
from addin.hosts import files
from addin.tables.matches import MATCHES

SCHEMA = 1


@dataclass
class Outcome:
    """The lists that were matched, those that could not be, and the files made."""

    known: Ours
    stored: list[Answer]  # of earlier runs
    results: list[Result] = field(default_factory=list)
    failed: list[tuple[Path, BadInput]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)  # taken over in this run
    written: list[Path] = field(default_factory=list)

    @property
    def needs_a_person(self) -> bool:
        return bool(self.failed) or any(result.needs_a_person for result in self.results)

    @property
    def month(self) -> str:
        return f"{self.known.month.period:%Y-%m}"


# --- settle match ---------------------------------------------------------------------------


def match_lists(path: Path, folder: Path | None, wishes: Wishes) -> Outcome:
    """Every list of the month's folder ``path``, or the one list ``path`` against ``folder``."""
    if path.is_dir():
        folder, paths = path, agent_lists.files_of(path)
        if not paths:
            raise BadInput(
                f"“{LIST_FOLDER.as_posix()}”里没有代理商的清单", "请把代理商的回单放进这个文件夹"
            )
    elif path.is_file():
        folder, paths = folder or _month_around(path), [path]
    else:
        raise BadInput(f"找不到“{path.name}”", "请写出代理商清单或本月文件夹的路径")
    known = agent_lists.ours(folder, wishes)
    outcome = Outcome(known, confirmations.stored(_kept_in(known)))
    out = wishes.out or folder / OUTPUT
    with staged() as staging:
        staging.enter(out)
        for each in paths:
            wishes.progress(f"匹配 {each.name}")
            try:
                _match_into(out, each, outcome, staging)
            except BadInput as wrong:
                if path.is_file():
                    raise
                outcome.failed.append((each, wrong))
        confirmations.append(_kept_in(known), outcome.answers, staging)
        outcome.written += staging.arrive()
    return outcome


def _month_around(path: Path) -> Path:
    """The folder of the month in whose 录入/回单 a list lies."""
    place = path.resolve().parent
    if place.name == LIST_FOLDER.name and place.parent.name == INPUT:
        return place.parent.parent
    raise BadInput(
        f"不知道“{path.name}”是哪个月的清单", "请用 --folder 指明本月文件夹,如 --folder 2026-03"
    )


def _match_into(out: Path, path: Path, outcome: Outcome, staging: Staging) -> None:
    """A workbook of its own, into which the clerk's answers go; those of the last one count."""
    lists = agent_lists.read_agent_list(path, outcome.known)
    for other in outcome.results:
        if other.agent_list.agent == lists.agent:
            raise BadInput(
                f"和《{other.agent_list.path.name}》是同一家代理商{lists.agent}",
                "请合并成一个文件,可以各占一张工作表",
                workbook=path.name,
            )
    target = out / f"{MATCHES.name}_{lists.agent}_{outcome.month}.xlsx"
    last = load.open_file(target) if target.is_file() else None
    before = [*outcome.stored, *outcome.answers]
    result, answers = _matched(lists, outcome.known, last, before)
    if last is not None:
        last.close()
    book = files.new_book(target)
    match_sheet.write(book, result, outcome.known)
    book.sheets[0].delete()
    book.save(staging.place(target))
    book.close()
    outcome.results.append(result)
    outcome.answers += answers


def _matched(
    lists: agent_lists.AgentList,
    known: Ours,
    answered: xw.Book | None,
    before: Sequence[Answer],
) -> tuple[Result, list[Answer]]:
    """The list as it matches with all answers, and those that ``answered`` adds to the others."""
    given = confirmations.Given()
    if answered is not None:
        given = confirmations.given(answered, before, known.masters, known.month)
    standing = confirmations.in_force([*before, *given.taken], lists.agent)
    compared = agent_lists.compare(
        known, lists, confirmations.confirmed(standing), confirmations.rejected(standing)
    )
    rows = match_sheet.lines(known, lists, compared, standing, given.kept)
    notices = [*lists.notices, *(n for each in compared for n in each.notices), *given.notices]
    return Result(lists, compared, rows, notices), given.taken


def _kept_in(known: Ours) -> Path:
    return known.masters_folder / load.CONFIRMATIONS_FILE


# --- the button -----------------------------------------------------------------------------


def match_agent(desk: Desk) -> str:
    """One list of the month, as sheet 匹配结果 of the workbook in front."""
    folder = month_folder(path_of(desk.book))
    path = _chosen(desk, agent_lists.files_of(folder))
    with files.beside(), staged() as staging:
        known = agent_lists.ours(folder, Wishes(progress=desk.progress))
        desk.progress(f"匹配 {path.name}")
        lists = agent_lists.read_agent_list(path, known)
        before = confirmations.stored(_kept_in(known))
        result, answers = _matched(lists, known, desk.book, before)
        sheet = match_sheet.write(desk.book, result, known)
        confirmations.append(_kept_in(known), answers, staging)
        staging.arrive()
    desk.go_to(sheet.range((match_sheet.FIRST, 1)))
    if result.notices:
        desk.show("匹配代理商回单", "\n".join(map(str, result.notices)))
    return summary(result)


def _chosen(desk: Desk, paths: Sequence[Path]) -> Path:
    if not paths:
        raise BadInput(
            f"“{LIST_FOLDER.as_posix()}”里没有代理商的清单",
            "请把代理商的回单放进本月的这个文件夹再操作",
        )
    names = [path.name for path in paths]
    name = names[0] if len(names) == 1 else desk.ask("匹配哪一家的清单?", names)
    if name not in names:
        raise Cancelled
    return paths[names.index(name)]


# --- answers --------------------------------------------------------------------------------


def summary(result: Result) -> str:
    """``D001 青禾商贸:待确认 3,有差异 1,仅我方 2,仅对方 2,已匹配 3,差额 202.00``."""
    counts = ",".join(f"{said} {n:,}" for said, n in result.counts.items())
    lists = result.agent_list
    return f"{lists.agent} {lists.name}:{counts},差额 {yuan(result.difference)}"


def told(outcome: Outcome) -> Iterator[str]:
    """What the command says, a line for each agent, file and notice."""
    yield f"{outcome.month} 匹配代理商回单"
    for result in outcome.results:
        yield summary(result)
        yield from (f"· {notice}" for notice in result.notices)
    for _, wrong in outcome.failed:
        yield f"! {wrong}"
    if outcome.answers:
        yield f"记住了{len(outcome.answers)}条确认,见{load.CONFIRMATIONS_FILE}"
    for folder in dict.fromkeys(path.parent for path in outcome.written):
        yield f"结果在:{folder}"
        yield from (f"  {path.name}" for path in outcome.written if path.parent == folder)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Agents in order of their files, lines as in the sheet; money in 分."""
    return {
        "schema": SCHEMA,
        "month": outcome.month,
        "agents": [_agent(result) for result in outcome.results],
        "failed": [{"file": path.name, "problem": str(wrong)} for path, wrong in outcome.failed],
        "answers": len(outcome.answers),
        "files": [path.name for path in outcome.written],
    }


def _agent(result: Result) -> dict[str, Any]:
    lists = result.agent_list
    return {
        "代理商编码": lists.agent,
        "代理商名称": lists.name,
        "file": lists.path.name,
        "ledgers": [
            {
                "ledger": each.ledger,
                "kinds": each.kinds,
                "from": f"{each.days[0]:%Y-%m-%d}",
                "to": f"{each.days[1]:%Y-%m-%d}",
            }
            for each in result.compared
        ],
        "counts": result.counts,
        "差额": result.difference,
        "lines": [
            {
                f.header: None if pd.isna(line[f.name]) or line[f.name] == "" else line[f.name]
                for f in MATCHES.fields
            }
            for line in result.rows.to_dict("records")
        ],
        "notices": [str(notice) for notice in result.notices],
    }

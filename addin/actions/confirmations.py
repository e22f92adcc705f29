"""What the clerk has answered in 匹配结果, kept in 匹配确认.xlsx beside 基础资料.

Append only: a later line about the same entries overrules those before it. Each yes counts for
one pair of entries, so that entries which say the same are confirmed one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlwings as xw

from addin.actions import load
from addin.actions.mark import HEADER, PAGE
from addin.actions.staging import Staging
from addin.domain.matching import Conclusion, Pairing, Step
from addin.domain.matching.remembered import from_words, words
from addin.errors import BadInput
from addin.facts.joined import Month
from addin.hosts import apply_style, files, freeze_top, read_grid, set_up_page
from addin.reports.fill import literal
from addin.tables import catalogue, look
from addin.tables.masters import Masters
from addin.tables.matches import CONFIRMATIONS, MATCHES
from addin.tables.read import Notice, State, Table, read

YES, NO = "是", "否"
_LINE_HEIGHT = 15
_WIDTHS = (12, 60, 60, 6, 10, 12)


@dataclass(frozen=True)
class Answer:
    """Yes or no to one line, and who says so."""

    agent: str
    pairing: Pairing
    yes: bool
    by: str
    on: pd.Timestamp | None = None


@dataclass
class Given:
    """What a sheet 匹配结果 holds: ``taken`` counts from now on, ``kept`` waits for a change."""

    taken: list[Answer] = field(default_factory=list)
    kept: dict[tuple[str, Pairing], tuple[str, str]] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)


# --- in force -------------------------------------------------------------------------------


def in_force(answers: Iterable[Answer], agent: str) -> dict[Pairing, list[Answer]]:
    """Of each pairing the yeses that count, or none where the last word is no."""
    standing: dict[Pairing, list[Answer]] = {}
    for answer in answers:
        if answer.agent == agent:
            yeses = standing.setdefault(answer.pairing, [])
            if answer.yes:
                yeses.append(answer)
            else:
                yeses.clear()
    return standing


def confirmed(standing: dict[Pairing, list[Answer]]) -> list[Pairing]:
    return [pairing for pairing, yeses in standing.items() for _ in yeses]


def rejected(standing: dict[Pairing, list[Answer]]) -> list[Pairing]:
    return [pairing for pairing, yeses in standing.items() if not yeses]


# --- from the result of the last run ----------------------------------------------------------


def given(book: xw.Book, stored: Sequence[Answer], masters: Masters, month: Month) -> Given:
    """The answers in sheet 匹配结果 of a workbook that are not stored yet."""
    found = Given()
    if MATCHES.name not in [sheet.name for sheet in book.sheets]:
        return found
    grid = read_grid(book.sheets[MATCHES.name])
    table = read(grid, MATCHES, workbook=book.name, sheet=MATCHES.name)
    entitled = _entitled(masters, month.as_of)
    yeses: Counter[tuple[str, Pairing]] = Counter()
    lines = [*enumerate(table.frame.to_dict("records"))]
    lines.sort(key=lambda numbered: numbered[1]["step"] != Step.CONFIRMED.value)  # they count first
    for n, line in lines:
        raw = table.raw["answer"].shown(n).strip()
        if not raw:
            continue
        pairing = _pairing(table, n)
        unfit = _unfit(table, n, pairing)
        if pairing is None or unfit:
            found.notices.append(_notice(table, n, unfit))
            continue
        agent, by, yes = line["agent_code"], line["answered_by"] or "", bool(line["answer"])
        yeses[agent, pairing] += yes
        standing = in_force((*stored, *found.taken), agent).get(pairing)
        if not _news(yes, yeses[agent, pairing], standing, line["step"]):
            continue
        if by in entitled:
            found.taken.append(Answer(agent, pairing, yes, by, month.as_of))
            continue
        who = f"确认人“{by}”不在签字权限" if by else "没有写确认人"
        found.notices.append(_notice(table, n, f"{who},这一行没有采用"))
        found.kept[agent, pairing] = raw, by
    return found


def _news(yes: bool, times: int, standing: list[Answer] | None, step: str) -> bool:
    """``times`` is how often the sheet says yes so far. The yes of a line that was confirmed
    when it was written is none of the clerk's."""
    if yes:
        return times > len(standing or ()) and step != Step.CONFIRMED.value
    return standing != []


def _unfit(table: Table, n: int, pairing: Pairing | None) -> str:
    """Why a line cannot be answered so."""
    proposed = table.frame["conclusion"].iat[n] == Conclusion.PROPOSED.value
    if not (proposed or table.frame["step"].iat[n] == Step.CONFIRMED.value):
        return "只有“待确认”的行要确认,这一行没有采用"
    if table.state["answer"][n] != State.OK:
        return f"确认“{table.raw['answer'].shown(n)}”不是是或否,这一行没有采用"
    return "我方内容或对方内容被改过,这一行没有采用" if pairing is None else ""


def _notice(table: Table, n: int, text: str) -> Notice:
    return Notice(text, table.workbook, table.sheet, int(table.rows[n]))


def _pairing(table: Table, n: int) -> Pairing | None:
    sides = [table.raw[name].shown(n).splitlines() for name in ("our_entries", "their_entries")]
    try:
        ours, theirs = ([from_words(line) for line in lines] for lines in sides)
    except ValueError:
        return None
    return Pairing.told(ours, theirs) if ours and theirs else None


def _entitled(masters: Masters, day: pd.Timestamp) -> set[str]:
    """Names of 签字权限 that are in force."""
    lines = masters[catalogue.AUTHORITY]
    out = (lines["valid_from"] > day) | (lines["valid_to"] < day)
    return set(lines["name"][~out.to_numpy(bool)].dropna())


# --- the workbook ---------------------------------------------------------------------------


def told(pairing: Pairing) -> tuple[str, str]:
    """The entries of ours and of theirs as both sheets have them."""
    return "\n".join(map(words, pairing.ours)), "\n".join(map(words, pairing.theirs))


def stored(path: Path) -> list[Answer]:
    """All answers so far, the oldest first."""
    if not path.is_file():
        return []
    book = load.open_file(path)
    grid = read_grid(book.sheets[0])
    book.close()
    table = read(grid, CONFIRMATIONS, workbook=path.name, sheet=CONFIRMATIONS.name)
    return [_stored(table, n) for n in range(len(table.rows))]


def _stored(table: Table, n: int) -> Answer:
    pairing, line = _pairing(table, n), table.frame.iloc[n]
    if pairing is None or table.state["answer"][n] != State.OK or line["agent_code"] is None:
        raise BadInput(
            "这一行看不懂", "请恢复原样,或删掉整行", workbook=table.workbook, sheet=table.sheet,
            row=int(table.rows[n]),
        )  # fmt: skip
    day = None if pd.isna(line["date"]) else line["date"]
    return Answer(line["agent_code"], pairing, bool(line["answer"]), line["answered_by"] or "", day)


def append(path: Path, answers: Sequence[Answer], staging: Staging) -> None:
    """Lines below those that are there; the workbook is made with the first."""
    if not answers:
        return
    book = files.open_book(path) if path.is_file() else _made(path)
    sheet = book.sheets[0]
    first = sheet.used_range.last_cell.row + 1
    cells = sheet.range((first, 1), (first + len(answers) - 1, len(CONFIRMATIONS.fields)))
    for column, item in enumerate(CONFIRMATIONS.fields):
        cells[:, column].number_format = look.number_format(item)
    cells.value = [_line(answer) for answer in answers]
    cells[:, 1:3].wrap_text = True
    for n, answer in enumerate(answers):
        lines = max(len(answer.pairing.ours), len(answer.pairing.theirs))
        cells[n, 0].row_height = _LINE_HEIGHT * lines
    book.save(staging.place(path))
    book.close()


def _line(answer: Answer) -> list[Any]:
    ours, theirs = told(answer.pairing)
    day = None if answer.on is None else answer.on.to_pydatetime()
    texts = (answer.agent, ours, theirs, YES if answer.yes else NO, answer.by)
    return [*map(literal, texts), day]


def _made(path: Path) -> xw.Book:
    book = files.new_book(path)
    sheet = book.sheets[0]
    sheet.name = CONFIRMATIONS.name
    header = sheet.range((1, 1), (1, len(CONFIRMATIONS.fields)))
    header.value = [list(CONFIRMATIONS.headers)]
    apply_style(header, HEADER)
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.range((1, column)).column_width = width
    freeze_top(sheet, 1)
    set_up_page(sheet, PAGE)
    return book

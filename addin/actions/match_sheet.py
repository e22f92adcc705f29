"""Sheet 匹配结果: each line decided or to be decided, ours and theirs side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pandas as pd
import xlwings as xw

from addin.actions import confirmations
from addin.actions.agent_lists import AgentList, Compared, Ours
from addin.actions.confirmations import Answer
from addin.actions.mark import HEADER, VERDICT_STYLES
from addin.domain.matching import Conclusion, Note, Step
from addin.domain.matching.conclusions import FIELDS
from addin.domain.rmb import yuan
from addin.hosts import CellStyle, Page, apply_style, freeze_top, offer_choices, set_up_page
from addin.reports.fill import literal
from addin.tables import look
from addin.tables.fields import Type
from addin.tables.matches import MATCHES
from addin.tables.read import Notice

Row = Mapping[Any, Any]

HEADER_ROW = 4
FIRST = HEADER_ROW + 1
PAGE = Page(titles=f"${HEADER_ROW}:${HEADER_ROW}", footer=look.FOOTER)
TITLE = CellStyle("标题", font_color=HEADER.font_color, bold=True)
ANSWERS = (confirmations.YES, confirmations.NO)
LAST_ROW = 100_000  # the drop-down list reaches down to here

ORDER = (  # what needs a decision first
    Conclusion.PROPOSED,
    Conclusion.DIFFERS,
    Conclusion.OURS_ONLY,
    Conclusion.THEIRS_ONLY,
    Conclusion.MATCHED,
)
STYLES = {
    said.value: VERDICT_STYLES[verdict]
    for said, verdict in zip(ORDER, ("待查", "拒付", "退回", "无法判断", "通过"), strict=True)
}
WAITING = frozenset(said.value for said in ORDER[:-1])
"""Conclusions that somebody must do something about."""
DIFFERING = dict(zip(FIELDS, ("quantity", "price", "amount", "date"), strict=True))
DOUBTFUL = {
    Step.OTHER_PART: "part",
    Step.NAME: "part",
    Step.SPELLING: "slip_no",
    Step.DIGIT: "slip_no",
}
WHY = {
    Step.NUMBER: "单据号相同",
    Step.NUMBER_SUM: "单据号相同,分成几笔,合计相符",
    Step.REPEATED: "单据号相同的有几笔,合计不符",
    Step.OTHER_PART: "单据号、数量、金额相同,配件写法不同",
    Step.SPELLING: "单据号写法不同,其余相符",
    Step.DIGIT: "单据号只差一位,其余相符",
    Step.LIKE: "配件、数量、金额、日期相符",
    Step.NAME: "配件名称相近,数量、金额、日期相符",
    Step.SUM: "单独对不上,合计相符",
}
NOTES = {
    Note.NOT_ONLY_ONE: "相符的不止一笔,请看原单",
    Note.TOO_MANY: "相符的太多,没有逐笔比较",
    Note.NO_AMOUNT: "金额缺少,无法比较",
    Note.NO_QUANTITY: "数量缺少,无法比较",
}
_WIDTHS = {
    "sequence": 5, "conclusion": 7, "step": 15, "reason": 34, "answer": 5, "answered_by": 8,
    "our_slip_no": 12, "their_slip_no": 12, "our_part": 15, "their_part": 15,
    "our_date": 10, "their_date": 10, "our_quantity": 5, "their_quantity": 5,
    "our_amount": 10, "their_amount": 10, "difference": 10, "our_sheet": 10, "our_row": 6,
    "their_sheet": 10, "their_row": 6, "agent_code": 8, "our_entries": 0, "their_entries": 0,
}  # fmt: skip
"""What is remembered of a line stands in columns of no width: the clerk has it side by side."""
_WRAPPED = frozenset({"step", "reason", "our_slip_no", "their_slip_no", "our_part", "their_part"})
_LINE_HEIGHT, _HIGHEST = 15, 409  # points; Excel has no higher row


@dataclass
class Result:
    """One agent's list, matched. ``rows`` are the lines of the sheet, money in 分."""

    agent_list: AgentList
    compared: list[Compared]
    rows: pd.DataFrame
    notices: list[Notice] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        said = self.rows["conclusion"].value_counts()
        return {kind.value: int(said.get(kind.value, 0)) for kind in ORDER}

    @property
    def difference(self) -> int:
        """Ours less theirs, in 分."""
        return int(self.rows["difference"].sum())

    @property
    def needs_a_person(self) -> bool:
        return bool(self.rows["conclusion"].isin(WAITING).any())


# --- lines ----------------------------------------------------------------------------------


def lines(
    known: Ours,
    agent_list: AgentList,
    compared: Iterable[Compared],
    standing: Mapping[Any, Sequence[Answer]],
    kept: Mapping[Any, tuple[str, str]],
) -> pd.DataFrame:
    """The rows of the sheet in their order; ``standing`` and ``kept`` fill in 确认 and 确认人."""
    told = [
        line for each in compared for line in _lines(each, known, agent_list.agent, standing, kept)
    ]
    rank = {said.value: n for n, said in enumerate(ORDER)}
    told.sort(key=lambda line: (rank[line["conclusion"]], line["place"]))
    columns = [f.name for f in MATCHES.fields] + ["look_at", "link"]
    frame = pd.DataFrame(told, columns=columns).assign(sequence=range(1, len(told) + 1))
    numbers = [f.name for f in MATCHES.fields if f.type in (Type.INT, Type.MONEY)]
    return frame.astype(dict.fromkeys(numbers, "Int64"))


def _lines(
    each: Compared,
    known: Ours,
    agent: str,
    standing: Mapping[Any, Sequence[Answer]],
    kept: Mapping[Any, tuple[str, str]],
) -> Iterator[dict[Any, Any]]:
    rows = each.matches.rows()
    said: list[dict[Any, Any]] = each.matches.lines.astype(object).to_dict("records")
    ours, theirs = (frame.to_dict("records") for frame in (each.ours, each.theirs))
    used: dict[Any, int] = {}
    for n in each.shown:
        i, j = rows[n]
        one, other = [ours[row] for row in i], [theirs[row] for row in j]
        pairing = each.pairing(i, j)
        line = said[n]
        answer, by = "", ""
        if line["step"] == Step.CONFIRMED.value:
            used[pairing] = used.get(pairing, 0) + 1
            answer, by = confirmations.YES, standing[pairing][used[pairing] - 1].by
        elif line["conclusion"] == Conclusion.PROPOSED.value:
            answer, by = kept.get((agent, pairing), ("", ""))
        in_words = confirmations.told(pairing)
        yield {
            **line,
            "difference": line["difference"] if each.matches.in_money else None,
            "step": _joined((line["step"], line["note"])),
            "reason": _reason(line, one, other, by),
            "answer": answer,
            "answered_by": by,
            **_side("our", one),
            **_side("their", other),
            "our_sheet": _joined(_sheet_of(row, known) for row in one),
            "agent_code": agent,
            "our_entries": in_words[0],
            "their_entries": in_words[1],
            "place": (each.ledger, not i, *i, *j),
            "look_at": _look_at(line),
            "link": _link_of(one, known),
        }


def _side(side: str, rows: Sequence[Row]) -> dict[str, Any]:
    """What several entries say in one cell each: texts below each other, numbers added up."""
    days = sorted({f"{row['date']:%Y-%m-%d}" for row in rows if pd.notna(row["date"])})
    return {
        f"{side}_slip_no": _joined((row["slip_no"] for row in rows), "\n"),
        f"{side}_part": _joined((_part(row) for row in rows), "\n"),
        f"{side}_date": _joined((*days[:1], *days[-1:]), "至"),
        f"{side}_quantity": _sum(row["quantity"] for row in rows),
        f"{side}_amount": _sum(row["amount"] for row in rows),
        f"{side}_sheet": _joined(row["sheet"] for row in rows),
        f"{side}_row": "+".join(str(int(row["row"])) for row in rows),
    }


def _joined(texts: Iterable[Any], between: str = "、") -> str:
    """Each text once; blanks are left out."""
    return between.join(dict.fromkeys(text for text in texts if text))


def _sum(numbers: Iterable[Any]) -> int | None:
    known = [int(number) for number in numbers if pd.notna(number)]
    return sum(known) if known else None


def _part(row: Row) -> str:
    return " ".join(text for text in (row["part_code"], row["part_name"]) if text)


def _sheet_of(row: Row, known: Ours) -> str:
    month = "" if _of_this_month(row, known) else f"({row['entered']:%Y-%m})"
    return f"{row['sheet']}{month}"


def _of_this_month(row: Row, known: Ours) -> bool:
    return bool(pd.isna(row["entered"]) or row["entered"] == known.month.period)


def _link_of(rows: Sequence[Row], known: Ours) -> tuple[str, str, int] | None:
    """Workbook, sheet and row of the first of our entries, if it is in this month's folder."""
    if not rows or not _of_this_month(rows[0], known):
        return None
    return rows[0]["workbook"], rows[0]["sheet"], int(rows[0]["row"])


# --- why ------------------------------------------------------------------------------------


def _reason(
    line: Row,
    ours: Sequence[Row],
    theirs: Sequence[Row],
    by: str,
) -> str:
    """What the clerk decides by, in a line."""
    note = NOTES.get(Note(line["note"]), "")
    match Conclusion(line["conclusion"]):
        case Conclusion.MATCHED:
            return f"{by}确认过" if by else ""
        case Conclusion.OURS_ONLY:
            return _joined(("对方清单里没有", note), ";")
        case Conclusion.THEIRS_ONLY:
            return _joined(("我方流水里没有", note), ";")
        case Conclusion.DIFFERS:
            return _joined(_differences(line["field"], ours, theirs), ";")
    pieces = (
        *(_unnumbered(side, rows) for side, rows in (("我方", ours), ("对方", theirs))),
        WHY[Step(line["step"])],
        *(_made_up(side, rows) for side, rows in (("我方", ours), ("对方", theirs))),
        *_differences(line["field"], ours, theirs),
        note,
    )
    return _joined(pieces, ";")


def _unnumbered(side: str, rows: Sequence[Row]) -> str:
    return "" if all(row["slip_no"] for row in rows) else f"{side}没有单据号"


def _made_up(side: str, rows: Sequence[Row]) -> str:
    """``我方3笔:33.35+33.35+33.35=100.05``."""
    if len(rows) == 1:
        return ""
    amounts = [row["amount"] for row in rows]
    if pd.isna(amounts).any():
        pieces = [row["quantity"] for row in rows]
        return f"{side}{len(rows)}笔:{'+'.join(map(str, pieces))}件"
    total = yuan(int(sum(amounts)))
    return f"{side}{len(rows)}笔:{'+'.join(yuan(int(fen)) for fen in amounts)}={total}"


def _differences(fields: str, ours: Sequence[Row], theirs: Sequence[Row]) -> Iterator[str]:
    """``金额:我方120.00,对方118.00`` for each field that differs."""
    for header in filter(None, fields.split("、")):
        name = DIFFERING[header]
        one, other = (_shown(name, rows) for rows in (ours, theirs))
        yield f"{header}:我方{one},对方{other}"


def _shown(name: str, rows: Sequence[Row]) -> str:
    if name == "date":
        return f"{rows[0]['date']:%Y-%m-%d}"
    total = _sum(row[name] for row in rows) or 0
    return str(total) if name == "quantity" else yuan(total)


def _look_at(line: Row) -> tuple[str, ...]:
    """Where ours and theirs are not the same; a price has no columns of its own."""
    names = (DIFFERING[header] for header in filter(None, line["field"].split("、")))
    written_otherwise = DOUBTFUL.get(Step(line["step"]))
    return (*(n for n in names if n != "price"), *filter(None, [written_otherwise]))


# --- writing --------------------------------------------------------------------------------


def write(book: xw.Book, result: Result, known: Ours) -> xw.Sheet:
    """The sheet in this workbook, made at its end or written anew."""
    names = [sheet.name for sheet in book.sheets]
    if MATCHES.name in names:
        sheet = book.sheets[MATCHES.name]
        _wipe(sheet)
    else:
        sheet = book.sheets.add(MATCHES.name, after=book.sheets[names[-1]])
        for column, item in enumerate(MATCHES.fields, start=1):
            sheet.range((1, column)).column_width = _WIDTHS[item.name]
        _dress(sheet)
    rows, width = result.rows, len(MATCHES.fields)
    for number, text in enumerate(headings(result, known), start=1):
        sheet.range((number, 1)).value = literal(text)
    apply_style(sheet.range("A1"), TITLE)
    header = sheet.range((HEADER_ROW, 1), (HEADER_ROW, width))
    header.value = [list(MATCHES.headers)]
    header.wrap_text = True
    header.row_height = 2 * _LINE_HEIGHT
    apply_style(header, HEADER)
    if len(rows):
        _formats(sheet, rows)
        _links(sheet, rows, book.name)
        block = sheet.range((FIRST, 1), (FIRST + len(rows) - 1, width))
        block.value = [_cells(line) for line in rows.to_dict("records")]
        _colours(sheet, rows)
    _totals(sheet, rows)
    return sheet


def headings(result: Result, known: Ours) -> tuple[str, str, str]:
    """Whose list it is, what was compared with it and what came out, what to do."""
    lists = result.agent_list
    compared = ";".join(_told(each, known) for each in result.compared)
    counts = ",".join(f"{said} {n:,}" for said, n in result.counts.items())
    return (
        f"匹配结果:{lists.agent} {lists.name},对方清单《{lists.path.name}》",
        f"{compared}。{counts};差额(我方减对方)合计 {yuan(result.difference)}",
        "“待确认”的行:是同一笔,“确认”选是,不是选否,“确认人”写姓名(签字权限里有的),再匹配一次就记住了。"
        "“有差异”“仅我方”“仅对方”:改正流水,或请代理商改正清单。",
    )


def _told(each: Compared, known: Ours) -> str:
    first, last = each.days
    kinds = "、".join(each.kinds) or "全部类型"
    dated = each.theirs["date"].notna().any()
    around = f"清单日期前后各{each.limits.days}天" if dated else "清单没有日期,按业务月"
    pieces = "" if each.matches.in_money else ",清单没有金额,只比数量"
    return f"对照{each.ledger}({kinds}){first:%Y-%m-%d}至{last:%Y-%m-%d}({around}){pieces}"


def _dress(sheet: xw.Sheet) -> None:
    """What a sheet has beside its cells."""
    freeze_top(sheet, HEADER_ROW)
    set_up_page(sheet, PAGE)
    column = 1 + MATCHES.headers.index("确认")
    offer_choices(sheet.range((FIRST, column), (LAST_ROW, column)), ANSWERS)


def _wipe(sheet: xw.Sheet) -> None:
    """The lines of the last time, with their colours and heights."""
    used = sheet.used_range
    sheet.clear_contents()
    used.color, used.font.bold, used.font.color = None, False, (0, 0, 0)
    used.wrap_text = False
    sheet.range((FIRST, 1), (max(FIRST, used.last_cell.row), 1)).row_height = _LINE_HEIGHT


def _formats(sheet: xw.Sheet, rows: pd.DataFrame) -> None:
    last = FIRST + len(rows) - 1
    for column, item in enumerate(MATCHES.fields, start=1):
        cells = sheet.range((FIRST, column), (last, column))
        ordinal = item.name in ("our_row", "their_row")
        cells.number_format = "General" if ordinal else look.number_format(item)
        if item.name in _WRAPPED:
            cells.wrap_text = True
    for row, count in enumerate(_heights(rows), start=FIRST):
        if count > 1:
            sheet.range((row, 1)).row_height = min(_LINE_HEIGHT * count, _HIGHEST)


def _heights(rows: pd.DataFrame) -> Iterator[int]:
    """Lines of text in each row: not every program finds a height when it opens a file."""
    names = [item.name for item in MATCHES.fields if item.name in _WRAPPED]
    for texts in zip(*(rows[name] for name in names), strict=True):
        yield max(
            sum(-(-look.text_width(line) // (_WIDTHS[name] - 1)) or 1 for line in text.split("\n"))
            for name, text in zip(names, texts, strict=True)
        )


def _links(sheet: xw.Sheet, rows: pd.DataFrame, workbook: str) -> None:
    """Before the values: a link's words are text, the row is a number."""
    names = [other.name for other in sheet.book.sheets]
    column = 1 + MATCHES.headers.index("我方行号")
    for row, link in enumerate(rows["link"], start=FIRST):
        if link is not None and link[0] == workbook and link[1] in names:
            target = link[1].replace("'", "''")
            place = sheet.range((row, column))
            place.add_hyperlink(f"#'{target}'!A{link[2]}", str(link[2]), "到这一行")


def _cells(line: Row) -> list[Any]:
    """Values as cells: amounts leave their 分 only here."""
    return [_cell(line[item.name], item.type) for item in MATCHES.fields]


def _cell(value: Any, kind: Type) -> Any:
    if pd.isna(value) or value == "":
        return None
    if kind is Type.MONEY:
        return int(value) / 100
    if kind is Type.INT or (isinstance(value, str) and value.isdecimal() and kind is Type.TEXT):
        return int(value)
    return literal(str(value))


def _colours(sheet: xw.Sheet, rows: pd.DataFrame) -> None:
    reason, to_fill_in = (1 + MATCHES.headers.index(header) for header in ("说明", "确认人"))
    row = FIRST
    for said, stretch in groupby(rows["conclusion"]):
        bottom = row + len(list(stretch)) - 1
        last = to_fill_in if said == Conclusion.PROPOSED.value else reason
        apply_style(sheet.range((row, 1), (bottom, last)), STYLES[said])
        row = bottom + 1
    columns = {item.name: column for column, item in enumerate(MATCHES.fields, start=1)}
    for row, (said, names) in enumerate(
        zip(rows["conclusion"], rows["look_at"], strict=True), FIRST
    ):
        for name in names:
            left = columns[f"our_{name}"]
            apply_style(sheet.range((row, left), (row, left + 1)), STYLES[said])


def _totals(sheet: xw.Sheet, rows: pd.DataFrame) -> None:
    row = FIRST + len(rows)
    sums: list[Any] = [
        _cell(int(rows[item.name].sum()), item.type)
        if item.type in (Type.INT, Type.MONEY) and item.name != "sequence"
        else None
        for item in MATCHES.fields
    ]
    sums[0] = "合计"
    cells = sheet.range((row, 1), (row, len(MATCHES.fields)))
    for column, item in enumerate(MATCHES.fields, start=1):
        sheet.range((row, column)).number_format = look.number_format(item)
    cells.value = [sums]
    apply_style(cells, HEADER)

"""《配件押金对账单》 of one agent: balance, movements and parts in field, to countersign."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pandas as pd
import xlwings as xw

from addin.domain.rmb import words, yuan
from addin.domain.values import mask_phone
from addin.reports.account_issues import Finding
from addin.reports.fill import follow, grow, literal, named_places, to_cells
from addin.tables.fields import Field, SheetSpec, Type
from addin.tables.ledgers import DEPOSIT_STATEMENT, PARTS_STATEMENT
from addin.tables.look import text_width

TEMPLATE = "代理商对账单"
TITLE = "配件押金对账单"

WIDTHS = (25, 13, 14, 6.5, 6.5, 6.5, 6.5, 6.5, 6.5, 6.5, 12.5, 7)
"""Of the columns of the paper, in characters; its upper blocks merge some."""
COLUMNS = len(WIDTHS)

BALANCE_ROWS = (
    ("opening", "taken", "given_back"),
    ("charged", "overdue", "penalty"),
    ("closing",),
    ("used", "frozen", "credit"),
    ("available",),
)
"""Fields of 押金对帐单 as block 一 has them in its rows. Each amount's place is its header."""
BALANCE = tuple(name for row in BALANCE_ROWS for name in row)
UNKNOWN = "待查"
"""Stands for an amount that nobody can tell; a blank would read as nothing."""


@dataclass(frozen=True)
class Block:
    """A list on the paper that grows. ``starts``: where on the paper each field begins, from 0."""

    sheet: SheetSpec
    title: str
    starts: tuple[int, ...]
    first: str  # names of its first row and of its 合计 row
    total: str
    summed: tuple[str, ...]
    may_be_blank: tuple[str, ...] = ()  # numbers whose blank is no 待查

    @property
    def zones(self) -> Iterator[tuple[Field, int, int]]:
        """Each field with its first column on the paper and the column after its last."""
        for item, (start, stop) in zip(
            self.sheet.fields, pairwise((*self.starts, COLUMNS)), strict=True
        ):
            yield item, start, stop


# fmt: off
MOVEMENTS = Block(
    SheetSpec("押金明细", (
        Field("day", "日期", Type.DATE),
        Field("entry_no", "流水号", Type.CODE),
        Field("kind", "类型", Type.TEXT),
        Field("effect", "金额", Type.MONEY),
        Field("balance", "余额", Type.MONEY),
        Field("basis_no", "依据单号", Type.CODE),
        Field("remark", "备注", Type.TEXT),
    )),
    "二、押金明细(金额:收取为正,退还和扣款为负)",
    starts=(0, 1, 2, 3, 5, 7, 10),
    first="明细首行", total="明细合计行", summed=("effect",), may_be_blank=("effect",),
)
PARTS = Block(
    SheetSpec("在外配件", (
        Field("outlet", "网点", Type.TEXT),
        PARTS_STATEMENT["part_code"],
        PARTS_STATEMENT["part_name"],
        Field("opening", "期初在外", Type.INT),
        Field("issued", "发放", Type.INT),
        Field("consumed", "核销", Type.INT),
        Field("sold", "领用", Type.INT),
        Field("sent_back", "退库", Type.INT),
        Field("written_off", "报损", Type.INT),
        Field("in_field", "期末在外", Type.INT),
        Field("used", "占用金额", Type.MONEY),
        Field("outstanding", "旧件未返", Type.INT),
    )),
    "三、在外配件(占用金额按发放时的押金单价)",
    starts=tuple(range(COLUMNS)),
    first="配件首行", total="配件合计行",
    summed=("opening", "issued", "consumed", "sold", "sent_back", "written_off", "in_field",
            "used", "outstanding"),
)
# fmt: on

HEAD = ("公司名称", "标题", "代理商", "省份", "业务月", "发出日期", "回签期限")
NAMES = (
    *HEAD,
    *(DEPOSIT_STATEMENT[name].header for name in BALANCE),
    "大写",
    "可用算法",
    *(name for block in (MOVEMENTS, PARTS) for name in (block.first, block.total)),
    "说明首行",
    "寄回期限",
    "签字区",
    "页脚参数",
)
"""Names (workbook scope) by which the places of the template are found; workbooks.md §11."""

PRINTED_PARAMETERS = ("授信计入", "回签天数", "截止日含当日", "截止遇休", "角后写整")
"""What a company may set that changes this paper."""


@dataclass(frozen=True)
class Statement:
    """One agent's month. ``account`` is its row of 押金对帐单, by field name."""

    account: Mapping[Hashable, Any]
    movements: pd.DataFrame
    parts: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def agent(self) -> str:
        code, name = self.account["agent_code"], self.account["agent_name"]
        return code if pd.isna(name) else f"{code} {name}"

    def file_name(self, period: str) -> str:
        """``DL001_青禾商贸_2026-03.xlsx``."""
        name = self.account["agent_name"]
        pieces = (self.account["agent_code"], "" if pd.isna(name) else name, period)
        return "_".join(piece for piece in map(for_windows, pieces) if piece) + ".xlsx"


@dataclass(frozen=True)
class Heading:
    """What is the same on every agent's paper."""

    company: str
    period: dt.date
    sent: dt.date
    back_by: dt.date
    lend: bool = True  # 授信计入
    zheng_after_jiao: bool = False
    changed: Mapping[str, str] = field(default_factory=dict)


LONGEST_NAME = 60  # of an agent in a file name; folder and name together must stay under 260

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DEVICES = re.compile(r"(CON|PRN|AUX|NUL|COM\d|LPT\d)(?=\.|$)", re.IGNORECASE)


def for_windows(name: str) -> str:
    """``name`` as a piece of a file name that Windows takes.

    >>> for_windows("青禾/商贸:一部. "), for_windows("CON")
    ('青禾／商贸：一部', '_CON')
    """
    full_width = _FORBIDDEN.sub(
        lambda mark: chr(ord(mark[0]) + 0xFEE0) if mark[0] > " " else "", name
    )
    return _DEVICES.sub(r"_\1", full_width[:LONGEST_NAME].strip().rstrip(". "))


# --- what stands on the paper ---------------------------------------------------------------


def statements(
    agents: pd.DataFrame,
    deposits: pd.DataFrame,
    parts: pd.DataFrame,
    since: pd.Timestamp,
    unposted: Sequence[Finding] = (),
    people: Collection[str] = (),
) -> Iterator[Statement]:
    """One for each agent, in order of ``agents``.

    ``deposits`` are the month's rows of 押金流水 as posted, ``parts`` the rows of 年月配件对账单,
    ``since`` is the month's first day; whom ``people`` names is masked in texts.
    """
    in_ledger = dict(iter(deposits.groupby("agent_code", sort=False)))
    in_field = dict(iter(_parts(parts).groupby("agent_code", sort=False)))
    masked = Masked(people)
    for account in agents.to_dict("records"):
        code = account["agent_code"]
        ledger = in_ledger.get(code, deposits.iloc[:0])
        posted = ledger["refusal"].isna()
        left_out = [row for row in unposted if row.agent_code == code]
        yield Statement(
            account,
            _movements(account["opening"], ledger[posted], since, masked),
            in_field.get(code, _parts(parts.iloc[:0])),
            tuple(
                map(
                    masked,
                    (
                        *_on_account(account),
                        *_on_left_out(ledger[~posted], left_out),
                        *_on_closing(account, ledger[posted]),
                    ),
                )
            ),
        )


def _movements(
    opening: Any, rows: pd.DataFrame, since: pd.Timestamp, masked: Masked
) -> pd.DataFrame:
    """The opening line, then what was posted in its order, with the balance after each."""
    rows = rows[rows["effect"] != 0].sort_values("day", kind="stable")
    effect = rows["effect"].astype("Int64").array
    late = rows["late"].fillna(False).astype(bool)
    remark = [masked(text) for text in rows["remark"]]
    told = [
        f"补记{day:%Y-%m-%d}" + (f",{text}" if text else "") if was_late else text
        for was_late, day, text in zip(late, rows["date"], remark, strict=True)
    ]
    table = pd.DataFrame(
        {
            "day": [since, *rows["day"]],
            "entry_no": [None, *rows["entry_no"]],
            "kind": [DEPOSIT_STATEMENT["opening"].header, *rows["kind"]],
            "effect": pd.array([pd.NA, *effect], "Int64"),
            "basis_no": [None, *rows["basis_no"]],
            "remark": [None, *told],
        }
    )
    known = pd.NA if pd.isna(opening) else int(opening)
    table["balance"] = table["effect"].fillna(0).cumsum() + known
    return table


def _parts(rows: pd.DataFrame) -> pd.DataFrame:
    """With code and name of the outlet in one column, as an agent with several reads it."""
    name = rows["outlet_name"].fillna("").astype(str)
    return rows.assign(outlet=(rows["outlet_code"].astype(str) + " " + name).str.strip())


# --- notes: what the reader must know that the figures do not say ---------------------------


def _on_account(account: Mapping[Hashable, Any]) -> Iterator[str]:
    verdict, reasons = account.get("verdict") or "", account.get("reasons") or ""
    if verdict not in ("", "通过"):
        yield f"本户{verdict}:{reasons}" if reasons else f"本户{verdict}"


def _on_left_out(refused: pd.DataFrame, told: Sequence[Finding]) -> Iterator[str]:
    """Rows that were not posted, each once: as a rule has it, else as the posting has it."""
    places = {(row.workbook, row.sheet, row.row) for row in told}
    lines = [f"{row.sheet}{row.entry_no}({row.message})" for row in told]
    lines += [
        _refused(row)
        for row in refused.to_dict("records")
        if (row["workbook"], row["sheet"], row["row"]) not in places
    ]
    if lines:
        yield f"未入账{len(lines)}笔,不在余额内:" + ";".join(lines)


def _refused(row: Mapping[Hashable, Any]) -> str:
    """``押金流水YJ0007 2026-03-12 退还 500.01(超过余额或在外数量)``."""
    date, amount = row["date"], row["amount"]
    words = (
        row["entry_no"],
        None if pd.isna(date) else f"{date:%Y-%m-%d}",
        row["kind"],
        None if pd.isna(amount) else yuan(int(amount)),
    )
    return row["sheet"] + " ".join(str(w) for w in words if pd.notna(w)) + f"({row['refusal']})"


def _on_closing(account: Mapping[Hashable, Any], posted: pd.DataFrame) -> Iterator[str]:
    opening, closing = account["opening"], account["closing"]
    if pd.notna(opening) and pd.notna(closing):
        by_rows = int(opening) + int(posted["effect"].sum())
        if by_rows != closing:
            yield f"按明细应为{yuan(by_rows)},与期末余额{yuan(int(closing))}不等,请与我公司核对"


_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")


class Masked:
    """Texts that people typed, without whole phone numbers and without the names of ``people``."""

    def __init__(self, people: Collection[str]) -> None:
        names = sorted({name for name in people if len(name) > 1}, key=lambda n: (-len(n), n))
        self._names = re.compile("|".join(map(re.escape, names))) if names else None

    def __call__(self, text: object) -> str:
        """
        >>> Masked(["王小明"])("王小明 13800138000 补交")
        '王** 138****8000 补交'
        """
        if not isinstance(text, str):
            return ""
        text = _PHONE.sub(lambda phone: mask_phone(phone[0]), text)
        if self._names:
            text = self._names.sub(lambda name: name[0][0] + "*" * (len(name[0]) - 1), text)
        return text


# --- onto the template ----------------------------------------------------------------------


def fill_statement(book: xw.Book, statement: Statement, heading: Heading) -> None:
    """Writes one agent's statement into the blank template."""
    at = named_places(book, NAMES)
    _fill_head(at, statement, heading)
    _fill_balance(at, statement.account, heading)
    _fill_block(at, PARTS, statement.parts)  # upwards, so that places above stay
    _fill_block(at, MOVEMENTS, statement.movements)
    _fill_notes(at["说明首行"], statement.notes)


def _fill_head(at: Mapping[str, xw.Range], statement: Statement, heading: Heading) -> None:
    province = statement.account.get("province")
    at["公司名称"].value = literal(heading.company) or None
    at["标题"].value = TITLE
    at["代理商"].value = literal(statement.agent)
    at["省份"].value = None if pd.isna(province) else literal(province)
    at["业务月"].value = f"'{heading.period.year}年{heading.period.month}月"
    at["发出日期"].value = _moment(heading.sent)
    at["回签期限"].value = at["寄回期限"].value = _moment(heading.back_by)
    changed = [f"{k}={v}" for k, v in heading.changed.items() if k in PRINTED_PARAMETERS]
    at["页脚参数"].value = ";".join(changed) or None


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def _fill_balance(
    at: Mapping[str, xw.Range], account: Mapping[Hashable, Any], heading: Heading
) -> None:
    for name in BALANCE:
        amount = account[name]
        at[DEPOSIT_STATEMENT[name].header].value = UNKNOWN if pd.isna(amount) else amount / 100
    closing = account["closing"]
    at["大写"].value = (
        UNKNOWN
        if pd.isna(closing)
        else words(int(closing), zheng_after_jiao=heading.zheng_after_jiao)
    )
    credit = "+授信额度" if heading.lend else ""
    at["可用算法"].value = f"可用押金=期末余额{credit}-配件占用-冻结金额"


def _fill_block(at: Mapping[str, xw.Range], block: Block, rows: pd.DataFrame) -> None:
    first, total = at[block.first], at[block.total]
    count = max(len(rows), 1)
    region = grow(first, count)
    if rows.empty:
        region[0, 0].value = "无"
    else:
        lines = on_paper(block, rows)
        region.value = lines
        for row, line in zip(region.rows, lines, strict=True):
            _give_height(row, _lines_of(block, line))
    sheet, below = total.sheet, total.row + count - 1
    follow(sheet.range((below, 1), (below, COLUMNS)), first.row, count)


def on_paper(block: Block, rows: pd.DataFrame) -> list[list[Any]]:
    """Cells of the rows over all columns of the paper; a merged cell's value is its first."""
    lines: list[list[Any]] = [[None] * COLUMNS for _ in range(len(rows))]
    for item, start, _ in block.zones:
        number = item.type in (Type.MONEY, Type.INT) and item.name not in block.may_be_blank
        for line, cell in zip(lines, to_cells(rows[item.name], item), strict=True):
            line[start] = UNKNOWN if cell is None and number else cell
    return lines


LINE_HEIGHT = 15  # points
MARGIN = 2  # characters of a cell that stay blank


def _lines_of(block: Block, line: Sequence[Any]) -> int:
    """On how many lines the longest text of a row breaks."""
    return max(
        _lines(str(line[start]), sum(WIDTHS[start:stop]))
        for item, start, stop in block.zones
        if item.type is Type.TEXT
    )


def _lines(text: str, width: float) -> int:
    return -(-text_width(text) // int(width - MARGIN))


def _give_height(row: xw.Range, lines: int) -> None:
    if lines > 1:
        row.row_height = LINE_HEIGHT * lines + 3


def _fill_notes(first: xw.Range, notes: Sequence[str]) -> None:
    told = [f"{n}. {note}" for n, note in enumerate(notes, start=1)] or ["无"]
    region = grow(first, len(told))
    for place, text in enumerate(told):
        region[place, 0].value = literal(text)
        _give_height(region[place, 0], _lines(text, sum(WIDTHS)))

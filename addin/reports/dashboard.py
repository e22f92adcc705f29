"""《押金看板》: where the money of the agents' accounts is, in four blocks that charts read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import xlwings as xw

from addin.domain.rmb import yuan
from addin.reports.fill import literal, named_places, to_cells
from addin.tables.fields import Field, SheetSpec, Type
from addin.tables.ledgers import DEPOSIT_STATEMENT

NAME = "押金看板"


@dataclass(frozen=True)
class Block:
    """A place of ``room`` rows for a list; its name is the sheet's, ``note`` names its remark.

    The room is fixed, so that a chart may read it; rows that stay empty are hidden, and a chart
    leaves hidden rows out.
    """

    sheet: SheetSpec
    room: int
    note: str
    summed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.sheet.name


CLOSING, USED, FROZEN, CREDIT, AVAILABLE = (
    DEPOSIT_STATEMENT[name] for name in ("closing", "used", "frozen", "credit", "available")
)
FIGURES = ("closing", "used", "frozen", "credit", "available")
MOST_SHORT = 20
MONTHS = 12

# fmt: off
PROVINCES = Block(
    SheetSpec("省份余额", (
        Field("province", "省份"),
        Field("agents", "代理商数", Type.INT),
        CLOSING, USED, FROZEN, CREDIT, AVAILABLE,
        Field("doubtful", "待查户数", Type.INT),
    )),
    room=36,  # the provinces there are, one more for a blank and one for what does not fit
    note="省份说明",
    summed=("agents", *FIGURES, "doubtful"),
)
SHORT = Block(
    SheetSpec("不足前20", (
        Field("agent", "代理商"),
        Field("province", "省份"),
        CLOSING, USED, FROZEN, CREDIT, AVAILABLE,
        Field("short", "不足金额", Type.MONEY),
    )),
    room=MOST_SHORT,
    note="不足说明",
)
AGES = Block(
    SheetSpec("逾期未返账龄", (
        Field("band", "核销至今"),
        Field("units", "逾期未返件数", Type.INT),
        Field("agents", "代理商数", Type.INT),
        Field("outlets", "网点数", Type.INT),
    )),
    room=4,
    note="账龄说明",
    summed=("units",),
)
TREND = Block(
    SheetSpec("近12月趋势", (
        Field("month", "月份"),
        CLOSING, USED, AVAILABLE,
        Field("overdue_units", "逾期未返件数", Type.INT),
    )),
    room=MONTHS,
    note="趋势说明",
)
# fmt: on
BLOCKS = (PROVINCES, SHORT, AGES, TREND)

NAMES = ("标题", "业务月", "制表日期", *(n for b in BLOCKS for n in (b.name, b.note)), "页脚参数")
"""Names (workbook scope) by which the places of the template are found; workbooks.md §11."""

OLDER_THAN = (90, 180, 365)
NO_PROVINCE, OTHERS, NOTHING = "省份空白", "其他省份", "无"
SETTLED = ("", "通过", "提示")
"""Verdicts of an account that nobody has to look at."""


def blocks(
    agents: pd.DataFrame, overdue: pd.DataFrame | None, trend: pd.DataFrame, *, within: int
) -> dict[str, pd.DataFrame]:
    """The rows of each block, by its name; money in 分.

    ``overdue`` has a row for old parts not returned: ``agent_code``, ``outlet_code``, ``units``
    and ``days`` since they were consumed; None where no 旧件返还 was read. ``within`` is the
    parameter 旧件返还天数.
    """
    if overdue is None:
        trend = trend.assign(overdue_units=None)
    return {
        PROVINCES.name: by_province(agents),
        SHORT.name: shortest(agents).head(SHORT.room),
        AGES.name: by_age(overdue, within),
        TREND.name: by_month(trend),
    }


def by_province(agents: pd.DataFrame) -> pd.DataFrame:
    """Sums of what is known, largest balance first; every agent is in exactly one row."""
    province = agents["province"].astype(object)
    table = agents[list(FIGURES)].assign(
        province=province.where(province.notna() & (province != ""), NO_PROVINCE),
        agents=1,
        doubtful=doubtful(agents).astype("int64"),
    )
    sums = table.groupby("province", as_index=False).sum()
    sums = sums.sort_values(["closing", "province"], ascending=[False, True], kind="stable")
    kept, rest = sums.iloc[: PROVINCES.room - 1], sums.iloc[PROVINCES.room - 1 :]
    if len(rest) > 1:
        folded = rest.drop(columns="province").sum().to_frame().T.assign(province=OTHERS)
        sums = pd.concat([kept, folded], ignore_index=True)
    return _columns(sums, PROVINCES)


def shortest(agents: pd.DataFrame) -> pd.DataFrame:
    """Agents whose 可用押金 is below zero, the shortest first."""
    short = agents[(agents["available"] < 0).fillna(False).to_numpy(bool)]
    short = short.sort_values(["available", "agent_code"], kind="stable")
    table = short.assign(agent=_named(short), short=-short["available"])
    return _columns(table, SHORT)


def by_age(overdue: pd.DataFrame | None, within: int) -> pd.DataFrame:
    """Units by days since they were consumed; the first band begins where ``within`` ends."""
    if overdue is None:
        return _columns(pd.DataFrame(), AGES)
    edges = [within, *(edge for edge in OLDER_THAN if edge > within)]
    rows = []
    for older, until in zip(edges, [*edges[1:], None], strict=True):
        days = overdue["days"]
        of_band = overdue[(days > older) & ((days <= until) if until else True)]
        rows.append(
            {
                "band": f"{older + 1}–{until}天" if until else f"{older}天以上",
                "units": int(of_band["units"].sum()),
                "agents": of_band["agent_code"].nunique(),
                "outlets": of_band["outlet_code"].nunique(),
            }
        )
    return _columns(pd.DataFrame(rows), AGES)


def by_month(trend: pd.DataFrame) -> pd.DataFrame:
    months = trend.sort_values("month").tail(TREND.room)
    return _columns(months.assign(month=months["month"].dt.strftime("%Y-%m")), TREND)


def _columns(table: pd.DataFrame, block: Block) -> pd.DataFrame:
    names = [item.name for item in block.sheet.fields]
    return table.reindex(columns=names).reset_index(drop=True)


def _named(agents: pd.DataFrame) -> pd.Series:
    name = agents["agent_name"].astype(object).fillna("")
    return (agents["agent_code"] + " " + name).str.strip()


def doubtful(agents: pd.DataFrame) -> pd.Series:
    """Accounts under question: by their verdict, or because a figure is not known."""
    unknown = agents[["closing", "available"]].isna().any(axis=1)
    return ~agents["verdict"].fillna("").isin(SETTLED) | unknown


# --- what the figures do not say ------------------------------------------------------------

NAMED_AT_MOST = 10


def notes(
    agents: pd.DataFrame, overdue: pd.DataFrame | None, trend: pd.DataFrame, *, within: int
) -> dict[str, str]:
    """A remark under each block, by its name. No account is left out without a word."""
    return {
        PROVINCES.note: _on_doubtful(agents),
        SHORT.note: _on_short(agents),
        AGES.note: _on_overdue(overdue, within),
        TREND.note: _on_trend(trend),
    }


def _on_doubtful(agents: pd.DataFrame) -> str:
    doubt = agents[doubtful(agents)]
    if doubt.empty:
        return "待查账户:无;合计即押金对帐单的期末余额合计"
    unknown = doubt[doubt["closing"].isna()]
    known = yuan(int(doubt["closing"].sum()))
    words = f"待查账户{len(doubt)}户:{_list(doubt)};其期末余额{known}元已在合计内"
    if len(unknown):
        words += f",余额无法判断的{len(unknown)}户未计入合计:{_list(unknown)}"
    return words


def _on_short(agents: pd.DataFrame) -> str:
    short = shortest(agents)
    if short.empty:
        words = "没有可用押金不足的代理商"
    else:
        total = yuan(int(short["short"].sum()))
        words = f"可用押金不足共{len(short)}户,不足合计{total}元"
        if len(short) > SHORT.room:
            words += f",上表为前{SHORT.room}户"
    unknown = agents[agents["available"].isna()]
    return words + (f";{len(unknown)}户无法判断:{_list(unknown)}" if len(unknown) else "")


def _on_overdue(overdue: pd.DataFrame | None, within: int) -> str:
    if overdue is None:
        return "没有导入旧件返还,逾期未返无法判断"
    return f"核销后超过{within}天(旧件返还天数)仍未返还的旧件"


def _on_trend(trend: pd.DataFrame) -> str:
    missing = TREND.room - len(trend)
    gaps = int(trend["closing"].isna().sum())
    words = [
        f"只有{len(trend)}个月的数据" if missing > 0 else "",
        f"{gaps}个月的余额无法判断,图中留空" if gaps else "",
    ]
    return ";".join(filter(None, words)) or "各月期末数"


def _list(agents: pd.DataFrame) -> str:
    names = _named(agents).tolist()
    more = f"等{len(names)}户" if len(names) > NAMED_AT_MOST else ""
    return "、".join(names[:NAMED_AT_MOST]) + more


# --- onto the template ----------------------------------------------------------------------


def fill_dashboard(
    book: xw.Book,
    rows: Mapping[str, pd.DataFrame],
    remarks: Mapping[str, str],
    *,
    period: dt.date,
    as_of: dt.date,
    changed: Mapping[str, str],
) -> None:
    """Writes the blocks into the blank template. Its charts read the cells and stay as they are."""
    at = named_places(book, NAMES)
    at["标题"].value = NAME
    at["业务月"].value = f"'{period.year}年{period.month}月"
    at["制表日期"].value = dt.datetime.combine(as_of, dt.time())
    at["页脚参数"].value = literal(";".join(f"{k}={v}" for k, v in changed.items()) or "无")
    for block in BLOCKS:
        _fill_block(at[block.name], block, rows[block.name])
        at[block.note].value = literal(remarks[block.note])


def _fill_block(place: xw.Range, block: Block, rows: pd.DataFrame) -> None:
    cells = list(_cells(block, rows)) or [[NOTHING, *[None] * (len(block.sheet.fields) - 1)]]
    used = len(cells)
    place[:used, :].value = cells
    if used < block.room:
        place[used:, :].rows.hidden = True


def _cells(block: Block, rows: pd.DataFrame) -> Iterator[Sequence[object]]:
    columns = [to_cells(rows[item.name], item) for item in block.sheet.fields]
    return zip(*columns, strict=True)

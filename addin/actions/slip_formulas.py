"""The answers of formulas over a range of slips, header included: 校验, 应付, 标准, 重复, 解释.

A range is judged on the road of ``settle check``, with the masters and the history beside the
calling workbook. What stands outside the range is not looked at: other sheets of the workbook,
its 放行记录, slips that wait since last month.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from addin.actions import known, load
from addin.actions.judge import Judged, judge
from addin.cells import ERRORS, MOST_ROWS, NA, NUM, VALUE, CellError, RangeFacts, is_blank
from addin.domain import values
from addin.errors import BadInput
from addin.hosts.grid import Area, Grid
from addin.hosts.grid import CellError as ErrorCell
from addin.rules import told
from addin.rules.hits import Found
from addin.rules.verdicts import CLAIMED, COMPONENTS, Verdict
from addin.tables import locate
from addin.tables.fields import SheetSpec
from addin.tables.read import read
from addin.tables.slips import ENTRIES, INSTALL_ENTRY, REPAIR_ENTRY, combine

RANGES_KEPT = 4  # several formulas over one range in one calculation judge it once

Rows = Sequence[Sequence[Any]]
Column = list[Any]


@dataclass(frozen=True)
class Range:
    """A range that was judged; ``places`` are the lines of the range that hold a slip."""

    judged: Judged
    height: int
    first: int  # the first line under the header
    places: list[int]

    def spilled(self, headers: Sequence[str], columns: Sequence[Column]) -> list[list[Any]]:
        """As high as the range, the result's header in its first line, each slip's cells beside
        the slip; titles, blanks and totals have empty text (§1.2)."""
        result: list[list[Any]] = [[""] * len(headers) for _ in range(self.height)]
        result[0] = list(headers)
        for place, cells in zip(self.places, zip(*columns, strict=True), strict=True):
            result[place] = list(cells)
        return result


# --- reading and judging --------------------------------------------------------------------

_kept: OrderedDict[tuple[Any, ...], Range] = OrderedDict()


def forget() -> None:
    """Judges the next range, whatever was judged before."""
    _kept.clear()


def judged(area: Any, kind: Any = None) -> Range:
    """The slips of a range, judged; :class:`CellError` where it is no such range."""
    rows = trimmed(area)
    spec = _asked_kind(kind)
    lie = known.facts.get()
    asked = rows, spec and spec.name, lie, known.stamp()
    if asked in _kept:
        _kept.move_to_end(asked)
        return _kept[asked]
    try:
        found = _judged(rows, spec, lie)
    except BadInput as wrong:
        raise CellError(VALUE, str(wrong)) from wrong
    _kept[asked] = found
    if len(_kept) > RANGES_KEPT:
        _kept.popitem(last=False)
    return found


def trimmed(area: Any) -> tuple[tuple[Any, ...], ...]:
    """Rows down to the last that says anything (§1.3)."""
    if not isinstance(area, (list, tuple)):
        raise CellError(VALUE, "请给出含表头的区域")
    rows = [tuple(row) if isinstance(row, (list, tuple)) else (row,) for row in area]
    while rows and all(map(is_blank, rows[-1])):
        rows.pop()
    if len(rows) > MOST_ROWS + locate.HEADER_ROWS:
        raise CellError(NUM, f"区域超过{MOST_ROWS:,}行")
    if not rows:
        raise CellError(NA, "区域是空的")
    return tuple(rows)


def _asked_kind(kind: Any) -> SheetSpec | None:
    if is_blank(kind):
        return None
    wanted = values.text(values.shown(kind)).removesuffix("单")
    specs = {"安装": INSTALL_ENTRY, "维修": REPAIR_ENTRY}
    if wanted not in specs:
        raise CellError(VALUE, f"没有单据“{wanted}”,可写安装/维修")
    return specs[wanted]


def _judged(rows: tuple[tuple[Any, ...], ...], spec: SheetSpec | None, lie: RangeFacts) -> Range:
    above = lie.first_row - 1
    grid = Grid(
        [list(map(as_read, row)) for row in rows],
        first_row=lie.first_row,
        date1904=lie.date1904,
        merged=[
            Area(top + above, left, bottom + above, right)
            for top, left, bottom, right in lie.merged
        ],
    )
    spec = spec or next((s for s in ENTRIES if locate.fits(grid, s)), None)
    if spec is None:
        raise CellError(VALUE, "认不出是安装单还是维修单,请检查表头,或写明第三个参数")
    masters = known.masters()
    settings, as_of = known.settings()
    month = load.month_of([], masters, as_of, None, known.month_folder())
    confirmed = masters.confirmed("", "")
    table = read(grid, spec, workbook="", sheet="区域", confirmed=confirmed)
    if not len(table.rows):
        raise CellError(NA, "表头下面没有单据")
    history = known.history()
    history = history[(history["month"] < month.period).to_numpy(bool)].reset_index(drop=True)
    slips = combine([table], settings.parameters.required)
    return Range(
        judge(slips, masters, history, month, settings),
        height=len(rows),
        first=table.layout.first_data_row - lie.first_row,
        places=[int(row) - lie.first_row for row in table.rows],
    )


def as_read(cell: Any) -> Any:
    """An error value as a sheet that is read has it."""
    return ErrorCell(cell) if cell in ERRORS and cell in set(ErrorCell) else cell


def _at(frame: pd.DataFrame, name: str, i: int) -> Any:
    return frame[name].iat[i]


# --- results --------------------------------------------------------------------------------


def _money(fen: pd.Series, unknown: np.ndarray, why: str) -> Column:
    """Numbers with two places; #N/A where nobody can tell, so that no sum passes over it."""
    reason = CellError(NA, why)
    return [
        reason if lacking else int(amount) / 100
        for amount, lacking in zip(fen.fillna(0), unknown, strict=True)
    ]


def _undecided(found: Range) -> np.ndarray:
    return (found.judged.verdicts["verdict"] == Verdict.UNDECIDABLE).to_numpy(bool)


def _chosen(
    columns: dict[str, Callable[[], Column]], asked: Any, names: dict[str, str], found: Range
) -> list[list[Any]]:
    """All columns, or the one that is asked for by the short name in ``names``."""
    wanted = "全部" if is_blank(asked) else values.text(values.shown(asked))
    if wanted != "全部" and wanted not in names:
        raise CellError(VALUE, f"没有“{wanted}”,可写{'/'.join(('全部', *names))}")
    headers = list(columns) if wanted == "全部" else [names[wanted]]
    return found.spilled(headers, [columns[header]() for header in headers])


def check(area: Any, way: Any, kind: Any) -> list[list[Any]]:
    """核对结果, 问题代码, 核对说明, 应付金额; or one of them by 方式."""
    found = judged(area, kind)
    verdicts = found.judged.verdicts
    columns: dict[str, Callable[[], Column]] = {
        "核对结果": lambda: verdicts["verdict"].tolist(),
        "问题代码": lambda: verdicts["codes"].tolist(),
        "核对说明": lambda: verdicts["reasons"].tolist(),
        "应付金额": lambda: _payable(found)["应付金额"](),
    }
    names = {"结果": "核对结果", "代码": "问题代码", "说明": "核对说明", "金额": "应付金额"}
    return _chosen(columns, way, names, found)


def payable(area: Any, column: Any) -> list[list[Any]]:
    """应付金额, 待定金额, 核减金额."""
    found = judged(area)
    names = {"应付": "应付金额", "待定": "待定金额", "核减": "核减金额"}
    return _chosen(_payable(found), column, names, found)


def _payable(found: Range) -> dict[str, Callable[[], Column]]:
    verdicts, unknown = found.judged.verdicts, _undecided(found)

    def amounts(name: str) -> Callable[[], Column]:
        return lambda: _money(verdicts[name], unknown, "无法判断,原因见核对说明")

    return {
        "应付金额": amounts("payable"),
        "待定金额": amounts("held"),
        "核减金额": amounts("cut"),
    }


def fee(area: Any, column: Any) -> list[list[Any]]:
    """The standards of each slip; #N/A without a tariff, blank where the slip has no such fee."""
    found = judged(area)
    facts = found.judged.facts
    installs = facts["is_install"].to_numpy(bool)
    labour = _standards(facts["standard_labour"], "费用标准")
    claims_travel = (facts["claimed_travel"] > 0).to_numpy(bool)
    travel = [
        amount if asked or not isinstance(amount, CellError) else ""
        for amount, asked in zip(
            _standards(facts["standard_travel"], "远程费标准"),
            claims_travel | facts["distance"].notna().to_numpy(bool),
            strict=True,
        )
    ]
    columns: dict[str, Callable[[], Column]] = {
        "标准安装费": lambda: [a if own else "" for a, own in zip(labour, installs, strict=True)],
        "标准维修费": lambda: ["" if own else a for a, own in zip(labour, installs, strict=True)],
        "标准远程费": lambda: travel,
        "标准合计": lambda: [_sum(*pair) for pair in zip(labour, travel, strict=True)],
    }
    return _chosen(
        columns,
        column,
        {"安装费": "标准安装费", "维修费": "标准维修费", "远程费": "标准远程费"},
        found,
    )


def _standards(fen: pd.Series, sheet: str) -> Column:
    return _money(fen, fen.isna().to_numpy(bool), f"{sheet}没有适用的行,或有几行互相矛盾")


def _sum(labour: Any, travel: Any) -> Any:
    unknown = next((cell for cell in (labour, travel) if isinstance(cell, CellError)), None)
    return unknown or round(sum(100 * cell for cell in (labour, travel) if cell != "")) / 100


_DUPLICATES = {
    "单号": ("R801", ("seen_at", "slip_no")),
    "条码": ("R802", ("installed_on", "installed_slip")),
    "返修": ("R803", ("repeat_of",)),
    "同户远程": ("R124", ("travel_kept_by",)),
}
"""By 范围: the rule, and the facts that say where the first one is."""


def duplicate(area: Any, scope: Any) -> list[list[Any]]:
    """重复代码 and 首次出处; both blank for a slip that nothing came before."""
    found = judged(area)
    wanted = "全部" if is_blank(scope) else values.text(values.shown(scope))
    if wanted != "全部" and wanted not in _DUPLICATES:
        raise CellError(VALUE, f"没有范围“{wanted}”,可写全部/{'/'.join(_DUPLICATES)}")
    asked = _DUPLICATES.values() if wanted == "全部" else [_DUPLICATES[wanted]]
    facts, n = found.judged.facts, len(found.places)
    codes: list[list[str]] = [[] for _ in range(n)]
    first: list[list[str]] = [[] for _ in range(n)]
    for code, names in asked:
        for hit in found.judged.hits.found:
            if hit.rule.code == code:
                for row in hit.rows.tolist():
                    codes[row].append(code)
                    first[row].append(" ".join(_told(_at(facts, name, row)) for name in names))
    return found.spilled(
        ["重复代码", "首次出处"], [[";".join(c) for c in codes], [";".join(f) for f in first]]
    )


def _told(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return str(value).replace("第", " 第", 1)


# --- explanation ----------------------------------------------------------------------------

EXPLANATION = ["分项", "申报", "标准", "核定", "依据"]


def explain(area: Any, row: Any) -> list[list[Any]]:
    """One line for each component that is claimed or paid, and one for each hit about none."""
    found = judged(area)
    at = values.read_int(row)
    if not isinstance(at, int):
        raise CellError(VALUE, "行要写数据行的序号,第一行写1")
    lines = found.height - found.first
    if not 1 <= at <= lines:
        raise CellError(NUM, f"区域只有{lines}个数据行")
    place = found.first + at - 1
    if place not in found.places:
        return [EXPLANATION, ["这一行不是单据", "", "", "", ""]]
    return [EXPLANATION, *explained(found.judged, found.places.index(place))]


def explained(judged: Judged, i: int) -> Iterator[list[Any]]:
    """Where each figure of slip ``i`` comes from: code, parameter, row of the tariff."""
    facts, verdicts = judged.facts, judged.verdicts
    service = str(_at(facts, "service", i))
    hits = [
        (found, int(np.flatnonzero(found.rows == i)[0]))
        for found in sorted(judged.hits.found, key=lambda f: f.rule.code)
        if (found.rows == i).any()
    ]
    said = set()
    for component in COMPONENTS:
        claimed = int(_at(facts, CLAIMED[component], i))
        approved = int(_at(verdicts, f"approved_{component.name.lower()}", i))
        name = f"standard_{component.name.lower()}"
        standard = _at(facts, name, i) if name in facts else pd.NA
        own = [(n, hit) for n, hit in enumerate(hits) if hit[0].outcome.scope is component]
        if not (claimed or approved or own):
            continue
        said |= {n for n, _ in own}
        codes = ";".join(_basis(found, at) for _, (found, at) in own)
        source = "" if pd.isna(standard) else _source(facts, component.name.lower(), i)
        yield [
            component.shown(service),
            claimed / 100,
            "" if pd.isna(standard) else int(standard) / 100,
            approved / 100,
            "/".join(filter(None, (codes, source))),
        ]
    for n, (found, at) in enumerate(hits):
        if n not in said:
            yield ["整单", "", "", "", f"{_basis(found, at)}/{found.messages[at]}"]
    yield [
        "合计",
        int(_at(facts, "claimed", i)) / 100,
        "",
        int(_at(verdicts, "payable", i)) / 100,
        str(_at(verdicts, "verdict", i)),
    ]


def _basis(found: Found, at: int) -> str:
    """``R101/超标容差``: the code, and the parameters that the rule read."""
    code = f"{found.rule.code}(放行)" if found.waived[at] else found.rule.code
    return "/".join((code, *(parameter.name for parameter in told.parameters(found.rule))))


def _source(facts: pd.DataFrame, component: str, i: int) -> str:
    sheet, column = {
        "labour": ("费用标准", "tariff_row"),
        "travel": ("远程费标准", "travel_row"),
    }[component]
    row = _at(facts, column, i)
    return "" if pd.isna(row) else f"{sheet}第{int(row)}行"

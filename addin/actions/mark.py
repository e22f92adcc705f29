"""Writes what was decided beside the slips, and the sheets that go with it. workbooks.md §4.3–4.4.

Input cells are never changed; of the clerk's sheets only cells right of the last column are
written, and the number of the slip takes the colour of its verdict.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
import xlwings as xw

from addin import __version__
from addin.actions.judge import Judged
from addin.hosts import CellStyle, Page, apply_style, freeze_top, read_grid, set_up_page
from addin.reports.fill import literal
from addin.rules.rule import Rule, slip_rules
from addin.rules.verdicts import CLAIMED, Severity, Verdict
from addin.tables import catalogue, locate, look
from addin.tables.fields import Field, SheetSpec, Type
from addin.tables.read import Table
from addin.tables.slips import service_of

_WIDTH, _LIST_WIDTH = 12, 10
_LINE_HEIGHT, _HIGHEST = 15, 409  # points; Excel has no higher row
_WIDTHS = {
    "reasons": 60, "codes": 16, "sequence": 6, "row": 7, "severity": 7, "verdict": 9, "code": 11,
    "short_name": 15, "scope": 9, "outlet_name": 18, "slip_no": 16, "sheet": 12, "field": 11,
    "raw": 18, "message": 50, "advice": 32, "workbook": 22, "note": 60, "time": 11, "slips": 7,
    "waive_code": 11, "waive_reason": 24, "chain_hash": 18, "previous_hash": 18,
}  # fmt: skip
_WRAPPED = frozenset({"message", "advice", "note", "waive_reason"})


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue


VERDICT_STYLES = {
    verdict: CellStyle(
        f"结论_{verdict}", fill=_rgb(fill) if fill else None, font_color=_rgb(ink), bold=bold
    )
    for verdict, (fill, ink, bold) in look.VERDICT_COLOURS.items()
}
HEADER = CellStyle("表头", fill=_rgb(look.SHADE), font_color=_rgb(look.INK), bold=True)
PAGE = Page(titles="$1:$1", footer=look.FOOTER)


def mark(
    book: xw.Book,
    tables: Sequence[Table],
    judged: Judged,
    waivers: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Everything that the check has to say of these sheets of the workbook; ``waivers`` join its
    放行记录."""
    mine = np.zeros(len(judged.slips.frame), bool)
    for table, rows in judged.slips.parts():
        if any(table is own for own in tables):
            _mark_sheet(book.sheets[table.sheet], table, judged.verdicts.iloc[rows], judged)
            mine[rows] = True
    found = issues(judged, mine)
    _list(book, catalogue.ISSUES, found, links=("row", "sheet"), style_by="verdict")
    totals = outlet_totals(judged, mine)
    _list(book, catalogue.OUTLET_TOTALS, totals, total=True)
    if catalogue.WAIVERS.name not in [sheet.name for sheet in book.sheets]:
        _list(book, catalogue.WAIVERS, pd.DataFrame(waivers))
    elif waivers:
        _append(book.sheets[catalogue.WAIVERS.name], pd.DataFrame(waivers))
    _list(book, catalogue.JOURNAL, journal(judged, tables))


def _mark_sheet(sheet: xw.Sheet, table: Table, verdicts: pd.DataFrame, judged: Judged) -> None:
    rows = table.rows
    header_row = table.layout.first_data_row - 1
    outputs = catalogue.output_fields(_plain(table.spec))
    places = _places(sheet, table, (*outputs, *catalogue.WAIVER_COLUMNS))
    own = {f.name for f in catalogue.WAIVER_COLUMNS if f.name in table.layout.columns}
    fields = [f for f in (*outputs, *catalogue.WAIVER_COLUMNS) if f.name not in own]
    facts = judged.facts.loc[verdicts.index]
    first, last = table.layout.first_data_row, int(rows[-1]) if len(rows) else header_row
    for run in _runs(places, fields):
        left, right = places[run[0].name], places[run[-1].name]
        sheet.range((header_row, left), (header_row, right)).value = [[f.header for f in run]]
        apply_style(sheet.range((header_row, left), (header_row, right)), HEADER)
        if not len(rows):
            continue
        block: list[list[Any]] = [[None] * len(run) for _ in range(last - first + 1)]
        for j, f in enumerate(run):
            source = verdicts[f.name] if f.name in verdicts else facts[f.name]
            for row, cell in zip(rows.tolist(), _cells(source, f), strict=True):
                block[row - first][j] = cell
            column = sheet.range((first, left + j), (last, left + j))
            column.number_format = look.number_format(f)
        sheet.range((first, left), (last, right)).value = block
        for j, f in enumerate(run):
            sheet.range((1, left + j)).column_width = _WIDTHS.get(f.name, _WIDTH)
    if own:
        _add_waivers(sheet, table, places)
    _colour(sheet, table, verdicts["verdict"].tolist(), outputs, places)


def _plain(spec: SheetSpec) -> SheetSpec:
    """Its input fields alone, without the waiver columns."""
    return catalogue.INSTALL if spec.name == catalogue.INSTALL.name else catalogue.REPAIR


def _headers(sheet: xw.Sheet, table: Table) -> dict[str, int]:
    """Column of each header that stands over the slips."""
    top, bottom = table.layout.header_row, table.layout.first_data_row - 1
    shown = sheet.range((top, 1), (bottom, table.last_column)).options(ndim=2).value
    return {
        locate.plain_header(cell): column
        for line in shown
        for column, cell in enumerate(line, start=1)
    } | {table.spec[name].header: column for name, column in table.layout.columns.items()}


def _places(sheet: xw.Sheet, table: Table, fields: Sequence[Field]) -> dict[str, int]:
    """Column of each output: where its header stands already, else right of the last column."""
    there = _headers(sheet, table)
    places, free = {}, table.last_column + 1
    for f in fields:
        places[f.name] = there.get(f.header, free)
        free += f.header not in there
    return places


def _add_waivers(sheet: xw.Sheet, table: Table, places: dict[str, int]) -> None:
    """Waivers taken over from the last checked copy, into cells that the clerk left blank."""
    for f in catalogue.WAIVER_COLUMNS:
        values = table.frame[f.name]
        blank = table.raw[f.name].is_blank()
        at = np.flatnonzero(values.notna().to_numpy(bool) & blank)
        for i, cell in zip(at.tolist(), _cells(values.iloc[at], f), strict=True):
            sheet.range((int(table.rows[i]), places[f.name])).value = cell


def _runs(places: dict[str, int], fields: Sequence[Field]) -> Iterable[list[Field]]:
    """Fields in neighbouring columns, so that each run is one write."""
    run: list[Field] = []
    for f in fields:
        if run and places[f.name] != places[run[-1].name] + 1:
            yield run
            run = []
        run.append(f)
    if run:
        yield run


def _cells(source: pd.Series, f: Field) -> list[Any]:
    """Values as cells: amounts leave their 分 only here."""
    if f.type is Type.MONEY:
        return [None if pd.isna(v) else int(v) / 100 for v in source]
    if f.type is Type.DATE:
        return [None if pd.isna(v) else v.to_pydatetime() for v in source]
    if f.type is Type.INT:
        return [None if pd.isna(v) else int(v) for v in source]
    return [None if v is None or v == "" or v != v else literal(str(v)) for v in source]


def _colour(
    sheet: xw.Sheet,
    table: Table,
    verdicts: Sequence[Any],
    outputs: Sequence[Field],
    places: dict[str, int],
) -> None:
    """One style per stretch of rows that follow each other with one verdict."""
    columns = sorted(places[f.name] for f in outputs)
    number = table.layout.columns["slip_no"]
    for top, bottom, verdict in _stretches(table.rows, verdicts):
        style = VERDICT_STYLES[verdict]
        if columns[-1] - columns[0] == len(columns) - 1:
            apply_style(sheet.range((top, columns[0]), (bottom, columns[-1])), style)
        else:
            for column in columns:
                apply_style(sheet.range((top, column), (bottom, column)), style)
        apply_style(sheet.range((top, number), (bottom, number)), style)


def _stretches(rows: np.ndarray, verdicts: Sequence[Any]) -> Iterable[tuple[int, int, Any]]:
    """First and last row of each stretch of rows that follow each other with one verdict."""
    start = 0
    for i in range(1, len(verdicts) + 1):
        ends = i == len(verdicts) or (verdicts[i] != verdicts[start] or rows[i] != rows[i - 1] + 1)
        if ends:
            yield int(rows[start]), int(rows[i - 1]), verdicts[start]
            start = i


# --- lists ----------------------------------------------------------------------------------


def issues(judged: Judged, mine: np.ndarray) -> pd.DataFrame:
    """问题清单: a line per hit, by severity, code, sheet and row (workbooks.md §4.4)."""
    checked = judged.checked
    service, outlet, title, own_name, claimed, cut, held = (
        checked[name].tolist()
        for name in (
            "service", "outlet_code", "outlet_title", "outlet_name", "claimed", "cut", "held"
        )
    )  # fmt: skip
    lines: list[dict[str, Any]] = []
    for found in judged.hits.found:
        for i, message, waived in zip(
            found.rows.tolist(), found.messages, found.waived.tolist(), strict=True
        ):
            if not mine[i]:
                continue
            table, at = judged.slips.where(i)
            header, raw = _to_look_at(found.rule, judged, table, i, at)
            component = CLAIMED.get(found.outcome.scope)
            lines.append(
                {
                    "severity": str(found.severity),
                    "verdict": str(Verdict.NOTICE if waived else found.outcome.verdict),
                    "code": f"{found.rule.code}(放行)" if waived else found.rule.code,
                    "short_name": found.rule.name,
                    "scope": found.outcome.scope.shown(service[i]),
                    "outlet_code": outlet[i],
                    "outlet_name": title[i] if isinstance(title[i], str) else own_name[i],
                    "slip_no": slip_shown(judged, i),
                    "sheet": table.sheet,
                    "row": int(table.rows[at]),
                    "field": header,
                    "raw": raw,
                    "message": message,
                    "claimed": claimed[i] if component is None else checked[component].array[i],
                    "cut": cut[i],
                    "held": held[i],
                    "advice": "已放行" if waived else found.outcome.advice,
                }
            )
    if not lines:
        return pd.DataFrame()
    order = {str(s): n for n, s in enumerate(Severity)}
    listed = pd.DataFrame(lines).sort_values(
        ["severity", "code", "sheet", "row"],
        key=lambda c: c.map(order) if c.name == "severity" else c,
        kind="stable",
        ignore_index=True,
    )
    return listed.assign(sequence=np.arange(1, len(listed) + 1))


def _to_look_at(rule: Rule, judged: Judged, table: Table, i: int, at: int) -> tuple[str, str]:
    """Header and content of the cell that the clerk should look at first."""
    if rule.field in table.spec:
        return table.spec[rule.field].header, table.raw[rule.field].shown(at)
    if rule.field == "service_date":
        day = "install_date" if service_of(table) == "安装" else "completed_date"
        return table.spec[day].header, table.raw[day].shown(at)
    told = judged.facts[rule.field].array[i] if rule.field in judged.facts else None
    if not isinstance(told, str):
        return "", ""
    header, _, raw = told.split("、")[0].partition("“")
    return header, raw.removesuffix("”")


def slip_shown(judged: Judged, i: int) -> str:
    """单号 as it was read; a number that Excel has cut is shown as it stands."""
    code = judged.facts["slip_no"].iat[i]
    if isinstance(code, str):
        return code
    table, at = judged.slips.where(i)
    raw = table.raw["slip_no"]
    return "" if raw.is_blank()[at] else raw.shown(at)


def outlet_totals(judged: Judged, mine: np.ndarray) -> pd.DataFrame:
    """网点小计: counts by verdict and the row columns as they stand."""
    table = judged.checked[mine]
    if table.empty:
        return pd.DataFrame()
    code = table["outlet_code"].where(table["outlet_code"].notna(), "")
    by = table.groupby(code.to_numpy(object), sort=True)
    totals = pd.DataFrame(
        {
            "outlet_name": by["outlet_title"].first(),
            "slips": by.size(),
            **{
                f"count_{v}": (table["verdict"] == v).groupby(code.to_numpy(object)).sum()
                for v in map(str, Verdict)
            },
            **{name: by[name].sum() for name in ("claimed", "payable", "held", "cut")},
        }
    )
    return totals.reset_index(names="outlet_code")


def journal(judged: Judged, tables: Sequence[Table]) -> pd.DataFrame:
    """处理日志 of this check: what ran on what, each line chained to the one before.

    The time is 核对基准日: the same input makes the same bytes (rules.md §13.10).
    """
    codes = {rule.code for rule in slip_rules()}
    stopped = {code for code, outcome, _ in judged.hits.log if outcome == "停用"}
    lines = [
        ("", "读取", t.sheet, "执行", f"字段映射:{t.layout.described(_plain(t.spec))}")
        for t in tables
    ]
    lines += [
        ("", "读取", t.sheet, "执行", f"共{len(t.rows)}行,其中隐藏{t.hidden}行,一并核对")
        for t in tables
    ]
    counts: dict[str, int] = {}
    for found in judged.hits.found:
        counts[found.rule.code] = counts.get(found.rule.code, 0) + len(found.rows)
    lines += [
        (code, "核对", "", "执行", f"命中{counts.get(code, 0)}行")
        for code in sorted(codes - stopped)
    ]
    lines += [(code, "核对", "", outcome, words) for code, outcome, words in judged.hits.log]
    lines += [(n.code, "提示", n.sheet, "执行", str(n)) for n in judged.notices]
    time = f"{judged.month.as_of:%Y-%m-%d}"
    previous, listed = "", []
    for number, (code, action, sheet, outcome, words) in enumerate(lines, start=1):
        chained = "|".join((previous, str(number), time, action, sheet, code, outcome, words))
        digest = hashlib.sha256(chained.encode()).hexdigest()[:16]
        listed.append(
            {
                "sequence": str(number), "time": time, "user": "", "action": action,
                "workbook": tables[0].workbook, "sheet": sheet, "row": "", "code": code,
                "outcome": outcome, "note": words, "file_hash": "", "rules_version": __version__,
                "previous_hash": previous, "chain_hash": digest,
            }
        )  # fmt: skip
        previous = digest
    return pd.DataFrame(listed)


def _set_up(sheet: xw.Sheet) -> None:
    freeze_top(sheet, 1)
    set_up_page(sheet, PAGE)


def _link(sheet: xw.Sheet, column: int, places: Iterable[tuple[int, str]]) -> None:
    """Below the header of a list: each cell leads to the row and sheet that its line is about."""
    for i, (row, name) in enumerate(places, start=2):
        target = name.replace("'", "''")
        sheet.range((i, column)).add_hyperlink(f"#'{target}'!A{row}", str(row), "到这一行")


def dress_again(sheet: xw.Sheet) -> None:
    """A list that comes back with its cells: frozen header, page and links, as it was made."""
    _set_up(sheet)
    if sheet.name != catalogue.ISSUES.name:
        return
    rows, names = (1 + catalogue.ISSUES.headers.index(h) for h in ("行号", "工作表"))
    cells = sheet.used_range.options(ndim=2).value[1:]
    if cells:
        lines = sheet.range((2, rows), (len(cells) + 1, rows))
        _link(sheet, rows, [(int(line[rows - 1]), line[names - 1]) for line in cells])
        lines.value = [[line[rows - 1]] for line in cells]


# --- taking it off again ----------------------------------------------------------------------


def own_columns(sheet: xw.Sheet, table: Table) -> dict[str, int]:
    """Where the check has written beside these slips: field and column; empty if it has not."""
    outputs = catalogue.output_fields(_plain(table.spec))
    there = _headers(sheet, table)
    return {f.name: there[f.header] for f in outputs if f.header in there}


def unmark(book: xw.Book, tables: Sequence[Table]) -> None:
    """Only what the check has put there: the clerk's 放行 and what was logged stay."""
    for table in tables:
        sheet, columns = book.sheets[table.sheet], own_columns(book.sheets[table.sheet], table)
        if columns:
            _unmark_sheet(sheet, table, columns)
    for spec in (catalogue.ISSUES, catalogue.OUTLET_TOTALS):
        if spec.name in [sheet.name for sheet in book.sheets]:
            book.sheets[spec.name].delete()


def _unmark_sheet(sheet: xw.Sheet, table: Table, columns: Mapping[str, int]) -> None:
    top = table.layout.first_data_row - 1
    bottom = int(table.rows[-1]) if len(table.rows) else top
    number, rows = table.layout.columns["slip_no"], table.rows
    if len(rows) and "verdict" in columns:
        first = int(rows[0])
        cells = sheet.range((first, columns["verdict"]), (bottom, columns["verdict"]))
        told = [line[0] for line in cells.options(ndim=2).value]
        stretches = _stretches(rows, [told[row - first] for row in rows])
        ours = [  # all are read before the first is written
            cells
            for start, end, verdict in stretches
            if verdict in VERDICT_STYLES
            and (cells := sheet.range((start, number), (end, number))).color
            == VERDICT_STYLES[verdict].fill
        ]
        for cells in ours:
            _plain_again(cells)
    for left, right in _side_by_side(columns.values()):
        cells = sheet.range((top, left), (bottom, right))
        cells.clear_contents()
        _plain_again(cells)


def _side_by_side(columns: Iterable[int]) -> Iterable[tuple[int, int]]:
    """First and last of each run of neighbouring columns."""
    for _, run in groupby(enumerate(sorted(columns)), lambda pair: pair[1] - pair[0]):
        numbers = [column for _, column in run]
        yield numbers[0], numbers[-1]


def _plain_again(cells: xw.Range) -> None:
    cells.color, cells.font.bold, cells.font.color = None, False, (0, 0, 0)


def _lines(rows: pd.DataFrame) -> Iterable[int]:
    """Lines of text in each row: not every program finds a height when it opens a file."""
    wrapped = [(name, _WIDTHS[name]) for name in rows.columns if name in _WRAPPED]
    for texts in zip(*(rows[name] for name, _ in wrapped), strict=True):
        yield max(
            -(-look.text_width(text or "") // width)
            for text, (_, width) in zip(texts, wrapped, strict=True)
        )


def _append(sheet: xw.Sheet, rows: pd.DataFrame) -> None:
    """Lines below those that the clerk's own 放行记录 has, under its own headers."""
    grid = read_grid(sheet)
    layout = locate.find(grid, catalogue.WAIVERS, workbook=sheet.book.name, sheet=sheet.name)
    # a used range may end with rows that only have a format
    filled = [i for i, line in enumerate(grid.rows) if any(cell not in (None, "") for cell in line)]
    first = grid.first_row + filled[-1] + 1
    for name, column in layout.columns.items():
        f = catalogue.WAIVERS[name]
        cells = sheet.range((first, column), (first + len(rows) - 1, column))
        cells.number_format = look.number_format(f)
        cells.value = [[cell] for cell in _cells(rows[name], f)]


def blank_list(book: xw.Book, spec: SheetSpec, widths: Mapping[str, float]) -> xw.Sheet:
    """A new sheet of ours at the end of the book, without lines."""
    sheet = book.sheets.add(spec.name, after=book.sheets[book.sheets[-1].name])
    for j, f in enumerate(spec.fields, start=1):
        sheet.range((1, j)).column_width = widths.get(f.name, _LIST_WIDTH)
    _set_up(sheet)
    _write_header(sheet, spec)
    return sheet


def _write_header(sheet: xw.Sheet, spec: SheetSpec) -> None:
    cells = sheet.range((1, 1), (1, len(spec.fields)))
    cells.value = [list(spec.headers)]
    apply_style(cells, HEADER)


def _list(
    book: xw.Book,
    spec: SheetSpec,
    rows: pd.DataFrame,
    *,
    links: tuple[str, str] | None = None,
    style_by: str = "",
    total: bool = False,
) -> None:
    """A sheet of ours: header, rows, total; made at the end of the book or written anew."""
    names = [sheet.name for sheet in book.sheets]
    if spec.name in names:
        sheet = book.sheets[spec.name]
        sheet.clear_contents()
    else:
        sheet = blank_list(book, spec, _WIDTHS)
    width, n = len(spec.fields), len(rows)
    _write_header(sheet, spec)
    if not n:
        return
    for j, f in enumerate(spec.fields, start=1):
        column = sheet.range((2, j), (n + 1, j))
        column.number_format = look.number_format(f)
        if f.name in _WRAPPED:
            column.wrap_text = True
    for i, lines in enumerate(_lines(rows), start=2):
        if lines > 1:
            sheet.range((i, 1)).row_height = min(_LINE_HEIGHT * lines, _HIGHEST)
    if links is not None:  # before the values: a link's words are text, the row is a number
        at = 1 + next(j for j, f in enumerate(spec.fields) if f.name == links[0])
        _link(sheet, at, zip(rows[links[0]], rows[links[1]], strict=True))
    columns = [_cells(rows[f.name], f) for f in spec.fields]
    sheet.range((2, 1), (n + 1, width)).value = [list(line) for line in zip(*columns, strict=True)]
    if total:
        money = {Type.MONEY, Type.INT}
        sums: list[Any] = [
            (int(rows[f.name].sum()) / (100 if f.type is Type.MONEY else 1))
            if f.type in money else None
            for f in spec.fields
        ]  # fmt: skip
        sums[0] = "合计"
        sheet.range((n + 2, 1), (n + 2, width)).value = [sums]
        for j, f in enumerate(spec.fields, start=1):
            sheet.range((n + 2, j)).number_format = look.number_format(f)
        apply_style(sheet.range((n + 2, 1), (n + 2, width)), HEADER)
    if style_by:
        at = 1 + next(j for j, f in enumerate(spec.fields) if f.name == style_by)
        for i, verdict in enumerate(rows[style_by], start=2):
            apply_style(sheet.range((i, at), (i, at + 1)), VERDICT_STYLES[verdict])

"""Our list against an agent's, as a clerk reads the answer: SETTLE_MATCH.

Defaults are three days either way and no tolerance. The difference is ours less theirs, of an
entry that stands on one side only its whole amount, so that the column adds up to the difference
of the two lists; where they share no amounts it is a number of pieces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from addin.actions import known
from addin.cells import NA, NUM, VALUE, CellError, is_blank, is_error
from addin.domain import values
from addin.errors import BadInput
from addin.hosts.grid import Grid

if TYPE_CHECKING:
    from addin.domain.matching import Limits, Matches
    from addin.tables.read import Table

OURS, THEIRS = "我方", "对方"
HEADER = ["结论", "我方行", "对方行", "步骤", "差异字段", "差额"]


def matched(ours: Any, theirs: Any, days: Any, tolerance: Any) -> list[list[Any]]:
    """A line for each pair, group or single entry, under a header; formulas.md §2."""
    from addin.domain.matching import match

    limits = _limits(days, tolerance)
    tables = [_table(of, name) for of, name in ((ours, OURS), (theirs, THEIRS))]
    found = match(tables[0].frame, tables[1].frame, limits)
    return [HEADER, *_lines(found, *tables)]


def _lines(found: Matches, ours: Table, theirs: Table) -> list[list[Any]]:
    columns = (found.lines[name].tolist() for name in found.lines)
    rows = found.rows()
    scale = 100 if found.in_money else 1
    lines = [
        [said, _rows(ours, i), _rows(theirs, j), _step(step, note), field, difference / scale]
        for (i, j), said, step, note, field, difference in zip(rows, *columns, strict=True)
    ]
    order = [(not i, (*i, *j)) for i, j in rows]
    return [lines[n] for n in sorted(range(len(lines)), key=order.__getitem__)]


def _step(step: str, note: str) -> str:
    return f"{step}({note})" if step and note else step or note


def _rows(table: Table, rows: list[int]) -> Any:
    """Rows of the range: a number, or ``3+4+5``."""
    numbers = table.rows[rows].tolist()
    return numbers[0] if len(numbers) == 1 else "+".join(map(str, numbers))


def _limits(days: Any, tolerance: Any) -> Limits:
    from addin.domain.matching import Limits

    default = Limits()
    window = default.days if is_blank(days) else values.read_int(days)
    fen = default.tolerance if is_blank(tolerance) else values.read_money(tolerance)
    for given, read, name in ((days, window, "天数"), (tolerance, fen, "容差")):
        if is_error(given):
            raise CellError(given, f"{name}是错误值")
        if not isinstance(read, int):
            raise CellError(VALUE, f"{name}“{values.shown(given)}”不是数字")
        if read < 0:
            raise CellError(NUM, f"{name}不能是负数")
    assert isinstance(window, int) and isinstance(fen, int)
    return Limits(window, fen)


def _table(given: Any, name: str) -> Table:
    """The entries of a range with its header, rows counted from its first."""
    from addin.actions.slip_formulas import as_read, trimmed
    from addin.tables.agent_list import read_entries, read_lists

    rows = [list(map(as_read, row)) for row in trimmed(given)]
    grid = Grid(rows, date1904=known.facts.get().date1904)
    try:
        if name == THEIRS:  # ours may hold several agents
            (table,) = read_lists({name: grid}, workbook="")
        else:
            table = read_entries(grid, workbook="", sheet=name)
    except BadInput as wrong:
        raise CellError(VALUE, str(wrong)) from wrong
    if not len(table.rows):
        raise CellError(NA, f"{name}没有数据行")
    return table

"""What a cell formula is given and gives back: one cell or a range, blanks, error values.

An argument marked ↕ in formulas.md takes a cell, a row or a column; the result spills in the same
shape (§1.1). Everything works on plain values and lists, as xlwings passes them, on any machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

VALUE, NA, NUM, DIV0, REF = "#VALUE!", "#N/A", "#NUM!", "#DIV/0!", "#REF!"
NAME = "#NAME?"
ERRORS = frozenset({VALUE, NA, NUM, DIV0, REF, NAME, "#NULL!", "#SPILL!", "#CALC!"})
MOST_ROWS = 1_000_000


class CellError(Exception):
    """An error value of Excel, and the reason that 解释此格 shows; never a traceback (§1.5)."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"{kind} {reason}")
        self.kind, self.reason = kind, reason


@dataclass(frozen=True)
class Block:
    """An argument as a flat list of cells; ``shape`` is None for one cell."""

    cells: list[Any]
    shape: tuple[int, int] | None

    def __len__(self) -> int:
        return len(self.cells)

    def times(self, n: int) -> list[Any]:
        return self.cells * n if len(self.cells) == 1 else self.cells

    def shaped(self, results: list[Any]) -> Any:
        """``results`` as the argument lay on the sheet."""
        if self.shape is None:
            return results[0]
        height, width = self.shape
        return [results[row * width : (row + 1) * width] for row in range(height)]


@dataclass(frozen=True)
class RangeFacts:
    """What the values of a range do not tell: where it begins on its sheet, the date system of
    its workbook, merged cells as top, left, bottom, right within the range, from 1."""

    first_row: int = 1
    date1904: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()


PLAIN = RangeFacts()


def block(argument: Any) -> Block:
    """A scalar, a list (taken as a column) or rows of equal length.

    >>> block([["a", "b"]])
    Block(cells=['a', 'b'], shape=(1, 2))
    """
    if not isinstance(argument, (list, tuple)):
        return Block([argument], None)
    rows = [row if isinstance(row, (list, tuple)) else [row] for row in argument]
    width = len(rows[0]) if rows else 0
    if any(len(row) != width for row in rows):
        raise CellError(VALUE, "区域的各行不一样长")
    if len(rows) > MOST_ROWS:
        raise CellError(NUM, f"区域超过{MOST_ROWS:,}行")
    return Block([cell for row in rows for cell in row], (len(rows), width))


def together(*arguments: Any) -> tuple[Block, list[list[Any]]]:
    """The block that gives the result its shape, and each argument's cells, all equally long."""
    blocks = [block(argument) for argument in arguments]
    longest = max(blocks, key=lambda b: (len(b), b.shape is not None))
    if any(len(b) not in (1, len(longest)) for b in blocks):
        raise CellError(VALUE, "几个区域的格数不一样多")
    return longest, [b.times(len(longest)) for b in blocks]


def is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_error(cell: Any) -> bool:
    return isinstance(cell, str) and cell in ERRORS


def all_at_once(answer: Callable[..., Sequence[Any]], *arguments: Any) -> Any:
    """``answer`` of whole columns: the cells of the first argument beside those of the others.

    It is asked for the rows that can be answered only: a blank first cell gives empty text, and an
    error cell gives itself (§1.4, §1.6). It answers with a value or a :class:`CellError` each.
    """
    shape, columns = together(*arguments)
    rows = list(zip(*columns, strict=True))
    results = [_without_asking(row) for row in rows]
    asked = [n for n, result in enumerate(results) if result is None]
    if asked:
        known = zip(*(rows[n] for n in asked), strict=True)
        for n, result in zip(asked, answer(*map(list, known)), strict=True):
            results[n] = result
    if shape.shape is None and isinstance(results[0], CellError):
        raise results[0]
    return shape.shaped(results)


def side_by_side(
    answer: Callable[..., Sequence[Any]], width: int, *arguments: Any
) -> list[list[Any]]:
    """The same for an ``answer`` of ``width`` cells to each: a line for each cell of the first
    argument."""
    _, columns = together(*arguments)
    answers = all_at_once(answer, *columns)
    return [list(line) if isinstance(line, tuple) else [line] * width for (line,) in answers]


def one_by_one(answer: Callable[..., Any], *arguments: Any) -> Any:
    """The same for an ``answer`` that takes one cell of each argument."""

    def each(*columns: list[Any]) -> list[Any]:
        return [_tried(answer, cells) for cells in zip(*columns, strict=True)]

    return all_at_once(each, *arguments)


def _without_asking(cells: Sequence[Any]) -> Any:
    if is_blank(cells[0]):
        return ""
    return next((cell for cell in cells if is_error(cell)), None)


def _tried(answer: Callable[..., Any], cells: Sequence[Any]) -> Any:
    """One cell's error does not take the others with it."""
    try:
        return answer(*cells)
    except CellError as error:
        return error

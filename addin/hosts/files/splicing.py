"""One pass over the rows of a sheet that puts all waiting edits into them."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

from addin.hosts.collector import collector_at_rest
from addin.hosts.files.edits import (
    DATE_FORMAT,
    MOMENT_FORMAT,
    SPAN_FORMAT,
    TIME_FORMAT,
    Edit,
    Formula,
    Put,
    RawContent,
    Restyle,
    RowAttributes,
    Text,
    number_text,
    safe_text,
    serial,
)
from addin.hosts.files.references import cell_name, column_number, letters, translated
from addin.hosts.files.styles import Change
from addin.hosts.files.tags import (
    CELL_COLUMN,
    attributes_of,
    has_opaque,
    masked,
    style_of_tag,
    with_attribute,
)

if TYPE_CHECKING:
    from addin.hosts.files.sheetxml import RawCell, Row, SheetXml

_SPANS = re.compile(rb"(\sspans\s*=\s*[\"'])\s*(\d+):(\d+)\s*([\"'])")

_Pending = tuple[Any, int | None]
"""What a cell becomes: (value, format). ``KEEP`` and None leave what the cell has."""


KEPT_VALUES = 20_000
_REPEATING = frozenset((str, float))


class _Keep:
    pass


KEEP = _Keep()


class Writer:
    """One pass over the rows with all edits at hand."""

    def __init__(self, sheet: SheetXml, edits: list[Edit]) -> None:
        self.sheet = sheet
        self.styles, self.date1904 = sheet.dialect()
        self.lost: set[str] = set()
        self.wrote_formula = False
        self._p = sheet.prefix.decode()
        self._columns = sheet.column_styles()
        self._old = sheet._body
        self._single: dict[int, list[tuple[int, Edit]]] = defaultdict(list)
        self._tall: list[tuple[int, Edit]] = []
        for order, edit in enumerate(edits):
            if edit.area.top == edit.area.bottom:
                self._single[edit.area.top].append((order, edit))
            else:
                self._tall.append((order, edit))
        self._shared = sheet.any_formula() and b"shared" in self._old
        self._odd = b"extLst" in self._old or has_opaque(self._old)
        self._row_edits = any(isinstance(edit, RowAttributes) for edit in edits)
        self._first = _Reach([], 0, 0)
        self._kept: dict[str | float, str] = {}
        self._starts: dict[tuple[int, int], list[str]] = {}
        self._columns_of: dict[tuple[tuple[int, int], ...], list[int]] = {}

    @collector_at_rest()
    def body(self) -> bytes:
        sheet, old = self.sheet, self._old
        if self._shared:
            self._reanchor()
            old = self._old = sheet._body
        out: list[bytes] = []
        copied = 0
        rows = sheet.rows() if sheet._index is not None else list(sheet._scan(masked(old)))
        sheet._index = rows
        known = {row.number: row for row in rows}
        last = rows[-1].number if rows else 0
        targets = self._targets(known, last)
        places = [row.number for row in rows]
        active = _Active(self._tall)
        for number in targets:
            edits = active.at(number, self._single.get(number))
            if not edits:
                continue
            row = known.get(number)
            if row is None:
                place = bisect_left(places, number)
                start = rows[place].start if place < len(rows) else None
                new = self._new_row(number, edits)
                if start is None:
                    end = rows[-1].end if rows else 0
                    out.append(old[copied:end])
                    copied = end
                else:
                    out.append(old[copied:start])
                    copied = start
                out.append(new)
            elif self._appends(row, edits):
                tag = old[row.start : row.inner]
                added = self._appended(number, edits, tag)
                wide = _widen_spans(tag, self._first.left, self._first.right)
                if wide is not tag:
                    out += (old[copied : row.start], wide)
                    copied = row.inner
                out += (old[copied : row.close], added)
                copied = row.close
            else:
                out += (old[copied : row.start], self._edited_row(row, edits))
                copied = row.end
        out.append(old[copied:])
        return b"".join(out)

    def _targets(self, known: dict[int, Row], last: int) -> list[int]:
        """Rows that an edit may touch. A format on endless rows reaches the existing ones only."""
        numbers = set(self._single)
        for _, edit in self._tall:
            area = edit.area
            if isinstance(edit, Put) or area.bottom - area.top < 100_000:
                numbers.update(range(area.top, area.bottom + 1))
            else:
                numbers.update(n for n in known if area.top <= n <= area.bottom)
        return sorted(numbers)

    # rows

    def _new_row(self, number: int, edits: list[Edit]) -> bytes:
        bare = f'<{self._p}row r="{number}">'.encode()
        tag = self._row_tag(bare, edits)
        cells = self._new_cells(number, self._pending(number, edits, tag), tag)
        if not cells and tag == bare:
            return b""
        return tag + cells + b"</" + self.sheet.prefix + b"row>"

    def _default_style(self, row_tag: bytes, column: int) -> int:
        """Format that a row or column gives to a new cell."""
        if b"customFormat" in row_tag:
            return style_of_tag(row_tag)
        return self._columns.get(column, 0)

    def _edited_row(self, row: Row, edits: list[Edit]) -> bytes:
        old, sheet = self._old, self.sheet
        tag = old[row.start : row.inner]
        if self._row_edits:
            tag = self._row_tag(tag, edits)
            edits = [e for e in edits if not isinstance(e, RowAttributes)]
        closing = old[row.close : row.end] or b"</" + sheet.prefix + b"row>"
        inner = old[row.inner : row.close]
        if edits:
            pending: dict[int, _Pending] = {}
            inner = self._merged_cells(row, tag, edits, pending)
            if pending:
                tag = _widen_spans(tag, min(pending), max(pending))
        if tag.endswith(b"/>"):
            if not inner:
                return tag
            tag = tag[:-2].rstrip() + b">"
        return tag + inner + closing

    def _appends(self, row: Row, edits: list[Edit]) -> bool:
        """Do all edits lie right of the row's last cell? Then its cells need no look."""
        if self._odd or self._row_edits or row.inner == row.close:
            return False
        if self._first.edits is not edits:  # tall edits come as the same list row after row
            left = min(edit.area.left for edit in edits)
            self._first = _Reach(edits, left, max(edit.area.right for edit in edits))
        old = self._old
        mark = self.sheet.cell_mark
        place = old.rfind(mark, row.inner, row.close)
        if place < 0 or old[place + len(mark)] not in b" \t\r\n":
            return False
        given = CELL_COLUMN.search(old, place, old.find(b">", place))
        return given is not None and column_number(given[1].decode()) < self._first.left

    def _appended(self, number: int, edits: list[Edit], row_tag: bytes) -> bytes:
        """New cells at the end of a row."""
        put = edits[0]
        if len(edits) == 1 and isinstance(put, Put) and self._is_plain(row_tag):
            values = put.rows[number - put.area.top]
            if _MARKED.isdisjoint(map(type, values)):
                return self._plain_cells(number, put.area.left, values)
        return self._new_cells(number, self._pending(number, edits, row_tag), row_tag)

    def _plain_cells(self, number: int, left: int, values: Sequence[Any]) -> bytes:
        """New cells without formats, the commonest and so the shortest way."""
        kept, out = self._kept, []
        for start, value in zip(self._starts_of(left, len(values)), values, strict=True):
            if value is not None:
                rest = kept.get(value) if type(value) in _REPEATING else None
                out.append(f'{start}{number}"{rest or self._rest_of_cell(value)}')
        return "".join(out).encode()

    def _starts_of(self, left: int, width: int) -> list[str]:
        """How the cells of these columns begin, up to the number of their row."""
        if (left, width) not in self._starts:
            columns = range(left, left + width)
            self._starts[left, width] = [f'<{self._p}c r="{letters(c)}' for c in columns]
        return self._starts[left, width]

    def _is_plain(self, row_tag: bytes) -> bool:
        """No row or column gives new cells a format."""
        return not self._columns and b"customFormat" not in row_tag

    def _merged_cells(
        self, row: Row, tag: bytes, edits: list[Edit], pending: dict[int, _Pending]
    ) -> bytes:
        old = self._old
        cells = (
            list(self.sheet.cells(row))
            if self._odd
            else self.sheet.cells_at(row, self._touched(edits))
        )
        here = {cell.column: style_of_tag(old[cell.start : cell.inner]) for cell in cells}
        pending.update(self._pending(row.number, edits, tag, here))
        out: list[bytes] = []
        copied = row.inner
        waiting = sorted(pending)
        place = 0
        for cell in cells:
            fresh = place
            while place < len(waiting) and waiting[place] < cell.column:
                place += 1
            if place > fresh:
                out.append(old[copied : cell.start])
                copied = cell.start
                new = {c: pending[c] for c in waiting[fresh:place]}
                out.append(self._new_cells(row.number, new, tag))
            if place < len(waiting) and waiting[place] == cell.column:
                out.append(old[copied : cell.start])
                out.append(self._edited_cell(row.number, cell, pending[cell.column]))
                copied = cell.end
                place += 1
        if place < len(waiting):
            end = cells[-1].end if cells else row.inner
            out.append(old[copied:end])
            copied = end
            new = {c: pending[c] for c in waiting[place:]}
            out.append(self._new_cells(row.number, new, tag))
        out.append(old[copied : row.close])
        return b"".join(out)

    def _touched(self, edits: list[Edit]) -> Sequence[int]:
        """Columns that the edits reach, ascending."""
        spans = tuple((edit.area.left, edit.area.right) for edit in edits)
        if spans not in self._columns_of:
            columns = {c for left, right in spans for c in range(left, right + 1)}
            self._columns_of[spans] = sorted(columns)
        return self._columns_of[spans]

    def _row_tag(self, tag: bytes, edits: list[Edit]) -> bytes:
        for edit in edits:
            if isinstance(edit, RowAttributes):
                for name, value in edit.attributes:
                    tag = with_attribute(tag, name, value)
        return tag

    # cells

    def _pending(
        self, number: int, edits: list[Edit], row_tag: bytes, here: dict[int, int] | None = None
    ) -> dict[int, _Pending]:
        """Value and format of each cell that the edits reach in one row, in their order.

        ``here`` are the row's own cells with their formats.
        """
        pending: dict[int, _Pending] = {}
        here = here or {}

        def style_now(column: int, given: int | None) -> int:
            if given is not None:
                return given
            own = here.get(column)
            return self._default_style(row_tag, column) if own is None else own

        for edit in edits:
            if isinstance(edit, Put):
                values = edit.rows[number - edit.area.top]
                for column, value in enumerate(values, edit.area.left):
                    style = pending[column][1] if column in pending else None
                    if type(value) in _MARKED:
                        wanted = self._value_style(value, style_now(column, style))
                        style = style if wanted is None else wanted
                    pending[column] = value, style
            elif isinstance(edit, Restyle):
                area = edit.area
                columns: Sequence[int] = range(area.left, area.right + 1)
                if len(columns) > 1000:
                    columns = sorted(c for c in {*here, *pending} if c in columns)
                for column in columns:
                    value, style = pending.get(column, (KEEP, None))
                    style = self._restyled(style_now(column, style), edit.change)
                    pending[column] = value, style
        return pending

    def _restyled(self, style: int, change: Change | int) -> int:
        return change if isinstance(change, int) else self.styles.derive(style, change)

    def _value_style(self, value: Any, style: int) -> int | None:
        """Dates bring a date format, quoted text its mark; None where the format may stay."""
        if isinstance(value, Text):
            return self.styles.derive(style, ("quote_prefix", True))
        if self.styles.is_date(style):
            return None
        if isinstance(value, dt.datetime):
            code = DATE_FORMAT if value.time() == dt.time() else MOMENT_FORMAT
        elif isinstance(value, dt.date):
            code = DATE_FORMAT
        else:
            code = TIME_FORMAT if isinstance(value, dt.time) else SPAN_FORMAT
        return self.styles.derive(style, ("number_format", code))

    def _new_cells(self, number: int, pending: dict[int, _Pending], row_tag: bytes) -> bytes:
        p = self._p
        plain = self._is_plain(row_tag)
        out: list[str] = []
        for column in sorted(pending):
            value, style = pending[column]
            blank = value is None or value is KEEP
            if style is None:
                if blank:
                    continue
                style = 0 if plain else self._default_style(row_tag, column)
            look = f' s="{style}"' if style else ""
            if not blank:
                rest = self._rest_of_cell(value)
                out.append(f'<{p}c r="{letters(column)}{number}"{look}{rest}')
            elif style or not plain:
                out.append(f'<{p}c r="{letters(column)}{number}"{look}/>')
        return "".join(out).encode("utf-8")

    def _rest_of_cell(self, value: Any) -> str:
        """A new cell from its type on. Values repeat down a column, so they are kept."""
        if type(value) not in _REPEATING:
            kind, inner = self._encoded(value)
            return f"{kind}>{inner}</{self._p}c>"
        rest = self._kept.get(value)
        if rest is None:
            kind, inner = self._encoded(value)
            rest = f"{kind}>{inner}</{self._p}c>"
            if len(self._kept) < KEPT_VALUES:
                self._kept[value] = rest
        return rest

    def _edited_cell(self, number: int, cell: RawCell, pending: _Pending) -> bytes:
        old, p = self._old, self._p
        tag, inner = old[cell.start : cell.inner], old[cell.inner : cell.close]
        value, style = pending
        if style is not None:
            tag = with_attribute(tag, "s", str(style) if style else None)
        if value is KEEP:
            if tag.endswith(b"/>"):
                return tag
            return tag + inner + old[cell.close : cell.end]
        if self.sheet.formula_tag.search(inner) and not isinstance(value, Formula):
            self.lost.add(cell_name(number, cell.column))
        kind, content = ("", "") if value is None else self._encoded(value)
        for name in ("t", "cm", "vm"):
            tag = with_attribute(tag, name, None)
        if kind:
            tag = with_attribute(tag, "t", kind.split('"')[1])
        extension = inner.find(b"<" + p.encode() + b"extLst")
        kept = inner[extension:] if extension >= 0 else b""
        content_bytes = content.encode("utf-8") + kept
        tag = tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
        if not content_bytes:
            return tag[:-1] + b"/>"
        return tag + content_bytes + b"</" + p.encode() + b"c>"

    def _encoded(self, value: Any) -> tuple[str, str]:
        """Type attribute and content of a cell with this value."""
        p = self._p
        kind = type(value)
        if kind is RawContent:
            return (f' t="{value.kind}"' if value.kind else ""), value.inner.decode("utf-8")
        if kind is Formula:
            self.wrote_formula = True
            return "", f"<{p}f>{escape(value)}</{p}f>"
        if kind is str or kind is Text:
            text = safe_text(value)
            space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
            return ' t="inlineStr"', f"<{p}is><{p}t{space}>{escape(text)}</{p}t></{p}is>"
        if kind is bool:
            return ' t="b"', f"<{p}v>{int(value)}</{p}v>"
        if kind in (int, float):
            return "", f"<{p}v>{number_text(value)}</{p}v>"
        if isinstance(value, Decimal):
            return "", f"<{p}v>{value}</{p}v>"
        return "", f"<{p}v>{number_text(serial(value, self.date1904))}</{p}v>"

    # formulas that belong together

    def _reanchor(self) -> None:
        """Give a shared formula whose first cell is overwritten a new first cell."""

        def hit(number: int, column: int) -> bool:
            return any(
                isinstance(e, Put)
                and e.area.top <= number <= e.area.bottom
                and e.area.left <= column <= e.area.right
                for _, e in (*self._tall, *self._single.get(number, ()))
            )

        groups: dict[bytes, list[tuple[Row, RawCell, re.Match[bytes], dict[bytes, bytes]]]]
        groups = defaultdict(list)
        for row in self.sheet._scan(masked(self._old)):
            if self._old.find(b"shared", row.inner, row.close) < 0:
                continue
            for cell in self.sheet.cells(row):
                match = self.sheet.formula_tag.search(self._old, cell.inner, cell.close)
                attributes = dict(attributes_of(match[1])) if match else {}
                if match and attributes.get(b"t") == b"shared":
                    groups[attributes.get(b"si", b"")].append((row, cell, match, attributes))
        splices: list[tuple[int, int, bytes]] = []
        for index, members in groups.items():
            master = next((m for m in members if m[2][2]), None)
            if master is None or not hit(master[0].number, master[1].column):
                continue
            rest = [m for m in members if m is not master and not m[2][2]]
            rest = [m for m in rest if not hit(m[0].number, m[1].column)]
            if not rest:
                continue
            row, cell, match, _ = rest[0]
            text = unescape((master[2][2] or b"").decode("utf-8"))
            moved = translated(text, row.number - master[0].number, cell.column - master[1].column)
            top = min(m[0].number for m in rest)
            bottom = max(m[0].number for m in rest)
            left, right = min(m[1].column for m in rest), max(m[1].column for m in rest)
            span = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
            p = self._p
            opening = f'<{p}f t="shared" ref="{span}" si="{index.decode()}">'
            new = f"{opening}{escape(moved)}</{p}f>".encode()
            splices.append((match.start(), match.end(), new))
        if splices:
            out, copied = [], 0
            for start, end, new in sorted(splices):
                out += [self._old[copied:start], new]
                copied = end
            self.sheet._body = b"".join([*out, self._old[copied:]])
            self.sheet._index = None


class _Reach(NamedTuple):
    """How far left and right some edits reach."""

    edits: list[Edit]
    left: int
    right: int


class _Active:
    """The tall edits that cover the present row, while rows go by in ascending order."""

    def __init__(self, edits: list[tuple[int, Edit]]) -> None:
        self._coming = sorted(edits, key=lambda pair: pair[1].area.top, reverse=True)
        self._now: list[tuple[int, Edit]] = []
        self._edits: list[Edit] = []
        self._until = 0

    def at(self, number: int, single: list[tuple[int, Edit]] | None) -> list[Edit]:
        changed = False
        while self._coming and self._coming[-1][1].area.top <= number:
            self._now.append(self._coming.pop())
            changed = True
        if changed or number > self._until:
            self._now = sorted(
                (pair for pair in self._now if pair[1].area.bottom >= number), key=lambda p: p[0]
            )
            self._until = min((edit.area.bottom for _, edit in self._now), default=1 << 30)
            self._edits = [edit for _, edit in self._now]
        if not single:
            return self._edits
        return [edit for _, edit in sorted(self._now + single, key=lambda pair: pair[0])]


_MARKED = frozenset((Text, dt.datetime, dt.date, dt.time, dt.timedelta))


def _widen_spans(tag: bytes, first: int, last: int) -> bytes:
    start = tag.find(b"spans")
    return tag if start < 0 else tag[: start - 1] + _widened(tag[start - 1 :], first, last)


@lru_cache(maxsize=256)
def _widened(spans: bytes, first: int, last: int) -> bytes:
    """A tag from its ``spans`` on; rows by the thousand share what stands there."""
    match = _SPANS.match(spans)
    if match is None:
        return spans
    low, high = min(int(match[2]), first), max(int(match[3]), last)
    return match[1] + b"%d:%d" % (low, high) + match[4] + spans[match.end() :]

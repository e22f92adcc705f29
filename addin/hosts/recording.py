"""What a workbook was before an action wrote in it, so that the action can be taken back whole.

:func:`recorded` gives the same book behind objects that note, before each first write to a cell,
what the cell was. An action does not know of it; a write that could not be taken back is refused.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import xlwings

from addin.hosts import grow_tables
from addin.hosts.grid import Area
from addin.hosts.moved import Move, Moved, loses, stretches

WHOLE_ROW = 256  # columns at least; an old .xls has no more

Place = tuple[int, int]
Content = Any
"""Of a cell, as JSON has it: None, number, truth, text, ``{"=": formula}``, ``{"day": iso}``."""
Look = tuple[Any, ...]
"""As the engine gives it (``Range.looks``), else number format, fill, ink, bold, wrapped."""


class NotRecorded(NotImplementedError):
    """A write that has no way back; a mistake of the program, and nothing was written."""


@dataclass
class Former:
    """What was in one sheet where something has been written since; places and formulas as they
    were before rows came or went."""

    contents: dict[Place, Content] = field(default_factory=dict)
    looks: dict[Place, Look] = field(default_factory=dict)
    links: dict[Place, str] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)


@dataclass
class _Seen:
    """Looks read ahead: an action colours one stretch at a time, and what it has not coloured yet
    is as it was. ``bottom`` is the last row of the sheet before anything was written."""

    bottom: int
    looks: dict[Place, Look] = field(default_factory=dict)


@dataclass
class Record:
    """All that it takes to put back what an action has done, in whatever order it did it."""

    touched: dict[str, Former] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    deleted: dict[str, tuple[int, Former]] = field(default_factory=dict)  # and where it stood
    after: dict[str, dict[Place, Content]] = field(default_factory=dict)  # what was written
    moved: Moved = field(default_factory=Moved)
    seen: dict[str, _Seen] = field(default_factory=dict, repr=False)

    @property
    def cells(self) -> int:
        """How many cells hold something else than before."""
        gone = sum(
            content is not None
            for _, former in self.deleted.values()
            for content in former.contents.values()
        )
        return gone + sum(len(cells) for cells in self.after.values())

    def __bool__(self) -> bool:
        return bool(self.cells or self.added or self.deleted or self.moved)

    def note(self, sheet: str, found: Mapping[Place, Any], known: dict[Place, Any]) -> None:
        """What is found now is what was there, unless it is known; new rows had nothing."""
        for place, what in found.items():
            before = self.before(sheet, place) if self.moved else place
            if before is not None:
                known.setdefault(before, self.content_before(what, sheet))

    def knows(self, cells: xlwings.Range, known: Mapping[Place, Any]) -> bool:
        """All that was there of these cells."""
        if not self.moved:
            return all(place in known for place in _places(cells))
        name = cells.sheet.name
        befores = (self.before(name, place) for place in _places(cells))
        return all(before is None or before in known for before in befores)

    def before(self, sheet: str, place: Place) -> Place | None:
        row = self.moved.before(sheet, place[0])
        return None if row is None else (row, place[1])

    def content_before(self, content: Content, home: str) -> Content:
        if self.moved and isinstance(content, dict) and "=" in content:
            return {"=": self.moved.formula_before(content["="], home)}
        return content


def recorded(book: xlwings.Book) -> tuple[xlwings.Book, Record]:
    """The book to write in, and the record that grows meanwhile."""
    record = Record()
    return xlwings.Book(impl=_Book(book.impl, record)), record


def close_record(book: xlwings.Book, record: Record) -> None:
    """Keeps what has been written, for :func:`changed_since`; cells that are as before drop out."""
    for name, former in record.touched.items():
        was = _shifted(former, record.moved, name).contents
        now = _contents_at(book.sheets[name], was)
        changed = {place: content for place, content in now.items() if content != was[place]}
        record.after[name] = changed | _filled_rows(book.sheets[name], record.moved)
    for name in record.added:
        record.after[name] = _filled(book.sheets[name])


def changed_since(book: xlwings.Book, record: Record) -> list[tuple[str, Place]]:
    """Cells that hold something else than the action left there, in order."""
    names = [sheet.name for sheet in book.sheets]
    changed = []
    for name, written in record.after.items():
        if name not in names:
            if written and name not in record.added:
                changed.append((name, min(written)))
            continue
        now = _contents_at(book.sheets[name], written)
        now |= _filled_rows(book.sheets[name], record.moved)
        if name in record.added:
            now |= _filled(book.sheets[name])
        places = sorted(now.keys() | written.keys())
        changed += [(name, place) for place in places if now.get(place) != written.get(place)]
    return changed


def rows_out_of_place(record: Record, changed: Collection[tuple[str, Place]]) -> bool:
    """Has a new row been deleted or moved since? Two of the texts written in it say something
    else."""
    texts = Counter(
        (name, place[0])
        for name, place in changed
        if isinstance(record.after.get(name, {}).get(place), str)
    )
    new = {(name, row) for name, _, _ in record.moved.moves for row in record.moved.new_rows(name)}
    return any(count > 1 and where in new for where, count in texts.items())


def put_back(
    book: xlwings.Book,
    record: Record,
    *,
    kept: frozenset[tuple[str, Place]] = frozenset(),
    dressed: Callable[[xlwings.Sheet], None] = lambda sheet: None,
) -> None:
    """Everything as it was, but for the cells ``kept``; a sheet or a new row with such cells stays.

    ``dressed`` gives a sheet that comes back what nobody can ask of one: frozen rows, its page.
    """
    left = _rows_back(book, record.moved, kept)
    for name, (index, former) in record.deleted.items():
        beside = book.sheets[max(index - 2, 0)]
        order = {"before": beside} if index == 1 else {"after": beside}
        sheet = book.sheets.add(name, **order)
        _put(sheet, former)
        dressed(sheet)
    names = [sheet.name for sheet in book.sheets]
    for name, former in record.touched.items():
        if name in names:
            stay = frozenset(record.before(name, place) for sheet, place in kept if sheet == name)
            mine = {p: content for p, content in former.contents.items() if p not in stay}
            _put(book.sheets[name], _shifted(replace(former, contents=mine), left, name))
    for name in record.added:
        if name in names and not any(sheet == name for sheet, _ in kept):
            book.sheets[name].delete()


# --- the book behind which notes are taken ----------------------------------------------------


class _Stand:
    """Stands for an engine's object: passes on what is asked, and lets nothing be set unnoted."""

    REFUSED: frozenset[str] = frozenset()

    def __init__(self, own: Any, record: Record) -> None:
        vars(self).update(own=own, record=record)

    def __getattr__(self, name: str) -> Any:
        if name in self.REFUSED and not self._new():
            raise NotRecorded(name)
        return getattr(self.own, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "options" and not self._new():  # xlwings keeps its options with the range
            self._note(name)
        setattr(self.own, name, value)

    def _new(self) -> bool:
        """Does it lie on a sheet that the action itself has made?"""
        return False

    def _note(self, name: str) -> None:
        raise NotRecorded(name)


class _Book(_Stand):
    @property
    def sheets(self) -> _Sheets:
        return _Sheets(self.own.sheets, self.record)


class _Sheets(_Stand):
    def _sheet(self, own: Any) -> _Sheet:
        return _Sheet(own, self.record)

    @property
    def active(self) -> _Sheet:
        return self._sheet(self.own.active)

    def __call__(self, key: int | str) -> _Sheet:
        return self._sheet(self.own(key))

    def __len__(self) -> int:
        return len(self.own)

    def __iter__(self) -> Iterator[_Sheet]:
        return map(self._sheet, self.own)

    def add(self, before: Any = None, after: Any = None, name: str | None = None) -> _Sheet:
        made = self.own.add(_bare(before), _bare(after), name)
        self.record.added.append(made.name)
        return self._sheet(made)


class _Sheet(_Stand):
    REFUSED = frozenset({"copy", "clear", "clear_formats", "set_up_page", "freeze_panes", "tables"})

    def _new(self) -> bool:
        return self.own.name in self.record.added

    @property
    def book(self) -> _Book:
        return _Book(self.own.book, self.record)

    def range(self, first: Any, last: Any = None) -> _Range:
        return _Range(self.own.range(_bare(first), _bare(last)), self.record)

    @property
    def used_range(self) -> _Range:
        return _Range(self.own.used_range, self.record)

    def clear_contents(self) -> None:
        self.used_range.clear_contents()

    def grow_tables(self, last: int, new_last: int) -> None:
        """Over new rows only: they take the table back with them."""
        rows = range(last + 1, new_last + 1)
        if not self._new() and any(self.record.moved.before(self.own.name, row) for row in rows):
            raise NotRecorded("grow_tables")
        grow_tables(xlwings.Sheet(impl=self.own), last, new_last)

    def delete(self) -> None:
        name = self.own.name
        if self._new():
            self.record.added.remove(name)
        else:
            sheet = xlwings.Sheet(impl=self.own)
            former = self.record.touched.pop(name, Former())
            _note_all(sheet.used_range, former, self.record)
            self.record.moved.forget(name)
            self.record.deleted[name] = self.own.index, former
        self.own.delete()


class _Range(_Stand):
    LOOKS = frozenset({"number_format", "color", "wrap_text", "bold"})
    REFUSED = frozenset(
        {
            "copy_from", "merge", "unmerge", "add_note", "clear", "clear_formats", "name",
            "autofit", "borders", "autofilter", "offer_choices",
        }
    )  # fmt: skip

    def _new(self) -> bool:
        return self.own.sheet.name in self.record.added

    @property
    def sheet(self) -> _Sheet:
        return _Sheet(self.own.sheet, self.record)

    def __len__(self) -> int:
        return len(self.own)

    def __call__(self, *place: Any) -> _Range:
        return _Range(self.own(*place), self.record)

    @property
    def font(self) -> _Font:
        return _Font(self.own.font, self.record, self)

    def __getattr__(self, name: str) -> Any:
        known = super().__getattr__(name)
        if name not in ("apply_style", "put_look"):
            return known

        def noted(look: Any) -> None:
            self.note_looks()
            known(look)

        return noted

    def clear_contents(self) -> None:
        self._note_contents()
        self.own.clear_contents()

    def insert(self, shift: str, copy_origin: str) -> None:
        """Whole rows; what is written in them later is new with them."""
        if self._new():
            self.own.insert(shift, copy_origin)
            return
        move = self._whole_rows("insert", 1)
        self.own.insert(shift, copy_origin)
        self._move(move)

    def delete(self, shift: str | None = None) -> None:
        """Whole rows, with all that they say and what other cells say of them."""
        if self._new():
            self.own.delete(shift)
            return
        move = self._whole_rows("delete", -1)
        sheet = xlwings.Sheet(impl=self.own.sheet)
        _note_all(
            sheet.range(
                (self.own.row, 1), (self.own.row - move[2] - 1, sheet.used_range.last_cell.column)
            ),
            self._former,
            self.record,
        )
        for other in sheet.book.sheets:
            _note_losses(other, move, self.record)
        self.own.delete(shift)
        self._move(move)

    def _whole_rows(self, name: str, sign: int) -> Move:
        height, width = self.own.shape
        if width < WHOLE_ROW:
            raise NotRecorded(name)
        _touch(xlwings.Sheet(impl=self.own.sheet), self.record)
        return self.own.sheet.name, self.own.row, sign * height

    def _move(self, move: Move) -> None:
        """What was read ahead has moved, and is read again."""
        name, _, count = move
        self.record.moved.moves.append(move)
        self.record.seen[name] = _Seen(self.record.seen[name].bottom + count)

    def copy(self, destination: Any = None) -> None:
        target = destination.impl
        rows = range(target.own.row, target.own.row + target.own.shape[0])
        name = target.own.sheet.name
        if not target._new() and any(self.record.moved.before(name, row) for row in rows):
            raise NotRecorded("copy")
        self.own.copy(xlwings.Range(impl=target.own))

    def add_hyperlink(self, address: str, text: str, tip: str) -> None:
        self._note_contents()
        self.note_looks()
        self._note_link()
        self.own.add_hyperlink(address, text, tip)

    # notes

    def _cells(self) -> xlwings.Range:
        """The same cells, unnoted; a range of their own, for xlwings keeps options with each."""
        height, width = self.own.shape
        sheet = xlwings.Sheet(impl=self.own.sheet)
        first = self.own.row, self.own.column
        return sheet.range(first, (first[0] + height - 1, first[1] + width - 1))

    @property
    def _former(self) -> Former:
        return _touch(xlwings.Sheet(impl=self.own.sheet), self.record)

    def _note(self, name: str) -> None:
        if name in ("raw_value", "formula", "formula2"):
            self._note_contents()
        elif name in self.LOOKS:
            self.note_looks()
        elif name in ("column_width", "row_height"):
            _note_sizes(self._cells(), self._former, name, self.record)
        else:
            raise NotRecorded(name)

    def _note_contents(self) -> None:
        if not self._new():
            _note_contents(self._cells(), self._former.contents, self.record)

    def note_looks(self) -> None:
        if not self._new():
            former = self._former
            seen = self.record.seen[self.own.sheet.name]
            _note_looks(self._cells(), former.looks, seen, self.record)

    def _note_link(self) -> None:
        if self._new():
            return
        name, place = self.own.sheet.name, (self.own.row, self.own.column)
        try:
            self.record.note(name, {place: self.own.hyperlink}, self._former.links)
        except Exception:  # each engine says in its own way that there is none
            return


class _Font(_Stand):
    def __init__(self, own: Any, record: Record, cells: _Range) -> None:
        super().__init__(own, record)
        vars(self).update(cells=cells)

    def _new(self) -> bool:
        return self.cells._new()

    def _note(self, name: str) -> None:
        if name not in ("bold", "color"):
            raise NotRecorded(f"font.{name}")
        self.cells.note_looks()


def _bare(thing: Any) -> Any:
    return thing.own if isinstance(thing, _Stand) else thing


# --- reading ----------------------------------------------------------------------------------


def _touch(sheet: xlwings.Sheet, record: Record) -> Former:
    if sheet.name not in record.touched:
        record.touched[sheet.name] = Former()
        record.seen[sheet.name] = _Seen(sheet.used_range.last_cell.row)
    return record.touched[sheet.name]


def _places(cells: xlwings.Range) -> Iterator[Place]:
    height, width = cells.shape
    for row in range(cells.row, cells.row + height):
        for column in range(cells.column, cells.column + width):
            yield row, column


def _note_contents(cells: xlwings.Range, known: dict[Place, Content], record: Record) -> None:
    if not record.knows(cells, known):
        record.note(cells.sheet.name, _contents(cells), known)


def _contents(cells: xlwings.Range) -> dict[Place, Content]:
    values = cells.options(ndim=2, err_to_str=True).value
    formulas = cells.formula
    if not isinstance(formulas, tuple):
        formulas = ((formulas,),)
    flat = (
        _content(value, text)
        for line, texts in zip(values, formulas, strict=True)
        for value, text in zip(line, texts, strict=True)
    )
    return dict(zip(_places(cells), flat, strict=True))


def _content(value: Any, formula: Any) -> Content:
    if isinstance(formula, str) and formula.startswith("=") and formula != value:
        return {"=": formula}
    if isinstance(value, dt.datetime):
        return {"day": value.isoformat()}
    return value


def _contents_at(sheet: xlwings.Sheet, places: Mapping[Place, Any]) -> dict[Place, Content]:
    """Of these cells, in one reading."""
    if not places:
        return {}
    (top, bottom), (left, right) = ((min(n), max(n)) for n in zip(*places, strict=True))
    found = _contents(_cells(sheet, Area(top, left, bottom, right)))
    return {place: found[place] for place in places}


def _filled(sheet: xlwings.Sheet) -> dict[Place, Content]:
    return {p: content for p, content in _contents(sheet.used_range).items() if content is not None}


def _filled_rows(sheet: xlwings.Sheet, moved: Moved) -> dict[Place, Content]:
    """What stands in the rows that were put into a sheet."""
    found: dict[Place, Content] = {}
    for top, bottom in stretches(moved.new_rows(sheet.name)):
        last = max(sheet.used_range.last_cell.column, 2)
        found |= _contents(_cells(sheet, Area(top, 1, bottom, last)))
    return {place: content for place, content in found.items() if content is not None}


def _note_looks(
    cells: xlwings.Range, known: dict[Place, Look], seen: _Seen, record: Record
) -> None:
    """Whole columns are read at the first touch."""
    if record.knows(cells, known):
        return
    if any(place not in seen.looks for place in _places(cells)):
        last = cells.last_cell
        top, bottom = (
            (1, max(seen.bottom, last.row)) if cells.row <= seen.bottom else (cells.row, last.row)
        )
        whole = cells.sheet.range((top, cells.column), (bottom, last.column))
        seen.looks = looks(whole) | seen.looks
    here = {place: seen.looks[place] for place in _places(cells)}
    record.note(cells.sheet.name, here, known)


def looks(cells: xlwings.Range) -> dict[Place, Look]:
    """How each cell looks; by halves where an engine only tells what a whole range shares."""
    own = getattr(cells.impl, "looks", None)
    if own is not None:
        return dict(
            zip(_places(cells), (tuple(look) for row in own() for look in row), strict=True)
        )
    shared = _shared_look(cells)
    if shared is not None:
        return dict.fromkeys(_places(cells), shared)
    height, width = cells.shape
    if height > 1:
        return looks(cells[: height // 2, :]) | looks(cells[height // 2 :, :])
    return looks(cells[:, : width // 2]) | looks(cells[:, width // 2 :])


def _shared_look(cells: xlwings.Range) -> Look | None:
    """None where the cells differ, as Excel says it: None, but black for fills, and for inks what
    xlwings cannot read."""
    fill = cells.color
    try:
        ink = cells.font.color
    except TypeError:
        ink = None
    look = cells.number_format, fill, ink, cells.font.bold, cells.wrap_text
    differ = None in (look[0], *look[2:]) or fill == (0, 0, 0)
    return None if differ and cells.shape != (1, 1) else look


def _note_sizes(cells: xlwings.Range, former: Former, kind: str, record: Record) -> None:
    if kind == "column_width":
        for column in range(cells.column, cells.column + cells.shape[1]):
            if column not in former.widths:
                former.widths[column] = cells.sheet.range((1, column)).column_width
    else:
        for row in range(cells.row, cells.row + cells.shape[0]):
            before = record.moved.before(cells.sheet.name, row)
            if before is not None and before not in former.heights:
                former.heights[before] = cells.sheet.range((row, 1)).row_height


def _note_all(cells: xlwings.Range, former: Former, record: Record) -> None:
    _note_contents(cells, former.contents, record)
    record.note(cells.sheet.name, looks(cells), former.looks)
    _note_sizes(cells, former, "column_width", record)
    _note_sizes(cells, former, "row_height", record)


def _note_losses(sheet: xlwings.Sheet, move: Move, record: Record) -> None:
    """Formulas that rows taken out would leave without some of their cells."""
    if sheet.name in record.added:
        return
    lost = {
        place: content
        for place, content in _contents(sheet.used_range).items()
        if isinstance(content, dict) and loses(content.get("=", "")[1:], sheet.name, move)
    }
    if lost:
        record.note(sheet.name, lost, _touch(sheet, record).contents)


# --- writing back -----------------------------------------------------------------------------


def _rows_back(book: xlwings.Book, moved: Moved, kept: frozenset[tuple[str, Place]]) -> Moved:
    """Takes out the rows that have come and puts in those that have gone; gives what is left
    because a cell in it is kept."""
    left = Moved()
    names = [sheet.name for sheet in book.sheets]
    if not kept:
        for name, at, count in reversed(moved.moves):
            if name in names:
                rows = book.sheets[name].range(f"{at}:{at + abs(count) - 1}")
                rows.delete("up") if count > 0 else rows.insert("down")
        return left
    for name in dict.fromkeys(name for name, _, _ in moved.moves if name in names):
        stay = {place[0] for sheet, place in kept if sheet == name}
        gone = [row for row in moved.new_rows(name) if row not in stay]
        for top, bottom in reversed(list(stretches(gone))):
            book.sheets[name].range(f"{top}:{bottom}").delete("up")
        left.moves += moved.left(name, stay)
    return left


def _shifted(former: Former, moved: Moved, home: str) -> Former:
    """The same with places and formulas as they are now; rows that have gone drop out."""
    if not moved:
        return former

    def at_now(cells: Mapping[Place, Any]) -> dict[Place, Any]:
        rows = {row: moved.now(home, row) for row, _ in cells}
        return {
            (now, column): cell
            for (row, column), cell in cells.items()
            if (now := rows[row]) is not None
        }

    contents = {
        place: {"=": moved.formula_now(content["="], home)}
        if isinstance(content, dict) and "=" in content
        else content
        for place, content in at_now(former.contents).items()
    }
    heights = {
        row: height
        for (row, _), height in at_now(
            {(row, 1): height for row, height in former.heights.items()}
        ).items()
    }
    return Former(contents, at_now(former.looks), at_now(former.links), former.widths, heights)


def _put(sheet: xlwings.Sheet, former: Former) -> None:
    for column, width in former.widths.items():
        sheet.range((1, column)).column_width = width
    for row, height in former.heights.items():
        sheet.range((row, 1)).row_height = height
    for place, address in former.links.items():
        sheet.range(place).add_hyperlink(address, " ", "到这一行")
    for area in blocks(former.looks, by=lambda look: look):
        _put_look(_cells(sheet, area), former.looks[area.top, area.left])
    contents = former.contents
    for area in blocks(contents):
        _cells(sheet, area).value = [
            [_typed(contents[row, column]) for column in range(area.left, area.right + 1)]
            for row in range(area.top, area.bottom + 1)
        ]


def _cells(sheet: xlwings.Sheet, area: Area) -> xlwings.Range:
    return sheet.range((area.top, area.left), (area.bottom, area.right))


def _put_look(cells: xlwings.Range, look: Look) -> None:
    own = getattr(cells.impl, "put_look", None)
    if own is not None:
        own(look)
        return
    cells.number_format, cells.color, ink, cells.font.bold, cells.wrap_text = look
    if ink is not None:
        cells.font.color = ink


def _typed(content: Content) -> Any:
    """As it must be typed: a text that looks like something else takes an apostrophe."""
    if isinstance(content, dict):
        day = content.get("day")
        return dt.datetime.fromisoformat(day) if day else content["="]
    if isinstance(content, str) and content[:1].isascii():
        return "'" + content
    return content


def blocks(
    cells: Mapping[Place, Any], by: Callable[[Any], Any] = lambda cell: None
) -> Iterator[Area]:
    """The places as rectangles that follow each other, each of cells that are alike."""
    growing: dict[tuple[int, int, Any], int] = {}  # left, right, kind: the first row
    last = 0
    for row, runs in _runs(cells, by):
        same = set(runs) if row == last + 1 else set()
        for run in [run for run in growing if run not in same]:
            yield Area(growing.pop(run), run[0], last, run[1])
        for run in runs:
            growing.setdefault(run, row)
        last = row
    for run, top in growing.items():
        yield Area(top, run[0], last, run[1])


def _runs(
    cells: Mapping[Place, Any], by: Callable[[Any], Any]
) -> Iterator[tuple[int, list[tuple[int, int, Any]]]]:
    """Of each row: first column, last column and kind of cells that stand side by side."""
    row = 0
    runs: list[tuple[int, int, Any]] = []
    for (at, column), cell in sorted(cells.items(), key=lambda item: item[0]):
        if at != row:
            if runs:
                yield row, runs
            row, runs = at, []
        kind = by(cell)
        if runs and runs[-1][1:] == (column - 1, kind):
            runs[-1] = runs[-1][0], column, kind
        else:
            runs.append((column, column, kind))
    if runs:
        yield row, runs


# --- as JSON ----------------------------------------------------------------------------------


def to_json(record: Record) -> dict[str, Any]:
    return {
        "touched": {name: _former_to_json(former) for name, former in record.touched.items()},
        "added": record.added,
        "deleted": {n: [index, _former_to_json(f)] for n, (index, f) in record.deleted.items()},
        "after": {name: _to_list(cells) for name, cells in record.after.items()},
        "moved": record.moved.moves,
    }


def from_json(told: Mapping[str, Any]) -> Record:
    return Record(
        {name: _former_from_json(former) for name, former in told["touched"].items()},
        list(told["added"]),
        {name: (index, _former_from_json(f)) for name, (index, f) in told["deleted"].items()},
        {name: _from_list(cells) for name, cells in told["after"].items()},
        Moved([(name, at, count) for name, at, count in told.get("moved", ())]),
    )


def _former_to_json(former: Former) -> dict[str, Any]:
    return {
        "contents": _to_list(former.contents),
        "looks": _to_list(former.looks),
        "links": _to_list(former.links),
        "widths": list(former.widths.items()),
        "heights": list(former.heights.items()),
    }


def _former_from_json(told: Mapping[str, Any]) -> Former:
    looks = {place: _tuples(look) for place, look in _from_list(told["looks"]).items()}
    return Former(
        _from_list(told["contents"]),
        looks,
        _from_list(told["links"]),
        dict(told["widths"]),
        dict(told["heights"]),
    )


def _to_list(cells: Mapping[Place, Any]) -> list[Any]:
    return [[row, column, cell] for (row, column), cell in cells.items()]


def _from_list(told: list[Any]) -> dict[Place, Any]:
    return {(row, column): cell for row, column, cell in told}


def _tuples(look: Any) -> Any:
    return tuple(map(_tuples, look)) if isinstance(look, list) else look

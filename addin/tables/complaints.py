"""What could not be read in a row, as a column of the clerk's own words for a rule to quote."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from addin.domain import values
from addin.tables import catalogue
from addin.tables.fields import Field, Type
from addin.tables.read import State, Table

Wrong = Callable[[Table, Field], np.ndarray]


@dataclass(frozen=True)
class Complaint:
    """A column of text, ``None`` where there is nothing to say."""

    words: str
    about: Callable[[Field], bool]
    wrong: Wrong


def _in_state(*states: State) -> Wrong:
    return lambda table, f: np.isin(table.state[f.name], states)


UNREADABLE = _in_state(State.UNREADABLE)
UNCALCULATED = _in_state(State.UNCALCULATED)


def unreadable_or_negative(table: Table, f: Field) -> np.ndarray:
    negative = (table.frame[f.name] < 0).fillna(False).to_numpy(bool)
    return negative | UNREADABLE(table, f)


def unreadable_or_not_positive(table: Table, f: Field) -> np.ndarray:
    none = (table.frame[f.name] <= 0).fillna(False).to_numpy(bool)
    return none | UNREADABLE(table, f)


def cut_off(table: Table, f: Field) -> np.ndarray:
    """Stored as a number too long for Excel, or as the text of one (R016)."""
    raw = table.raw[f.name]
    as_text = list(map(values.is_truncated_text, raw.distinct))
    return np.array(as_text, bool)[raw.codes] | (table.state[f.name] == State.TRUNCATED)


def named(*names: str) -> Callable[[Field], bool]:
    return lambda f: f.name in names


def of_type(*types: Type) -> Callable[[Field], bool]:
    return lambda f: f.type in types


def blanks(table: Table, required: Collection[str]) -> np.ndarray:
    """Required headers without a value. An error cell where a text must stand is a gap too."""
    texts = (Type.TEXT, Type.CODE, Type.BARCODES)
    empty = _in_state(State.BLANK)
    empty_or_error = _in_state(State.BLANK, State.UNREADABLE)
    told = _nothing(table)
    for f in table.spec.fields:
        if f.header in required:
            wrong = empty_or_error if f.type in texts else empty
            _add(told, table, f, "{header}", wrong(table, f))
    return told


def tell(table: Table, complaint: Complaint) -> np.ndarray:
    told = _nothing(table)
    for f in table.spec.fields:
        if complaint.about(f) and f not in catalogue.WAIVER_COLUMNS:
            _add(told, table, f, complaint.words, complaint.wrong(table, f))
    return told


def _nothing(table: Table) -> np.ndarray:
    return np.full(len(table.rows), None, object)


def _add(told: np.ndarray, table: Table, f: Field, words: str, wrong: np.ndarray) -> None:
    for i in np.flatnonzero(wrong).tolist():
        cell = table.cell(f.name, i) if f.name in table.layout.columns else f.header
        piece = words.format(header=f.header, raw=table.raw[f.name].shown(i), cell=cell)
        told[i] = piece if told[i] is None else f"{told[i]}、{piece}"

"""All slips of a check in one frame: install slips first, then repair slips, in sheet order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from addin.tables import catalogue
from addin.tables.complaints import (
    UNCALCULATED,
    UNREADABLE,
    Complaint,
    blanks,
    cut_off,
    named,
    of_type,
    tell,
    unreadable_or_negative,
)
from addin.tables.fields import Field, Type
from addin.tables.read import Raw, State, Table, coerce

INSTALL_ENTRY = catalogue.INSTALL.extended(catalogue.WAIVER_COLUMNS)
REPAIR_ENTRY = catalogue.REPAIR.extended(catalogue.WAIVER_COLUMNS)
ENTRIES = (INSTALL_ENTRY, REPAIR_ENTRY)
FEES = ("claimed_labour", "claimed_travel", "claimed_other", "claimed_parts")


@dataclass
class Slips:
    """``frame`` holds the typed input of every slip; ``tables`` and ``offsets`` lead back to it."""

    frame: pd.DataFrame
    tables: list[Table]
    offsets: list[int]
    installs: int

    def __len__(self) -> int:
        return len(self.frame)

    def where(self, i: int) -> tuple[Table, int]:
        """The table of slip ``i`` and its position in it."""
        t = int(np.searchsorted(self.offsets, i, side="right")) - 1
        return self.tables[t], i - self.offsets[t]

    def unread(self, name: str) -> np.ndarray:
        """Slips whose cell is filled and still has no value: unreadable, cut off, uncalculated."""
        pieces = [
            t.state[name] > State.BLANK if name in t.spec else np.zeros(len(t.rows), bool)
            for t in self.tables
        ]
        return np.concatenate(pieces) if pieces else np.zeros(0, bool)

    def parts(self) -> Iterable[tuple[Table, slice]]:
        """Each table with its stretch of the frame."""
        for table, start in zip(self.tables, self.offsets, strict=True):
            yield table, slice(start, start + len(table.rows))


def combine(tables: Sequence[Table], required: Mapping[str, Collection[str]]) -> Slips:
    """Every table's columns under one roof; a field that a sheet does not have is blank there.

    ``required`` names by service (安装, 维修) the headers that may not be blank.
    """
    ordered = sorted(tables, key=lambda t: t.spec.name != catalogue.INSTALL.name)
    fields = {f.name: f for spec in ENTRIES for f in spec.fields}
    columns: dict[str, object] = {}
    for name, f in fields.items():
        pieces = [_column(table, f) for table in ordered]
        columns[name] = _joined(pieces, f)
    sizes = [len(t.rows) for t in ordered]
    services = [service_of(t) for t in ordered]
    columns["service"] = np.repeat(np.array(services, object), sizes)
    columns["workbook"] = np.repeat(np.array([t.workbook for t in ordered], object), sizes)
    columns["sheet"] = np.repeat(np.array([t.sheet for t in ordered], object), sizes)
    columns["row"] = np.concatenate([t.rows for t in ordered] or [np.zeros(0, np.int64)])
    columns |= complaints(ordered, required)
    return Slips(
        frame=pd.DataFrame(columns, copy=False),
        tables=ordered,
        offsets=np.cumsum([0, *sizes])[:-1].tolist() if sizes else [],
        installs=sum(n for n, s in zip(sizes, services, strict=True) if s == "安装"),
    )


def service_of(table: Table) -> str:
    return "安装" if table.spec.name == catalogue.INSTALL.name else "维修"


def _column(table: Table, f: Field) -> object:
    if f.name in table.spec and table.spec[f.name].type is f.type:
        return table.frame[f.name].array
    if f.name in table.spec:
        return table.frame[f.name].to_numpy(object)
    return coerce(Raw([None], np.zeros(len(table.rows), np.int32)), f)[0]


def _joined(pieces: Sequence[object], f: Field) -> object:
    if len(pieces) == 1:
        return pieces[0]
    if f.type in (Type.MONEY, Type.INT, Type.KM, Type.BOOL, Type.DATE):
        return pd.concat([pd.Series(p) for p in pieces], ignore_index=True).array
    return np.concatenate([np.asarray(p, object) for p in pieces]) if pieces else []


# --- what could not be read, in the clerk's words -------------------------------------------

COMPLAINTS: Mapping[str, Complaint] = {
    "bad_dates": Complaint("{header}“{raw}”", of_type(Type.DATE), UNREADABLE),
    "bad_amounts": Complaint("{header}“{raw}”", named(*FEES), unreadable_or_negative),
    "bad_choices": Complaint("{header}“{raw}”", of_type(Type.ENUM, Type.BOOL), UNREADABLE),
    "bad_phone": Complaint("{raw}", of_type(Type.PHONE), UNREADABLE),
    "bad_total": Complaint("{header}“{raw}”", named("claimed_total"), UNREADABLE),
    "bad_distance": Complaint("{header}“{raw}”", named("distance"), unreadable_or_negative),
    "bad_quantity": Complaint("{raw}", named("quantity"), UNREADABLE),
    "cut_off": Complaint("{header}", named("slip_no", "barcodes", "invoice_no"), cut_off),
    "uncalculated": Complaint("{cell}", lambda f: True, UNCALCULATED),
}


def complaints(
    tables: Sequence[Table], required: Mapping[str, Collection[str]]
) -> dict[str, np.ndarray]:
    """Every column of complaints, by name."""
    gaps = [blanks(table, required[service_of(table)]) for table in tables]
    told = {
        name: _together([tell(table, complaint) for table in tables])
        for name, complaint in COMPLAINTS.items()
    }
    return {"blank_fields": _together(gaps), **told}


def _together(pieces: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(pieces) if pieces else np.zeros(0, object)

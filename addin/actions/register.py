"""The call-back register of a month as the clerk has filled it in so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from addin.errors import BadInput
from addin.facts.joined import SLIP
from addin.hosts import files, intake, read_grid
from addin.reports import callback
from addin.tables.read import Notice, State, Table, read

NEEDED = ("service", "outlet_code", "slip_no", "valid", "outcome")
"""Without one of these columns an answer would be lost, so the register is not read."""

UNTRUE = "不属实"


@dataclass(frozen=True)
class Register:
    """Its rows with a 单号, ``row`` being where they stand."""

    workbook: str
    sheet: str
    rows: pd.DataFrame
    notices: list[Notice] = field(default_factory=list)


def register_of(out: Path, period: str) -> Register | None:
    """The register in 输出/; None before the first sample was drawn."""
    path = out / callback.LAYOUT.file_name(period)
    if not path.is_file():
        return None
    intake.inspect(path)
    book = files.open_book(path)
    sheet = book.sheets[0]
    table = read(read_grid(sheet), callback.CALLBACK, workbook=path.name, sheet=sheet.name)
    book.close()
    if missing := [name for name in NEEDED if name not in table.layout.columns]:
        raise BadInput(
            f"缺少“{'、'.join(callback.CALLBACK[name].header for name in missing)}”列",
            "请改正表头;要从头抽样,请先删掉这个文件",
            workbook=path.name,
            sheet=sheet.name,
        )
    rows = table.frame.assign(row=table.rows)
    rows = rows[rows["slip_no"].notna().to_numpy(bool)].reset_index(drop=True)
    return Register(path.name, sheet.name, rows, list(unreadable(table, ("valid", "outcome"))))


def strangers(register: Register, checked: pd.DataFrame) -> Iterator[Notice]:
    """Answers 不属实 about slips that are not in the month, so that none is lost in silence."""
    refuted = register.rows[(register.rows["outcome"] == UNTRUE).to_numpy(bool)]
    here = pd.MultiIndex.from_frame(checked[SLIP])
    for service, slip_no, row in refuted[~pd.MultiIndex.from_frame(refuted[SLIP]).isin(here)][
        ["service", "slip_no", "row"]
    ].itertuples(index=False):
        words = f"回访不属实的{service or ''}单{slip_no}不在本月单据里,没有拒付"
        yield Notice(words, register.workbook, register.sheet, int(row), "R710")


def unreadable(table: Table, names: Iterable[str]) -> Iterator[Notice]:
    """Every cell of these columns that says something which cannot be read."""
    for name in names:
        for n in np.flatnonzero(table.state[name] > State.BLANK).tolist():
            yield Notice(
                f"单元格{table.cell(name, n)}的{table.spec[name].header}"
                f"“{table.raw[name].shown(n)}”无法识别,没有核对",
                table.workbook,
                table.sheet,
                int(table.rows[n]),
            )

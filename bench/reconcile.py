"""Our list against theirs, large: ``python -m bench.reconcile [--rows N] [--times N]``.

Our reconcile with its reasons against peers that do the exact step only (pandas, polars, DuckDB)
and against datacompy. Peers are no part of the project: one that is not installed is named and
left out. Asserts nothing; what was measured, and the lines, are in docs/performance.md.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from addin.domain.matching import match

KEY = ["slip_no", "part_code"]
PARTS = 500
DAYS = 365
DIFFERENT = 0.01


@dataclass(frozen=True)
class Pair:
    """Two ledgers, and how many entries each kind of difference befell."""

    ours: pd.DataFrame
    theirs: pd.DataFrame
    seeded: dict[str, int]


def ledgers(rows: int, seed: int = 1) -> Pair:
    """A row a slip; theirs in another order, in objects of its own, as another file is read."""
    random = np.random.default_rng(seed)
    part = random.integers(0, PARTS, rows)
    price = random.integers(160, 8000, PARTS)[part] * 5
    quantity = random.integers(1, 10, rows)
    day = np.datetime64("2025-01-01", "s") + random.integers(0, DAYS, rows) * np.timedelta64(1, "D")
    number = np.arange(rows) * 7 + 10_000_000  # gaps: a mistyped number is seldom another slip's
    whole = pd.DataFrame(
        {
            "number": number, "part": part, "name": part, "quantity": quantity, "price": price,
            "amount": quantity * price, "date": day,
        }
    )  # fmt: skip
    theirs = whole.copy()
    kinds = np.array_split(random.permutation(rows)[: round(rows * DIFFERENT)], 6)
    kinds[1] = kinds[1][_transposed(number[kinds[1]]) != number[kinds[1]]]
    theirs.loc[kinds[0], "amount"] += 100
    theirs.loc[kinds[1], "number"] = _transposed(number[kinds[1]])
    theirs.loc[kinds[2], "number"] = -1
    theirs.loc[kinds[3], "part"] = -1
    ours = whole.drop(index=kinds[4])
    theirs = theirs.drop(index=kinds[5]).iloc[random.permutation(rows - len(kinds[5]))]
    said = ("金额不同", "编号两位颠倒", "缺编号", "缺配件编码", "我方缺", "对方缺")
    return Pair(
        _written(ours, "配件{}"),
        _written(theirs, "电配件{}"),
        {kind: len(rows) for kind, rows in zip(said, kinds, strict=True)},
    )


def _transposed(number: np.ndarray) -> np.ndarray:
    """The last digit but two and the one before it change places."""
    hundreds, thousands = number // 100 % 10, number // 1000 % 10
    changed: np.ndarray = number + (hundreds - thousands) * 900
    return changed


def _written(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Texts as ``addin.tables`` reads them: Python objects, ``None`` where blank."""
    codes, names = (
        np.array([*map(form.format, range(PARTS)), None], object) for form in ("PJ{:03}", name)
    )
    columns = {
        "slip_no": np.array([None if n < 0 else f"FH{n}" for n in frame["number"]], object),
        "part_code": codes[frame["part"]],
        "part_name": names[frame["name"]],
    }
    texts = {name: pd.Series(column, dtype=object) for name, column in columns.items()}
    kept = frame.reset_index(drop=True)[["quantity", "price", "amount", "date"]]
    return pd.concat([pd.DataFrame(texts), kept], axis=1)


# --- peers: each makes its own tables first, which is not timed ------------------------------

Work = Callable[[], Any]


def with_pandas(_: ModuleType, pair: Pair) -> Work:
    ours, theirs = (side.astype(dict.fromkeys(KEY, "str")) for side in (pair.ours, pair.theirs))
    return partial(ours.merge, theirs, on=KEY, how="outer", sort=False)


def with_polars(polars: ModuleType, pair: Pair) -> Work:
    ours, theirs = polars.from_pandas(pair.ours), polars.from_pandas(pair.theirs)
    return partial(ours.join, theirs, on=KEY, how="full")


def with_duckdb(duckdb: ModuleType, pair: Pair) -> Work:
    connection = duckdb.connect()
    for name, side in (("ours", pair.ours), ("theirs", pair.theirs)):
        connection.register("side", side)
        connection.execute(f"create table {name} as select * from side")
    joined = f"select * from ours full join theirs using ({', '.join(KEY)})"
    return partial(connection.execute, f"create or replace table joined as {joined}")


def with_datacompy(datacompy: ModuleType, pair: Pair) -> Work:
    return partial(datacompy.PandasCompare, pair.ours, pair.theirs, join_columns=KEY)


EXACT = {"pandas": with_pandas, "polars": with_polars, "duckdb": with_duckdb}
WHOLE = {"datacompy": with_datacompy}


def present(peers: dict[str, Callable[[ModuleType, Pair], Work]], pair: Pair) -> Iterator[Any]:
    for name, prepared in peers.items():
        try:
            library = importlib.import_module(name)
        except ImportError:
            print(f"{name} is not installed and was left out")
        else:
            yield f"{name} {library.__version__}", prepared(library, pair)


def seconds(work: Work, times: int) -> tuple[float, float]:
    """The best of so many runs: waited for, and of processor time."""
    best = [float("inf")] * 2
    for _ in range(times):
        gc.collect()
        started = time.perf_counter(), time.process_time()
        work()
        ended = time.perf_counter(), time.process_time()
        best = [min(b, e - s) for b, s, e in zip(best, started, ended, strict=True)]
    return best[0], best[1]


def found(pair: Pair) -> str:
    lines = match(pair.ours, pair.theirs).lines
    counts = lines.groupby(["conclusion", "step"], observed=True).size()
    told = "、".join(f"{said} {step} {count:,}" for (said, step), count in counts.items())
    return f"seeded: {pair.seeded}\nfound: {told}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    wishes = parser.parse_args()
    pair = ledgers(wishes.rows)
    console = Console(width=120)
    console.print(found(pair))
    ours = seconds(partial(match, pair.ours, pair.theirs), wishes.times)
    table = Table("work", "waited", "processor", "ours / peer, waited", "processor", "line")
    table.add_row(f"our reconcile, {wishes.rows:,} rows", *(f"{s:.2f} s" for s in ours))
    for peers, times, line in ((EXACT, wishes.times, "≤ 1.5 of the fastest"), (WHOLE, 1, "≤ 0.33")):
        for name, work in present(peers, pair):
            theirs = seconds(work, times)
            ratios = (f"{one / other:.2f}" for one, other in zip(ours, theirs, strict=True))
            table.add_row(name, *(f"{s:.2f} s" for s in theirs), *ratios, line)
    console.print(table)


if __name__ == "__main__":
    main()

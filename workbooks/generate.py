"""Writes the invented sample month and its ground truth: ``python -m workbooks.generate``."""

from __future__ import annotations

import argparse
from pathlib import Path

from .generator.books import write_history, write_masters
from .generator.entries import write_installs, write_repairs
from .generator.masters import PERIOD
from .generator.month import INSTALL, REPAIR
from .generator.plan import plan
from .generator.truth import Truth

SEED = 20260301
LARGE = 20_000
"""Above this many rows a sheet is streamed: no merged codes, no table, no pictures."""


def generate(
    out: Path, *, seed: int = SEED, outlets: int = 64, installs: int = 1500, repairs: int = 1200
) -> Path:
    """Fills ``out`` with 基础资料, 结算历史, 2026-03/录入 and 真值.json; returns ``out``.

    The same arguments give the same bytes.
    """
    month_plan = plan(seed, outlets, installs, repairs)
    month = month_plan.month
    folder = out / PERIOD / "录入"
    folder.mkdir(parents=True, exist_ok=True)
    truth = Truth(out / "真值.json", seed, PERIOD)
    for kind, rows, write in (
        (INSTALL, installs, write_installs),
        (REPAIR, repairs, write_repairs),
    ):
        slips = month.fill(kind, month_plan.ordinary[kind])
        write(folder / f"{kind}单_{PERIOD}.xlsx", slips, truth, seed=seed, large=rows > LARGE)
    truth.close(month)
    write_masters(out / "基础资料.xlsx", month)
    write_history(out / "结算历史.xlsx", month)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "示例")
    parser.add_argument("--outlets", type=int, default=64)
    parser.add_argument("--install", type=int, default=1500, dest="installs")
    parser.add_argument("--repair", type=int, default=1200, dest="repairs")
    print(generate(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()

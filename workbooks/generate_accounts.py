"""Writes an invented year of parts and deposit accounts with its truth.

``python -m workbooks.generate_accounts OUT [--agents 200] [--months 12] [--movements 40000]
[--closed]``
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .generator.accounts.plan import plan, write

SEED = 20260301


def generate(
    out: Path,
    *,
    seed: int = SEED,
    agents: int = 200,
    months: int = 12,
    movements: int = 40_000,
    closed: bool = False,
) -> Path:
    """Fills ``out`` with a folder per month up to 2026-03, 基础资料, 结算历史 and 真值_账户.json.

    The same arguments give the same bytes. The months are as entered, none of them checked; with
    ``closed`` all but the last have their statements and are locked.
    """
    write(out, *plan(seed, agents, months, movements), closed=closed)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--movements", type=int, default=40_000)
    parser.add_argument("--closed", action="store_true", help="lock all months but the last")
    print(generate(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()

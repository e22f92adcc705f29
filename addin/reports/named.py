"""What outlets and parts are called: as the masters have it, else as the ledger wrote it."""

from __future__ import annotations

import pandas as pd


def with_names(
    table: pd.DataFrame, outlets: pd.DataFrame, prices: pd.DataFrame, written: pd.DataFrame
) -> pd.DataFrame:
    """``table`` with outlet_name, agent_code (an outlet without an agent is its own), part_name.

    ``written`` are rows that bear both codes and names as somebody typed them.
    """
    outlet, part = table["outlet_code"], table["part_code"]
    listed = outlets.drop_duplicates("outlet_code").set_index("outlet_code")
    return table.assign(
        outlet_name=outlet.map(listed["outlet_name"]).fillna(
            outlet.map(_first(written, "outlet_code", "outlet_name"))
        ),
        agent_code=outlet.map(listed["agent_code"]).fillna(outlet),
        part_name=part.map(of_part(prices)["part_name"]).fillna(
            part.map(_first(written, "part_code", "part_name"))
        ),
    )


def of_part(prices: pd.DataFrame) -> pd.DataFrame:
    """配件价格 by part, of each its last line."""
    last = prices.sort_values("valid_from", kind="stable").drop_duplicates("part_code", keep="last")
    return last.set_index("part_code")


def _first(written: pd.DataFrame, code: str, name: str) -> pd.Series:
    return written[[code, name]].dropna().drop_duplicates(code).set_index(code)[name]

"""What rules need to know of the rows of ledgers and lists, stage by stage. rules.md §6–§8.

Frames go in and columns come out. A row keeps ``workbook``, ``sheet``, ``row``, ``outlet_code``
and ``agent_code``, so that whatever is found leads back to its cell and to its account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import parts, postings
from addin.domain.keys import BoolArray
from addin.domain.parts import CONSUMED, GROUP, OLD_RETURN
from addin.domain.postings import Refusal
from addin.tables import catalogue
from addin.tables.masters import Masters

SLIP_PART = ["outlet_code", "slip_no", "part_code"]
SLIP = ["outlet_code", "slip_no"]


class Agents:
    """Whose account a code belongs to: an outlet's agent, an agent itself, else the code's own.

    The unknown code keeps an account of its own, so that no amount leaves the total.
    """

    def __init__(self, outlets: pd.DataFrame) -> None:
        own = outlets["outlet_code"]
        agent = outlets["agent_code"].where(outlets["agent_code"].notna(), own)
        name = outlets["agent_name"].where(outlets["agent_code"].notna(), outlets["outlet_name"])
        self.outlets = outlets.assign(agent_code=agent, agent_name=name.fillna(agent))
        self.of_outlet: Mapping[str, str] = dict(zip(own, agent, strict=True))
        self.known = frozenset(self.of_outlet.values())

    def of(self, codes: pd.Series) -> pd.Series:
        """The agent of each code; an agent's own code counts as such."""
        mapped = codes.map(self.of_outlet)
        return mapped.where(mapped.notna() & ~codes.isin(self.known), codes)

    def credit(self) -> pd.Series:
        """Σ授信额度 of the outlets of each agent."""
        lines = self.outlets["credit_line"].fillna(0).astype("int64")
        return lines.groupby(self.outlets["agent_code"]).sum()

    def named(self) -> pd.DataFrame:
        """``agent_name`` and ``province`` by agent, from its first outlet."""
        return self.outlets.drop_duplicates("agent_code").set_index("agent_code")[
            ["agent_name", "province"]
        ]


def entry(rows: pd.DataFrame, account: str, known: Any) -> pd.DataFrame:
    """What every row of a ledger has; ``account`` is the column of its outlet or agent."""
    return listed(rows, account, known).assign(service_date=rows["date"])


def listed(rows: pd.DataFrame, account: str, known: Any) -> pd.DataFrame:
    """Whether the account of a row is one of 网点档案; when it was under contract is not asked,
    for what an agent still holds is settled after its end."""
    return rows.assign(
        outlet_code=rows[account],
        outlet_known=rows[account].isin(known),
        outlet_status=None,
        outlet_since=_never(rows),
        outlet_until=_never(rows),
    )


def _never(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.NaT, rows.index, dtype="datetime64[s]")


def movements(
    rows: pd.DataFrame, masters: Masters, agents: Agents, slips: pd.DataFrame, past: BoolArray
) -> pd.DataFrame:
    """配件流水 before anything is posted. ``past`` are rows of closed months: what was said of
    their slips then stands. ``slips`` are the repair slips that were not returned."""
    facts = entry(rows, "outlet_code", agents.of_outlet)
    price = parts.price_on(
        masters[catalogue.PARTS], "deposit_price", rows["part_code"], rows["date"]
    )
    on_paper = pd.MultiIndex.from_frame(slips[SLIP_PART])
    return facts.assign(
        agent_code=agents.of(rows["outlet_code"]),
        part_priced=price.notna(),
        listed_price=price,
        slip_found=past | pd.MultiIndex.from_frame(rows[SLIP_PART]).isin(on_paper),
        slips_known=bool(len(slips)),
        bad_kind=None,
    )


def refusals(refusal: pd.Series) -> dict[str, pd.Series]:
    """Why a row could not be posted, as columns that rules ask for."""
    return {
        "overdrawn": refusal == Refusal.OVERDRAWN,
        "nothing_to_reverse": refusal == Refusal.NOTHING_TO_REVERSE,
        "included_in_opening": refusal.isin([Refusal.BEFORE_OPENING, Refusal.SECOND_OPENING]),
    }


def consumed(ledger: pd.DataFrame, posted: pd.DataFrame) -> pd.DataFrame:
    """核销 that stand: posted, and not taken back. ``units`` and ``day`` as posted.

    ``posted`` are the rows of :class:`addin.domain.parts.Posted`.
    """
    undone = ledger["reverses"][posted["units"] < 0].dropna()
    stand = (posted["kind"] == CONSUMED) & (posted["units"] > 0)
    stand &= ~ledger["entry_no"].isin(undone)
    return ledger[stand].join(posted.loc[stand, ["units", "day"]])


def written_off(slips: pd.DataFrame, used: pd.DataFrame | None, out: BoolArray) -> pd.DataFrame:
    """Of each slip: whether it stands, and whether 核销 names its part; <NA> without a ledger."""
    named = pd.array([pd.NA] * len(slips), dtype="boolean")
    if used is not None:
        key = pd.MultiIndex.from_frame(slips[SLIP_PART])
        named = pd.array(key.isin(pd.MultiIndex.from_frame(used[SLIP_PART])), dtype="boolean")
    return pd.DataFrame({"stands": ~out, "part_consumed": named})


def old_parts(
    used: pd.DataFrame,
    back: pd.Series | None,
    prices: pd.DataFrame,
    as_of: pd.Timestamp,
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """核销 whose old part must come back, each with how much of it did: the oldest first.

    ``back`` are the units returned by outlet and part, first of what was due ``before`` (旧件应返,
    旧件已返 of the statement that the ledger goes on from). Where nothing is known of returns,
    one row for each outlet and part tells of all that is due, at its oldest.
    """
    must = prices.loc[prices["return_old"].fillna(False).astype(bool), "part_code"]
    rows = used[used["part_code"].isin(must)].sort_values("day", kind="stable")
    of_group = rows.groupby(GROUP)["units"]
    facts = rows.assign(
        service_date=rows["date"],
        due=rows["units"],
        age=(as_of - rows["date"]).dt.days,
        returns_known=back is not None,
    )
    if back is None:
        facts = facts.assign(due=of_group.transform("sum"), returned=0)
        return facts.drop_duplicates(GROUP)
    if before is not None:
        back = back.sub(before["return_due"] - before["returned"], fill_value=0)
    key = pd.MultiIndex.from_frame(rows[GROUP])
    total = pd.Series(back.reindex(key).fillna(0).to_numpy("int64"), rows.index)
    left = (total - (of_group.cumsum() - rows["units"])).clip(lower=0)
    return facts.assign(returned=np.minimum(left, rows["units"]))


def returned_so_far(
    rows: pd.DataFrame, used: pd.Series, before: pd.DataFrame | None = None
) -> dict[str, pd.Series]:
    """Of each old-part return: the units up to it, and those that were used in all."""
    counts = rows["quantity"].where(rows["kind"] == OLD_RETURN, 0).fillna(0)
    order = rows["date"].argsort(kind="stable")
    ordered = counts.iloc[order].groupby([rows[name].iloc[order] for name in GROUP]).cumsum()
    key = pd.MultiIndex.from_frame(rows[GROUP])
    so_far = ordered.reindex(rows.index)
    if before is not None:
        used = used.add(before["return_due"], fill_value=0)
        so_far += before["returned"].reindex(key).fillna(0).to_numpy("int64")
    return {
        "returned_so_far": so_far,
        "consumed": pd.Series(used.reindex(key).fillna(0).to_numpy("int64"), rows.index),
    }


def returns(rows: pd.DataFrame, agents: Agents) -> pd.DataFrame:
    facts = entry(rows, "outlet_code", agents.of_outlet)
    return facts.assign(
        agent_code=agents.of(rows["outlet_code"]),
        entry_no=rows["return_no"],
        reverses=None,
        nothing_to_reverse=False,
        double=postings.doubles(rows, "return_no"),
    )


def deposits(rows: pd.DataFrame, agents: Agents, bases: Mapping[str, pd.Index]) -> pd.DataFrame:
    """押金流水 before it is posted. ``bases`` are, by kind, the agent and number of what counts."""
    facts = entry(rows, "agent_code", {*agents.known, *agents.of_outlet})
    key = pd.MultiIndex.from_frame(rows[["agent_code", "basis_no"]])
    found = np.zeros(len(rows), bool)
    for kind, numbers in bases.items():
        found |= (rows["kind"] == kind).to_numpy() & key.isin(numbers)
    nothing = pd.Series(pd.NA, rows.index, dtype="Int64")
    return facts.assign(
        basis_found=found,
        opening=nothing,
        closed_closing=nothing,
        unknown_because=None,
        double=postings.doubles(rows),
    )


def charges(
    lines: pd.DataFrame, masters: Masters, agents: Agents, slips: pd.DataFrame,
    quarter: pd.Period, as_of: pd.Timestamp,
) -> pd.DataFrame:  # fmt: skip
    """Lines of 保外配件收费清单, as the report shows them."""
    facts = entry(lines, "outlet_code", agents.of_outlet)
    prices = masters[catalogue.PARTS]
    sale = parts.price_on(prices, "sale_price", lines["part_code"], lines["date"])
    out_of_warranty = pd.MultiIndex.from_frame(slips.loc[slips["warranty_type"] == "保外", SLIP])
    return facts.assign(
        agent_code=agents.of(lines["outlet_code"]),
        sale_price=sale,
        part_priced=sale.notna(),
        sold_on_slip=pd.MultiIndex.from_frame(lines[SLIP]).isin(out_of_warranty),
        as_of=as_of,
        quarter=f"{quarter.year}年{quarter.quarter}",
        quarter_end=quarter.end_time.normalize().as_unit("s"),
        in_quarter=lines["date"].dt.to_period("Q") == quarter,
    )

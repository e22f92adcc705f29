"""Stage 4: what slips share: a journey to one household, a visit to one machine."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import combination, household, keys
from addin.domain.keys import IntArray
from addin.facts.past import Ledger, Standing


def shared(
    facts: pd.DataFrame, ledger: Ledger, parameters: Mapping[str, Any], standing: Standing
) -> pd.DataFrame:
    """Columns ``travel_kept_by`` (R124) and those of the visit (R201); ``standard_labour`` too."""
    columns = _visits(facts, ledger.visit[ledger.month], parameters, standing)
    columns["travel_kept_by"] = _journeys(ledger, parameters["household_by"], standing)
    return columns


def _journeys(ledger: Ledger, by: str, standing: Standing) -> np.ndarray:
    """单号 of the slip that keeps the travel fee, on every other claiming slip of the household."""
    day = np.where(ledger.is_install, ledger.installed, ledger.completed)
    place = np.where(ledger.paid(standing), keys.combine(ledger.outlet, day), keys.NO_KEY)
    claimed = ledger.column("claimed_travel")
    claims = np.where((claimed > 0).to_numpy(bool, na_value=False), place, keys.NO_KEY)
    rows = np.flatnonzero(np.isin(place, claims[keys.repeated(claims)]))
    group = household.households(
        pd.Series(ledger.outlet[rows]),
        pd.Series(day[rows]),
        ledger.column("user_phone").iloc[rows],
        _addresses(ledger, rows),
        by=by,
    )
    found = household.retained(
        group,
        ledger.column("standard_travel", "approved_travel").iloc[rows],
        ledger.column("slip_no").iloc[rows],
        claimed.iloc[rows],
        already_paid=rows < ledger.month.start,
    )
    kept_by = ledger.blank(None)
    kept_by[rows] = found["kept_slip"]
    return kept_by[ledger.month]


def _addresses(ledger: Ledger, rows: IntArray) -> pd.Series:
    """What each address has in common with other writings of it."""
    outlets = ledger.facts.drop_duplicates("outlet_code")
    regions = zip(_texts(outlets["province"]), _texts(outlets["city"]), strict=True)
    region = dict(zip(outlets["outlet_code"], regions, strict=True))
    lines = zip(
        ledger.column("user_address").iloc[rows],
        ledger.column("outlet_code").iloc[rows],
        strict=True,
    )
    return pd.Series(
        [household.address_key(text, *region.get(code, (None, None))) for text, code in lines],
        dtype=object,
    )


def _texts(column: pd.Series) -> np.ndarray:
    return column.where(column.notna(), None).to_numpy(object)


def _visits(
    facts: pd.DataFrame, visit: IntArray, parameters: Mapping[str, Any], standing: Standing
) -> pd.DataFrame:
    """Share and cut of each row, sums of its visit, 标准维修费. calculations.md §3."""
    repair = ~facts["is_install"].to_numpy(bool)
    takes_part = repair & ~standing.out & ~standing.labour_refused
    visit = np.where(takes_part & facts["price"].notna().to_numpy(), visit, keys.NO_KEY)
    share = combination.shares(
        visit,
        facts["price"],
        discount=Fraction(parameters["combination_discount"]),
        cap=parameters["combination_cap"],
    )
    claimed = facts["claimed_labour"].where(visit >= 0)
    tolerance = parameters["tolerance"]
    if parameters["approval_basis"] == "按标准":
        above = claimed - share
        cut = above.where(above > tolerance, 0)
    else:
        cut = combination.cuts(visit, claimed, share, tolerance=tolerance)
    by_visit = pd.Series(np.where(visit >= 0, visit, -1), index=facts.index)
    return pd.DataFrame(
        {
            "labour_share": share,
            "labour_cut": cut,
            "visit_claimed": claimed.groupby(by_visit).transform("sum"),
            "visit_standard": share.groupby(by_visit).transform("sum"),
            "standard_labour": facts["standard_labour"].where(
                ~repair, share.where(visit >= 0, facts["price"])
            ),
        }
    )

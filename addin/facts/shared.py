"""Stage 4: what slips share: a journey to one household, a visit to one machine."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import combination, household, keys
from addin.facts import past
from addin.facts.past import Standing


def shared(
    facts: pd.DataFrame, history: pd.DataFrame, parameters: Mapping[str, Any], standing: Standing
) -> pd.DataFrame:
    """Columns ``travel_kept_by`` (R124) and those of the visit (R201); ``standard_labour`` too."""
    columns = _visits(facts, parameters, standing)
    columns["travel_kept_by"] = _journeys(facts, history, parameters["household_by"], standing)
    return columns


def _journeys(
    facts: pd.DataFrame, history: pd.DataFrame, by: str, standing: Standing
) -> np.ndarray:
    """单号 of the slip that keeps the travel fee, on every other claiming slip of the household."""
    kept_by = np.full(len(facts), None, object)
    travelled = (facts["claimed_travel"] > 0).to_numpy(bool)
    if not travelled.any():
        return kept_by
    place = keys.group(facts["outlet_code"], facts["service_date"])
    claimed_places = place[travelled & ~standing.out]
    now = facts[np.isin(place, claimed_places[claimed_places >= 0]) & ~standing.out]
    earlier = history[past.paid(history)]
    is_install = (earlier["service"] == "安装").to_numpy(bool)
    earlier = earlier.assign(
        service_date=earlier["install_date"].where(is_install, earlier["completed_date"])
    )
    earlier = earlier[earlier["service_date"].isin(now["service_date"]).to_numpy(bool)]
    home = dict(
        zip(facts["outlet_code"], zip(facts["province"], facts["city"], strict=True), strict=True)
    )

    def addresses(frame: pd.DataFrame) -> list[str | None]:
        return [
            household.address_key(address, *map(_text, home.get(outlet, (None, None))))
            for address, outlet in zip(frame["user_address"], frame["outlet_code"], strict=True)
        ]

    def column(name: str) -> pd.Series:
        return pd.concat([earlier[name], now[name]], ignore_index=True)

    group = household.households(
        column("outlet_code"),
        column("service_date"),
        column("user_phone"),
        pd.Series(addresses(earlier) + addresses(now), dtype=object),
        by=by,
    )
    standard = pd.concat([earlier["approved_travel"], now["standard_travel"]], ignore_index=True)
    found = household.retained(
        group,
        standard.astype("Int64"),
        column("slip_no"),
        column("claimed_travel"),
        already_paid=np.arange(len(group)) < len(earlier),
    )
    mine = found.iloc[len(earlier) :]
    kept_by[now.index[mine["hit"].to_numpy(bool)]] = mine.loc[
        mine["hit"].to_numpy(bool), "kept_slip"
    ]
    return kept_by


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _visits(facts: pd.DataFrame, parameters: Mapping[str, Any], standing: Standing) -> pd.DataFrame:
    """Share and cut of each row, sums of its visit, 标准维修费. calculations.md §3."""
    repair = ~facts["is_install"].to_numpy(bool)
    takes_part = repair & ~standing.out & ~standing.labour_refused
    visit = np.where(takes_part & facts["price"].notna().to_numpy(), facts["visit"], keys.NO_KEY)
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

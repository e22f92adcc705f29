"""Stage 1: the slip itself, joined to outlet, model, tariff, travel tariff, fault and part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import tariff, travel, values
from addin.tables import catalogue
from addin.tables.masters import Masters
from addin.tables.slips import FEES, Slips

LEVELS = {item: level for level, item in enumerate(catalogue.REPAIR_ITEM.values)}


@dataclass(frozen=True)
class Month:
    """The month being settled, and the day from which the check looks back."""

    period: pd.Timestamp
    as_of: pd.Timestamp


def joined(
    slips: Slips, masters: Masters, month: Month, parameters: Mapping[str, Any]
) -> pd.DataFrame:
    """One row per slip. Blank or unknown is NA; distances in metres, money in 分."""
    facts = slips.frame.copy(deep=False)
    is_install = np.arange(len(facts)) < slips.installs
    facts["is_install"] = is_install
    facts["order"] = np.arange(len(facts))
    facts["period"], facts["as_of"] = month.period, month.as_of
    facts["service_date"] = facts["install_date"].where(is_install, facts["completed_date"])
    facts["barcode"] = _first(facts["barcodes"])
    facts["phone"] = _first(facts["user_phone"])
    facts["barcode_count"] = np.fromiter(map(len, facts["barcodes"]), np.int64, len(facts))
    facts["months_back"] = _months(month.period) - _months(facts["service_date"])
    for fee in FEES:  # what cannot be read or is negative counts as nothing (rules.md §13.2)
        facts[fee] = facts[fee].clip(lower=0).fillna(0)
    facts["claimed"] = facts[list(FEES)].sum(axis=1)

    _join_outlet(facts, masters)
    _join_model(facts, masters)
    _join_tariff(facts, masters)
    _join_travel(facts, masters)
    _join_fault(facts, masters)
    _join_part(facts, masters)
    return facts


def _months(days: Any) -> Any:
    if isinstance(days, pd.Timestamp):
        return days.year * 12 + days.month
    months = days.dt.year * 12 + days.dt.month
    return months.astype("Int64")


SLIP = ["outlet_code", "service", "slip_no"]


def called_back(facts: pd.DataFrame, register: pd.DataFrame | None) -> dict[str, pd.Series]:
    """What the user said of each slip: its first row in the call-back register with an answer."""
    names = {"callback_outcome": "outcome", "callback_note": "note"}
    if register is None:
        return {name: pd.Series(None, facts.index, dtype=object) for name in names}
    answered = register[register["outcome"].notna()].drop_duplicates(SLIP).set_index(SLIP)
    of_slip = answered.reindex(pd.MultiIndex.from_frame(facts[SLIP]))
    return {
        name: pd.Series(of_slip[source].to_numpy(object), facts.index, dtype=object)
        for name, source in names.items()
    }


def _first(lists: pd.Series) -> np.ndarray:
    first = np.empty(len(lists), object)
    first[:] = [items[0] if items else None for items in lists]
    return first


def _take(facts: pd.DataFrame, master: pd.DataFrame, at: np.ndarray, **columns: str) -> None:
    """Copies master columns onto the slips; ``at`` is the row of the master, -1 for none."""
    for name, source in columns.items():
        taken = master[source].array.take(at, allow_fill=True)
        facts[name] = taken


def _lists(column: pd.Series) -> np.ndarray:
    lists = np.empty(len(column), object)
    lists[:] = [values.read_list(cell) for cell in column]
    return lists


def _join_outlet(facts: pd.DataFrame, masters: Masters) -> None:
    outlets = masters[catalogue.OUTLETS]
    at = pd.Index(outlets["outlet_code"]).get_indexer(pd.Index(facts["outlet_code"]))
    staff = masters[catalogue.STAFF].groupby("outlet_code")["phone"].sum().to_dict()
    names = [
        frozenset((name, *values.read_list(aliases)))
        for name, aliases in zip(outlets["outlet_name"], outlets["aliases"], strict=True)
    ]
    phones = [
        frozenset((*own, *staff.get(code, ())))
        for own, code in zip(outlets["contact_phone"], outlets["outlet_code"], strict=True)
    ]
    outlets = outlets.assign(
        names=pd.Series(names, dtype=object), phones=pd.Series(phones, dtype=object)
    )
    facts["outlet_known"] = at >= 0
    _take(
        facts, outlets, at,
        outlet_names="names", outlet_title="outlet_name", outlet_status="status",
        outlet_since="since", outlet_until="until", tier="tier", province="province",
        city="city", service_radius="service_radius", outlet_phones="phones",
        credit_code="credit_code",
    )  # fmt: skip


def _join_model(facts: pd.DataFrame, masters: Masters) -> None:
    models = masters[catalogue.MODELS]
    place = {alias.upper(): i for i, line in enumerate(_lists(models["aliases"])) for alias in line}
    place |= {code: i for i, code in enumerate(models["model"])}
    at = facts["model"].map(place).fillna(-1).to_numpy(np.int64)
    facts["model_known"] = at >= 0
    _take(
        facts, models, at,
        listed_model="model", product_line="product_line", barcode_format="barcode_format",
        warranty_months="warranty_months", main_part_months="main_part_months",
    )  # fmt: skip


def _join_tariff(facts: pd.DataFrame, masters: Masters) -> None:
    listed = masters[catalogue.TARIFF]
    items = pd.Index(listed["item"])
    catalogued = set(catalogue.INSTALL_ITEM.values) | set(
        items[(listed["service"] == "安装").to_numpy(bool)]
    )
    facts["item_listed"] = facts["item"].isin(catalogued) | ~facts["is_install"]
    unlisted = (~facts["item_listed"] & facts["item"].notna()).to_numpy(bool)
    told, items = facts["bad_choices"].to_numpy(object).copy(), facts["item"].to_numpy(object)
    for i in np.flatnonzero(unlisted).tolist():
        words = f"安装项目“{items[i]}”"
        told[i] = f"{told[i]}、{words}" if told[i] else words
    facts["bad_choices"] = told
    keys = facts[["service", "tier", "product_line", "item"]].assign(
        model=facts["listed_model"], date=facts["service_date"]
    )
    keys.loc[~facts["item_listed"], "item"] = None
    found = tariff.lookup(keys, listed)
    facts["price"], facts["tariff_status"] = found["price"], found["status"]
    facts["tariff_row"], facts["rival_row"] = found["tariff_row"], found["rival_row"]
    whole = facts["quantity"].where(facts["quantity"] > 0)
    facts["standard_labour"] = (found["price"] * whole).where(facts["is_install"])


def _join_travel(facts: pd.DataFrame, masters: Masters) -> None:
    facts["distance"] = facts["distance"].mask(facts["distance"] < 0)
    rate = travel.lookup(facts["tier"], facts["service_date"], masters[catalogue.TRAVEL_TARIFF])
    facts["standard_travel"] = travel.fee(facts["distance"], rate)
    facts["travel_status"], facts["distance_limit"] = rate["status"], rate["distance_limit"]
    facts["travel_row"], facts["travel_rival"] = rate["tariff_row"], rate["rival_row"]


def _join_fault(facts: pd.DataFrame, masters: Masters) -> None:
    faults = masters[catalogue.FAULTS]
    faults = faults.assign(
        lines=_lists(faults["product_lines"]),
        classes=_lists(faults["part_classes"]),
        highest_level=faults["highest_item"].map(LEVELS).astype("Int64"),
    )
    at = pd.Index(faults["fault_code"]).get_indexer(pd.Index(facts["fault_code"]))
    facts["fault_known"] = at >= 0
    facts["item_level"] = facts["item"].map(LEVELS).astype("Int64")
    _take(
        facts, faults, at,
        fault_name="fault_name", fault_lines="lines", highest_item="highest_item",
        highest_level="highest_level", liability="liability", part_needed="part_needed",
        fault_part_classes="classes",
    )  # fmt: skip


def _join_part(facts: pd.DataFrame, masters: Masters) -> None:
    """The price row of the part in force on the service day; the latest of several."""
    parts = masters[catalogue.PARTS].sort_values("valid_from", na_position="first", kind="stable")
    asked = facts.loc[facts["part_code"].notna(), ["part_code", "service_date"]]
    facts["part_priced"] = pd.array([None] * len(facts), dtype="boolean")
    at = np.full(len(facts), -1)
    if len(asked):
        pairs = asked.reset_index(names="slip").merge(
            parts[["part_code", "valid_from", "valid_to"]].reset_index(drop=True).reset_index(),
            on="part_code",
        )
        day = pairs["service_date"]
        in_force = (pairs["valid_from"].isna() | (pairs["valid_from"] <= day)) & (
            pairs["valid_to"].isna() | (day <= pairs["valid_to"])
        )
        last = pairs[in_force].groupby("slip")["index"].last()
        at[last.index] = last.to_numpy()
        facts.loc[asked.index, "part_priced"] = at[asked.index] >= 0
    models = np.empty(len(parts), object)
    models[:] = [frozenset(m.upper() for m in line) for line in _lists(parts["models"])]
    _take(
        facts, parts.assign(fits=models), at,
        part_title="part_name", part_class="part_class", part_is_main="is_main",
        part_models="fits",
    )  # fmt: skip

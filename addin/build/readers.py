"""Which rules look at a field: drawn from the rules for slips, a table for the masters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from addin.rules.rule import (
    BATCHES,
    CHARGES,
    DEPOSITS,
    OLD_PARTS,
    PARTS,
    REGISTER,
    RETURNS,
    STATEMENT,
    STOCK,
    Rule,
)
from addin.tables import catalogue
from addin.tables.fields import Field, SheetSpec, Type
from addin.tables.slips import COMPLAINTS

MASTER_READERS: Mapping[str, Mapping[str, str]] = {  # rules.md: the sheet that a condition names
    "网点档案": {
        "outlet_code": "R004",
        "outlet_name": "R005",
        "aliases": "R005",
        "tier": "R102 R123 R202",
        "status": "R004",
        "since": "R004",
        "until": "R004",
        "service_radius": "R126",
        "contact_phone": "R805",
        "credit_code": "R017",
    },
    "产品型号": {
        "model": "R006",
        "aliases": "R006",
        "product_line": "R102 R104 R202 R205",
        "barcode_format": "R007",
        "warranty_months": "R301 R307",
        "main_part_months": "R306",
    },
    "费用标准": {
        "service": "R102 R202",
        "tier": "R102 R103 R202",
        "product_line": "R102 R103 R104 R202",
        "model": "R102 R103 R202",
        "item": "R102 R103 R104 R202",
        "price": "R101 R103 R201",
        "valid_from": "R102 R103 R202",
        "valid_to": "R102 R103 R202",
    },
    "远程费标准": {
        "tier": "R123",
        "free_distance": "R121",
        "price_per_km": "R121",
        "route": "R121",
        "charged": "R121",
        "distance_limit": "R125",
        "cap": "R121",
        "valid_from": "R123",
        "valid_to": "R123",
    },
    "故障代码": {
        "fault_code": "R203",
        "product_lines": "R205",
        "highest_item": "R204",
        "liability": "R302 R308",
        "part_needed": "R210",
        "part_classes": "R208",
    },
    "配件价格": {
        "part_code": "R401",
        "part_class": "R208",
        "is_main": "R209 R306",
        "models": "R402",
        "valid_from": "R401",
        "valid_to": "R401",
    },
    "延保": {
        "barcode": "R301 R302",
        "valid_from": "R301",
        "valid_to": "R301",
        "cover": "R301 R306",
    },
    "人员": {"outlet_code": "R805", "phone": "R805"},
    "换机登记": {"old_barcode": "R301", "new_barcode": "R802", "replaced_on": "R301"},
    "结算历史": {
        "outlet_code": "R801",
        "slip_no": "R801",
        "user_phone": "R124",
        "user_address": "R124",
        "barcodes": "R802 R803",
        "install_item": "R802",
        "completed_date": "R803",
        "fault_code": "R803",
        "state": "R801 R802 R803",
    },
}


_BASES = ("invoice_date", "purchase_date", "install_date", "produced_date")

MADE_FROM: Mapping[str, tuple[str, ...]] = {  # what a computed column of the slips comes from
    "barcode_count": ("barcodes",),
    "claimed": ("claimed_labour", "claimed_travel", "claimed_other", "claimed_parts"),
    "days_since_install": ("barcodes", "install_date", "reported_date"),
    "fault_lines": ("model",),
    "installed_code": ("barcodes",),
    "judged_on": ("reported_date",),
    "liability": ("fault_code",),
    "part_is_main": ("part_code",),
    "phone_names": ("user_name", "user_phone"),
    "repeat_of": ("barcodes", "fault_code", "reported_date", "completed_date"),
    "seen_at": ("outlet_code", "slip_no"),
    "serial_names": ("barcodes", "model", "install_date", "user_name"),
    "start": _BASES,
    "tariff_status": ("outlet_code", "model", "item"),
    "travel_kept_by": ("outlet_code", "user_phone", "user_address", "claimed_travel"),
    "visit_claimed": ("barcodes", "completed_date", "claimed_labour"),
    "warranty_end": (*_BASES, "model"),
    "with_part": ("part_code",),
}
SERVICE_DATE = {"安装": "install_date", "维修": "completed_date"}

ON_LEDGERS: Mapping[str, tuple[str, ...]] = {  # which rules look at the rows of a ledger or list
    "配件流水": (PARTS, BATCHES, OLD_PARTS),
    "旧件返还": (RETURNS,),
    "安装维修回访登记表(全国)": (REGISTER,),
    "押金流水": (DEPOSITS,),
    "全国各代理商配件押金对帐单": (STATEMENT,),
    "年月配件对账单": (STOCK,),
    "保外配件收费清单": (CHARGES,),
}
LEDGER_COLUMNS: Mapping[str, tuple[str, ...]] = {  # what a computed column of them comes from
    "age": ("date",),
    "available": ("closing", "used", "frozen", "credit"),
    "bad_kind": ("kind",),
    "basis_found": ("basis_no",),
    "callback_note": ("note",),
    "callback_outcome": ("outcome",),
    "called": ("valid",),
    "double": ("entry_no", "return_no"),
    "due": ("quantity",),
    "in_quarter": ("date",),
    "listed_price": ("deposit_price",),
    "nothing_to_reverse": ("reverses",),
    "overdrawn": ("quantity", "amount"),
    "sold_on_slip": ("slip_no",),
    "slip_found": ("slip_no", "part_code"),
}
_LEDGER_COMPLAINTS: Mapping[str, tuple[Type, ...]] = {
    "bad_dates": (Type.DATE,),
    "bad_amounts": (Type.MONEY, Type.INT),
    "cut_off": (Type.CODE,),
}


def codes_reading(spec: SheetSpec, item: Field, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Codes of the rules that a value in this field can make hit, in order."""
    if spec in (catalogue.INSTALL, catalogue.REPAIR):
        service = spec.name.removesuffix("单")
        return tuple(r.code for r in rules if service in r.on and _reads(r, item, service))
    if kinds := set(ON_LEDGERS.get(spec.name, ())):
        return tuple(r.code for r in rules if kinds & set(r.on) and _reads_entry(r, item))
    return tuple(MASTER_READERS.get(spec.name, {}).get(item.name, "").split())


def _reads_entry(rule: Rule, item: Field) -> bool:
    """The same of a ledger; the account of its row is looked at by R004 alone."""
    if rule.field in _LEDGER_COMPLAINTS:
        return item.type in _LEDGER_COMPLAINTS[rule.field]
    if rule.field == "bad_choices":
        return item.type is Type.ENUM
    if rule.field in ("uncalculated", "blank_fields"):
        return rule.field == "blank_fields" and item.required
    if rule.code == "R004":
        return item.name in ("outlet_code", "agent_code")
    names = {item.name} - {"outlet_code", "agent_code"}
    sources = (LEDGER_COLUMNS.get(name, ()) for name in rule.inputs)
    return bool(names & {rule.field, *rule.inputs, *chain.from_iterable(sources)})


def _reads(rule: Rule, item: Field, service: str) -> bool:
    """By name, through a computed column, or as a field whose faults the rule reports.

    R018 is left out: it looks at every cell, so naming it on every header tells nothing.
    """
    if rule.field == "uncalculated":
        return False
    if rule.field == "blank_fields":
        return item.required
    if rule.field in COMPLAINTS:
        return COMPLAINTS[rule.field].about(item)
    return item.name in (rule.field, *rule.inputs) or any(
        item.name in MADE_FROM.get(name, ())
        or (name == "service_date" and item.name == SERVICE_DATE[service])
        for name in rule.inputs
    )

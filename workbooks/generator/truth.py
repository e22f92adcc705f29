"""真值.json: what a correct check says about every row, written while the rows are written."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from . import outcomes
from .month import INSTALL, Month, Slip
from .outcomes import NOTICE, PASSED, PENDING, REFUSED, UNDECIDABLE
from .spelling import as_code

MONEY = ("申报", "应付", "待定", "核减")
SUMMARY = ("合计", "汇总待定", "汇总核减")


class Truth:
    """Rows go to disk as they come, so that a million of them need no memory."""

    def __init__(self, path: Path, seed: int, period: str) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._file.write(f'{{"seed":{seed},"month":"{period}","rows":[')
        self._outlets: dict[str, dict[str, int]] = defaultdict(
            lambda: dict.fromkeys(("rows", *MONEY, *SUMMARY), 0)
        )
        self._seeded: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._passing: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._first = True

    def add(self, slip: Slip, workbook: str, sheet: str, row: int) -> None:
        _check(slip)
        got = slip.outcome()
        money = dict(zip(MONEY, (got.claimed, got.payable, got.held, got.refused), strict=True))
        entry = {
            "workbook": workbook,
            "sheet": sheet,
            "row": row,
            "单号": as_code(slip.cells["单号"]),
            "verdict": got.verdict,
            "scope": got.scope,
            "codes": list(got.codes),
            **money,
        }
        self._file.write("\n" if self._first else ",\n")
        self._file.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")))
        self._first = False
        self._count(slip, got, money)
        place = {"sheet": sheet, "row": row, "note": slip.note}
        codes = {h.code for h in slip.hits}
        for code in sorted(codes):
            self._seeded[code].append(place)
        for code in slip.shows:
            if code not in codes:
                self._passing[code].append(place)

    def _count(self, slip: Slip, got: outcomes.Outcome, money: dict[str, int]) -> None:
        sums = self._outlets[as_code(slip.cells["网点编码"])]
        sums["rows"] += 1
        for name, cents in money.items():
            sums[name] += cents
        accepted = got.verdict in (PASSED, NOTICE) or (got.verdict, got.scope) == (REFUSED, "部分")
        if accepted:
            sums["合计"] += got.payable
        if got.verdict in (PENDING, UNDECIDABLE):
            sums["汇总待定"] += got.claimed
        else:
            sums["汇总核减"] += got.refused

    def close(self, month: Month) -> None:
        write, dump = self._file.write, self._dump
        outlets = [{"网点编码": code, **sums} for code, sums in sorted(self._outlets.items())]
        total = {k: sum(o[k] for o in outlets) for k in ("rows", *MONEY, *SUMMARY)}  # type: ignore[misc]
        for code in month.credit_faults:
            month.findings.append(("R017", code))
        findings = [{"code": c, "网点编码": o} for c, o in sorted(month.findings)]
        for code, outlet in sorted(month.findings):
            self._seeded[code].append({"sheet": "网点档案", "note": outlet})
        write(f'\n],\n"outlets":[\n{dump(outlets)}],\n"total":')
        write(json.dumps(total, ensure_ascii=False))
        write(f',\n"sheet_findings":[\n{dump(findings)}]')
        for name, places in (("seeded", self._seeded), ("passing", self._passing)):
            body = ",\n".join(f'"{code}":[\n{dump(places[code])}]' for code in sorted(places))
            write(f',\n"{name}":{{{body}}}')
        write("}\n")
        self._file.close()

    @staticmethod
    def _dump(entries: list[dict[str, Any]]) -> str:
        return ",\n".join(json.dumps(e, ensure_ascii=False) for e in entries)


def _check(slip: Slip) -> None:
    """A seeding that contradicts its own arithmetic is a mistake of the generator."""
    codes = {h.code for h in slip.hits}
    over = {
        "R101" if slip.kind == INSTALL else "R201": (
            outcomes.INSTALL if slip.kind == INSTALL else outcomes.REPAIR
        ),
        "R121": outcomes.TRAVEL,
    }
    for code, component in over.items():
        standard = slip.standard[component]
        above = standard is not None and slip.claimed[component] > standard
        if code == "R201":
            ended = any(h.ends_row for h in slip.hits) or codes & {"R202", "R103"}
            above = slip.visit_cut > 0 and not ended
        if above != (code in codes):
            raise AssertionError(f"{slip.kind} {slip.number} ({slip.note}): {code} {above=}")
    if slip.claimed.get("其他费", 0) > 0 and "R108" not in codes:
        raise AssertionError(f"{slip.kind} {slip.number}: 其他费 without R108")

"""The year of accounts: its bytes, its faults, and a truth that holds by itself."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from addin.actions.ledgers import read_books
from addin.domain import deposits, parts
from workbooks.generate_accounts import SEED, generate
from workbooks.generator.accounts.agent_lists import FAULTS

Record = dict[str, Any]
SMALL = {"agents": 12, "movements": 1500}
ROW_RULES = {
    *("R401", "R403", "R404", "R405", "R409", "R411", "R412"),
    *("R503", "R504", "R505", "R508", "R509"),
    *("R601", "R602", "R603", "R604", "R605"),
}
STATE_RULES = {"R406", "R410", "R502", "R503", "R506"}
WITHOUT_A_RULE = {
    "negative quantity",
    "outlet unknown",
    "agent unknown",
    "movement before the opening",
    "second opening",
}
DEPOSIT_KINDS = {
    "收取": "taken",
    "退还": "given_back",
    "保外扣款": "charged",
    "逾期未返扣款": "overdue",
    "处罚扣款": "penalty",
}
EXITS = ("consumed", "sold", "sent_back", "written_off")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("year"), **SMALL)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("closed"), **SMALL, closed=True)


def truth_of(folder: Path) -> Record:
    return json.loads((folder / "真值_账户.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def truth(year: Path) -> Record:
    return truth_of(year)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@cache
def sheet(path: Path, name: str) -> dict[int, list[str]]:
    """Rows by number, as their texts read."""
    book = openpyxl.load_workbook(path, read_only=True)
    return {
        n: [unicodedata.normalize("NFKC", str(value)).strip().upper() for value in row]
        for n, row in enumerate(book[name].iter_rows(values_only=True), start=1)
    }


def with_place(truth: Record) -> Iterator[tuple[str, Record]]:
    """Each finding that has a row, and the month in whose folder the row stands."""
    for found in (*truth["faults"], *truth["states"], *truth["late"]):
        if found.get("workbook"):
            yield found.get("entered", found["month"]), found


def test_the_same_seed_gives_the_same_bytes(year: Path, tmp_path: Path) -> None:
    assert files(generate(tmp_path, **SMALL)) == files(year)


def test_another_seed_gives_another_year_with_the_same_faults(
    truth: Record, tmp_path: Path
) -> None:
    other = truth_of(generate(tmp_path, **SMALL, seed=SEED + 1))
    assert other["months"] != truth["months"]
    for name in ("code", "what", "month", "posted"):
        assert [f[name] for f in other["faults"]] == [f[name] for f in truth["faults"]]
    codes = [[(s["code"], s["month"]) for s in told["states"]] for told in (other, truth)]
    assert codes[0] == codes[1]


def test_there_are_as_many_movements_as_asked_for(year: Path) -> None:
    paths = sorted(year.glob("*/录入/配件流水.xlsx"))
    rows = sum(
        any(cell.startswith("PL") for cell in row)
        for path in paths
        for row in sheet(path, "配件流水").values()
    )
    assert len(paths) == 12
    assert abs(rows - SMALL["movements"]) <= 15


@pytest.mark.parametrize("sizes", [{"agents": 10}, {"movements": 100}, {"months": 9}])
def test_a_year_too_small_for_its_faults_is_refused(sizes: Record, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"agents|movements|months"):
        generate(tmp_path, **(SMALL | sizes))


def test_ten_months_have_every_fault_too(truth: Record, tmp_path: Path) -> None:
    short = truth_of(generate(tmp_path, **SMALL, months=10))
    assert [f["what"] for f in short["faults"]] == [f["what"] for f in truth["faults"]]
    assert {s["code"] for s in short["states"]} == STATE_RULES


# --- faults -----------------------------------------------------------------------------------


def test_every_rule_has_a_fault_and_every_fault_a_verdict(truth: Record) -> None:
    assert {f["code"] for f in truth["faults"] if f["code"]} == ROW_RULES
    assert {s["code"] for s in truth["states"]} == STATE_RULES
    assert {f["what"] for f in truth["faults"] if not f["code"]} == WITHOUT_A_RULE
    for fault in truth["faults"]:
        assert bool(fault["verdict"]) == bool(fault["code"]), fault
        if fault["code"] != "R405":  # a slip is not a row of a ledger
            refused = fault["verdict"] in ("拒付", "退回")
            assert fault["posted"] in ((not refused,) if fault["code"] else (False, None)), fault


def test_a_deduction_lacks_its_basis_in_every_kind_and_way(truth: Record) -> None:
    ways = Counter(f["what"].partition(",")[0] for f in truth["faults"] if f["code"] == "R505")
    assert ways == {"保外扣款": 2, "逾期未返扣款": 3, "处罚扣款": 3}


def test_another_reader_finds_each_row_where_the_truth_says(year: Path, truth: Record) -> None:
    found = list(with_place(truth))
    assert len(found) > 60
    for month, fault in found:
        path = year / month / "录入" / fault["workbook"]
        assert fault["key"] in sheet(path, fault["sheet"])[fault["row"]], fault


def test_only_what_was_seeded_is_overdue_stale_or_short(truth: Record) -> None:
    rows = Counter((s["code"], s.get("key")) for s in truth["states"])
    assert sum(1 for code, _ in rows if code == "R406") == 2
    assert sum(1 for code, _ in rows if code == "R410") == 1
    agents = {s["agent_code"] for s in truth["states"] if s["code"] in ("R502", "R503", "R506")}
    assert len(agents) == 3
    days = {s["code"]: s["days"] for s in truth["states"][::-1] if "days" in s}
    assert days == {"R406": 61, "R410": 181}


def test_posted_rows_that_are_to_be_checked_mark_their_accounts(truth: Record) -> None:
    expected = {
        (f["month"], f["agent_code"], f["outlet_code"], f["part_code"])
        for f in truth["faults"]
        if f["posted"] and f["verdict"] in ("待查", "无法判断") and f["code"][:2] != "R6"
    }
    assert {tuple(marked.values()) for marked in truth["marked"]} == expected
    assert expected


# --- balances ---------------------------------------------------------------------------------


def test_balances_add_up_and_open_with_what_the_month_before_closed_with(truth: Record) -> None:
    before: dict[str, int | None] = {}
    for month in truth["months"]:
        for line in month["agents"]:
            where = (month["month"], line)
            if line["opening"] is None:
                assert line["closing"] is None and line["available"] is None, where
                continue
            out = sum(line[kind] for kind in ("given_back", "charged", "overdue", "penalty"))
            assert line["closing"] == line["opening"] + line["taken"] - out, where
            assert line["opening"] == before.get(line["agent_code"], line["opening"]), where
            before[line["agent_code"]] = line["closing"]
            if line["available"] is None:
                assert line["used"] is None, where
                continue
            tied = line["available"] + line["frozen"] + line["used"]
            assert tied == line["closing"] + line["credit"], where
        (total,) = month["total"]
        for name, value in total.items():
            assert value == sum(line[name] or 0 for line in month["agents"])
    assert len(before) == SMALL["agents"] - 1  # one account never opens


def test_parts_add_up_and_open_with_what_was_in_field(truth: Record) -> None:
    before: dict[tuple[str, str], int] = {}
    for month in truth["months"]:
        for line in month["parts"]:
            key = (line["outlet_code"], line["part_code"])
            exits = sum(line[kind] for kind in EXITS)
            assert line["in_field"] == line["opening"] + line["issued"] - exits, line
            assert line["opening"] == before.get(key, 0), (month["month"], line)
            assert line["in_field"] >= 0
            assert (line["used"] == 0) == (line["in_field"] == 0), line
            if line["return_due"] is not None:
                assert line["outstanding"] == line["return_due"] - line["returned"], line
            before[key] = line["in_field"]


def test_what_an_agent_ties_up_is_the_worth_of_its_outlets_parts(year: Path, truth: Record) -> None:
    outlets = sheet(year / "基础资料.xlsx", "网点档案")
    header = outlets[3]
    code, agent = header.index("网点编码"), header.index("代理商编码")
    agent_of = {
        row[code]: row[code] if row[agent] == "NONE" else row[agent]
        for n, row in outlets.items()
        if n > 3
    }
    for month in truth["months"]:
        worth: dict[str, list[int | None]] = {}
        for line in month["parts"]:
            worth.setdefault(agent_of[line["outlet_code"]], []).append(line["used"])
        for line in month["agents"]:
            values = worth.get(line["agent_code"], [])
            known = [value for value in values if value is not None]
            assert line["used"] == (sum(known) if len(known) == len(values) else None), line


@pytest.mark.parametrize("month", [0, 5, 11])
def test_the_ledgers_post_to_what_the_truth_says(closed: Path, month: int) -> None:
    """Read and posted by the product, without the rows that the truth says are refused."""
    truth = truth_of(closed)
    told = truth["months"][month]
    books = read_books(closed / told["month"])
    refused = {
        (f["month"], f["workbook"], f["row"]) for f in truth["faults"] if f["posted"] is False
    }
    first = pd.Timestamp(f"{told['month']}-01")
    until = first + pd.offsets.MonthEnd()

    posted = deposits.post(books.deposits, books.opening)
    table = deposits.balances(books.deposits, posted, first, until)
    for line in told["agents"]:
        row = table.loc[line["agent_code"]]
        names = {"opening": "opening", **DEPOSIT_KINDS, "closing": "closing"}
        got = {name: None if pd.isna(row[kind]) else int(row[kind]) for kind, name in names.items()}
        assert got == {name: line[name] for name in names.values()}, line

    rows = books.parts
    place = zip(rows["entered"].dt.strftime("%Y-%m"), rows["workbook"], rows["row"], strict=True)
    kept = [key not in refused for key in place]
    rows = rows[kept]
    rows = rows[(rows["date"] <= until) & (rows["outlet_code"] != "WD999X")]
    outcome = parts.post(rows)
    assert outcome.rows["refusal"].isna().all()
    held = parts.totals(rows, outcome)["held"]
    for line in told["parts"]:
        assert held.loc[line["outlet_code"], line["part_code"]] == line["in_field"], line
    assert held.sum() == sum(line["in_field"] for line in told["parts"])


# --- the tree ---------------------------------------------------------------------------------


def test_hands_differ_from_month_to_month(year: Path) -> None:
    headers = []
    for path in sorted(year.glob("*/录入/配件流水.xlsx"))[:4]:
        rows = sheet(path, "配件流水")
        at = next(n for n, row in rows.items() if any("流水号" in cell for cell in row))
        headers.append((at, tuple(rows[at])))
    assert len(set(headers)) == 4
    assert len({at for at, _ in headers}) > 2


def test_an_agents_list_has_every_fault_and_names_rows_of_both_sides(
    year: Path, truth: Record
) -> None:
    assert truth["lists"]
    for told in truth["lists"]:
        entered = year / told["month"] / "录入"
        theirs = sheet(entered / "回单" / told["workbook"], told["sheet"])
        assert {pair["fault"] for pair in told["pairs"]} == {"", *FAULTS}
        rows = [row for pair in told["pairs"] for row in pair["theirs"]]
        assert sorted(rows) == sorted(theirs)[2:]  # a title and the header stand above
        ledger = sheet(entered / "配件流水.xlsx", "配件流水")
        for pair in told["pairs"]:
            if pair["fault"] == "":
                (ours,), (row,) = pair["ours"], pair["theirs"]
                number = next(cell for cell in theirs[row] if cell.startswith("FH"))
                assert number in ledger[ours]


def test_a_year_is_open_unless_it_is_asked_to_be_closed(year: Path, closed: Path) -> None:
    assert not [*year.glob("*/存档"), *year.glob("*/输出")]
    locked = sorted(path.parents[1].name for path in closed.glob("*/存档/锁定.txt"))
    assert locked == [month["month"] for month in truth_of(closed)["months"]][:-1]
    assert truth_of(closed) == truth_of(year)
    assert len([*closed.glob("*/输出/*押金对帐单*.xlsx")]) == 11

"""Agents' lists of the generated year, by the road of ``settle match``, against their truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from addin.actions.close import Wishes
from addin.actions.match_agent import Outcome, match_lists
from tests.actions.agent_month import LIST, write_rows
from workbooks.generate_accounts import SEED, generate
from workbooks.generator.accounts.agent_lists import TOLERANT

QUIET = Wishes(progress=lambda _: None)
Rows = tuple[int, ...]


@dataclass(frozen=True)
class Told:
    """A line of 匹配结果; ``fault`` is what befell these very rows, None where they are no pair."""

    conclusion: str
    fault: str | None
    rows: tuple[Rows, Rows]


@dataclass(frozen=True)
class Year:
    """Every month with lists, each folder with two files that cannot be matched."""

    outcomes: dict[str, Outcome]
    truth: list[dict[str, Any]]

    def told(self) -> Iterator[Told]:
        for month, outcome in self.outcomes.items():
            for result in outcome.results:
                faults = self._faults(month, result.agent_list.agent)
                for line in result.rows.to_dict("records"):
                    rows = numbers(line["our_row"]), numbers(line["their_row"])
                    yield Told(line["conclusion"], faults.get(rows), rows)

    def _faults(self, month: str, agent: str) -> dict[tuple[Rows, Rows], str]:
        (made,) = (t for t in self.truth if (t["month"], t["agent_code"]) == (month, agent))
        return {(tuple(p["ours"]), tuple(p["theirs"])): p["fault"] for p in made["pairs"]}


def numbers(cell: str) -> Rows:
    """Of the rows that a line names, as ``3+4+5``."""
    return tuple(int(part) for part in cell.split("+") if part)


@pytest.fixture(scope="module", params=[SEED, 7, 9])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder = tmp_path_factory.mktemp("year")
    generate(folder, seed=request.param, agents=12, months=12, movements=1500)
    outcomes = {}
    for lists in sorted(folder.glob("*/录入/回单")):
        entry = [None, "X1", "PJ001", "", 1, 1, 1]
        two_agents = [["代理商编码:DL001"], LIST, entry]
        write_rows(
            lists / "两家.xlsx", {"甲": two_agents, "乙": [["代理商编码:DL002"], LIST, entry]}
        )
        write_rows(lists / "无表头.xlsx", {"清单": [["三月往来"], ["加热管", 2], ["水泵", 1]]})
        month = lists.parents[1]
        outcomes[month.name] = match_lists(month, None, QUIET)
    return Year(outcomes, json.loads((folder / "真值_账户.json").read_text("utf-8"))["lists"])


def test_every_list_is_matched(year: Year) -> None:
    matched = sorted(
        (month, result.agent_list.agent)
        for month, outcome in year.outcomes.items()
        for result in outcome.results
    )
    assert matched == sorted((made["month"], made["agent_code"]) for made in year.truth)
    assert len(matched) >= 2


def test_seeded_faults_are_proposed(year: Year) -> None:
    proposed = [told.fault for told in year.told() if told.conclusion == "待确认"]
    right = sum(fault in TOLERANT for fault in proposed)
    wanted = sum(pair["fault"] in TOLERANT for made in year.truth for pair in made["pairs"])
    assert right / len(proposed) >= 0.99, f"precision {right}/{len(proposed)}"
    assert right / wanted >= 0.97, f"recall {right}/{wanted}"


def test_nothing_is_matched_wrongly_in_silence(year: Year) -> None:
    matched = [told for told in year.told() if told.conclusion == "已匹配"]
    assert matched and [told for told in matched if told.fault != ""] == []


def test_what_differs_or_is_missing_is_called_so(year: Year) -> None:
    called = {told.fault: told.conclusion for told in year.told()}
    assert {
        fault: called[fault]
        for fault in ("other_amount", "much_later", "missing_there", "missing_here")
    } == {
        "other_amount": "有差异",
        "much_later": "有差异",
        "missing_there": "仅我方",
        "missing_here": "仅对方",
    }


def test_a_file_that_cannot_be_matched_is_told_with_its_place(year: Year) -> None:
    for outcome in year.outcomes.values():
        places = {
            path.name: (wrong.workbook, wrong.sheet, wrong.cell) for path, wrong in outcome.failed
        }
        assert places == {
            "两家.xlsx": ("两家.xlsx", "乙", "A1"),
            "无表头.xlsx": ("无表头.xlsx", "清单", "A1"),
        }
        assert outcome.needs_a_person

"""Statements for all agents of a month: files, deadline, all or none, the same bytes twice."""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest

from addin import cli
from addin.actions.close import Wishes
from addin.actions.dashboard import dashboard
from addin.actions.staging import staged
from addin.actions.statements import countersign_by, statements
from addin.errors import BadInput
from addin.facts.joined import Month
from addin.hosts.files.workbook import Workbook
from addin.reports.account_issues import Finding
from addin.rules.parameters import Parameters
from addin.rules.settings import Settings
from addin.tables import catalogue
from addin.tables.ledgers import CHARGES
from addin.tables.masters import Masters, empty
from tests.reports import agent_frames as frames
from tests.reports.agent_frames import agent, deposit, idle, part

HOLIDAY = {dt.date(2026, 4, 16): "法定假日", dt.date(2026, 4, 17): "公司休息"}
"""Thursday and Friday before a weekend."""


def masters() -> Masters:
    known = {spec.name: empty(spec) for spec in catalogue.MASTERS}
    known["设置"] = pd.DataFrame({"setting": ["公司名称"], "value": ["示例公司"]})
    known["网点档案"] = empty(catalogue.OUTLETS, 1).assign(contact="赵某某")
    known["工作日历"] = pd.DataFrame(
        {"date": pd.to_datetime(list(HOLIDAY)), "day": list(HOLIDAY.values())}
    )
    return Masters("基础资料.xlsx", known)


@dataclass
class Accounts:
    agents: pd.DataFrame
    deposits: pd.DataFrame = field(default_factory=frames.deposits)
    parts: pd.DataFrame = field(default_factory=frames.parts)
    charges: pd.DataFrame = field(default_factory=lambda: empty(CHARGES))
    month: Month = field(default_factory=lambda: Month(frames.MARCH, pd.Timestamp("2026-04-02")))
    masters: Masters = field(default_factory=masters)
    settings: Settings = field(default_factory=Settings)
    unposted: tuple[Finding, ...] = ()


def of(*rows: dict[str, object], **more: object) -> Accounts:
    return Accounts(frames.agents(*rows), **more)  # type: ignore[arg-type]


THREE = of(
    agent("DL001", "青禾/商贸:一部"),
    idle("DL002"),
    agent("DL003", None, verdict="待查", reasons="期初不接上期"),
    deposits=frames.deposits(
        *frames.MARCH_OF_DL001, deposit("DL003", "2026-03-07", "收取", 650_00, remark="赵某某交")
    ),
    parts=frames.parts(part("DL001"), part("DL003", "WD003")),
)


def silent(words: str) -> None:
    """Progress that nobody reads."""


def test_every_agent_has_a_file_of_its_own(tmp_path: Path) -> None:
    made = statements(THREE, tmp_path, progress=silent)
    assert [path.name for path in made] == [
        "DL001_青禾／商贸：一部_2026-03.xlsx",
        "DL002_青禾商贸_2026-03.xlsx",
        "DL003_2026-03.xlsx",
    ]
    assert {path.parent for path in made} == {tmp_path / "对账单"}
    with pytest.warns(UserWarning, match="Print area"):
        texts = [
            "\n".join(str(c.value) for row in openpyxl.load_workbook(p).active for c in row)
            for p in made
        ]
    assert ["示例公司" in text for text in texts] == [True] * 3
    assert ["期初不接上期" in text for text in texts] == [False, False, True]
    assert "赵**交" in texts[2], "the outlet's contact is masked in remarks"


def test_running_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in statements(THREE, tmp_path / "a", progress=silent)]
    again = [path.read_bytes() for path in statements(THREE, tmp_path / "b", progress=silent)]
    over = [path.read_bytes() for path in statements(THREE, tmp_path / "b", progress=silent)]
    assert first == again == over


def test_progress_counts_the_agents(tmp_path: Path) -> None:
    said: list[str] = []
    statements(THREE, tmp_path, progress=said.append)
    assert said == [
        "对账单 1/3 DL001 青禾/商贸:一部",
        "对账单 2/3 DL002 青禾商贸",
        "对账单 3/3 DL003",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_where_words_count_and_a_pipe_shows_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    shown = {}
    for words in ("对账单 250/1000 DL001", "对账单 750/1000 DL002", "读取流水"):
        monkeypatch.setattr(sys, "stderr", Terminal())
        cli._progress(words)
        shown[words] = sys.stderr.getvalue()  # type: ignore[attr-defined]
        assert words in shown[words] and "\n" not in shown[words]
    bars = [len(re.findall("[━╸╺]", text)) for text in shown.values()]
    assert bars == [30, 30, 0]
    assert shown["对账单 250/1000 DL001"] != shown["对账单 750/1000 DL002"]
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    cli._progress("对账单 250/1000 DL001")
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


def test_all_arrive_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save = Workbook.save

    def full(self: Workbook, target: Path) -> None:
        if target.name.startswith("DL003"):
            raise BadInput("磁盘已满,没有写入", "请清理磁盘空间后再运行")
        save(self, target)

    monkeypatch.setattr(Workbook, "save", full)
    with pytest.raises(BadInput, match="磁盘已满"):
        statements(THREE, tmp_path, progress=silent)
    assert list(tmp_path.rglob("*")) == []


# --- the deadline: 2026-04-02 and 15 days is Friday the 17th, a holiday of the company -------


@pytest.mark.parametrize(
    ("changed", "day"),
    [
        ({}, "2026-04-17"),
        ({"截止遇休": "提前"}, "2026-04-15"),
        ({"截止遇休": "顺延"}, "2026-04-20"),
        ({"截止日含当日": "否"}, "2026-04-16"),
        ({"截止日含当日": "否", "截止遇休": "顺延"}, "2026-04-20"),
        ({"回签天数": "10"}, "2026-04-12"),
        ({"回签天数": "10", "截止遇休": "顺延"}, "2026-04-13"),
    ],
)
def test_the_deadline_moves_over_a_holiday_as_the_company_wishes(
    changed: dict[str, str], day: str
) -> None:
    accounts = replace(of(agent("DL001")), settings=Settings(Parameters(changed)))
    assert countersign_by(accounts).day.isoformat() == day


def test_a_deadline_in_a_year_that_no_calendar_knows_is_said_to_be_a_guess(tmp_path: Path) -> None:
    said: list[str] = []
    accounts = replace(
        of(agent("DL001")),
        month=Month(pd.Timestamp("2098-03-01"), pd.Timestamp("2098-04-02")),
        settings=Settings(Parameters({"截止遇休": "顺延"})),
    )
    statements(accounts, tmp_path, progress=said.append)
    assert said[0] == "2098-04-17不在工作日历,按周一至周五上班推算,请核对"


# --- 押金看板 -------------------------------------------------------------------------------


def test_the_dashboard_is_a_file_of_the_month(tmp_path: Path) -> None:
    accounts = SimpleNamespace(
        **vars(THREE),
        overdue=pd.DataFrame(),
        ledger=SimpleNamespace(returned=None),
        trend=pd.DataFrame(
            {"month": [frames.MARCH], "closing": 1, "used": 1, "available": 1, "overdue_units": 0}
        ),
    )
    said: list[str] = []
    with staged() as staging:
        place = dashboard(accounts, tmp_path, staging, Wishes(progress=said.append))
        assert staging.arrive() == [place]
    assert place.name == "押金看板_2026-03.xlsx"
    assert said == ["生成 押金看板"]
    with pytest.warns(UserWarning, match="Print area"):
        sheet = openpyxl.load_workbook(place)["押金看板"]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert any(text.startswith("待查账户1户:DL003") for text in texts)
    assert "没有导入旧件返还,逾期未返无法判断" in texts

"""处理日志 is only ever added to, by several writers, and says where it was broken."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest

from addin.journal import chain, steps
from addin.journal.chain import Entry
from addin.tables import catalogue

MARCH = dt.datetime(2026, 3, 31, 23, 59, 58)
APRIL = dt.datetime(2026, 4, 1, 0, 0, 1)


def told(path: Path) -> list[dict[str, str]]:
    return [dict(zip(chain.COLUMNS, cells, strict=True)) for cells in chain.read(path)]


def test_the_columns_are_those_of_the_sheet() -> None:
    assert catalogue.JOURNAL.headers == chain.COLUMNS


def test_the_chain_goes_on_over_the_turn_of_a_month(tmp_path: Path) -> None:
    march = chain.append(tmp_path, Entry("校验本表"), now=MARCH)
    april = chain.append(tmp_path, Entry("撤销"), now=APRIL)
    assert (march.name, april.name) == ("处理日志_2026-03.csv", "处理日志_2026-04.csv")
    assert told(april)[0]["前链哈希"] == told(march)[-1]["链哈希"]
    assert chain.latest(tmp_path) == april and list(chain.breaks(tmp_path)) == []


@pytest.mark.parametrize("change", [("校验本表", "没有做过"), ("23:59:58", "22:00:00")])
def test_a_changed_line_is_named(tmp_path: Path, change: tuple[str, str]) -> None:
    path = chain.append(tmp_path, Entry("校验本表"), now=MARCH)
    chain.append(tmp_path, Entry("撤销"), now=MARCH)
    path.write_bytes(path.read_bytes().replace(*(words.encode() for words in change), 1))
    assert next(iter(chain.breaks(tmp_path)))[1] == 1


def test_a_missing_line_is_named(tmp_path: Path) -> None:
    for action in ("校验本表", "放行", "撤销"):
        path = chain.append(tmp_path, Entry(action), now=MARCH)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    assert list(chain.breaks(tmp_path)) == [(path.name, 2)]


@pytest.mark.parametrize("left", [1, 3, 20, 60])
def test_a_torn_line_is_told_by_the_next_one(tmp_path: Path, left: int) -> None:
    chain.append(tmp_path, Entry("校验本表", note="第一条"), now=MARCH)
    path = chain.append(tmp_path, Entry("放行", note="第二条"), now=MARCH)
    whole = path.read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    path.write_bytes(whole[: start + left])
    assert len(told(path)) == 1
    chain.append(tmp_path, Entry("撤销"), now=MARCH)
    assert [line["动作"] for line in told(path)] == ["校验本表", "修复", "撤销"]
    assert told(path)[1]["结果"] == "错误"
    assert told(path)[1]["说明"].startswith(chain.BROKEN + "2"[:left])
    assert list(chain.breaks(tmp_path)) == []


def test_a_header_that_was_torn_is_written_again(tmp_path: Path) -> None:
    path = chain.append(tmp_path, Entry("校验本表"), now=MARCH)
    path.write_bytes(path.read_bytes()[:10])
    chain.append(tmp_path, Entry("撤销"), now=MARCH)
    assert [line["动作"] for line in told(path)] == ["修复", "撤销"]


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@a"])
def test_no_cell_is_a_formula_where_the_file_is_opened(tmp_path: Path, words: str) -> None:
    path = chain.append(tmp_path, Entry("放行", note=words), now=MARCH)
    assert told(path)[0]["说明"] == "'" + words


def test_a_note_of_several_lines_stays_one_line(tmp_path: Path) -> None:
    path = chain.append(tmp_path, Entry("放行", note='一,"二"\n三'), now=MARCH)
    assert told(path)[0]["说明"] == '一,"二" 三' and len(path.read_bytes().splitlines()) == 2


def test_several_programs_write_without_losing_a_line(tmp_path: Path) -> None:
    program = (
        "import sys, datetime as dt; from pathlib import Path\n"
        "from addin.journal.chain import Entry, append\n"
        "for n in range(25): append(Path(sys.argv[1]), Entry(f'{sys.argv[2]}{n}'),"
        " now=dt.datetime(2026, 3, 31))"
    )
    run = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in "甲乙丙"
    ]
    assert [one.wait() for one in run] == [0, 0, 0]
    path = chain.latest(tmp_path)
    assert path is not None and len(chain.read(path)) == 75
    assert list(chain.breaks(tmp_path)) == []


def test_the_oldest_steps_go_first(tmp_path: Path) -> None:
    for n in range(steps.KEPT + 3):
        steps.keep(tmp_path, "a.xlsx", {"n": n})
    kept = []
    while step := steps.last(tmp_path, "a.xlsx"):
        kept.append(step["n"])
        steps.drop_last(tmp_path, "a.xlsx")
    assert kept == list(range(steps.KEPT + 2, 2, -1))
    assert steps.last(tmp_path, "b.xlsx") is None


def test_a_step_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    steps.keep(tmp_path, "a.xlsx", {"n": 1}).write_bytes(b"half")
    assert steps.last(tmp_path, "a.xlsx") is None

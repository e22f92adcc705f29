"""A button over the pipe works on the file, which changes only when the button came to its end."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest

from addin import log
from addin.bridge import pipe
from addin.desk import Cancelled, Desk
from addin.errors import BadInput
from addin.registry import BUTTONS, button


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(log, "path", lambda: tmp_path / "settle.log")
    book = openpyxl.Workbook()
    book.active.title = "表"
    book.active["B2"] = "网点"
    book.save(tmp_path / "工作簿.xlsx")
    return tmp_path / "工作簿.xlsx"


@pytest.fixture(autouse=True)
def own_buttons() -> Iterator[None]:
    with patch.dict(BUTTONS):
        yield


def pressed(
    name: str, file: Path | None, replies: Sequence[Any] = ()
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What was said on the way, and the last line."""
    request = {"button": name, "file": str(file or ""), "sheet": "表", "selection": "B2"}
    lines = [request, *({"reply": reply} for reply in replies)]
    said = io.StringIO()
    pipe.serve(io.StringIO("".join(json.dumps(line) + "\n" for line in lines)), said)
    *told, last = [json.loads(line) for line in said.getvalue().splitlines()]
    return told, last


def test_what_a_button_writes_is_made_beside_the_file(file: Path) -> None:
    @button("写", "试", group="核对", icon="about", changes="右边一格")
    def write(desk: Desk) -> str:
        desk.selection.offset(0, 1).value = "已写"
        desk.go_to(desk.selection.offset(1, 1))
        return "写了1格"

    before = file.read_bytes()
    file.with_name(f".~lock.{file.name}#").touch()  # open in the program that asks
    told, last = pressed("write", file)
    assert (told, last["line"], last["sheet"], last["selection"]) == ([], "写了1格", "表", "C3")
    assert file.read_bytes() == before
    sheet = openpyxl.load_workbook(io.BytesIO(Path(last["made"]).read_bytes())).active
    assert (sheet["B2"].value, sheet["C2"].value) == ("网点", "已写")


@pytest.mark.parametrize("raised", [BadInput("不行", "请改好"), Cancelled(), KeyError("x")])
def test_a_button_that_fails_makes_nothing(file: Path, raised: Exception) -> None:
    @button("写", "试", group="核对", icon="about", changes="右边一格")
    def write(desk: Desk) -> str:
        desk.selection.value = "写了一半"
        raise raised

    _, last = pressed("write", file)
    assert last["made"] is None
    assert [path.name for path in file.parent.glob(".结算助手_*")] == []


def test_a_button_that_only_reads_makes_nothing(file: Path) -> None:
    @button("读", "试", group="查询", icon="about", needs="一个工作簿")
    def read(desk: Desk) -> str:
        return str(desk.selection.value)

    _, last = pressed("read", file)
    assert (last["line"], last["made"], last["selection"]) == ("网点", None, "B2")


def test_a_question_waits_for_its_answer_and_words_do_not(file: Path) -> None:
    @button("问", "试", group="查询", icon="about")
    def wonder(desk: Desk) -> str:
        desk.progress("第一步")
        desk.progress("马上第二步")  # too soon to be shown
        desk.show("题目", "内容")
        desk.open_file(Path("手册.md"))
        return f"{desk.ask('为什么', ['甲', '乙'])}{desk.ask('还有')}{desk.recalculate()}"

    told, last = pressed("wonder", None, ["乙", None, 3])
    assert told == [
        {"progress": ["第一步"]},
        {"show": ["题目", "内容"]},
        {"open": ["手册.md"]},
        {"ask": ["为什么", ["甲", "乙"]]},
        {"ask": ["还有", []]},
        {"recalculate": []},
    ]
    assert last["line"] == "乙None3"


def test_a_program_that_went_away_cancels(file: Path) -> None:
    @button("问", "试", group="查询", icon="about")
    def wonder(desk: Desk) -> str:
        return str(desk.ask("为什么"))

    _, last = pressed("wonder", file)
    assert last["line"] == "问:已取消,没有改动"


def test_a_workbook_without_a_file_is_refused_in_one_sentence() -> None:
    @button("读", "试", group="查询", icon="about")
    def read(desk: Desk) -> str:
        return str(desk.selection.value)

    told, last = pressed("read", None)
    assert told == [{"show": ["读", "这个工作簿还没有存成文件。请先存成 .xlsx 文件。"]}]
    assert last["line"] == "读:这个工作簿还没有存成文件"


def test_formulas_are_answered_between_buttons(file: Path) -> None:
    asked = {"formula": "SETTLE_RMB", "arguments": [1]}
    said = io.StringIO()
    button_line = {"button": "没有", "file": "", "sheet": "表", "selection": "A1"}
    lines = [asked, button_line, asked]
    pipe.serve(io.StringIO("".join(json.dumps(line) + "\n" for line in lines)), said)
    first, second, third = [json.loads(line) for line in said.getvalue().splitlines()]
    assert first == third == {"value": "壹元整"}
    assert "重新安装" in second["line"]

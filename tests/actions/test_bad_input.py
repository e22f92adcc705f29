"""Bad input: one Chinese sentence naming file and remedy, exit code 2, nothing half written."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import zipfile
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pytest
from openpyxl.cell import Cell

from addin import cli, log
from addin.actions import company
from addin.tables import catalogue
from tests.actions.small_month import (
    INSTALLS,
    MASTERS,
    REPAIRS,
    install,
    write_entries,
)
from tests.hosts_intake.test_intake import compound_file

Refused = Callable[..., str]

# --- what a clerk sees ----------------------------------------------------------------------


def everything(folder: Path) -> dict[str, bytes | None]:
    """Each folder and each file's bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


@pytest.fixture
def settle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """The command line in this process; gives the exit code."""
    monkeypatch.setattr(log, "path", lambda: tmp_path.parent / "settle.log")

    def run(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["settle", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return int(end.value.code or 0)

    return run


@pytest.fixture
def refused(
    settle: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Refused:
    """What the clerk is told, once it is sure that it is all that happened."""

    def run(*words: object, during: Any = None) -> str:
        before = everything(tmp_path)
        capsys.readouterr()
        with during or nullcontext():
            code = settle(*words)
        shown = capsys.readouterr()
        assert (code, shown.out) == (2, "")
        assert re.fullmatch(r"(错误:|已取消)[^\n]+。\n", shown.err), shown.err
        assert not re.search(r"Traceback|Error|Errno|没有料到", shown.err), shown.err
        assert everything(tmp_path) == before
        return shown.err

    return run


# --- files that are no workbook -------------------------------------------------------------


def cut_short(good: bytes) -> bytes:
    return good[: len(good) // 2]


def encrypted(good: bytes) -> bytes:
    return compound_file("EncryptionInfo", "EncryptedPackage")


def renamed_xls(good: bytes) -> bytes:
    return compound_file("Workbook")


def empty(good: bytes) -> bytes:
    return b""


def web_page(good: bytes) -> bytes:
    return "<html><table><tr><td>单号</td></tr></table></html>".encode("gbk")


def with_part(good: bytes, tmp_path: Path, name: str, content: bytes) -> bytes:
    path = tmp_path / "part.zip"
    path.write_bytes(good)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    spoilt = path.read_bytes()
    path.unlink()
    return spoilt


SPOILT = [
    # what has become of the file, what the sentence says, what the remedy says
    (cut_short, "不完整", "重新下载"),
    (encrypted, "有密码", "取消“用密码进行加密”"),
    (renamed_xls, "旧版 .xls", "另存为 .xlsx"),
    (empty, "0 字节", "重新下载"),
    (web_page, "网页(HTML)", "另存为 .xlsx"),
]
PACKED = [
    ("xl/vbaProject.bin", b"x", "带有宏", "--allow-macros"),
    ("xl/media/big.bin", bytes(70 << 20), "压缩炸弹", "请勿使用"),
]
FILES = pytest.mark.parametrize("name", [INSTALLS, REPAIRS, MASTERS])


@FILES
@pytest.mark.parametrize(("spoil", "problem", "remedy"), SPOILT)
def test_a_file_that_is_no_workbook(
    month: Path, refused: Refused, name: str, spoil: Callable[[bytes], bytes], problem: str,
    remedy: str,
) -> None:  # fmt: skip
    path = month / name
    path.write_bytes(spoil(path.read_bytes()))
    told = refused("close", month)
    assert f"《{path.name}》" in told and problem in told and remedy in told


@FILES
@pytest.mark.parametrize(("part", "content", "problem", "remedy"), PACKED)
def test_a_package_with_a_bomb_or_macros_in_it(
    month: Path, tmp_path: Path, refused: Refused, name: str, part: str, content: bytes,
    problem: str, remedy: str,
) -> None:  # fmt: skip
    path = month / name
    path.write_bytes(with_part(path.read_bytes(), tmp_path, part, content))
    told = refused("close", month)
    assert f"《{path.name}》" in told and problem in told and remedy in told


def test_an_export_that_is_a_web_page_called_xls(month: Path, refused: Refused) -> None:
    path = (month / INSTALLS).with_suffix(".xls")
    (month / INSTALLS).unlink()
    path.write_bytes(web_page(b""))
    told = refused("close", month)
    assert "《安装单_2026-03.xls》" in told and "网页(HTML)" in told


@FILES
def test_a_file_that_another_program_holds(month: Path, refused: Refused, name: str) -> None:
    held, opened = (month / name).resolve(), Path.open

    def locked(self: Path, *how: Any, **more: Any) -> Any:
        if self.resolve() == held:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return opened(self, *how, **more)

    told = refused("close", month, during=mock.patch.object(Path, "open", locked))
    assert f"《{held.name}》" in told and "请关闭占用它的程序" in told


def test_a_file_or_folder_that_is_not_there(month: Path, refused: Refused) -> None:
    assert "《没有.xlsx》" in refused("check", month / "没有.xlsx")
    assert "“2026-04”" in refused("close", month.parent / "2026-04")


# --- masters and folders that make no sense -------------------------------------------------


@pytest.mark.parametrize("name", ["网点档案", "产品型号", "费用标准", "远程费标准", "故障代码",
                                  "配件价格"])  # fmt: skip
def test_masters_without_a_sheet(month: Path, refused: Refused, name: str) -> None:
    book = openpyxl.load_workbook(month / MASTERS)
    del book[name]
    book.save(month / MASTERS)
    told = refused("close", month)
    assert f"《基础资料.xlsx》:基础资料缺少工作表“{name}”" in told and "补上这张表" in told


@pytest.mark.parametrize(
    ("sheet", "cell", "text"),
    [("费用标准", "F2", "八十"), ("网点档案", "I2", "四类"), ("网点档案", "K2", "2026.2.30")],
)
def test_masters_with_a_cell_that_cannot_be_read(
    month: Path, refused: Refused, sheet: str, cell: str, text: str
) -> None:
    book = openpyxl.load_workbook(month / MASTERS)
    book[sheet][cell] = text
    book.save(month / MASTERS)
    told = refused("close", month)
    assert f"《基础资料.xlsx》工作表“{sheet}”单元格{cell}:" in told
    assert f"“{text}”" in told and "请改正" in told


def test_no_masters_at_all(month: Path, refused: Refused) -> None:
    (month / MASTERS).unlink()
    told = refused("close", month)
    assert "找不到基础资料.xlsx" in told and "--masters" in told


def test_a_folder_without_entries(month: Path, refused: Refused) -> None:
    for name in (INSTALLS, REPAIRS):
        (month / name).unlink()
    told = refused("close", month)
    assert "文件夹“录入”里没有安装单或维修单" in told and "请把本月的单据放进" in told


def test_two_months_mixed(month: Path, refused: Refused) -> None:
    (month / REPAIRS).rename(month / "录入/维修单_2026-02.xlsx")
    told = refused("close", month)
    assert "安装单_2026-03.xlsx(2026-03)、维修单_2026-02.xlsx(2026-02)" in told
    assert "--month" in told


# --- while it writes ------------------------------------------------------------------------


def stopped_at(name: str, reason: BaseException) -> Any:
    """``reason`` is raised the first time that a file of this name is to be put in place."""
    replace, waiting = os.replace, [reason]

    def stopping(source: Any, target: Any) -> None:
        if Path(target).name == name and waiting:
            raise waiting.pop()
        replace(source, target)

    return mock.patch.object(os, "replace", stopping)


def stopped_on_arrival(name: str, reason: BaseException) -> Any:
    """The same, but only once all files are made and on their way to the output folder."""
    replace, waiting = Path.replace, [reason]

    def stopping(self: Path, target: Path) -> Path:
        if target.name == name and target.parent.name == "输出" and waiting:
            raise waiting.pop()
        return replace(self, target)

    return mock.patch.object(Path, "replace", stopping)


CHECKED = "维修单_2026-03_已核对.xlsx"  # neither the first nor the only file of a close
STOPS = pytest.mark.parametrize("stop", [stopped_at, stopped_on_arrival])


@STOPS
@pytest.mark.parametrize("again", [False, True], ids=["first run", "second run"])
def test_a_full_disk(
    month: Path, refused: Refused, settle: Callable[..., int], stop: Any, again: bool
) -> None:
    if again:
        settle("close", month)
        write_entries(month / INSTALLS, catalogue.INSTALL, [install(1)])
    full = stop(CHECKED, OSError(errno.ENOSPC, "No space left on device"))
    told = refused("close", month, during=full)
    assert f"《{CHECKED}》:磁盘已满" in told and "请清理磁盘空间" in told


def test_a_result_of_the_last_run_that_cannot_be_replaced(
    month: Path, refused: Refused, settle: Callable[..., int]
) -> None:
    settle("close", month)
    write_entries(month / INSTALLS, catalogue.INSTALL, [install(1)])
    held = stopped_on_arrival(CHECKED, PermissionError(errno.EACCES, "Permission denied"))
    told = refused("close", month, during=held)
    assert f"《{CHECKED}》:写不进去" in told and "请关闭打开它的程序" in told


def test_a_full_disk_in_place_leaves_the_input(month: Path, refused: Refused) -> None:
    full = mock.patch("shutil.copy2", side_effect=OSError(errno.ENOSPC, "No space left"))
    (month / "录入/备份").mkdir()
    told = refused("check", month / REPAIRS, "--in-place", during=full)
    assert "《维修单_2026-03_核对前.xlsx》:磁盘已满" in told


def test_ctrl_c_while_judging(month: Path, refused: Refused) -> None:
    stopped = mock.patch.object(company, "judge", side_effect=KeyboardInterrupt)
    assert "已取消,没有写坏任何文件" in refused("close", month, during=stopped)


@STOPS
def test_ctrl_c_while_writing(month: Path, refused: Refused, stop: Any) -> None:
    told = refused("close", month, during=stop(CHECKED, KeyboardInterrupt()))
    assert "已取消" in told


# --- headers that a person must settle ------------------------------------------------------


def test_two_columns_for_one_field_are_named_and_map_chooses(
    month: Path, refused: Refused, settle: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    renamed = [
        {{"备注": "单据编号", "单号": "安装单号"}.get(header, header): value
         for header, value in install(n, 备注=f"B{n}").items()}
        for n in (1, 2)
    ]  # fmt: skip
    write_entries(month / INSTALLS, catalogue.INSTALL, renamed)
    letter = {cell.value: cell.column_letter for cell in first_row(month / INSTALLS)}
    first, second = letter["安装单号"], letter["单据编号"]
    told = refused("check", month / INSTALLS)
    assert "《安装单_2026-03.xlsx》工作表“安装单”第1行:字段“单号”有2列可选" in told
    assert f"{first}列“安装单号”、{second}列“单据编号”" in told and "--map 单号=" in told
    for column, slip_no in ((first, "D001"), (second, "B1")):
        chosen = ("--map", f"单号={column}", "--out", month / column)
        assert settle("check", month / INSTALLS, "--json", *chosen) in (0, 1)
        assert f'"单号": "{slip_no}"' in capsys.readouterr().out


def test_a_column_chosen_with_map_is_chosen_again_in_the_last_copy(
    month: Path, settle: Callable[..., int]
) -> None:
    write_entries(
        month / INSTALLS,
        catalogue.INSTALL,
        [{("流水" if k == "单号" else k): v for k, v in install(n).items()} for n in (1, 2)],
    )
    first = settle("check", month / INSTALLS, "--map", "单号=C")
    assert settle("check", month / INSTALLS, "--map", "单号=C") == first


def test_a_missing_required_column_names_the_columns_left_over_and_map_finds_it(
    month: Path, refused: Refused, settle: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{("流水" if k == "单号" else k): v for k, v in install(n).items()} for n in (1, 2)]
    write_entries(month / INSTALLS, catalogue.INSTALL, [{**line, "楼层": 3} for line in lines])
    letter = {cell.value: cell.column_letter for cell in first_row(month / INSTALLS)}
    told = refused("check", month / INSTALLS)
    assert "《安装单_2026-03.xlsx》工作表“安装单”第1行:缺少必需的列“单号”" in told
    assert f"{letter['流水']}列“流水”、{letter['楼层']}列“楼层”" in told
    assert settle("check", month / INSTALLS, "--json", "--map", f"单号={letter['流水']}") in (0, 1)
    assert '"单号": "D001"' in capsys.readouterr().out
    assert (month / "输出/安装单_2026-03_已核对.xlsx").is_file()  # beside 录入, as a close has it


def test_a_map_that_names_no_column(month: Path, refused: Refused) -> None:
    assert "请写成 --map 网点编码=C" in refused("check", month / INSTALLS, "--map", "单号")


def first_row(path: Path) -> Iterable[Cell]:
    row: Iterable[Cell] = openpyxl.load_workbook(path).worksheets[0][1]
    return row


# --- commands that were mistyped ------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("check --in-plac 单.xlsx", "没有选项 --in-plac,是不是 --in-place"),
        ("demo --zzzzzzzz", "没有选项 --zzzzzzzz"),
        ("chekc 单.xlsx", "没有命令“chekc”"),
        ("close", "少写了“本月文件夹”"),
        ("check", "少写了“工作簿”"),
        ("close 2026-03 --month", "选项 --month 后面要写内容"),
        ("rules --json=1", "选项 --json 后面不写内容"),
        ("close 结算 2026-03", "多出了“2026-03”,名字里有空格时整个加英文引号"),
    ],
)
def test_a_mistyped_command_is_told_in_chinese(refused: Refused, words: str, fault: str) -> None:
    assert refused(*words.split()) == f"错误:命令写得不对:{fault}。用 settle --help 看写法。\n"


def test_a_fault_without_chinese_words_is_told_without_english(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "COMMAND_FAULTS", ())
    assert refused("close") == "错误:命令写得不对。用 settle --help 看写法。\n"


# --- many notices ---------------------------------------------------------------------------


def test_notices_that_are_not_shown_are_counted_and_stand_in_journal_and_json(
    month: Path, settle: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [install(n, 放行代码="R108", 放行原因="电话核实", 放行人="路人") for n in range(1, 14)]
    write_entries(month / INSTALLS, catalogue.INSTALL, lines)
    capsys.readouterr()
    settle("check", month / INSTALLS, "--json")
    notices = json.loads(capsys.readouterr().out)["notices"]
    settle("check", month / INSTALLS)
    shown = capsys.readouterr().out.replace("\n", "")
    assert len(notices) > cli.NOTICES_SHOWN
    more = len(notices) - cli.NOTICES_SHOWN
    assert f"还有{more}条提示没有显示,全部{len(notices)}条见每个已核对工作簿的“处理日志”表" in shown
    journal = openpyxl.load_workbook(month / "输出/安装单_2026-03_已核对.xlsx")["处理日志"]
    assert [line[9] for line in journal.values if line[3] == "提示"] == notices


# --- texts that look like formulas ----------------------------------------------------------

SIGNS = ("=", "+", "-", "@")


def test_a_text_that_looks_like_a_formula_stays_a_text_in_everything_we_write(
    month: Path, settle: Callable[..., int]
) -> None:
    lines = [
        install(n, 用户姓名=f"{sign}1+1", 备注=f"{sign}SUM(A1)", 网点名称=f"{sign}cmd|店{n}",
                申报安装费=95)
        for n, sign in enumerate(SIGNS, start=1)
    ]  # fmt: skip
    write_entries(month / INSTALLS, catalogue.INSTALL, lines)
    assert settle("close", month) == 1
    ours = {str(line[header]) for line in lines for header in ("用户姓名", "备注", "网点名称")}
    seen: dict[tuple[str, str], set[str]] = {}
    for path in sorted((month / "输出").glob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                if cell.value in ours:
                    assert cell.data_type == "s", f"{path.name} {sheet.title}!{cell.coordinate}"
                    seen.setdefault((path.name, sheet.title), set()).add(str(cell.value))
    copy = "安装单_2026-03_已核对.xlsx"
    assert seen[copy, "安装单"] == ours
    assert {f"{sign}cmd|店{n}" for n, sign in enumerate(SIGNS, 1)} <= seen[copy, "问题清单"]
    register = next(found for (name, _), found in seen.items() if "回访登记表" in name)
    assert {f"{sign}1+1" for sign in SIGNS} <= register


# --- in place -------------------------------------------------------------------------------


def test_in_place_writes_the_input_and_keeps_a_backup(
    month: Path, settle: Callable[..., int]
) -> None:
    entry = month / REPAIRS
    before = entry.read_bytes()
    assert settle("check", entry, "--in-place") == 0
    assert (entry.parent / "备份/维修单_2026-03_核对前.xlsx").read_bytes() == before
    assert "问题清单" in openpyxl.load_workbook(entry).sheetnames


def test_in_place_a_second_run_changes_nothing(month: Path, settle: Callable[..., int]) -> None:
    settle("check", month / INSTALLS, month / REPAIRS, "--in-place")
    first = everything(month)
    settle("check", month / INSTALLS, month / REPAIRS, "--in-place")
    assert everything(month) == first


def test_in_place_only_a_file_that_changes_gets_another_backup(
    month: Path, settle: Callable[..., int]
) -> None:
    settle("check", month / INSTALLS, month / REPAIRS, "--in-place")
    book = openpyxl.load_workbook(month / REPAIRS)
    book["维修单"]["C2"] = "D099"
    book.save(month / REPAIRS)
    settle("check", month / INSTALLS, month / REPAIRS, "--in-place")
    assert sorted(path.name for path in (month / "录入/备份").iterdir()) == [
        "安装单_2026-03_核对前.xlsx", "维修单_2026-03_核对前.xlsx", "维修单_2026-03_核对前1.xlsx",
    ]  # fmt: skip


SECOND = Path(REPAIRS).name


def stopped_in_place(reason: BaseException) -> Any:
    """``reason`` is raised when the second of two entry workbooks is to take its new form."""
    replace, waiting = Path.replace, [reason]

    def stopping(self: Path, target: Path) -> Path:
        if (target.name, target.parent.name) == (SECOND, "录入") and waiting:
            raise waiting.pop()
        return replace(self, target)

    return mock.patch.object(Path, "replace", stopping)


@pytest.mark.parametrize("stop", [
    lambda: stopped_at(SECOND, OSError(errno.ENOSPC, "No space left on device")),
    lambda: stopped_in_place(OSError(errno.ENOSPC, "No space left on device")),
], ids=["made", "put in place"])  # fmt: skip
def test_in_place_a_full_disk_at_the_second_file_leaves_the_first_as_it_was(
    month: Path, refused: Refused, stop: Callable[[], Any]
) -> None:
    told = refused("check", month / INSTALLS, month / REPAIRS, "--in-place", during=stop())
    assert f"《{SECOND}》:磁盘已满" in told


def test_in_place_ctrl_c_at_the_second_file_leaves_the_first_as_it_was(
    month: Path, refused: Refused
) -> None:
    stop = stopped_in_place(KeyboardInterrupt())
    files = (month / INSTALLS, month / REPAIRS)
    assert "已取消" in refused("check", *files, "--in-place", during=stop)


def test_in_place_a_second_file_that_is_open_leaves_the_first_as_it_was(
    month: Path, refused: Refused
) -> None:
    (month / "录入" / f"~${SECOND}").touch()
    told = refused("check", month / INSTALLS, month / REPAIRS, "--in-place")
    assert f"《{SECOND}》:正被打开,不能写入" in told


def test_two_workbooks_of_one_name_are_not_mixed(month: Path, refused: Refused) -> None:
    other = month / "另一处" / Path(INSTALLS).name
    other.parent.mkdir()
    other.write_bytes((month / INSTALLS).read_bytes())
    told = refused("check", month / INSTALLS, other)
    assert f"《{other.name}》:这个名字的工作簿有2个" in told

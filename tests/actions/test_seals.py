"""Signed and protected entry workbooks: what the clerk is told, and what is done."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from addin.actions import close as closing
from addin.errors import BadInput
from tests.actions.small_month import INSTALLS, REPAIRS, write_month
from tests.hosts.test_saving import signed


@pytest.fixture
def month(tmp_path: Path) -> Path:
    return write_month(tmp_path / "2026-03")


def told(outcome: closing.Outcome) -> list[str]:
    return [str(notice) for notice in outcome.judged.notices]


def test_a_signed_entry_is_checked_in_a_copy_and_the_clerk_is_told(month: Path) -> None:
    entry = signed(month / REPAIRS)
    before = entry.read_bytes()
    outcome = closing.check([entry], closing.Wishes())
    assert any("签名仍有效" in line and entry.name in line for line in told(outcome))
    assert entry.read_bytes() == before


def test_a_signed_entry_is_not_written_in_place(month: Path) -> None:
    entry = signed(month / REPAIRS)
    before = entry.read_bytes()
    with pytest.raises(BadInput, match=r"数字签名.*--in-place"):
        closing.check([entry], closing.Wishes(in_place=True))
    assert entry.read_bytes() == before
    assert set(entry.parent.iterdir()) == {month / INSTALLS, entry}


def test_a_protected_entry_is_written_all_the_same_and_stays_protected(month: Path) -> None:
    entry = month / REPAIRS
    book = openpyxl.load_workbook(entry)
    book.active.protection.sheet = True
    book.security = openpyxl.workbook.protection.WorkbookProtection(lockStructure=True)
    book.save(entry)
    outcome = closing.check([entry], closing.Wishes())
    lines = "\n".join(told(outcome))
    assert "工作表有保护:核对结果照样写入" in lines and "结构有保护" in lines
    checked = openpyxl.load_workbook(outcome.written[0])
    assert checked[book.active.title].protection.sheet and checked.security.lockStructure
    assert "问题清单" in checked.sheetnames


def test_a_name_that_grows_too_long_gets_a_sentence(month: Path) -> None:
    entry = month / REPAIRS
    long = entry.rename(entry.with_name(f"2026-03{'维' * 80}.xlsx"))
    with pytest.raises(BadInput, match="文件名太长"):
        closing.check([long], closing.Wishes())
    assert not (month / "输出").exists()

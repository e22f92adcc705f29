"""The menu 结算助手 as it is clicked, on a screen of Xvfb."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import openpyxl
import pytest

from addin.build import oxt
from tests.conftest import absent
from tests.libreoffice import answering
from tests.libreoffice.office import Document, OfficeError, python_with_uno, running
from tests.libreoffice.screen import shown

pytestmark = pytest.mark.libreoffice

MENU, SHEET = "结算助手", "表"
PATIENCE = 20  # seconds


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Document]:
    if shutil.which("Xvfb") is None or python_with_uno() is None:
        absent("Xvfb or a Python with uno")
    folder = tmp_path_factory.mktemp("screen")
    with answering.registered():
        extension = oxt.build(folder, run=[answering.__file__])
    file = folder / "工作簿.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = SHEET
    workbook.save(file)
    with (
        shown(folder) as screen,
        running(folder, extension, screen.display) as office,
        office.open(file, hidden=False) as document,
    ):
        yield document


def eventually(happens: Callable[[], bool]) -> bool:
    """A click comes through when the program gets to it; between two documents there is none."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OfficeError):
            if happens():
                return True
        time.sleep(0.1)
    return False


def test_the_menu_opens_with_its_buttons(book: Document) -> None:
    entries = [entry.partition("(")[0] for entry in book.open_menu(MENU)]  # (A) is a key
    assert {"刷新公式", "关于", "写一格"} <= set(entries)


def test_a_click_writes_a_cell(book: Document) -> None:
    def written() -> bool:
        book.in_front()
        return book.read(SHEET, "B1") == [["已写"]]

    book.select(SHEET, "A1")
    book.choose(MENU, "写一格")
    assert eventually(written)


def test_a_message_stands_in_a_box_of_its_own(book: Document) -> None:
    book.choose(MENU, "关于")
    title, *words = book.office.message()
    assert title == "关于结算助手" and any("程序:" in each for each in words)
    book.office.answer_message("OK")


def test_a_refusal_is_one_box_and_the_file_stays(book: Document) -> None:
    book.in_front()
    before = book.read(SHEET, "A1:B1")
    book.choose(MENU, "拒绝写")
    title, *words = book.office.message()
    assert title == "拒绝写" and "试着拒绝。不用管。" in words
    book.office.answer_message("OK")

    def as_before() -> bool:
        book.in_front()
        return book.read(SHEET, "A1:B1") == before

    assert eventually(as_before)


@pytest.mark.parametrize(("button", "answer"), [("确定", "R101"), ("取消", "None")])
def test_a_question_has_a_list_and_can_be_turned_down(
    book: Document, button: str, answer: str
) -> None:
    book.choose(MENU, "问一问")
    asked = {words.partition("(")[0] for words in book.office.message()}  # (A) is a key
    assert {"放行哪一个", "R101", "R108", "确定", "取消"} <= asked
    book.office.answer_message(button)
    assert eventually(lambda: f"选了{answer}" in book.office.message())
    book.office.answer_message("OK")

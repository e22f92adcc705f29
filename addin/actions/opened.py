"""The clerk's open workbook: where its month is, and whether anything may be written in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import xlwings as xw

from addin.actions import preferences
from addin.actions.company import Company, company
from addin.actions.load import MASTERS_FILE, Entry, find_beside, read_entry
from addin.desk import Desk
from addin.errors import BadInput
from addin.hosts import read_only, seals
from addin.journal import chain
from addin.tables.read import Table

INSIDE_A_MONTH = ("录入", "输出")
LOCK = "存档/锁定.txt"


def path_of(book: xw.Book) -> Path:
    """Where it is saved; rules, masters and log are found from there."""
    place = Path(book.fullname)
    if "://" in book.fullname:
        raise BadInput("工作簿在网盘上", "请另存到电脑上的本月文件夹再操作", workbook=book.name)
    if not place.is_absolute() or not place.parent.is_dir():
        raise BadInput("工作簿还没有保存过", "请先保存到本月文件夹再操作", workbook=book.name)
    return place


def month_folder(path: Path) -> Path:
    return path.parent.parent if path.parent.name in INSIDE_A_MONTH else path.parent


def log_folder(path: Path) -> Path:
    """处理日志 lies beside 基础资料; of a workbook without any, in its month's folder."""
    masters = find_beside(MASTERS_FILE, path.parent)
    return (masters.parent if masters else month_folder(path)) / chain.FOLDER


def refuse_if_closed(path: Path, workbook: str) -> None:
    lock = month_folder(path) / LOCK
    if lock.exists():
        raise BadInput(
            f"业务月“{lock.parents[1].name}”已锁定", "已月结的单据不能再改", workbook=workbook
        )


def refuse_unless_writable(book: xw.Book) -> None:
    """One named reason why nothing may be written in this workbook."""
    path = path_of(book)
    if read_only(book) or (path.exists() and not os.access(path, os.W_OK)):
        raise BadInput("工作簿是只读的", "请关闭后以可写方式打开,或另存一份", workbook=book.name)
    refuse_if_closed(path, book.name)
    sealed = seals(book)
    if sealed.structure:
        raise BadInput(
            "工作簿结构有保护,不能加入工作表", "请先在“审阅”里撤销保护工作簿", workbook=book.name
        )
    if sealed.sheets:
        raise BadInput(
            "工作表有保护",
            "请先在“审阅”里撤销工作表保护",
            workbook=book.name,
            sheet=sealed.sheets[0],
        )


@dataclass
class Opened:
    """An entry workbook as it stands open, unsaved edits and all, and what is around it."""

    entry: Entry
    company: Company

    def table(self, sheet: xw.Sheet) -> Table:
        for table in self.entry.tables:
            if table.sheet == sheet.name:
                return table
        raise BadInput("这张表不是安装单或维修单", "请先点到安装单或维修单工作表", sheet=sheet.name)


def opened(desk: Desk) -> Opened:
    """Reads it; waivers that the clerk filled in count."""
    path = path_of(desk.book)
    desk.progress("读取基础资料")
    masters_file(path)
    known = company([path], month_folder(path))
    desk.progress(f"读取 {path.name}")
    return Opened(read_entry(path, desk.book, known.masters), known)


def masters_file(path: Path) -> Path:
    found = find_beside(MASTERS_FILE, path.parent)
    if found is None:
        raise BadInput(f"找不到{MASTERS_FILE}", "请把它放在本工作簿的文件夹或上一级再操作")
    return found


# --- beside it --------------------------------------------------------------------------------


def show_log(desk: Desk) -> str:
    file = chain.latest(log_folder(path_of(desk.book)))
    if file is None:
        raise BadInput("还没有处理日志", "用按钮核对或放行之后才有")
    desk.open_file(file)
    return f"已打开 {file.name}"


def show_settings(desk: Desk) -> str:
    """Sheet 设置 of the masters beside the workbook; without a folder, asks where they are."""
    try:
        path = path_of(desk.book)
    except BadInput:
        return _settle_masters(desk)
    file = masters_file(path)
    desk.open_file(file)
    return f"已打开 {file.name},请看工作表“设置”"


def _settle_masters(desk: Desk) -> str:
    known = preferences.masters()
    now = f"(现在是 {known})" if known else ""
    told = desk.ask(f"工作簿没有存盘或在网盘上。公式用哪个{MASTERS_FILE}?请写完整路径{now}")
    if not told:
        return "设置:没有改动"
    place = Path(told.strip().strip('"'))
    if place.is_dir():
        place = place / MASTERS_FILE
    if not (place.is_absolute() and place.is_file() and place.name == MASTERS_FILE):
        raise BadInput(
            f"“{place}”不是{MASTERS_FILE}", f"请在资源管理器里找到{MASTERS_FILE},复制它的完整路径"
        )
    preferences.remember_masters(place)
    return f"设置:没有存盘的工作簿用 {place}"

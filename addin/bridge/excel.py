"""The Excel end of the bridge: a COM server that answers formulas, and a desk over a running Excel.

COM starts ``python -m addin.bridge.excel`` when the add-in asks for ``Settle.Link``. The server is
xlwings' own; nothing of Windows is imported before it is needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from addin import bridge, log
from addin.actions.reasons import Cell
from addin.bridge.wire import MARK, NUMBERS, facts_from_wire, from_wire, to_wire
from addin.cells import VALUE
from addin.desk import Cancelled
from addin.errors import BadInput
from addin.registry import BUTTONS
from addin.setup.link import CLASS_ID

if TYPE_CHECKING:
    import xlwings as xw

SCODE_BASE = -2146828288  # 0x800A0000: an error cell in a VARIANT is this plus its CVErr number
NOT_GIVEN = -2147352572  # DISP_E_PARAMNOTFOUND: an argument left out in VBA
UPDATES_A_SECOND = 5
MANUAL = -4135  # xlCalculationManual
FORMULAS_ONLY = -4123  # xlCellTypeFormulas
LONGEST_PROMPT = 250  # Application.InputBox refuses more than 255 characters
ESCAPE = 0x1B

# --- formulas -------------------------------------------------------------------------------


def answer(
    name: str,
    arguments: Sequence[Any],
    book: str = "",
    sheet: str = "",
    row: int = 0,
    column: int = 0,
    facts: Any = None,
    date1904: bool = False,
) -> Any:
    """One formula, as VBA asks it: cells of ``.Value2`` in, cells on the wire out.

    Days among the arguments count from 1900; those of the result as ``date1904`` says.
    """
    given = [from_wire(_from_com(argument)) for argument in arguments]
    cell = Cell(book or "", sheet or "", int(row), int(column))
    try:
        shown = bridge.answer(name, given, cell, facts_from_wire(facts))
        return to_wire(shown, date1904=date1904)
    except (TypeError, KeyError) as wrong:  # a formula gave what no cell can hold
        log.note(f"{name} {cell}", wrong)
        return f"{MARK}{NUMBERS[VALUE]}"


def _from_com(cell: Any) -> Any:
    """Numbers of cells arrive as float and dates with them: a whole number is an error code."""
    if isinstance(cell, (list, tuple)):
        return [_from_com(inner) for inner in cell]
    if isinstance(cell, int) and not isinstance(cell, bool):
        if cell == NOT_GIVEN:
            return None
        number = cell - SCODE_BASE
        return f"{MARK}{number}" if 2000 <= number < 2100 else float(cell)
    return cell


# --- buttons --------------------------------------------------------------------------------


def press(button: str, application: Any) -> str:
    """A ribbon button; the line that VBA then puts into the status bar. Never raises."""
    if _edits(application):
        label = BUTTONS[button].label if button in BUTTONS else button
        return f"{label}:Excel 正在编辑单元格,请先按回车或 Esc 结束编辑"
    return bridge.press(button, ExcelDesk(application))


def _edits(application: Any) -> bool:
    """Asked of Excel directly: xlwings would try again for ever."""
    try:
        return not application.Ready
    except Exception:  # RPC_E_CALL_REJECTED
        return True


class ExcelDesk:
    """:class:`addin.desk.Desk` over the Excel that the button was pressed in."""

    def __init__(
        self,
        application: Any,
        *,
        wrap: Callable[[Any], Any] | None = None,
        say: Callable[[int, str, str], None] | None = None,
        escaped: Callable[[int], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._excel = application
        self._wrap = wrap or _app
        self._say = say or _message_box
        self._escaped = escaped or _escape_pressed
        self._clock = clock
        self._said_at = float("-inf")
        self._destination: xw.Range | None = None
        self._inside = False

    @property
    def book(self) -> xw.Book:
        if self._excel.ActiveWorkbook is None:
            if self._excel.ActiveProtectedViewWindow is not None:
                raise BadInput("文件在受保护的视图里", "请先点黄条上的“启用编辑”")
            raise BadInput("没有打开的工作簿", "请先打开要处理的工作簿")
        return self._wrap(self._excel).books.active

    @property
    def sheet(self) -> xw.Sheet:
        return self.book.sheets.active

    @property
    def selection(self) -> xw.Range:
        selected = self.book.app.selection
        if selected is None:
            raise BadInput("选中的不是单元格", "请先选中一个单元格")
        return selected

    def progress(self, words: str) -> None:
        if self._escaped(int(self._excel.Hwnd)):
            raise Cancelled
        now = self._clock()
        if now - self._said_at >= 1 / UPDATES_A_SECOND:
            self._excel.StatusBar = words
            self._said_at = now

    def ask(self, question: str, choices: Sequence[str] = ()) -> str | None:
        numbered = [f"{n} {choice}" for n, choice in enumerate(choices, 1)]
        prompt = "\n".join([question, *numbered])
        if len(prompt) > LONGEST_PROMPT:
            prompt = prompt[: LONGEST_PROMPT - 1] + "…"
        given = self._excel.InputBox(prompt, "结算助手", "")
        if given is False:
            return None
        said = str(given).strip()
        if not choices or said in choices:
            return said
        if said.isdecimal() and 1 <= int(said) <= len(choices):
            return choices[int(said) - 1]
        raise BadInput(f"“{said}”不在可选的{len(choices)}项里", "请再按一次按钮,填项目前的序号")

    def show(self, title: str, words: str) -> None:
        self._say(int(self._excel.Hwnd), title, words)

    def go_to(self, cells: xw.Range) -> None:
        if self._inside:
            self._destination = cells
        else:
            _visit(cells)

    def recalculate(self) -> int:
        return sum(
            _recalculated(sheet) for book in self._excel.Workbooks for sheet in book.Worksheets
        )

    def open_file(self, path: Path) -> None:
        import os

        os.startfile(path)  # type: ignore[attr-defined,unused-ignore]

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        excel = self._excel
        kept = {name: getattr(excel, name) for name in ("ScreenUpdating", "EnableEvents")}
        status = excel.StatusBar
        book, sheet = excel.ActiveWorkbook, excel.ActiveSheet
        calculation = None if book is None else excel.Calculation  # has none without a workbook
        selected = None if book is None else excel.Selection
        shown = _filter(sheet)
        self._inside, self._destination = True, None
        try:
            excel.ScreenUpdating = excel.EnableEvents = False
            if book is not None:
                excel.Calculation = MANUAL
            yield
        finally:
            self._inside = False
            back: list[Callable[[], Any]] = []
            if book is not None:
                back += [book.Activate, sheet.Activate]
                if selected is not None:
                    back.append(selected.Select)
                back.append(partial(_filter_again, sheet, shown))
            if calculation is not None:
                back.append(partial(setattr, excel, "Calculation", calculation))
            for name, value in {**kept, "StatusBar": status}.items():
                back.append(partial(setattr, excel, name, value))
            if self._destination is not None:
                back.append(partial(_visit, self._destination))
            for step in back:  # one that fails does not keep the others from their place
                with suppress(Exception):
                    step()


def _app(application: Any) -> Any:
    import xlwings
    from xlwings import _xlwindows

    retrying = _xlwindows.COMRetryObjectWrapper(application)
    return xlwings.App(impl=_xlwindows.App(xl=retrying))


def _visit(cells: xw.Range) -> None:
    cells.sheet.book.activate()
    cells.sheet.activate()
    cells.select()


def _recalculated(sheet: Any) -> int:
    """Our formulas of one sheet, each calculated; only the cells that hold one are touched."""
    try:
        areas = sheet.UsedRange.SpecialCells(FORMULAS_ONLY).Areas
    except Exception:  # Excel's way to say that there is none
        return 0
    count = 0
    for area in areas:
        formulas = area.Formula
        rows = formulas if isinstance(formulas, tuple) else ((formulas,),)
        for i, row in enumerate(rows, 1):
            for j, formula in enumerate(row, 1):
                if "SETTLE_" in str(formula).upper():
                    cell = area.Cells(i, j)
                    cell.Dirty()
                    cell.Calculate()
                    count += 1
    return count


def _filter(sheet: Any) -> tuple[Any, ...] | None:
    """Range and criteria of the sheet's AutoFilter."""
    found = None if sheet is None else getattr(sheet, "AutoFilter", None)
    if found is None:
        return None
    criteria = []
    for field in range(1, found.Filters.Count + 1):
        one = found.Filters(field)
        if one.On:
            second = None
            with suppress(Exception):  # Excel raises where there is no second one
                second = one.Criteria2
            criteria.append((field, one.Criteria1, one.Operator, second))
    return found.Range.Address, tuple(criteria)


def _filter_again(sheet: Any, before: tuple[Any, ...] | None) -> None:
    if before is None or _filter(sheet) == before:
        return
    address, criteria = before
    cells = sheet.Range(address)
    if not criteria:
        cells.AutoFilter()
    for field, first, operator, second in criteria:
        given = [field, first] + ([operator] if operator else []) + ([second] if second else [])
        cells.AutoFilter(*given)


def _message_box(window: int, title: str, words: str) -> None:
    import ctypes

    information, in_front = 0x40, 0x10000
    box = ctypes.windll.user32.MessageBoxW  # type: ignore[attr-defined,unused-ignore]
    box(window, words, title, information | in_front)


def _escape_pressed(window: int) -> bool:
    """Pressed since the last time asked, and meant for Excel."""
    import ctypes

    user = ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]
    return bool(user.GetAsyncKeyState(ESCAPE)) and user.GetForegroundWindow() == window


# --- the server -----------------------------------------------------------------------------


def main() -> None:
    """Serves until the last Excel lets go of it."""
    import atexit

    from xlwings import _xlwindows, com_server

    # at its end xlwings would kill every Excel without a window, also one that is not ours
    atexit.unregister(_xlwindows.cleanup)
    com_server.serve(CLASS_ID)


if __name__ == "__main__":
    try:
        main()
    except Exception as wrong:  # pythonw has no console to complain to
        log.note("COM 服务没有启动", wrong)
        raise SystemExit(1) from None

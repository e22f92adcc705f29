"""The Excel end against stand-ins of Excel's COM objects."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from addin import bridge, log
from addin.bridge import excel
from addin.desk import Cancelled
from addin.errors import BadInput

NA = excel.SCODE_BASE + 2042


@pytest.fixture(autouse=True)
def own_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(log, "path", lambda: tmp_path / "settle.log")


class Thing(SimpleNamespace):
    """A COM object: attributes, and whatever was called on it."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(called=[], **attributes)

    def Activate(self) -> None:
        self.called.append("Activate")

    def Select(self) -> None:
        self.called.append("Select")


class Excel(Thing):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(
            **{
                "Ready": True, "Hwnd": 7, "ScreenUpdating": True, "EnableEvents": True,
                "StatusBar": False, "Calculation": -4105, "Workbooks": [],
                "ActiveWorkbook": Thing(), "ActiveSheet": Thing(AutoFilter=None),
                "Selection": Thing(), "ActiveProtectedViewWindow": None, **attributes,
            }
        )  # fmt: skip

    def InputBox(self, *arguments: Any) -> Any:
        self.called.append(arguments)
        return self.typed


def desk(application: Excel, **seams: Any) -> excel.ExcelDesk:
    seams = {"escaped": lambda window: False, "say": lambda *a: None, **seams}
    return excel.ExcelDesk(application, **seams)


# --- formulas -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "shown"),
    [
        ("SETTLE_RMB", (80.0,), "捌拾元整"),
        ("SETTLE_RMB", (None,), ""),
        ("SETTLE_RMB", (NA,), "\x012042"),
        ("SETTLE_RMB", (((80.0,), (None,), (NA,)),), (("捌拾元整",), ("",), ("\x012042",))),
        ("SETTLE_PARSE_DATE", ("2026.3.5",), 46086.0),
        ("SETTLE_MASK", ("13800138000", excel.NOT_GIVEN), "138****8000"),
        ("SETTLE_NEW", (), "\x012029"),
    ],
)
def test_a_formula_is_answered_in_what_a_variant_can_hold(
    name: str, arguments: tuple[Any, ...], shown: Any
) -> None:
    assert excel.answer(name, arguments) == shown


@pytest.mark.parametrize(
    ("number", "name"),
    [(2000, "#NULL!"), (2007, "#DIV/0!"), (2015, "#VALUE!"), (2023, "#REF!"), (2036, "#NUM!")],
)
def test_error_cells_are_known_by_their_number(
    number: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(bridge, "answer", lambda n, given, *_: asked.extend(given))
    excel.answer("SETTLE_RMB", (excel.SCODE_BASE + number, 5, True))
    assert asked == [name, 5.0, True]


def test_what_no_cell_can_hold_is_an_error_cell_and_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bridge, "answer", lambda *_: object())
    assert excel.answer("SETTLE_RMB", (1.0,)) == "\x012015"


# --- the desk -------------------------------------------------------------------------------


def test_the_status_bar_is_written_five_times_a_second_at_most() -> None:
    times = iter([0.0, 0.1, 0.19, 0.2, 0.39, 0.41])
    application, said = Excel(), []
    place = desk(application, clock=lambda: next(times))
    for n in range(6):
        place.progress(str(n))
        said.append(application.StatusBar)
    assert said == ["0", "0", "0", "3", "3", "5"]


def test_esc_ends_the_action_at_its_next_step() -> None:
    with pytest.raises(Cancelled):
        desk(Excel(), escaped=lambda window: window == 7).progress("核对")


@pytest.mark.parametrize("failure", [None, ValueError, Cancelled])
def test_everything_is_as_it_was_whatever_happens(failure: type[Exception] | None) -> None:
    application = Excel(StatusBar="别人的话")
    book, sheet, selected = (
        application.ActiveWorkbook, application.ActiveSheet, application.Selection,
    )  # fmt: skip
    try:
        with desk(application).undisturbed():
            assert (application.ScreenUpdating, application.Calculation) == (False, excel.MANUAL)
            application.StatusBar = "核对"
            if failure:
                raise failure
    except Exception as raised:
        assert failure is not None and isinstance(raised, failure)
    assert application.ScreenUpdating and application.EnableEvents
    assert (application.Calculation, application.StatusBar) == (-4105, "别人的话")
    assert book.called == sheet.called == ["Activate"] and selected.called == ["Select"]


def test_one_thing_that_cannot_be_restored_does_not_keep_the_others_back() -> None:
    application = Excel()
    with desk(application).undisturbed():
        application.ActiveWorkbook.Activate = None  # closed meanwhile
        application.Selection.Select = None
    assert application.ScreenUpdating and application.Calculation == -4105


def test_excel_without_a_workbook_has_no_calculation_mode() -> None:
    class Empty(Excel):
        def __getattribute__(self, name: str) -> Any:
            if name == "Calculation":
                raise OSError("no workbook")
            return super().__getattribute__(name)

    application = Empty(ActiveWorkbook=None, ActiveSheet=None, Selection=None)
    with desk(application).undisturbed():
        assert not application.ScreenUpdating
    assert application.ScreenUpdating


class Filters:
    def __init__(self, *criteria: Any) -> None:
        self.criteria, self.Count = criteria, len(criteria)

    def __call__(self, field: int) -> Any:
        given = self.criteria[field - 1]
        if given is None:
            return SimpleNamespace(On=False)
        return SimpleNamespace(On=True, Criteria1=given, Operator=0)


def test_a_filter_that_an_action_took_off_is_put_back() -> None:
    applied: list[Any] = []
    sheet = Thing(
        AutoFilter=SimpleNamespace(
            Filters=Filters(None, "=WD001"), Range=SimpleNamespace(Address="$A$3:$B$9")
        ),
        Range=lambda address: SimpleNamespace(AutoFilter=lambda *a: applied.append((address, *a))),
    )
    application = Excel(ActiveSheet=sheet)
    with desk(application).undisturbed():
        pass
    assert applied == []
    with desk(application).undisturbed():
        sheet.AutoFilter = None
    assert applied == [("$A$3:$B$9", 2, "=WD001")]


def test_a_button_that_leads_somewhere_leads_there_after_all_is_restored() -> None:
    application = Excel()
    went: list[Any] = []
    book = SimpleNamespace(activate=lambda: went.append("book"))
    sheet = SimpleNamespace(book=book, activate=lambda: went.append("sheet"))
    cells: Any = SimpleNamespace(
        sheet=sheet, select=lambda: went.append(application.ScreenUpdating)
    )
    place = desk(application)
    with place.undisturbed():
        place.go_to(cells)
        assert went == []
    assert went == ["book", "sheet", True]


@pytest.mark.parametrize(
    ("typed", "answer"), [(False, None), ("2", "拒付"), ("退回", "退回"), (" 1 ", "退回")]
)
def test_a_question_takes_a_number_or_the_words(typed: Any, answer: str | None) -> None:
    application = Excel(typed=typed)
    assert desk(application).ask("怎么处理?", ["退回", "拒付"]) == answer
    assert application.called[0][0] == "怎么处理?\n1 退回\n2 拒付"


@pytest.mark.parametrize("typed", ["0", "3", "别的", ""])
def test_an_answer_that_is_no_choice_is_refused_without_a_second_dialog(typed: str) -> None:
    application = Excel(typed=typed)
    with pytest.raises(BadInput, match="不在可选的2项里"):
        desk(application).ask("怎么处理?", ["退回", "拒付"])
    assert len(application.called) == 1


def test_a_long_question_fits_into_the_input_box() -> None:
    application = Excel(typed="x")
    desk(application).ask("问" * 400)
    assert len(application.called[0][0]) == excel.LONGEST_PROMPT


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"ActiveWorkbook": None}, "没有打开的工作簿"),
        ({"ActiveWorkbook": None, "ActiveProtectedViewWindow": object()}, "受保护的视图"),
    ],
)
def test_a_button_without_a_workbook_says_why(attributes: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        _ = desk(Excel(**attributes)).book


def test_while_a_cell_is_edited_nothing_is_touched() -> None:
    class Busy:
        @property
        def Ready(self) -> bool:
            raise OSError("call rejected")

    assert "正在编辑" in excel.press("refresh", Busy())
    assert "正在编辑" in excel.press("refresh", SimpleNamespace(Ready=False))


def test_a_button_answers_with_a_line_and_leaves_the_status_bar_to_vba() -> None:
    application = Excel()
    assert excel.press("refresh", application) == "已重新读取基础资料,重算0个公式"
    assert application.StatusBar is False


class Area:
    def __init__(self, formulas: Any) -> None:
        self.Formula, self.calculated = formulas, []

    def Cells(self, i: int, j: int) -> Any:
        return SimpleNamespace(Dirty=lambda: None, Calculate=lambda: self.calculated.append((i, j)))


def test_only_our_formulas_are_calculated_anew() -> None:
    one, block = Area("=settle_rmb(A1)"), Area((("=A1", "=SETTLE_RMB(A1)"), ("=IF(1,2)", "=B1")))

    def none(_: int) -> Any:
        raise OSError("no cells were found")

    sheets = [
        SimpleNamespace(UsedRange=SimpleNamespace(SpecialCells=found))
        for found in (lambda _: SimpleNamespace(Areas=[one, block]), none)
    ]
    application = Excel(Workbooks=[SimpleNamespace(Worksheets=sheets)])
    assert desk(application).recalculate() == 2
    assert one.calculated == [(1, 1)] and block.calculated == [(1, 2)]

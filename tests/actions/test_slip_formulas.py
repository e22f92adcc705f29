"""SETTLE_CHECK and its sisters over ranges, as a spreadsheet program hands them over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from addin import udfs
from addin.actions import known, slip_formulas
from addin.actions.close import Wishes, check
from addin.cells import NA, NUM, VALUE, CellError, RangeFacts
from addin.hosts import files, read_grid
from tests.actions import small_month
from tests.actions.small_month import install, repair


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    known.forget()
    slip_formulas.forget()
    yield
    known.forget()
    known.facts.set(RangeFacts())


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Path]:
    """The folder of a month beside the masters of the small company."""
    folder = tmp_path / "2026-03" / "录入"
    folder.mkdir(parents=True)
    small_month.write_masters(tmp_path / "基础资料.xlsx")
    token = known.folder.set(folder)
    yield tmp_path
    known.folder.reset(token)


def serial(cell: Any) -> Any:
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    return float((cell - dt.date(1899, 12, 30)).days) if isinstance(cell, dt.date) else cell


def area(*slips: Mapping[str, Any], above: int = 0) -> list[list[Any]]:
    """A range with a header and these slips, below ``above`` lines of a title."""
    headers = list(dict.fromkeys(header for slip in slips for header in slip))
    title = [["3月明细", *[None] * (len(headers) - 1)]] * above
    return [*title, headers, *([serial(slip.get(h)) for h in headers] for slip in slips)]


# --- the sample month -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["安装", "维修"])
def test_a_range_gets_the_verdicts_of_settle_check(kind: str, root: Path, tmp_path: Path) -> None:
    """Of this one workbook, but for what the values of a range do not tell: waivers of 放行记录,
    zeros that a format adds to a number (R004 then), and formulas without a stored value, which
    no program that calculates ever shows (R018)."""
    path = root / "workbooks" / "示例" / "2026-03" / "录入" / f"{kind}单_2026-03.xlsx"
    checked = check([path], Wishes(out=tmp_path, progress=lambda words: None)).judged.checked
    book = files.open_book(path)
    grid = read_grid(book.sheets[0])
    book.close()
    shift = 1462 if grid.date1904 else 0
    rows = [[serial(c) - shift if isinstance(c, dt.date) else c for c in row] for row in grid.rows]
    merged = tuple((m.top, m.left, m.bottom, m.right) for m in grid.merged)
    known.folder.set(path.parent)
    known.facts.set(RangeFacts(grid.first_row, grid.date1904, merged))

    shown = udfs.settle_check(rows)

    padded = {row for row, _ in grid.zero_padded}
    assert len(shown) == len(rows)
    columns = checked[["row", "verdict", "codes", "reasons", "payable"]]
    slips = {line[0]: line[1:] for line in columns.itertuples(index=False)}
    for number, (verdict, codes, reasons, payable) in enumerate(shown[1:], grid.first_row + 1):
        wanted = slips.pop(number, ("", "", "", None))
        if "放行" in wanted[1] or "R018" in wanted[1]:
            continue
        if number in padded:
            assert "R004" in codes
            continue
        assert (verdict, codes, reasons) == wanted[:3], number
        if verdict == "无法判断":
            assert payable.kind == NA
        elif wanted[3] is not None:
            assert payable == wanted[3] / 100
    assert not slips


# --- shape ----------------------------------------------------------------------------------


def test_results_stand_beside_their_slips_whatever_lies_between(company: Path) -> None:
    rows = area(install(1), install(2, 申报安装费=95), above=2)
    rows.insert(4, [None] * len(rows[0]))
    rows.append(["合计", *[None] * (len(rows[0]) - 1)])
    rows += [[None] * len(rows[0])] * 3
    assert udfs.settle_check(rows) == [
        ["核对结果", "问题代码", "核对说明", "应付金额"],
        ["", "", "", ""],
        ["", "", "", ""],
        ["通过", "", "", 80.0],
        ["", "", "", ""],
        ["拒付", "R101", "申报安装费95.00超过标准80.00,核减15.00", 80.0],
        ["", "", "", ""],  # 合计; the blank lines at the end give none
    ]


@pytest.mark.parametrize(
    ("way", "column"),
    [("结果", ["核对结果", "拒付"]), ("代码", ["问题代码", "R101"]), ("金额", ["应付金额", 80.0])],
)
def test_one_column_may_be_asked_for(way: str, column: list[Any], company: Path) -> None:
    rows = area(install(1, 申报安装费=95))
    assert udfs.settle_check(rows, way) == [[cell] for cell in column]


def test_the_money_of_a_slip(company: Path) -> None:
    rows = area(install(1, 申报安装费=95), install(2, 申报其他费=30), install(3, 用户签字="否"))
    assert udfs.settle_payable(rows) == [
        ["应付金额", "待定金额", "核减金额"],
        [80.0, 0.0, 15.0],
        [80.0, 30.0, 0.0],
        [0.0, 0.0, 80.0],
    ]
    assert udfs.settle_payable(rows, "核减")[1:] == [[15.0], [0.0], [80.0]]


def test_what_nobody_can_tell_is_na_and_no_zero(company: Path) -> None:
    rows = area(install(1, 安装项目="移机"))
    (verdict, code, _, amount) = udfs.settle_check(rows)[1]
    assert (verdict, code, amount.kind) == ("无法判断", "R102", NA)
    assert [cell.kind for cell in udfs.settle_payable(rows)[1]] == [NA] * 3
    labour, other, travel, total = udfs.settle_fee(rows)[1]
    assert (labour.kind, other, travel, total.kind) == (NA, "", "", NA)


def test_the_standards_of_a_slip(company: Path) -> None:
    rows = area(install(1, 数量=2, 单程里程=20, 机身条码="DR60A260000001、DR60A260000002"))
    assert udfs.settle_fee(rows) == [
        ["标准安装费", "标准维修费", "标准远程费", "标准合计"],
        [160.0, "", 7.5, 167.5],
    ]
    assert udfs.settle_fee(rows, "安装费") == [["标准安装费"], [160.0]]
    assert udfs.settle_fee(area(repair(1)))[1] == ["", 80.0, "", 80.0]


def test_a_second_slip_of_a_number_names_the_first_by_its_row(company: Path) -> None:
    known.facts.set(RangeFacts(first_row=3))
    rows = area(install(1, 单号="AZ001"), install(2, 单号="AZ001"))
    assert udfs.settle_duplicate(rows, "单号") == [
        ["重复代码", "首次出处"],
        ["", ""],
        ["R801", "2026-03 第4行 AZ001"],
    ]
    assert udfs.settle_duplicate(rows, "条码")[1:] == [["", ""], ["", ""]]


def test_an_explanation_has_a_line_for_each_figure(company: Path) -> None:
    rows = area(install(1), install(2, 申报安装费=95, 收单日期="2026-03-04"))
    assert udfs.settle_explain(rows, 2) == [
        ["分项", "申报", "标准", "核定", "依据"],
        ["安装费", 95.0, 80.0, 0.0, "R101/超标容差/费用标准第2行"],
        ["整单", "", "", "", "R011/收单日期2026-03-04早于服务日期2026-03-05"],
        ["合计", 95.0, "", 0.0, "退回"],
    ]


def test_cells_merged_downwards_count_for_every_row(company: Path) -> None:
    rows = area(install(1), install(2, 网点编码=None))
    assert udfs.settle_check(rows, "代码")[2] == ["R001"]
    known.facts.set(RangeFacts(merged=((2, 1, 3, 1),)))
    assert udfs.settle_check(rows, "代码")[2] == [""]


def test_dates_of_a_1904_workbook(company: Path) -> None:
    day = serial(dt.date(2026, 3, 5)) - 1462
    rows = area(install(1, 安装日期=day, 购买日期=None))
    known.facts.set(RangeFacts(date1904=True))
    assert udfs.settle_check(rows, "结果")[1] == ["通过"]


# --- what cannot be answered ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kind", "reason"),
    [
        ([["甲", "乙"], [1, 2]], VALUE, "认不出"),
        ([[None, None]], NA, "空的"),
        ("A1", VALUE, "含表头的区域"),
        ([["单号"] * 3], VALUE, "认不出"),
    ],
)
def test_a_range_without_a_header_says_so(
    given: Any, kind: str, reason: str, company: Path
) -> None:
    with pytest.raises(CellError, match=reason) as wrong:
        udfs.settle_check(given)
    assert wrong.value.kind == kind


def test_a_doubled_field_names_its_columns(company: Path) -> None:
    rows = area(install(1))
    rows[0].append("单号")
    rows[1].append("D001")
    with pytest.raises(CellError, match="字段“单号”有2列可选") as wrong:
        udfs.settle_check(rows, None, "安装")
    assert wrong.value.kind == VALUE


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda rows: udfs.settle_check(rows, "谁"), VALUE),
        (lambda rows: udfs.settle_check(rows, None, "退货"), VALUE),
        (lambda rows: udfs.settle_check(rows, None, "维修"), VALUE),
        (lambda rows: udfs.settle_payable(rows, "全都"), VALUE),
        (lambda rows: udfs.settle_duplicate(rows, "姓名"), VALUE),
        (lambda rows: udfs.settle_explain(rows, 0), NUM),
        (lambda rows: udfs.settle_explain(rows, 2), NUM),
        (lambda rows: udfs.settle_explain(rows, "一"), VALUE),
        (lambda rows: udfs.settle_check(rows[:1]), NA),
    ],
)
def test_wrong_arguments(call: Any, kind: str, company: Path) -> None:
    with pytest.raises(CellError) as wrong:
        call(area(install(1)))
    assert wrong.value.kind == kind


def test_error_cells_are_unreadable_and_the_other_rows_go_on(company: Path) -> None:
    rows = area(install(1, 安装日期="#N/A"), install(2), install(3, 申报安装费="#REF!"))
    assert [row[1] for row in udfs.settle_check(rows)[1:]] == ["R002", "", "R003"]


def test_without_masters_the_whole_range_is_na(tmp_path: Path) -> None:
    known.folder.set(tmp_path)
    with pytest.raises(CellError, match="找不到基础资料") as wrong:
        udfs.settle_check(area(install(1)))
    assert wrong.value.kind == NA


def test_a_parameter_that_makes_no_sense_is_na_with_its_name(company: Path) -> None:
    lines = [{"参数名": "超标容差", "参数值": "很多"}]
    changed = {**small_month.COMPANY, "规则参数": lines}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_month, "COMPANY", changed)
        small_month.write_masters(company / "基础资料.xlsx")
    for call in (lambda: udfs.settle_check(area(install(1))), lambda: known.parameters()):
        with pytest.raises(CellError, match="超标容差") as wrong:
            call()
        assert wrong.value.kind == NA


# --- judged once ----------------------------------------------------------------------------


def test_several_formulas_over_one_range_judge_it_once(
    company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []
    real = slip_formulas.judge
    monkeypatch.setattr(slip_formulas, "judge", lambda *a: judged.append(1) or real(*a))
    rows = area(install(1))
    udfs.settle_check(rows)
    udfs.settle_payable([list(row) for row in rows])
    udfs.settle_fee(rows)
    assert len(judged) == 1
    udfs.settle_check(area(install(2)))
    assert len(judged) == 2

"""What each report says of itself is consistent with the catalogue and the calendar."""

import string

import pytest

from addin.domain.calendar import DEADLINES
from addin.reports import callback, charges, deposit_statement, parts_statement, summary
from addin.reports.layout import Layout, Region, spelt

LAYOUTS = [
    summary.LAYOUT,
    callback.LAYOUT,
    deposit_statement.LAYOUT,
    parts_statement.LAYOUT,
    charges.LAYOUT,
]
REGIONS: list[Region] = [*LAYOUTS, *(annex for layout in LAYOUTS for annex in layout.annexes)]
# workbooks.md §6 to §8, verbatim
HEADERS = {
    "产品安装维修服务费用汇总表": (
        "序号, 省份, 网点编码, 网点名称, 安装单数, 安装费, 维修单数, 维修费, 远程费, 其他费, "
        "配件费, 合计, 待定金额, 核减金额, 备注"
    ),
    "安装维修回访登记表(全国)": (
        "序号, 类别, 网点编码, 网点名称, 单号, 用户姓名, 用户电话, 产品型号, 服务日期, 抽样原因, "
        "回访日期, 回访人, 有效回访, 回访结果, 满意度, 说明"
    ),
    "全国各代理商配件押金对帐单": (
        "序号, 代理商编码, 代理商名称, 省份, 期初余额, 本期收取, 本期退还, 保外扣款, "
        "逾期未返扣款, 处罚扣款, 期末余额, 配件占用, 冻结金额, 授信额度, 可用押金, 发出日期, "
        "回签, 回签日期, 代理商余额, 差额, 核对结果, 问题代码, 核对说明, 备注"
    ),
    "年月配件对账单": (
        "序号, 网点编码, 网点名称, 配件编码, 配件名称, 单位, 押金单价, 期初在外, 本期发放, "
        "本期核销, 保外领用, 新件退库, 报损, 期末在外, 占用金额, 旧件应返, 旧件已返, 旧件未返, "
        "最长库龄天, 备注"
    ),
    "保外配件收费清单": (
        "序号, 网点编码, 网点名称, 领用日期, 维修单号, 用户姓名, 产品型号, 配件编码, 配件名称, "
        "数量, 单价, 金额, 收款方式, 收款状态, 收款日期, 收据号码, 备注"
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_the_printed_headers_are_those_of_the_contract(layout: Layout) -> None:
    names = [item.name for item in layout.sheet.fields]
    printed = names.index(layout.print_until) + 1 if layout.print_until else len(names)
    assert ", ".join(layout.sheet.headers[:printed]) == HEADERS[layout.name]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_report_is_due_as_the_calendar_says(layout: Layout) -> None:
    deadline = DEADLINES[layout.due]
    assert deadline.report in (layout.name, layout.title)
    assert deadline.duty == layout.duty


@pytest.mark.parametrize("region", REGIONS, ids=lambda region: region.sheet.name)
def test_widths_and_formulas_name_columns_of_the_sheet(region: Region) -> None:
    names = {item.name for item in region.sheet.fields}
    formulas = {**region.row_formulas, **region.total_formulas}
    used = {part[1] for text in formulas.values() for part in string.Formatter().parse(text)}
    assert {*names, region.frozen} <= set(region.widths)
    assert {*formulas, *(used - {None})} <= names


@pytest.mark.parametrize(
    ("layout", "period", "title", "file_name"),
    [
        (summary.LAYOUT, "2026-03", "产品安装维修服务费用汇总表",
         "产品安装维修服务费用汇总表_2026-03.xlsx"),
        (callback.LAYOUT, "2026-03", "安装/维修回访登记表(全国)",
         "安装维修回访登记表(全国)_2026-03.xlsx"),
        (deposit_statement.LAYOUT, "2026-03", "全国各代理商配件押金对帐单",
         "全国各代理商配件押金对帐单_2026-03.xlsx"),
        (parts_statement.LAYOUT, "2026-03", "2026年3月配件对账单", "年月配件对账单_2026-03.xlsx"),
        (charges.LAYOUT, "2026Q1", "2026年1季度保外配件收费清单", "保外配件收费清单_2026Q1.xlsx"),
    ],
)  # fmt: skip
def test_title_and_file_name_have_the_period_where_they_should(
    layout: Layout, period: str, title: str, file_name: str
) -> None:
    assert layout.heading(spelt(period)) == title
    assert layout.file_name(period) == file_name

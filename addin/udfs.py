"""Every cell formula of 结算助手: what a clerk types into a cell, and the Python that answers.

Contract: formulas.md. Results spill in the shape of the first ↕ argument; examples are run as
tests. Adding one: a function of a few lines here, its answer in ``actions/formulas.py``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from addin.actions import account_formulas, formulas, matching, slip_formulas
from addin.cells import all_at_once, one_by_one, side_by_side
from addin.registry import formula

# --- slips ----------------------------------------------------------------------------------


@formula(
    "核对安装单或维修单的每一行",
    gives="核对结果、问题代码、核对说明、应付金额四列,第一行是标题;或只给一列",
    area="区域:含表头的安装单或维修单",
    way="方式:全部(默认)/结果/代码/说明/金额",
    kind="单据:安装/维修,默认按表头判断",
    examples={
        '=SETTLE_CHECK(A3:J5,"结果")': [["核对结果"], ["通过"], ["拒付"]],
        '=SETTLE_CHECK(A3:J5,"代码")': [["问题代码"], [""], ["R101;R801"]],
    },
)
def settle_check(area: Any, way: Any = None, kind: Any = None) -> Any:
    """Every rule on every row; rules.md."""
    return slip_formulas.check(area, way, kind)


@formula(
    "每张单应付、待定、核减多少",
    gives="应付金额、待定金额、核减金额三列,第一行是标题;或只给一列",
    area="区域:含表头的安装单或维修单",
    column="列:全部(默认)/应付/待定/核减",
    examples={'=SETTLE_PAYABLE(A3:J4,"核减")': [["核减金额"], [0.0]]},
)
def settle_payable(area: Any, column: Any = None) -> Any:
    """The money of each slip; rules.md §1, calculations.md §14."""
    return slip_formulas.payable(area, column)


@formula(
    "每张单的标准费用",
    gives="标准安装费、标准维修费、标准远程费、标准合计四列,第一行是标题;或只给一列",
    area="区域:含表头的安装单或维修单",
    column="列:全部(默认)/安装费/维修费/远程费",
    examples={'=SETTLE_FEE(A3:J5,"安装费")': [["标准安装费"], [80.0], [80.0]]},
)
def settle_fee(area: Any, column: Any = None) -> Any:
    """What the tariff says of each slip; calculations.md §1–3."""
    return slip_formulas.fee(area, column)


@formula(
    "哪些单重复,第一次出现在哪里",
    gives="重复代码、首次出处两列,第一行是标题",
    area="区域:含表头的安装单或维修单",
    scope="范围:单号/条码/返修/同户远程/全部,默认全部",
    examples={
        '=SETTLE_DUPLICATE(A3:J5,"单号")': [
            ["重复代码", "首次出处"],
            ["", ""],
            ["R801", "2026-03 第4行 AZ001"],
        ]
    },
)
def settle_duplicate(area: Any, scope: Any = None) -> Any:
    """Within the range and 结算历史; rules.md §10, R124."""
    return slip_formulas.duplicate(area, scope)


@formula(
    "一张单的每个金额是怎么来的",
    gives="分项、申报、标准、核定、依据五列,第一行是标题",
    area="区域:含表头的安装单或维修单",
    row="行:区域内数据行的序号,第一张单写1",
    examples={
        "=SETTLE_EXPLAIN(A3:J5,1)": [
            ["分项", "申报", "标准", "核定", "依据"],
            ["安装费", 80.0, 80.0, 80.0, "费用标准第5行"],
            ["合计", 80.0, "", 80.0, "通过"],
        ]
    },
)
def settle_explain(area: Any, row: Any) -> Any:
    """Code, parameter and row of the tariff behind each figure."""
    return slip_formulas.explain(area, row)


# --- amounts, dates, numbers ----------------------------------------------------------------


@formula(
    "把金额写成人民币大写",
    gives="大写文本,与金额同形",
    amount="金额↕:数值,最多两位小数",
    examples={"=SETTLE_RMB(1280)": "壹仟贰佰捌拾元整", "=SETTLE_RMB(80.05)": "捌拾元零伍分"},
)
def settle_rmb(amount: Any) -> Any:
    """RMB capitals; calculations.md §11."""
    return one_by_one(formulas.amount_in_words, amount)


@formula(
    "把写成文字的金额变成数值",
    gives="数值,与文本同形",
    text="文本↕:如 80元、¥1,280.50、全角数字",
    examples={'=SETTLE_PARSE_MONEY("80.00元")': 80.0, '=SETTLE_PARSE_MONEY("约80")': "#VALUE!"},
)
def settle_parse_money(text: Any) -> Any:
    """An amount read as the entry sheets read it; workbooks.md §2."""
    return one_by_one(formulas.money, text)


@formula(
    "把写成文字或数字的日期变成日期",
    gives="日期,与文本同形",
    text="文本↕:如 2026.3.5、20260305、46086",
    date1904="1904:是=按1904日期系统,默认否",
    examples={
        '=SETTLE_PARSE_DATE("20260305")': dt.date(2026, 3, 5),
        '=SETTLE_PARSE_DATE("2026.2.30")': "#VALUE!",
    },
)
def settle_parse_date(text: Any, date1904: Any = "否") -> Any:
    """A date read as the entry sheets read it; workbooks.md §2."""
    return one_by_one(formulas.date, text, date1904)


@formula(
    "整理电话号码",
    gives="号码文本,与文本同形",
    text="文本↕:手机或带区号的座机",
    examples={'=SETTLE_PHONE("+86 138-0013-8000")': "13800138000"},
)
def settle_phone(text: Any) -> Any:
    """The first valid number; workbooks.md §2.5, R008."""
    return one_by_one(formulas.phone, text)


@formula(
    "隐去电话、姓名或地址的一部分",
    gives="脱敏后的文本,与文本同形;其他文本不变",
    text="文本↕:要脱敏的内容",
    kind="类别:电话/姓名/地址/自动,默认自动",
    examples={
        '=SETTLE_MASK("13800138000")': "138****8000",
        '=SETTLE_MASK("王小明","姓名")': "王**",
    },
)
def settle_mask(text: Any, kind: Any = "自动") -> Any:
    """What may be printed or sent; workbooks.md §2.5."""
    return one_by_one(formulas.masked, text, kind)


@formula(
    "维修比例",
    gives="比例,与维修数同形,单元格设为百分比",
    repairs="维修数↕:维修单数",
    base="基数↕:销售台数、安装台数或在保台数",
    examples={"=SETTLE_RATIO(120,4000)": 0.03, "=SETTLE_RATIO(120,0)": "#DIV/0!"},
)
def settle_ratio(repairs: Any, base: Any) -> Any:
    """Repair ratio; calculations.md §8. The base decides what it says."""
    return one_by_one(formulas.ratio, repairs, base)


@formula(
    "每个数值偏离中位数多少(稳健z值)",
    gives="z值,与区域同形;文字处为空",
    numbers="数值区域↕:要比较的一组数",
    least="最小样本:至少几个数值才计算,默认取规则参数",
    examples={"=SETTLE_ZMAD({5;6;5;7;6;5;6;60},8)": [[-0.67], [0.0], [-0.67], [0.67], [0.0],
                                                     [-0.67], [0.0], [36.42]]},
)  # fmt: skip
def settle_zmad(numbers: Any, least: Any = None) -> Any:
    """Robust z; calculations.md §9."""
    return all_at_once(lambda cells: formulas.robust_z(cells, least), numbers)


# --- masters --------------------------------------------------------------------------------


@formula(
    "费用标准里的单价",
    gives="单价,与区域等级同形",
    tier="区域等级↕:一类/二类/三类…",
    product_line="产品线↕:如 电热水器",
    item="项目↕:安装项目或维修项目",
    date="日期↕:服务日期",
    examples={'=SETTLE_STANDARD("二类","电热水器","标准安装",DATE(2026,3,5))': 80.0},
)
def settle_standard(tier: Any, product_line: Any, item: Any, date: Any) -> Any:
    """Tariff price in force on the day; calculations.md §1."""
    return all_at_once(formulas.standard_price, tier, product_line, item, date)


@formula(
    "标准远程费",
    gives="金额,与区域等级同形",
    tier="区域等级↕:一类/二类/三类…",
    distance="里程↕:单程公里数",
    date="日期↕:服务日期",
    examples={'=SETTLE_TRAVEL("二类",20,DATE(2026,3,5))': 7.5},
)
def settle_travel(tier: Any, distance: Any, date: Any) -> Any:
    """Travel fee; calculations.md §2. The limit of R125 is left to the check of a slip."""
    return all_at_once(formulas.travel_fee, tier, distance, date)


@formula(
    "机器在三包期内还是已过保",
    gives="两列:在保/过保/无法判断、三包截止日(没有标题);每个型号一行",
    model="型号↕:产品型号",
    invoice="发票日期↕:没有就留空",
    bought="购买日期↕:没有就留空",
    installed="安装日期↕:没有就留空",
    made="生产日期↕:没有就留空",
    judged_on="判定日↕:报修日期或完成日期",
    main_part="主要部件:是=按主要部件的保修月数,默认否",
    examples={
        '=SETTLE_WARRANTY("DR-60A",DATE(2025,3,5),,,,DATE(2026,3,6))': [
            ["过保", dt.date(2026, 3, 5)]
        ],
        '=SETTLE_WARRANTY("DR-60A",,,,,DATE(2026,3,6))': [["无法判断", "#N/A"]],
    },
)
def settle_warranty(
    model: Any, invoice: Any, bought: Any, installed: Any, made: Any, judged_on: Any,
    main_part: Any = None,
) -> Any:  # fmt: skip
    """In warranty or out; calculations.md §4. 起算依据 by the parameter 起算依据顺序."""
    papers = invoice, bought, installed, made
    return side_by_side(formulas.warranty_states, 2, model, *papers, judged_on, main_part)


@formula(
    "三包截止日(含当日)",
    gives="日期,与型号同形",
    model="型号↕:产品型号",
    invoice="发票日期↕:没有就留空",
    bought="购买日期↕:没有就留空",
    installed="安装日期↕:没有就留空",
    made="生产日期↕:没有就留空",
    main_part="主要部件:是=按主要部件的保修月数,默认否",
    examples={
        '=SETTLE_WARRANTY_END("DR-60A",DATE(2024,3,5),,,,"是")': dt.date(2027, 3, 5),
        '=SETTLE_WARRANTY_END("XX-1",DATE(2024,3,5),,,)': "#N/A",
    },
)
def settle_warranty_end(
    model: Any, invoice: Any, bought: Any, installed: Any, made: Any, main_part: Any = None
) -> Any:
    """Last day of the term; calculations.md §4."""
    papers = invoice, bought, installed, made
    return all_at_once(formulas.warranty_ends, model, *papers, main_part)


@formula(
    "报表的截止日",
    gives="日期,与报表同形",
    report="报表↕:报表全名,或职责编号如 F-1",
    month="业务月↕:如 2026-03,或该月任一日",
    examples={
        '=SETTLE_DEADLINE("产品安装维修服务费用汇总表",DATE(2026,3,1))': dt.date(2026, 4, 8),
        '=SETTLE_DEADLINE("全国各代理商配件押金对帐单",DATE(2026,3,1))': "#N/A",
    },
)
def settle_deadline(report: Any, month: Any) -> Any:
    """When a report is due; duties.md §3, calculations.md §10."""
    return one_by_one(formulas.deadlines(), report, month)


@formula(
    "问题代码是什么意思",
    gives="短名:条件;结论,与代码同形",
    codes="代码↕:一个或用分号隔开的几个问题代码",
    examples={'=SETTLE_REASON("R999")': "#N/A"},
)
def settle_reason(codes: Any) -> Any:
    """What a problem code says; rules.md."""
    return one_by_one(formulas.reason, codes)


@formula(
    "程序、规则和基础资料的版本",
    gives="文本",
    item="项:全部/程序/规则/基础资料时间,默认全部",
    examples={'=SETTLE_VERSION("没有")': "#VALUE!"},
)
def settle_version(item: Any = "全部") -> Any:
    """Which program answers, with which rules and masters."""
    return formulas.version(item)


# --- matching -------------------------------------------------------------------------------


@formula(
    "两份清单逐笔匹配,每一笔用哪一步找到都写明",
    gives="含表头的6列:结论、我方行、对方行、步骤、差异字段、差额(我方减对方)。结论:已匹配/待确认/"
    "仅我方/仅对方/有差异;只有编号相同才直接得出结论,其余都是待确认。行号从区域第一行算起,"
    "几行合成一笔写成 3+4+5",
    ours="我方:含表头的区域,至少有单据号、配件编码、配件名称之一,以及数量、金额之一",
    theirs="对方:含表头的区域,版式不限",
    days="天数:日期相差几天以内算同一笔,默认3",
    tolerance="容差:金额相差多少以内算相同,默认0",
    examples={
        '=SETTLE_MATCH({"单据号","配件编码","金额";"FH001","PJ001",120},'
        '{"单据号","配件编码","金额";"FH001","PJ001",118})': [
            ["结论", "我方行", "对方行", "步骤", "差异字段", "差额"],
            ["有差异", 2, 2, "编号相同", "金额", 2.0],
        ],
        '=SETTLE_MATCH({"日期","金额";"3月5日",120},{"日期","金额";"3月5日",120})': "#VALUE!",
    },
)  # fmt: skip
def settle_match(ours: Any, theirs: Any, days: Any = None, tolerance: Any = None) -> Any:
    """Our list against another's; formulas.md §2."""
    return matching.matched(ours, theirs, days, tolerance)


# --- accounts -------------------------------------------------------------------------------


@formula(
    "代理商的押金",
    gives="金额,与网点同形",
    outlet="网点↕:网点或代理商编码",
    date="日期↕:截至日,默认核对基准日",
    item="项↕:期末(默认)/期初/收取/退还/保外扣款/逾期扣款/处罚扣款,当月到截至日",
    examples={'=SETTLE_DEPOSIT("XX999",DATE(2026,3,31))': "#N/A"},
)
def settle_deposit(outlet: Any, date: Any = None, item: Any = None) -> Any:
    """Balance of an agent from 押金流水 beside the workbook; calculations.md §5."""
    return all_at_once(account_formulas.balances, outlet, date, item)


@formula(
    "代理商的可用押金",
    gives="金额,与网点同形,可为负:期末余额加授信,减占用和冻结",
    outlet="网点↕:网点或代理商编码",
    date="日期↕:截至日,默认核对基准日",
    examples={'=SETTLE_DEPOSIT_AVAILABLE("XX999")': "#N/A"},
)
def settle_deposit_available(outlet: Any, date: Any = None) -> Any:
    """What an agent may still draw parts against; calculations.md §5."""
    return all_at_once(account_formulas.available, outlet, date)


@formula(
    "网点在外的配件",
    gives="数量或金额,与网点同形",
    outlet="网点↕:网点编码",
    part="配件↕:配件编码",
    date="日期↕:截至日,默认核对基准日",
    item="项↕:在外(默认)/发放/核销/领用/退库/报损/旧件应返/旧件已返/金额,累计到截至日",
    examples={'=SETTLE_PARTS("XX999","PJ001")': "#N/A"},
)
def settle_parts(outlet: Any, part: Any, date: Any = None, item: Any = None) -> Any:
    """Parts in field from 配件流水 beside the workbook; calculations.md §6."""
    return all_at_once(account_formulas.in_field, outlet, part, date, item)

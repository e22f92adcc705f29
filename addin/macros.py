"""Every button of the ribbon tab 结算助手: what a clerk presses, and the action that answers.

Contract: formulas.md §3. A button is here as soon as its action exists and not before. It answers
with one line for the status bar. Adding one: a function of a few lines here, its work in
``actions/``.
"""

from __future__ import annotations

from addin.actions import product, transaction
from addin.desk import Desk
from addin.registry import button

# Actions that need pandas are imported when they are pressed: a formula does not wait for them.

# --- 核对 -----------------------------------------------------------------------------------


@button(
    "校验本表",
    "核对本表每一行并标色",
    group="核对",
    icon="check_sheet",
    large=True,
    key="^+J",
    needs="当前工作表是安装单或维修单",
    changes="核对结果各列、颜色、问题清单、网点小计",
)
def check_sheet(desk: Desk) -> str:
    """Every slip of the sheet in front is judged, as it stands, and marked."""
    from addin.actions import check

    return check.check_sheet(desk)


@button(
    "校验整本",
    "核对本工作簿所有单据表",
    group="核对",
    icon="check_book",
    large=True,
    needs="工作簿里有安装单或维修单",
    changes="核对结果各列、颜色、问题清单、网点小计",
)
def check_book(desk: Desk) -> str:
    """The same for all slip sheets of the workbook."""
    from addin.actions import check

    return check.check_book(desk)


@button(
    "清除标记",
    "只清除本程序的标记",
    group="核对",
    icon="mso:Clear",
    needs="本程序的标记",
    changes="核对结果各列和颜色、问题清单、网点小计;放行和处理日志保留",
)
def clear_marks(desk: Desk) -> str:
    """Back to the slips as they were entered; what the clerk filled in stays."""
    from addin.actions import check

    return check.clear(desk)


@button(
    "上一个问题",
    "跳到上一个问题单元格",
    group="核对",
    icon="prev_issue",
    key="^+H",
    needs="问题清单",
)
def prev_issue(desk: Desk) -> str:
    """Selection only."""
    from addin.actions import check

    return check.step(desk, -1)


@button(
    "下一个问题",
    "跳到下一个问题单元格",
    group="核对",
    icon="next_issue",
    key="^+D",
    cells_menu=True,
    needs="问题清单",
)
def next_issue(desk: Desk) -> str:
    """Selection only."""
    from addin.actions import check

    return check.step(desk, 1)


@button(
    "放行",
    "填写原因后放行所选代码",
    group="核对",
    icon="mso:AcceptInvitation",
    cells_menu=True,
    needs="选中一张有问题的单据;放行人在“签字权限”表里",
    changes="放行记录加一行,核对结果重新算",
)
def waive(desk: Desk) -> str:
    """One question for reason, person and code; who may not is told why, and nothing is written."""
    from addin.actions import waive

    return waive.waive(desk)


@button(
    transaction.UNDO,
    "撤回上一次操作",
    group="核对",
    icon="mso:Undo",
    needs="按钮做过的操作,且本月没有锁定",
    changes="那次操作写过的单元格",
)
def undo(desk: Desk) -> str:
    """The last action of a button is taken back whole."""
    return transaction.undo(desk)


# --- 对账 -----------------------------------------------------------------------------------


@button(
    "刷新押金对账",
    "按流水重算押金对帐单",
    group="对账",
    icon="mso:RefreshAll",
    large=True,
    needs="当前工作簿里有押金对帐单;本月文件夹里有押金流水",
    changes="对帐单的金额、核对结果各列,新代理商的行,变动清单;备注、回签和自己加的列不动",
)
def refresh_deposit(desk: Desk) -> str:
    """The statement in its own layout; only cells whose figure differs are written."""
    from addin.actions import account_buttons

    return account_buttons.refresh_deposits(desk)


@button(
    "配件对账",
    "生成本月配件对账单,写进“输出”文件夹",
    group="对账",
    icon="parts",
    needs="已保存的工作簿,本月文件夹里有配件流水",
)
def parts(desk: Desk) -> str:
    """A file in 输出, from the ledgers of the month as they are saved."""
    from addin.actions import account_buttons

    return account_buttons.parts_statement(desk)


@button(
    "保外清单",
    "生成本季保外配件收费清单,写进“输出”文件夹",
    group="对账",
    icon="mso:TableInsert",
    needs="已保存的工作簿,本月文件夹里有配件流水",
)
def out_warranty(desk: Desk) -> str:
    """A file in 输出 for the quarter of the month; payments that were filled in stay."""
    from addin.actions import account_buttons

    return account_buttons.charges_list(desk)


@button(
    "匹配代理商回单",
    "与代理商清单逐笔匹配",
    group="对账",
    icon="match_agent",
    needs="已保存在本月文件夹的工作簿;代理商的清单在“录入/回单”里",
    changes="工作表匹配结果;确认过的行记进匹配确认.xlsx",
)
def match_agent(desk: Desk) -> str:
    """Ours and theirs side by side; what cannot be sure waits for the clerk's yes or no."""
    from addin.actions import match_agent

    return match_agent.match_agent(desk)


# --- 月结 -----------------------------------------------------------------------------------


@button(
    "生成汇总表",
    "产品安装维修服务费用汇总表,写进“输出”文件夹",
    group="月结",
    icon="mso:AutoSum",
    large=True,
    needs="已保存的工作簿,本月文件夹里的单据",
)
def summary(desk: Desk) -> str:
    """A file in 输出, from all entry workbooks of the month as they are saved."""
    from addin.actions import month_reports

    return month_reports.fee_summary(desk)


@button(
    "回访抽样",
    "抽样,生成安装/维修回访登记表,写进“输出”文件夹",
    group="月结",
    icon="mso:SortDialog",
    needs="已保存的工作簿,本月文件夹里的单据",
)
def sample(desk: Desk) -> str:
    """A file in 输出; what was filled in before stays."""
    from addin.actions import month_reports

    return month_reports.call_back_sample(desk)


@button(
    "对账单套打",
    "每代理商一份对账单,写进“输出/对账单”文件夹",
    group="月结",
    icon="mso:FilePrintPreview",
    needs="已保存的工作簿,本月文件夹里有押金流水",
)
def statements(desk: Desk) -> str:
    """A file for each agent, to be printed and countersigned."""
    from addin.actions import account_buttons

    return account_buttons.agent_statements(desk)


# --- 查询 -----------------------------------------------------------------------------------


@button(
    "解释此格",
    "此数从何而来",
    group="查询",
    icon="explain",
    large=True,
    key="^+Q",
    cells_menu=True,
    needs="选中一张单据、问题清单的一行,或本程序的公式",
)
def explain(desk: Desk) -> str:
    """Code, rule, parameter and row of the tariff behind each figure; the reason of an error."""
    from addin.actions import explain

    return explain.explain(desk)


@button("处理日志", "打开日志", group="查询", icon="log")
def log(desk: Desk) -> str:
    """The lines of this month: who did what with which workbook, when."""
    from addin.actions import opened

    return opened.show_log(desk)


# --- 系统 -----------------------------------------------------------------------------------


@button("设置", "目录与业务月", group="系统", icon="settings", needs="基础资料.xlsx")
def settings(desk: Desk) -> str:
    """Sheet 设置 of 基础资料, for the clerk to change."""
    from addin.actions import opened

    return opened.show_settings(desk)


@button("刷新公式", "重新读取基础资料,重算本程序的公式", group="系统", icon="mso:CalculateNow")
def refresh(desk: Desk) -> str:
    """Excel cannot know that a master has changed."""
    return product.refresh(desk)


@button(
    "环境自检", "逐项检查 Excel、Python、加载项和基础资料,并说怎么修", group="系统", icon="doctor"
)
def doctor(desk: Desk) -> str:
    """Each link of the chain that ends in this very call."""
    return product.doctor(desk)


@button("帮助", "打开用户手册", group="系统", icon="mso:Help")
def help(desk: Desk) -> str:
    """The handbook for clerks, in the browser."""
    return product.help(desk)


@button("关于", "程序、规则和基础资料的版本", group="系统", icon="about")
def about(desk: Desk) -> str:
    """Which program answers, with which rules and masters."""
    return product.about(desk)

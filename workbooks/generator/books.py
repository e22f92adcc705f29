"""基础资料.xlsx and 结算历史.xlsx: headers of workbooks.md §3 and §5, invented rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from .look import Book
from .masters import (
    AS_OF,
    ASSISTANT,
    CLERK,
    COMPANY,
    FAULTS,
    HOLIDAYS,
    MANAGER,
    MODELS,
    PARTS,
    PENALTIES,
    PERIOD,
    PLACES,
    SIGNERS,
    TARIFF,
    TRAVEL_TARIFF,
    Outlet,
)
from .month import INSTALL, Month, day
from .spelling import as_code

NOTE = "虚构数据,仅供演示"
Rows = Iterable[Sequence[Any]]

HISTORY_HEADERS = [
    "业务月",
    "类别",
    "工作簿",
    "工作表",
    "行号",
    "网点编码",
    "网点名称",
    "单号",
    "收单日期",
    "用户姓名",
    "用户电话",
    "用户地址",
    "产品型号",
    "机身条码",
    "数量",
    "购买日期",
    "安装日期",
    "安装项目",
    "安装工",
    "报修日期",
    "完成日期",
    "发票号码",
    "保修类型",
    "故障代码",
    "维修项目",
    "更换配件编码",
    "配件数量",
    "维修工",
    "单程里程",
    "申报安装费",
    "申报维修费",
    "申报远程费",
    "申报其他费",
    "申报配件费",
    "核定安装费",
    "核定维修费",
    "核定远程费",
    "核定其他费",
    "核定配件费",
    "应付金额",
    "待定金额",
    "核减金额",
    "核对结果",
    "问题代码",
    "处理状态",
]


def yuan(cents: int | None) -> float | None:
    return None if cents is None else cents / 100


def _outlets(outlets: list[Outlet]) -> Rows:
    for i, o in enumerate(outlets):
        yield (
            o.code,
            o.name,
            o.alias,
            *o.agent,
            o.province,
            o.city,
            o.district,
            o.tier,
            o.status,
            o.start,
            o.end,
            o.radius,
            f"{o.name[:1]}经理",
            o.phone,
            f"{o.city}{o.district}服务街{i + 1}号",
            o.credit_code,
            "示例银行",
            f"6200{i * 7919 % 10**15:015d}",
            yuan(o.credit or None),
            None,
        )


def _parameters() -> Rows:
    blank = (None,) * 3
    yield (
        None,
        None,
        None,
        None,
        None,
        "核对基准日",
        AS_OF,
        "系统当天",
        None,
        "系统当天或日期",
        *blank,
        CLERK,
        AS_OF,
    )


def _sales() -> Rows:
    for month in ("2026-01", "2026-02", "2026-03"):
        for i, (province, _, _) in enumerate(PLACES):
            for j, line in enumerate(sorted({m.line for m in MODELS.values()})):
                sold = 180 + (i * 37 + j * 53 + int(month[-1]) * 11) % 240
                yield month, province, None, line, None, sold, sold * 9 // 10, sold * 21


def _sheets(m: Month) -> dict[str, tuple[str, Rows]]:
    """Sheet name → headers, rows."""
    people = (
        (o.code, name, "安装维修", phone, date(2023, 3, 1), None)
        for o in m.outlets
        for name, phone in o.workers
    )
    extensions = ((n, as_code(b), None, s, e, scope) for n, b, s, e, scope in m.extensions)
    replacements = (
        (n, old, as_code(new), day(on), None, None, "三包期内换机")
        for n, old, new, on in m.replacements
    )
    return {
        "网点档案": (
            "网点编码 网点名称 别名 代理商编码 代理商名称 省份 城市 区县 "
            "区域等级 状态 合作开始 合作终止 服务半径 联系人 联系电话 地址 "
            "统一社会信用代码 开户银行 银行账号 授信额度 备注",
            _outlets(m.outlets),
        ),
        "产品型号": (
            "型号 型号别名 产品线 条码格式 整机保修月 主要部件保修月 主要部件 "
            "上市日期 停产日期 备注",
            (
                (
                    p.code,
                    p.alias,
                    p.line,
                    p.pattern,
                    p.months,
                    p.main_months,
                    p.main_classes,
                    date(2020, 1, 1),
                    None,
                    None,
                )
                for p in MODELS.values()
            ),
        ),
        "费用标准": (
            "服务类别 区域等级 产品线 型号 项目 单价 生效日期 失效日期 批准文号",
            (
                (p.service, p.tier, p.line, p.model, p.item, yuan(p.cents), p.start, p.end, p.note)
                for p in TARIFF
            ),
        ),
        "远程费标准": (
            "区域等级 起算里程 每公里单价 计程方式 计费口径 里程上限 封顶金额 生效日期 失效日期",
            (
                (
                    t.tier,
                    t.free_km,
                    yuan(t.per_km),
                    t.way,
                    t.basis,
                    t.km_limit,
                    yuan(t.cap),
                    t.start,
                    t.end,
                )
                for t in TRAVEL_TARIFF
            ),
        ),
        "故障代码": (
            "故障代码 故障名称 适用产品线 最高项目 责任 必须换件 可换配件类别 备注",
            (
                (f.code, f.name, f.lines, f.highest, f.blame, f.must_replace, f.classes, None)
                for f in FAULTS.values()
            ),
        ),
        "配件价格": (
            "配件编码 配件名称 规格 单位 配件类别 是否主要部件 需返旧件 适用型号 "
            "押金单价 保外售价 生效日期 失效日期",
            (
                (
                    p.code,
                    p.name,
                    None,
                    "个",
                    p.kind,
                    "是" if p.main else "否",
                    "是",
                    p.models,
                    yuan(p.deposit),
                    yuan(p.sale),
                    p.start,
                    p.end,
                )
                for p in PARTS
            ),
        ),
        "规则参数": (
            "代码 短名 启用 结论 严重度 参数名 参数值 默认值 单位 可选值 "
            "生效日期 失效日期 说明 修改人 修改日期",
            _parameters(),
        ),
        "签字权限": (
            "角色 姓名 规则代码 金额上限 生效日期 失效日期",
            ((s.role, s.name, s.code, yuan(s.limit), date(2024, 1, 1), s.end) for s in SIGNERS),
        ),
        "处罚标准": (
            "违规代码 违规行为 触发规则 起罚次数 处罚方式 金额 倍数 统计月数 依据文件",
            (
                (code, act, rule, n, how, yuan(fine), times, span, "售后〔2024〕8号")
                for code, act, rule, n, how, fine, times, span in PENALTIES
            ),
        ),
        "工作日历": ("日期 类型 说明", HOLIDAYS),
        "销售台数": ("年月 省份 代理商编码 产品线 型号 销售台数 安装台数 在保台数", _sales()),
        "延保": ("延保单号 机身条码 产品型号 延保起 延保止 范围", extensions),
        "人员": ("网点编码 姓名 工种 电话 入职日期 离职日期", people),
        "字段映射": ("工作簿 工作表 标准字段 表头原文 列 确认人 确认日期", ()),
        "换机登记": ("登记号 旧机身条码 新机身条码 换机日期 网点编码 单号 原因", replacements),
        "设置": (
            "项目 值 说明",
            (
                ("业务月", PERIOD, None),
                ("公司名称", COMPANY, "虚构"),
                ("录入文件夹", None, None),
                ("输出文件夹", None, None),
                ("结算员", CLERK, None),
                ("助理结算员", ASSISTANT, None),
                ("售后部经理", MANAGER, None),
                ("随机种子", str(m.seed), "回访抽样"),
            ),
        ),
    }


def write_masters(path: Path, m: Month, instead: Mapping[str, Rows] | None = None) -> None:
    """``instead`` has the rows of sheets that another story tells differently."""
    book = Book(path)
    style = book.style
    for name, (headers, own) in _sheets(m).items():
        rows = (instead or {}).get(name, own)
        sheet = book.sheet(name)
        titles = headers.split()
        sheet.merge_range(0, 0, 0, max(len(titles) - 1, 1), name, style("title"))
        sheet.write_string(1, 0, NOTE, style("subtitle"))
        sheet.write_row(2, 0, titles, style("header"))
        last = 2
        for last, row in enumerate(rows, start=3):
            _write_row(book, sheet, last, titles, row)
        for i, title in enumerate(titles):
            sheet.set_column(
                i, i, 22 if title in ("网点名称", "地址", "适用型号", "银行账号") else 13
            )
        sheet.freeze_panes(3, 1)
        sheet.fit_to_pages(1, 0)
        if len(titles) > 8:
            sheet.set_landscape()
        sheet.add_table(
            2,
            0,
            max(last, 3),
            len(titles) - 1,
            {
                "name": f"tbl_{name}",
                "columns": [{"header": t} for t in titles],
                "style": "Table Style Light 1",
            },
        )
        sheet.write_row(2, 0, titles, style("header"))
    guide = book.sheet("填写说明")
    guide.set_column(0, 0, 90)
    guide.write_string(0, 0, "示例基础资料,公司、网点、人员、价格均为虚构。", style("sign"))
    book.close()


def _write_row(book: Book, sheet: Any, at: int, titles: Sequence[str], row: Sequence[Any]) -> None:
    for i, (title, value) in enumerate(zip(titles, row, strict=True)):
        if value is None or value == "":
            continue
        if isinstance(value, date):
            sheet.write_datetime(at, i, value, book.style("date"))
        elif isinstance(value, str):
            sheet.write_string(at, i, value, book.style("text"))
        else:
            money = title.endswith(("单价", "售价", "金额", "额度", "上限")) and title != "里程上限"
            money = money or title.startswith(("申报", "核定")) or title.endswith("金额")
            sheet.write_number(at, i, value, book.style("money" if money else "plain"))


def write_history(path: Path, m: Month) -> None:
    book = Book(path)
    sheet = book.sheet("结算历史")
    sheet.write_row(0, 0, HISTORY_HEADERS, book.style("header"))
    codes = ("单号", "机身条码", "产品型号")
    order = sorted(m.history, key=lambda h: (h["业务月"], h["类别"] != INSTALL, h["行号"]))
    for at, row in enumerate(order, start=1):
        cells = []
        for header in HISTORY_HEADERS:
            value = row.get(header)
            if header in codes and value is not None:
                value = "、".join(as_code(v) for v in str(value).split("、"))
            elif header.startswith(("申报", "核定")) or header.endswith("金额"):
                value = yuan(value)
            cells.append(value)
        _write_row(book, sheet, at, HISTORY_HEADERS, cells)
    sheet.set_column(0, len(HISTORY_HEADERS) - 1, 13)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(order), len(HISTORY_HEADERS) - 1)
    book.close()

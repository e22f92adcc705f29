"""Every figure a company may set, with its default; sheet 规则参数 is made from this table.

A changed value comes from 基础资料.xlsx and is read by type here, so that a rule receives an int,
an amount in 分, a list or a word it may rely on. Source: rules.md, README.md, workbooks.md §3.7.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from addin.domain import values
from addin.domain.values import Unread


@dataclass(frozen=True)
class Parameter:
    """One line of 规则参数: ``key`` is its name in code, ``default`` as a clerk writes it."""

    key: str
    name: str
    default: str
    read: Callable[[str], Any]
    unit: str = ""
    options: tuple[str, ...] = ()
    note: str = ""
    code: str = ""

    def value(self, words: str) -> Any:
        """The typed value; ``ValueError`` with a Chinese reason when the cell makes no sense."""
        if self.options and words not in self.options and not self._other_allowed:
            raise ValueError(f"参数“{self.name}”的值“{words}”不在可选值{'/'.join(self.options)}内")
        value = self.read(words)
        if isinstance(value, Unread):
            raise ValueError(f"参数“{self.name}”的值“{words}”无法识别")
        return value

    @property
    def _other_allowed(self) -> bool:
        return self.read is _as_of


def _words(cell: str) -> str:
    return values.text(cell)


def _list(cell: str) -> tuple[str, ...]:
    return values.read_list(cell)


def _yes(cell: str) -> bool | Unread | None:
    return values.read_bool(cell)


def _as_of(cell: str) -> dt.date | Unread | None:
    """``None`` stands for the day of the run."""
    return None if values.text(cell) in ("", "系统当天") else values.read_date(cell)


def _fraction(cell: str) -> Decimal | Unread | None:
    return values.read_dec(cell)


def _pattern(cell: str) -> str:
    return cell.strip()


_EVERY_SLIP = "网点编码、单号、用户姓名、用户电话、用户地址、产品型号、机身条码"
_INSTALL_REQUIRED = _EVERY_SLIP + "、安装日期、安装项目、申报安装费"
_REPAIR_REQUIRED = _EVERY_SLIP + "、报修日期、完成日期、保修类型、故障代码、维修项目、申报维修费"
_YES_NO = ("是", "否")
_NO_YES = ("否", "是")

PARAMETERS: tuple[Parameter, ...] = (
    # general
    Parameter("approval_basis", "核定口径", "取小", _words, options=("取小", "按标准"),
              note="取小:按申报与标准中较小者;按标准:有申报即按标准"),
    Parameter("tolerance", "超标容差", "0.00", values.read_money, "元",
              note="申报超过标准不多于此数不核减"),
    Parameter("as_of", "核对基准日", "系统当天", _as_of, options=("系统当天",),
              note="系统当天,或写一个日期"),
    Parameter("deadline_includes_day", "截止日含当日", "是", _yes, options=_YES_NO),
    Parameter("deadline_on_holiday", "截止遇休", "不顺延", _words,
              options=("不顺延", "提前", "顺延")),
    Parameter("zheng_after_jiao", "角后写整", "否", _yes, options=_NO_YES,
              note="人民币大写到角时末尾是否写“整”"),
    Parameter("preview_threshold", "预览阈值", "2000", values.read_int, "格"),
    Parameter("close_with_held", "月结允许待定", "是", _yes, options=_YES_NO, code="R705"),
    # R0xx
    Parameter("install_required", "必填字段_安装", _INSTALL_REQUIRED, _list, code="R001"),
    Parameter("repair_required", "必填字段_维修", _REPAIR_REQUIRED, _list, code="R001"),
    Parameter("default_barcode_format", "条码格式默认", "^[A-Z0-9]{10,20}$", _pattern,
              code="R007", note="正则表达式,整段匹配"),
    Parameter("phone_may_be_blank", "电话允许空", "否", _yes, options=_NO_YES, code="R008"),
    Parameter("months_back_allowed", "跨期允许月数", "2", values.read_int, "月", code="R014"),
    # R1xx
    Parameter("install_within", "安装超期天数", "180", values.read_int, "天", code="R106"),
    Parameter("other_free", "其他费免查额", "0.00", values.read_money, "元", code="R108"),
    Parameter("no_distance", "缺里程处理", "退回", _words, options=("退回", "拒付分项"),
              code="R122"),
    Parameter("household_by", "同户判定", "电话或地址", _words,
              options=("电话或地址", "电话", "地址", "电话且地址"), code="R124"),
    Parameter("radius_multiple", "服务半径倍数", "1.5", _fraction, code="R126"),
    # R2xx
    Parameter("combination_discount", "组合折扣", "50%", _fraction, code="R201",
              note="同次上门第二项起按此比例计"),
    Parameter("combination_cap", "组合封顶金额", "", values.read_money, "元", code="R201",
              note="空白=不封顶"),
    Parameter("repair_within", "维修超期天数", "7", values.read_int, "天", code="R207"),
    # R3xx
    Parameter("judged_by", "保修判定日", "报修日期", _words, options=("报修日期", "完成日期"),
              code="R301"),
    Parameter("bases", "起算依据顺序", "发票日期,购买日期,安装日期,生产日期", _list, code="R304"),
    Parameter("production_grace", "生产顺延天数", "0", values.read_int, "天", code="R304"),
    Parameter("deduct_repair_days", "扣除修理天数", "是", _yes, options=_YES_NO, code="R301"),
    Parameter("replacement_restarts", "换机重新起算", "是", _yes, options=_YES_NO, code="R301"),
    Parameter("no_invoice", "缺发票结论", "提示", _words, options=("提示", "待查", "退回"),
              code="R303"),
    Parameter("main_part_labour", "主要部件期内工时", "付", _words, options=("付", "不付"),
              code="R306"),
    Parameter("bad_install_borne_by", "安装责任承担", "网点", _words, options=("网点", "厂家"),
              code="R308"),
    Parameter("invoice_purchase_gap", "发票购买差异天数", "30", values.read_int, "天", code="R309"),
    Parameter("invoice_digits", "发票号码位数", "8,20", _list, code="R311"),
    # R4xx–R6xx
    Parameter("old_part_within", "旧件返还天数", "60", values.read_int, "天", code="R406"),
    Parameter("idle_after", "呆滞天数", "180", values.read_int, "天", code="R410"),
    Parameter("count_credit", "授信计入", "是", _yes, options=_YES_NO, code="R503"),
    Parameter("countersign_within", "回签天数", "15", values.read_int, "天", code="R507"),
    Parameter("sale_price_tolerance", "保外价格容差", "0.00", values.read_money, "元", code="R601"),
    Parameter("sale_paid_within", "保外收款天数", "30", values.read_int, "天", code="R603"),
    Parameter("factory_pays_out_of_warranty", "保外厂家付费", "否", _yes, options=_NO_YES,
              code="R606"),
    Parameter("parts_statement_due", "配件对账截止日", "次月末", _words),
    Parameter("sales_list_due", "保外清单截止日", "季后次月末", _words),
    # R7xx
    Parameter("invoice_tolerance", "发票容差", "0.00", values.read_money, "元", code="R706"),
    Parameter("invoice_within", "开票天数", "30", values.read_int, "天", code="R707"),
    Parameter("abandon_after", "放弃天数", "180", values.read_int, "天", code="R707"),
    Parameter("callback_ratio", "回访比例", "10%", _fraction, code="R709"),
    Parameter("callback_minimum", "最少回访", "1", values.read_int, "单", code="R709"),
    # R8xx
    Parameter("reinstall_items", "允许重复安装项目", "移机,二次安装", _list, code="R802"),
    Parameter("repeat_within", "返修天数", "30", values.read_int, "天", code="R803"),
    Parameter("same_phone_rows", "同电话单数", "3", values.read_int, "单", code="R804"),
    Parameter("daily_limit", "日单量上限", "8", values.read_int, "单", code="R806"),
    Parameter("z_threshold", "稳健z阈值", "3.5", _fraction, code="R807"),
    Parameter("z_minimum", "最小样本", "8", values.read_int, code="R807"),
    Parameter("serial_run", "连号数", "3", values.read_int, "台", code="R808"),
    Parameter("days_after_install", "安装后免计天数", "0", values.read_int, "天", code="R809"),
    Parameter("parts_min_outlets", "换件最少网点", "8", values.read_int, code="R810"),
    Parameter("parts_min_rows", "换件最少单数", "8", values.read_int, code="R810"),
)  # fmt: skip

BY_KEY: Mapping[str, Parameter] = {p.key: p for p in PARAMETERS}
BY_NAME: Mapping[str, Parameter] = {p.name: p for p in PARAMETERS}


class Parameters(dict[str, Any]):
    """Typed values by key; starts as the defaults. ``changed`` names what the company has set."""

    def __init__(self, changed: Mapping[str, str] | None = None) -> None:
        super().__init__({p.key: p.value(p.default) for p in PARAMETERS})
        self.changed: dict[str, str] = {}
        for name, words in (changed or {}).items():
            self.set(name, words)

    @property
    def required(self) -> dict[str, set[str]]:
        """Headers that may not be blank, by service (R001)."""
        spared = {"用户电话"} if self["phone_may_be_blank"] else set()
        return {
            "安装": set(self["install_required"]) - spared,
            "维修": set(self["repair_required"]) - spared,
        }

    def set(self, name: str, words: str) -> None:
        """Set a parameter by the Chinese name the clerk knows; ``ValueError`` in Chinese."""
        parameter = BY_NAME[name]
        value = parameter.value(words)
        self[parameter.key] = value
        if value != parameter.value(parameter.default):
            self.changed[parameter.name] = words
        else:
            self.changed.pop(parameter.name, None)

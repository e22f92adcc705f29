"""R8xx 重复/异常: has this been claimed before, and does it look like honest work? rules.md §10."""

from __future__ import annotations

import pandas as pd

from addin.domain.outliers import robust_z
from addin.rules.rule import INSTALL, REPAIR, When, case, each, rule
from addin.rules.verdicts import Scope, Severity, notice, pending, refused, sheet_notice

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW

_OTHER = {"单号": "AZ002", "机身条码": "DR60A2512000555", "用户电话": "13900139002",
          "用户地址": "湖滨里3栋501"}  # fmt: skip
_PAST = {"业务月": "2026-02", "类别": "安装", "行号": 7, "网点编码": "WD001", "单号": "AZ001",
         "机身条码": "DR60A2512000999", "安装日期": "2026-02-10", "应付金额": 80,
         "处理状态": "通过"}  # fmt: skip
_DONE = {"业务月": "2026-02", "类别": "维修", "行号": 9, "网点编码": "WD001", "单号": "WX900",
         "机身条码": "DR60A2512000123", "报修日期": "2026-03-01", "完成日期": "2026-03-01",
         "故障代码": "E01", "维修项目": "小修", "应付金额": 45, "处理状态": "通过"}  # fmt: skip


OUTLETS_WITH_PARTS = tuple(
    {"outlet_code": f"WD00{i}", "rows": 10, "with_part": 1 + i % 2} for i in range(1, 9)
)


def _neighbours(n: int, **changes: object) -> list[dict[str, object]]:
    """``n`` install slips of one outlet that have nothing in common but ``changes``."""
    return [
        {"单号": f"AZ1{i:02}", "机身条码": f"DR60A25{i * 37:08}", "用户电话": f"1390013{i:04}",
         "用户地址": f"青山路{i + 10}号", "用户姓名": f"用户{i}", "安装工": f"工{i}", **changes}
        for i in range(n)
    ]  # fmt: skip


def _distances(*km: float) -> list[dict[str, object]]:
    return [{**row, "单程里程": d} for row, d in zip(_neighbours(len(km)), km, strict=True)]


def _serials(*tails: int, names: str = "张李王") -> list[dict[str, object]]:
    rows = _neighbours(len(tails))
    return [
        {**row, "机身条码": f"DR60A2512{tail:06}", "用户姓名": name}
        for row, tail, name in zip(rows, tails, names, strict=False)
    ]


@rule(
    "R801", "单号重复", refused(), severity=HIGH, field="slip_no",
    checks="同一网点的单号已经用过;先看结算历史,再看本次单据。第一张不命中;以前那张是拒付的,为"
           "待查",
    says="单号{slip_no}重复,首次见{seen_at}",
    hits=[case({"单号": "AZ001"}, {"单号": "AZ001"}),
          case({"单号": "AZ001"}, history=[_PAST]),
          case({"单号": "AZ001"}, history=[{**_PAST, "处理状态": "拒付", "应付金额": 0}])],
    passes=[case({"单号": "AZ001"}, history=[{**_PAST, "处理状态": "退回"}]),
            case({"单号": "AZ001"}, {"单号": "AZ002", "机身条码": "DR60A2512000777"})],
)  # fmt: skip
def number_used_before(slip_no, seen_at, seen_refused):
    """A slip is paid once; one that was refused before may come again, but not unseen."""
    return [When(~seen_refused), When(seen_refused, pending())]


@rule(
    "R802", "条码重复安装", refused(), severity=HIGH, on=(INSTALL,), field="barcodes",
    checks="机身条码已有另一张更早的安装单,而且安装项目不是允许重复的;以前那张是拒付的,为待查",
    says="条码{installed_code}已于{installed_on}安装(单号{installed_slip})",
    hits=[case(history=[{**_PAST, "单号": "AZ900", "机身条码": "DR60A2512000123"}]),
          case({"单号": "AZ001"}, {**_OTHER, "机身条码": "DR60A2512000123",
                                  "安装日期": "2026-03-06"})],
    passes=[case({"安装项目": "移机", "申报安装费": 60},
                 history=[{**_PAST, "单号": "AZ900", "机身条码": "DR60A2512000123"}]),
            case(history=[{**_PAST, "单号": "AZ900", "机身条码": "DR60A2512000123"}],
                 masters={"换机登记": [{"登记号": "HJ1", "旧机身条码": "DR60A2401000001",
                                    "新机身条码": "DR60A2512000123",
                                    "换机日期": "2026-03-01"}]})],
)  # fmt: skip
def machine_installed_before(
    installed_code, installed_on, installed_slip, installed_refused, item, *, reinstall_items
):
    """A machine is installed once; moving it is another job."""
    again = ~item.isin(reinstall_items)
    return [When(again & ~installed_refused), When(again & installed_refused, pending())]


@rule(
    "R803", "短期重复维修", refused(Scope.LABOUR), severity=HIGH, on=(REPAIR,), field="barcodes",
    checks="同一机身条码在规定天数内又报修:同一故障的不另付维修费,不同故障的提示;以前那张是拒"
           "付的,为待查",
    says="{within}天内同故障返修(单号{repeat_of}),不另计维修费",
    hits=[case({"报修日期": "2026-03-31", "完成日期": "2026-03-31"}, history=[_DONE]),
          case({"报修日期": "2026-03-31", "完成日期": "2026-03-31"},
               history=[{**_DONE, "故障代码": "E02"}]),
          case({"报修日期": "2026-03-31", "完成日期": "2026-03-31"},
               history=[{**_DONE, "处理状态": "拒付", "应付金额": 0}])],
    passes=[case({"报修日期": "2026-04-01", "完成日期": "2026-04-01"}, history=[_DONE])],
)  # fmt: skip
def repaired_again_soon(repeat_of, repeat_same_fault, repeat_refused, *, repeat_within):
    """The same fault within the guarantee of the repair is the outlet's own to mend."""
    within = {"within": repeat_within}
    other = "{within}天内异故障返修(单号{repeat_of})"
    return [
        When(repeat_same_fault & ~repeat_refused, fields=within),
        When(repeat_same_fault & repeat_refused, pending(Scope.LABOUR), fields=within),
        When(~repeat_same_fault, notice(Scope.LABOUR), other, fields=within),
    ]


@rule(
    "R804", "同电话多户", pending(), severity=HIGH, field="user_phone",
    checks="一个网点里同一用户电话出现的单数达到规定数,而且用户姓名至少有两个",
    says="电话{phone}出现{phone_rows}次,姓名{phone_names}个",
    hits=[case(*_neighbours(3, 用户电话="13800138000"))],
    passes=[case(*_neighbours(3, 用户电话="13800138000", 用户姓名="张某")),
            case(*_neighbours(2, 用户电话="13800138000"))],
)  # fmt: skip
def one_phone_many_users(phone, phone_rows, phone_names, *, same_phone_rows):
    """Invented users tend to share a telephone."""
    return (phone_rows >= same_phone_rows) & (phone_names >= 2)


@rule(
    "R805", "网点电话冒充用户", pending(), severity=HIGH, field="user_phone",
    checks="用户电话是本网点的联系电话,或本网点人员的电话",
    says="用户电话与网点电话相同",
    hits=[{"用户电话": "0571-88001111"}, {"用户电话": "13700137001"},
          {"用户电话": "13800138000、13700137001"}],
    passes=[{"用户电话": "13800138000"}],
)  # fmt: skip
def outlet_phone_as_user(user_phone, outlet_phones):
    """A call-back would ask the outlet about its own work."""
    return each(lambda phones, own: not own.isdisjoint(phones), user_phone, outlet_phones)


@rule(
    "R806", "人员日单量异常", notice(), severity=LOW, field="worker",
    checks="一个安装工或维修工一天的单数超过上限",
    says="{worker}{service_date}日完成{worker_rows}单",
    hits=[case(*_neighbours(9, 安装工="王师傅"))], passes=[case(*_neighbours(8, 安装工="王师傅"))],
)  # fmt: skip
def too_many_a_day(worker, service_date, worker_rows, *, daily_limit):
    """More jobs than a person can do in a day."""
    return worker_rows > daily_limit


@rule(
    "R807", "里程异常", notice(Scope.TRAVEL), severity=LOW,
    checks="单程里程比本网点平常的里程远得多(稳健z值超过阈值,单数太少的不查)",
    says="里程{distance:km},中位数{median:km},z={z}",
    hits=[case(*_distances(5, 6, 5, 7, 6, 5, 6, 60))],
    passes=[case(*_distances(5, 6, 5, 7, 6, 5, 60)), case(*_distances(*[5] * 6, 60, 60))],
)  # fmt: skip
def unusual_distance(distance, distance_z, distance_median, distance_n, *, z_threshold, z_minimum):
    """Much farther than this outlet usually goes."""
    far = (distance_z > float(z_threshold)) & (distance_n >= z_minimum)
    return When(far, fields={"median": distance_median, "z": distance_z.round(2)})


@rule(
    "R808", "条码连号", notice(), severity=MEDIUM, on=(INSTALL,), field="barcodes",
    checks="一个网点同一天、同一型号、机身条码尾号相连的台数达到规定数,而且用户姓名至少有两个",
    says="条码连号{serial_rows}台",
    hits=[case(*_serials(123, 124, 125))],
    passes=[case(*_serials(123, 124)), case(*_serials(123, 124, 126)),
            case(*_serials(123, 124, 125, names="张张张"))],
)  # fmt: skip
def consecutive_serials(serial_rows, serial_names, *, serial_run):
    """Machines from one pallet rarely go to different users on one day."""
    return (serial_rows >= serial_run) & (serial_names >= 2)


@rule(
    "R809", "安装当日维修", pending(Scope.LABOUR), severity=MEDIUM, on=(REPAIR,),
    field="reported_date",
    checks="安装后在规定天数内就报修",
    says="安装{days_since_install}天即报修",
    hits=[{"安装日期": "2026-03-05", "报修日期": "2026-03-05"},
          case({"报修日期": "2026-03-05"},
               history=[{**_PAST, "机身条码": "DR60A2512000123", "安装日期": "2026-03-05"}])],
    passes=[{"安装日期": "2026-03-04", "报修日期": "2026-03-05"}],
)  # fmt: skip
def repaired_when_installed(days_since_install, *, days_after_install):
    """Putting it right on the first day is part of the installation."""
    return (days_since_install >= 0) & (days_since_install <= days_after_install)


@rule(
    "R810", "换件偏高", sheet_notice(), severity=LOW, field="outlet_code",
    checks="一个网点保内单的换件比例比其他网点高得多(稳健z值超过阈值);只提醒网点,不影响单据",
    says="{outlet_code}换件率{share},中位{median}",
    hits=[case(*OUTLETS_WITH_PARTS, {"outlet_code": "WD009", "rows": 10, "with_part": 9})],
    passes=[case(*OUTLETS_WITH_PARTS, {"outlet_code": "WD009", "rows": 7, "with_part": 7}),
            case(*OUTLETS_WITH_PARTS[:6], {"outlet_code": "WD009", "rows": 10, "with_part": 9})],
)  # fmt: skip
def many_parts_replaced(
    outlet_code, rows, with_part, *, z_threshold, parts_min_outlets, parts_min_rows
):
    """An outlet that changes far more parts than the others; about the outlet, not a slip."""
    enough = rows >= parts_min_rows
    share = (with_part / rows).where(enough)
    z = robust_z(share, pd.Series(0, index=share.index))
    far = (z["z"] > float(z_threshold)) & (z["n"] >= parts_min_outlets)
    fields = {"share": share.map("{:.2%}".format), "median": z["median"].map("{:.2%}".format)}
    return When(far, fields=fields)

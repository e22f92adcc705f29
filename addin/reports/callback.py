"""《安装/维修回访登记表(全国)》: the slips whose users are phoned, drawn the same way each time."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from addin.domain import keys, sampling
from addin.domain.values import mask_phone
from addin.reports.layout import Layout
from addin.reports.standing import sent_away
from addin.tables.catalogue import SERVICE
from addin.tables.fields import Choices, Field, SheetSpec, Type

OUTCOME = Choices(("属实", "不属实", "未接通", "空号"))

CALLBACK = SheetSpec(
    "安装维修回访登记表(全国)",
    (
        Field("sequence", "序号", Type.INT),
        Field("service", "类别", Type.ENUM, choices=SERVICE),
        Field("outlet_code", "网点编码", Type.CODE),
        Field("outlet_name", "网点名称"),
        Field("slip_no", "单号", Type.CODE),
        Field("user_name", "用户姓名"),
        Field("user_phone", "用户电话", Type.PHONE, help="打印用,中间四位隐去;拨打看最右一列"),
        Field("model", "产品型号", Type.CODE),
        Field("service_date", "服务日期", Type.DATE, help="安装日期或完成日期"),
        Field("reason", "抽样原因", help="待查、新网点、抽样"),
        Field("called_on", "回访日期", Type.DATE),
        Field("caller", "回访人"),
        Field("valid", "有效回访", Type.BOOL, help="接通并得到答复填“是”"),
        Field("outcome", "回访结果", Type.ENUM, choices=OUTCOME),
        Field("satisfaction", "满意度", Type.INT, help="1至5分", example="5"),
        Field("note", "说明"),
        Field("dial", "拨打电话", Type.PHONE, help="完整号码,只在屏幕上,不在打印区"),
    ),
    key=("outlet_code", "service", "slip_no"),
)
"""workbooks.md §8, and to the right of the print area the number in full.

The printed column is masked, because paper leaves the room; the clerk who must phone the user
reads the number in the same row of the screen.
"""

LAYOUT = Layout(
    sheet=CALLBACK,
    title="安装/维修回访登记表(全国)",
    due="callback",
    duty="F-1",
    widths={
        "sequence": 5, "service": 6, "outlet_code": 10, "outlet_name": 20, "slip_no": 16,
        "user_name": 9, "user_phone": 13, "model": 11, "service_date": 11, "reason": 9,
        "called_on": 11, "caller": 9, "valid": 9, "outcome": 9, "satisfaction": 7, "note": 18,
        "dial": 14,
    },
    total_formulas={
        "slip_no": "COUNTA({slip_no})",
        "valid": 'COUNTIF({valid},"是")',
    },
    frozen="slip_no",
    print_until="note",
)  # fmt: skip

OF_A_NEW_OUTLET = 3
"""At least so many slips of an outlet whose 合作开始 lies in the month; calculations.md §12."""

PENDING, NEW_OUTLET, BY_LOT = "待查", "新网点", "抽样"

KEY = list(CALLBACK.key)
ENTERED = ["called_on", "caller", "valid", "outcome", "satisfaction", "note"]
COLUMNS = [item.name for item in CALLBACK.fields]


def draw(
    checked: pd.DataFrame,
    outlets: pd.DataFrame,
    period: str,
    *,
    ratio: Decimal,
    minimum: int,
    seed: str,
    previous: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The rows of the register, in order of outlet, service and slip number.

    ``previous`` is the register of the same month as the clerk has filled it in: what stands
    there is taken over, and a slip with a 回访结果 stays, whatever has become of it since.
    """
    slips = drawable(checked)
    before = _entries(previous)
    names = outlets.drop_duplicates("outlet_code").set_index("outlet_code")["outlet_name"]
    since = outlets["since"].dt.strftime("%Y-%m")
    new = slips["outlet_code"].isin(outlets["outlet_code"][since == period])
    answered = _key(before[before["outcome"].notna()])
    drawn = sampling.draw(
        slips.assign(
            forced=slips["pending"] | _key(slips).isin(answered),
            at_least=np.where(new, OF_A_NEW_OUTLET, 0),
        ),
        period=period,
        seed=seed,
        ratio=ratio,
        minimum=minimum,
    )
    fresh = slips.assign(
        outlet_name=slips["outlet_code"].map(names).fillna(slips["outlet_name"]),
        reason=np.select([slips["pending"], new], [PENDING, NEW_OUTLET], BY_LOT),
        dial=slips["user_phone"],
    )[drawn]
    register = _take_over(fresh, before).sort_values(KEY, ignore_index=True)
    register["sequence"] = np.arange(1, len(register) + 1)
    register["user_phone"] = [tuple(map(mask_phone, numbers[:1])) for numbers in register["dial"]]
    return register[COLUMNS]


def _key(table: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(table[KEY])


def drawable(checked: pd.DataFrame) -> pd.DataFrame:
    """One row per slip that may be drawn: its first row, and whether any of its rows is 待查."""
    rows = checked[~sent_away(checked)]
    codes = keys.group(*(rows[name] for name in KEY))
    rows, codes = rows[codes != keys.NO_KEY], codes[codes != keys.NO_KEY]
    pending = np.bincount(codes, weights=rows["verdict"] == PENDING) > 0
    first = ~pd.Series(codes).duplicated().to_numpy()
    slips = rows.loc[first, [*KEY, "outlet_name", "user_name", "user_phone", "model"]]
    return slips.assign(
        service_date=rows["service_date"][first], pending=pending[codes[first]]
    ).reset_index(drop=True)


def _entries(previous: pd.DataFrame | None) -> pd.DataFrame:
    if previous is None:
        return pd.DataFrame(columns=COLUMNS, dtype=object)
    return previous.drop_duplicates(KEY)[COLUMNS]


def _take_over(fresh: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """``fresh`` with the clerk's entries, and the answered slips that are drawn no more."""
    entered = before[[*KEY, *ENTERED, "reason"]].rename(columns={"reason": "drawn_as"})
    drawn = fresh.merge(entered, on=KEY, how="left")
    drawn["reason"] = drawn["drawn_as"].where(drawn["outcome"].notna(), drawn["reason"])
    gone = before[before["outcome"].notna() & ~_key(before).isin(_key(fresh))]
    return pd.concat([drawn, gone], ignore_index=True) if len(gone) else drawn

"""《产品安装维修服务费用汇总表》: what each outlet is paid for the month, and its cross-footing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from addin.domain.rmb import yuan
from addin.reports.layout import Layout
from addin.reports.standing import accepted, sent_away, waiting
from addin.tables.fields import Field, SheetSpec, Type

SUMMARY = SheetSpec(
    "产品安装维修服务费用汇总表",
    (
        Field("sequence", "序号", Type.INT),
        Field("province", "省份"),
        Field("outlet_code", "网点编码", Type.CODE, True),
        Field("outlet_name", "网点名称"),
        Field("install_slips", "安装单数", Type.INT, help="通过、提示、部分拒付的安装单张数"),
        Field("install_fee", "安装费", Type.MONEY, help="核定安装费之和"),
        Field("repair_slips", "维修单数", Type.INT, help="通过、提示、部分拒付的维修单张数"),
        Field("repair_fee", "维修费", Type.MONEY, help="核定维修费之和"),
        Field("travel_fee", "远程费", Type.MONEY, help="核定远程费之和"),
        Field("other_fee", "其他费", Type.MONEY, help="核定其他费之和"),
        Field("parts_fee", "配件费", Type.MONEY, help="核定配件费之和"),
        Field("total", "合计", Type.MONEY, help="安装费、维修费、远程费、其他费、配件费之和"),
        Field("held", "待定金额", Type.MONEY, help="待查、无法判断单据的全部申报金额,转下月"),
        Field("cut", "核减金额", Type.MONEY, help="部分拒付的核减,加退回、拒付单据的全部申报"),
        Field("remark", "备注"),
    ),
    key=("outlet_code",),
)
"""workbooks.md §8. 申报 of an outlet = 合计 + 待定金额 + 核减金额 (calculations.md §8)."""

FEES = ("install_fee", "repair_fee", "travel_fee", "other_fee", "parts_fee")
COUNTS = ("install_slips", "repair_slips")
SUMMED = (*COUNTS, *FEES, "total", "held", "cut")

LAYOUT = Layout(
    sheet=SUMMARY,
    title="产品安装维修服务费用汇总表",
    due="summary",
    duty="F-1",
    widths={
        "sequence": 5, "province": 9, "outlet_code": 10, "outlet_name": 24,
        "install_slips": 9, "repair_slips": 9,
        **dict.fromkeys(FEES, 12), "total": 13, "held": 12, "cut": 12, "remark": 14,
    },
    row_formulas={"total": "SUM({install_fee},{repair_fee},{travel_fee},{other_fee},{parts_fee})"},
    total_formulas={name: f"SUM({{{name}}})" for name in SUMMED},
    words_of="total",
)  # fmt: skip

NO_CODE = "网点编码空白"
NOT_LISTED = "不在网点档案"


def summarise(checked: pd.DataFrame, outlets: pd.DataFrame) -> pd.DataFrame:
    """One row per outlet with slips in the month, in order of its code; money in 分.

    Name and province are those of 网点档案. A code that it does not list, or a blank one, keeps
    its row with a remark, so that no claimed amount leaves the report.
    """
    figures = _figures(checked)
    code = figures.index.to_series().astype(object)
    listed = outlets.drop_duplicates("outlet_code").set_index("outlet_code")
    on_slips = checked.groupby(_outlet(checked))[["province", "outlet_name"]].first()

    def named(name: str) -> pd.Series:
        text = listed[name].reindex(code).astype(object)
        text = text.fillna(on_slips[name].drop("", errors="ignore").reindex(code))
        return text.where(text.notna(), None)

    unlisted = pd.Series(NOT_LISTED, code.index, dtype=object).where(~code.isin(listed.index), None)
    table = figures.assign(
        sequence=np.arange(1, len(figures) + 1),
        outlet_code=code.where(code != "", None),
        province=named("province"),
        outlet_name=named("outlet_name"),
        remark=unlisted.where(code != "", NO_CODE),
    )
    return table[[item.name for item in SUMMARY.fields]].reset_index(drop=True)


def _outlet(table: pd.DataFrame) -> pd.Series:
    return table["outlet_code"].fillna("").rename("outlet")


def _figures(checked: pd.DataFrame) -> pd.DataFrame:
    """The numbers of each outlet, by its code (blank: ``""``). calculations.md §8."""
    paid, held, gone = accepted(checked), waiting(checked), sent_away(checked)
    install = (checked["service"] == "安装").to_numpy()

    def amount(name: str, where: np.ndarray) -> np.ndarray:
        return np.where(where, checked[name].fillna(0).to_numpy(dtype=np.int64), 0)

    outlet = _outlet(checked)
    money = pd.DataFrame(
        {
            "install_fee": amount("approved_labour", paid & install),
            "repair_fee": amount("approved_labour", paid & ~install),
            "travel_fee": amount("approved_travel", paid),
            "other_fee": amount("approved_other", paid),
            "parts_fee": amount("approved_parts", paid),
            "total": amount("payable", paid),
            "held": amount("claimed", held),
            "cut": amount("cut", paid) + amount("claimed", gone),
        },
        index=checked.index,
    )
    slips = checked[paid].assign(outlet=outlet).drop_duplicates(["outlet", "service", "slip_no"])
    of_install = slips["service"] == "安装"
    figures = money.groupby(outlet).sum()
    for name, some in zip(COUNTS, (slips[of_install], slips[~of_install]), strict=True):
        figures[name] = some.groupby("outlet").size().reindex(figures.index, fill_value=0)
    return figures


# --- cross-footing (勾稽): rules.md §9 -------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """One figure of the filled sheet that is not what the slips, or the sheet itself, add up to."""

    code: str
    says: str
    outlet: str = ""
    column: str = ""
    shown: int = 0
    expected: int = 0

    @property
    def message(self) -> str:
        counted = self.column in {SUMMARY[name].header for name in COUNTS}
        shown, expected = (
            str(value) if counted else yuan(value) for value in (self.shown, self.expected)
        )
        return self.says.format(
            outlet=self.outlet, column=self.column, shown=shown, expected=expected
        )


@dataclass(frozen=True)
class Example:
    """安装费 by outlet, as shown on the sheet and as paid by the slips; what else is overtyped."""

    shown: Mapping[str, int]
    paid: Mapping[str, int]
    row_totals: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """A rule of the group R7xx that this report answers for. Verdict 待查, severity 高."""

    code: str
    name: str
    says: tuple[str, ...]
    hits: tuple[tuple[Example, str], ...]  # with the message
    passes: tuple[Example, ...]


R701 = Check(
    "R701",
    "汇总不等于明细",
    ("{outlet}{column}汇总{shown}≠明细{expected}",),
    hits=((Example({"WD001": 1280_00}, {"WD001": 1250_00}), "WD001安装费汇总1280.00≠明细1250.00"),),
    passes=(Example({"WD001": 1250_00}, {"WD001": 1250_00}),),
)
R702 = Check(
    "R702",
    "网点遗漏",
    ("汇总表缺网点{outlet}", "多网点{outlet}"),
    hits=(
        (Example({"WD001": 80_00}, {"WD001": 80_00, "WD003": 80_00}), "汇总表缺网点WD003"),
        (Example({"WD001": 80_00, "WD003": 80_00}, {"WD001": 80_00}), "多网点WD003"),
    ),
    passes=(
        Example({"WD001": 80_00, "WD003": 80_00}, {"WD001": 80_00, "WD003": 80_00}),
        Example({"WD001": 80_00}, {"WD001": 80_00, "WD003": 0}),
    ),
)
R703 = Check(
    "R703",
    "合计行不等",
    ("{column}合计{shown}≠{expected}",),
    hits=(
        (
            Example(
                {"WD001": 1990_00, "WD002": 1000_00},
                {"WD001": 1990_00, "WD002": 1000_00},
                totals={"install_fee": 3000_00},
            ),
            "安装费合计3000.00≠2990.00",
        ),
        (
            Example({"WD001": 80_00}, {"WD001": 80_00}, row_totals={"WD001": 80_01}),
            "WD001合计80.01≠80.00",
        ),
    ),
    passes=(Example({"WD001": 1990_00, "WD002": 1000_00}, {"WD001": 1990_00, "WD002": 1000_00}),),
)
CROSS_FOOTING = (R701, R702, R703)


def cross_foot(
    rows: pd.DataFrame, totals: Mapping[str, int], checked: pd.DataFrame
) -> list[Finding]:
    """R701–R703 over the sheet as it was read back: its data ``rows`` and its 合计 row."""
    shown = rows.groupby(_outlet(rows))[list(SUMMED)].sum()
    expected = _figures(checked)
    return [
        *_not_the_slips(shown, expected),
        *_outlets_left_out(shown, expected),
        *_not_the_sum(rows, totals),
    ]


def _not_the_slips(shown: pd.DataFrame, expected: pd.DataFrame) -> Iterator[Finding]:
    """R701, for the outlets on both sides; counts, 待定金额 and 核减金额 are figures too."""
    both = shown.index.intersection(expected.index)
    for name in SUMMED:
        left, right = shown.loc[both, name], expected.loc[both, name]
        for outlet in both[(left != right).to_numpy()]:
            yield Finding(
                R701.code, R701.says[0], outlet, SUMMARY[name].header,
                int(left[outlet]), int(right[outlet]),
            )  # fmt: skip


def _outlets_left_out(shown: pd.DataFrame, expected: pd.DataFrame) -> Iterator[Finding]:
    """R702. An outlet that is paid nothing may be absent; one without any slip is too many."""
    missing, extra = R702.says
    for outlet in expected.index[expected["total"] > 0].difference(shown.index):
        yield Finding(R702.code, missing, outlet)
    for outlet in shown.index.difference(expected.index):
        yield Finding(R702.code, extra, outlet)


def _not_the_sum(rows: pd.DataFrame, totals: Mapping[str, int]) -> Iterator[Finding]:
    """R703, down each column and along each row."""
    for name in SUMMED:
        shown, expected = totals[name], int(rows[name].sum())
        if shown != expected:
            yield Finding(R703.code, R703.says[0], "", SUMMARY[name].header, shown, expected)
    along = rows[list(FEES)].sum(axis=1)
    wrong = (rows["total"] != along).to_numpy()
    for outlet, shown, expected in zip(
        _outlet(rows)[wrong], rows["total"][wrong], along[wrong], strict=True
    ):
        yield Finding(R703.code, R703.says[0], outlet, outlet, int(shown), int(expected))

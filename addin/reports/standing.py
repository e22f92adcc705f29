"""Where a checked row stands: it is paid, it waits, or it has been sent away; rules.md §1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

PAID = ("通过", "提示")
WAITING = ("待查", "无法判断")

Mask = npt.NDArray[np.bool_]


def accepted(checked: pd.DataFrame) -> Mask:
    """Rows whose 核定 is paid this month: 通过, 提示, and 拒付 of a part (calculations.md §8)."""
    refused_in_part = (checked["verdict"] == "拒付") & (checked["verdict_scope"] == "部分")
    return (checked["verdict"].isin(PAID) | refused_in_part).to_numpy()


def waiting(checked: pd.DataFrame) -> Mask:
    """Rows that wait as a whole and are carried into the next month."""
    return checked["verdict"].isin(WAITING).to_numpy()


def sent_away(checked: pd.DataFrame) -> Mask:
    """退回 and 拒付(整单): nothing of the row is paid, nothing of it waits."""
    return ~(accepted(checked) | waiting(checked))

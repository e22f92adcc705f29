"""Every button of the ribbon tab 结算助手: what a clerk presses, and the action that answers.

Contract: formulas.md §3. A button is here as soon as its action exists and not before. It answers
with one line for the status bar. Adding one: a function of a few lines here, its work in
``actions/``.
"""

from __future__ import annotations

from addin.actions import product
from addin.desk import Desk
from addin.registry import button

# --- 系统 -----------------------------------------------------------------------------------


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


@button("关于", "程序、规则和基础资料的版本", group="系统", icon="about")
def about(desk: Desk) -> str:
    """Which program answers, with which rules and masters."""
    return product.about(desk)

"""How clerks type: the same value in the many spellings that workbooks.md §2 admits."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from .cells import NBSP, WIDE_SPACE, ZERO_WIDTH, Number

DATES = {"收单日期", "购买日期", "安装日期", "报修日期", "完成日期", "生产日期", "发票日期"}
MONEY = {f"申报{c}" for c in ("安装费", "维修费", "远程费", "其他费", "配件费", "合计")} | {
    "放行金额"
}
CODES = {"单号", "产品型号", "机身条码", "故障代码", "更换配件编码"}
FLAGS = {"单据清晰", "用户签字"}
SYNONYMS = {"保内": ("三包内", "包修", "在保", "保修内"), "保外": ("三包外", "过保", "收费")}
WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-."}


def _serial(d: date, epoch_1904: bool) -> int:
    return (d - date(1904, 1, 1)).days if epoch_1904 else (d - date(1899, 12, 30)).days


DATE_TEXTS: tuple[Callable[[date], str], ...] = (
    lambda d: f"{d.year}-{d.month}-{d.day}",
    lambda d: f"{d:%Y/%m/%d}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}年{d.month}月{d.day}号",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d:%Y-%m-%d} 8:30",
    lambda d: f"{d:%Y-%m-%d} 08:30:00",
    lambda d: f"{d:%Y-%m-%d}T08:30",
    lambda d: f"{d.year}/{d.month}/{d.day} 上午",
    lambda d: f"{d.year}-{d.month}-{d.day} 下午 3:20",
    lambda d: f"{d.year}-{d.month}-{d.day}".translate(WIDE),
)
MONEY_TEXTS: tuple[Callable[[str], str], ...] = (
    lambda t: f"{t}元",
    lambda t: f"{t}.00元" if "." not in t else f"{t} 元",
    lambda t: f"¥{t}",
    lambda t: f"￥{t}",
    lambda t: t.translate(WIDE),
    lambda t: f"{NBSP}{t} ",
    lambda t: f"{t}{ZERO_WIDTH}",
    lambda t: f"RMB {t}",
    lambda t: f"{t}元整" if "." not in t else t,
    lambda t: f"{t}圆",
)


def yuan(cents: int) -> str:
    """``750`` → ``7.5``, ``8000`` → ``80``: as Excel's General shows it."""
    return f"{cents / 100:.2f}".rstrip("0").rstrip(".")


def _spell_date(d: date, r: random.Random, epoch_1904: bool) -> Any:
    turn = r.random()
    if turn < 0.70:
        return d
    if turn < 0.73:
        return Number(int(f"{d:%Y%m%d}"))
    if turn < 0.76:
        return str(_serial(d, epoch_1904))
    if turn < 0.79:
        return Number(_serial(d, epoch_1904))
    return r.choice(DATE_TEXTS)(d)


def _spell_code(text: str, r: random.Random) -> str:
    turn = r.random()
    if turn < 0.90:
        return text
    if turn < 0.92:
        return text.lower()
    if turn < 0.94:
        return text.translate(WIDE)
    if turn < 0.96:
        return text + NBSP
    if turn < 0.98:
        return text.replace("-", "—") if "-" in text else f" {text}"
    return text[:3] + ZERO_WIDTH + text[3:]


def _spell_phone(text: str, r: random.Random) -> Any:
    if not text.isdigit():
        return text
    turn = r.random()
    if turn < 0.70:
        return text
    if turn < 0.85:
        return Number(int(text))
    return r.choice(
        (
            f"{text[:3]}-{text[3:7]}-{text[7:]}",
            f"{text[:3]} {text[3:7]} {text[7:]}",
            f"+86{text}",
            f"86-{text}",
            text.translate(WIDE),
        )
    )


def spell(field: str, value: Any, r: random.Random, *, epoch_1904: bool) -> Any:
    """One value of an ordinary row as some clerk may have typed it; the meaning stays."""
    if value is None:
        if field in FLAGS:
            return r.choice((None, None, None, "是", "√", "Y", "有"))
        return r.choice((None,) * 60 + ("-", "/", WIDE_SPACE)) if field == "收单日期" else None
    if field in DATES and isinstance(value, date):
        return _spell_date(value, r, epoch_1904)
    if field in MONEY and isinstance(value, int):
        return value if r.random() < 0.88 else r.choice(MONEY_TEXTS)(yuan(value))
    if field == "用户电话" and isinstance(value, str):
        return _spell_phone(value, r)
    if field in CODES and isinstance(value, str):
        return _spell_code(value, r)
    if field == "单程里程":
        return (
            value if r.random() < 0.9 else r.choice((f"{value}公里", f"{value}km", f"{value} KM"))
        )
    if field == "数量":
        return value if r.random() < 0.9 else f"{value}台"
    if isinstance(value, str) and value in SYNONYMS and r.random() < 0.2:
        return r.choice(SYNONYMS[value])
    if field in ("安装项目", "用户姓名") and r.random() < 0.04:
        return value[:1] + r.choice((" ", WIDE_SPACE, NBSP)) + value[1:]
    return value


def respell(cells: Mapping[str, Any], r: random.Random, *, epoch_1904: bool) -> dict[str, Any]:
    return {f: spell(f, v, r, epoch_1904=epoch_1904) for f, v in cells.items()}


def as_code(value: Any) -> str:
    """What a code means after workbooks.md §2.1; blank tokens are blank.

    >>> as_code("ａｚ—26 -0301")
    'AZ-26-0301'
    """
    text = unicodedata.normalize("NFKC", "" if value is None else str(value))
    text = re.sub(r"[\u200b-\u200f\u2060\ufeff\s]", "", text).upper()
    text = re.sub(r"[—–−]", "-", text)
    return "" if text in ("", "-", "/", "无") else text

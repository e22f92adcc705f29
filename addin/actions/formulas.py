"""The answers of the cell formulas: one cell, or whole columns where masters are looked up.

A function gives a value or a :class:`CellError`. Money comes and goes as numbers with two places,
as a cell has them, and is 分 in between; a date goes out as a date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from addin import __version__
from addin.actions import known
from addin.cells import DIV0, NA, NUM, VALUE, CellError, is_blank
from addin.domain import calendar, rmb, values

if TYPE_CHECKING:
    import pandas as pd

FEN = Decimal(100)
Answers = Sequence[Any]


# --- one cell -------------------------------------------------------------------------------


def amount_in_words(cell: Any) -> str:
    fen = _fen(cell)
    try:
        return rmb.words(fen)
    except ValueError as too_much:
        raise CellError(NUM, "金额达到一万亿元,没有通行的大写") from too_much


def _fen(cell: Any) -> int:
    number = values.read_number(cell)
    if not isinstance(number, Decimal):
        raise CellError(VALUE, f"“{values.shown(cell)}”不是金额")
    if (number * FEN) % 1:
        raise CellError(NUM, f"金额{number}超过两位小数")
    return int(number * FEN)


def money(cell: Any) -> float:
    fen = values.read_money(cell)
    if not isinstance(fen, int):
        raise CellError(VALUE, f"“{values.shown(cell)}”不是金额")
    return fen / 100


def date(cell: Any, date1904: Any) -> dt.date:
    day = values.read_date(cell, date1904=bool(values.read_bool(date1904)))
    if not isinstance(day, dt.date):
        raise CellError(VALUE, f"“{values.shown(cell)}”不是2000至2099年的日期")
    return day


def phone(cell: Any) -> str:
    phones = values.read_phones(cell)
    if not isinstance(phones, tuple) or not phones:
        raise CellError(VALUE, f"“{values.shown(cell)}”不是手机号或带区号的座机")
    return phones[0]


def masked(cell: Any, kind: Any) -> str:
    words = values.shown(cell)
    kind = "自动" if is_blank(kind) else str(kind).strip()
    if kind not in _MASKS:
        raise CellError(VALUE, f"没有类别“{kind}”,可写{'/'.join(_MASKS)}")
    return _MASKS[kind](words)


def _phone_masked(words: str) -> str:
    return values.mask_phone(words) if re.fullmatch(r"[\d\-]{10,}", words) else words


def _name_masked(words: str) -> str:
    return words[:1] + "*" * (len(words) - 1)


def _address_masked(words: str) -> str:
    """Up to the road or village; who lives where on it stays out."""
    kept = re.match(r".*?[路街道巷村镇乡]", words)
    return f"{kept[0]}****" if kept else words[:6] + "****" * (len(words) > 6)


def _masked_by_look(words: str) -> str:
    if re.search(r"[路街巷村镇乡].*\d|\d+[号栋室]", words):
        return _address_masked(words)
    return _phone_masked(words)


_MASKS = {
    "自动": _masked_by_look,
    "电话": _phone_masked,
    "姓名": _name_masked,
    "地址": _address_masked,
}


def ratio(repairs: Any, base: Any) -> float:
    top, bottom = values.read_number(repairs), values.read_number(base)
    if not isinstance(top, Decimal) or not isinstance(bottom, Decimal):
        raise CellError(VALUE, "维修数和基数要写数字")
    if top < 0 or bottom < 0:
        raise CellError(NUM, "维修数和基数不能是负数")
    if bottom == 0:
        raise CellError(DIV0, "基数是0")
    return float(top / bottom)


def deadlines() -> Callable[[Any, Any], dt.date]:
    """The answer for one report and month; parameters and calendar are read once a call (§1.7)."""
    parameters, working_days = known.parameters(), known.working_days()
    return partial(
        _deadline,
        day_included=parameters["deadline_includes_day"],
        shift=calendar.Shift(parameters["deadline_on_holiday"]),
        working_days=working_days,
    )


def _deadline(report: Any, period: Any, **company: Any) -> dt.date:
    month = values.read_month(period)
    if not isinstance(month, dt.date):
        raise CellError(VALUE, f"业务月“{values.shown(period)}”无法识别,请写2026-03")
    wanted = values.text(values.shown(report))
    found = next(
        (d for d in calendar.DEADLINES.values() if wanted in (values.text(d.report), d.duty)), None
    )
    if found is None:
        raise CellError(NA, f"没有报表“{wanted}”")
    due = calendar.due(found, month, **company)
    if due is None:
        raise CellError(NA, f"{found.report}是即日的报表,没有截止日")
    return due.day


def reason(codes: Any) -> str:
    return "\n".join(_reason(code) for code in str(codes).split(";") if code.strip())


def _reason(code: str) -> str:
    from addin.rules import find

    rule = find(code)
    if rule is None:
        raise CellError(NA, f"没有问题代码{code.strip()}")
    return f"{rule.name}:{rule.checks};{known.verdict_of(rule)}"


def version(item: Any) -> str:
    from addin.rules import all_rules

    told = {
        "程序": lambda: __version__,
        "规则": lambda: f"{len(all_rules())}条",
        "基础资料时间": lambda: f"{known.masters_time():%Y-%m-%d %H:%M}",
    }
    wanted = "全部" if is_blank(item) else str(item).strip()
    if wanted == "全部":
        return ";".join(f"{name}:{tell()}" for name, tell in told.items())
    if wanted not in told:
        raise CellError(VALUE, f"没有“{wanted}”,可写全部/{'/'.join(told)}")
    return told[wanted]()


# --- whole columns --------------------------------------------------------------------------


def robust_z(cells: Answers, least: Any) -> Answers:
    """z of every number among all of ``cells``; calculations.md §9."""
    import pandas as pd

    from addin.domain import outliers

    numbers = [values.read_number(cell) for cell in cells]
    column = pd.Series([float(n) if isinstance(n, Decimal) else None for n in numbers], dtype=float)
    found = outliers.robust_z(column, pd.Series(["all"] * len(column)))
    smallest = known.parameters()["z_minimum"] if is_blank(least) else values.read_int(least)
    if not isinstance(smallest, int):
        raise CellError(VALUE, "最小样本要写整数")
    count = int(column.notna().sum())
    if count < smallest:
        return [CellError(NA, f"只有{count}个数值,少于最小样本{smallest}")] * len(cells)
    flat = CellError(DIV0, "所有数值都相同")
    return [
        "" if blank else (flat if pd.isna(z) else round(z, 2))
        for z, blank in zip(found["z"], column.isna(), strict=True)
    ]


def standard_price(tiers: Answers, lines: Answers, items: Answers, days: Answers) -> Answers:
    """Unit price in force; calculations.md §1. The sheet says of which kind of slip an item is."""
    import pandas as pd

    from addin.domain import tariff
    from addin.tables import catalogue

    sheet = known.masters()[catalogue.TARIFF]
    services = dict(zip(sheet["item"], sheet["service"], strict=True))
    asked = pd.DataFrame(
        {
            "service": [services.get(item, "安装") for item in map(_text, items)],
            "tier": list(map(_text, tiers)),
            "product_line": list(map(_text, lines)),
            "model": None,
            "item": list(map(_text, items)),
            "date": _dates(days),
        }
    ).astype({"model": object, "service": object})
    found = tariff.lookup(asked, sheet)
    return _amounts(found["price"], found["status"], "费用标准", asked["item"])


def travel_fee(tiers: Answers, distances: Answers, days: Answers) -> Answers:
    """Fee of one visit at that distance; calculations.md §2."""
    import pandas as pd

    from addin.domain import travel
    from addin.tables import catalogue

    rates = travel.lookup(
        pd.Series(list(map(_text, tiers)), dtype=object),
        _dates(days),
        known.masters()[catalogue.TRAVEL_TARIFF],
    )
    metres = [_metres(cell) for cell in distances]
    known_metres = [m if isinstance(m, int) else 0 for m in metres]
    fees = travel.fee(pd.Series(known_metres, dtype="Int64"), rates)
    answers = _amounts(fees, rates["status"], "远程费标准", pd.Series(tiers))
    return [m if isinstance(m, CellError) else a for m, a in zip(metres, answers, strict=True)]


def _metres(cell: Any) -> int | CellError:
    metres = values.read_km(cell)
    if not isinstance(metres, int):
        return CellError(VALUE, f"里程“{values.shown(cell)}”不是公里数")
    return metres if metres >= 0 else CellError(NUM, "里程不能是负数")


def warranty_states(*columns: Answers) -> Answers:
    """在保, 过保 or 无法判断, and the last day that is covered; calculations.md §4.

    Columns: model, invoice, purchase, installation, production, judged on, main part. Days under
    repair and 延保 belong to a machine, which these formulas are not told.
    """
    import pandas as pd

    models, *papers, judged_on, main = columns
    ends = warranty_ends(models, *papers, main)
    starts, judged = _starts(*papers), _dates(judged_on)
    answers: list[Any] = []
    for end, start, day in zip(ends, starts, judged, strict=True):
        if pd.isna(day):
            answers.append(CellError(VALUE, "判定日要写日期"))
        elif isinstance(end, CellError) or day < start:
            answers.append(("无法判断", end))
        else:
            answers.append(("在保" if day.date() <= end else "过保", end))
    return answers


def warranty_ends(*columns: Answers) -> Answers:
    """The last day that is covered, or why nobody can tell (R304, R307).

    Columns: model, invoice, purchase, installation, production, main part.
    """
    import pandas as pd

    from addin.domain import warranty
    from addin.tables import catalogue

    models, *papers, main = columns
    sheet = known.masters()[catalogue.MODELS]
    place: dict[str | None, int] = {}
    for n, (model, aliases) in enumerate(zip(sheet["model"], sheet["aliases"], strict=True)):
        place |= {alias.upper(): n for alias in values.read_list(aliases) if alias not in place}
        place[model] = n
    codes = [values.read_code(cell) for cell in models]
    at = pd.Series([place.get(c, -1) if isinstance(c, str) else -1 for c in codes])
    is_main = [bool(values.read_bool(cell)) for cell in main]
    whole, part = (
        sheet[name].array.take(at.to_numpy(), allow_fill=True)
        for name in ("warranty_months", "main_part_months")
    )
    term = pd.Series(whole).mask(pd.Series(is_main), pd.Series(part))
    starts = _starts(*papers)
    ends = warranty.end(starts, term)
    return [
        day.date() if pd.notna(day) else CellError(NA, _why_no_end(model, place_, start))
        for day, model, place_, start in zip(ends, models, at, starts, strict=True)
    ]


def _why_no_end(model: Any, place: int, start: Any) -> str:
    import pandas as pd

    if place < 0:
        return f"型号“{values.shown(model)}”不在产品型号表"
    if pd.isna(start):
        return "没有起算依据,或日期无法识别"
    return f"型号“{values.shown(model)}”没有登记保修月数"


def _starts(*papers: Answers) -> pd.Series:
    """起算日 by 起算依据顺序 of invoice, purchase, installation and production.

    A basis that cannot be read ends the search (§4).
    """
    import pandas as pd

    from addin.domain import warranty
    from addin.facts.warranty import BASES

    parameters = known.parameters()
    # LibreOffice hands a single blank cell over as 0, which is no day in any system
    cells = {
        h: [None if c == 0 else c for c in column] for h, column in zip(BASES, papers, strict=True)
    }
    order = [header for header in parameters["bases"] if header in BASES]
    unread = {
        BASES[h]: [not is_blank(c) and not isinstance(values.read_date(c), dt.date)
                   for c in cells[h]]
        for h in order
    }  # fmt: skip
    return warranty.start(
        pd.DataFrame({BASES[header]: _dates(cells[header]) for header in order}),
        grace_days=parameters["production_grace"],
        unreadable=pd.DataFrame(unread),
    )["start"]


_WHY_NOT = {
    "missing": "没有“{of}”在该日的{sheet}",
    "overlap": "“{of}”在该日有几行不同的{sheet}",
    "not_applicable": "“{of}”不适用于该产品线",
    "no_key": "区域等级、产品线、项目或日期缺少或无法识别",
}


def _amounts(fen: pd.Series, status: pd.Series, sheet: str, of: pd.Series) -> list[Any]:
    return [
        int(amount) / 100 if state == "found" else _no_amount(state, sheet, words)
        for amount, state, words in zip(fen, status, of, strict=True)
    ]


def _no_amount(state: str, sheet: str, of: Any) -> CellError:
    kind = VALUE if state == "no_key" else NA
    return CellError(kind, _WHY_NOT[state].format(of=of, sheet=sheet))


def _text(cell: Any) -> str | None:
    read = values.read_text(cell)
    return read if isinstance(read, str) else None


def _dates(cells: Answers) -> pd.Series:
    import pandas as pd

    read = [values.read_date(cell) for cell in cells]
    days = [day if isinstance(day, dt.date) else None for day in read]
    return pd.Series(pd.to_datetime(pd.Series(days, dtype=object)), dtype="datetime64[s]")

"""Makes ``docs/规则手册.md``, the clerk's handbook of rules, from the rules themselves.

Run as ``python -m addin.build.handbook``; a test makes it again and compares every byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from addin.rules import Rule, all_rules, told
from addin.rules.parameters import PARAMETERS

PAGE = Path(__file__).parents[2] / "docs" / "规则手册.md"

GROUPS = {  # rules.md §2–11
    "R0": "完整性和格式",
    "R1": "安装费和远程费",
    "R2": "维修费",
    "R3": "三包",
    "R4": "配件",
    "R5": "押金",
    "R6": "保外",
    "R7": "汇总和勾稽",
    "R8": "重复和异常",
    "R9": "收款",
}

HEAD = """\
# 规则手册

由程序从规则本身生成,与程序做的完全一致;请不要直接修改。怎样使用见[用户手册](用户手册.md)。

- **结论**是不改“规则参数”时的结论;在基础资料“规则参数”里可以停用一条规则、改结论、改参数值。
- **核对说明**里的“…”是每张单自己的内容。
- **例子**从一张没有问题的样单出发,只写改动的列。
- 服务日期:安装单是安装日期,维修单是完成日期。判定日:报修日期(参数“保修判定日”可改)。
- 规则要用的列空着时,那条规则不查这张单;填了但认不出的也不查,“处理日志”里记为“跳过”。
"""


def page(rules: Sequence[Rule]) -> str:
    """The whole handbook: groups with their table of contents, then a section a rule."""
    return "\n".join((HEAD, *_contents(rules), *_general(), *_groups(rules)))


def _contents(rules: Sequence[Rule]) -> Iterator[str]:
    yield "## 目录\n"
    for group, members in groupby(rules, key=_group):
        links = "、".join(f"[{_title(rule)}](#{_anchor(rule)})" for rule in members)
        yield f"- **{group}**:{links}"
    yield ""


def _general() -> Iterator[str]:
    yield "## 通用参数\n"
    yield from (f"- {told.parameter(p)}" for p in PARAMETERS if not p.code)
    yield ""


def _groups(rules: Sequence[Rule]) -> Iterator[str]:
    for group, members in groupby(rules, key=_group):
        yield f"## {group}\n"
        for rule in members:
            yield from _section(rule)


def _section(rule: Rule) -> Iterator[str]:
    yield f"### {_title(rule)}\n"
    yield from _table(("项目", "内容"), told.facts(rule))
    examples = list(told.examples(rule))
    if examples:
        yield from _table(("例子", "结果"), examples)


def _table(head: tuple[str, str], lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f"| {head[0]} | {head[1]} |\n|---|---|"
    yield from (f"| {left} | {right} |".replace("\n", " ") for left, right in lines)
    yield ""


def _group(rule: Rule) -> str:
    return f"{rule.code[:2]}xx {GROUPS[rule.code[:2]]}"


def _title(rule: Rule) -> str:
    return f"{rule.code} {rule.name}"


def _anchor(rule: Rule) -> str:
    """As GitHub and most readers make it from the heading."""
    return _title(rule).lower().replace(" ", "-")


def main() -> None:
    PAGE.write_text(page(all_rules()), encoding="utf-8", newline="\n")
    print(PAGE.name)


if __name__ == "__main__":
    main()

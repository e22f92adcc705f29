"""Writes docs/公式参考.md and docs/按钮参考.md, the clerk's references, from the registry.

``python -m addin.build.reference``
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from addin import macros, udfs
from addin.build.ribbon import OFFICE_ICON, key_words
from addin.registry import BUTTONS, EXAMPLE_RANGE, FORMULAS, GROUPS, Button, Formula

DOCS = Path(__file__).resolve().parents[2] / "docs"
FILE = DOCS / "公式参考.md"
BUTTONS_FILE = DOCS / "按钮参考.md"
assert udfs.__doc__ and macros.__doc__  # importing them fills the registry

HEAD = """# 公式参考

由程序生成,请勿手改。例子用的是样例月的基础资料,都在测试里算过。

这些公式在 Excel 加载项 `结算助手.xlam` 里(`settle build-addin` 生成),插入函数时类别选“结算助手”。
**加载项只在 LibreOffice 里运行过,还没有在 Windows 的 Excel 上验证。**

- 标 ↕ 的参数可以写一个单元格,也可以写一列或一行:**一次写整列最快**,结果自动溢出成同样的形状。
  几个 ↕ 参数要一样长,只写一格的自动重复。
- 空白格得空文本;区域里的错误值原样保留,不影响其他行。
- 出错时显示 Excel 的错误值:`#VALUE!` 内容或写法不对,`#N/A` 查不到(缺基础资料、费用标准等),
  `#NUM!` 超出范围,`#DIV/0!` 基数是 0。**金额算不出时一律是 `#N/A`,不会悄悄变成 0。**
- 方括号里的参数可以不写。基础资料取工作簿所在文件夹或上一级的 `基础资料.xlsx`。
- 押金和配件公式读工作簿旁边(月份文件夹则读其 `录入`)的 `押金流水`、`配件流水`、`旧件返还`,
  以及此前连续已月结(有 `存档/锁定.txt`)月份的流水,算到截至日为止。期初取更早一个已月结月份 `输出`
  里的押金对帐单;没有就取依据单号为“期初”的收取;都没有则为 `#N/A`。业务日期晚于核对基准日的发放
  算冻结。配件的期初取那个月份 `输出` 里的配件对账单;找不到、或上月还没有月结,结果是 `#N/A`。
  不能入账的行(如退还超余额、核销超在外、流水号重复)不计入。
"""


def slips() -> str:
    """The example's range as a table."""
    place, (header, *rows) = EXAMPLE_RANGE
    lines = [header, ["---"] * len(header), *rows]
    table = "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
    return f"例子里的区域 `{place}` 是下面这几行(虚构),第一行在工作表第 3 行:\n\n{table}\n"


def text() -> str:
    names = "\n".join(f"| [`{f.name}`](#{f.name.lower()}) | {f.help} |" for f in FORMULAS.values())
    contents = f"| 公式 | 做什么 |\n|---|---|\n{names}\n"
    return "\n".join([HEAD, contents, slips(), *map(_section, FORMULAS.values())])


def _section(formula: Formula) -> str:
    lines = [f"## {formula.name}", "", f"{formula.help}。", "", f"`={formula.syntax}`", ""]
    lines += [f"- **{a.label}**{'(可不写)' * a.optional}:{a.help}" for a in formula.arguments]
    lines += [f"- 结果:{formula.gives}", ""]
    if formula.examples:
        lines += ["| 输入 | 显示 |", "|---|---|"]
        lines += [f"| `{call}` | {shown(result)} |" for call, result in formula.examples.items()]
        lines.append("")
    return "\n".join(lines)


BUTTONS_HEAD = """# 按钮参考

由程序生成,请勿手改。功能区选项卡“结算助手”(按 Alt 后再按 JS)上的全部按钮;还没有做好的功能没有按钮。

- 按下后进度显示在状态栏,按 Esc 在两步之间停下,不会只写一半。
- 做完后状态栏有一行小结;做不了时说明缺什么、怎么办。
- “会改动”的按钮可以整个撤销;没有写明的不改动工作簿。
"""


def buttons_text() -> str:
    groups = [[b for b in BUTTONS.values() if b.group == name] for name in GROUPS]
    return "\n".join([BUTTONS_HEAD, *map(_group, filter(None, groups))])


def _group(buttons: list[Button]) -> str:
    lines = [f"## {buttons[0].group}", "", "| | 按钮 | 做什么 | 需要 | 会改动 | 快捷键、右键 |"]
    lines += ["|---|---|---|---|---|---|", *map(_row, buttons), ""]
    return "\n".join(lines)


def _row(button: Button) -> str:
    ways = [key_words(button.key) if button.key else "", "右键菜单" if button.cells_menu else ""]
    cells = [_icon(button), f"**{button.label}**", button.tip, button.needs, button.changes]
    return "| " + " | ".join([*cells, "、".join(filter(None, ways))]) + " |"


def _icon(button: Button) -> str:
    """Our own as a picture, those of Office by their name."""
    if button.icon.startswith(OFFICE_ICON):
        return f"`{button.icon.removeprefix(OFFICE_ICON)}`"
    return f"![{button.label}](../addin/build/icons/{button.icon}.png)"


def shown(result: Any) -> str:
    """As a cell shows it; the rows of a range apart by semicolons."""
    if isinstance(result, list):
        return ";".join(",".join(map(shown, row)) for row in result)
    if isinstance(result, dt.date):
        return result.isoformat()
    return f"{result:.10g}" if isinstance(result, float) else str(result)


def main() -> None:
    FILE.write_text(text(), encoding="utf-8", newline="\n")
    BUTTONS_FILE.write_text(buttons_text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

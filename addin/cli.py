"""The command line: the same actions as the ribbon, for one file or a whole month.

Imports nothing heavy until a command runs, so that ``settle --help`` answers at once.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from addin import __version__, log
from addin.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from addin.actions.close import Outcome, Wishes

DONE, NEEDS_A_PERSON, BAD_INPUT = 0, 1, 2
INTERRUPTED = 130  # what the command line library makes of Ctrl-C
SAMPLE = Path("workbooks") / "示例"
NOTICES_SHOWN = 10
COMMAND_FAULTS = (  # Typer's own sentences about a command, which it has in English only
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"没有选项 \1,是不是 \2"),
    (r"No such option: (\S+)", r"没有选项 \1"),
    (r"No such command '(.+?)'\..*", r"没有命令“\1”"),
    (r"Missing argument '(.+)'\.", r"少写了“\1”"),
    (r"Option '(.+)' requires an argument\.", r"选项 \1 后面要写内容"),
    (r"Option '(.+)' does not take a value\.", r"选项 \1 后面不写内容"),
    (r"Got unexpected extra argument\(s\) \((.+)\)",
     r"多出了“\1”,名字里有空格时整个加英文引号"),
)  # fmt: skip

app = typer.Typer(
    help="结算助手:核对安装单、维修单,月结并生成汇总表。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Month = Annotated[str | None, typer.Option("--month", help="业务月,如 2026-03")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="核对基准日,如 2026-04-02")]
Out = Annotated[Path | None, typer.Option("--out", help="结果放在哪个文件夹")]
MastersFile = Annotated[Path | None, typer.Option("--masters", help="基础资料.xlsx 的位置")]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")]
Macros = Annotated[
    bool, typer.Option("--allow-macros", help="也处理带宏的工作簿(宏原样保留,不会运行)")
]
Mapped = Annotated[
    list[str] | None, typer.Option("--map", help="指明字段用哪一列,如 --map 网点编码=C")
]


def _wishes(
    month: str | None,
    as_of: str | None,
    out: Path | None,
    masters: Path | None,
    quiet: bool,
    macros: bool,
    mapped: list[str] | None,
    in_place: bool = False,
) -> Wishes:
    from addin.actions.close import Wishes

    return Wishes(
        month=month, as_of=as_of, out=out, masters=masters, in_place=in_place,
        allow_macros=macros, mapped=tuple(mapped or ()),
        progress=(lambda words: None) if quiet else _progress,
    )  # fmt: skip


_COUNTED = re.compile(r" (\d+)/(\d+)(?!\d)")


def _progress(words: str) -> None:
    """The last words on one line of a terminal, after a bar where they count: 对账单 17/1000."""
    if not sys.stderr.isatty():
        return
    _clear_progress()
    if counted := _COUNTED.search(words):
        from rich.console import Console
        from rich.progress_bar import ProgressBar

        done, of = map(int, counted.groups())
        Console(stderr=True).print(ProgressBar(total=of, completed=done, width=30), end="")
        words = f" {words}"
    print(f"{words} …", end="", file=sys.stderr, flush=True)


def _clear_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)


@app.command("check")
def check_command(
    files: Annotated[list[Path], typer.Argument(metavar="工作簿", help="安装单或维修单工作簿")],
    month: Month = None,
    as_of: AsOf = None,
    out: Out = None,
    masters: MastersFile = None,
    as_json: Json = False,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="直接写进原文件(先在“备份”文件夹留一份)")
    ] = False,
    allow_macros: Macros = False,
    mapped: Mapped = None,
) -> None:
    """核对一个或几个工作簿,结果写在副本里。"""
    from addin.actions import close

    wishes = _wishes(month, as_of, out, masters, as_json, allow_macros, mapped, in_place)
    _answer(close.check(files, wishes), as_json)


@app.command("close")
def close_command(
    folder: Annotated[Path, typer.Argument(metavar="本月文件夹", help="如 2026-03")],
    month: Month = None,
    as_of: AsOf = None,
    out: Out = None,
    masters: MastersFile = None,
    as_json: Json = False,
    allow_macros: Macros = False,
    mapped: Mapped = None,
) -> None:
    """月结:核对全部单据,生成汇总表和回访登记表。"""
    from addin.actions import close

    wishes = _wishes(month, as_of, out, masters, as_json, allow_macros, mapped)
    _answer(close.close(folder, wishes), as_json)


@app.command("reconcile")
def reconcile_command(
    folder: Annotated[Path, typer.Argument(metavar="本月文件夹", help="如 2026-03")],
    month: Month = None,
    as_of: AsOf = None,
    out: Out = None,
    masters: MastersFile = None,
    as_json: Json = False,
    allow_macros: Macros = False,
    statements: Annotated[
        bool, typer.Option("--statements", help="另外给每家代理商做一份对账单")
    ] = False,
) -> None:
    """对账:刷新押金对帐单,做配件对账单、保外清单、押金看板和对账问题清单。"""
    from addin.actions import account_answer, reconcile

    wishes = _wishes(month, as_of, out, masters, as_json, allow_macros, None)
    result = reconcile.reconcile(folder, wishes, statements=statements)
    if as_json:
        print(json.dumps(account_answer.as_json(result), ensure_ascii=False, indent=1))
    else:
        _clear_progress()
        print("\n".join(account_answer.told(result)))
    raise typer.Exit(NEEDS_A_PERSON if result.needs_a_person else DONE)


@app.command("match")
def match_command(
    path: Annotated[Path, typer.Argument(metavar="清单或文件夹", help="代理商的清单,或本月文件夹")],
    folder: Annotated[
        Path | None, typer.Option("--folder", help="清单是哪个月的:本月文件夹")
    ] = None,
    as_of: AsOf = None,
    out: Out = None,
    masters: MastersFile = None,
    as_json: Json = False,
) -> None:
    """匹配代理商回单:和流水逐笔匹配,拿不准的由您确认。"""
    from addin.actions import match_agent

    wishes = _wishes(None, as_of, out, masters, as_json, False, None)
    outcome = match_agent.match_lists(path, folder, wishes)
    if as_json:
        print(json.dumps(match_agent.as_json(outcome), ensure_ascii=False, indent=1))
    else:
        print("\n".join(match_agent.told(outcome)))
    raise typer.Exit(NEEDS_A_PERSON if outcome.needs_a_person else DONE)


@app.command()
def demo(
    out: Out = None,
) -> None:
    """用虚构的示例月走一遍月结,并告诉你结果在哪里。"""
    from addin.actions import close

    sample = Path(__file__).resolve().parent.parent / SAMPLE / "2026-03"
    if not sample.is_dir():
        raise BadInput("找不到示例月", "请在克隆下来的项目文件夹里运行 python run.py demo")
    place = (out or Path("out") / "示例_2026-03").resolve()
    outcome = close.close(sample, _wishes(None, None, place, None, False, False, None))
    _show(outcome)
    print("\n请打开“安装单_2026-03_已核对.xlsx”,先看“问题清单”,再看汇总表。以上均为虚构数据。")


@app.command("rules")
def rules_command(as_json: Json = False) -> None:
    """列出全部规则。"""
    from addin.rules import all_rules

    listed = [
        {
            "code": rule.code,
            "name": rule.name,
            "verdict": str(rule.outcome.verdict),
            "effect": str(rule.outcome.effect),
            "scope": str(rule.outcome.scope),
            "severity": str(rule.severity),
            "sheets": list(rule.sheets),
            "message": rule.says,
        }
        for rule in all_rules()
    ]
    if as_json:
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"规则目录({len(listed)}条)")
    for header in ("代码", "短名", "结论", "效果", "范围", "严重度", "单据"):
        table.add_column(header, no_wrap=True)
    for line in listed:
        table.add_row(
            *(str(line[k]) for k in ("code", "name", "verdict", "effect", "scope", "severity")),
            "、".join(line["sheets"]),
        )
    Console().print(table)


@app.command()
def explain(code: Annotated[str, typer.Argument(metavar="问题代码", help="如 R301")]) -> None:
    """说明一条规则:检查什么,结论是什么,用到哪些参数,怎么处理。"""
    from addin.rules import find, told

    rule = find(code)
    if rule is None:
        raise BadInput(f"没有规则{code}", "用 settle rules 看全部规则")
    print(f"{rule.code} {rule.name}")
    for heading, words in told.facts(rule):
        print(f"{heading}:{words}")
    for given, result in told.examples(rule):
        print(f"例:{given} → {result}")


@app.command("build-addin")
def build_addin(out: Out = None) -> None:
    """生成 Excel 加载项 结算助手.xlam 和 LibreOffice 扩展 结算助手.oxt,两个程序都不需要装。"""
    from addin.build import addin, oxt

    for build in (addin.build, oxt.build):
        print(f"已生成:{build((out or Path()).resolve())}")


@app.command("install")
def install_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出步骤,什么也不做")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="卸载,恢复成安装以前")] = False,
) -> None:
    """把加载项装进 Excel(Windows,不要管理员权限);卸载也用它。"""
    from addin.setup.__main__ import main as install

    install(dry=dry_run, away=uninstall)


@app.command("doctor")
def doctor_command(
    folder: Annotated[
        Path, typer.Argument(metavar="文件夹", help="要查的文件夹,默认当前文件夹")
    ] = Path(),
    as_json: Json = False,
) -> None:
    """环境自检:逐项检查,告诉您怎么修。"""
    from addin.setup import doctor

    found = doctor.examine(doctor.this_machine(str(folder)))
    if as_json:
        print(json.dumps(doctor.as_json(found), ensure_ascii=False, indent=1))
    else:
        print("\n".join([*doctor.told(found), doctor.closing(found)]))
    raise typer.Exit(DONE if doctor.healthy(found) else NEEDS_A_PERSON)


@app.command()
def version() -> None:
    """显示版本。"""
    print(f"结算助手 {__version__}")


# --- answers --------------------------------------------------------------------------------


def _answer(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        from addin.actions.answer import as_json as answer

        print(json.dumps(answer(outcome), ensure_ascii=False, indent=1))
    else:
        _show(outcome)
    raise typer.Exit(NEEDS_A_PERSON if outcome.needs_a_person else DONE)


def _grouped(fen: int) -> str:
    """``261,272.28``: as a clerk reads a total."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02}"


def _show(outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    _clear_progress()
    judged = outcome.judged
    checked = judged.checked
    table = Table(
        title=f"{judged.month.period:%Y年%m月} 核对结果(核对基准日 {judged.month.as_of:%Y-%m-%d})"
    )
    for header in ("核对结果", "行数", "申报金额", "应付金额", "待定金额", "核减金额"):
        table.add_column(header, justify="left" if header == "核对结果" else "right")
    columns = ("claimed", "payable", "held", "cut")
    for verdict in ("通过", "提示", "待查", "无法判断", "退回", "拒付"):
        rows = checked[(checked["verdict"] == verdict).to_numpy(bool)]
        table.add_row(verdict, f"{len(rows):,}", *(_grouped(int(rows[c].sum())) for c in columns))
    table.add_section()
    table.add_row("合计", f"{len(checked):,}", *(_grouped(int(checked[c].sum())) for c in columns))
    console = Console(width=100 if not sys.stdout.isatty() else None)
    console.print(table)
    hidden = sum(t.hidden for t in judged.slips.tables)
    if hidden:
        console.print(f"其中{hidden}行是隐藏行,也已核对。")
    for notice in judged.notices[:NOTICES_SHOWN]:
        console.print(f"· {notice}", highlight=False)
    if more := len(judged.notices[NOTICES_SHOWN:]):
        every = f"全部{len(judged.notices)}条见每个已核对工作簿的“处理日志”表"
        console.print(f"· 还有{more}条提示没有显示,{every}。", highlight=False)
    for finding in outcome.findings:
        console.print(f"! {finding.code} {finding.message}", highlight=False)
    _show_cross_checks(outcome, console)
    for folder in dict.fromkeys(path.parent for path in outcome.written):
        print(f"结果在:{folder}")
        for path in outcome.written:
            if path.parent == folder:
                print(f"  {path.name}")


def _show_cross_checks(outcome: Outcome, console: Console) -> None:
    """A line each, with the place where one row is meant; of many of one code only the first."""
    for code, of_code in groupby(outcome.cross_checks, key=lambda finding: finding.code):
        told = list(of_code)
        for finding in told[:NOTICES_SHOWN]:
            place = f"《{finding.workbook}》{finding.place}:" if finding.row else ""
            sign = "·" if finding.verdict == "提示" else "!"
            console.print(f"{sign} {code} {place}{finding.message}", highlight=False)
        if more := len(told[NOTICES_SHOWN:]):
            console.print(f"! {code} 还有{more}条没有显示,加 --json 看全部。", highlight=False)


def _in_chinese(words: str) -> str:
    """What Typer says of a command, as far as there is Chinese for it."""
    for fault, ours in COMMAND_FAULTS:
        if found := re.fullmatch(fault, words, re.DOTALL):
            return f":{found.expand(ours)}"
    return ""


def _log(error: BaseException) -> str:
    """Keeps the traceback where a technician finds it; the clerk sees one sentence."""
    place = log.note(str(error), error)
    return f"详情已记入 {place}。" if place else ""


def main() -> None:
    """Run a command; every failure is one Chinese sentence and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., Any] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(standalone_mode=False) or DONE
        if code != INTERRUPTED:
            sys.exit(code)
        print("已取消,没有写坏任何文件。", file=sys.stderr)
    except TyperException as wrong:
        words = wrong.format_message() if hasattr(wrong, "format_message") else str(wrong)
        if not words:  # no command at all: the help has been shown
            sys.exit(DONE)
        print(f"错误:命令写得不对{_in_chinese(words)}。用 settle --help 看写法。", file=sys.stderr)
    except BadInput as wrong:
        _log(wrong)
        print(f"错误:{wrong}", file=sys.stderr)
    except KeyboardInterrupt:
        print("已取消,没有写坏任何文件。", file=sys.stderr)
    except MemoryError:
        print("错误:内存不足。请关闭其他程序,或把文件分开核对。", file=sys.stderr)
    except Exception as wrong:
        place = _log(wrong)
        print(f"错误:程序遇到没有料到的情况,什么也没有写。{place}", file=sys.stderr)
    sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()

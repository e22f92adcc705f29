"""The program itself: its versions, its handbook."""

from __future__ import annotations

from pathlib import Path

from addin import log
from addin.actions import formulas, known
from addin.cells import CellError
from addin.desk import Desk
from addin.errors import BadInput
from addin.setup import doctor as examination

HANDBOOK = "用户手册.md"
PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><base href="{base}/"><title>结算助手 用户手册</title>
<style>
body {{ max-width: 46em; margin: 2em auto; padding: 0 1em; line-height: 1.7 }}
body {{ font-family: sans-serif }}
table {{ border-collapse: collapse }} th, td {{ border: 1px solid #bbb; padding: .3em .6em }}
th {{ background: #eef2f7 }} img {{ max-width: 100% }} pre, code {{ background: #f4f4f4 }}
</style></head><body>
{body}</body></html>
"""


def about(desk: Desk) -> str:
    """Versions of program and rules, and the age of the masters that this workbook uses."""
    told = []
    folder = known.folder.set(known.folder_of(_front(desk)))
    for item in ("程序", "规则", "基础资料时间"):
        try:
            told.append(f"{item}:{formulas.version(item)}")
        except CellError as error:
            told.append(f"{item}:{error.reason}")
    known.folder.reset(folder)
    desk.show("关于结算助手", "\n".join(told))
    return f"结算助手 {formulas.version('程序')}"


def doctor(desk: Desk) -> str:
    """环境自检, with the folder of the workbook in front."""
    name = _front(desk)
    folder = name.rpartition("/")[0] if "://" in name else str(Path(name).parent)
    found = examination.examine(examination.this_machine(folder, serving=True))
    desk.show("环境自检", "\n".join(examination.told(found)))
    return examination.closing(found)


def _front(desk: Desk) -> str:
    """Full name of the workbook in front, blank if there is none."""
    try:
        return str(desk.book.fullname)
    except (BadInput, AttributeError):
        return ""


def help(desk: Desk) -> str:
    """The clerk's handbook as a page for the browser, made anew from the text that ships."""
    from markdown_it import MarkdownIt

    text = _docs() / HANDBOOK
    body = MarkdownIt("commonmark").enable("table").render(text.read_text(encoding="utf-8"))
    page = log.folder() / HANDBOOK.replace(".md", ".html")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(PAGE.format(base=text.parent.as_uri(), body=body), encoding="utf-8")
    desk.open_file(page)
    return "已打开用户手册"


def _docs() -> Path:
    """Beside the package, or shipped inside it."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here.parent / "docs", here / "_docs"):
        if (folder / HANDBOOK).is_file():
            return folder
    raise BadInput("找不到用户手册", "请重新安装结算助手")


def refresh(desk: Desk) -> str:
    """The masters are read again, and our formulas calculated, in all open workbooks (§1.9)."""
    known.forget()
    return f"已重新读取基础资料,重算{desk.recalculate()}个公式"

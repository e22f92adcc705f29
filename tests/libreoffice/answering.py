"""The Python that answers LibreOffice in the tests: ours, and a few formulas and buttons more.

As a program it takes the place of ``python -m addin.bridge.pipe``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent.parent
FROM_HERE = f"import sys; sys.path[0] = {str(ROOT)!r}; from addin.bridge.pipe import main; main()"
"""The pipe as it is, of this folder, wherever LibreOffice was started."""


@contextmanager
def registered() -> Iterator[None]:
    """The registry with what is here, and without it afterwards."""
    from addin import macros, udfs  # noqa: F401  both fill the registry
    from addin.registry import BUTTONS, FORMULAS

    with patch.dict(FORMULAS), patch.dict(BUTTONS):
        _register()
        yield


def _register() -> None:
    from addin.cells import CellError
    from addin.desk import Desk
    from addin.errors import BadInput
    from addin.registry import button, formula

    @formula("回声", gives="原样", value="值↕:任意", other="另一值:任意", examples={})
    def settle_echo(value: Any, other: Any = None) -> Any:
        return value if other is None else other

    @formula("看见什么", gives="文本", value="值↕:任意", other="另一值:任意", examples={})
    def settle_seen(value: Any, other: Any = None) -> str:
        return repr((value, other))

    @formula("表里有什么", gives="同形", region="区域:含表头的区域", other="对照:任意", examples={})
    def settle_table(region: Any, other: Any = None) -> Any:
        return region

    @formula("每一种错误", gives="错误", examples={})
    def settle_errors() -> Any:
        kinds = ["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"]
        return [[CellError(kind, "试"), kind[1:]] for kind in kinds]

    @formula("哪一个进程", gives="号", examples={})
    def settle_process() -> int:
        return os.getpid()

    @formula("结束", gives="无", examples={})
    def settle_exit() -> None:
        os._exit(1)

    @button("写一格", "试", group="核对", icon="about", changes="所选单元格右边一格")
    def write_cell(desk: Desk) -> str:
        desk.progress("正在写")
        desk.selection.offset(0, 1).value = "已写"
        desk.go_to(desk.selection.offset(1, 0))
        return "写了1格"

    @button("拒绝写", "试", group="核对", icon="about", changes="什么也不写")
    def refuse(desk: Desk) -> str:
        desk.sheet.range("A1").value = "坏了一半"
        raise BadInput("试着拒绝", "不用管")

    @button("问一问", "试", group="查询", icon="about")
    def wonder(desk: Desk) -> str:
        desk.show("答", f"选了{desk.ask('放行哪一个', ['R101', 'R108'])}")
        return "问过了"

    @button("读一格", "试", group="查询", icon="about", needs="一个工作簿")
    def read_cell(desk: Desk) -> str:
        return f"{desk.sheet.name}:{desk.selection.value}"


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    from addin.bridge import pipe

    with registered():
        pipe.main()

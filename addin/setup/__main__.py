"""``python -m addin.setup [--dry-run] [--uninstall]``: what install.bat runs, no package needed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from addin.errors import BadInput
from addin.setup import plan
from addin.setup.link import ADDIN
from addin.setup.registry import Data, Registry, WindowsRegistry

OLDEST = (3, 11)
SOURCE = Path(__file__).resolve().parents[2]


class NoRegistry:
    """For a dry run on a system without one."""

    def get(self, key: str, name: str) -> Data | None:
        return None

    def set(self, key: str, name: str, data: Data) -> None:
        raise NotImplementedError

    def delete(self, key: str, name: str) -> None:
        raise NotImplementedError

    def exists(self, key: str) -> bool:
        return False

    def drop(self, key: str) -> None:
        raise NotImplementedError


def run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(command, check=False)
    except OSError as wrong:
        raise BadInput(
            f"{command[0]} 不能运行({wrong.strerror})", "请先关闭杀毒软件的拦截再试"
        ) from None
    if done.returncode:
        raise BadInput("安装的一步没有完成", "请看上面的报错;修好后再运行一次 install.bat 即可")


def main(
    *,
    dry: bool,
    away: bool,
    environment: Mapping[str, str] | None = None,
    source: Path = SOURCE,
) -> None:
    """Installs, takes away, or only tells what it would do."""
    windows = os.name == "nt"
    if not windows and not dry:
        raise BadInput("加载项只能装在 Windows 上", "加 --dry-run 可以看安装的步骤")
    if environment is None:  # Windows itself fills the place in
        environment = os.environ if windows else {"LOCALAPPDATA": "%LOCALAPPDATA%"}
    registry: Registry = WindowsRegistry() if windows else NoRegistry()
    place = plan.home(environment)
    installation = plan.Installation(place, registry, run)
    if away:
        if dry:
            print(f"将还原注册表,去掉 Excel 启动项,并删除 {place}")
            return
        installation.uninstall(print)
        print("已卸载。请重新打开 Excel。")
        return
    if not (source / "requirements.lock").is_file():
        raise BadInput("这里没有安装文件", "请在结算助手的文件夹里运行 install.bat")
    prebuilt = source / ADDIN
    planned = plan.steps(
        place,
        source,
        sys.executable,
        plan.office_version(registry),
        prebuilt if prebuilt.is_file() else None,
    )
    if dry:
        for n, step in enumerate(planned, 1):
            print(f"{n}. {step}")
        print("以上是安装的步骤,什么也没有做。")
        return
    installation.install(planned, print)
    print("已安装。请关闭全部 Excel 窗口再打开,功能区会出现“结算助手”;再点“环境自检”。")


def _start(words: Sequence[str]) -> int:
    known = {"--dry-run", "--uninstall"}
    if unknown := [word for word in words if word not in known]:
        print(f"错误:没有选项 {unknown[0]}。可用:--dry-run、--uninstall。", file=sys.stderr)
        return 2
    if sys.version_info < OLDEST:
        print("错误:需要 Python 3.11 或更新。", file=sys.stderr)
        return 2
    try:
        main(dry="--dry-run" in words, away="--uninstall" in words)
    except BadInput as wrong:
        print(f"错误:{wrong}", file=sys.stderr)
        return 2
    except PermissionError as wrong:
        print(f"错误:{wrong.filename or '注册表'} 不能写入。请关闭 Excel 后再试。", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(_start(sys.argv[1:]))

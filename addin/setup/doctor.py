"""环境自检: each link of the chain from Excel to our Python, and how to mend it.

A check is a small function of a :class:`Machine`; everything of Windows reaches it through that, so
that each of its answers can be had on any system.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from typing import Any

from addin import __version__
from addin.setup import plan
from addin.setup.link import ADDIN, CLASS_ID, MODULE, PROG_ID
from addin.setup.registry import Registry, WindowsRegistry

OLDEST = (3, 11)
PINNED = {"xlwings": "0.37.8", "pandas": "3.1.1"}  # as requirements.lock has them
LEAST_FREE = 500_000_000  # bytes: a month's results and its backup, with room to spare
SLOW_START = 10.0  # seconds to the first answer; antivirus software is the usual reason
MASTERS = "基础资料.xlsx"
KINGSOFT = "Software\\Kingsoft\\Office"
NO_MACROS = 4  # VBAWarnings: all disabled, and nobody is asked
REINSTALL = "请关闭 Excel,重新运行 install.bat"


class State(StrEnum):
    OK = "正常"
    WRONG = "要处理"
    NOTE = "注意"
    NOT_HERE = "不适用"


@dataclass(frozen=True)
class Finding:
    """What a check says; ``remedy`` is a half-sentence like that of a BadInput."""

    state: State
    words: str
    remedy: str = ""


@dataclass(frozen=True)
class Machine:
    """What is examined. ``registry`` is None where there is none; ``link`` and ``excel`` connect
    to our server and to a running Excel, and raise when they cannot."""

    folder: str
    registry: Registry | None = None
    link: Callable[[], Any] | None = None
    excel: Callable[[], Any] | None = None
    serving: bool = False  # our server itself asks
    environment: Mapping[str, str] = field(default_factory=dict)
    interpreter: str = sys.executable
    python: tuple[int, ...] = sys.version_info[:3]
    version_of: Callable[[str], str] = metadata.version
    free: Callable[[str], int] = lambda folder: shutil.disk_usage(folder).free
    clock: Callable[[], float] = time.perf_counter


def this_machine(folder: str, *, serving: bool = False) -> Machine:
    if os.name != "nt":
        return Machine(folder, environment=os.environ)
    return Machine(
        folder, WindowsRegistry(), _link, _running_excel, serving=serving, environment=os.environ
    )


def _link() -> Any:
    import win32com.client  # type: ignore[import-untyped,import-not-found,unused-ignore]

    return win32com.client.Dispatch(PROG_ID)


def _running_excel() -> Any:
    import win32com.client  # type: ignore[import-untyped,import-not-found,unused-ignore]

    return win32com.client.GetActiveObject("Excel.Application")


Check = Callable[[Machine], Finding]
CHECKS: dict[str, Check] = {}


def check(label: str) -> Callable[[Check], Check]:
    def register(examine: Check) -> Check:
        CHECKS[label] = examine
        return examine

    return register


def ok(words: str) -> Finding:
    return Finding(State.OK, words)


def wrong(words: str, remedy: str) -> Finding:
    return Finding(State.WRONG, words, remedy)


def note(words: str, remedy: str = "") -> Finding:
    return Finding(State.NOTE, words, remedy)


WINDOWS_ONLY = Finding(State.NOT_HERE, "只在 Windows 上有这一项")


def examine(machine: Machine) -> dict[str, Finding]:
    """All checks in the order of the chain; one that fails itself does not stop the others."""
    found = {}
    for label, one in CHECKS.items():
        try:
            found[label] = one(machine)
        except Exception as failed:
            found[label] = wrong(f"这一项没有查成({failed})", "请把这一行交给技术人员")
    return found


def healthy(found: Mapping[str, Finding]) -> bool:
    return all(finding.state != State.WRONG for finding in found.values())


def told(found: Mapping[str, Finding]) -> list[str]:
    """A line for each check, and a second one for what to do."""
    lines = []
    for label, finding in found.items():
        lines.append(f"[{finding.state}] {label}:{finding.words}")
        if finding.remedy:
            lines.append(f"    → {finding.remedy}")
    return lines


def as_json(found: Mapping[str, Finding]) -> list[dict[str, str]]:
    return [{"check": label, **asdict(finding)} for label, finding in found.items()]


def closing(found: Mapping[str, Finding]) -> str:
    bad = [label for label, finding in found.items() if finding.state == State.WRONG]
    if bad:
        return f"环境自检:{len(bad)}项要处理({'、'.join(bad)})"
    return "环境自检:没有要处理的项目"


# --- Python ---------------------------------------------------------------------------------


@check("Python")
def _python(machine: Machine) -> Finding:
    number = ".".join(map(str, machine.python))
    if machine.python[:2] < OLDEST:
        return wrong(f"版本 {number} 太旧", f"请安装 Python 3.11 或更新,再{REINSTALL[1:]}")
    if machine.registry is not None and not plan.is_plain(machine.interpreter):
        return note(
            f"{number},路径里有空格或中文:{machine.interpreter}",
            "命令行可用;Excel 用的解释器由 install.bat 放在没有空格和中文的路径",
        )
    return ok(f"{number},{machine.interpreter}")


@check("依赖版本")
def _pins(machine: Machine) -> Finding:
    faults, good = [], []
    for package, wanted in PINNED.items():
        try:
            present = machine.version_of(package)
        except metadata.PackageNotFoundError:
            faults.append(f"没有 {package}")
            continue
        if present == wanted:
            good.append(f"{package} {present}")
        else:
            faults.append(f"{package} 是 {present},应为 {wanted}")
    return wrong(";".join(faults), REINSTALL) if faults else ok("、".join(good))


# --- from Excel to Python -------------------------------------------------------------------


@check("COM 注册")
def _registration(machine: Machine) -> Finding:
    if machine.registry is None:
        return WINDOWS_ONLY
    if machine.registry.get(f"{plan.CLASSES}\\{PROG_ID}\\CLSID", "") != CLASS_ID:
        return wrong(f"没有登记 {PROG_ID}", REINSTALL)
    for view in plan.VIEWS:
        command = str(machine.registry.get(f"{view}\\{CLASS_ID}\\LocalServer32", "") or "")
        _, _, rest = command.partition('"')
        server, _, arguments = rest.partition('"')
        if MODULE not in arguments:
            return wrong("登记不完整", REINSTALL)
        if not Path(server).is_file():
            return wrong(f"登记的解释器不存在:{server}", REINSTALL)
    return ok(server)


@check("COM 服务")
def _server(machine: Machine) -> Finding:
    if machine.serving:
        return ok("正在回答这次自检")
    if machine.link is None:
        return WINDOWS_ONLY
    began = machine.clock()
    try:
        link = machine.link()
        asked = link.Tuple("SETTLE_VERSION", ("程序",))
        version = link.Var(link.Call(link.Module(MODULE), "answer", asked))
    except Exception as failed:
        return wrong(
            f"服务没有启动或没有回答({failed})",
            f"请看杀毒软件有没有拦下 pythonw.exe;没有就{REINSTALL[1:]}",
        )
    seconds = machine.clock() - began
    if version != __version__:
        return wrong(f"服务是 {version} 版,本程序是 {__version__} 版", REINSTALL)
    if seconds > SLOW_START:
        return note(f"{version} 版,{seconds:.1f} 秒才回答", "请把安装文件夹加入杀毒软件的信任列表")
    return ok(f"{version} 版,{seconds:.1f} 秒")


# --- Excel ----------------------------------------------------------------------------------


@check("加载项文件")
def _addin(machine: Machine) -> Finding:
    if machine.registry is None:
        return WINDOWS_ONLY
    addin = _addin_file(machine)
    if not addin.is_file():
        return wrong(f"没有文件 {addin}", REINSTALL)
    if not plan.opens(machine.registry, plan.office_version(machine.registry), addin):
        return wrong("Excel 启动时不会打开加载项", REINSTALL)
    return ok(str(addin))


def _addin_file(machine: Machine) -> Path:
    return plan.home(machine.environment) / "addin" / ADDIN


@check("受信任位置")
def _trusted(machine: Machine) -> Finding:
    if machine.registry is None:
        return WINDOWS_ONLY
    version = plan.office_version(machine.registry)
    rules = f"{plan.POLICIES}\\{version}\\Excel\\Security\\Trusted Locations"
    if machine.registry.get(rules, "AllLocationsDisabled") == 1:
        return wrong("公司策略停用了全部受信任位置", "请让系统管理员允许加载项的文件夹")
    trusted = machine.registry.get(plan.trusted_key(version), "Path")
    if trusted is None or Path(str(trusted).rstrip("\\")) != _addin_file(machine).parent:
        return wrong("加载项的文件夹不是受信任位置", REINSTALL)
    return ok(str(trusted))


@check("宏策略")
def _macros(machine: Machine) -> Finding:
    if machine.registry is None:
        return WINDOWS_ONLY
    place = f"{plan.office_version(machine.registry)}\\Excel\\Security"
    if machine.registry.get(f"{plan.POLICIES}\\{place}", "VBAWarnings") == NO_MACROS:
        return note(
            "公司策略禁用宏,只有受信任位置的宏能运行",
            "加载项装在受信任位置;功能区仍不出现时,请找系统管理员",
        )
    return ok("没有禁用宏的公司策略")


@check("Excel")
def _excel(machine: Machine) -> Finding:
    if machine.excel is None:
        return WINDOWS_ONLY
    try:
        excel = machine.excel()
    except Exception:
        return note("Excel 没有打开,加载项是否已加载没有查", "请打开 Excel 再查一次")
    bits = "64 位" if "64-bit" in str(excel.OperatingSystem) else "32 位"
    told = f"Excel {excel.Version}({bits})"
    loaded = {str(addin.Name): bool(addin.Installed) for addin in excel.AddIns2}
    if not loaded.get(ADDIN):
        return wrong(
            f"{told}没有加载结算助手",
            "请关闭全部 Excel 窗口再打开;仍没有就看 文件→选项→加载项→禁用项目",
        )
    return ok(f"{told},加载项已加载")


@check("WPS")
def _wps(machine: Machine) -> Finding:
    if machine.registry is None:
        return WINDOWS_ONLY
    if not machine.registry.exists(KINGSOFT):
        return ok("没有装 WPS")
    return note(
        "装有 WPS;加载项没有在 WPS 里验证过",
        "请用 Excel;只有 WPS 时,先保存文件,再用命令行 settle check",
    )


# --- the clerk's folder ---------------------------------------------------------------------


def _cloud(machine: Machine) -> bool:
    return "://" in machine.folder


@check("文件位置")
def _place(machine: Machine) -> Finding:
    if _cloud(machine):
        return wrong(
            f"文件在云盘上({machine.folder})",
            "请把文件另存到本机文件夹;公式只能用“设置”里的资料路径",
        )
    if not Path(machine.folder).is_dir():
        return wrong(f"没有文件夹 {machine.folder}", "请先保存工作簿,或写对文件夹")
    return ok(machine.folder)


def _absent(machine: Machine) -> Finding | None:
    if _cloud(machine) or not Path(machine.folder).is_dir():
        return Finding(State.NOT_HERE, "见“文件位置”")
    return None


@check("基础资料")
def _masters(machine: Machine) -> Finding:
    if nowhere := _absent(machine):
        return nowhere
    folder = Path(machine.folder).resolve()
    for place in (folder, *folder.parents[:2]):  # as actions.load.find_beside looks for it
        if (place / MASTERS).is_file():
            return ok(str(place / MASTERS))
    return wrong(f"找不到{MASTERS}", "请放在工作簿的文件夹,或它的上一级、上两级")


@check("写入权限")
def _writable(machine: Machine) -> Finding:
    if nowhere := _absent(machine):
        return nowhere
    try:
        with tempfile.TemporaryFile(dir=machine.folder):
            return ok("可以写入")
    except OSError:
        return wrong("这个文件夹不能写入", "请换一个文件夹,或找管理员要写入权限")


@check("磁盘空间")
def _space(machine: Machine) -> Finding:
    if nowhere := _absent(machine):
        return nowhere
    free = machine.free(machine.folder)
    words = f"剩 {free / 1e9:,.1f} GB"
    return ok(words) if free >= LEAST_FREE else wrong(words, "请清理磁盘后再跑")


@check("系统")
def _system(machine: Machine) -> Finding:
    return ok(platform.platform())

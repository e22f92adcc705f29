"""Each check with each of its answers; the Windows ones on stand-ins of registry and COM."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from addin import __version__
from addin.cli import app
from addin.setup import doctor, plan
from addin.setup.doctor import Machine, State
from addin.setup.link import ADDIN, CLASS_ID
from tests.setup.fake_registry import FakeRegistry

Change = Callable[[Machine], Machine]
LOCKED = doctor.PINNED.__getitem__


class Link:
    """Our server, as far as VBA and the doctor ask it."""

    def __init__(self, version: str = __version__) -> None:
        self.version = version

    def Tuple(self, *cells: Any) -> Any:
        return cells

    def Module(self, name: str) -> Any:
        return name

    def Call(self, module: str, function: str, given: Any) -> Any:
        assert (module, function, given[0]) == ("addin.bridge.excel", "answer", "SETTLE_VERSION")
        return self.version

    def Var(self, value: Any) -> Any:
        return value


def excel(installed: bool, name: str = ADDIN, system: str = "Windows (64-bit) NT 10.00") -> Any:
    addins = [SimpleNamespace(Name=name, Installed=installed)]
    return lambda: SimpleNamespace(Version="16.0", OperatingSystem=system, AddIns2=addins)


@pytest.fixture
def installed(tmp_path: Path, root: Path) -> Machine:
    """A Windows machine on which everything is as install.bat leaves it."""
    prebuilt, local = tmp_path / ADDIN, tmp_path / "local"
    prebuilt.write_bytes(b"")
    registry = FakeRegistry()
    place = plan.home({"LOCALAPPDATA": str(local)})
    server = plan.python_of(place, windowless=True)
    server.parent.mkdir(parents=True)
    server.write_bytes(b"")
    steps = plan.steps(place, root, "python", "16.0", prebuilt)
    plan.Installation(place, registry, lambda _: None).install(steps, lambda _: None)
    (tmp_path / doctor.MASTERS).write_bytes(b"")
    return Machine(
        str(tmp_path),
        registry,
        Link,
        excel(True),
        environment={"LOCALAPPDATA": str(local)},
        interpreter="D:/python.exe",
        python=(3, 11, 2),
        version_of=LOCKED,
        free=lambda _: doctor.LEAST_FREE,
    )


def test_what_the_installer_leaves_is_healthy(installed: Machine) -> None:
    found = doctor.examine(installed)
    assert {label: f for label, f in found.items() if f.state != State.OK} == {}
    assert doctor.healthy(found) and "没有要处理" in doctor.closing(found)


def registered(key: str, name: str, data: str | int | None) -> Change:
    def change(machine: Machine) -> Machine:
        assert machine.registry is not None
        if data is None:
            machine.registry.delete(key, name)
        else:
            machine.registry.set(key, name, data)
        return machine

    return change


def raising(*_: Any) -> Any:
    raise OSError("没有")


def absent(package: str) -> str:
    raise metadata.PackageNotFoundError(package)


CLOUD = "https://x.example/共享"
TRUSTED = plan.trusted_key("16.0")
SERVER = f"{plan.VIEWS[1]}\\{CLASS_ID}\\LocalServer32"
RULES = f"{plan.POLICIES}\\16.0\\Excel\\Security"


@pytest.mark.parametrize(
    ("label", "change", "state", "words"),
    [
        ("Python", lambda m: replace(m, python=(3, 10, 9)), State.WRONG, "太旧"),
        ("Python", lambda m: replace(m, interpreter="D:/王 p/p.exe"), State.NOTE, "空格"),
        ("依赖版本", lambda m: replace(m, version_of=lambda _: "0.1"), State.WRONG, "应为 0.37.8"),
        ("依赖版本", lambda m: replace(m, version_of=absent), State.WRONG, "没有 xlwings"),
        ("COM 注册", registered("Software\\Classes\\Settle.Link\\CLSID", "", "{0}"), State.WRONG,
         "没有登记"),
        ("COM 注册", registered(SERVER, "", None), State.WRONG, "不完整"),
        ("COM 注册", registered(SERVER, "", '"D:/gone.exe" -m addin.bridge.excel'), State.WRONG,
         "解释器不存在"),
        ("COM 服务", lambda m: replace(m, link=raising), State.WRONG, "没有回答"),
        ("COM 服务", lambda m: replace(m, link=lambda: Link("0.0.1")), State.WRONG, "0.0.1 版"),
        ("COM 服务", lambda m: replace(m, clock=iter([0.0, 10.1]).__next__), State.NOTE, "10.1 秒"),
        ("COM 服务", lambda m: replace(m, clock=iter([0.0, 10.0]).__next__), State.OK, "10.0 秒"),
        ("COM 服务", lambda m: replace(m, link=raising, serving=True), State.OK, "正在回答"),
        ("加载项文件", registered(plan.excel_key("16.0") + "\\Options", "OPEN", None), State.WRONG,
         "不会打开"),
        ("加载项文件", lambda m: replace(m, environment={"LOCALAPPDATA": "D:/gone"}), State.WRONG,
         "没有文件"),
        ("受信任位置", registered(TRUSTED, "Path", None), State.WRONG, "不是受信任"),
        ("受信任位置", registered(TRUSTED, "Path", "D:\\x\\"), State.WRONG,
         "不是受信任"),
        ("受信任位置", registered(RULES + "\\Trusted Locations", "AllLocationsDisabled", 1),
         State.WRONG, "公司策略"),
        ("宏策略", registered(RULES, "VBAWarnings", 4), State.NOTE, "禁用宏"),
        ("宏策略", registered(RULES, "VBAWarnings", 2), State.OK, "没有禁用"),
        ("Excel", lambda m: replace(m, excel=raising), State.NOTE, "没有打开"),
        ("Excel", lambda m: replace(m, excel=excel(False)), State.WRONG, "没有加载"),
        ("Excel", lambda m: replace(m, excel=excel(True, "别的.xlam")), State.WRONG, "没有加载"),
        ("Excel", lambda m: replace(m, excel=excel(True, system="Windows (32-bit) NT")), State.OK,
         "32 位"),
        ("WPS", registered(doctor.KINGSOFT, "a", 1), State.NOTE, "没有在 WPS 里验证"),
        ("文件位置", lambda m: replace(m, folder=CLOUD), State.WRONG, "云盘"),
        ("文件位置", lambda m: replace(m, folder="D:/没有"), State.WRONG, "没有文件夹"),
        ("基础资料", lambda m: replace(m, folder=CLOUD), State.NOT_HERE, "文件位置"),
        ("写入权限", lambda m: replace(m, folder="D:/没有"), State.NOT_HERE, "文件位置"),
        ("磁盘空间", lambda m: replace(m, free=lambda _: doctor.LEAST_FREE - 1), State.WRONG, "剩"),
        ("磁盘空间", lambda m: replace(m, free=raising), State.WRONG, "没有查成"),
    ],
)  # fmt: skip
def test_a_broken_link_is_found_and_what_to_do_is_told(
    label: str, change: Change, state: State, words: str, installed: Machine
) -> None:
    found = doctor.examine(change(installed))
    assert (found[label].state, words in found[label].words) == (state, True), found[label]
    assert bool(found[label].remedy) == (state in (State.WRONG, State.NOTE))
    assert doctor.healthy(found) == all(f.state != State.WRONG for f in found.values())


def test_masters_are_looked_for_two_folders_up_and_no_further(
    installed: Machine, tmp_path: Path
) -> None:
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    for folder, state in ((deep.parent, State.OK), (deep, State.WRONG)):
        assert doctor.examine(replace(installed, folder=str(folder)))["基础资料"].state == state


def test_a_folder_that_cannot_be_written_is_told(
    installed: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", raising)
    assert doctor.examine(installed)["写入权限"].state == State.WRONG


def test_the_pins_are_those_of_the_lock(root: Path) -> None:
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    for package, version in doctor.PINNED.items():
        assert f"\n{package}=={version} " in lock


def test_where_there_is_no_windows_its_checks_do_not_apply(tmp_path: Path) -> None:
    found = doctor.examine(Machine(str(tmp_path)))
    elsewhere = {label for label, f in found.items() if f.state == State.NOT_HERE}
    windows = {"COM 注册", "COM 服务", "加载项文件", "受信任位置", "宏策略", "Excel", "WPS"}
    assert elsewhere == windows


def test_the_command_says_by_its_exit_code_whether_something_is_to_be_done(tmp_path: Path) -> None:
    run = CliRunner()
    bad = run.invoke(app, ["doctor", str(tmp_path), "--json"])
    by_label = {line["check"]: line for line in json.loads(bad.output)}
    assert bad.exit_code == 1 and by_label["基础资料"]["state"] == "要处理"
    text = run.invoke(app, ["doctor", str(tmp_path)])
    assert "→ 请放在工作簿的文件夹" in text.output and text.exit_code == 1
    assert text.output.splitlines()[-1].startswith("环境自检:")


def test_the_button_shows_every_line_once() -> None:
    from addin import bridge
    from tests.desk import FakeDesk

    desk = FakeDesk(SimpleNamespace(fullname="工作簿1"))
    line = bridge.press("doctor", desk)
    [(title, words)] = desk.shown
    assert line.startswith("环境自检:") and title == "环境自检"
    assert all(label in words for label in doctor.CHECKS)

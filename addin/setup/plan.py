"""What an installation does, as data: told by a dry run, applied, taken back from its record."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.errors import BadInput
from addin.setup.link import ADDIN, CLASS_ID, MODULE, PROG_ID
from addin.setup.registry import Data, Registry

CLASSES = "Software\\Classes"
VIEWS = (f"{CLASSES}\\CLSID", f"{CLASSES}\\Wow6432Node\\CLSID")  # what 64 and 32 bits look in
OFFICE = "Software\\Microsoft\\Office"
POLICIES = "Software\\Policies\\Microsoft\\Office"
MOST_ADDINS = 100  # values OPEN, OPEN1 … that are looked through
RECORD = "installed.json"

# --- where ----------------------------------------------------------------------------------


def home(environment: Mapping[str, str]) -> Path:
    """Our folder. Its path is plain ASCII without spaces, for the COM server's interpreter.

    A user name in Chinese or with a space makes %LOCALAPPDATA% unfit; then it is a folder of this
    user's own in %PUBLIC%. Short 8.3 names are no way out: a drive may have none.
    """
    local = environment.get("LOCALAPPDATA", "")
    if local and is_plain(local):
        return Path(local) / "Settle"
    public = environment.get("PUBLIC", "")
    if public and is_plain(public):
        user = environment.get("USERNAME", "") + local
        return Path(public) / f"Settle-{hashlib.sha256(user.encode()).hexdigest()[:8]}"
    raise BadInput("找不到可以安装的文件夹", "请让技术人员检查环境变量 LOCALAPPDATA 和 PUBLIC")


def is_plain(path: str) -> bool:
    return path.isascii() and " " not in path


def python_of(place: Path, windowless: bool = False) -> Path:
    return place / "venv" / "Scripts" / ("pythonw.exe" if windowless else "python.exe")


def excel_key(version: str) -> str:
    return f"{OFFICE}\\{version}\\Excel"


def trusted_key(version: str) -> str:
    return f"{excel_key(version)}\\Security\\Trusted Locations\\Settle"


def office_version(registry: Registry) -> str:
    """``16.0``, the number that all of Office since 2016 has, unless only an older one is there."""
    known = ("16.0", "15.0", "14.0")
    return next((v for v in known if registry.exists(excel_key(v))), known[0])


# --- steps ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """A registry value."""

    key: str
    name: str
    data: Data

    def __str__(self) -> str:
        return f"注册表 HKCU\\{self.key}:{self.name or '(默认)'} = {self.data}"


@dataclass(frozen=True)
class Opened:
    """One more in Excel's list of add-ins that it opens at its start: OPEN, OPEN1, OPEN2 …"""

    key: str
    data: str

    def __str__(self) -> str:
        return f"Excel 启动时打开的加载项(HKCU\\{self.key}):加上 {self.data}"


@dataclass(frozen=True)
class Copy:
    source: Path
    target: Path

    def __str__(self) -> str:
        return f"复制 {self.source} 到 {self.target}"


@dataclass(frozen=True)
class Run:
    """A program with its arguments; run again it does no harm."""

    words: str
    command: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.words}:{' '.join(self.command)}"


Step = Value | Opened | Copy | Run


def steps(
    place: Path, source: Path, python: str, version: str, prebuilt: Path | None = None
) -> list[Step]:
    """All of an installation into ``place`` out of the project folder ``source``."""
    interpreter, server = str(python_of(place)), str(python_of(place, windowless=True))
    pip: tuple[str, ...] = (
        interpreter,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    )
    wheels = source / "wheels"
    if wheels.is_dir():  # a computer without network: all packages lie beside the installer
        pip = (*pip, "--no-index", "--find-links", str(wheels))
    locked = ("--require-hashes", "--requirement", str(source / "requirements.lock"))
    folder = place / "addin"
    addin = folder / ADDIN
    office = excel_key(version)
    trusted = trusted_key(version)
    build = (interpreter, "-X", "utf8", "-m", "addin.cli", "build-addin", "--out", str(folder))
    return [
        Run("建立专用的 Python 环境", (python, "-m", "venv", str(place / "venv"))),
        Run("安装锁定版本的依赖", (*pip, *locked)),
        Run("安装结算助手", (*pip, "--no-deps", "--no-build-isolation", str(source))),
        Copy(prebuilt, addin) if prebuilt else Run("生成加载项", build),
        *_class(f'"{server}" -m {MODULE}'),
        Value(trusted, "Path", f"{folder}\\"),
        Value(trusted, "Description", "结算助手"),
        Value(trusted, "AllowSubFolders", 0),
        Opened(f"{office}\\Options", f'"{addin}"'),
    ]


def _class(command: str) -> Iterable[Value]:
    yield Value(f"{CLASSES}\\{PROG_ID}", "", "结算助手")
    yield Value(f"{CLASSES}\\{PROG_ID}\\CLSID", "", CLASS_ID)
    for view in VIEWS:
        yield Value(f"{view}\\{CLASS_ID}", "", "结算助手")
        yield Value(f"{view}\\{CLASS_ID}\\ProgID", "", PROG_ID)
        yield Value(f"{view}\\{CLASS_ID}\\LocalServer32", "", command)


# --- done and undone ------------------------------------------------------------------------


class Installation:
    """Applies steps and keeps a record of what was there before, from the first time on.

    The record is written before each change, so that an installation that broke off is taken back
    like a whole one.
    """

    def __init__(
        self, place: Path, registry: Registry, run: Callable[[Sequence[str]], None]
    ) -> None:
        self.place, self.registry, self._run = place, registry, run
        self._record = place / RECORD

    def install(self, planned: Sequence[Step], tell: Callable[[str], None]) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        record = self._read()
        for step in planned:
            tell(str(step))
            match step:
                case Value(key, name, data):
                    self._keep(record, key, name)
                    self.registry.set(key, name, data)
                case Opened(key, data):
                    self._open(record, key, data)
                case Copy(source, target):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, target)
                case Run(_, command):
                    self._run(command)

    def uninstall(self, tell: Callable[[str], None]) -> None:
        """Everything as it was before the first installation; our folder goes as a whole."""
        record = self._read()
        for key, data in record["opened"]:
            tell(f"从 Excel 启动列表去掉 {data}")
            self._close(key, data)
        for key, name, before in reversed(record["values"]):
            tell(f"还原注册表 HKCU\\{key}:{name or '(默认)'}")
            if before is None:
                self.registry.delete(key, name)
            else:
                self.registry.set(key, name, before)
        for key in sorted(record["keys"], key=lambda key: -key.count("\\")):
            self.registry.drop(key)
        tell(f"删除文件夹 {self.place}")
        if self.place.is_dir():
            try:
                shutil.rmtree(self.place)
            except OSError as wrong:
                raise BadInput(
                    f"文件夹 {self.place} 没有删干净({wrong.strerror})",
                    "请关闭 Excel 后删除这个文件夹,注册表已经还原",
                ) from None

    def _read(self) -> dict[str, list[Any]]:
        try:
            record: dict[str, list[Any]] = json.loads(self._record.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"values": [], "keys": [], "opened": []}
        except (OSError, ValueError):
            raise BadInput(
                f"安装记录 {self._record} 读不出来", "请交给技术人员,不要删除这个文件"
            ) from None
        return record

    def _write(self, record: dict[str, list[Any]]) -> None:
        made = self._record.with_suffix(".new")
        made.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        made.replace(self._record)

    def _keep(self, record: dict[str, list[Any]], key: str, name: str) -> None:
        if any([key, name] == kept[:2] for kept in record["values"]):
            return
        record["values"].append([key, name, self.registry.get(key, name)])
        self._keep_keys(record, key)
        self._write(record)

    def _keep_keys(self, record: dict[str, list[Any]], key: str) -> None:
        parts = key.split("\\")
        above = ["\\".join(parts[:n]) for n in range(1, len(parts) + 1)]
        record["keys"] += [
            k for k in above if k not in record["keys"] and not self.registry.exists(k)
        ]

    def _open(self, record: dict[str, list[Any]], key: str, data: str) -> None:
        opened = _opened(self.registry, key)
        if data not in opened:
            if [key, data] not in record["opened"]:
                self._keep_keys(record, key)
                record["opened"].append([key, data])
                self._write(record)
            self.registry.set(key, _open_name(len(opened)), data)

    def _close(self, key: str, data: str) -> None:
        """Excel stops at the first gap and renumbers at will: those behind ours move up."""
        opened = _opened(self.registry, key)
        left = [other for other in opened if other != data]
        for n in range(len(opened)):
            if n < len(left):
                self.registry.set(key, _open_name(n), left[n])
            else:
                self.registry.delete(key, _open_name(n))


def _open_name(n: int) -> str:
    return f"OPEN{n}" if n else "OPEN"


def _opened(registry: Registry, key: str) -> list[Data]:
    found: list[Data] = []
    for n in range(MOST_ADDINS):
        data = registry.get(key, _open_name(n))
        if data is None:
            break
        found.append(data)
    return found


def opens(registry: Registry, version: str, addin: Path) -> bool:
    return f'"{addin}"' in _opened(registry, f"{excel_key(version)}\\Options")

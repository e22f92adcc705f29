"""run.py: what a person without any set-up meets first."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest

ONE_SENTENCE = re.compile(r"[^\n]*[一-鿿][^\n]* / [^\n]+\n")


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A folder with what run.py looks at, and no .venv."""
    for name in ("run.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(root / name, tmp_path)
    return tmp_path


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py of that folder as a module."""
    spec = importlib.util.spec_from_file_location("run", project / "run.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.signal, "signal", lambda *_: None)
    return module


def make_ready(run: ModuleType, stamp: str) -> None:
    run.PYTHON.parent.mkdir(parents=True)
    run.PYTHON.touch()
    run.SETTLE.touch()
    run.STAMP.write_text(stamp)


def test_an_old_python_gets_a_sentence(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.sys, "version_info", (3, 10, 13))
    with pytest.raises(run.CannotStart, match=r"需要 Python 3\.11 或更新,现在是 3\.10"):
        run.main(["demo"])


@pytest.mark.parametrize(("words", "code"), [([], 2), (["?"], 2), (["--help"], 0), (["-h"], 0)])
def test_an_unknown_word_shows_the_commands(
    run: ModuleType, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    assert run.main(words) == code
    assert "python run.py demo" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["STAMP", "PYTHON", "SETTLE"])
def test_a_half_made_venv_is_not_ready(run: ModuleType, missing: str) -> None:
    make_ready(run, "made")
    assert run.is_ready("made")
    assert not run.is_ready("made from something else")
    getattr(run, missing).unlink()
    assert not run.is_ready("made")


def test_a_broken_venv_is_removed_and_made_anew(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    make_ready(run, "half")
    (run.VENV / "leftover").touch()
    monkeypatch.setattr("venv.create", lambda path, with_pip: Path(path).mkdir())
    monkeypatch.setattr(run, "pip_install", lambda pip, *what: asked.append(what))
    run.build("whole")
    assert [path.name for path in run.VENV.iterdir()] == [run.STAMP.name]
    assert run.STAMP.read_text() == "whole"
    assert [what[-1] for what in asked] == [str(run.LOCK), str(run.ROOT)]


def test_an_interrupted_installation_leaves_no_stamp(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("venv.create", lambda path, with_pip: Path(path).mkdir())
    monkeypatch.setattr(run, "pip_install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.build("whole")
    assert not run.is_ready("whole")


def test_a_python_without_pip_and_ensurepip_gets_a_sentence(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(run.CannotStart, match="apt install python3-venv"):
        run.build("whole")


@pytest.mark.parametrize("part", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_asks_for_another_venv(
    run: ModuleType, project: Path, part: str
) -> None:
    before = run.fingerprint()
    with (project / part).open("a") as file:
        file.write("\n")
    assert run.fingerprint() != before


@pytest.mark.parametrize(
    ("codes", "expected"), [([0], 0), ([1], 1), ([2], 2), ([0, 3, 0], 3), ([-15], 143)]
)
def test_exit_codes_pass_through(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, codes: list[int], expected: int
) -> None:
    answers = iter(codes)
    make_ready(run, run.fingerprint())
    monkeypatch.setitem(run.COMMANDS, "settle", (None, [["settle"]] * len(codes)))
    monkeypatch.setattr(run.subprocess, "call", lambda *_, **__: next(answers))
    assert run.main(["settle"]) == expected


def test_arguments_reach_the_command(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    make_ready(run, run.fingerprint())
    monkeypatch.setattr(run.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    assert run.main(["settle", "check", "三月 安装单.xlsx"]) == 0
    assert calls == [[str(run.SETTLE), "check", "三月 安装单.xlsx"]]


def test_without_network_one_sentence_and_exit_code_2(project: Path) -> None:
    offline = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "1",
        "PIP_NO_CACHE_DIR": "1",
    }
    environment = {name: value for name, value in os.environ.items() if "PIP_" not in name}
    done = subprocess.run(
        [sys.executable, str(project / "run.py"), "demo"],
        env=environment | offline,
        capture_output=True,
        encoding="utf-8",
    )
    *_, last = done.stderr.splitlines(keepends=True)
    assert done.returncode == 2
    assert "连不上" in last and ONE_SENTENCE.fullmatch(last)
    assert "Traceback" not in done.stderr


def test_the_lock_is_pinned_hashed_and_names_no_server(root: Path) -> None:
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(r"^(?![ #])(\S+?)==(\S+)(.*(?:\n    --hash=.*)+)", lock, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^[^ #\n]", lock, re.MULTILINE)) > 30
    assert all("sha256:" in hashes for _, _, hashes in entries)
    assert "://" not in lock


def test_the_lock_covers_the_project(root: Path) -> None:
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = [match[0] for want in wanted if (match := re.match(r"[\w.-]+", want))]
    assert [name for name in names if not re.search(rf"^{name}==", lock, re.MULTILINE)] == []

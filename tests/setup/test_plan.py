"""Installed, installed again, taken away: the whole of it against a registry in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import pytest

from addin.errors import BadInput
from addin.setup import __main__ as installer
from addin.setup import plan
from addin.setup.link import ADDIN, CLASS_ID, PROG_ID
from tests.setup.fake_registry import FakeRegistry

OPTIONS = "Software\\Microsoft\\Office\\16.0\\Excel\\Options"
FRESH = {"Software\\Classes": {}, "Software\\Microsoft\\Office\\16.0\\Excel": {}}
OTHER_ADDIN = {**FRESH, OPTIONS: {"OPEN": '"other.xlam"', "Font": "宋体"}}
OF_ANOTHER = {
    **FRESH,
    f"Software\\Classes\\{PROG_ID}": {"": "别的程序"},
    f"Software\\Classes\\{PROG_ID}\\Kept": {"a": 1},
}


def ignore(_: object) -> None:
    pass


@pytest.fixture
def prebuilt(tmp_path: Path) -> Path:
    made = tmp_path / "project" / ADDIN
    made.parent.mkdir()
    made.write_bytes(b"addin")
    return made


def planned(place: Path, prebuilt: Path) -> list[plan.Step]:
    return plan.steps(place, prebuilt.parent, "python", "16.0", prebuilt)


@pytest.mark.parametrize("before", [{}, FRESH, OTHER_ADDIN, OF_ANOTHER])
def test_uninstalled_the_machine_is_exactly_as_before(
    before: dict[str, dict[str, str | int]], tmp_path: Path, prebuilt: Path
) -> None:
    registry, place = FakeRegistry(before), tmp_path / "Settle"
    untouched = deepcopy(registry.keys)
    ran: list[Sequence[str]] = []
    installation = plan.Installation(place, registry, ran.append)

    installation.install(planned(place, prebuilt), ignore)
    once = deepcopy(registry.keys)
    record = (place / plan.RECORD).read_bytes()
    assert registry.get(f"Software\\Classes\\{PROG_ID}\\CLSID", "") == CLASS_ID
    assert plan.opens(registry, "16.0", place / "addin" / ADDIN)
    assert (place / "addin" / ADDIN).read_bytes() == b"addin" and len(ran) == 3

    plan.Installation(place, registry, ignore).install(planned(place, prebuilt), ignore)
    assert registry.keys == once and (place / plan.RECORD).read_bytes() == record

    plan.Installation(place, registry, ignore).uninstall(ignore)
    assert registry.keys == untouched and not place.exists()


def test_an_installation_that_broke_off_is_taken_back_too(tmp_path: Path, prebuilt: Path) -> None:
    class Full(FakeRegistry):
        def set(self, key: str, name: str, data: str | int) -> None:
            if name == "Description":
                raise PermissionError
            super().set(key, name, data)

    registry, place = Full(FRESH), tmp_path / "Settle"
    untouched = deepcopy(registry.keys)
    installation = plan.Installation(place, registry, ignore)
    with pytest.raises(PermissionError):
        installation.install(planned(place, prebuilt), ignore)
    assert registry.keys != untouched
    installation.uninstall(ignore)
    assert registry.keys == untouched and not place.exists()


def test_an_addin_that_came_after_ours_moves_up_when_ours_goes(
    tmp_path: Path, prebuilt: Path
) -> None:
    registry, place = FakeRegistry(OTHER_ADDIN), tmp_path / "Settle"
    installation = plan.Installation(place, registry, ignore)
    installation.install(planned(place, prebuilt), ignore)
    registry.set(OPTIONS, "OPEN2", '"later.xlam"')
    installation.uninstall(ignore)
    kept = {"OPEN": '"other.xlam"', "OPEN1": '"later.xlam"', "Font": "宋体"}
    assert registry.keys[OPTIONS] == kept


def test_both_views_of_the_registry_start_the_same_windowless_server(
    tmp_path: Path, prebuilt: Path
) -> None:
    commands = {
        step.data
        for step in planned(tmp_path / "Settle", prebuilt)
        if isinstance(step, plan.Value) and step.key.endswith("LocalServer32")
    }
    server = plan.python_of(tmp_path / "Settle", windowless=True)
    assert commands == {f'"{server}" -m addin.bridge.excel'} and server.name == "pythonw.exe"


def test_without_a_prebuilt_addin_it_is_built_and_without_network_wheels_are_taken(
    tmp_path: Path,
) -> None:
    (tmp_path / "wheels").mkdir()
    steps = plan.steps(tmp_path / "Settle", tmp_path, "python", "16.0")
    runs = [step.command for step in steps if isinstance(step, plan.Run)]
    assert "build-addin" in runs[-1] and len(runs) == 4
    assert all("--no-index" in command for command in runs[1:3])
    assert "--require-hashes" in runs[1]


@pytest.mark.parametrize(
    ("local", "public", "expected"),
    [
        ("D:/Users/wang/Local", "D:/Public", "D:/Users/wang/Local/Settle"),
        ("D:/Users/王/Local", "D:/Public", "D:/Public/Settle-"),
        ("D:/Users/li wang/Local", "D:/Public", "D:/Public/Settle-"),
        ("", "D:/Public", "D:/Public/Settle-"),
    ],
)
def test_the_interpreter_lies_on_a_plain_path(local: str, public: str, expected: str) -> None:
    found = plan.home({"LOCALAPPDATA": local, "PUBLIC": public, "USERNAME": "王"}).as_posix()
    assert found.startswith(expected) and plan.is_plain(found)
    assert (found == expected) == expected.endswith("Settle")


def test_two_users_of_one_computer_have_two_folders() -> None:
    homes = {
        plan.home({"LOCALAPPDATA": f"D:/{user}/Local", "PUBLIC": "D:/Public", "USERNAME": user})
        for user in ("王", "李")
    }
    assert len(homes) == 2


def test_no_plain_folder_at_all_is_told() -> None:
    with pytest.raises(BadInput, match="LOCALAPPDATA"):
        plan.home({"LOCALAPPDATA": "D:/王", "PUBLIC": "D:/公用"})


@pytest.mark.parametrize(
    ("versions", "chosen"), [([], "16.0"), (["15.0"], "15.0"), (["14.0", "16.0"], "16.0")]
)
def test_the_office_that_is_there_is_chosen(versions: list[str], chosen: str) -> None:
    registry = FakeRegistry({plan.excel_key(version): {} for version in versions})
    assert plan.office_version(registry) == chosen


def test_a_damaged_record_is_not_overwritten(tmp_path: Path, prebuilt: Path) -> None:
    (tmp_path / plan.RECORD).write_text("{", encoding="utf-8")
    installation = plan.Installation(tmp_path, FakeRegistry(), ignore)
    for act in (installation.uninstall, lambda tell: installation.install([], tell)):
        with pytest.raises(BadInput, match="安装记录"):
            act(ignore)
    assert (tmp_path / plan.RECORD).read_text(encoding="utf-8") == "{"


def test_a_dry_run_tells_every_step_in_chinese_and_does_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer, "run", pytest.fail)
    place = tmp_path / "plain"
    installer.main(dry=True, away=False, environment={"LOCALAPPDATA": str(place)})
    told = capsys.readouterr().out.splitlines()
    steps = plan.steps(place / "Settle", tmp_path, "python", "16.0")
    assert len(told) == len(steps) + 1 and "什么也没有做" in told[-1]
    assert not place.exists()


@pytest.mark.parametrize("words", [["--dryrun"], ["--help"]])
def test_an_unknown_word_installs_nothing(words: list[str]) -> None:
    assert installer._start(words) == 2


def test_the_record_can_be_read_by_a_technician(tmp_path: Path, prebuilt: Path) -> None:
    place = tmp_path / "Settle"
    plan.Installation(place, FakeRegistry(), ignore).install(planned(place, prebuilt), ignore)
    record = json.loads((place / plan.RECORD).read_text(encoding="utf-8"))
    assert set(record) == {"values", "keys", "opened"}


def test_an_installed_copy_does_not_install_itself(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有安装文件"):
        installer.main(dry=True, away=False, environment={"LOCALAPPDATA": "D:/l"}, source=tmp_path)

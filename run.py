"""Makes .venv beside this file once, then runs Settle in it: demo, test, lint, any settle command.

Standard library only. The syntax is that of Python 3.6, so that an old Python gets a sentence
instead of a traceback.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "made-from"
LOG = VENV / "pip.log"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
SETTLE = PYTHON.with_name("settle.exe" if WINDOWS else "settle")

# word: (folder to run in, or where the caller stands; command lines)
COMMANDS = {
    "demo": (None, [[SETTLE, "demo"]]),
    "test": (ROOT, [[PYTHON, "-m", "pytest"]]),
    "settle": (None, [[SETTLE]]),
    "lint": (
        ROOT,
        [
            [PYTHON, "-m", "ruff", "check", "."],
            [PYTHON, "-m", "ruff", "format", "--check", "."],
            [PYTHON, "-m", "mypy"],
        ],
    ),
}

USAGE = """\
python run.py demo              结算样例月,并告诉您结果在哪里 / close the sample month
python run.py test [pytest …]   运行全部测试 / run all tests
python run.py settle …          运行 settle 命令 / run the command line
python run.py lint              代码检查 / ruff and mypy
Windows: py run.py demo"""

# what pip says when it cannot reach the package index
NETWORK_SIGNS = ("Retrying (", "Max retries", "ConnectionError", "Timeout", "ProxyError")


class CannotStart(Exception):
    """One bilingual sentence; the run ends with exit code 2."""


def fingerprint():
    """Everything that .venv was made from; another Python or another folder means another .venv."""
    made_from = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    made_from += [part.encode() for part in (str(VENV), sys.base_prefix, sys.version)]
    return hashlib.sha256(b"\0".join(made_from)).hexdigest()


def is_ready(wanted):
    try:
        return STAMP.read_text() == wanted and PYTHON.exists() and SETTLE.exists()
    except OSError:
        return False


def remove_old():
    try:
        if VENV.is_dir():
            shutil.rmtree(str(VENV))
        elif VENV.exists() or VENV.is_symlink():
            VENV.unlink()
    except OSError as problem:
        raise CannotStart(
            f"旧的 .venv 删不掉,请关闭正在使用它的程序再试 / cannot remove .venv: {problem}"
        ) from None


def pip_install(pip, *what):
    command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run(
        [*command, "--log", str(LOG), *what],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode == 0:
        return
    if any(sign in done.stdout for sign in NETWORK_SIGNS):
        raise CannotStart(
            "连不上 Python 包索引,请检查网络、代理或 PIP_INDEX_URL 镜像设置后重试"
            " / cannot reach the Python package index"
        )
    raise CannotStart(f"依赖没有装上,原因见 {LOG} / installation failed, see the log")


def build(wanted):
    """The virtual environment with exactly the locked packages; the stamp comes last."""
    if Path(sys.prefix) == VENV:
        raise CannotStart("请先退出虚拟环境(deactivate)再运行 / deactivate .venv first")
    has_pip = importlib.util.find_spec("pip") is not None
    if not has_pip and importlib.util.find_spec("ensurepip") is None:
        raise CannotStart(
            "这个 Python 缺少 venv 或 pip,Debian/Ubuntu 请先运行 apt install python3-venv"
            " / this Python has neither pip nor ensurepip"
        )
    try:
        import venv
    except ImportError:
        raise CannotStart(
            "这个 Python 缺少 venv 模块,请安装完整的 Python / this Python has no venv module"
        ) from None

    say("首次运行:正在准备 .venv,约需一分钟… / first run: preparing .venv, about a minute…")
    remove_old()
    venv.create(str(VENV), with_pip=not has_pip)
    # the pip at hand serves as well and saves the seconds of unpacking another one
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)] if has_pip else []
    pip = pip or [str(PYTHON), "-m", "pip"]
    # compiled when first imported: most of these files never are
    pip_install(pip, "--no-compile", "--require-hashes", "--requirement", str(LOCK))
    pip_install(pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(wanted)


def say(sentence):
    print(sentence, file=sys.stderr, flush=True)


def main(words):
    if sys.version_info < OLDEST:
        raise CannotStart(
            "需要 Python 3.11 或更新,现在是 {}.{} / Python 3.11 or newer is needed".format(
                *sys.version_info[:2]
            )
        )
    if not words or words[0] not in COMMANDS:
        print(USAGE)
        return 0 if words[:1] in (["-h"], ["--help"]) else 2
    wanted = fingerprint()
    if not is_ready(wanted):
        build(wanted)
    # Chinese folder names in .pth files and Chinese text in pipes, also on Windows
    os.environ.setdefault("PYTHONUTF8", "1")
    # Ctrl-C belongs to the command, which ends in its own way
    signal.signal(signal.SIGINT, lambda *_: None)
    folder, commands = COMMANDS[words[0]]
    codes = [
        subprocess.call([*map(str, command), *words[1:]], cwd=folder and str(folder))
        for command in commands
    ]
    return next((code if code > 0 else 128 - code for code in codes if code), 0)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as problem:
        say(str(problem))
    except KeyboardInterrupt:
        say("已中断,下次运行会从头准备 / interrupted, the next run starts afresh")
    except (OSError, subprocess.SubprocessError) as problem:
        say(f"没能准备好运行环境:{problem} / could not prepare .venv")
    sys.exit(2)

"""LibreOffice's end of the pipe: started once, again when it died, never waited for without end."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from addin.build.oxt.office import settle_pipe
from addin.build.oxt.office.settle_pipe import MARK, NoAnswer, Server, cut, received, sent

ECHO = """
import json, os, sys
for line in sys.stdin:
    print(json.dumps({"value": [os.getpid(), line]}), flush=True)
"""


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    made: list[Server] = []
    yield made
    for server in made:
        server.stop()


def started(servers: list[Server], code: str) -> Server:
    servers.append(Server([sys.executable, "-c", code]))
    return servers[-1]


def test_one_process_answers_all_requests(servers: list[Server]) -> None:
    server = started(servers, ECHO)
    first, second = server.ask({"a": "中"})["value"], server.ask({})["value"]
    assert first[0] == second[0] and "中" in first[1]


def test_a_process_that_died_is_started_again(servers: list[Server]) -> None:
    server = started(servers, ECHO)
    first = server.ask({})["value"][0]
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    assert server.ask({})["value"][0] != first


def test_one_that_dies_at_each_request_is_started_twice_and_then_left_alone(
    servers: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = started(servers, "import sys; sys.stdin.readline()")
    begun = []
    popen = settle_pipe.subprocess.Popen
    monkeypatch.setattr(
        settle_pipe.subprocess, "Popen", lambda *a, **k: begun.append(1) or popen(*a, **k)
    )
    for _ in range(5):
        with pytest.raises(NoAnswer):
            server.ask({})
    assert len(begun) == 2
    server.rest_until = 0.0
    with pytest.raises(NoAnswer):
        server.ask({})
    assert len(begun) == 4


def test_a_silent_process_is_ended(servers: list[Server], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle_pipe, "ANSWER_SECONDS", 0.05)
    server = started(servers, "import time; time.sleep(600)")
    with pytest.raises(NoAnswer):
        server.ask({})
    assert server.process is None


def test_without_a_python_there_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        Server(["nowhere/python"]).ask({})


def test_the_python_of_libreoffice_is_not_handed_on(
    servers: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "of-libreoffice")
    code = "import os, json; input(); print(json.dumps({'value': os.environ.get('PYTHONPATH')}))"
    assert started(servers, code).ask({}) == {"value": None}


class Front:
    """Hears what a button says."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def progress(self, words: str) -> None:
        self.heard.append(words)

    def ask(self, question: str, choices: list[str]) -> tuple[str | None]:
        self.heard.append((question, choices))
        return (None,)


def test_a_conversation_ends_with_the_line_that_asks_nothing(servers: list[Server]) -> None:
    code = (
        "import json\ninput()\nprint(json.dumps({'progress': ['一']}), flush=True)\n"
        "print(json.dumps({'ask': ['为什么', []]}), flush=True)\n"
        "print(json.dumps({'line': input()}), flush=True)"
    )
    front = Front()
    assert started(servers, code).converse({}, front) == {"line": '{"reply": null}'}
    assert front.heard == ["一", ("为什么", [])]


def test_a_button_that_dies_is_not_pressed_again(servers: list[Server]) -> None:
    server = started(servers, "import sys; sys.stdin.readline()")
    with pytest.raises(NoAnswer):
        server.converse({}, Front())
    assert server.process is None


def test_errors_of_calc_cross_over_and_back() -> None:
    rows = [["x", None], [1.0, None]]
    codes = {(0, 1): 32767, (1, 1): 502}
    over = sent(rows, lambda row, column: codes[row, column])
    assert over == [["x", f"{MARK}2042"], [1.0, f"{MARK}2015"]]  # an error Excel has not: #VALUE!
    back = received(over, lambda code: -float(code))
    assert back == (("x", -32767.0), (1.0, -519.0))
    assert received("a", lambda code: math.nan) == (("a",),)


def test_whole_columns_are_cut_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle_pipe, "MOST_ROWS", 5)
    long = (("a",), ("",), ("b",), ("",), ("",))
    short = (("a",), ("",), ("",), ("",), ("",))
    assert cut([long, short, 7.0, (("",),)]) == [long[:3], short[:3], 7.0, (("",),)]
    assert cut([(("",),) * 5]) == [(("",),)]

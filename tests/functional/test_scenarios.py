"""Scenarios from the command line to the report, against planted wheels."""

from __future__ import annotations

import json
import textwrap
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted.wheels import write_wheel

LIBRARY = """
import logging

log = logging.getLogger(__name__)
log.propagate = False

def reply(text):
    return text.upper()

def serve(text):
    try:
        return reply(text)
    except Exception:
        log.exception("the reply failed")
        return "error"
"""

Plant = Callable[..., str]


@pytest.fixture(autouse=True)
def _world(links: Path) -> None:
    """A library whose second release only logs what is wrong with it."""
    write_wheel(links, "lib", "1.0", {"lib.py": LIBRARY})
    broken = LIBRARY.replace("text.upper()", "text.shout()")
    write_wheel(links, "lib", "2.0", {"lib.py": broken})


@pytest.fixture
def plant(command: Command) -> Plant:
    """Write a scenario file into the user's folder, and tell its name."""

    def planting(code: str, *metadata: str, name: str = "serving.py") -> str:
        lines = ["# /// script", *(f"# {it}" for it in metadata), "# ///"]
        head = "\n".join(lines) + "\n" if metadata else ""
        text = head + textwrap.dedent(code)
        (command.folder / name).write_text(text, encoding="utf-8")
        return name

    return planting


class Told:
    """A report, the way these tests look at it."""

    def __init__(self, code: int, report: dict[str, Any]) -> None:
        """Of a run that left with that code."""
        self.code, self.report = code, report

    @property
    def cells(self) -> dict[str, tuple[str, str]]:
        """Outcome and stage by release."""
        return {
            cell["pins"]["lib"]: (cell["outcome"], cell["stage"])
            for cell in self.report["cells"]
        }

    @property
    def cell(self) -> Mapping[str, Any]:
        """The only cell."""
        (cell,) = self.report["cells"]
        return dict(cell)

    def seen(self, release: str = "1.0") -> dict[str, str]:
        """Outcome by target of what was seen of a release."""
        (result,) = (
            self.report["results"][cell["result"]]
            for cell in self.report["cells"]
            if cell["pins"]["lib"] == release
        )
        return {it["target"]: it["outcome"] for it in result["observations"]}

    def failure(self, target: str) -> dict[str, Any]:
        """What failed at a target, wherever it did."""
        (name,) = {
            it["failure"]
            for result in self.report["results"].values()
            for it in result["observations"]
            if it["target"] == target and it["failure"]
        }
        return dict(self.report["failures"][name])


def run(command: Command, *arguments: str) -> Told:
    """Run a grid over `lib` and read its report."""
    said = command("matrix", *arguments, "-f", "json", "-o", "-")
    assert said.out, said.err
    return Told(said.code, json.loads(said.out))


def test_what_imports_may_not_serve(command: Command, plant: Plant) -> None:
    """The exception that was only logged is the failure, the event is its effect."""
    file = plant(
        """
        import lib
        def scenario_reply():
            assert lib.serve("x") == "X", "an error event came"
        async def scenario_import():
            assert lib.reply
        """
    )
    told = run(command, "lib", "--select", "all", "--scenario", file)
    assert told.cells == {"1.0": ("passed", "scenario"), "2.0": ("failed", "scenario")}
    assert told.seen("2.0") == {
        "lib": "passed",
        "serving.reply": "failed",
        "serving.import": "passed",
    }
    failure = told.failure("serving.reply")
    assert failure["type"] == "AttributeError"
    assert failure["frames"][-1]["function"] == "reply"
    (effect,) = failure["chain"]
    assert (effect["relation"], effect["message"]) == ("effect", "an error event came")
    assert [frame["file"] for frame in effect["frames"]] == ["<scenarios>/serving.py"]
    assert told.code == 1
    assert str(command.home) not in json.dumps(told.report)


def test_one_that_dies_or_hangs_takes_none_along(
    command: Command, plant: Plant
) -> None:
    """Each has a process and a time limit of its own; what it leaves is gone."""
    file = plant(
        """
        import os, subprocess, sys, threading, time
        LEFT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "left")
        def scenario_endless():
            while True: pass
        def scenario_killed(): os.kill(os.getpid(), 9)
        def scenario_left(): os._exit(0)
        def scenario_parent():
            child = subprocess.Popen([sys.executable, "-c", "input()"],
                                     stdin=subprocess.PIPE)
            threading.Thread(target=time.sleep, args=(60,)).start()
            open(LEFT, "w").write(str(child.pid))
        def scenario_after():
            for _ in range(100):
                try: os.kill(int(open(LEFT).read()), 0)
                except ProcessLookupError: return
                time.sleep(0.01)
            raise AssertionError("it is still there")
        def scenario_skipped():
            import unittest
            raise unittest.SkipTest("lib has no such thing")
        """,
        "[tool.compatcheck]",
        "timeout = 2",
    )
    told = run(command, "lib==1.0", "--scenario", file)
    assert told.seen() == {
        "lib": "passed",
        "serving.endless": "crashed",
        "serving.killed": "crashed",
        "serving.left": "crashed",
        "serving.parent": "passed",
        "serving.after": "passed",
        "serving.skipped": "not_run",
    }
    assert told.failure("serving.endless")["message"] == "no answer within 2 s"
    assert told.failure("serving.killed")["message"].endswith("died of SIGKILL")
    assert told.failure("serving.left")["message"].endswith("left with exit code 0")
    assert told.failure("serving.skipped")["message"] == "lib has no such thing"
    assert told.cells == {"1.0": ("crashed", "scenario")}


def test_failed_import_ends_before_any_scenario(
    command: Command, plant: Plant, links: Path
) -> None:
    """What does not import serves nobody, with or without allowances."""
    write_wheel(links, "lib", "3.0", {"lib.py": "import nowhere\n"})
    command.variables["KEY"] = "value"
    plain = plant("def scenario_a(): ...\n", name="plain.py")
    keyed = plant("def scenario_b(): ...\n", "[tool.compatcheck]", 'env = ["KEY"]')
    told = run(command, "lib==3.0", "--scenario", plain, "--scenario", keyed)
    assert told.seen("3.0") == {"lib": "failed"}


def test_further_distributions_are_installed(
    command: Command, plant: Plant, links: Path
) -> None:
    """What a scenario needs is resolved with the cell, where it is asked at all."""
    write_wheel(links, "tool", "1.0", {"tool.py": "x = 1\n"})
    write_wheel(links, "tool", "2.0", {"tool.py": ""})
    file = plant(
        "import tool\ndef scenario_it(): assert tool.x\n", 'dependencies = ["tool<2"]'
    )
    with_it = run(command, "lib==1.0", "--scenario", file)
    assert with_it.cells == {"1.0": ("passed", "scenario")}
    assert with_it.report["locks"][with_it.cell["lock"]] == {"tool": "1.0"}
    without = run(command, "lib==1.0", "--scenario", file, "--probe", "import")
    assert without.cells == {"1.0": ("passed", "import")}
    assert without.report["locks"][without.cell["lock"]] == {}


def test_variables_are_given_by_name(command: Command, plant: Plant) -> None:
    """One that is named is there, in that scenario alone, and no report holds it."""
    command.variables.update(API_KEY="key-0123456789", OTHER="other")
    code = """
        import os
        def scenario_it():
            assert "OTHER" not in os.environ
            assert os.environ.get("API_KEY") is None, os.environ["API_KEY"]
    """
    keyed = plant(code, "[tool.compatcheck]", 'env = ["API_KEY"]')
    plain = plant(code, name="plain.py")
    told = run(command, "lib==1.0", "--scenario", keyed, "--scenario", plain)
    assert told.seen() == {
        "lib": "passed",
        "plain.it": "passed",
        "serving.it": "failed",
    }
    assert told.failure("serving.it")["message"] == "<API_KEY>"
    assert told.report["isolation"]["scenario serving"] == "has API_KEY"
    kept = b"".join(it.read_bytes() for it in (command.home / "cache").glob("obs*"))
    assert b"key-0123456789" not in kept

    again = run(command, "lib==1.0", "--scenario", keyed)
    assert again.cell["source"] == "probed"
    assert run(command, "lib==1.0", "--scenario", keyed).cell["source"] == "cached"
    command.variables["API_KEY"] = "another-key"
    assert run(command, "lib==1.0", "--scenario", keyed).cell["source"] == "probed"


def test_variable_that_is_not_set_is_told_before_anything_is_asked(
    command: Command, plant: Plant
) -> None:
    """In one line that names it, and never as a failure of a distribution."""
    file = plant("def scenario_it(): pass", "[tool.compatcheck]", 'env = ["UNSET_KEY"]')
    said = command("matrix", "lib==1.0", "--scenario", file)
    assert said.code == 2
    assert "serving.py: it asks for the variable UNSET_KEY" in said.err


def test_scenario_passes_by_what_itself_imports(
    command: Command, plant: Plant, links: Path
) -> None:
    """What the other probes import is not there for it, as it is not for a user."""
    files = {"lib/__init__.py": "", "lib/deep.py": "x = 1\n"}
    write_wheel(links, "lib", "3.0", files)
    file = plant("import lib\ndef scenario_it(): assert lib.deep.x\n")
    told = run(command, "lib==3.0", "--module", "lib.deep", "--scenario", file)
    assert told.seen("3.0")["lib.deep"] == "passed"
    assert told.seen("3.0")["serving.it"] == "failed"


@contextmanager
def serving(*answers: int) -> Generator[str]:
    """A server that gives these status codes one after another, the last for ever."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,)).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


ASKING = """
from urllib.request import urlopen
def scenario_steady(): pass
def scenario_asks(): urlopen("{url}").close()
"""


def test_network_is_given_to_who_asks(command: Command, plant: Plant) -> None:
    """A cell has a loopback of its own, unless its scenario says otherwise."""
    with serving(200) as url:
        code = ASKING.format(url=url)
        online = plant(code, "[tool.compatcheck]", "network = true", name="online.py")
        told = run(command, "lib==1.0", "--scenario", plant(code), "--scenario", online)
    if told.report["isolation"]["network"] != "loopback":
        pytest.skip("this machine does not have that wall")
    assert told.seen() == {
        "lib": "passed",
        "serving.steady": "passed",
        "serving.asks": "failed",
        "online.steady": "passed",
        "online.asks": "passed",
    }


def test_answer_that_came_over_the_network_is_not_remembered(
    command: Command, plant: Plant
) -> None:
    """What is there answers otherwise tomorrow."""
    with serving(200) as url:
        code = ASKING.format(url=url)
        file = plant(code, "[tool.compatcheck]", "network = true")
        told = [run(command, "lib==1.0", "--scenario", file) for _ in range(2)]
    assert [it.cell["source"] for it in told] == ["probed", "probed"]
    assert told[0].report["isolation"]["scenario serving"] == "has network"


def test_import_that_hangs_has_its_own_time(
    command: Command, plant: Plant, links: Path
) -> None:
    """Scenarios behind it do not make it longer."""
    write_wheel(links, "lib", "3.0", {"lib.py": "import time\ntime.sleep(60)\n"})
    file = plant("def scenario_it(): pass\n", "[tool.compatcheck]", "timeout = 20")
    told = run(command, "lib==3.0", "--scenario", file, "--timeout", "2")
    assert told.cells == {"3.0": ("crashed", "import")}
    (failure,) = told.report["failures"].values()
    assert failure["message"] == "no answer within 2 s"


def test_flaky_one_is_unknown_and_said_to_be_flaky(
    command: Command, plant: Plant
) -> None:
    """What fails first and passes when asked again is nobody's fault."""
    with serving(503, 200) as url:
        code = ASKING.format(url=url)
        file = plant(code, "[tool.compatcheck]", "network = true")
        told = run(command, "lib==1.0", "--scenario", file)
    assert told.cells == {"1.0": ("unknown", "scenario")}
    assert told.cell["reason"] == (
        "flaky: serving.asks was failed (urllib.error.HTTPError) first"
        " and passed when asked again"
    )
    assert told.seen()["serving.steady"] == "passed"
    assert told.seen()["serving.asks"] == "unknown"
    assert told.code == 3


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--scenario", "gone.py"), "gone.py: it cannot be read: No such file"),
        (("--scenario", "bad.py"), "bad.py:1: this is not Python: invalid syntax"),
        (("--scenario", "late.py"), "late.py:3: timeout must be a number of seconds"),
    ],
)
def test_bad_file_is_told_in_one_line(
    command: Command, plant: Plant, arguments: tuple[str, ...], line: str
) -> None:
    """Before anything is asked, with the file as it was named, and exit 2."""
    plant("def scenario_it(:\n", name="bad.py")
    plant(
        "def scenario_it(): ...\n", "[tool.compatcheck]", "timeout = -1", name="late.py"
    )
    said = command("matrix", "lib==1.0", *arguments)
    assert (said.code, said.out) == (2, "")
    (told,) = said.err.splitlines()
    assert told.startswith(f"error: {line}")


def test_table_names_scenarios_too(command: Command, plant: Plant) -> None:
    """A project's own scenarios are asked without an option."""
    (command.folder / "tests").mkdir()
    plant("def scenario_it(): ...\n", name="tests/compat.py")
    (command.folder / "pyproject.toml").write_text(
        '[tool.compatcheck]\naxes = ["lib==1.0"]\nscenarios = ["tests/compat.py"]\n'
    )
    assert run(command).seen() == {"lib": "passed", "compat.it": "passed"}

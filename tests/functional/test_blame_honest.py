"""What blame must not claim, from the command line to the report."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted import loopback
from planted.loopback import LoopbackIndex
from planted.wheels import write_wheel

APP = "import dep\ndef serve():\n    return dep.reply()\n"
SCENARIO = """
import app

def scenario_reply():
    assert app.serve() == "hello"
"""
Report = dict[str, Any]


NETWORK = "# /// script\n# [tool.compatcheck]\n# network = true\n# ///"


@contextmanager
def counting() -> Generator[tuple[list[str], str]]:
    """A server that tells each visitor its number, those that came, and its address."""
    came: list[str] = []

    class Counter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.path)
            body = str(len(came)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Counter) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield came, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


class Planted:
    """A command and the index that it is configured for."""

    def __init__(self, command: Command, served: LoopbackIndex) -> None:
        """Serve nothing yet."""
        self.command = command
        self.served = served
        self.scenario(SCENARIO)

    def plant(
        self,
        name: str,
        version: str,
        day: str,
        files: Mapping[str, str],
        *requires: str,
    ) -> None:
        """Put a release on the index that came out on that day of 2024."""
        folder = self.served.folder
        wheel = write_wheel(folder, name, version, files, requires=list(requires))
        self.served.manners.times[wheel.name] = f"2024-{day}T00:00:00Z"

    def dep(self, **releases: tuple[str, str]) -> None:
        """Plant releases of `dep`: `v1_0=("01-01", "hello")`, the day and the reply."""
        for name, (day, reply) in releases.items():
            version = name.removeprefix("v").replace("_", ".")
            code = f"def reply(): return {reply!r}\n"
            self.plant("dep", version, day, {"dep.py": code})

    def scenario(self, text: str) -> None:
        """Write the scenario."""
        file = self.command.folder / "serving.py"
        file.write_text(text, encoding="utf-8")

    @staticmethod
    def asking(*more: str) -> tuple[str, ...]:
        """The arguments of a run."""
        return (
            "matrix", "app", "--select", "all", "-f", "json", "-o", "-",
            "--scenario", "serving.py", "--probe", "import,scenario", *more,
        )  # fmt: skip

    def report(self, *more: str, code: int = 1) -> Report:
        """The JSON report of a run that ends with that code."""
        said = self.command(*self.asking(*more))
        assert said.code == code, said.err
        told: Report = json.loads(said.out)
        return told


@pytest.fixture
def planted(tmp_path: Path, command: Command) -> Iterator[Planted]:
    """An index, empty as yet."""
    with LoopbackIndex(tmp_path / "served") as served:
        command.variables.pop("UV_NO_INDEX")
        command.variables["UV_DEFAULT_INDEX"] = served.url
        yield Planted(command, served)


def diagnoses(told: Report, version: str) -> list[dict[str, Any]]:
    """The diagnoses of the cell of that release of app."""
    cell = next(it for it in told["cells"] if it["pins"]["app"] == version)
    found: list[dict[str, Any]] = told["results"][cell["result"]]["diagnoses"]
    return found


def test_a_remedy_is_told_only_where_it_was_tried(planted: Planted) -> None:
    """Releases that fail alike and cannot have the remedy are not said to be mended."""
    planted.dep(v1_0=("01-01", "hello"), v2_0=("06-01", "bye"))
    for number in range(4):
        planted.plant("app", f"1.{number}", f"02-0{number + 1}", {"app.py": APP}, "dep")
    for number in (4, 5):
        planted.plant(
            "app", f"1.{number}", f"07-0{number + 1}", {"app.py": APP}, "dep>=2"
        )
    told = planted.report()
    assert [(drift["first_bad"], drift["cells"]) for drift in told["drift"]] == [
        ("2.0", 4)
    ]
    for version in ("1.0", "1.1", "1.2", "1.3"):
        (found,) = diagnoses(told, version)
        assert found["remedies"] == [
            {"kind": "constraint", "command": "dep<2.0", "verified": True}
        ]
    for version in ("1.4", "1.5"):
        (found,) = diagnoses(told, version)
        assert (found["rule"], found["remedies"]) == ("undetermined", [])
    assert told["conclusion"] == (
        "app 1.0 … 1.3 import but do not serve (AssertionError): dep 2.0 is to blame,"
        " `dep<2.0` mends it; app 1.4, 1.5 import but do not serve (AssertionError)."
    )


def test_what_a_remedy_leaves_red_is_told(planted: Planted) -> None:
    """A scenario that was left out then, and fails now, is not mended with another."""
    planted.dep(v1_0=("01-01", "hello"), v2_0=("06-01", "bye"))
    skips = "import unittest\ndef play(): raise unittest.SkipTest('not yet')\n"
    breaks = "def play(): raise ValueError('broken')\n"
    planted.plant("other", "1.0", "01-01", {"other.py": skips})
    planted.plant("other", "2.0", "06-01", {"other.py": breaks})
    planted.plant("app", "1.0", "02-01", {"app.py": APP}, "dep", "other")
    planted.scenario(
        f"{SCENARIO}\ndef scenario_play():\n    import other\n    other.play()\n"
    )
    told = planted.report()
    assert "mends" not in told["conclusion"]
    assert [drift["verified"] for drift in told["drift"]] == [False]
    drifted, left = diagnoses(told, "1.0")
    assert drifted["title"] == "dep 2.0 broke it: AssertionError"
    assert not any(line.endswith("mends it") for line in drifted["evidence"])
    assert left["title"].endswith("does not work: ValueError: broken")
    assert any(
        line.startswith("with `dep<2.0`, `serving.play` fails in app 1.0")
        and "it was left out in app 1.0" in line
        for line in left["evidence"]
    )


def test_a_bad_day_is_not_a_bad_release(planted: Planted) -> None:
    """As of another day the same release works: it is no hole, and nobody's fault."""
    planted.dep(v1_0=("01-01", "hello"), v1_1=("02-10", "bye"), v1_2=("03-10", "hello"))
    for version, day in (("1.0", "02-01"), ("1.1", "03-01"), ("1.2", "04-01")):
        planted.plant("app", version, day, {"app.py": APP}, "dep")
    told = planted.report("--as-of", "release")
    (found,) = diagnoses(told, "1.1")
    assert (found["rule"], found["culprit"]) == ("undetermined", None)
    assert found["remedies"] == []
    assert (
        "app 1.1 on Python 3.11 works as of 2024-04-01: what else is installed"
        " differs (dep 1.1 and then 1.2)"
    ).replace("3.11", told["cells"][0]["python"]) in found["evidence"]


def test_releases_that_cannot_be_read_are_not_none(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the index does not answer, no first bad release is named."""
    planted.dep(
        v1_0=("01-01", "hello"),
        v1_1=("04-01", "hello"),
        v1_2=("05-01", "bye"),
        v2_0=("06-01", "bye"),
    )
    planted.plant("app", "1.0", "02-01", {"app.py": APP}, "dep")
    page = loopback._Handler._page

    def unreadable(self: loopback._Handler, name: str, sins: loopback.Sins) -> None:
        # The resolver reads the page, and blame does not get to see it.
        if name == "dep" and not self.headers.get("User-Agent", "").startswith("uv/"):
            self._send(500, b"no", "text/plain")
        else:
            page(self, name, sins)

    monkeypatch.setattr(loopback._Handler, "_page", unreadable)
    told = planted.report()
    assert told["drift"] == []
    (found,) = diagnoses(told, "1.0")
    said = "\n".join(found["evidence"])
    assert "the releases of dep could not be read: " in said
    assert "first bad" not in said
    assert found["culprit"] == {"distribution": "dep", "version": None}


def test_a_local_version_is_held_back(planted: Planted) -> None:
    """PEP 440 has no order by local versions: the bound does without."""
    planted.dep(**{"v1_0": ("01-01", "hello"), "v2_0+cpu": ("06-01", "bye")})
    planted.plant("app", "1.0", "02-01", {"app.py": APP}, "dep")
    told = planted.report()
    assert [drift["first_bad"] for drift in told["drift"]] == ["2.0+cpu"]
    assert diagnoses(told, "1.0")[0]["remedies"] == [
        {"kind": "constraint", "command": "dep<2.0", "verified": True}
    ]


def test_a_missing_submodule_is_not_an_undeclared_dependency(planted: Planted) -> None:
    """What brings the top level is declared and installed, under whatever name."""
    planted.plant("py-yam", "4.0", "01-01", {"yam/__init__.py": "", "yam/old.py": ""})
    planted.plant("py-yam", "5.0", "01-02", {"yam/__init__.py": ""})
    planted.plant("app", "1.0", "02-01", {"app.py": "import yam.old\n"}, "py-yam")
    (found,) = diagnoses(planted.report(), "1.0")
    assert (found["rule"], found["culprit"]) == ("undetermined", None)


def test_what_blame_finds_flaky_is_unknown(planted: Planted) -> None:
    """A failure that did not repeat in one cell is red in none that showed it."""
    for version in ("1.0", "1.1"):
        planted.plant("app", version, "01-01", {"app.py": ""})
    with counting() as (_, address):
        planted.scenario(
            f"{NETWORK}\nimport urllib.request, app\n\n"
            "def scenario_count():\n"
            f"    assert int(urllib.request.urlopen('{address}').read()) > 3\n"
        )
        # Both fail, one of them twice; then blame asks the other.
        told = planted.report("--jobs", "1", code=3)
    assert [cell["outcome"] for cell in told["cells"]] == ["unknown", "unknown"]
    assert all(cell["reason"].startswith("flaky: ") for cell in told["cells"])


def test_a_bug_in_blame_costs_no_result(planted: Planted, tmp_path: Path) -> None:
    """The report is written, says what it lacks, and the bug is still seen."""
    planted.dep(v1_0=("01-01", "hello"), v2_0=("06-01", "bye"))
    planted.plant("app", "1.0", "02-01", {"app.py": APP}, "dep")
    folder = tmp_path / "patch"
    folder.mkdir()
    folder.joinpath("sitecustomize.py").write_text(
        "import compatcheck.blame as room\n"
        "def broken(*_, **__): raise RuntimeError('we were wrong')\n"
        "room.blame = broken\n",
        encoding="utf-8",
    )
    root = Path(__file__).parents[2]
    planted.command.variables["PYTHONPATH"] = f"{folder}{os.pathsep}{root}"
    said = planted.command(*planted.asking())
    assert said.code == 70
    assert "this is a bug in compatcheck" in said.err
    told = json.loads(said.out)
    assert [cell["outcome"] for cell in told["cells"]] == ["failed"]
    assert told["unblamed"] == "RuntimeError: we were wrong"
    assert told["conclusion"].endswith(
        "; who is to blame was not found out to the end (RuntimeError: we were wrong)."
    )


def test_ctrl_c_keeps_what_blame_had_found(planted: Planted) -> None:
    """What was settled before is in the report; only the rest is missing."""
    planted.dep(v1_0=("01-01", "hello"), v2_0=("06-01", "bye"))
    for version, code in (("1.0", ""), ("1.5", "import time; time.sleep(60)")):
        day = {"1.0": "01-01", "1.5": "05-01"}[version]
        planted.plant("other", version, day, {"other.py": f"{code}\nREADY = True\n"})
    planted.plant("other", "2.0", "06-01", {"other.py": "READY = False\n"})
    for version in ("1.0", "1.1"):
        planted.plant("app", version, "02-01", {"app.py": APP}, "dep")
    late = "import other\ndef serve():\n    return 'hello' if other.READY else 'no'\n"
    planted.plant("app", "2.0", "02-01", {"app.py": late}, "other")
    planted.scenario(
        "import app\n"
        "def scenario_reply():\n"
        "    told = app.serve()\n"
        "    assert told == 'hello', told\n"
    )
    with planted.command.start(*planted.asking()) as process:
        until = time.monotonic() + 60
        # In the sweep for the second culprit, this wheel is wanted for the first time.
        while not any("other-1.5" in path for path in planted.served.requests):
            assert time.monotonic() < until, "it was never asked"
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    told = json.loads(out)
    assert [drift["distribution"] for drift in told["drift"]] == ["dep"]
    assert diagnoses(told, "1.0")[0]["remedies"][0]["command"] == "dep<2.0"
    assert diagnoses(told, "2.0") == []


def answers(home: Path) -> list[tuple[str, str]]:
    """What is remembered of cells, and when it was seen."""
    (file,) = (home / "cache").glob("observations-*.sqlite")
    with closing(sqlite3.connect(file)) as store:
        rows = store.execute(
            "SELECT key, written FROM kept WHERE kind = 'observations'"
        )
        return sorted(rows)


def test_a_second_run_asks_nothing(planted: Planted) -> None:
    """Blame remembers as the grid does: what was seen twice is not asked again."""
    planted.dep(v1_0=("01-01", "hello"), v2_0=("06-01", "bye"))
    planted.plant("app", "1.0", "02-01", {"app.py": APP}, "dep")
    first = planted.report()
    seen = answers(planted.command.home)
    second = planted.report()
    assert seen
    assert answers(planted.command.home) == seen
    assert second["drift"] == first["drift"]
    assert diagnoses(second, "1.0") == diagnoses(first, "1.0")

"""The statements of the README, on the real index."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import uv
from conftest import Command

from compatcheck.interpreters import choose

pytestmark = pytest.mark.online

_WILD = Path(__file__).parents[2] / "examples" / "in_the_wild"
_NETWORK = ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")


@pytest.fixture
def real(command: Command) -> Command:
    """The command, with the index that this machine is configured for."""
    command.variables.clear()
    inherited = ("UV_", "PIP_")
    for name, value in os.environ.items():
        if name.startswith(inherited) or name.upper() in _NETWORK:
            command.variables[name] = value
    return command


def report(command: Command, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of a run."""
    said = command("matrix", *arguments, "-f", "json", "-o", "-", timeout=600)
    assert said.out, said.err
    return said.code, json.loads(said.out)


def test_the_statement_that_this_project_began_with(real: Command) -> None:
    """openai-chatkit 1.2.0 and openai-agents 0.5.1 are not incompatible."""
    axes = ("openai-chatkit==1.2.0", "openai-agents>=0.2,<0.6")
    names = ("--select", "all", "--probe", "import,symbol")
    code, told = report(real, *axes, *names)
    assert told["conclusion"] == (
        "openai-chatkit 1.2.0 works with openai-agents 0.3.2 … 0.5.1 (import, symbol)."
    )
    unsolvable = [c for c in told["cells"] if c["outcome"] == "unsolvable"]
    assert {cell["reason"] for cell in unsolvable} == {
        "openai-chatkit 1.2.0 requires openai-agents>=0.3.2"
    }
    assert told["summary"]["passed"] == 7
    assert told["summary"]["cells"] == 21
    assert code == 0


def test_the_pair_that_this_project_began_with_serves(real: Command) -> None:
    """With what there was when it came out, it streams replies and widgets."""
    axes = ("openai-chatkit==1.2.0", "openai-agents==0.5.1")
    code, told = report(real, *axes, "--as-of", "release")
    assert told["conclusion"] == (
        "openai-chatkit 1.2.0 works with openai-agents 0.5.1"
        " (import, symbol, call, scenario)."
    )
    assert code == 0


def test_call_that_does_not_fit_is_seen_without_a_scenario(real: Command) -> None:
    """Httpx 0.28 takes no `proxies` any more, and openai 1.14 gives it some."""
    axes = ("openai==1.14.0", "httpx>=0.27.2,<=0.28.0")
    code, told = report(real, *axes, "--select", "all", "--no-blame")
    seen = {cell["pins"]["httpx"]: cell for cell in told["cells"]}
    assert seen["0.27.2"]["outcome"] == "passed"
    assert (seen["0.28.0"]["outcome"], seen["0.28.0"]["stage"]) == ("failed", "call")
    (call,) = {f["type"] for f in told["failures"].values()}
    assert call == "TypeError"
    assert all("'proxies'" in f["message"] for f in told["failures"].values())
    assert code == 1


def test_drift_is_found_and_proven(real: Command) -> None:
    """What examples/in_the_wild tells of langchain-openai is what is found."""
    axes = ("langchain-openai==0.1.25", "openai>=1.45,<1.46")
    scenario = ("--scenario", str(_WILD / "chat_model.py"))
    asked = ("--select", "all", "--probe", "import,scenario", "--as-of", "2026-11-01")
    code, told = report(real, *axes, *asked, *scenario)
    (drifted,) = told["drift"]
    releases = drifted.pop("releases")
    assert drifted == {
        "distribution": "httpx",
        "last_good": "0.27.2",
        "first_bad": "0.28.0",
        "holes": [],
        "cells": len(told["cells"]),
        "verified": True,
    }
    seen = [(release["version"], release["outcome"]) for release in releases]
    found = [("0.27.2", "passed"), ("0.28.0", "failed"), ("0.28.1", "failed")]
    assert seen == found
    (diagnosis,) = [d for r in told["results"].values() for d in r["diagnoses"]]
    assert diagnosis["culprit"] == {"distribution": "httpx", "version": "0.28.0"}
    (remedy,) = diagnosis["remedies"]
    assert (remedy["command"], remedy["verified"]) == ("httpx<0.28", True)
    assert code == 1


def test_a_reserved_name_holds_no_module(real: Command) -> None:
    """openai-chatkit 0.0.1 fails at import; openai-agents 0.0.1 is yanked."""
    axes = ("openai-chatkit==0.0.1", "openai-agents<0.0.3")
    code, told = report(real, *axes, "--select", "all")
    assert {(c["outcome"], c["stage"]) for c in told["cells"]} == {("failed", "import")}
    agents = told["axes"][1]
    assert "0.0.1" not in agents["versions"]
    assert {"versions": ["0.0.1"], "reason": "yanked"} in agents["left_out"]
    assert code == 1


def test_first_failing_release_is_what_a_plain_environment_says(
    real: Command, tmp_path: Path
) -> None:
    """The first werkzeug that flask 2.2.2 fails with, and why, checked by hand."""
    axes = ("flask==2.2.2", "werkzeug>=2.2,<3.1")
    code, told = report(real, *axes, "--select", "werkzeug=all")
    tried = [cell["pins"]["werkzeug"] for cell in told["cells"]]
    failed = [c["pins"]["werkzeug"] for c in told["cells"] if c["outcome"] == "failed"]
    first, before = failed[0], tried[tried.index(failed[0]) - 1]
    words = by_hand(tmp_path / "fails", f"werkzeug=={first}")
    assert by_hand(tmp_path / "works", f"werkzeug=={before}") == ""
    told_messages = [failure["message"] for failure in told["failures"].values()]
    missing = words.rpartition("cannot import name ")[2].split(" (")[0]
    assert missing
    assert any(missing in message for message in told_messages)
    assert code == 1


def by_hand(folder: Path, werkzeug: str) -> str:
    """What `import flask` says at last in a plain environment; empty if it works."""
    (interpreter,) = choose((), os.environ)
    binary, python = uv.find_uv_bin(), folder / "bin" / "python"
    install = ("pip", "install", "-q", "--python", str(python))
    for words in (
        ("venv", "-q", "--python", str(interpreter.executable), str(folder)),
        (*install, "flask==2.2.2", werkzeug),
    ):
        subprocess.run([binary, *words], check=True, cwd=folder.parent)
    ran = subprocess.run(
        [python, "-c", "import flask"], capture_output=True, text=True, check=False
    )
    return ran.stderr.strip().rpartition("\n")[2]


def test_three_distributions_and_two_pythons(real: Command) -> None:
    """Three axes, compiled extensions among them, in two Pythons."""
    axes = ("flask==3.0.3", "werkzeug==3.0.6", "markupsafe>=2.1.5,<3.1")
    pythons = ("--python", "3.11", "--python", "3.12")
    code, told = report(real, *axes, *pythons)
    assert {cell["python"] for cell in told["cells"]} == {"3.11", "3.12"}
    assert told["summary"]["passed"] == len(told["cells"]) == 4
    assert code == 0


_MARKET = Path(__file__).parents[2] / "examples" / "market_server"


def test_the_example_app_serves_in_a_cell(real: Command) -> None:
    """Its folder says what is asked: widgets, REST, and both 503 ways, all passed."""
    there = dataclasses.replace(real, folder=_MARKET)
    pair = ("openai-chatkit==1.6.5", "openai-agents==0.24.0")
    code, told = report(there, *pair, "--no-blame")
    (result,) = told["results"].values()
    served = {
        it["target"]: it["outcome"]
        for it in result["observations"]
        if it["target"].startswith("serves.")
    }
    assert served == {
        "serves.app_goes_on_without_chatkit": "passed",
        "serves.app_starts_without_agents": "passed",
        "serves.rest_answers": "passed",
        "serves.widgets_are_streamed": "passed",
    }
    assert code == 0

"""The chatkit profile's scenarios: they pass, and notice every event that is spoilt."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uv
from conftest import python

pytestmark = pytest.mark.online

_DRIVER = Path(__file__).with_name("mutating.py")
_LONGEST = 900  # seconds, for some two thousand runs of a scenario on a busy machine


class Pair(NamedTuple):
    """What to install, as it was resolved at an instant; now if there is none."""

    requirements: tuple[str, str]
    instant: str | None


_PAIRS = {
    "old": Pair(
        ("openai-chatkit==1.0.0", "openai-agents==0.3.3"), "2025-10-09T00:00:00Z"
    ),
    "newest": Pair(("openai-chatkit", "openai-agents"), None),
}

Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module", params=sorted(_PAIRS))
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Told:
    """What became of every scenario in an environment of a pair."""
    pair = _PAIRS[request.param]
    executable = _environment(tmp_path_factory.mktemp(request.param), pair)
    folder = resources.files("compatcheck.profiles") / "chatkit" / "scenarios"
    ran = subprocess.run(
        [executable, "-I", "-B", _DRIVER, str(folder)],
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: Told = json.loads(ran.stdout)
    return found


def _environment(folder: Path, pair: Pair) -> Path:
    """The interpreter of a plain environment that has the pair."""
    executable = folder / "venv" / "bin" / "python"
    interpreter = str(python("3.11").executable)
    variables = {**os.environ}
    if pair.instant:
        variables["UV_EXCLUDE_NEWER"] = pair.instant
    install = ("pip", "install", "-q", "--python", str(executable))
    for words in (
        ("venv", "-q", "--python", interpreter, str(folder / "venv")),
        (*install, *pair.requirements),
    ):
        binary = uv.find_uv_bin()
        subprocess.run([binary, *words], check=True, cwd=folder, env=variables)
    return executable


def _passed(told: Told, kind: str) -> Iterable[str]:
    """The changes of a kind with which a scenario passed all the same."""
    for name, scenario in told.items():
        assert scenario["tried"][kind], f"{name}: nothing to {kind}"
        yield from (f"{name} {change}" for change in scenario["passed"][kind])


def test_every_scenario_passes(told: Told) -> None:
    """Untouched, every scenario of the profile passes with a pair that is sound."""
    failed = {name: s["untouched"] for name, s in told.items() if s["untouched"]}
    assert told
    assert failed == {}


@pytest.mark.parametrize("kind", ["drop", "corrupt", "reorder"])
def test_every_spoilt_event_is_noticed(told: Told, kind: str) -> None:
    """A scenario fails for each of its events that is lost, altered or out of order."""
    assert list(_passed(told, kind)) == []

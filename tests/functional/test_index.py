"""`compatcheck matrix` against an index as well or as badly behaved as there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from planted.loopback import LoopbackIndex, Mode
from planted.wheels import write_wheel


@pytest.fixture
def index(tmp_path: Path, command: Command) -> Iterator[LoopbackIndex]:
    """An index that the command is configured for: app needs dep, both in releases."""
    folder = tmp_path / "served"
    write_wheel(folder, "app", "1.0", {"app.py": "import dep\n"}, requires=["dep"])
    write_wheel(folder, "app", "2.0", {"app.py": "import dep\n"}, requires=["dep"])
    write_wheel(folder, "dep", "1.0", {"dep.py": "first = 1\n"})
    write_wheel(folder, "dep", "2.0", {"dep.py": "second = 1\n"})
    with LoopbackIndex(folder) as served:
        served.manners.times |= {
            "app-1.0-py3-none-any.whl": "2024-01-01T00:00:00.250000Z",
            "dep-1.0-py3-none-any.whl": "2024-01-01T00:00:00Z",
            "dep-2.0-py3-none-any.whl": "2024-02-01T00:00:00Z",
            "app-2.0-py3-none-any.whl": "2024-03-01T00:00:00Z",
        }
        command.variables.pop("UV_NO_INDEX")
        command.variables["UV_DEFAULT_INDEX"] = served.url
        command.variables["UV_HTTP_RETRIES"] = "1"
        yield served


def report(command: Command, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report of a run."""
    said = command("matrix", *arguments, "-f", "json", "-o", "-")
    assert said.out, said.err
    return said.code, json.loads(said.out)


def versions_of_dep(told: dict[str, Any]) -> list[str | None]:
    """What each cell got for dep."""
    return [told["locks"][cell["lock"]].get("dep") for cell in told["cells"]]


@pytest.mark.usefixtures("index")
def test_as_of_release_takes_what_there_was_then(command: Command) -> None:
    """Each cell is resolved as of the instant when its own pins were all out."""
    code, told = report(command, "app", "--select", "all", "--as-of", "release")
    assert [cell["as_of"] for cell in told["cells"]] == [
        "2024-01-01T00:00:01Z",
        "2024-03-01T00:00:01Z",
    ]
    assert versions_of_dep(told) == ["1.0", "2.0"]
    assert code == 0


@pytest.mark.usefixtures("index")
def test_as_of_a_date_leaves_out_what_came_later(command: Command) -> None:
    """Neither pins nor what they need are taken from after the date."""
    _, told = report(command, "app", "--select", "all", "--as-of", "2024-01-15")
    assert [cell["pins"]["app"] for cell in told["cells"]] == ["1.0"]
    assert versions_of_dep(told) == ["1.0"]
    (left,) = told["axes"][0]["left_out"]
    assert left["versions"] == ["2.0"]
    assert "published after" in left["reason"]


def test_as_of_is_refused_where_no_times_are_told(
    command: Command, index: LoopbackIndex
) -> None:
    """An index of plain HTML cannot answer about the past: one line, exit 2."""
    index.manners.mode = "html"
    said = command("matrix", "app", "--as-of", "2024-02-01")
    assert said.code == 2
    (line,) = said.err.splitlines()
    assert line.startswith("error: --as-of: no index tells when the files of app")


def test_as_of_is_unknown_where_a_dependency_has_no_time(
    command: Command, index: LoopbackIndex
) -> None:
    """A file without a time is left out by the resolver: that is nobody's conflict."""
    index.manners.modes["dep"] = "html"
    code, told = report(command, "app==2.0", "--as-of", "2024-12-01")
    assert told["cells"][0]["outcome"] == "unknown"
    assert code == 3


@pytest.mark.parametrize("mode", ["html", "html-times-with-json", "json"])
@pytest.mark.parametrize("ranges", [True, False])
def test_every_kind_of_page_serves(
    command: Command, index: LoopbackIndex, mode: Mode, *, ranges: bool
) -> None:
    """JSON or HTML, with ranged reads and metadata files or without: one answer."""
    index.manners.mode = mode
    index.manners.ranges = index.manners.metadata = ranges
    code, told = report(command, "app==2.0", "dep==2.0")
    assert [cell["outcome"] for cell in told["cells"]] == ["passed"]
    assert code == 0


def test_yanked_and_pre_releases_only_when_asked(
    command: Command, index: LoopbackIndex
) -> None:
    """They are left out, and said to be."""
    write_wheel(index.folder, "dep", "3.0rc1", {"dep.py": ""})
    index.manners.yanked["dep-2.0-py3-none-any.whl"] = "a mistake"
    _, told = report(command, "dep", "--select", "all")
    assert told["axes"][0]["versions"] == ["1.0"]
    assert told["axes"][0]["left_out"] == [
        {"versions": ["3.0rc1"], "reason": "pre-release"},
        {"versions": ["2.0"], "reason": "yanked"},
    ]
    asked = ("--select", "all", "--yanked", "--pre-releases")
    _, told = report(command, "dep", *asked)
    assert told["axes"][0]["versions"] == ["1.0", "2.0", "3.0rc1"]
    assert told["summary"]["passed"] == 3


def test_fault_on_an_axis_ends_before_anything_is_asked(
    command: Command, index: LoopbackIndex
) -> None:
    """Without its releases there is no grid: exit 3, and no report."""
    index.sin("app").failures = 1000
    said = command("matrix", "app")
    assert said.code == 3
    assert "500" in said.err
    assert said.out == ""


@pytest.mark.parametrize("fault", ["failures", "missing", "truncated", "wrong_hash"])
def test_fault_below_a_cell_is_unknown(
    command: Command, index: LoopbackIndex, fault: str
) -> None:
    """What the index spoils is nobody's incompatibility: unknown, listed, exit 3."""
    value = 1000 if fault == "failures" else True
    setattr(index.sin("dep-2.0-py3-none-any.whl"), fault, value)
    code, told = report(command, "app==2.0")
    (cell,) = told["cells"]
    assert (cell["outcome"], code) == ("unknown", 3)
    assert cell["reason"]
    del index.manners.sins["dep-2.0-py3-none-any.whl"]
    code, told = report(command, "app==2.0")
    assert (told["cells"][0]["outcome"], code) == ("passed", 0)


def test_passing_faults_are_sat_out(command: Command, index: LoopbackIndex) -> None:
    """A few errors and a slow answer do not change the verdict."""
    index.sin("app").failures = 1
    index.sin("dep").failures = 1
    index.sin("dep-2.0-py3-none-any.whl").delay = 1.0
    code, told = report(command, "app==2.0")
    assert (told["cells"][0]["outcome"], code) == ("passed", 0)


def test_credentials_are_used_and_never_told(
    command: Command, index: LoopbackIndex
) -> None:
    """An address with a password works and stands in no report, log or error."""
    index.manners.credentials = ("maria", "s3cr3t-word")
    command.variables["UV_DEFAULT_INDEX"] = index.url_with("maria", "s3cr3t-word")
    said = command("matrix", "app", "-f", "json", "-o", "-")
    assert said.code == 0, said.err
    assert "s3cr3t-word" not in said.out + said.err
    index.sin("dep-2.0-py3-none-any.whl").wrong_hash = True
    index.sin("dep").failures = 1000
    fails = command("matrix", "dep")
    assert fails.code == 3
    unknown = command("matrix", "app==1.0", "-f", "markdown", "-o", "-")
    assert "s3cr3t-word" not in fails.err + fails.out + unknown.out + unknown.err


def test_wrong_credentials_are_told_without_them(
    command: Command, index: LoopbackIndex
) -> None:
    """A refused login is a fault that names the index, not the password."""
    index.manners.credentials = ("maria", "right")
    command.variables["UV_DEFAULT_INDEX"] = index.url_with("maria", "wr0ng-word")
    said = command("matrix", "app")
    assert said.code == 3
    assert "401" in said.err
    assert "wr0ng-word" not in said.err


def test_pip_configuration_serves_when_uv_has_none(
    command: Command, index: LoopbackIndex
) -> None:
    """The index that pip is configured for is the user's index."""
    command.variables.pop("UV_DEFAULT_INDEX")
    folder = command.home / ".config" / "pip"
    folder.mkdir(parents=True)
    (folder / "pip.conf").write_text(f"[global]\nindex-url = {index.url}\n")
    code, told = report(command, "app==2.0")
    assert (told["cells"][0]["outcome"], code) == ("passed", 0)
    assert "pip" in told["request"]["index"]

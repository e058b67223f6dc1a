"""The command line: what each command says, where, and with which exit code."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command
from planted.wheels import write_wheel


@pytest.fixture
def world(links: Path) -> Path:
    """One distribution that works."""
    write_wheel(links, "fine", "1.0", {"fine.py": ""})
    return links


def test_version_is_said(command: Command) -> None:
    """Name and number, nothing else."""
    said = command("--version")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("compatcheck 0.")
    assert len(said.out.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("matrix", "--no-such-option"),
        ("no-such-command",),
        ("report",),
        ("matrix", "--select", "some"),
        ("matrix", "fine", "-f", "papyrus"),
        ("matrix", "fine>"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_asked_is_2(
    command: Command, arguments: tuple[str, ...]
) -> None:
    """Usage and configuration: words on stderr, nothing on stdout."""
    said = command(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err
    assert "Traceback" not in said.err


@pytest.mark.usefixtures("world")
def test_stdout_holds_nothing_but_the_report(command: Command) -> None:
    """With `-o -` a script reads it whole; progress is on stderr, as plain lines."""
    said = command("matrix", "fine", "-f", "json", "-o", "-")
    assert json.loads(said.out)["summary"]["passed"] == 1
    assert said.err.splitlines()[0] == "asking 1 cell"
    assert "\x1b" not in said.err
    assert list(command.folder.iterdir()) == []


@pytest.mark.usefixtures("world")
def test_terminal_sees_bars(command: Command) -> None:
    """On a terminal, progress moves."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "compatcheck", "matrix", "fine"],
        cwd=command.folder,
        env={**command.environ(), "TERM": "xterm-256color"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:
            pass  # how Linux says that the other side is closed
        os.close(ours)
    assert process.returncode == 0
    assert b"\x1b[" in shown
    assert b"asking" in shown
    assert "━".encode() in shown


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("both", [False, True], ids=["| head", "2>&1 | head"])
def test_reader_that_has_had_enough_is_no_fault(
    command: Command, *, both: bool
) -> None:
    """The files are written all the same, and nobody sees a traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen(
        [sys.executable, "-m", "compatcheck", "matrix", "fine"],
        cwd=command.folder,
        env=command.environ(),
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=writer if both else subprocess.PIPE,
        text=True,
    ) as process:
        os.close(writer)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "Traceback" not in (said or "")
    assert "BrokenPipe" not in (said or "")
    written = sorted(path.name for path in (command.folder / "reports").iterdir())
    assert written == ["fine.json", "fine.md"]


@pytest.mark.usefixtures("world")
def test_place_that_cannot_be_written_is_3(command: Command) -> None:
    """What can be told is told first; the rest is named in one line."""
    (command.folder / "taken").write_text("a file, not a folder")
    said = command(
        *("matrix", "fine", "-f", "text", "-f", "json=taken/r.json"),
        *("-f", "markdown=r.md"),
    )
    assert said.code == 3
    assert said.out.startswith("fine 1.0 ")
    assert (command.folder / "r.md").exists()
    assert [line for line in said.err.splitlines() if line.startswith("error:")] == [
        "error: taken/r.json cannot be written: a file is where its folder should be"
    ]


class TestReport:
    """`compatcheck report`."""

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("missing.json", None),
            ("garbage.json", b"\x00\xff no json"),
            ("empty.json", b""),
            ("list.json", b"[]"),
            ("old.json", b'{"schema": "compatcheck.report/0"}'),
            ("other.json", b'{"name": "something else"}'),
        ],
    )
    def test_what_is_no_report_is_2(
        self, command: Command, name: str, content: bytes | None
    ) -> None:
        """One line that names the file."""
        if content is not None:
            (command.folder / name).write_bytes(content)
        said = command("report", name)
        assert (said.code, said.out) == (2, "")
        (line,) = said.err.splitlines()
        assert line.startswith(f"error: {name}")

    @pytest.mark.usefixtures("world")
    def test_stored_run_is_told_in_any_format(self, command: Command) -> None:
        """From a file or stdin, to stdout or a file; an unknown format is 2."""
        command("matrix", "fine", "-f", "json", "-o", "r.json")
        assert command("report", "r.json").out.startswith("fine 1.0 ")
        assert command("report", "r.json", "-f", "markdown", "-o", "r.md").code == 0
        assert "fine" in (command.folder / "r.md").read_text()
        again = command("report", "r.json", "-f", "json").out
        assert again == (command.folder / "r.json").read_text()
        said = command("report", "r.json", "-f", "papyrus")
        assert said.code == 2
        assert "choose one of" in said.err


def test_init_writes_once(command: Command) -> None:
    """A second time it says that there is one, and changes nothing."""
    first = command("init")
    assert first.code == 0, first.err
    file = command.folder / "pyproject.toml"
    written = file.read_bytes()
    assert b"[tool.compatcheck]" in written
    again = command("init")
    assert again.code == 2
    assert len(again.err.splitlines()) == 1
    assert file.read_bytes() == written


class TestCache:
    """`compatcheck cache`."""

    def test_is_told_and_cleared_but_not_under_a_run(
        self, command: Command, links: Path
    ) -> None:
        """While cells are asked, clearing is refused."""
        write_wheel(links, "slow", "1.0", {"slow.py": "import time; time.sleep(1.5)"})
        assert "empty" in command("cache", "info").out
        with command.start("matrix", "slow") as process:
            assert process.stderr
            process.stderr.readline()  # cells are being asked
            refused = command("cache", "clear")
            process.communicate(timeout=60)
        assert refused.code == 2
        assert "a run is under way" in refused.err
        assert process.returncode == 0
        told = command("cache", "info")
        assert "observations" in told.out
        cleared = command("cache", "clear")
        assert cleared.code == 0
        assert cleared.out.startswith("freed ")

    @pytest.mark.usefixtures("world")
    def test_store_that_is_spoilt_is_told_and_mended(self, command: Command) -> None:
        """Exit 3 with the command that helps, and it does."""
        cache = command.home / "cache"
        cache.mkdir()
        (cache / "observations-1.sqlite").write_bytes(b"garbage" * 1000)
        said = command("matrix", "fine", "-f", "json", "-o", "-")
        assert (said.code, said.out) == (3, "")
        assert "compatcheck cache clear" in said.err
        assert "Traceback" not in said.err
        assert command("cache", "info").code == 3
        assert command("cache", "clear").code == 0
        assert command("matrix", "fine", "-f", "json", "-o", "-").code == 0


@pytest.mark.parametrize(
    ("wall", "code", "reason"),
    [
        (
            "files",
            "open(__file__ + '.cache', 'w')",
            "it writes where a cell may not write",
        ),
        (
            "network",
            "import socket\nsocket.create_connection(('192.0.2.1', 80), 2)",
            "it wants the network, which it could not reach",
        ),
    ],
)
def test_our_walls_are_nobody_s_incompatibility(
    command: Command, links: Path, wall: str, code: str, reason: str
) -> None:
    """Where the kernel lets us build them, what they stop is unknown."""
    write_wheel(links, "greedy", "1.0", {"greedy.py": code})
    said = command("matrix", "greedy", "-f", "json", "-o", "-")
    told = json.loads(said.out)
    (cell,) = told["cells"]
    if told["isolation"][wall].startswith("missing"):
        assert cell["outcome"] in {"passed", "failed", "unknown"}
        return
    assert (cell["outcome"], said.code) == ("unknown", 3)
    assert cell["reason"] == f"greedy: {reason}"

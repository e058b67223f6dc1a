"""`compatcheck explain`: tracebacks as they come, and what they decide."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from conftest import Command, python
from planted.worlds import CaseFile, PlantedWorld, plant
from rich.console import Console
from rich.traceback import Traceback

from compatcheck.report.diagnosed import Diagnosed
from compatcheck.workflow import explain as explaining

CIRCLE = """Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "/srv/app/orchard.py", line 1, in <module>
    from orchard import Apple
  File "/srv/app/orchard.py", line 1, in <module>
    from orchard import Apple
ImportError: cannot import name 'Apple' from partially initialized module 'orchard' \
(most likely due to a circular import) (/srv/app/orchard.py)
"""
GONE = """Traceback (most recent call last):
  File "/opt/env/lib/python3.13/site-packages/press/__init__.py", line 2, in <module>
    import cgi
ModuleNotFoundError: No module named 'cgi'
"""
NAMESPACE = """Traceback (most recent call last):
  File "/srv/app/main.py", line 3, in <module>
    from orchard import Apple
ImportError: cannot import name 'Apple' from 'orchard' (unknown location)
"""


def explain(text: bytes | BinaryIO) -> Diagnosed | None:
    """What the text alone tells."""
    return explaining.explain(io.BytesIO(text) if isinstance(text, bytes) else text)


def _prefixed(text: str) -> str:
    lines = (
        f"2026-01-02T03:04:{n:02} app[1]: {s}" for n, s in enumerate(text.split("\n"))
    )
    return "\n".join(lines)


def _coloured(text: str) -> str:
    return text.replace("Error", "\x1b[1;31mError\x1b[0m")


def _as_json(text: str) -> str:
    return json.dumps({"level": "error", "message": text}) + "\n"


def _windows(text: str) -> str:
    return text.replace("\n", "\r\n")


def _as_github(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(f"2026-01-02T03:04:05.1234567Z {line}" for line in lines)


@pytest.mark.parametrize(
    "around",
    [str, _prefixed, _coloured, _as_json, _windows, _as_github],
    ids=lambda it: it.__name__,
)
@pytest.mark.parametrize(
    ("text", "rule"),
    [(CIRCLE, "shadow-local"), (GONE, "python-too-new")],
    ids=["circle", "gone"],
)
def test_what_the_text_decides_is_named(around: object, text: str, rule: str) -> None:
    """Whatever a logger puts around it, the cause is the same."""
    assert callable(around)
    document = explain(f"starting up\n{around(text)}".encode())
    assert document is not None
    assert document.diagnoses[0].rule == rule


def test_what_it_does_not_decide_is_left_open() -> None:
    """The remaining causes are told, and the command that decides between them."""
    document = explain(NAMESPACE.encode())
    assert document is not None
    first, *remaining = document.diagnoses
    assert first.rule == "undetermined"
    assert "overlap-deleted" in [it.rule for it in remaining]
    assert 1 < len(remaining) <= 3
    (way,) = first.remedies
    assert way.command == "compatcheck doctor --run 'from orchard import Apple'"


def test_no_cause_that_is_left_is_kept_back() -> None:
    """Beside the three that are told in full, the others are named."""
    last = "ImportError: cannot import name 'Apple' from 'orchard' (unknown location)"
    document = explain(last.encode())
    assert document is not None
    first, *remaining = document.diagnoses
    named = {it.rule for it in remaining}
    beyond = next(it for it in first.evidence if "do not rule out" in it)
    assert "not-installed" in beyond
    assert "overlap-deleted" in named


def test_the_last_line_alone_is_read() -> None:
    """A chat message that quotes one line is a failure, too."""
    document = explain(b"any idea? ModuleNotFoundError: No module named 'audioop'\n")
    assert document is not None
    assert document.failure is not None
    assert document.failure.type == "ModuleNotFoundError"


def test_the_last_of_several_failures_counts() -> None:
    """Earlier tracebacks of a log are other stories."""
    document = explain(f"{GONE}\nretrying\n{CIRCLE}".encode())
    assert document is not None
    assert document.diagnoses[0].rule == "shadow-local"


def test_a_text_without_a_failure_is_none() -> None:
    """Nothing is made up."""
    assert explain(b"all is well\n") is None
    assert explain(bytes(range(256)) * 100) is None


LONG = "InputGuardrailTripwireTriggeredByNobody"


def _raises() -> None:
    try:
        import nothing_of_that_name  # type: ignore[import-not-found] # noqa: F401 - it is not there, which is what is asked
    except ImportError as error:
        words = f"cannot import name {LONG!r} from 'orchard' (unknown location)"
        raise ImportError(words) from error


def _raised() -> BaseException:
    """An exception with another one behind it."""
    with pytest.raises(ImportError) as raised:
        _raises()
    return raised.value


def _boxed(width: int, *, unicode: bool = True) -> bytes:
    """As rich draws it on a terminal of that width."""
    error = _raised()
    drawn = Traceback.from_exception(
        type(error), error, error.__traceback__, width=width, show_locals=True
    )
    encoding = "utf-8" if unicode else "ascii"
    stream = io.TextIOWrapper(io.BytesIO(), encoding, errors="backslashreplace")
    console = Console(file=stream, width=width, force_terminal=unicode)
    console.print(drawn)
    stream.seek(0)
    return stream.buffer.read()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("unicode", [True, False], ids=["unicode", "ascii"])
@pytest.mark.parametrize("prefix", ["", "web-1  | ", "2026-01-02 03:04:05 app: "])
def test_boxes_are_read(width: int, *, unicode: bool, prefix: str) -> None:
    """However wide the terminal was, the failure is that of the exception itself."""
    text = _boxed(width, unicode=unicode).decode()
    lines = "".join(f"{prefix}{line}\n" for line in text.splitlines())
    document = explain(lines.encode())
    assert document is not None
    failure = document.failure
    assert failure is not None
    assert failure.message == (
        f"cannot import name {LONG!r} from 'orchard' (unknown location)"
    )
    (link,) = failure.chain
    assert (link.relation, link.type) == ("cause", "ModuleNotFoundError")
    assert "undetermined" in [it.rule for it in document.diagnoses]
    assert [it.function for it in failure.frames] == ["_raised", "_raises"]
    if width > 100:
        assert failure.frames[0].file == __file__


def _tested(folder: Path, *options: str) -> bytes:
    """What pytest itself prints of a test file that cannot be imported."""
    (folder / "mill.py").write_text("def run():\n    import orchard_x.core\n")
    text = "import mill\n\ndef test_it():\n    mill.run()\n"
    (folder / "test_mill.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    ended = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(folder), "."],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    return ended.stdout


@pytest.mark.parametrize("form", ["long", "short", "native", "auto"])
def test_reports_of_pytest_are_read(tmp_path: Path, form: str) -> None:
    """The exception and the places, whichever form was asked for."""
    document = explain(_tested(tmp_path, f"--tb={form}"))
    assert document is not None
    assert document.failure is not None
    assert document.failure.message == "No module named 'orchard_x'"
    files = [Path(it.file).name for it in document.failure.frames]
    assert files[-2:] == ["test_mill.py", "mill.py"]


NOTEBOOK = """
---------------------------------------------------------------------------
ImportError                               Traceback (most recent call last)
Cell In[3], line 1
----> 1 from press import Mill

File /opt/env/lib/python3.12/site-packages/press/__init__.py:7, in load(a, b)
      6 def load(a, b):
----> 7     from orchard.fruit import Apple

ImportError: cannot import name 'Apple' from 'orchard.fruit' (unknown location)
"""
OLD_NOTEBOOK = """
ImportError                               Traceback (most recent call last)
<ipython-input-1-9f2a> in <module>
      1 import os
----> 2 from press import Mill

~/env/lib/python3.7/site-packages/press/__init__.py in <module>
     10
---> 11 from orchard.fruit import Apple

ImportError: cannot import name 'Apple' from 'orchard.fruit' (unknown location)
"""


@pytest.mark.parametrize(
    ("text", "lines"), [(NOTEBOOK, [1, 7]), (OLD_NOTEBOOK, [2, 11])], ids=["new", "old"]
)
def test_notebooks_are_read(text: str, lines: list[int]) -> None:
    """Cells and files, as IPython 8 and IPython 7 print them."""
    document = explain(text.encode())
    assert document is not None
    assert document.failure is not None
    assert document.failure.message.endswith("'orchard.fruit' (unknown location)")
    assert [it.line for it in document.failure.frames] == lines


def test_what_powershell_wrote_is_read() -> None:
    """UTF-16 with its mark, however long."""
    text = "noise\n" * 400_000 + CIRCLE + "noise\n" * 400_000
    document = explain(text.encode("utf-16"))
    assert document is not None
    assert document.diagnoses[0].rule == "shadow-local"


def test_a_message_ends_where_the_log_goes_on() -> None:
    """The next entry is not taken for the exception's words."""
    document = explain(f"{GONE}INFO: shutting down\n{'-' * 40}\n".encode())
    assert document is not None
    assert document.failure is not None
    assert document.failure.message == "No module named 'cgi'"


MEGABYTE = 1 << 20
HEAD = b"Traceback (most recent call last):\n"
FRAME = b'  File "a.py", line 1, in f\n'
HOSTILE: Mapping[str, tuple[bytes, bytes, bytes]] = {
    # What stands before, what is repeated to fill 50 MB, what stands behind.
    "a log": (b"", b"x" * 199 + b"\n", b""),
    "one line": (b"", b"Aa.", b""),
    "dotted words": (b"", b"a." * 9000 + b"aError\n", b""),
    "binary": (b"", bytes(range(256)), b""),
    "controls": (b"", b"\x1b[2J\x1b]0;x\x07\x9b\x00\r", b""),
    "open controls": (b"", b"\x1b]aaa\x1b[", b""),
    "heads": (b"", HEAD, b""),
    "frames": (HEAD, FRAME, b"ImportError: x\n"),
    "short lines": (HEAD + FRAME + b"ImportError: x\n", b"ab\n", b""),
    "brackets": (HEAD + FRAME + b"ImportError: cannot import name a", b"((", b""),
    "boxes": ("╭─ Traceback (most recent call last) ─╮\n".encode(), b"| aa |\n", b""),
    "notebooks": (b"", b"XError    Traceback (most recent call last)\n", b""),
    "reports": (b"", b"a.py:1: in f\nE   ImportError: x\n", b""),
    "json": (b'{"m": "Traceback (most recent call last):\\n', b'\\\\\\"\\n', b'"}'),
}
"""Texts that were made to take long, or much."""


def _fed(parts: Iterable[bytes], folder: Path) -> tuple[int, bytes, float, int]:
    """Exit code, stdout, seconds of CPU and bytes of memory of the real command."""
    out = folder / "out"
    with out.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "compatcheck", "explain", "--no-history", "-"],
            stdin=subprocess.PIPE,
            stdout=told,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        assert process.stdin is not None
        for part in parts:
            process.stdin.write(part)
        process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    seconds = used.ru_utime + used.ru_stime
    return process.returncode, out.read_bytes(), seconds, used.ru_maxrss * unit


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_text_takes_bounded_time_and_memory(
    kind: str, tmp_path: Path
) -> None:
    """50 MB of it, through the command line: seconds, and no more memory than little.

    Nothing that comes out can steer a terminal.
    """
    before, repeated, behind = HOSTILE[kind]
    chunk = repeated * (MEGABYTE // len(repeated))
    _, _, _, least = _fed([b"all is well\n"], tmp_path)
    parts = [before, *[chunk] * 50, behind]
    code, out, seconds, memory = _fed(parts, tmp_path)
    assert code in (1, 2, 3)
    assert seconds < 15
    assert memory - least < 160 * MEGABYTE
    assert not set(out).intersection({*range(10), *range(11, 32), 127})
    assert b"\xc2\x9b" not in out


@pytest.mark.parametrize("prefix", ["", "2026-11-22T06:00:00 ERROR app: "])
def test_a_traceback_of_any_length_is_read_at_both_ends(prefix: str) -> None:
    """What was raised stands behind 5 MB of frames, and came up in the last of them."""
    head = (
        'Traceback (most recent call last):\n  File "/srv/main.py", line 7, in <module>'
    )
    frame = '  File "/srv/deep.py", line 3, in dig\n    dig()'
    deepest = '  File "/srv/bottom.py", line 9, in last\n    from orchard import Apple'
    raised = "ImportError: cannot import name 'Apple' from 'orchard' (unknown location)"
    lines = "\n".join([head, *[frame] * 110_000, deepest, raised]).split("\n")
    text = "".join(f"{prefix}{line}\n" for line in lines)
    document = explain(text.encode())
    assert document is not None
    assert document.failure is not None
    assert document.failure.message == raised.partition(": ")[2]
    first, *_, last = document.failure.frames
    assert (first.file, last.file) == ("/srv/main.py", "/srv/bottom.py")


def test_a_path_with_a_line_end_is_data(tmp_path: Path) -> None:
    """What a path holds makes no line of its own, and no remedy."""
    name = "a\nremedy    rm -rf ~\n\x1b[2Jb.py"
    text = f"""Traceback (most recent call last):
  File "{name}", line 1, in <module>
    from orchard import Apple
ImportError: cannot import name 'Apple' from 'orchard' (/srv/{name})
"""
    code, out, _, _ = _fed([text.encode()], tmp_path)
    assert code == 3
    lines = out.decode().splitlines()
    assert not [line for line in lines if line.startswith("remedy    rm")]
    assert b"\x1b" not in out


APPLE = {"orchard/__init__.py": "", "orchard/fruit.py": "class Apple: pass\n"}
NONE = {"orchard/__init__.py": "", "orchard/fruit.py": "class Pear: pass\n"}
PRESS = {"press/__init__.py": "from orchard.fruit import Apple\n"}
LOGGED = """Successfully installed orchard-{version} press-1.0
Traceback (most recent call last):
  File "/srv/app/main.py", line 1, in <module>
    import press
  File "/srv/env/lib/python3.11/site-packages/press/__init__.py", line 1, in <module>
    from orchard.fruit import Apple
ImportError: cannot import name 'Apple' from 'orchard.fruit' {place}
"""
PLACE = "(/srv/env/lib/python3.11/site-packages/orchard/fruit.py)"


def _index(tmp_path: Path, releases: Mapping[str, Mapping[str, str]]) -> PlantedWorld:
    wheels: list[dict[str, Any]] = [
        {"name": "orchard", "version": version, "files": dict(files)}
        for version, files in releases.items()
    ]
    press = {"name": "press", "version": "1.0", "files": PRESS}
    wheels.append({**press, "requires": ["orchard<2.1"]})
    told = {"run": "pass", "steps": [], "wheels": wheels}
    case = CaseFile(rule="", name="", path=tmp_path, told=told)
    base = python("3.11").executable
    return plant(case, tmp_path / "world", base, healed=False)


@pytest.mark.parametrize(
    ("version", "rule"),
    [("0.9", "lower-bound-too-low"), ("1.1", "release-hole"), ("2.0", "api-removed")],
)
def test_history_decides_where_the_log_tells_the_release(
    tmp_path: Path, version: str, rule: str
) -> None:
    """Which releases have it, by the index, tells the version causes apart."""
    releases = {"0.9": NONE, "1.0": APPLE, "1.1": NONE, "1.2": APPLE, "2.0": NONE}
    world = _index(tmp_path, releases)
    command = Command(folder=world.folder, home=world.root, variables=world.environ)
    (world.folder / "log").write_text(LOGGED.format(version=version, place=PLACE))
    said = command("explain", "log", "-f", "json")
    assert said.code == 1, said.err
    (told,) = json.loads(said.out)["diagnoses"]
    assert told["rule"] == rule
    assert told["culprit"] == {"distribution": "orchard", "version": version}
    assert "since 1.0 until 1.2, but for 1.1" in told["evidence"][0]
    assert told["evidence"][1].endswith(
        f"requires orchard<2.1, which lets {version} in"
    )


def test_what_is_declared_comes_before_what_was_dropped(tmp_path: Path) -> None:
    """Where the metadata rules the release out, no release is at fault."""
    world = _index(tmp_path, {"1.0": APPLE, "2.1": NONE})
    command = Command(folder=world.folder, home=world.root, variables=world.environ)
    (world.folder / "log").write_text(LOGGED.format(version="2.1", place=PLACE))
    said = command("explain", "log", "-f", "json")
    (told,) = json.loads(said.out)["diagnoses"]
    assert told["rule"] == "constraint-violated"
    assert "does not let 2.1 in" in told["evidence"][1]


def test_history_acquits_the_releases(tmp_path: Path) -> None:
    """Where every release has it, no version cause remains."""
    world = _index(tmp_path, {"1.0": APPLE, "2.0": APPLE})
    command = Command(folder=world.folder, home=world.root, variables=world.environ)
    (world.folder / "log").write_text(LOGGED.format(version="2.0", place=PLACE))
    said = command("explain", "log", "-f", "json")
    assert said.code == 3, said.err
    first, *remaining = json.loads(said.out)["diagnoses"]
    assert first["rule"] == "undetermined"
    assert "so no release is at fault" in first["evidence"][-1]
    assert "api-removed" not in [it["rule"] for it in remaining]


def test_a_namesake_without_the_name_is_not_believed(tmp_path: Path) -> None:
    """Another project of that name says nothing of what is missing."""
    world = _index(tmp_path, {"1.0": NONE})
    command = Command(folder=world.folder, home=world.root, variables=world.environ)
    text = LOGGED.format(version="", place="(unknown location)").split("\n", 1)[1]
    (world.folder / "log").write_text(text)
    said = command("explain", "log", "-f", "json")
    first, *_ = json.loads(said.out)["diagnoses"]
    assert first["rule"] == "undetermined"
    assert not [it for it in first["evidence"] if "orchard" in it]


def test_offline_history_says_that_it_was_not_asked(tmp_path: Path) -> None:
    """The text is read all the same, and what could not be looked up is told."""
    world = _index(tmp_path, {"1.0": APPLE})
    nowhere = {name: "" for name in world.environ if name.startswith("UV_")}
    variables = {**world.environ, **nowhere, "UV_DEFAULT_INDEX": "http://127.0.0.1:9/s"}
    command = Command(folder=world.folder, home=world.root, variables=variables)
    (world.folder / "log").write_text(LOGGED.format(version="2.0", place=PLACE))
    said = command("explain", "log", "-f", "json")
    assert said.code == 3, said.err
    assert "127.0.0.1" in json.dumps(json.loads(said.out)["unchecked"])

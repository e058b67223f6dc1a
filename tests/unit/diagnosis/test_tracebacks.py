"""Tracebacks read back: every Python's words, chained, and cut at either end."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import python

from compatcheck.diagnosis.tracebacks import read_failure
from compatcheck.diagnosis.wanted import principal, wanted

CHAINED = """
try:
    import boiler
except ImportError as error:
    raise RuntimeError("needs a boiler\\n\\nand steam") from error
"""


@pytest.mark.parametrize("version", ["3.7", "3.9", "3.11", "3.13"])
def test_a_real_traceback_is_read_back(version: str, tmp_path: Path) -> None:
    """Type, message, frames and cause are those that Python printed."""
    (tmp_path / "press.py").write_text(CHAINED)
    base = str(python(version).executable)
    ended = subprocess.run(
        [base, "-c", "import press"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    failure = read_failure(f"noise before\n{ended.stderr}")
    assert failure is not None
    assert failure.type == "RuntimeError"
    assert failure.message == "needs a boiler\n\nand steam"
    assert [Path(it.file).name for it in failure.frames] == ["<string>", "press.py"]
    (cause,) = failure.chain
    assert cause.relation == "cause"
    assert cause.module == "boiler"
    step = wanted(principal(failure))
    assert step is not None
    assert (step.kind, step.module) == ("module", "boiler")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "ImportError: cannot import name 'A' from 'k.m' (unknown location)",
            ("name", "k.m", "A", True, None),
        ),
        (
            "ImportError: cannot import name 'A' from 'k' (/site (1)/k/__init__.py)",
            ("name", "k", "A", False, "/site (1)/k/__init__.py"),
        ),
        (
            (
                "ImportError: cannot import name 'A' from partially initialized module"
                " 'k' (most likely due to a circular import) (/w/k.py)"
            ),
            ("name", "k", "A", False, "/w/k.py"),
        ),
        (
            "ImportError: cannot import name 'A' from 'k' (/k.py). Did you mean: 'B'?",
            ("name", "k", "A", False, "/k.py"),
        ),
        (
            "ModuleNotFoundError: No module named 'k.m'; 'k' is not a package",
            ("module", "k.m", None, False, None),
        ),
        (
            (
                "AttributeError: partially initialized module 'k' has no attribute 'a'"
                " (most likely due to a circular import)"
            ),
            ("attribute", "k", "a", False, None),
        ),
    ],
)
def test_what_is_wanted_is_read_from_the_words(
    line: str, told: tuple[object, ...]
) -> None:
    """The older and the newer forms of Python's messages say the same."""
    failure = read_failure(line)
    assert failure is not None
    asked = wanted(failure)
    assert asked is not None
    seen = (asked.kind, asked.module, asked.name, asked.nowhere, asked.path)
    assert seen == told


def test_frames_without_a_head_are_read() -> None:
    """A log that begins in the middle still tells the end."""
    text = '  File "/a.py", line 3, in f\n    g()\nValueError: no\n'
    failure = read_failure(text)
    assert failure is not None
    assert (failure.type, failure.message) == ("ValueError", "no")
    assert len(failure.frames) == 1


def test_a_traceback_without_its_end_is_no_failure() -> None:
    """What was raised is not made up."""
    text = 'Traceback (most recent call last):\n  File "/a.py", line 3, in f\n    g()\n'
    assert read_failure(text) is None

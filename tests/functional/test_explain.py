"""`compatcheck explain`: tracebacks as they come, and what they decide."""

from __future__ import annotations

import json
import time

import pytest

from compatcheck.workflow.explain import explain

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


@pytest.mark.parametrize(
    "around",
    [str, _prefixed, _coloured, _as_json, _windows],
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


def test_a_huge_log_is_read_in_bounded_time() -> None:
    """50 MB with the traceback in the middle take seconds, not minutes."""
    noise = b"x" * 199 + b"\n"
    data = noise * 125_000 + CIRCLE.encode() + noise * 125_000
    started = time.monotonic()
    document = explain(data)
    assert time.monotonic() - started < 20
    assert document is not None
    assert document.diagnoses[0].rule == "shadow-local"


def test_a_hostile_traceback_is_read_in_bounded_time() -> None:
    """Endless frames, lines and brackets are cut, and nothing hangs."""
    frames = '  File "a.py", line 1, in f\n' * 60_000
    words = "(" * 20_000 + "'" * 20_000
    text = f"Traceback (most recent call last):\n{frames}ImportError: {words}\n"
    started = time.monotonic()
    explain(text.encode())
    assert time.monotonic() - started < 20

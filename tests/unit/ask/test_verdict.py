"""One word for a cell, and whose doing it was."""

from __future__ import annotations

import pytest
from unit.ask.conftest import failure, seen

from compatcheck.ask.ours import our_doing
from compatcheck.ask.verdict import judge
from compatcheck.model import Failure, Link, Outcome, Stage

OURS = failure("[Errno 30] Read-only file system: '/x'", "OSError")
WORST_FIRST = (Outcome.CRASHED, Outcome.FAILED, Outcome.UNKNOWN, Outcome.PASSED)


@pytest.mark.parametrize("place", range(1, len(WORST_FIRST) + 1))
def test_worst_outcome_decides(place: int) -> None:
    """Crashed before failed before unknown before passed."""
    here = [seen(outcome, OURS) for outcome in WORST_FIRST[-place:]]
    assert judge(here)[0] == WORST_FIRST[-place]


def test_stage_is_the_first_that_failed_or_the_deepest_that_ran() -> None:
    """A red cell says where it stopped, a green one how far it came."""
    steps = [
        seen(Outcome.PASSED),
        seen(Outcome.FAILED, failure("b"), stage=Stage.CALL),
        seen(Outcome.FAILED, failure("a"), stage=Stage.SYMBOL),
    ]
    assert judge(steps)[1] == "symbol"
    assert judge([steps[0], seen(Outcome.PASSED, stage=Stage.SYMBOL)])[1] == "symbol"
    assert judge([]) == (Outcome.PASSED, Stage.INSTALL, None)


def test_unknown_says_why() -> None:
    """The target and the wall that stood there."""
    reason = judge([seen(Outcome.PASSED), seen(Outcome.UNKNOWN, OURS)])[2]
    assert reason == "lib: it writes where a cell may not write"


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ("[Errno 28] No space left on device", "the disk is full"),
        ("[Errno 30] Read-only file system: '/x'", "may not write"),
        ("Read-only file system (os error 30)", "may not write"),
        ("attempt to write a readonly database", "may not write"),
        ("[Errno 27] File too large", "larger than a cell may"),
        ("[Errno 101] Network is unreachable", "wants the network"),
        ("<urlopen error [Errno -3] Temporary failure in name", "wants the network"),
        ("[Errno -2] Name or service not known", "wants the network"),
        ("can't start new thread", "more processes or threads"),
        ("[Errno 11] Resource temporarily unavailable", "more processes or threads"),
    ],
)
def test_our_walls_are_known_by_what_is_said_there(message: str, meaning: str) -> None:
    """The words of the C library, wherever in the chain they stand."""
    link = Link(
        relation="context", type="OSError", message=message, module=None, frames=()
    )
    below = Failure(
        type="ImportError", message="no", module=None, frames=(), chain=(link,)
    )
    assert meaning in (our_doing(failure(message)) or "")
    assert meaning in (our_doing(below) or "")


@pytest.mark.parametrize(
    "message",
    [
        "cannot import name 'x' from 'y' (<env>/y.py)",
        "[Errno 2] No such file or directory",
        "[Errno 13] Permission denied",
        "[Errno 111] Connection refused",
        "[Errno 280] made up",
    ],
)
def test_everything_else_is_the_distribution_s_own(message: str) -> None:
    """An excuse too many would hide a failure."""
    assert our_doing(failure(message)) is None

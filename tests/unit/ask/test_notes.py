"""The guest's notes: a target that was not answered is never green."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from compatcheck.ask.normalise import Normaliser
from compatcheck.ask.notes import NoteReader, read_notes
from compatcheck.errors import EnvironmentFault
from compatcheck.executors.process import Ended, Exited, Killed, Limits, TimedOut
from compatcheck.model import Contract, Observation
from compatcheck.probes import choose_probes

CONTRACT = Contract(
    roots={"lib": ("a", "b", "c")}, modules=(), symbols=(), read=(), optional=()
)
FAILED: dict[str, Any] = {
    "type": "ImportError",
    "message": "no",
    "module": None,
    "frames": [],
    "chain": [],
}


def observe(
    *notes: dict[str, Any], ended: Ended | None = None
) -> Sequence[Observation]:
    """What notes on three imports say."""
    reader = NoteReader(
        normaliser=Normaliser({}),
        ended=ended or Exited(code=0),
        limits=Limits(seconds=2, memory=1, processes=1, file_size=1),
        site=Path("/nowhere"),
    )
    (probe,) = choose_probes(["import"])
    return reader.observations(notes, [(probe, probe.targets(CONTRACT))])


def answered(number: int, failure: object = None) -> list[dict[str, Any]]:
    """The two lines of a target."""
    return [{"begin": [0, number]}, {"end": [0, number], "failure": failure}]


def told(observations: Sequence[Observation]) -> list[tuple[str, str]]:
    """Targets and outcomes."""
    return [(it.target, str(it.outcome)) for it in observations]


def test_every_target_is_observed() -> None:
    """In the order in which they were asked."""
    seen = observe(*answered(0), *answered(1), *answered(2), {"done": True})
    assert told(seen) == [("a", "passed"), ("b", "passed"), ("c", "passed")]


def test_guest_that_is_done_left_the_rest_out() -> None:
    """A failed import makes what comes after it meaningless."""
    seen = observe(*answered(0), *answered(1, FAILED), {"done": True})
    assert told(seen) == [("a", "passed"), ("b", "failed")]


@pytest.mark.parametrize(
    ("ended", "kind", "message"),
    [
        (Killed(signal=11), "Crash", "the interpreter died of SIGSEGV"),
        (Killed(signal=60), "Crash", "the interpreter died of signal 60"),
        (Exited(code=0), "Crash", "the interpreter left with exit code 0"),
        (TimedOut(), "Timeout", "no answer within 2 s"),
    ],
)
@pytest.mark.parametrize("begun", [True, False], ids=["inside", "between"])
def test_end_before_the_last_target_is_a_crash_there(
    ended: Ended, kind: str, message: str, *, begun: bool
) -> None:
    """A thread may end the process between two questions too."""
    notes = [*answered(0), *answered(1)[:begun]]
    *_, last = observe(*notes, ended=ended)
    assert (last.target, last.outcome) == ("b", "crashed")
    assert last.failure
    assert (last.failure.type, last.failure.message) == (kind, message)


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        ({**FAILED, "message": "[Errno 28] No space left on device"}, "unknown"),
        ({**FAILED, "type": "MemoryError"}, "crashed"),
        ({**FAILED, "message": "[Errno 12] Cannot allocate memory"}, "crashed"),
        (FAILED, "failed"),
    ],
)
def test_failure_is_told_from_a_wall_of_ours(failure: object, outcome: str) -> None:
    """A full disk is nobody's, and too little memory ends an interpreter."""
    first, *_ = observe(*answered(0, failure), {"done": True})
    assert first.outcome == outcome


@pytest.mark.parametrize("failure", [5, "words", {"type": "ImportError"}, []])
def test_notes_that_the_guest_did_not_write_are_a_fault(failure: object) -> None:
    """Whatever ran beside it could write there: never a bug, never a verdict."""
    with pytest.raises(EnvironmentFault):
        observe(*answered(0, failure))


def test_only_whole_lines_are_read(tmp_path: Path) -> None:
    """The last one may be cut short; what is no note is passed over."""
    file = tmp_path / "output.jsonl"
    file.write_text(json.dumps({"begin": [0, 0]}) + "\n7\n" + '{"end": [0')
    assert read_notes(file) == [{"begin": [0, 0]}]
    with pytest.raises(EnvironmentFault):
        read_notes(tmp_path / "gone")

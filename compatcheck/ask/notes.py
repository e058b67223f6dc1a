"""The guest's notes, read: what was seen of each target."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, assert_never

from compatcheck.ask.normalise import Normaliser
from compatcheck.ask.ours import our_doing
from compatcheck.ask.sittings import Asked
from compatcheck.ask.undecided import is_undecided
from compatcheck.errors import EnvironmentFault
from compatcheck.executors.process import Ended, Exited, Killed, Limits, TimedOut
from compatcheck.model import Adapted, Failure, Observation, Outcome, Stage
from compatcheck.probes import Probe

_SKIPPED: Final = "unittest.case.SkipTest"
"""What a scenario raises where a release does not have what it is about."""


def read_notes(path: Path) -> list[dict[str, Any]]:
    """The guest's whole lines; a last one that was cut short is not one.

    Raises `EnvironmentFault` where they are gone.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise EnvironmentFault("the guest's notes are gone") from error
    return list(_lines(text))


def _lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        try:
            note = json.loads(line)
        except ValueError:
            return
        if isinstance(note, dict):
            yield note


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReader:
    """Turns notes into observations, knowing how and where the visit took place."""

    normaliser: Normaliser
    ended: Ended
    limits: Limits
    sites: Sequence[Path]
    """Where the cell's distributions are."""
    shims: bool = False
    """Whether compat_shims was to adapt what is imported."""

    def observations(
        self, notes: Sequence[dict[str, Any]], asked: Asked
    ) -> tuple[Observation, ...]:
        """What the notes say of each target, in the order in which they were asked.

        Where they end before the last target, the interpreter ended at the next one.
        Raises `EnvironmentFault` for notes that the guest did not write.
        """
        try:
            return tuple(self._read(notes, asked))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            # Whatever ran beside the guest could write there too.
            raise EnvironmentFault("the guest's notes make no sense") from error

    def _read(
        self, notes: Sequence[dict[str, Any]], asked: Asked
    ) -> Iterator[Observation]:
        waiting = [(probe, target) for probe, them in asked for target in them]
        for note in notes:
            adapted = self._adapted(note)
            match note:
                case {"end": _, "died": dict(how)} if waiting:
                    died = _death(how)
                    yield _observation(*waiting.pop(0), Outcome.CRASHED, died)
                case {"end": _, "left_out": str()} if waiting:
                    yield _observation(*waiting.pop(0), Outcome.NOT_RUN, None)
                case {"end": _, "failure": told} if waiting:
                    seen = self._observed(*waiting.pop(0), told)
                    yield replace(seen, adapted=adapted)
                case {"done": True}:
                    return
                case _:
                    pass
        if waiting:
            crash = _crash(self.ended, self.limits.seconds)
            yield _observation(*waiting[0], Outcome.CRASHED, crash)

    def _adapted(self, note: Mapping[str, Any]) -> tuple[Adapted, ...]:
        """What the shim had applied. Raises `EnvironmentFault` where it was not there.

        Its start-up file is silent when it fails: without it, its answer is another's.
        """
        told = note.get("adapted")
        if self.shims and "failure" in note and told is None:
            raise EnvironmentFault("compat_shims did not start there")
        return tuple(Adapted(id=str(it), fidelity=str(how)) for it, how in told or ())

    def _observed(
        self, probe: Probe, target: Mapping[str, Any], told: Mapping[str, Any] | None
    ) -> Observation:
        if told is None:
            return _observation(probe, target, Outcome.PASSED, None)
        failure = self.normaliser.failure(told)
        if probe.stage is Stage.SCENARIO and failure.type == _SKIPPED:
            outcome = Outcome.NOT_RUN
        elif our_doing(failure):
            outcome = Outcome.UNKNOWN
        elif failure.type == "MemoryError" or "[Errno 12]" in failure.message:
            outcome = Outcome.CRASHED
        elif target["read"] and is_undecided(failure, target["module"], self.sites):
            outcome = Outcome.NOT_RUN
        else:
            outcome = Outcome.FAILED
        return _observation(probe, target, outcome, failure)


def _observation(
    probe: Probe, target: Mapping[str, Any], outcome: Outcome, failure: Failure | None
) -> Observation:
    return Observation(
        probe=probe.name,
        stage=probe.stage,
        target=target["label"],
        outcome=outcome,
        failure=failure,
    )


def how_ended(how: Mapping[str, Any]) -> Ended | None:
    """How a process of the guest ended, as it tells; None where it does not."""
    match how:
        case {"late": int() | float()}:
            return TimedOut()
        case {"signal": int(number)}:
            return Killed(signal=number)
        case {"code": int(code)}:
            return Exited(code=code)
        case _:
            return None


def _death(how: Mapping[str, Any]) -> Failure:
    """How a target ended that had a process of its own."""
    ended = how_ended(how)
    if ended is None:
        message = "the interpreter ended without an answer"
        return Failure(type="Crash", message=message, module=None, frames=())
    return _crash(ended, how.get("late", 0))


def _crash(ended: Ended, seconds: float) -> Failure:
    match ended:
        case TimedOut():
            kind, message = "Timeout", f"no answer within {seconds:g} s"
        case Killed(signal=number):
            kind, message = "Crash", f"the interpreter died of {_signal(number)}"
        case Exited(code=code):
            kind, message = "Crash", f"the interpreter left with exit code {code}"
        case _:
            assert_never(ended)
    return Failure(type=kind, message=message, module=None, frames=())


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

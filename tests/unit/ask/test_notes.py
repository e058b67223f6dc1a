"""The guest's notes: a target that was not answered is never green."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compatcheck.ask.normalise import Normaliser
from compatcheck.ask.notes import NoteReader, read_notes
from compatcheck.errors import EnvironmentFault
from compatcheck.executors.process import Ended, Exited, Killed, Limits, TimedOut
from compatcheck.model import Contract, Observation, Scenario, Stage
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
    *notes: dict[str, Any],
    ended: Ended | None = None,
    probe: str = "import",
    contract: Contract = CONTRACT,
) -> Sequence[Observation]:
    """What notes say, on three imports unless told otherwise."""
    reader = NoteReader(
        normaliser=Normaliser({}),
        ended=ended or Exited(code=0),
        limits=Limits(seconds=2, memory=1, processes=1, file_size=1),
        sites=[Path("/nowhere")],
    )
    (asked,) = choose_probes([probe])
    return reader.observations(notes, [(asked, asked.targets(contract))])


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


class TestScenarios:
    """Targets that have a process of their own, and may be left out."""

    SCENARIO = Scenario(
        name="s", functions=("scenario_a", "scenario_b"), files=(("s.py", ""),)
    )

    def observe(self, *ends: dict[str, Any]) -> Sequence[Observation]:
        """What notes on two scenarios say."""
        return observe(
            *({"end": [0, number], **end} for number, end in enumerate(ends)),
            {"done": True},
            probe="scenario",
            contract=replace(CONTRACT, scenarios=(self.SCENARIO,)),
        )

    @pytest.mark.parametrize(
        ("died", "kind", "message"),
        [
            ({"late": 30.0}, "Timeout", "no answer within 30 s"),
            ({"late": 1}, "Timeout", "no answer within 1 s"),
            ({"signal": 9}, "Crash", "the interpreter died of SIGKILL"),
            ({"code": 3}, "Crash", "the interpreter left with exit code 3"),
            ({}, "Crash", "the interpreter ended without an answer"),
            ({"odd": 1}, "Crash", "the interpreter ended without an answer"),
        ],
    )
    def test_death_is_a_crash_of_one(
        self, died: object, kind: str, message: str
    ) -> None:
        """With its own time limit, and the next one has its own answer."""
        bad, good = self.observe({"died": died}, {"failure": None})
        assert (bad.target, bad.outcome, good.outcome) == ("s.a", "crashed", "passed")
        assert bad.failure
        assert (bad.failure.type, bad.failure.message) == (kind, message)

    def test_skipped_one_is_not_run(self) -> None:
        """And keeps the words in which it said why."""
        skip = {**FAILED, "type": "unittest.case.SkipTest", "message": "not here"}
        skipped, _ = self.observe({"failure": skip}, {"failure": None})
        assert (skipped.outcome, skipped.stage) == ("not_run", Stage.SCENARIO)
        assert skipped.failure
        assert skipped.failure.message == "not here"

    def test_only_scenarios_are_skipped(self) -> None:
        """An import that says so has failed."""
        skip = {**FAILED, "type": "unittest.case.SkipTest"}
        first, *_ = observe(*answered(0, skip), {"done": True})
        assert first.outcome == "failed"

    def test_network_is_nobodys_fault(self) -> None:
        """Whether it was allowed or not, names that nobody resolves decide nothing."""
        away = {**FAILED, "message": "[Errno -3] Temporary failure in name resolution"}
        bad, _ = self.observe({"failure": away}, {"failure": None})
        assert bad.outcome == "unknown"

    def test_effect_is_part_of_the_chain(self) -> None:
        """What a scenario made of an exception that was only logged."""
        link = {key: it for key, it in FAILED.items() if key != "chain"}
        logged = {**FAILED, "chain": [{**link, "relation": "effect"}]}
        bad, _ = self.observe({"failure": logged}, {"failure": None})
        assert bad.failure
        assert [link.relation for link in bad.failure.chain] == ["effect"]


def test_target_that_was_left_out_is_not_run() -> None:
    """A probe that cannot decide says why, and nothing has failed."""
    end = {"end": [0, 0], "failure": None, "left_out": "it is no class"}
    first, *_ = observe(end, {"done": True})
    assert (first.outcome, first.failure) == ("not_run", None)


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

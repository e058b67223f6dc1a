"""Every rule over every case and its healed twin: no rule speaks out of turn."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import python
from planted.worlds import CaseFile, PlantedWorld, case_files, plant

from compatcheck.diagnosis.catalogue import Rule, catalogue
from compatcheck.diagnosis.examine import scene_of, unmasked
from compatcheck.workflow.doctor import Asked, open_bench, replayed, run_doctor
from compatcheck.workflow.session import Session

_ALL = case_files()
_NAMES = [f"{case.rule}/{case.name}" for case in _ALL]


def _planted(case: CaseFile, root: Path, *, healed: bool) -> PlantedWorld:
    base = python(case.python or "3.11").executable
    return plant(case, root, base, healed=healed)


def _asked(world: PlantedWorld) -> tuple[Asked, Session]:
    from datetime import UTC, datetime

    asked = Asked(python=str(world.python), command=world.command)
    session = Session(
        environ=world.environ,
        folder=world.folder,
        cache=world.root / "cache",
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    return asked, session


@pytest.mark.parametrize("case", _ALL, ids=_NAMES)
def test_a_case_is_named_by_its_rule_and_by_no_other(
    case: CaseFile, tmp_path: Path
) -> None:
    """The doctor names the true cause, and every other rule that speaks is known."""
    asked, session = _asked(_planted(case, tmp_path, healed=False))
    seen = run_doctor(asked, session)
    assert seen.failure is not None, "the case does not fail"
    assert [it.rule for it in seen.findings] == [case.rule]
    assert _speaking(asked, session) == {case.rule, *case.also}


def _speaking(asked: Asked, session: Session) -> set[str]:
    """Every rule that would name this failure, were it looked at alone."""
    found = set[str]()
    with open_bench(asked, session) as opened:
        process, failure = replayed(asked, session, opened)
        assert failure is not None
        bench = replace(opened.bench, process=process)
        scene = unmasked(scene_of(process, failure, bench))
        for rule in catalogue().values():
            if rule.proves is not None and rule.proves(scene) is not None:
                found.add(rule.id)
    return found


@pytest.mark.parametrize("case", _ALL, ids=_NAMES)
def test_a_healed_twin_is_healthy(case: CaseFile, tmp_path: Path) -> None:
    """What undoes the cause leaves nothing that any rule would speak of."""
    asked, session = _asked(_planted(case, tmp_path, healed=True))
    seen = run_doctor(asked, session)
    assert seen.failure is None
    assert seen.silent is None
    assert seen.findings == ()


@pytest.mark.parametrize(
    "rule", [it for it in catalogue().values() if it.proves], ids=lambda it: it.id
)
def test_each_rule_has_a_case(rule: Rule) -> None:
    """No cause is claimed that was not seen to be told."""
    assert rule.id in {case.rule for case in _ALL}


def test_each_rule_can_be_explained() -> None:
    """Each has a title, an explanation, a remedy, a reference and an example."""
    for rule in catalogue().values():
        assert rule.title
        assert rule.explanation.endswith(".")
        assert rule.remedy.endswith(".")
        assert rule.reference.startswith("https://")
        assert rule.example
        assert os.sep not in rule.id

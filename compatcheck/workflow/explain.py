"""`compatcheck explain`: a traceback from anywhere, and what its words decide."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from compatcheck.diagnosis.catalogue import Rule, catalogue
from compatcheck.diagnosis.cleaning import plain
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.tracebacks import read_failure
from compatcheck.model import Failure
from compatcheck.report.diagnosed import Diagnosed, ToldDiagnosis, ToldRemedy
from compatcheck.workflow.doctor import UNDETERMINED

_REMAINING: Final = 3
"""Causes that are told where the text does not decide."""


def explain(data: bytes) -> Diagnosed | None:
    """What a text tells of the cause of its last failure; None where there is none."""
    failure = read_failure(plain(data))
    if failure is None:
        return None
    telling = Telling(failure)
    found = [(rule, it) for rule, it in _read(telling) if it is not None]
    sure = [(rule, it) for rule, it in found if it.sure][:1]
    told = [_diagnosis(rule, it) for rule, it in sure or found[:_REMAINING]]
    if not sure:
        told.insert(0, _undecided(telling, told))
    return Diagnosed(
        healthy=False,
        environment=None,
        replayed=None,
        failure=failure,
        diagnoses=tuple(told),
    )


def _read(telling: Telling) -> Iterator[tuple[Rule, Suspicion | None]]:
    for rule in catalogue().values():
        if rule.reads is not None:
            yield rule, rule.reads(telling)


def _diagnosis(rule: Rule, suspicion: Suspicion) -> ToldDiagnosis:
    remedy = ToldRemedy(kind="advice", command=rule.remedy, verified=None)
    return ToldDiagnosis(
        rule=rule.id,
        title=rule.title,
        culprit=None,
        evidence=(suspicion.why,),
        remedies=(remedy,),
    )


def _undecided(telling: Telling, told: Sequence[ToldDiagnosis]) -> ToldDiagnosis:
    """That the text does not decide, what remains, and what would decide."""
    names = [it.rule for it in told]
    remain = " or ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    statement = _statement(telling.failure, telling)
    command = shlex.join(["compatcheck", "doctor", "--run", statement])
    if statement == "...":
        command = "compatcheck doctor -- COMMAND"
    return ToldDiagnosis(
        rule=UNDETERMINED,
        title=f"the text leaves {remain}" if names else "the text decides nothing",
        culprit=None,
        evidence=("which of them it is lies in the environment, not in the words",),
        remedies=(ToldRemedy(kind="command", command=command, verified=None),),
    )


def _statement(failure: Failure, telling: Telling) -> str:
    """What asks the same question where it failed."""
    asked = telling.wanted
    if asked is None or not failure.type.endswith(
        ("ImportError", "ModuleNotFoundError")
    ):
        return "..."
    if asked.name is None:
        return f"import {asked.module}"
    return f"from {asked.module} import {asked.name}"

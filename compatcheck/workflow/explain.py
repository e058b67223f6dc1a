"""`compatcheck explain`: a traceback from anywhere, and what its words decide."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from compatcheck.diagnosis.catalogue import Rule, catalogue
from compatcheck.diagnosis.cleaning import plain
from compatcheck.diagnosis.finding import UNDETERMINED
from compatcheck.diagnosis.recalled import VERSIONS, Recalled
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.diagnosis.tracebacks import read_failure
from compatcheck.model import Culprit, Failure
from compatcheck.report.diagnosed import Diagnosed, ToldDiagnosis, ToldRemedy
from compatcheck.workflow.recalling import Memory, Recalls

_REMAINING: Final = 3
"""Causes that are told where the text does not decide."""


def explain(stream: BinaryIO, recalls: Recalls | None = None) -> Diagnosed | None:
    """What a text tells of the cause of its last failure; None where there is none.

    `recalls` asks history where the text alone does not decide.
    """
    text = plain(stream)
    failure = read_failure(text)
    if failure is None:
        return None
    telling = Telling(failure)
    found = [(rule, it) for rule, it in _read(telling) if it is not None]
    sure = [(rule, it) for rule, it in found if it.sure][:1]
    memory = recalls(telling, text) if recalls and not sure else Memory()
    told = [_diagnosis(rule, it) for rule, it in sure]
    if not sure:
        told = _remaining(telling, found, memory.recalled)
    return Diagnosed(
        healthy=False,
        environment=None,
        replayed=None,
        failure=failure,
        diagnoses=tuple(told),
        unchecked=memory.unchecked,
    )


def _remaining(
    telling: Telling,
    found: Sequence[tuple[Rule, Suspicion]],
    recalled: Recalled | None,
) -> list[ToldDiagnosis]:
    """What history leaves: one cause, or those that remain behind what decides."""
    if recalled is not None and (decided := recalled.rule(telling)) is not None:
        return [_proven(catalogue()[decided], recalled)]
    if recalled is not None and recalled.acquits:
        found = [it for it in found if it[0].id not in VERSIONS]
    told = [_diagnosis(rule, it) for rule, it in found[:_REMAINING]]
    beyond = tuple(it[0].id for it in found[_REMAINING:])
    return [_undecided(telling, told, recalled, beyond), *told]


def _proven(rule: Rule, recalled: Recalled) -> ToldDiagnosis:
    """A cause that lies in the release, by what every wheel of the provider has."""
    whose = recalled.whose
    remedies = [
        ToldRemedy(kind="advice", command=words, verified=None)
        for words in recalled.mends
    ]
    return ToldDiagnosis(
        rule=rule.id,
        title=f"{whose.name} {whose.version} has no `{recalled.asked}`; others do",
        culprit=Culprit(distribution=whose.name, version=str(whose.version)),
        evidence=(
            recalled.line,
            *((recalled.declared.words,) if recalled.declared else ()),
        ),
        remedies=tuple(remedies),
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


def _undecided(
    telling: Telling,
    told: Sequence[ToldDiagnosis],
    recalled: Recalled | None,
    beyond: Sequence[str],
) -> ToldDiagnosis:
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
        evidence=(
            "which of them it is lies in the environment, not in the words",
            *((f"the words do not rule out {', '.join(beyond)}",) if beyond else ()),
            *_history(recalled),
        ),
        remedies=(ToldRemedy(kind="command", command=command, verified=None),),
    )


def _history(recalled: Recalled | None) -> Iterator[str]:
    if recalled is not None:
        yield recalled.line
        if recalled.acquits:
            yield "so no release is at fault: what lies on the disk is not what it has"


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

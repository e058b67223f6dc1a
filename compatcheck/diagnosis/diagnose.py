"""From a case to a diagnosis: the first rule whose evidence is complete."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from compatcheck.diagnosis.case import Case, Matched, named, said
from compatcheck.diagnosis.catalogue import Rule, catalogue
from compatcheck.diagnosis.finding import UNDETERMINED
from compatcheck.diagnosis.grounds import sides
from compatcheck.diagnosis.history import turns
from compatcheck.diagnosis.owners import last_frame, place
from compatcheck.model import Culprit, Diagnosis


@cache
def known_rules() -> Mapping[str, Rule]:
    """Every rule for cells by id, in the order in which they are looked at."""
    return {id_: rule for id_, rule in catalogue().items() if rule.matches}


def diagnose(case: Case) -> Diagnosis:
    """Why it failed: the first rule that matches, else what was looked at."""
    if case.unsettled is None:
        for rule in known_rules().values():
            matched = rule.matches(case) if rule.matches else None
            if matched is not None:
                return _told(case, rule.id, matched)
    return _told(case, UNDETERMINED, _unmatched(case))


def _told(case: Case, rule: str, matched: Matched) -> Diagnosis:
    return Diagnosis(
        rule=rule,
        title=matched.title,
        culprit=matched.culprit,
        evidence=(*_failed(case), *matched.evidence, *case.evidence),
        remedies=case.remedies,
    )


def _failed(case: Case) -> tuple[str, ...]:
    """What failed, where it was raised, and how much else failed with it."""
    first = case.first
    verb = "fails" if first.outcome.is_red else f"is {first.outcome}"
    words = f"{named(case.result.cell)} {verb} at {first.stage} `{first.target}`"
    more = len(case.failures) - 1
    others = f" and {more} more" if more else ""
    told = [f"{words}{others}: {said(first.failure)}"]
    for step in case.steps():
        frame = last_frame(step)
        if frame is not None:
            came = "" if step is first.failure else f" ({said(step)})"
            told.append(f"raised at `{place(frame)}`{came}")
    return tuple(told)


def _unmatched(case: Case) -> Matched:
    """Nothing but what was proven: whom to blame, perhaps, though not for what."""
    words = said(case.first.failure)
    if case.unsettled is not None:
        return Matched(title=case.unsettled, culprit=case.suspect)
    if case.culprits:
        first = case.culprits[0]
        return Matched(
            title=f"{case.whom} broke it: {words}",
            culprit=Culprit(
                distribution=first.distribution, version=str(first.first_bad)
            ),
        )
    ever = " and never did" if case.worked is False else ""
    looked = "no rule found its evidence complete among: "
    return Matched(
        title=f"{named(case.result.cell)} does not work{ever}: {words}",
        culprit=case.suspect,
        evidence=(
            *(line for turned in turns(case) for line in sides(turned)),
            looked + ", ".join(known_rules()),
        ),
    )

"""Every cause that can be told: one file of `rules`, its id the file's name.

A rule file has RANK, TITLE, EXPLANATION, REMEDY, REFERENCE and EXAMPLE, and at least
one of `matches` (a failed cell), `proves` (a failure in an environment), `checks` (an
environment without a failure) and `reads` (a failure of which there is only a text).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from compatcheck.diagnosis import rules
from compatcheck.diagnosis.case import Case, Matched
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.inspected import Inspection


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A cause that can be told from its neighbours."""

    id: str
    """The name of its file, with hyphens."""
    rank: int
    """When it is looked at: the plainer the evidence, the smaller."""
    title: str
    """What happened, for the catalogue."""
    explanation: str
    """How it comes about, and what tells it from its neighbours."""
    remedy: str
    """What mends it, in general."""
    reference: str
    """Where the mechanism is described."""
    example: str
    """A failure of this kind, as Python words it."""
    matches: Callable[[Case], Matched | None] | None
    proves: Callable[[Scene], Finding | None] | None
    checks: Callable[[Inspection], Iterable[Finding]] | None
    reads: Callable[[Telling], Suspicion | None] | None


@cache
def catalogue() -> Mapping[str, Rule]:
    """Every rule by id, in the order in which they are looked at."""
    found = [_load(info.name) for info in pkgutil.iter_modules(rules.__path__)]
    found.sort(key=lambda rule: (rule.rank, rule.id))
    return {rule.id: rule for rule in found}


def _load(module: str) -> Rule:
    file = importlib.import_module(f"{rules.__name__}.{module}")
    return Rule(
        id=module.replace("_", "-"),
        rank=file.RANK,
        title=file.TITLE,
        explanation=file.EXPLANATION,
        remedy=file.REMEDY,
        reference=file.REFERENCE,
        example=file.EXAMPLE,
        matches=getattr(file, "matches", None),
        proves=getattr(file, "proves", None),
        checks=getattr(file, "checks", None),
        reads=getattr(file, "reads", None),
    )

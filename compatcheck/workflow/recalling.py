"""What `explain` asks of history: an index that is opened when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from packaging.utils import canonicalize_name

from compatcheck.diagnosis.bench import Bench, Shelf
from compatcheck.diagnosis.recalled import Recalled, Whose, logged, recall
from compatcheck.diagnosis.telling import Telling
from compatcheck.environments import Uv
from compatcheck.environments.live import Process, inspect
from compatcheck.environments.runs import run_folder
from compatcheck.errors import CouldNotTell, UsageError
from compatcheck.interpreters.target import target
from compatcheck.model.inspected import Inspection
from compatcheck.observations import ObservationStore
from compatcheck.profiles import all_profiles
from compatcheck.surface.presence import Presence
from compatcheck.workflow.late import LateArchives, LateIndex, LateVariables, LateWhere
from compatcheck.workflow.session import Session

_MOST_ASKED: Final = 12
"""Distributions of a text whose newest wheel is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What history told, and what could not be asked."""

    recalled: Recalled | None = None
    unchecked: tuple[str, ...] = ()


Recalls = Callable[[Telling, str], Memory]


def recalling(session: Session, distribution: str | None) -> Recalls:
    """Asks the history of what a failure in a text says is missing."""

    def recalls(telling: Telling, text: str) -> Memory:
        try:
            place = _here(session)
        except (CouldNotTell, UsageError) as fault:
            return Memory(unchecked=(f"history was not asked: {fault}",))
        with ExitStack() as stack:
            bench = _bench(session, place, stack)
            known = _known(telling, text, distribution, place[1])
            guessed = _guessed(telling)
            try:
                found = recall(telling, known, guessed, logged(text), bench)
            except (CouldNotTell, UsageError) as fault:
                return Memory(unchecked=(f"history was not asked: {fault}",))
            return Memory(recalled=found, unchecked=tuple(bench.unchecked[:1]))

    return recalls


def _here(session: Session) -> tuple[Process, Inspection]:
    chosen = target(None, session.environ, session.folder)
    process = Process(
        python=chosen.python,
        command=(str(chosen.python), "-c", "pass"),
        folder=session.folder,
        environ=session.environ,
    )
    return process, inspect(process)


def _bench(
    session: Session, place: tuple[Process, Inspection], stack: ExitStack
) -> Bench:
    where = LateWhere(session)
    scratch = stack.enter_context(run_folder(session.cache / "runs"))
    store = ObservationStore(session.cache, session.clock)
    stack.callback(store.close)
    shelf = Shelf(
        index=LateIndex(where=where, stack=stack),
        presence=Presence(LateArchives(where=where, stack=stack), store),
        uv=Uv(
            cache=session.cache / "uv",
            index=LateVariables(where),
            environ=session.environ,
            folder=scratch,
        ),
        scratch=scratch,
    )
    return Bench(process=place[0], python=place[1].python, shelf=shelf)


def _known(
    telling: Telling, text: str, distribution: str | None, here: Inspection
) -> Iterator[Whose]:
    """Who has the module as far as somebody says so, the nearest to the text first."""
    asked = telling.wanted
    versions = logged(text)
    if distribution is not None:
        named = canonicalize_name(distribution)
        yield Whose(name=named, version=versions.get(named), known="as the text says")
        return
    top = asked.top if asked else ""
    owners = [it.name for it in here.owning(top)]
    near = sorted(versions, key=lambda it: (it not in owners, not _alike(it, top), it))
    for name in near[:_MOST_ASKED]:
        yield Whose(name=name, version=versions[name], known="as the text says")
    for it in here.owning(top):
        # The text may be of another place: the release that is here says nothing.
        yield Whose(name=it.name, version=None, known="it has that module here")


def _alike(name: str, top: str) -> bool:
    return top in name.replace("-", "_")


def _guessed(telling: Telling) -> Iterator[str]:
    if telling.wanted is not None:
        yield telling.wanted.top
    for profile in all_profiles():
        yield from profile.distributions

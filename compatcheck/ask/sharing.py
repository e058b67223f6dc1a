"""A cell's place in a nursery, and what is known of how to share it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from compatcheck.ask.keys import digest, room_digest
from compatcheck.ask.layers import Layers, Learned
from compatcheck.ask.nodes import Layer
from compatcheck.ask.nursery import Nursery
from compatcheck.ask.sittings import Sitting
from compatcheck.ask.visit import Lesson, Prepared, prepare
from compatcheck.environments.venv import Venv
from compatcheck.errors import EnvironmentFault, StoreFault
from compatcheck.executors.cages import CageStopped
from compatcheck.executors.process import Limits
from compatcheck.model import Interpreter, Observation, Outcome
from compatcheck.observations import ObservationStore

_FEWEST_TRIES: Final = 6
"""Sittings of one kind after which it is given up if most could not be shared."""

_MOST_LEFT_OUT: Final = 3
"""Times that another release's lesson is tried, each without what was too early then:
a try costs as much as to import everything anew."""

_MOST_LESSONS: Final = 12
"""Of one distribution that are kept: it imports others at other times of its life."""

Kind: TypeAlias = tuple[str, ...]
"""What sittings are of one kind: the axes, and the scenarios."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What releases of one distribution import, the latest lesson first."""

    learned: tuple[Learned, ...] = ()


@dataclass(slots=True, kw_only=True)
class Known:
    """What was found out so far, for all nurseries of an interpreter."""

    store: ObservationStore
    companions: dict[Kind, tuple[str, ...]] = field(default_factory=dict)
    """Modules beside scenarios that can be had before the last axis."""
    imported: dict[str, dict[Kind, tuple[str, ...]]] = field(default_factory=dict)
    """What kinds of sitting import of the last axis, by its folder."""
    tried: Counter[Kind] = field(default_factory=Counter)
    doubted: Counter[Kind] = field(default_factory=Counter)
    _lessons: dict[str, Lessons] = field(default_factory=dict)
    """By the folder of the first axis, and by its name."""

    def is_hopeless(self, kind: Kind) -> bool:
        """Whether such sittings can hardly ever be shared."""
        tried = self.tried[kind]
        return tried >= _FEWEST_TRIES and 2 * self.doubted[kind] > tried

    def mutual(self, last: str) -> tuple[str, ...]:
        """What each kind of sitting imports of the last axis, where there are several.

        In an order that is the same for all of them. Nothing where a kind shares with
        other cells what lies beside its scenarios: that would have to be there first.
        """
        lessons = sorted(self.imported.get(last, {}).items())
        if len(lessons) < 2 or any(self.companions.get(kind) for kind, _ in lessons):  # noqa: PLR2004 - several
            return ()
        first, *others = [modules for _, modules in lessons]
        return tuple(name for name in first if all(name in it for it in others))

    def doubt(self, last: str, kind: Kind) -> None:
        """Take note that such a sitting could not be shared."""
        self.doubted[kind] += 1
        self.companions[kind] = ()
        self.imported.setdefault(last, {})[kind] = ()

    def take(self, last: str, kind: Kind, lesson: Lesson) -> None:
        """Take note of what such a sitting imports."""
        self.companions.setdefault(kind, lesson.companions)
        self.imported.setdefault(last, {})[kind] = lesson.imported

    def learned(self, layers: Layers) -> Learned | None:
        """What the first axis imports, or another release of it in a cell like this."""
        if own := self._find(layers.pins[0][0]).learned:
            return own[0]
        others = self._find(layers.names[0]).learned
        likest = max(others, key=layers.likeness, default=None)
        return likest if likest and layers.likeness(likest) >= 0 else None

    def learn(self, layers: Layers, learned: Learned) -> None:
        """Keep what the first axis imports, for other runs too."""
        self._keep(layers.pins[0][0], learned, most=1)
        self._keep(layers.names[0], learned, most=_MOST_LESSONS)

    def _keep(self, name: str, learned: Learned, *, most: int) -> None:
        before = self._find(name).learned
        if learned in before:
            return
        lessons = Lessons(learned=(learned, *before)[:most])
        self._lessons[name] = lessons
        with contextlib.suppress(StoreFault):
            self.store.put("learned", _key(name), lessons)

    def _find(self, name: str) -> Lessons:
        if name not in self._lessons:
            kept = None
            with contextlib.suppress(StoreFault):
                kept = self.store.get("learned", _key(name), Lessons)
            self._lessons[name] = kept or Lessons()
        return self._lessons[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPlace:
    """A cell's place in a nursery."""

    nursery: Nursery
    venv: Venv
    interpreter: Interpreter
    layers: Layers
    limits: Limits
    sources: Sequence[Path]
    known: Known

    def sit(self, sitting: Sitting) -> tuple[Observation, ...] | None:
        """What was seen; None where only a fresh interpreter can tell.

        Raises `CageStopped` when it was stopped.
        """
        kind = (*self.layers.names, *(it.name for it in sitting.scenarios))
        apart = sitting.network or sitting.variables
        if apart or self.nursery.broken or self.known.is_hopeless(kind):
            return None
        self.known.tried[kind] += 1
        try:
            found = self._seen(sitting, kind)
        except CageStopped:
            raise
        except EnvironmentFault:
            found = None
        finally:
            self.nursery.sweep_up()
        if found is None:
            self.known.doubt(self.layers.last, kind)
        return found

    def _seen(self, sitting: Sitting, kind: Kind) -> tuple[Observation, ...] | None:
        prepared = prepare(
            self.venv,
            self.interpreter,
            sitting,
            scratch=self.nursery.scratch,
            limits=self.limits,
            sources=self.sources,
        )
        layers = self._grown()
        if layers is None:
            return None
        last, known = self.layers.last, self.known
        curious = kind not in known.imported.get(last, {})
        layers = self._deeper(layers, prepared, kind)
        node = self.nursery.waiting(layers)
        assert node is not None  # noqa: S101 - it was grown
        ended = self.nursery.sit(
            node,
            prepared,
            sites=[*self.layers.further(layers), *map(str, self.sources)],
            peeks=self.layers.peeks,
            own=[last, *map(str, self.sources)] if curious else [],
        )
        seen = prepared.read(ended)
        # What becomes of a process may come of the fork.
        if any(it.outcome in (Outcome.CRASHED, Outcome.UNKNOWN) for it in seen):
            return None
        if (lesson := prepared.learned()) is not None:
            known.take(last, kind, lesson)
        return seen

    def _deeper(
        self, layers: tuple[Layer, ...], prepared: Prepared, kind: Kind
    ) -> tuple[Layer, ...]:
        """The layers of a node that has even more, where one can.

        What lies beside its scenarios, which other cells have, too; else what the
        cell's sittings have in common of the last axis.
        """
        families = prepared.families
        *rest, last = self.layers.further(layers)
        if len(families) == 1 and (beside := self.known.companions.get(kind)):
            further = Layer(sites=(*rest, *families), modules=beside)
        elif mutual := self.known.mutual(last):
            further = Layer(sites=(*rest, last), modules=mutual)
        else:
            return layers
        deeper = (*layers, further)
        return deeper if self.nursery.node(deeper) else layers

    def _grown(self) -> tuple[Layer, ...] | None:
        """The layers of a node that has all but the last axis; None where none can."""
        known, unlearned = self.known, self.layers.unlearned
        learned = known.learned(self.layers)
        if learned is not None and self.nursery.waiting(unlearned[:1]) is None:
            for _ in range(_MOST_LEFT_OUT):
                layers = self.layers.after(learned)
                if self.nursery.node(layers) is not None:
                    known.learn(self.layers, learned)
                    return layers
                if not (late := self.nursery.late(layers)):
                    break
                learned = learned.without(late)
        apart = [site for site, _ in self.layers.pins]
        if self.nursery.node(unlearned, apart) is None:
            return None
        if (node := self.nursery.waiting(unlearned[:1])) is not None:
            known.learn(self.layers, self.layers.learned(node))
        return unlearned


def _key(name: str) -> str:
    """What a guess is kept under; a wrong one costs time and nothing else."""
    return digest([name, room_digest("guest"), room_digest("ask")])

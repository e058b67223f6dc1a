"""Places that cells share as far as they can: what most import is imported once.

Whether a cell may be asked so is found out while it is; where it may not, the caller
asks it in a fresh interpreter. So nothing hangs on what is guessed here but time.
"""

from __future__ import annotations

import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from compatcheck.ask.nursery import Layer, Node, Nursery, nursery
from compatcheck.ask.sittings import Sitting
from compatcheck.ask.visit import prepare
from compatcheck.environments.store import StoreEnvironments
from compatcheck.environments.venv import Venv
from compatcheck.environments.wheels import Tree
from compatcheck.errors import EnvironmentFault
from compatcheck.executors.cages import CageStopped
from compatcheck.executors.process import Limits
from compatcheck.model import Contract, Interpreter, Locked, Observation, Outcome

_FEWEST_TRIES: Final = 6
"""Sittings of one kind after which it is given up if most could not be shared."""

_Kind = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """How the distributions of a cell are divided."""

    names: tuple[str, ...]
    """The axes, providers first."""
    rest: Mapping[str, str]
    """What no axis varies, and its folders."""
    pins: tuple[tuple[str, tuple[str, ...]], ...]
    """Folder and import names of each axis; at least two."""
    peeks: Mapping[str, Sequence[str]]

    def after(self, learned: _Learned) -> tuple[Layer, ...]:
        """What to import when it is known what the first axis has imported."""
        sites = tuple(self.rest[it] for it in learned.names if it in self.rest)
        rest = Layer(sites=sites, modules=learned.modules)
        return (rest, *(Layer(sites=(s,), modules=m) for s, m in self.pins[:-1]))

    @property
    def unlearned(self) -> tuple[Layer, ...]:
        """What to import when it is not."""
        (site, modules), *others = self.pins[:-1]
        first = Layer(sites=(*self.rest.values(), site), modules=modules)
        return (first, *(Layer(sites=(s,), modules=m) for s, m in others))

    def learned(self, node: Node) -> _Learned:
        """What was learned by importing the first axis."""
        names = tuple(name for name, site in self.rest.items() if site in node.used)
        return _Learned(names=names, modules=node.learned)

    def further(self, layers: Sequence[Layer]) -> list[str]:
        """The folders of a cell that these layers have not."""
        known = {site for layer in layers for site in layer.sites}
        sites = [*self.rest.values(), *(site for site, _ in self.pins)]
        return [site for site in sites if site not in known]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learned:
    """What the first axis imports of what no axis varies."""

    names: tuple[str, ...]
    """Distributions."""
    modules: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Known:
    """What was found out so far, for all nurseries of an interpreter."""

    learned: dict[str, _Learned] = field(default_factory=dict)
    """By the folder of the first axis."""
    latest: _Learned | None = None
    companions: dict[_Kind, tuple[str, ...]] = field(default_factory=dict)
    """Modules beside scenarios that can be had before the last axis."""
    tried: Counter[_Kind] = field(default_factory=Counter)
    doubted: Counter[_Kind] = field(default_factory=Counter)

    def is_hopeless(self, kind: _Kind) -> bool:
        tried = self.tried[kind]
        return tried >= _FEWEST_TRIES and 2 * self.doubted[kind] > tried


class Nurseries:
    """As many nurseries as there are cells asked at a time. Safe between threads."""

    def __init__(
        self,
        environments: StoreEnvironments,
        *,
        scratch: Path,
        limits: Limits,
        sources: Sequence[Path],
        probes: Sequence[Path],
    ) -> None:
        """Grow nurseries in `environments` that write below `scratch`.

        `probes` are the files of all probes that cells are asked.
        """
        self._probes = probes
        self._environments = environments
        self._scratch = scratch
        self._limits = limits
        self._sources = sources
        self._guard = threading.Lock()
        self._free: defaultdict[str, list[tuple[Nursery, ExitStack]]]
        self._free = defaultdict(list)
        self._known: defaultdict[str, _Known] = defaultdict(_Known)

    def __enter__(self) -> Self:
        """Hold none."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all of them."""
        with ExitStack() as stack:
            for free in self._free.values():
                for _, own in free:
                    stack.push(own)
            self._free.clear()

    @contextmanager
    def place(
        self, lock: Locked, interpreter: Interpreter, contract: Contract
    ) -> Generator[SharedPlace | None]:
        """Where a cell can sit; None where it shares nothing.

        Raises `EnvironmentFault` where it could not sit anywhere else either.
        """
        trees = self._environments.trees(lock, interpreter)
        layers = None if trees is None else _layers(trees, contract)
        if trees is None or layers is None:
            yield None
            return
        found, own = self._take(interpreter)
        try:
            with self._environments.filled(found.venv, trees.values()) as venv:
                yield SharedPlace(
                    nursery=found,
                    venv=venv,
                    interpreter=interpreter,
                    layers=layers,
                    limits=self._limits,
                    sources=self._sources,
                    known=self._known[interpreter.build],
                )
        finally:
            self._give_back(interpreter, found, own)

    def _take(self, interpreter: Interpreter) -> tuple[Nursery, ExitStack]:
        with self._guard:
            free = self._free[interpreter.build]
            if free:
                return free.pop()
        with ExitStack() as stack:
            place = tempfile.mkdtemp(prefix="nursery-", dir=self._scratch)
            venv = stack.enter_context(self._environments.empty(interpreter))
            made = stack.enter_context(
                nursery(venv, interpreter, Path(place), self._limits, self._probes)
            )
            return made, stack.pop_all()

    def _give_back(
        self, interpreter: Interpreter, found: Nursery, own: ExitStack
    ) -> None:
        if found.broken:
            own.close()
            return
        with self._guard:
            self._free[interpreter.build].append((found, own))


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPlace:
    """A cell's place in a nursery."""

    nursery: Nursery
    venv: Venv
    interpreter: Interpreter
    layers: Layers
    limits: Limits
    sources: Sequence[Path]
    known: _Known

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
            self.known.doubted[kind] += 1
            self.known.companions[kind] = ()
        return found

    def _seen(self, sitting: Sitting, kind: _Kind) -> tuple[Observation, ...] | None:
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
        families = prepared.families
        beside = self.known.companions.get(kind)
        if beside and len(families) == 1:
            deeper = (*layers, Layer(sites=families, modules=beside))
            layers = deeper if self.nursery.node(deeper) else layers
        node = self.nursery.waiting(layers)
        assert node is not None  # noqa: S101 - it was grown
        sites = [*self.layers.further(layers), *map(str, self.sources)]
        ended = self.nursery.sit(node, prepared, sites, self.layers.peeks, families)
        seen = prepared.read(ended)
        # What becomes of a process may come of the fork.
        if any(it.outcome in (Outcome.CRASHED, Outcome.UNKNOWN) for it in seen):
            return None
        if beside is None:
            self.known.companions[kind] = prepared.companions()
        return seen

    def _grown(self) -> tuple[Layer, ...] | None:
        """The layers of a node that has all but the last axis; None where none can."""
        known, first = self.known, self.layers.pins[0][0]
        unlearned = self.layers.unlearned
        learned = known.learned.get(first, known.latest)
        if learned is not None and self.nursery.waiting(unlearned[:1]) is None:
            layers = self.layers.after(learned)
            if self.nursery.node(layers) is not None:
                known.learned[first] = learned
                return layers
        apart = [site for site, _ in self.layers.pins]
        if self.nursery.node(unlearned, apart) is None:
            return None
        if (node := self.nursery.waiting(unlearned[:1])) is not None:
            known.learned[first] = known.latest = self.layers.learned(node)
        return unlearned


def _layers(trees: Mapping[str, Tree], contract: Contract) -> Layers | None:
    """The layers of a cell; None where it has too few."""
    pins = [name for name in reversed([*contract.roots]) if name in trees]
    if len(pins) < len(contract.roots) or len(pins) < 2:  # noqa: PLR2004 - see above
        return None
    looked_up: dict[str, Sequence[str]] = {}
    for tree in trees.values():
        looked_up.update(tree.peeks)
    return Layers(
        names=tuple(pins),
        rest={n: str(it.site) for n, it in sorted(trees.items()) if n not in pins},
        pins=tuple((str(trees[name].site), contract.roots[name]) for name in pins),
        peeks=looked_up,
    )

"""Wheels of a few lines, and nurseries for cells of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from planted.locks import locked
from planted.wheels import write_wheel

from compatcheck.ask.nurseries import Nurseries
from compatcheck.ask.sharing import SharedPlace
from compatcheck.ask.sittings import Sitting
from compatcheck.environments import (
    StoreEnvironments,
    Uv,
    VenvEnvironments,
    WheelStore,
)
from compatcheck.executors.process import Limits
from compatcheck.interpreters import choose
from compatcheck.model import (
    Contract,
    Interpreter,
    Locked,
    Observation,
)
from compatcheck.observations import ObservationStore
from compatcheck.probes import choose_probes

Files = Mapping[str, str]

PLAIN: Files = {"base": "import json\n", "lib": "import base\n", "app": "import lib\n"}
"""`app` requires `lib`; both need `base`, which no axis varies."""

LIMIT = 20.0
"""Seconds that a cell may take."""


@dataclass(kw_only=True)
class World:
    """Wheels, and nurseries for cells of them."""

    folder: Path
    interpreter: Interpreter
    uv: Uv
    nurseries: Nurseries
    consumer: tuple[str, ...] = ("app",)
    """What `app` can be imported by."""
    kept: bool = False
    """Whether what is imported before the first axis waits for the next of its kind."""

    @property
    def roots(self) -> Mapping[str, tuple[str, ...]]:
        """The axes, the one that needs the other first, as far as any needs one."""
        axes = {"app": self.consumer, "lib": ("lib",)}
        return axes if self.consumer else dict(reversed(axes.items()))

    def lock(self, code: Files, versions: Mapping[str, str]) -> Locked:
        """The lock of these modules, one a distribution, whose wheels are written."""
        for name, text in code.items():
            version = versions.get(name, "1.0")
            write_wheel(self.folder / "links", name, version, {f"{name}.py": text})
        pins = [f"{it}=={versions.get(it, '1.0')}" for it in code]
        return locked(self.uv, self.interpreter, pins)

    def ask(
        self, code: Files, *modules: str, **versions: str
    ) -> tuple[Observation, ...] | None:
        """What a shared interpreter tells of a cell; None where it cannot tell."""
        seen, _ = self.sat(code, *modules, **versions)
        return seen

    def sat(
        self, code: Files, *modules: str, **versions: str
    ) -> tuple[tuple[Observation, ...] | None, Sequence[str]]:
        """The same, and what is imported before the first axis from then on."""
        with self.place(code, *modules, **versions) as (place, sitting):
            if place is None:
                return None, ()
            seen = place.sit(sitting)
            learned = place.known.learned(place.layers)
            if learned is None:
                return seen, ()
            first = place.layers.after(learned)[:1]
            self.kept = place.nursery.waiting(first) is not None
            return seen, learned.modules

    @contextmanager
    def place(
        self, code: Files, *modules: str, **versions: str
    ) -> Iterator[tuple[SharedPlace | None, Sitting]]:
        """A cell's place, if it can share any, and what is asked there."""
        contract = Contract(
            roots=self.roots,
            modules=modules,
            symbols=(),
            optional=(),
        )
        (probe,) = choose_probes(["import"])
        sitting = Sitting(asked=[(probe, probe.targets(contract))])
        lock = self.lock(code, versions)
        with self.nurseries.place(lock, self.interpreter, contract) as place:
            yield place, sitting


@contextmanager
def world_in(folder: Path, executable: str) -> Iterator[World]:
    """A world in that folder, of whichever Python lies there; gone in the end."""
    (interpreter,) = choose([executable], os.environ)
    index = {
        "UV_DEFAULT_INDEX": "file:///nonexistent",
        "UV_FIND_LINKS": str(folder / "links"),
    }
    uv = Uv(cache=folder / "cache", index=index, environ={"PATH": os.environ["PATH"]})
    scratch = folder / "made"
    scratch.mkdir()
    environments = StoreEnvironments(
        uv,
        store=WheelStore(uv=uv, folder=folder / "wheels"),
        real=VenvEnvironments(
            uv, folder=scratch, paths=(), link_mode="copy", allow_builds=False
        ),
        folder=scratch,
        paths=(),
    )
    limits = Limits(seconds=LIMIT, memory=1 << 30, processes=512, file_size=1 << 20)
    probes = [probe.path for probe in choose_probes(["import"])]
    store = ObservationStore(folder / "kept", lambda: datetime.now(UTC))
    nurseries = Nurseries(
        environments,
        scratch=scratch,
        limits=limits,
        sources=(),
        probes=probes,
        store=store,
    )
    with closing(store), closing(nurseries):
        yield World(folder=folder, interpreter=interpreter, uv=uv, nurseries=nurseries)


def outcomes(seen: Sequence[Observation] | None) -> list[str] | None:
    """Of a sitting; None where there was none."""
    return None if seen is None else [str(it.outcome) for it in seen]

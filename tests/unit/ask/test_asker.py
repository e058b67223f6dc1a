"""What the door remembers, and what it says when our side fails."""

from __future__ import annotations

import errno
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Semaphore
from typing import TYPE_CHECKING, cast

import pytest
from packaging.version import Version
from unit.ask.conftest import cell, failure, seen

from compatcheck.ask import Asker
from compatcheck.ask.places import Places, Sit
from compatcheck.ask.sittings import Sitting
from compatcheck.ask.terms import Terms
from compatcheck.errors import EnvironmentFault
from compatcheck.executors.process import Limits
from compatcheck.model import (
    Cell,
    CellResult,
    Contract,
    Interpreter,
    Locked,
    LockedPackage,
    Observation,
    Outcome,
    Pin,
    Release,
    ReleaseFile,
    WheelContents,
)
from compatcheck.observations import ObservationStore

if TYPE_CHECKING:
    from compatcheck.ask.locks import Locks
    from compatcheck.ask.reading import Reading
    from compatcheck.ports import Environment
    from compatcheck.surface.needs import Needs

PASSED = seen(Outcome.PASSED)
FAILED = seen(Outcome.FAILED, failure("gone"))
UNKNOWN = seen(Outcome.UNKNOWN, failure("[Errno 28]"))


@dataclass(kw_only=True)
class Paper:
    """Reads nothing and locks everything to one wheel."""

    forgotten: int = 0
    latest: str = ""
    """Of what else is in the lock."""
    locked: Semaphore = field(default_factory=lambda: Semaphore(0))
    """To be acquired as often as a cell was locked."""

    unread: bool = False
    """Whether no wheel was read before."""
    unlocked: bool = False
    """Whether nothing was locked before."""

    def contents_at_hand(self, file: ReleaseFile) -> WheelContents | None:
        """The same, if it was read before."""
        return None if self.unread else self.contents(file)

    def needs_at_hand(self, _: ReleaseFile) -> Needs | None:
        """Not asked for."""
        raise NotImplementedError

    def at_hand(self, asked: Cell, *_: object) -> Locked | None:
        """The same lock, if it was locked before."""
        return None if self.unlocked else self.lock(asked)

    def contents(self, file: ReleaseFile) -> WheelContents:
        """An empty wheel."""
        return WheelContents(
            distribution=file.distribution,
            version=file.version,
            requires_dist=(),
            requires_python=None,
            roots=("lib",),
            stubs_only=False,
        )

    def needs(self, _: ReleaseFile) -> Needs:
        """Not asked for."""
        raise NotImplementedError

    def contract(self, *_: object, at_hand: bool) -> Contract:
        """One import."""
        del at_hand
        return Contract(
            roots={"lib": ("lib",)}, modules=(), symbols=(), read=(), optional=()
        )

    def lock(self, asked: Cell, *_: object) -> Locked:
        """The pin itself."""
        self.locked.release()
        package = LockedPackage(
            distribution="lib",
            version=asked.pins[0].version,
            files=("lib-1.0-py3-none-any.whl",),
            hashes=(f"sha256:{asked.pins[0].version}{self.latest}",),
            timed=True,
        )
        return Locked(packages=(package,))

    def forget(self, _: Cell) -> None:
        """Count it."""
        self.forgotten += 1


@dataclass(kw_only=True)
class Nowhere:
    """Environments that are not made, or not even that."""

    fault: Exception | None = None

    @contextmanager
    def open(self, lock: Locked, interpreter: Interpreter) -> Generator[Environment]:
        """Nothing to ask in."""
        del lock, interpreter
        if self.fault:
            raise self.fault
        yield cast("Environment", self)


class Scripted(Places):
    """Shows what it is told to, one list after another."""

    script: list[Sequence[Observation]]
    before: Sequence[Observation] = ()

    def visit(
        self, sit: Sit, contract: Contract, before: Sequence[Observation] = ()
    ) -> tuple[Observation, ...]:
        """What comes of the one sitting."""
        del contract
        self.before = before
        return sit(Sitting(asked=()))

    def _sit_alone(self, *_: object) -> tuple[Observation, ...]:
        return tuple(self.script.pop(0))


@dataclass(kw_only=True)
class Door:
    """An asker over a store of its own."""

    folder: Path
    environments: Nowhere = field(default_factory=Nowhere)
    paper: Paper = field(default_factory=Paper)
    before: Sequence[Observation] = ()
    """What was known when the last cell was visited."""

    def ask(
        self,
        *script: Sequence[Observation],
        fresh: bool = False,
        first: CellResult | None = None,
    ) -> CellResult:
        """Ask the one cell there is; each list of the script must be used.

        A second time where it is told what was seen first.
        """
        with self.opened(*script) as asker:
            if first is not None:
                return asker.again(first)
            return asker.ask(cell("1.0"), fresh=fresh)

    @contextmanager
    def opened(self, *script: Sequence[Observation]) -> Generator[Asker]:
        """The asker, of whom all that the script holds must be asked."""
        now = datetime(2024, 1, 1, tzinfo=UTC)
        store = ObservationStore(self.folder, lambda: now)
        terms = Terms(
            probes=(),
            limits=Limits(seconds=1, memory=1, processes=1, file_size=1),
            sources=(),
            place={},
            scratch=self.folder,
            cache=self.folder / "cache",
        )
        places = Scripted(
            environments=self.environments,
            real=self.environments,
            nurseries=None,
            terms=terms,
        )
        places.script = list(script)
        yield Asker(
            release=release,
            reading=cast("Reading", self.paper),
            locks=cast("Locks", self.paper),
            places=places,
            store=store,
            terms=terms,
        )
        self.before = places.before
        store.close()
        assert places.script == []


def release(pin: Pin) -> Release:
    """A release with a wheel."""
    file = ReleaseFile(
        distribution=pin.distribution,
        version=Version("1.0"),
        filename="lib-1.0-py3-none-any.whl",
        url="https://example.invalid/lib-1.0-py3-none-any.whl",
        kind="wheel",
        hashes={},
        requires_python=None,
        yanked=None,
        upload_time=None,
        has_metadata=False,
    )
    return Release(distribution="lib", version=Version("1.0"), files=(file,))


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A door with nothing behind it."""
    return Door(folder=tmp_path)


def told(result: CellResult) -> tuple[str, str | None, bool]:
    """Outcome, source and whether it was confirmed."""
    return result.outcome, result.source, result.confirmed


def test_answer_is_asked_for_once(door: Door) -> None:
    """The second time it comes from the store."""
    assert told(door.ask([FAILED])) == ("failed", "probed", False)
    assert told(door.ask()) == ("failed", "cached", False)


def test_second_sight_is_remembered_as_such(door: Door) -> None:
    """A failure that was confirmed is confirmed for later runs too."""
    door.ask([FAILED])
    assert told(door.ask([FAILED], fresh=True)) == ("failed", "probed", True)
    assert told(door.ask()) == ("failed", "cached", True)


def test_answer_that_changes_is_not_remembered(door: Door) -> None:
    """Now so, now otherwise: neither the red nor the green answer stands."""
    door.ask([FAILED])
    door.ask([PASSED], fresh=True)
    assert told(door.ask([FAILED])) == ("failed", "probed", False)


def test_second_time_is_no_memory(door: Door) -> None:
    """What is remembered is asked for all the same, and what was seen is at hand."""
    first = door.ask([FAILED])
    assert told(door.ask([FAILED], first=first)) == ("failed", "probed", True)
    assert door.before == (FAILED,)
    assert told(door.ask()) == ("failed", "cached", True)


def test_what_was_seen_with_another_lock_counts_for_nothing(door: Door) -> None:
    """A long run locks a cell again before it is asked a second time."""
    first = door.ask([FAILED])
    door.paper.latest = "released meanwhile"
    door.ask([FAILED], first=first)
    assert door.before == ()


def test_what_is_remembered_is_at_hand(door: Door) -> None:
    """Nobody is asked for it; and it is what would be told else."""
    with door.opened() as asker:
        assert asker.at_hand(cell("1.0")) is None
    door.ask([FAILED])
    with door.opened() as asker:
        assert asker.at_hand(cell("1.0")) == asker.ask(cell("1.0"))
        door.paper.unread = True
        assert asker.at_hand(cell("1.0")) is not None  # read once in this run
    for lacking in ("unread", "unlocked"):
        door.paper.unread = door.paper.unlocked = False
        setattr(door.paper, lacking, True)
        with door.opened() as asker:
            assert asker.at_hand(cell("1.0")) is None


def test_lock_made_ahead_is_made_anew_when_one_could_not_be_installed(
    door: Door,
) -> None:
    """It may be that very one, lent to a cell of the same class."""
    cells = [cell("1.0"), cell("1.0"), cell("1.0")]
    with (
        door.opened([PASSED]) as asker,
        asker.expecting(cells, 1, lambda: True) as coming,
    ):
        first, second, third = coming
        for _ in cells:
            assert door.paper.locked.acquire(timeout=60)
        assert asker.ask(first).outcome == "passed"
        assert not door.paper.locked.acquire(blocking=False)
        door.paper.forget(first)
        for it in (second, third):
            assert asker.ask(it).source == "cached"
            assert door.paper.locked.acquire(timeout=60)


@pytest.mark.parametrize("fresh", [True, False])
def test_fault_of_ours_is_not_remembered(door: Door, *, fresh: bool) -> None:
    """What could not be told now may be told next time."""
    if fresh:
        door.ask([FAILED])
    assert door.ask([UNKNOWN], fresh=fresh).outcome == "unknown"
    assert told(door.ask([PASSED])) == ("passed", "probed", False)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (EnvironmentFault("no wheel came"), "no wheel came"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/secret/path"),
            "No space left on device",
        ),
    ],
)
def test_environment_that_cannot_be_made_is_unknown(
    door: Door, fault: Exception, words: str
) -> None:
    """A full disk too: never failed, never a bug, and told without its path."""
    door.environments.fault = fault
    result = door.ask()
    assert (result.outcome, result.stage) == ("unknown", "install")
    assert words in (result.reason or "")
    assert "/secret" not in (result.reason or "")

"""A release that is to be adapted, as its files and its older releases tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from packaging.version import Version

from compatcheck.errors import CouldNotTell, IndexFault
from compatcheck.model import Interpreter, Release, ReleaseFile
from compatcheck.ports import Archive
from compatcheck.surface.choose import choose_wheel
from compatcheck.surface.models import ModelField, required_field
from compatcheck.surface.parsing import UNREADABLE
from compatcheck.surface.presence import Presence
from compatcheck.surface.provenance import (
    Handed,
    Made,
    Provenance,
    Taken,
    made_in,
    provenances,
)
from compatcheck.surface.surfaces import modules_of
from compatcheck.workflow.shim_wish import Refused

_INIT: Final = "__init__.py"
_MOST_OLDER: Final = 12
"""Older releases that are read, one of each minor: a history is not asked for."""
_DEEPEST: Final = 4
"""Modules through which a name is followed in one release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An older release."""

    version: str
    read: Callable[[str], tuple[str, bytes] | None]
    """Path and source of a module; None where it cannot be had."""

    def came_by(self, module: str, name: str, depth: int = _DEEPEST) -> Iterator[_Step]:
        """How it came by a name, followed through its own modules."""
        for how in _provenances(self.read(module), module, name):
            yield _Step(module=module, how=how)
            if isinstance(how, Taken) and depth:
                yield from self.came_by(how.module, how.name, depth - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    module: str
    """Where it stood."""
    how: Provenance


PastOf: TypeAlias = Callable[[], Iterator[Past]]
"""Older releases, newest first; none where no index can be asked."""


HasOf: TypeAlias = Callable[[str, str], str | None]
"""The release nearest to this one that has a name in a module; None if none is known
to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a name is found now."""

    place: str
    """`module:name`."""
    evidence: str
    differences: str = ""
    """In what it is another thing; empty for the real one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One release of a distribution."""

    distribution: str
    """Normalised."""
    version: str
    files: Archive
    past: PastOf
    has: HasOf

    @property
    def whose(self) -> str:
        """As people name it."""
        return f"{self.distribution} {self.version}"

    def home(self, module: str, name: str) -> Home | Refused:
        """Where what the module had under that name is now, by what it was before."""
        made, read = self._made(module, name), False
        for past in self.past():
            for step in past.came_by(module, name):
                read = True
                found = self._found(step, module, name, past, made)
                if found is not None:
                    return found
        if len(made) == 1:
            ((home, _),) = made.items()
            why = "no older one tells more" if read else "no older one was read"
            return Home(place=f"{home}:{name}", evidence=f"by its name alone: {why}")
        return self._unfound(module, name, made)

    def _found(
        self, step: _Step, module: str, name: str, past: Past, made: dict[str, Made]
    ) -> Home | Refused | None:
        """What one step tells; None where the next may tell more."""
        told = f"{self.distribution} {past.version}"
        match step.how:
            case Made(shape=was) if len(made) == 1:
                ((home, now),) = made.items()
                return self._compared(f"{home}:{name}", now.shape, was, told)
            case Made() if made:
                return self._unfound(module, name, made)
            case Taken(module=other, name=origin) if self._is_there(other, origin):
                if (other, origin) != (module, name):
                    evidence = f"{told} took it from there"
                    return Home(place=f"{other}:{origin}", evidence=evidence)
            case Handed(module=other, name=called):
                places = [it for it in (module, other) if self._is_there(it, called)]
                for place in places[:1]:
                    return Home(
                        place=f"{place}:{called}",
                        evidence=f"{told} did nothing but call it as it was called",
                        differences=f"what {told} did before it called on, warn say, "
                        "is not done",
                    )
            case _:
                pass
        return None

    def _is_there(self, module: str, name: str) -> bool:
        """Whether a module has a name now; of another distribution's, it may have."""
        if not _is_plain(module) or not name.isidentifier():
            return False
        modules = modules_of(self.files)
        if module.partition(".")[0] not in {it.partition(".")[0] for it in modules}:
            return True  # whether it is, is seen when it is tried
        path = modules.get(module, "")
        if not path.endswith(".py"):
            return False
        return bool(_provenances((path, self.files.read(path)), module, name))

    def _unfound(self, module: str, name: str, made: dict[str, Made]) -> Refused:
        if not made:
            known, told = self.has(module, name), f"{module}:{name}"
            return Refused(
                reason=f"no module of {self.whose} defines {name}",
                better=f"`{self.distribution}=={known}`, which has {told}"
                if known
                else f"pin a release that has it: `compatcheck history {told}`",
            )
        return Refused(
            reason=f"several modules of {self.whose} define {name}: "
            f"{', '.join(sorted(made))}",
            better="which of them is meant has to be read: write the adaptation "
            "by hand",
        )

    def _compared(self, home: str, now: str, was: str, told: str) -> Home | Refused:
        """Whether what is there now is of the shape that was there before."""
        if was == now:
            return Home(place=home, evidence=f"{told} defined it alike ({was})")
        if {was, now} & {"class", "value"}:
            return Refused(
                reason=f"{home} is another thing: {now}, and {was} in {told}",
                better=f"pin {self.distribution} to a release that has it",
            )
        return Home(
            place=home,
            evidence=f"{told} defined it with other parameters",
            differences=f"it takes {now}, and took {was} in {told}",
        )

    def _made(self, module: str, name: str) -> dict[str, Made]:
        """The modules that make the name, itself left out."""
        found = {}
        for other, path in modules_of(self.files).items():
            if other == module or not path.endswith(".py") or not _is_plain(other):
                continue
            try:
                source = self.files.read(path)
                made = made_in(source, name) if name.encode() in source else None
            except (*UNREADABLE, IndexFault):
                continue  # what cannot be read cannot be promised
            if made is not None:
                found[other] = made
        return found

    def models(self, model: str, field: str) -> dict[str, ModelField]:
        """The modules with a model that requires a field."""
        found = {}
        for module, path in modules_of(self.files).items():
            if not path.endswith(".py") or not _is_plain(module):
                continue
            try:
                source = self.files.read(path)
                plain = model.encode() in source and field.encode() in source
                known = required_field(source, model, field) if plain else None
            except (*UNREADABLE, IndexFault):
                continue
            if known is not None:
                found[module] = known
        return found


def _is_plain(module: str) -> bool:
    """Whether a module's name may stand in source."""
    return all(part.isidentifier() for part in module.split("."))


def _provenances(
    read: tuple[str, bytes] | None, module: str, name: str
) -> tuple[Provenance, ...]:
    if read is None:
        return ()
    path, source = read
    try:
        return provenances(source, module, name, package=path.endswith(_INIT))
    except UNREADABLE:
        return ()


def past_of(
    presence: Presence,
    releases: Callable[[], Sequence[Release]],
    interpreter: Interpreter,
    version: Version,
) -> PastOf:
    """The releases before `version`, as far as an index tells of them."""

    def past() -> Iterator[Past]:
        try:
            known = _newest_patches(releases(), version)
        except CouldNotTell:
            return
        for release in known[:_MOST_OLDER]:
            wheel = choose_wheel(release, interpreter)
            wheel = wheel or next(iter(release.wheels), None)
            if wheel is not None:
                read = partial(_source, presence, wheel)
                yield Past(version=str(release.version), read=read)

    return past


def has_of(
    presence: Presence,
    releases: Callable[[], Sequence[Release]],
    interpreter: Interpreter,
    version: Version,
) -> HasOf:
    """Look at the releases before `version`, newest first, then at those behind it."""

    def has(module: str, name: str) -> str | None:
        try:
            every = releases()
        except CouldNotTell:
            return None
        older = _newest_patches(every, version)[:_MOST_OLDER]
        newer = [it for it in every if it.version > version and not it.yanked]
        final = sorted(newer, key=lambda it: it.version)
        for it in (*older, *(r for r in final if not r.version.is_prerelease)):
            wheel = choose_wheel(it, interpreter) or next(iter(it.wheels), None)
            with suppress(CouldNotTell):
                if wheel and presence.told(wheel, module, name).there:
                    return str(it.version)
        return None

    return has


def _source(
    presence: Presence, wheel: ReleaseFile, module: str
) -> tuple[str, bytes] | None:
    try:
        return presence.source(wheel, module)
    except CouldNotTell:
        return None


def _newest_patches(releases: Sequence[Release], before: Version) -> list[Release]:
    """Of each minor that is older, or begins before, its newest; newest first."""
    newest: dict[tuple[int, int, int], Release] = {}
    for it in sorted(releases, key=lambda it: it.version):
        if it.version < before and not it.version.is_prerelease and not it.yanked:
            newest[it.version.epoch, it.version.major, it.version.minor] = it
    return [newest[key] for key in sorted(newest, reverse=True)]

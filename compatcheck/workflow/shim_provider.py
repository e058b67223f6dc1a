"""A release that is to be adapted, as its files and its older releases tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from packaging.version import Version

from compatcheck.errors import CouldNotTell, IndexFault
from compatcheck.model import Interpreter, Release
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
    provenance,
)
from compatcheck.surface.surfaces import modules_of
from compatcheck.workflow.shim_wish import Refused

_INIT: Final = "__init__.py"
_MOST_OLDER: Final = 12
"""Older releases that are read, one of each minor: a history is not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """How an older release came by a name."""

    version: str
    how: Provenance


OlderOf: TypeAlias = Callable[[str, str], Iterator[Older]]
"""Of a module and a name, newest first; nothing where no index can be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One release of a distribution."""

    distribution: str
    """Normalised."""
    version: str
    files: Archive
    older: OlderOf

    @property
    def whose(self) -> str:
        """As people name it."""
        return f"{self.distribution} {self.version}"

    def home(self, module: str, name: str) -> Home | Refused:
        """Where what the module had under that name is now."""
        before = next(self.older(module, name), None)
        if before is None or isinstance(before.how, Made) or self._is_gone(before.how):
            return self._made_home(module, name, before)
        return _followed(module, before)

    def _is_gone(self, how: Provenance) -> bool:
        """Whether it was taken from a module of its own that is no more."""
        if not isinstance(how, Taken):
            return False
        modules = modules_of(self.files)
        tops = {it.partition(".")[0] for it in modules}
        return how.module not in modules and how.module.partition(".")[0] in tops

    def _made_home(
        self, module: str, name: str, before: Older | None
    ) -> Home | Refused:
        made = self._made(module, name)
        told = f"compatcheck history {module}:{name}"
        if not made:
            return Refused(
                reason=f"no module of {self.whose} defines {name}",
                better=f"pin a release that has it: `{told}` tells which",
            )
        if len(made) > 1:
            return Refused(
                reason=f"several modules of {self.whose} define {name}: "
                f"{', '.join(sorted(made))}",
                better="which of them is meant has to be read: write the adaptation "
                "by hand",
            )
        ((home, now),) = made.items()
        return self._compared(f"{home}:{name}", now, before)

    def _compared(self, home: str, now: Made, before: Older | None) -> Home | Refused:
        """Whether what is there now is of the shape that was there before."""
        if before is None:
            return Home(place=home, evidence="by its name alone: no older one was read")
        if not isinstance(before.how, Made):
            gone = f"{before.version} took it from a module that is gone"
            return Home(place=home, evidence=f"by its name alone: {gone}")
        was, told = before.how.shape, f"{self.distribution} {before.version}"
        if was == now.shape:
            return Home(place=home, evidence=f"{told} defined it alike ({was})")
        if {was, now.shape} & {"class", "value"}:
            return Refused(
                reason=f"{home} is another thing: {now.shape}, and {was} in {told}",
                better=f"pin {self.distribution} to a release that has it",
            )
        return Home(
            place=home,
            evidence=f"{told} defined it with other parameters",
            differences=f"it takes {now.shape}, and took {was} in {told}",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a name is found now."""

    place: str
    """`module:name`."""
    evidence: str
    differences: str = ""
    """In what it is another thing; empty for the real one."""


def _followed(module: str, before: Older) -> Home | Refused:
    match before.how:
        case Taken(module=other, name=origin) if _is_plain(other):
            told = f"{before.version} took it from there"
            return Home(place=f"{other}:{origin}", evidence=told)
        case Handed(name=called) if called.isidentifier():
            told = f"{before.version} did nothing but call {called} as it was called"
            differs = (
                "what the old one said before it called on, a warning say, is gone"
            )
            return Home(place=f"{module}:{called}", evidence=told, differences=differs)
        case _:
            return Refused(
                reason=f"where {before.version} had it from cannot be told",
                better="write the adaptation by hand",
            )


def _is_plain(module: str) -> bool:
    """Whether a module's name may stand in source."""
    return all(part.isidentifier() for part in module.split("."))


def older_of(
    presence: Presence,
    releases: Callable[[], Sequence[Release]],
    interpreter: Interpreter,
    version: Version,
) -> OlderOf:
    """How releases before `version` came by a name, as far as an index tells."""

    def older(module: str, name: str) -> Iterator[Older]:
        try:
            known = _newest_patches(releases(), version)
        except CouldNotTell:
            return
        for release in known[:_MOST_OLDER]:
            wheel = choose_wheel(release, interpreter)
            wheel = wheel or next(iter(release.wheels), None)
            if wheel is None:
                continue
            try:
                path, source = presence.source(wheel, module) or ("", b"")
                package = path.endswith(_INIT)
                how = provenance(source, module, name, package=package)
            except (*UNREADABLE, CouldNotTell):
                continue
            if how is not None:
                yield Older(version=str(release.version), how=how)

    return older


def _newest_patches(releases: Sequence[Release], before: Version) -> list[Release]:
    """Of each minor that is older, or begins before, its newest; newest first."""
    newest: dict[tuple[int, int, int], Release] = {}
    for it in sorted(releases, key=lambda it: it.version):
        if it.version < before and not it.version.is_prerelease and not it.yanked:
            newest[it.version.epoch, it.version.major, it.version.minor] = it
    return [newest[key] for key in sorted(newest, reverse=True)]

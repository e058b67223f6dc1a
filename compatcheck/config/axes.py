"""What varies, who decided it, and whose contract comes with it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from packaging.specifiers import SpecifierSet

from compatcheck.config.parse import axis, without_credentials
from compatcheck.config.pyproject import Project
from compatcheck.config.said import Problems, Said
from compatcheck.errors import Problem
from compatcheck.model import AxisRequest, Symbol

_NOBODY: Final = "nobody"


class KnownProfile(Protocol):
    """A contract for a known pair, as the room of profiles has it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def distributions(self) -> tuple[str, ...]:
        """Normalised names."""

    @property
    def default(self) -> bool:
        """Whether it decides the axes when nobody else does."""

    @property
    def modules(self) -> tuple[str, ...]:
        """Modules that its users need."""

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Names that its users need."""

    @property
    def scenarios(self) -> tuple[Path, ...]:
        """Files of scenarios that must work for its users."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The axes, and what follows from them."""

    axes: tuple[AxisRequest, ...]
    place: str
    sound: bool
    """False where a text was no axis, so that more may have been meant."""
    ours: bool
    """Whether what the table says beside its axes is about these axes too."""
    profiles: tuple[KnownProfile, ...]
    """Those whose distributions are all on the axes."""

    @property
    def distributions(self) -> tuple[str, ...]:
        """The normalised names of what varies."""
        return tuple(one.distribution for one in self.axes)


def decide(
    requirements: Sequence[str],
    project: Project,
    profiles: Collection[KnownProfile],
    problems: Problems,
    *,
    ours: bool = False,
) -> Decision:
    """The axes of the command line, else of the table, else of the default profile.

    `ours`: what the table says is about these axes, whichever it names itself.
    """
    tabled = problems.each(axis, _in_table(project))
    default = _default(profiles)
    if requirements:
        axes, place = problems.each(axis, _arguments(requirements)), "command line"
    elif tabled or _in_table(project):
        axes, place = tabled, project.place
    elif "axes" in project.faulty:
        axes, place = (), project.place
    else:
        axes, place = default
    _forbid_repetition(axes, problems)
    if place == _NOBODY:
        problems.found.append(
            Problem(
                place=_NOBODY,
                message="does not say what should vary",
                mend="name distributions, such as flask and werkzeug",
            )
        )
    present = {one.distribution for one in axes}
    of_table = {one.distribution for one in tabled or default[0]}
    said = len(requirements or _in_table(project))
    return Decision(
        axes=axes,
        place=place,
        sound="axes" not in project.faulty and len(axes) >= said,
        ours=ours or not requirements or of_table <= present,
        profiles=tuple(
            profile for profile in profiles if present.issuperset(profile.distributions)
        ),
    )


def _in_table(project: Project) -> tuple[Said, ...]:
    return tuple(
        Said(text=text, place=project.at("axes", number))
        for number, text in enumerate(project.table.axes)
    )


def _arguments(requirements: Sequence[str]) -> tuple[Said, ...]:
    return tuple(
        Said(text=text, place=f"requirement {without_credentials(text)!r}")
        for text in requirements
    )


def _default(
    profiles: Collection[KnownProfile],
) -> tuple[tuple[AxisRequest, ...], str]:
    """The axes of the default profile, with every version as a candidate."""
    for profile in profiles:
        if profile.default:
            place = f"profile {profile.name}"
            return tuple(
                AxisRequest(
                    distribution=name, extras=(), specifier=SpecifierSet(), place=place
                )
                for name in profile.distributions
            ), place
    return (), _NOBODY


def _forbid_repetition(axes: Sequence[AxisRequest], problems: Problems) -> None:
    first: dict[str, AxisRequest] = {}
    for one in axes:
        if first.setdefault(one.distribution, one) is not one:
            problems.found.append(
                Problem(
                    place=one.place,
                    message=f"{one.distribution} is an axis already",
                    mend="name each distribution once, with one range",
                )
            )

"""Contracts for known pairs of distributions, shipped as data.

A profile is a folder here with a `contract.toml`, and perhaps with files of scenarios
in a folder `scenarios`; its name is the folder's.
A new one is a new folder and no edit elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from compatcheck.model import Symbol

CONTRACT: Final = "contract.toml"
SCENARIOS: Final = "scenarios"
_ROOM: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the users of a known pair need from it."""

    name: str
    distributions: tuple[str, ...]
    """Normalised names; the profile applies where all of them are on the axes."""
    default: bool
    """Whether it decides the axes when nobody else does; true for exactly one."""
    modules: tuple[str, ...]
    """Sorted, without repetition."""
    symbols: tuple[Symbol, ...]
    """Sorted by module and name, without repetition."""
    scenarios: tuple[Path, ...] = ()
    """Files of scenarios, by name."""

    @classmethod
    def from_toml(cls, name: str, text: str, scenarios: Iterable[Path] = ()) -> Profile:
        """The profile that the text of a `contract.toml` describes."""
        data = tomllib.loads(text)
        named = {
            (module, symbol)
            for module, symbols in data["symbols"].items()
            for symbol in symbols
        }
        return cls(
            name=name,
            distributions=tuple(map(canonicalize_name, data["distributions"])),
            default=data.get("default", False),
            modules=tuple(sorted(set(data["modules"]))),
            symbols=tuple(Symbol(module=m, name=n) for m, n in sorted(named)),
            scenarios=tuple(sorted(scenarios)),
        )


@cache
def all_profiles() -> tuple[Profile, ...]:
    """Every profile that ships with the tool, by name."""
    folders = sorted(file.parent for file in _ROOM.glob(f"*/{CONTRACT}"))
    return tuple(
        Profile.from_toml(
            folder.name,
            (folder / CONTRACT).read_text(encoding="utf-8"),
            # Those with an underscore are parts of the others.
            folder.glob(f"{SCENARIOS}/[!_]*.py"),
        )
        for folder in folders
    )


def matching(distributions: Iterable[str]) -> tuple[Profile, ...]:
    """The profiles that have all of their distributions among these, by name."""
    present = {canonicalize_name(distribution) for distribution in distributions}
    return tuple(
        profile
        for profile in all_profiles()
        if present.issuperset(profile.distributions)
    )


def default_profile() -> Profile:
    """The one profile that decides the axes when nobody else does."""
    (profile,) = (profile for profile in all_profiles() if profile.default)
    return profile

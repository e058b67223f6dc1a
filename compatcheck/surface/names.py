"""The surface of a wheel: which names its modules have, as far as source can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["class", "function", "attribute", "alias"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One name that a module, or a class, binds somewhere."""

    kind: Kind
    sure: bool
    """Whether it is bound whenever the code around it has run to its end."""
    target: str | None = None
    """Of an alias: what it was imported as, dotted and absolute."""
    members: Mapping[str, bool] = field(default_factory=dict)
    """Of a class: what its own body binds or annotates; True where that is sure."""
    bases: tuple[str, ...] = ()
    """Of a class: its bases, dotted, as far as they can be followed."""
    plain: bool = True
    """Of a class: whether nothing but its body and its bases makes its members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleNames:
    """What one module binds."""

    names: Mapping[str, Name]
    stars: Mapping[str, bool] = field(default_factory=dict)
    """Modules that it takes all names of (`from x import *`), absolute; whether it
    does so always."""
    exports: tuple[str, ...] | None = None
    """Its `__all__`, where that is a plain list of texts; else None."""
    exporting: bool = False
    """Whether it says anything about `__all__`."""
    more: bool = False
    """Whether its code may bind names that are not written in it as names."""
    fewer: bool = False
    """Whether its code may take names away, or put another module in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """The names in one wheel, of those modules that were ever asked about."""

    modules: Mapping[str, str]
    """Every module in the wheel and the file that it comes from."""
    read: Mapping[str, ModuleNames | None]
    """What was read; None for a module whose source cannot be."""
    grafts: bool
    """Whether source in the wheel changes where modules come from."""
    written: Mapping[str, bool]
    """Names that no module binds: whether anything may set them from elsewhere."""
    depends: bool
    """Whether it requires other distributions, which may hold modules in its stead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Whether a name is there: yes, no, or None with what hides it."""

    there: bool | None
    why: str = ""


YES: Final = Told(there=True)

"""The nouns: what an adaptation is, and the two words that it is told with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compat_shims.actions import Action


class CompatShimWarning(UserWarning):
    """Something was adapted: what, why, and what makes that unnecessary."""


class CompatShimError(ImportError):
    """Not adapted: strict mode forbids it, or the name cannot be recovered."""


class Fidelity(Enum):
    """How near an adaptation comes to the real thing."""

    ALIAS = "alias"
    """The real thing, from its other home."""
    ADAPTER = "adapter"
    """Behaves as asked; the differences are written down."""
    PLACEHOLDER = "placeholder"
    """Lets the import succeed; the library neither raises nor calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is adapted: a module, or a dotted name in it."""

    module: str
    name: str | None = None

    def __str__(self) -> str:
        """`module` or `module:name`."""
        return self.module if self.name is None else f"{self.module}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Whose module it has to be, and of which releases.

    The other half of every guard is what the action itself observes: that the name is
    absent, or the defect is there. Neither is enough alone.
    """

    distribution: str
    versions: str = ""
    """A specifier set (PEP 440); empty for all releases."""
    beside: str = ""
    """A requirement (`name<2`) that has to be met there, too: who needs the adaptation,
    where not everybody who uses the distribution does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """One entry: what it is for, when it holds, what it does and until when."""

    target: Target
    guard: Guard
    action: Action
    fidelity: Fidelity
    why: str
    """One clause for people. `{distribution}` and `{version}` are put in."""
    remedy: str
    """What makes it unnecessary, as a command or an edit; put in likewise."""
    reference: str
    """Where the reason can be read: an issue, a report, a changelog."""
    expires: date
    """From then on every word about it says that it has expired."""
    differences: str = ""
    """For an adapter: in what it differs from the real thing."""

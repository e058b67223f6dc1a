"""Everything that compatcheck raises on purpose, and the exit code of each.

::

    CompatcheckError                70  a bug of ours, unless it is one of these:
    ├── UsageError                   2  what was asked cannot be asked so
    │   └── NotUnderstood               with what could be understood (config.read)
    ├── OutOfBudget                  3  the user's time is over: nothing new is begun
    └── CouldNotTell                 3  our side failed; nobody's distribution did
        ├── IndexFault                  an index, or a file on it, could not be read
        ├── ResolverFault               the resolver itself did not run or did not end
        ├── EnvironmentFault            an environment could not be made
        │   └── CageStopped             we stopped what ran (executors.cages)
        └── StoreFault                  the disk or the cache folder failed

A "no" about a distribution is never an exception: it is a value (see `model`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class CompatcheckError(Exception):
    """The root of the tree: catching it catches everything raised on purpose."""

    exit_code: ClassVar[int] = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with what was asked.

    `place` is where the user wrote it (a file and dotted key, or an option), `message`
    what is wrong, `mend` what to write instead.
    """

    place: str
    message: str
    mend: str

    def __str__(self) -> str:
        """One line that names the place, the fault and the mend."""
        return f"{self.place}: {self.message}; {self.mend}"


class UsageError(CompatcheckError):
    """What was asked cannot be asked so: every problem at once, each with its mend."""

    exit_code: ClassVar[int] = 2

    def __init__(self, *problems: Problem) -> None:
        """Hold the problems in the order in which they were found."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class OutOfBudget(CompatcheckError):
    """The time that the user gave is over; whoever hears it hands on what it has."""

    exit_code: ClassVar[int] = 3


class CouldNotTell(CompatcheckError):
    """Our side failed: an answer would be a guess."""

    exit_code: ClassVar[int] = 3


class IndexFault(CouldNotTell):
    """An index or a file on it could not be read: network, 5xx, damaged, wrong hash."""


class ResolverFault(CouldNotTell):
    """The resolver did not run to an answer."""


class EnvironmentFault(CouldNotTell):
    """An environment to ask in could not be made."""


class StoreFault(CouldNotTell):
    """The cache folder cannot be read or written."""

"""Worlds in which an answer hangs on how honest the environment was that gave it.

In each, two releases of `press` and three of `orchard` share a third distribution,
`soil`. What the author of a world knows to be true of each of the six cells is written
down in it, so that an engine which lets its cells share something is caught by what
one of them says of another.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from planted.wheels import write_wheel

Pair: TypeAlias = tuple[str, str]
"""Releases of `press` and of `orchard`."""
Code: TypeAlias = str | Mapping[str, str]
"""The text of a distribution's only module, or all its files by path."""

PRESSES: Final = ("1.0", "2.0")
ORCHARDS: Final = ("1.0", "2.0", "3.0")
PAIRS: Final = tuple((press, orchard) for press in PRESSES for orchard in ORCHARDS)

_CLAIMS: Final = """

def claim(truth):
    seen = saw()
    if seen != truth:
        raise AssertionError("that is not so") from LookupError("saw " + seen)
"""
"""One failure for all of them, so that one cell alone is asked a second time, in a real
environment, and all others are told as the environments in question had them."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Wheels, what looks at them, and what is true."""

    name: str
    soil: Code
    orchards: Mapping[str, Code]
    """By release."""
    presses: Mapping[str, Code]
    """By release."""
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a release of `press` requires besides `orchard` and `soil`."""
    lanes: Code = ""
    """The distribution `lane`, which nobody has but who requires it."""
    sights: Mapping[str, str]
    """Scenario to code that defines `saw`, which returns what there is to see."""
    truth: Mapping[Pair, tuple[str, ...]]
    """What each of the sights sees in a cell; a cell that is broken sees nothing."""
    broken: Mapping[Pair, str] = field(default_factory=dict)
    """How the message begins with which the import of `press` fails."""

    def plant(self, links: Path, folder: Path) -> list[str]:
        """Write the wheels and the scenarios, and give the arguments of the question.

        Every value that is seen anywhere is claimed by one function of the scenario:
        so two cells differ in what passes, and not in words alone, which the second
        look at a failure would mend.
        """
        _write(links, "soil", "1.0", self.soil)
        _write(links, "lane", "1.0", self.lanes)
        for version, code in self.orchards.items():
            _write(links, "orchard", version, code, "soil")
        for version, code in self.presses.items():
            needs = ("orchard", "soil", *self.needs.get(version, ()))
            _write(links, "press", version, code, *needs)
        options = []
        for sight, code in self.sights.items():
            (folder / f"{sight}.py").write_text(self._scenario(sight, code), "utf-8")
            options += ["--scenario", f"{sight}.py"]
        return ["press", "orchard", "--select", "all", *options]

    def expected(self, pair: Pair) -> dict[str, str | None]:
        """Each claim about a cell, and what is said where it is not true."""
        return {
            f"{sight}.{number}": None if value == seen else f"saw {seen}"
            for place, sight in enumerate(self.sights)
            for seen in self.truth[pair][place : place + 1]
            for number, value in enumerate(self._values(sight))
        }

    def _values(self, sight: str) -> list[str]:
        place = list(self.sights).index(sight)
        return sorted({seen[place] for seen in self.truth.values()})

    def _scenario(self, sight: str, code: str) -> str:
        functions = "".join(
            f"\ndef scenario_{number}():\n    claim({value!r})\n"
            for number, value in enumerate(self._values(sight))
        )
        return textwrap.dedent(code) + _CLAIMS + functions


def _write(links: Path, name: str, version: str, code: Code, *needs: str) -> None:
    files = {f"{name}.py": code} if isinstance(code, str) else code
    texts = {path: textwrap.dedent(text) for path, text in files.items()}
    write_wheel(links, name, version, texts, requires=needs)

"""Which Pythons a project supports, as it says itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

_CLASSIFIER: Final = re.compile(r"Programming Language :: Python :: (3\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supported:
    """What to ask in."""

    requests: tuple[str, ...]
    """Minor versions, ascending; none: the Python that runs the gate."""
    note: str = ""
    """What the project does not say."""


def supported(project: Mapping[str, Any], here: Iterable[str]) -> Supported:
    """The minor versions that a `[project]` table names.

    Its classifiers name them; without those, its `requires-python` admits those that
    are here (`here`: minors of this machine), and its lowest must be among them.
    """
    range_ = _range(project.get("requires-python"))
    told = [str(it) for it in _texts(project.get("classifiers"))]
    named = {found[1] for text in told if (found := _CLASSIFIER.fullmatch(text))}
    if named:
        fit = [it for it in named if range_ is None or _admits(range_, it)]
        return Supported(requests=_sorted(fit))
    if range_ is None:
        return Supported(
            requests=(),
            note="the project names no Python: it was asked in the one that runs this",
        )
    fit = [it for it in here if _admits(range_, it)]
    floor = _floor(range_)
    return Supported(
        requests=_sorted({*fit, *([floor] if floor else [])}),
        note=f"of the Pythons that requires-python ({range_}) admits, those that are"
        " here were asked; classifiers or [tool.compatcheck] python name others",
    )


def _sorted(minors: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(minors), key=Version))


def _range(text: object) -> SpecifierSet | None:
    try:
        return SpecifierSet(text) if isinstance(text, str) and text.strip() else None
    except InvalidSpecifier:
        return None


def _admits(range_: SpecifierSet, minor: str) -> bool:
    """Whether some patch of a minor is admitted."""
    return any(range_.contains(f"{minor}.{patch}") for patch in (0, 1, 5, 99))


def _floor(range_: SpecifierSet) -> str | None:
    """The lowest minor that the range itself names."""
    lows = [
        Version(it.version.removesuffix(".*"))
        for it in range_
        if it.operator in {">=", "==", "~=", "==="}
    ]
    minors = [f"{it.major}.{it.minor}" for it in lows if it.major == 3]  # noqa: PLR2004 - Python 3
    fit = [it for it in minors if _admits(range_, it)]
    return min(fit, key=Version, default=None)


def _texts(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()

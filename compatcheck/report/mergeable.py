"""Whether stored reports are about one and the same question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from packaging.version import InvalidVersion, Version

from compatcheck.errors import Problem, UsageError
from compatcheck.report.document import Report
from compatcheck.report.legible import shown

Stored = tuple[str, Report]
"""A report, and how the user names its file."""

SHARES: Final = ("shard", "budget", "verify")
"""What may differ in a request: how much of the grid was asked, not what."""


CHOICES: Final = ("as_of", "shims")
"""What may differ too, since each cell tells it of itself: a grid as it resolves today
and as it did, with and without shims, is one with a choice more."""


def check(stored: Sequence[Stored]) -> None:
    """Raise `UsageError` unless all may be told as one, a line for each that may not.

    Each is held against the first: its tool, platform, Pythons and request.
    """
    first, *others = stored
    problems = [*_unversioned(*first)]
    for other in others:
        found = (*_unversioned(*other), *_differences(first, other))
        problems += found[:1]
    if problems:
        raise UsageError(*problems)


def _differences(first: Stored, other: Stored) -> Iterator[Problem]:
    for what, read, mend in _ALIKE:
        one, two = read(first[1]), read(other[1])
        if one != two:
            words = f"has {what} {shown(two)}, and {first[0]} {shown(one)}"
            yield Problem(place=other[0], message=words, mend=mend)
    for label, python in other[1].pythons.items():
        known = first[1].pythons.get(label, python)
        if known != python:
            yield Problem(
                place=other[0],
                message=f"asked in {python.implementation} {shown(python.version)}, and"
                f" {first[0]} in {known.implementation} {shown(known.version)}",
                mend="ask in the same Python on every machine",
            )
    if keys := _other_keys(first[1].request, other[1].request):
        yield Problem(
            place=other[0],
            message=f"was asked something else than {first[0]}:"
            f" {shown(', '.join(keys))} differ",
            mend="merge reports of one command that differs in --shard alone",
        )


def _other_keys(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    keys = sorted({*one, *other} - {*SHARES, *CHOICES})
    return [key for key in keys if one.get(key) != other.get(key)]


def _unversioned(place: str, report: Report) -> Iterator[Problem]:
    """What stands where a version should be, and is none."""
    for axis in report.axes:
        left = (version for each in axis.left_out for version in each.versions)
        for version in (*axis.versions, *left):
            try:
                Version(version)
            except InvalidVersion:
                yield Problem(
                    place=place,
                    message=f"{shown(version)!r} is no version",
                    mend="give a report that `compatcheck matrix -f json` wrote",
                )
                return


def _tool(report: Report) -> str:
    return f"{report.tool.name} {report.tool.version}"


def _system(report: Report) -> str:
    return f"{report.platform.system} {report.platform.machine}"


def _axes(report: Report) -> str:
    return " x ".join(axis.name for axis in report.axes)


_ALIKE: Final[Sequence[tuple[str, Callable[[Report], str], str]]] = (
    ("the tool", _tool, "use one release of compatcheck on every machine"),
    ("the platform", _system, "merge reports of one platform"),
    ("the axes", _axes, "merge reports of one command"),
)
"""What must be the same, how it is told, and what to do about it."""

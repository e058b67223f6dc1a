"""Which of a release's wheels an interpreter would be given."""

from __future__ import annotations

from functools import cache
from typing import Final

from packaging.tags import Tag, compatible_tags, cpython_tags, platform_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from compatcheck.model import Interpreter, Release, ReleaseFile

_CPYTHON: Final = "cpython"


def choose_wheel(release: Release, interpreter: Interpreter) -> ReleaseFile | None:
    """The wheel that fits an interpreter of this machine best; None if none does."""
    order = _tags(interpreter.version, interpreter.implementation)
    ranked = [
        (rank, file.filename, file)
        for file in release.wheels
        if (rank := _rank(file.filename, order)) is not None
    ]
    return min(ranked)[2] if ranked else None


def fits(filename: str, interpreter: Interpreter) -> bool:
    """Whether a file is a wheel that an interpreter of this machine can be given.

    Of another implementation than CPython only its own installer can tell: there, any
    wheel that is offered fits.
    """
    return _fits(filename, interpreter.version, interpreter.implementation)


@cache
def _fits(filename: str, version: str, implementation: str) -> bool:
    if implementation != _CPYTHON:
        return filename.endswith(".whl")
    return _rank(filename, _tags(version, implementation)) is not None


def _rank(filename: str, order: dict[Tag, int]) -> int | None:
    try:
        _, _, _, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return None
    return min((order[tag] for tag in tags if tag in order), default=None)


@cache
def _tags(version: str, implementation: str) -> dict[Tag, int]:
    """The tags that fit, best first, for this machine's platform (PEP 425)."""
    major, minor = (int(part) for part in version.split(".")[:2])
    platforms = list(platform_tags())
    found: list[Tag] = []
    if implementation == _CPYTHON:
        found += cpython_tags((major, minor), platforms=platforms)
        found += compatible_tags(
            (major, minor), interpreter=f"cp{major}{minor}", platforms=platforms
        )
    else:
        # What another implementation's own tags are, only it can tell; what runs on
        # every Python, it runs too.
        found += compatible_tags((major, minor), platforms=platforms)
    return {tag: rank for rank, tag in reversed(list(enumerate(found)))}

"""A lock of PEP 751, read by `packaging`.

https://packaging.python.org/specifications/pylock-toml/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName
from packaging.pylock import Package, Pylock, PylockValidationError

from compatcheck.gate.locks import Entry, Lock, Place, Tree, Wanted, by_name, quoted
from compatcheck.gate.readers._toml import lines_of, load

KIND: Final = "pylock.toml"
RANK: Final = 20
USUAL: Final = ("pylock.toml",)
_NAME: Final = re.compile(r"(.*[-_.])?pylock(\.[^.]+)?\.toml")


def claims(name: str) -> bool:
    """Whether a file of that name is one."""
    return _NAME.fullmatch(name) is not None


def read(tree: Tree, path: str, wanted: Wanted) -> Lock:
    """The lock in that file. Raises `UsageError`."""
    place = Place(path, label=tree.label)
    data, text = load(tree, path)
    try:
        lock = Pylock.from_dict(data)
    except (PylockValidationError, RecursionError) as error:
        words = quoted(str(error).partition("\n")[0])
        raise place.wrong(f"this is no lock of PEP 751: {words}") from None
    lines = list(lines_of(text, "[[packages]]"))
    lines += [1] * (len(lock.packages) - len(lines))  # an inline table has no line
    placed = [
        (package, Place(path, line, label=tree.label))
        for package, line in zip(lock.packages, lines, strict=False)
        if package.directory is None
    ]
    entries = [(package, _entry(package, where)) for package, where in placed]
    groups = lock.default_groups or () if wanted.groups is None else wanted.groups
    return Lock(
        path=path,
        kind=KIND,
        choose=partial(
            _choose, entries, wanted.extras, frozenset(map(str, groups)), place
        ),
        everything=tuple(entry for _, entry in entries),
        direct=_direct(entries),
    )


def _choose(
    entries: list[tuple[Package, Entry]],
    extras: frozenset[str],
    groups: frozenset[str],
    place: Place,
    markers: Mapping[str, str],
) -> tuple[Entry, ...]:
    """What is installed where these markers hold; which of its files is not chosen."""
    environment = {**markers, "extras": extras, "dependency_groups": groups}
    found = [entry for package, entry in entries if _applies(package, environment)]
    return by_name(found, place)


def _applies(package: Package, environment: Mapping[str, object]) -> bool:
    if package.marker is None:
        return True
    try:
        # The environment of a lock's markers has sets in it (PEP 751).
        return package.marker.evaluate(environment, "lock_file")  # type: ignore[arg-type] # sets are what the context wants
    except (UndefinedEnvironmentName, UndefinedComparison):
        return True


def _entry(package: Package, place: Place) -> Entry:
    if package.vcs or package.archive:
        raise place.wrong(
            f"{package.name} comes from an address, and the gate follows none",
            "take it from an index, or leave it out of what is gated",
        )
    if package.version is None:
        raise place.wrong(f"{package.name} has no version")
    told = package.dependencies
    return Entry(
        distribution=str(package.name),
        version=package.version,
        hashes=frozenset(_hashes(package)),
        file=place.file,
        line=place.line or 1,
        needs=None if told is None else frozenset(str(it["name"]) for it in told),
    )


def _hashes(package: Package) -> Iterator[str]:
    files = [*(package.wheels or ()), *([package.sdist] if package.sdist else ())]
    for file in files:
        yield from (f"{name}:{digest}" for name, digest in file.hashes.items())


def _direct(entries: list[tuple[Package, Entry]]) -> frozenset[str] | None:
    """What nobody in the lock requires, where all of them tell what they do."""
    told = [entry.needs for _, entry in entries]
    if not any(told):
        return None
    needed = frozenset[str]().union(*(it for it in told if it))
    return frozenset(entry.distribution for _, entry in entries) - needed

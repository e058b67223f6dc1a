"""A pyproject.toml without a lock: what it declares, to be resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from compatcheck.gate.locks import (
    Entry,
    Lock,
    Place,
    Tree,
    Wanted,
    applies,
    by_name,
    exact,
    quoted,
)
from compatcheck.gate.readers._toml import load, table

KIND: Final = "pyproject.toml"
RANK: Final = 40
USUAL: Final = ("pyproject.toml",)


def claims(name: str) -> bool:
    """Whether a file of that name is one."""
    return name.endswith("pyproject.toml")


def read(tree: Tree, path: str, wanted: Wanted) -> Lock:
    """What that file declares. Raises `UsageError`."""
    place = Place(path, label=tree.label)
    data, text = load(tree, path)
    project = table(data.get("project"), place, "project")
    if "dependencies" in _texts(project.get("dynamic"), place):
        raise place.wrong(
            "its dependencies are known to a build only", "commit a lock, and name it"
        )
    lines = _texts(project.get("dependencies"), place)
    extras = table(project.get("optional-dependencies"), place, "optional-dependencies")
    for name, more in extras.items():
        if canonicalize_name(name) in wanted.extras:
            lines += _texts(more, place)
    found = [_one(line, text, place) for line in lines]
    uv = table(table(data.get("tool"), place, "tool").get("uv"), place, "tool.uv")
    return Lock(
        path=path,
        kind=KIND,
        choose=partial(_choose, found, place),
        everything=tuple(entry for _, entry in found),
        overrides=tuple(_texts(uv.get("override-dependencies"), place)),
        constraints=tuple(_texts(uv.get("constraint-dependencies"), place)),
        direct=frozenset(entry.distribution for _, entry in found),
    )


def _texts(value: object, place: Place) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(it, str) for it in value):
        raise place.wrong("a list of texts is something else", "mend the file")
    return list(value)


def _one(line: str, text: str, place: Place) -> tuple[Requirement, Entry]:
    here = Place(place.file, _line_of(line, text), label=place.label)
    try:
        requirement = Requirement(line)
    except (InvalidRequirement, RecursionError):
        words = f"{quoted(repr(line))} is no requirement"
        raise here.wrong(words, "mend the file") from None
    if requirement.url is not None:
        raise here.wrong(
            f"{requirement.name} comes from an address, and the gate follows none",
            "take it from an index, or leave it out of what is gated",
        )
    version = exact(requirement.specifier, here)
    return requirement, Entry(
        distribution=canonicalize_name(requirement.name),
        version=version,
        specifier="" if version is not None else str(requirement.specifier),
        extras=tuple(sorted(map(canonicalize_name, requirement.extras))),
        file=here.file,
        line=here.line or 1,
    )


def _line_of(line: str, text: str) -> int:
    """Where a requirement stands as it is written, else where its name does."""
    name = re.match(r"[\w.-]*", line)
    for wanted in _spellings(line, name[0] if name else ""):
        for number, there in enumerate(text.splitlines(), start=1):
            if wanted in there:
                return number
    return 1


def _spellings(line: str, name: str) -> Iterator[str]:
    yield f'"{line}"'
    yield f"'{line}'"
    if name:
        yield f'"{name}'


def _choose(
    found: Sequence[tuple[Requirement, Entry]], place: Place, markers: Mapping[str, str]
) -> tuple[Entry, ...]:
    """What is declared where these markers hold."""
    here = [entry for it, entry in found if applies(it.marker, markers)]
    return by_name(here, place)

"""What a pyproject.toml declares of a distribution, and another range in its place."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomlkit
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from tomlkit.items import Array, String, Trivia

from compatcheck.config.pyproject import load
from compatcheck.errors import Problem, UsageError

_PARTS: Final = re.compile(
    r"(?P<head>\s*[\w.-]+\s*(?:\[[^\]]*\])?)(?P<gap>\s*)(?P<range>[^;]*?)(?P<tail>\s*(?:;.*)?)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One requirement of a file, where it stands."""

    key: tuple[str, ...]
    """`project`, `dependencies`."""
    number: int
    requirement: Requirement
    text: str

    @property
    def place(self) -> str:
        """As messages name it."""
        return f"{'.'.join(self.key)}[{self.number}]"


def declared(file: Path, distribution: str) -> tuple[Declared, ...]:
    """Every requirement of a distribution in a file.

    In its dependencies, its extras and its groups. Raises `UsageError` where the file
    is not TOML.
    """
    data = load(file, file.name)
    return tuple(
        Declared(key=key, number=number, requirement=requirement, text=text)
        for key, number, text in _texts(data)
        if (requirement := _read(text)) is not None
        and canonicalize_name(requirement.name) == distribution
    )


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], int, str]]:
    project = data.get("project")
    lists: list[tuple[tuple[str, ...], object]] = []
    if isinstance(project, dict):
        lists.append((("project", "dependencies"), project.get("dependencies")))
        lists += _tables(project, "project", "optional-dependencies")
    lists += _tables(data, "dependency-groups")
    for key, value in lists:
        for number, text in enumerate(value if isinstance(value, list) else ()):
            if isinstance(text, str):
                yield key, number, text


def _tables(
    data: Mapping[str, Any], *path: str
) -> list[tuple[tuple[str, ...], object]]:
    table = data.get(path[-1])
    found = table.items() if isinstance(table, dict) else ()
    return [((*path, name), value) for name, value in found]


def _read(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def rewrite(file: Path, changes: Mapping[Declared, str]) -> None:
    """Give requirements another range; every other byte of the file stays.

    Raises `UsageError` where the file cannot be written.
    """
    document = tomlkit.parse(file.read_bytes().decode("utf-8"))
    for at, range_ in changes.items():
        array: Any = document
        for step in at.key:
            array = array[step]
        _put(array, at.number, with_range(at.text, range_))
    _replace(file, tomlkit.dumps(document))


def with_range(text: str, range_: str) -> str:
    """A requirement with another range; name, extras, marker and spacing stay."""
    found = _PARTS.fullmatch(text)
    if found is None:  # it was read as a requirement, so it has these parts
        raise AssertionError(text)
    gap = found["gap"] if found["range"] else ""
    return f"{found['head']}{gap}{range_}{found['tail']}"


def _put(array: Array, number: int, text: str) -> None:
    """Set a member in the quotes that it has, so that nothing else moves."""
    old = array[number]
    literal = isinstance(old, String) and old.as_string().startswith("'")
    new = tomlkit.string(text, literal=literal and "'" not in text)
    if isinstance(old, String):
        trivia: Trivia = old.trivia
        new.trivia.indent, new.trivia.comment = trivia.indent, trivia.comment
        new.trivia.comment_ws, new.trivia.trail = trivia.comment_ws, trivia.trail
    array[number] = new


def _replace(file: Path, text: str) -> None:
    """Write it so that it is there whole or as it was."""
    mode = file.stat().st_mode & 0o777
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with os.fdopen(handle, "wb") as written:
            written.write(text.encode("utf-8"))
        Path(name).chmod(mode)
        Path(name).replace(file.resolve())
    except OSError as error:
        raise UsageError(
            Problem(
                place=file.name,
                message=f"it cannot be written: {error.strerror}",
                mend="mend its permissions",
            )
        ) from error

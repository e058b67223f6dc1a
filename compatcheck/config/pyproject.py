"""The nearest pyproject.toml, and what of it is ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import tomlkit
from packaging.utils import canonicalize_name
from pydantic import ValidationError
from tomlkit.exceptions import ParseError, TOMLKitError

from compatcheck.config.faults import dotted, problems_of
from compatcheck.config.said import Problems, Said
from compatcheck.config.sound import Places, as_written, without
from compatcheck.config.table import KEY, Table, examples
from compatcheck.errors import Problem

FILE: Final = "pyproject.toml"

EVERY_KEY: Final = frozenset(examples())
"""What is at fault where the table cannot be seen at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What the nearest pyproject.toml says; empty where there is none."""

    place: str = FILE
    """The file as messages name it."""
    root: Path
    """The folder it lies in."""
    table: Table = field(default_factory=Table)
    faulty: frozenset[str] = frozenset()
    """Keys of our table with a fault: what was understood of them is here."""
    places: Places = field(default_factory=dict)
    """Where the members of its lists stand in the file, where some were not kept."""
    name: str | None = None
    """Its own distribution, normalised."""
    dependencies: tuple[Said, ...] = ()
    """[project].dependencies."""
    dynamic: bool = False
    """Whether its dependencies are known to its build backend only (PEP 621)."""

    def at(self, *path: int | str) -> str:
        """Where a key of our table stands."""
        return dotted(f"{self.place}: {KEY}", as_written(path, self.places))


def find(folder: Path) -> Path | None:
    """The pyproject.toml of a folder, or of the nearest one above that has it.

    The search ends at a folder with `.git`: what lies above is another project.
    Raises `UsageError` where a folder is gone or must not be looked into.
    """
    try:
        start = folder.resolve()
        for above in (start, *start.parents):
            if (above / FILE).is_file():
                return above / FILE
            if (above / ".git").exists():
                return None
    except OSError as error:
        raise Said(text="", place=FILE).wrong(
            f"it cannot be looked for: {error.strerror}",
            "go to a folder that is there and that you may read",
        ) from error
    return None


def read_project(folder: Path, problems: Problems) -> Project:
    """What the nearest pyproject.toml says; what is wrong goes to `problems`."""
    found = problems.attempt(lambda: (find(folder),))
    if found is None:
        return Project(root=folder, faulty=EVERY_KEY)
    (file,) = found
    if file is None:
        return Project(root=folder)
    place = Path(os.path.relpath(file, folder.resolve())).as_posix()
    data = problems.attempt(lambda: load(file, place))
    if data is None:
        return Project(place=place, root=folder, faulty=EVERY_KEY)
    return _project(data, file, place, folder, problems)


def _project(
    data: Mapping[str, Any], file: Path, place: str, folder: Path, problems: Problems
) -> Project:
    project = _table_of(data.get("project"))
    ours = _table_of(data.get("tool")).get("compatcheck")
    table, faulty, places = _validated(ours, place, problems)
    name = project.get("name")
    return Project(
        place=place,
        root=folder if file.parent == folder.resolve() else file.parent,
        table=table,
        faulty=faulty,
        places=places,
        name=canonicalize_name(name) if isinstance(name, str) else None,
        dependencies=tuple(
            Said(text=str(text), place=f"{place}: project.dependencies[{number}]")
            for number, text in enumerate(_list_of(project.get("dependencies")))
        ),
        dynamic="dependencies" in _list_of(project.get("dynamic")),
    )


def load(file: Path, place: str) -> dict[str, Any]:
    """The file's contents. Raises `UsageError` with the line where it is not TOML."""
    try:
        return tomlkit.parse(file.read_bytes()).unwrap()
    except ParseError as error:
        said = Said(text="", place=f"{place}:{error.line}")
        reason = str(error).removesuffix(f" at line {error.line} col {error.col}")
        raise said.wrong(f"this is not TOML: {reason}", "mend this line") from error
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        said = Said(text="", place=place)
        reason = getattr(error, "strerror", None) or str(error)
        raise said.wrong(f"it cannot be read: {reason}", "mend the file") from error


def _table_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list_of(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _validated(
    data: object, place: str, problems: Problems
) -> tuple[Table, frozenset[str], Places]:
    """What is sound of our table, the keys with a fault, and where members stood."""
    if data is None:
        return Table(), frozenset(), {}
    if not isinstance(data, dict):
        problems.found.append(
            Problem(
                place=f"{place}: {KEY}",
                message="must be a table",
                mend=f"begin it with a line [{KEY}]",
            )
        )
        return Table(), EVERY_KEY, {}
    try:
        return Table.model_validate(data), frozenset(), {}
    except ValidationError as error:
        problems.found.extend(problems_of(error, f"{place}: {KEY}"))
        faults = [fault["loc"] for fault in error.errors()]
    sound, places = without(data, faults)
    faulty = frozenset(str(fault[0]) for fault in faults)
    return Table.model_validate(sound), faulty, places

"""TOML of a stranger's, read with care, and where in it a table begins."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from compatcheck.gate.locks import Place, Tree

_NAME: Final = re.compile(r"""\s*name\s*=\s*["']([^"']*)["']""")


def load(tree: Tree, path: str) -> tuple[Mapping[str, Any], str]:
    """A TOML file and its text. Raises `UsageError` in one line for what is none."""
    place = Place(path, label=tree.label)
    raw = tree.read(path)
    try:
        text = (raw or b"").decode("utf-8")
        return tomllib.loads(text.replace("\r\n", "\n")), text
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        words = str(error).partition("\n")[0]
        raise place.wrong(f"this is not TOML: {words}") from None
    except RecursionError:
        raise place.wrong("this is nested too deeply to be read") from None


def lines_of(text: str, header: str) -> Iterator[int]:
    """The line of `name = …` in each table with that header, in their order."""
    waiting: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("["):
            if waiting is not None:
                yield waiting
            waiting = number if bare == header else None
        elif waiting is not None and _NAME.match(line):
            yield number
            waiting = None
    if waiting is not None:
        yield waiting


def tables(value: object, place: Place, what: str) -> list[Mapping[str, Any]]:
    """A list of tables. Raises `UsageError` where it is something else."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(it, dict) for it in value):
        raise place.wrong(f"{what} is no list of tables")
    return value


def table(value: object, place: Place, what: str) -> Mapping[str, Any]:
    """A table. Raises `UsageError` where it is something else."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise place.wrong(f"{what} is no table")
    return value

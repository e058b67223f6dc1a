"""The requirements in a file of constraints (`-c FILE`), with what it includes.

The file's grammar is pip's:
https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from compatcheck.config.said import Said

_COMMENT: Final = re.compile(r"(^|\s+)#.*$")
_INCLUDE: Final = re.compile(
    r"(-r|-c|--requirement|--constraint)(\s*=\s*|\s+|(?<=-[rc]))(?P<path>\S.*)"
)
_REST: Final = re.compile(r"\s+--?[a-z].*$")


def constraints_in(said: Said) -> tuple[Said, ...]:
    """Every requirement of the file that `said` names, each at its file and line.

    Paths in it are relative to the file that they stand in. Raises `UsageError` where
    a file cannot be read, or holds what is no constraint.
    """
    return tuple(_read(said, Path(said.text), ()))


def _read(said: Said, path: Path, above: tuple[Path, ...]) -> Iterator[Said]:
    file = _resolved(said, path)
    if file in above:  # what includes itself has nothing to add
        return
    for number, line in logical_lines(_text(said, path, file)):
        here = replace(said, text=line, place=f"{path.as_posix()}:{number}")
        include = _INCLUDE.fullmatch(line)
        if include is not None:
            inner = path.parent / include["path"].strip()
            yield from _read(here, inner, (*above, file))
        elif line.startswith("-"):
            # The option's value is not shown: it may be an address with a password.
            raise here.wrong(
                f"the option {re.split(r'[ =]', line)[0]} is no constraint",
                "leave requirements, -r and -c lines only",
            )
        else:
            yield replace(here, text=_REST.sub("", line))


def _resolved(said: Said, path: Path) -> Path:
    try:
        return (said.base / path).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL
        raise said.wrong(
            f"{path.as_posix()!r} leads to no file", "name a file of requirements"
        ) from error


def _text(said: Said, path: Path, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise said.wrong(
            f"{path.as_posix()} cannot be read: {reason}",
            "name a file of requirements, one a line",
        ) from error


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with something on them, continued ones joined, and where they begin."""
    pending, start = "", 0
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        start = start if pending else number
        if line.endswith("\\"):
            pending += line[:-1].rstrip() + " "
            continue
        bare = _COMMENT.sub("", pending + line).strip()
        pending = ""
        if bare:
            yield start, bare

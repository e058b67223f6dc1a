"""The project's own lines that take something from those concerned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from compatcheck.diagnosis.sources import imports, line_of, parsed
from compatcheck.errors import IndexFault
from compatcheck.investigate.parties import Parties
from compatcheck.report.investigated import Affected
from compatcheck.surface.folder import FolderArchive

_MOST_FILES: Final = 2000
"""Beyond that, a folder is taken to be no project: a home, say."""


def affected(parts: Parties, folder: Path) -> tuple[Affected, ...]:
    """Every import of either side in the source below a folder, by file and line."""
    tops = set(_tops(parts))
    try:
        files = [it for it in FolderArchive(folder).names() if it.endswith(".py")]
    except IndexFault:
        return ()
    if len(files) > _MOST_FILES:
        return ()
    found = {it for file in sorted(files) for it in _lines(folder, file, tops)}
    return tuple(
        Affected(file=file, line=line, text=line_of(str(folder / file), line))
        for file, line in sorted(found)
    )


def _tops(parts: Parties) -> Iterator[str]:
    if parts.scene.wanted is not None:
        yield parts.scene.wanted.top
    for it in (parts.consumer, parts.provider):
        yield from it.importable if it is not None else ()


def _lines(folder: Path, file: str, tops: set[str]) -> Iterator[tuple[str, int]]:
    tree = parsed(str(folder / file))
    for it in imports(tree, "") if tree else ():
        if it.module.partition(".")[0] in tops:
            yield file, it.line

"""What a project needs, as statements to be replayed: its contract, then its source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from compatcheck.errors import IndexFault
from compatcheck.model import ImportNeed
from compatcheck.surface.folder import FolderArchive
from compatcheck.surface.needs import read_source_needs

_MOST_FILES: Final = 2000
"""Beyond that, a folder is taken to be no project: a home, say."""


def stated(folder: Path) -> tuple[str, ...]:
    """One statement for each module or name that a project needs from others.

    First what its contract names, in [tool.compatcheck], then what the source below the
    folder imports. None where there is no project, or where it cannot be read.
    """
    return tuple(dict.fromkeys((*_contracted(folder), *_imported(folder))))


def _contracted(folder: Path) -> Iterator[str]:
    """What the nearest pyproject.toml's contract names; none where that is faulty."""
    if not _has_table(folder):
        return
    # What reads the table is slow to import, and most folders have none.
    from compatcheck.config.pyproject import read_project
    from compatcheck.config.said import Problems

    contract = read_project(folder, Problems()).table.contract
    for module in contract.modules:
        yield from (f"import {module}",) if _is_dotted(module) else ()
    for names in contract.symbols:
        for name in names.names:
            first = name.partition(".")[0]
            if _is_dotted(names.module) and first.isidentifier():
                yield f"from {names.module} import {first}"


def _has_table(folder: Path) -> bool:
    for above in (folder, *folder.parents):
        try:
            text = (above / "pyproject.toml").read_bytes()
        except OSError:
            continue
        return b"compatcheck" in text
    return False


def _is_dotted(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def _imported(folder: Path) -> tuple[str, ...]:
    try:
        files = [it for it in FolderArchive(folder).names() if it.endswith(".py")]
        if not files or len(files) > _MOST_FILES:
            return ()
        needs = read_source_needs(folder).needs
    except IndexFault:
        return ()
    return tuple(dict.fromkeys(_statements(needs)))


def _statements(needs: tuple[ImportNeed, ...]) -> Iterator[str]:
    for need in needs:
        if need.optional:
            continue
        if need.name is None:
            yield f"import {need.module}"
        else:
            yield f"from {need.module} import {need.name}"

"""What a project's source imports, as statements to be replayed."""

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
    """One statement for each module that the source below a folder needs from others.

    None where there is no project, or where it cannot be read.
    """
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

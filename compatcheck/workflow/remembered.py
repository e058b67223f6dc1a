"""What the index told last time, for when there is no network."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from compatcheck.ask.keys import digest
from compatcheck.errors import IndexFault, StoreFault
from compatcheck.index.locations import IndexSettings
from compatcheck.index.redact import redact
from compatcheck.index.settings import uv_environment
from compatcheck.model import Project
from compatcheck.observations import ObservationStore
from compatcheck.ports import Index


class RememberedIndex:
    """An index whose answers are kept, and told again where the user is offline.

    Only there: where an index was to be asked and cannot be, that is a fault.
    """

    def __init__(
        self, index: Index, store: ObservationStore, where: IndexSettings
    ) -> None:
        """Ask that index, which stands for these settings."""
        self._index = index
        self._store = store
        self._offline = where.offline
        self._where = digest(uv_environment(where))

    def project(self, distribution: str) -> Project | None:
        """All releases of a distribution; None when no index knows the name.

        Raises `IndexFault` where an index could not be read and nothing is remembered.
        """
        key = digest([self._where, distribution])
        try:
            found = self._index.project(distribution)
        except IndexFault:
            kept = self._store.get("projects", key, Project) if self._offline else None
            if kept is None:
                raise
            return kept
        if found is not None and not self._offline:
            # What was told is true whether or not it can be remembered.
            with contextlib.suppress(StoreFault):
                self._store.put("projects", key, _without_secrets(found))
        return found


def _without_secrets(project: Project) -> Project:
    """The project without what may stand in addresses; offline, none is opened."""
    return replace(
        project,
        releases=tuple(
            replace(
                release,
                files=tuple(
                    replace(file, url=redact(file.url)) for file in release.files
                ),
            )
            for release in project.releases
        ),
    )

"""Rooms that are opened when they are first asked: most visits never need the network.

What reads indexes and remote archives takes half a second to import, more than all that
a doctor does in a healthy environment.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from compatcheck.index.locations import IndexSettings
from compatcheck.model import Project, ReleaseFile
from compatcheck.ports import Archive, Archives, Index


@dataclass(kw_only=True)
class LateIndex:
    """An index that is opened with the first question, and closed with the stack."""

    where: IndexSettings
    stack: ExitStack
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _opened: Index | None = None

    def project(self, distribution: str) -> Project | None:
        """As `Index` has it. Raises `IndexFault`."""
        return self._real().project(distribution)

    def _real(self) -> Index:
        from compatcheck.index.client import Simple

        with self._guard:
            if self._opened is None:
                self._opened = self.stack.enter_context(Simple(self.where))
            return self._opened


@dataclass(kw_only=True)
class LateArchives:
    """Archives that are opened with the first wheel, and closed with the stack."""

    where: IndexSettings
    stack: ExitStack
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _opened: Archives | None = None

    @contextmanager
    def open(self, file: ReleaseFile, *, whole: bool) -> Generator[Archive]:
        """As `Archives` has it. Raises `IndexFault`."""
        with self._real().open(file, whole=whole) as archive:
            yield archive

    def _real(self) -> Archives:
        from compatcheck.index.archives import RemoteArchives

        with self._guard:
            if self._opened is None:
                self._opened = self.stack.enter_context(RemoteArchives(self.where))
            return self._opened

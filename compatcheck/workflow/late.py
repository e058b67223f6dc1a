"""Rooms that are opened when they are first asked: most visits never need the network.

What reads indexes and remote archives takes half a second to import, more than all that
a doctor does in a healthy environment.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from compatcheck.index.locations import IndexSettings
from compatcheck.model import Project, ReleaseFile
from compatcheck.ports import Archive, Archives, Index
from compatcheck.workflow.session import Session


class LateWhere:
    """Where the user's indexes are, read when that is first asked."""

    def __init__(self, session: Session) -> None:
        """Nothing is read yet."""
        self._session = session

    @cached_property
    def settings(self) -> IndexSettings:
        """Where they are. Raises `UsageError` for what cannot be understood."""
        from compatcheck.index.settings import read_index_settings

        return read_index_settings(self._session.environ, self._session.folder)


class LateVariables(Mapping[str, str]):
    """The variables that tell uv of the indexes, read when uv first runs."""

    def __init__(self, where: LateWhere) -> None:
        """Nothing is read yet."""
        self._where = where

    @cached_property
    def _told(self) -> Mapping[str, str]:
        from compatcheck.index.settings import uv_environment

        return uv_environment(self._where.settings)

    def __getitem__(self, name: str) -> str:
        return self._told[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


@dataclass(kw_only=True)
class LateIndex:
    """An index that is opened with the first question, and closed with the stack."""

    where: LateWhere
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
                self._opened = self.stack.enter_context(Simple(self.where.settings))
            return self._opened


@dataclass(kw_only=True)
class LateArchives:
    """Archives that are opened with the first wheel, and closed with the stack."""

    where: LateWhere
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
                self._opened = self.stack.enter_context(
                    RemoteArchives(self.where.settings)
                )
            return self._opened

"""Asks all configured indexes and puts their answers together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final, TypeVar
from urllib.parse import urljoin

from packaging.utils import canonicalize_name

from compatcheck.errors import IndexFault
from compatcheck.index.connected import Absent, Answer, Client, Patience
from compatcheck.index.folders import local_path, read_folder, read_local_page
from compatcheck.index.locations import IndexSettings
from compatcheck.index.once import Once
from compatcheck.index.redact import redact
from compatcheck.index.state import page_state
from compatcheck.model import PageState, Project, Release, ReleaseFile

Files = tuple[ReleaseFile, ...]
T = TypeVar("T")

_PAGE: Final = "index.html"
_NEAR: Final = Answer(url="", content_type="", body=b"")
"""Stands for a place on this machine, at whose files others look (`lying_near`)."""


class Simple(Client):
    """The simple index API (PEP 503, 691, 700), over several indexes and folders.

    Each name is asked for once, and its answer or fault kept as long as this lives.
    """

    def __init__(
        self, settings: IndexSettings, *, patience: Patience | None = None
    ) -> None:
        """Remember the settings; nothing is asked yet."""
        super().__init__(settings, patience=patience)
        self._projects = Once(self._project)
        self._flat_pages = Once(self._flat_page)

    def project(self, distribution: str) -> Project | None:
        """Give all releases of a distribution; None when no index knows the name.

        Raises `IndexFault` where an index could not be read.
        """
        return self._projects(canonicalize_name(distribution))

    def page_state(self, distribution: str) -> PageState:
        """What those places say by now that are not on this machine.

        As far as a resolver would look: an index that comes after the one that knows
        the name is not asked, where the strategy says so. Asked anew each time, and
        not out of a cache on the way. Raises `IndexFault`.
        """
        name = canonicalize_name(distribution)

        def indexed(url: str) -> Answer | None:
            page = _page(url, name)
            if (folder := local_path(page)) is not None:
                return _NEAR if (folder / _PAGE).exists() else None
            return self._if_there(page, anew=True)

        def linked(url: str) -> Answer:
            return self._flat_pages(url) if local_path(url) is None else _NEAR

        return page_state([*self._each(indexed, linked)])

    def _project(self, name: str) -> Project | None:
        """Ask everywhere and put it together."""
        asked = self._each(
            lambda url: self._indexed(url, name),
            # Not sorted by name: it knows none of those that it has no file of.
            lambda url: self._linked(url, name) or None,
        )
        found = [files for files in asked if files is not None]
        if not found:
            return None
        return Project(distribution=name, releases=_releases(_merged(found)))

    def _each(
        self, indexed: Callable[[str], T | None], linked: Callable[[str], T | None]
    ) -> Iterator[T | None]:
        """Yield what each place has, as far as the strategy has them asked."""
        if not self._settings.no_index:
            for index in self._settings.indexes:
                found = indexed(index.url)
                yield found
                if found is not None and self._settings.strategy == "first-index":
                    break
        for link in self._settings.find_links:
            yield linked(link)

    def _indexed(self, url: str, name: str) -> Files | None:
        """Ask one index; None where it does not know the name."""
        page = _page(url, name)
        if (folder := local_path(page)) is not None:
            return read_local_page(folder / _PAGE, name)
        answer = self._if_there(page)
        return None if answer is None else _read(answer, name)

    def _if_there(self, page: str, *, anew: bool = False) -> Answer | None:
        try:
            return self._asked(page, anew=anew)
        except Absent:
            return None

    def _linked(self, url: str, name: str) -> Files:
        """Look into one place of find-links: a folder, a page on disk or elsewhere."""
        path = local_path(url)
        if path is None:
            return _read(self._flat_pages(url), name)
        if path.is_file():
            return read_local_page(path, name) or ()
        return read_folder(path, name)

    def _flat_page(self, url: str) -> Answer:
        """Fetch a page of find-links. Raises `IndexFault`, also when it is absent."""
        try:
            return self._asked(url)
        except Absent:
            words = f"{redact(url)}, a place of find-links, is not there"
        raise IndexFault(words)

    def _asked(self, url: str, *, anew: bool = False) -> Answer:
        """Fetch a page. Raises `Absent`, `IndexFault`."""
        from pypi_simple import ACCEPT_JSON_PREFERRED

        return self._web.get(url, accept=ACCEPT_JSON_PREFERRED, anew=anew)


def _page(index: str, name: str) -> str:
    """Say where an index has the page of a name."""
    return urljoin(f"{index.rstrip('/')}/", f"{name}/")


def _read(answer: Answer, name: str) -> Files:
    """Read an answer of the network."""
    from compatcheck.index.pages import read_page

    return read_page(
        answer.body,
        content_type=answer.content_type,
        url=answer.url,
        distribution=name,
    )


def _merged(found: Iterable[Files]) -> Iterable[ReleaseFile]:
    """Keep each file once: the one of which more is told, the earlier one in a tie."""
    kept: dict[str, ReleaseFile] = {}
    places: Counter[str] = Counter()
    for files in found:
        places.update({file.filename for file in files})
        for file in files:
            other = kept.get(file.filename)
            if other is None or _told(file) > _told(other):
                kept[file.filename] = file
    return [replace(file, places=places[name]) for name, file in kept.items()]


def _told(file: ReleaseFile) -> tuple[bool, bool]:
    """Say how much is known of a file; as-of needs its time, trust its hash."""
    return file.upload_time is not None, file.sha256 is not None


def _releases(files: Iterable[ReleaseFile]) -> tuple[Release, ...]:
    """Sort files into releases, ascending, each one's files by name."""
    ordered = sorted(files, key=lambda file: (file.version, file.filename))
    return tuple(
        Release(distribution=group[0].distribution, version=version, files=group)
        for version, group in (
            (version, tuple(same))
            for version, same in groupby(ordered, key=lambda file: file.version)
        )
    )

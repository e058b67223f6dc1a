"""Asks all configured indexes and puts their answers together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from urllib.parse import urljoin

from packaging.utils import canonicalize_name

from compatcheck.errors import IndexFault
from compatcheck.index.connected import Absent, Answer, Client, Patience
from compatcheck.index.folders import local_path, read_folder, read_local_page
from compatcheck.index.locations import IndexSettings
from compatcheck.index.once import Once
from compatcheck.index.redact import redact
from compatcheck.model import Project, Release, ReleaseFile

Files = tuple[ReleaseFile, ...]


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

    def _project(self, name: str) -> Project | None:
        """Ask everywhere and put it together."""
        found = [files for files in self._everywhere(name) if files is not None]
        if not found:
            return None
        return Project(distribution=name, releases=_releases(_merged(found)))

    def _everywhere(self, name: str) -> Iterator[Files | None]:
        """Yield what each place has, as far as the strategy has them asked."""
        if not self._settings.no_index:
            for index in self._settings.indexes:
                files = self._indexed(index.url, name)
                yield files
                if files is not None and self._settings.strategy == "first-index":
                    break
        for link in self._settings.find_links:
            # A place that is not sorted by name knows none of those it has no file of.
            yield self._linked(link, name) or None

    def _indexed(self, url: str, name: str) -> Files | None:
        """Ask one index; None where it does not know the name."""
        page = urljoin(f"{url.rstrip('/')}/", f"{name}/")
        if (folder := local_path(page)) is not None:
            return read_local_page(folder / "index.html", name)
        try:
            answer = self._asked(page)
        except Absent:
            return None
        return _read(answer, name)

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

    def _asked(self, url: str) -> Answer:
        """Fetch a page. Raises `Absent`, `IndexFault`."""
        from pypi_simple import ACCEPT_JSON_PREFERRED

        return self._web.get(url, accept=ACCEPT_JSON_PREFERRED)


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

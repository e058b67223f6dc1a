"""Reads what an index answers, JSON or HTML, into files of releases.

Imported only when there is such an answer: what reads HTML is slow to import.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.message import Message
from urllib.parse import unquote, urlsplit
from warnings import catch_warnings, simplefilter

from pydantic import ValidationError
from pypi_simple import (
    DistributionPackage,
    Link,
    ProjectPage,
    RepositoryPage,
    UnexpectedRepoVersionWarning,
    UnsupportedRepoVersionError,
)

from compatcheck.errors import IndexFault
from compatcheck.index.named import release_file
from compatcheck.index.redact import redact
from compatcheck.model import ReleaseFile

_JSON = "application/vnd.pypi.simple.v1+json"
_HTML = ("application/vnd.pypi.simple.v1+html", "text/html")
_FALSE = ("", "false")

_UNREADABLE = (
    AttributeError,
    LookupError,  # also an encoding that nobody knows
    RecursionError,
    TypeError,
    ValidationError,
    ValueError,  # also text and JSON that cannot be decoded
)
"""What a page of any other shape than the standard's makes its reading raise."""

# pypi-simple warns of a newer minor version, which PEP 629 lets us read all the same.
# Filters for warnings belong to the process, so only one thread may change them.
_PARSING = threading.Lock()


def read_page(
    body: bytes, *, content_type: str, url: str, distribution: str
) -> tuple[ReleaseFile, ...]:
    """Read the files of a distribution from a page, as the page orders them.

    Files whose names say nothing, or are another distribution's, are passed over.
    Raises `IndexFault` for a page that is none.
    """
    message = Message()
    message["Content-Type"] = content_type or "text/html"
    kind = message.get_content_type()
    if kind not in {_JSON, "application/json", *_HTML}:
        raise IndexFault(f"{redact(url)} answered with {kind}, which is no index page")
    try:
        text = body.decode(message.get_content_charset("utf-8"))
        with _PARSING, catch_warnings():
            simplefilter("ignore", UnexpectedRepoVersionWarning)
            found = _html(text, url) if kind in _HTML else _json(text, url)
            return tuple(_released(found, distribution))
    except UnsupportedRepoVersionError:
        reason = "speaks a version of the index API that is not known here"
    except _UNREADABLE:
        reason = "answered with a page that cannot be read"
    # Without the cause, whose words may quote the page and its addresses.
    raise IndexFault(f"{redact(url)} {reason}")


def _released(
    found: Iterable[DistributionPackage], distribution: str
) -> Iterator[ReleaseFile]:
    """Keep what is a release of the distribution."""
    for told in found:
        file = release_file(distribution, told.filename, told.url, told)
        if file is not None:
            yield file


def _json(text: str, url: str) -> list[DistributionPackage]:
    """Read a JSON page (PEP 691, times: PEP 700)."""
    page = json.loads(text)
    for file in page["files"]:
        # The older names of PEP 714 count where the newer one is missing.
        for older in ("dist-info-metadata", "data-dist-info-metadata"):
            if file.get("core-metadata") is None and older in file:
                file["core-metadata"] = file[older]
    # No more than is needed, so that a novelty elsewhere does no harm.
    needed = {key: page[key] for key in ("meta", "name", "files")}
    return ProjectPage.from_json_data(needed, url).packages


def _html(text: str, url: str) -> list[DistributionPackage]:
    """Read an HTML page (PEP 503), or any page that links to files."""
    return [_linked(link) for link in RepositoryPage.from_html(text, url).links]


def _linked(link: Link) -> DistributionPackage:
    """Read one link with its attributes, the file's name from its address.

    `data-upload-time` is in no standard, but some servers send it and uv reads it.
    """
    filename = unquote(urlsplit(link.url).path.rpartition("/")[2])
    told = DistributionPackage.from_link(
        Link(text=filename, url=link.url, attrs=link.attrs)
    )
    if time := link.attrs.get("data-upload-time"):
        told.upload_time = _time(str(time))
    older = link.attrs.get("data-dist-info-metadata")
    if told.has_metadata is None and older is not None:
        told.has_metadata = str(older).lower() not in _FALSE
    return told


def _time(text: str) -> datetime | None:
    """Read an instant; one that cannot be read is one that is not told."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None

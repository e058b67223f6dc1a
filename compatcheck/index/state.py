"""What pages of indexes say of a distribution, to be known again another time.

Read in haste, as nothing more than whether a page changed hangs on it: what is not
found plainly in a page is not told.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final
from urllib.parse import unquote_to_bytes

from compatcheck.index.connected import Answer
from compatcheck.index.once import Once
from compatcheck.model import PageFiles, PageState

_LINK: Final = re.compile(rb"<a\s", re.IGNORECASE)
_HREF: Final = re.compile(rb"""href=["']([^"'#?]+)""", re.IGNORECASE)
_TIME: Final = re.compile(rb"""data-upload-time=["']([^"']+)""", re.IGNORECASE)
_YANKED: Final = re.compile(rb"\sdata-yanked\b", re.IGNORECASE)

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_File = tuple[str, str, bool]
"""Its name, when it came out, whether it is yanked."""


def page_state(answers: Sequence[Answer | None]) -> PageState:
    """What the pages of one distribution say; None where a place does not know it."""
    bodies = [None if it is None else it.body for it in answers]
    digests = [None if it is None else hashlib.sha256(it).hexdigest() for it in bodies]
    digest = hashlib.sha256(json.dumps(digests).encode()).hexdigest()
    # Read when somebody asks, which few do; then the pages are let go of.
    files = Once(lambda _: _read([bodies.pop() or b"" for _ in digests]))
    return PageState(digest=digest, files=partial(files, digest))


def _read(bodies: Sequence[bytes]) -> PageFiles | None:
    """What pages say of files; None where any does not tell when it came out."""
    try:
        files = [file for body in bodies for file in _files(body)]
        times = [datetime.fromisoformat(time) for _, time, _ in files]
        newest = max(map(_aware, times), default=_NEVER)
    except (LookupError, TypeError, ValueError):
        return None
    yanked = frozenset(name for name, _, yanked in files if yanked)
    return PageFiles(newest=newest, yanked=yanked)


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _files(body: bytes) -> Iterable[_File]:
    """The files on a page. Raises `LookupError`, `TypeError`, `ValueError`."""
    if body.lstrip()[:1] == b"{":
        return [
            (it["filename"], it["upload-time"], it.get("yanked", False) is not False)
            for it in json.loads(body)["files"]
        ]
    return map(_linked, _LINK.split(body)[1:])


def _linked(link: bytes) -> _File:
    """What a link says that begins there, and whatever follows until the next one."""
    address, time = _HREF.search(link), _TIME.search(link)
    if address is None or time is None:
        raise ValueError
    name = unquote_to_bytes(address[1].rpartition(b"/")[2]).decode()
    return name, time[1].decode(), _YANKED.search(link) is not None

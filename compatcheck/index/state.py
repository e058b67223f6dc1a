"""What pages of indexes say of a distribution, to be known again another time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from compatcheck.index.connected import Answer
from compatcheck.model import PageState

_LINK: Final = re.compile(rb"<a\s", re.IGNORECASE)
_TIME: Final = re.compile(rb"""\sdata-upload-time=["']([^"']+)""", re.IGNORECASE)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def page_state(answers: Sequence[Answer | None]) -> PageState:
    """What the pages of one distribution say; None where a place does not know it."""
    bodies = [b"" if it is None else it.body for it in answers]
    known = [it is not None for it in answers]
    digests = [hashlib.sha256(it).hexdigest() for it in bodies]
    told = json.dumps([*zip(known, digests, strict=True)])
    digest = hashlib.sha256(told.encode()).hexdigest()
    return PageState(digest=digest, newest=_newest(bodies))


def _newest(bodies: Iterable[bytes]) -> datetime | None:
    """When the newest file came out; None where that is not plain of each.

    Read in haste: to read a page as `index.pages` does takes a hundred times as long,
    and whoever is told None only has to find out by other means.
    """
    try:
        times = [_aware(time) for body in bodies for time in _times(body)]
    except (LookupError, RecursionError, TypeError, ValueError):
        return None
    return max(times, default=_NEVER)


def _times(body: bytes) -> list[str]:
    """When each file on a page came out (PEP 700). Raises what a strange page makes."""
    if body.lstrip()[:1] == b"{":
        return [it["upload-time"] for it in json.loads(body)["files"]]
    # An attribute of a link is somewhere before the next link.
    links = [_TIME.search(link) for link in _LINK.split(body)[1:]]
    return [link[1].decode() for link in links if link] if all(links) else [""]


def _aware(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)

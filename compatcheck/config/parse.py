"""From a text to what it means; each raises `UsageError` with one problem."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Final, Literal

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from compatcheck.config.said import Said
from compatcheck.model import (
    AxisRequest,
    EnvironmentKind,
    Outcome,
    Resolution,
    Select,
    Shard,
    Symbol,
)

_SELECT: Final = re.compile(r"minor|all|latest:(?P<count>[1-9]\d*)")
_SHARD: Final = re.compile(r"(?P<number>[1-9]\d*)/(?P<count>[1-9]\d*)")
_CREDENTIALS: Final = re.compile(r"//[^/\s]*@")

_ALIKE: Final = 0.7
"""From here on a word is likely a slip of another (difflib's ratio, 0 to 1)."""

MOST_JOBS: Final = 1024
"""At once on one machine; each job is a process or more."""
MOST_SHARDS: Final = 1024
"""Machines that one grid is divided among."""
MOST_VERIFIED: Final = 10_000

MOST_LATEST: Final = 10_000
"""Releases of one distribution: some come out daily, for years."""
MOST_SECONDS: Final = 24 * 60 * 60
"""A question that takes longer than a day is none."""

FAILING: Final = tuple(outcome for outcome in Outcome if outcome != Outcome.PASSED)
"""The outcomes that a run may be made to fail on."""


def without_credentials(text: str) -> str:
    """The text, with user and password of any address in it hidden."""
    return _CREDENTIALS.sub("//***@", text)


def nearest(word: str, known: Collection[str]) -> str:
    """A mend for an unknown word: the one it resembles, else all that are known."""
    close = get_close_matches(word, list(known), n=1, cutoff=_ALIKE)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"choose from {', '.join(known)}"


def choice(said: Said, known: Collection[str]) -> str:
    """The text itself, which must be one of the known words."""
    if said.text not in known:
        raise said.wrong(f"{said.text!r} is unknown", nearest(said.text, known))
    return said.text


def requirement(said: Said) -> str:
    """A requirement (PEP 508) in its usual spelling."""
    return str(_requirement(said))


def axis(said: Said) -> AxisRequest:
    """A distribution that varies: a name, perhaps extras and a version range."""
    parsed = _requirement(said)
    if parsed.url is not None:
        raise said.wrong(
            "an axis cannot be an address: it has one version only",
            "name the distribution, or give the address as a constraint",
        )
    if parsed.marker is not None:
        raise said.wrong(
            f"an axis cannot have a marker ({parsed.marker})",
            "leave it out; --python says which Pythons are asked",
        )
    return AxisRequest(
        distribution=canonicalize_name(parsed.name),
        extras=tuple(sorted({canonicalize_name(extra) for extra in parsed.extras})),
        specifier=parsed.specifier,
        place=said.place,
    )


def select(said: Said) -> tuple[str | None, Select]:
    """A rule, and the distribution that it is for (None: all)."""
    distribution, _, rule = said.text.rpartition("=")
    match = _SELECT.fullmatch(rule.strip())
    if match is None:
        raise said.wrong(
            f"{rule!r} is no way to select releases",
            "write minor, all or latest:N with N from 1",
        )
    name = canonicalize_name(distribution.strip()) if distribution else None
    match rule.strip():
        case "minor" | "all" as plain:
            return name, Select(rule=plain)
        case _:
            count = _whole(match["count"], MOST_LATEST)
    if count is None:
        raise said.wrong(
            f"{rule!r} is more than anybody has released",
            f"write latest:N with N from 1 to {MOST_LATEST}, or all",
        )
    return name, Select(rule="latest", count=count)


def module(said: Said) -> str:
    """A dotted import name."""
    if not _is_dotted_name(said.text):
        raise said.wrong(
            f"{said.text!r} is not the name of a module{_keyword_in(said.text)}",
            "write it as an import statement would: flask.cli",
        )
    return said.text


def symbol(said: Said) -> Symbol:
    """A name in a module: `flask:Flask.run`."""
    where, colon, name = said.text.partition(":")
    if not colon:
        before, _, last = where.rpartition(".")
        example = f"{before}:{last}" if before else f"{where}:NAME"
        raise said.wrong(
            f"{said.text!r} does not say where the module ends",
            f"write module:name, such as {example}",
        )
    if not (_is_dotted_name(where) and _is_dotted_name(name)):
        raise said.wrong(
            f"{said.text!r} is not a name in a module{_keyword_in(said.text)}",
            "write module:name, such as flask:Flask.run",
        )
    return Symbol(module=where, name=name)


def resolution(said: Said) -> Resolution:
    """Which versions the resolver prefers."""
    return Resolution(choice(said, [mode.value for mode in Resolution]))


def environment(said: Said) -> EnvironmentKind:
    """What cells are made of."""
    return EnvironmentKind(choice(said, [kind.value for kind in EnvironmentKind]))


def outcome(said: Said) -> Outcome:
    """An outcome that makes a run fail; `not-run` is understood too."""
    word = Said(text=said.text.replace("-", "_"), place=said.place)
    return Outcome(choice(word, [one.value for one in FAILING]))


def instant(said: Said, now: datetime) -> datetime | Literal["release"]:
    """The instant after which nothing exists, in UTC, or the word `release`.

    A bare date lets that whole day in, as uv's `--exclude-newer` does, but in UTC
    and not in the machine's time zone, so that it means the same everywhere.
    """
    if said.text == "release":
        return "release"
    try:
        day = date.fromisoformat(said.text)
    except ValueError:
        moment = _moment(said)
        if moment > now:
            raise _future(said) from None
        return moment
    if day > now.astimezone(UTC).date():
        raise _future(said)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def jobs(said: Said) -> int:
    """How many cells are asked at once."""
    return _number(said, "jobs", MOST_JOBS)


def verify(said: Said) -> int:
    """How many cells are asked once more."""
    return _number(said, "cells", MOST_VERIFIED)


def _number(said: Said, what: str, most: int) -> int:
    count = _whole(said.text, most)
    if count is None:
        raise said.wrong(
            f"{said.text!r} is no number of {what}",
            f"write a whole number from 1 to {most}",
        )
    return count


def seconds(said: Said) -> float:
    """A time limit, of a day at most."""
    try:
        value = float(said.text)
    except ValueError:
        value = 0.0
    if not 0 < value <= MOST_SECONDS:
        raise said.wrong(
            f"{said.text!r} is no time limit",
            f"write a number of seconds above 0, {MOST_SECONDS} at most",
        )
    return value


def shard(said: Said) -> Shard:
    """Which share of how many: `2/4`."""
    match = _SHARD.fullmatch(said.text)
    count = _whole(match["count"], MOST_SHARDS) if match else None
    number = _whole(match["number"], count) if match and count else None
    if count is None or number is None:
        raise said.wrong(
            f"{said.text!r} is no shard",
            f"write K/N: the K-th of N shares, N {MOST_SHARDS} at most",
        )
    return Shard(number=number, count=count)


def _requirement(said: Said) -> Requirement:
    try:
        return Requirement(said.text)
    except InvalidRequirement as error:
        # The lines after the first draw a caret below the text, addresses and all.
        reason = str(error).splitlines()[0]
        raise said.wrong(
            f"{without_credentials(said.text)!r} is not a requirement: {reason}",
            "write it like flask>=2.2,<3",
        ) from error


def _whole(text: str, most: int) -> int | None:
    """A whole number from 1 to `most`; None if it is another text."""
    if not (text.isdecimal() and len(text) <= len(str(most))):
        return None
    return int(text) if 1 <= int(text) <= most else None


def _is_dotted_name(text: str) -> bool:
    return all(
        part.isidentifier() and not keyword.iskeyword(part) for part in text.split(".")
    )


def _keyword_in(text: str) -> str:
    """What to add where a word of Python's own is used as a name; may be empty."""
    words = filter(keyword.iskeyword, re.split(r"[.:]", text))
    return "".join(f": {word!r} is a word of Python's own" for word in [*words][:1])


def _moment(said: Said) -> datetime:
    try:
        moment = datetime.fromisoformat(said.text)
        in_utc = moment if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise said.wrong(
            f"{said.text!r} is not a point in time",
            "write release, 2026-05-31 or 2026-05-31T12:00:00Z",
        ) from error
    if moment.tzinfo is None:
        raise said.wrong(
            f"{said.text!r} does not say its time zone", f"write {said.text}Z for UTC"
        )
    return in_utc


def _future(said: Said) -> Exception:
    return said.wrong(
        f"{said.text!r} is in the future, where anything may come out",
        "name a day or an instant that has passed",
    )

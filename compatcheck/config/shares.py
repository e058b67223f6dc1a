"""How much of a grid a run asks, and asks again: what goes with what."""

from __future__ import annotations

from collections.abc import Iterable

from compatcheck.config import parse
from compatcheck.config.said import Problems, Said
from compatcheck.config.spoken import Spoken
from compatcheck.errors import Problem
from compatcheck.model import Shard


def shard(said: Said, *, refines: bool) -> Shard:
    """The share that a run asks. Raises `UsageError` where it cannot be one."""
    if refines:
        raise said.wrong(
            "a shard cannot refine: the neighbours of its cells are other shards'",
            "leave out --refine; --select DISTRIBUTION=all asks every release",
        )
    return parse.shard(said)


def verify(said: Said, *, probes: Iterable[Said]) -> int:
    """How many cells are asked again. Raises `UsageError` where none can be."""
    if {it.text for it in probes} == {"screen"}:
        raise said.wrong(
            "a screen runs nothing that could be verified",
            "leave it out, or ask for other probes too",
        )
    return parse.verify(said)


def with_shims(spoken: Spoken, probes: Iterable[Said], problems: Problems) -> bool:
    """Whether cells are asked with the shim, too; a problem where none can be."""
    typed = [it for it in spoken.adaptations if it.place == "--adaptations"]
    if typed and not spoken.with_shims:
        wrong = typed[0].wrong("there is no shim to apply them", "add --with-shims")
        problems.found.extend(wrong.problems)
    if spoken.with_shims and {it.text for it in probes} == {"screen"}:
        problems.found.append(
            Problem(
                place="--with-shims",
                message="a screen runs nothing that a shim could adapt",
                mend="leave it out, or ask for other probes too",
            )
        )
    return spoken.with_shims

"""What the command line gives, as typed: nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command line's share of the settings; None or empty is "not said".

    Texts stay texts, numbers too, so that `read_settings` can tell all that is wrong
    at once.
    """

    requirements: tuple[str, ...] = ()
    """The axes: the arguments of `matrix`."""
    python: tuple[str, ...] = ()
    probe: tuple[str, ...] = ()
    """Each may be a comma list."""
    select: tuple[str, ...] = ()
    """`RULE`, for all axes, or `DISTRIBUTION=RULE`; the last word counts."""
    resolution: tuple[str, ...] = ()
    as_of: str | None = None
    constraint: tuple[str, ...] = ()
    constraint_file: tuple[str, ...] = ()
    """`-c FILE`."""
    override: tuple[str, ...] = ()
    refine: bool | None = None
    blame: bool | None = None
    with_shims: bool | None = None
    adaptations: tuple[str, ...] = ()
    """Folders of the user's adaptations."""
    pre_releases: bool | None = None
    yanked: bool | None = None
    module: tuple[str, ...] = ()
    symbol: tuple[str, ...] = ()
    scenario: tuple[str, ...] = ()
    """Files of scenarios."""
    source: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    """`--with REQUIREMENT`: what each cell has besides its pins."""
    allow_builds: bool | None = None
    format: tuple[str, ...] = ()
    """`NAME` or `NAME=PATH`."""
    output: str | None = None
    folder: str | None = None
    environment: str | None = None
    jobs: str | None = None
    executor: str | None = None
    timeout: str | None = None
    """Seconds."""
    budget: str | None = None
    """Seconds for the whole run."""
    shard: str | None = None
    """`K/N`."""
    verify: str | None = None
    """How many cells."""
    memory: str | None = None
    """Bytes, or with a unit: `4GiB`."""
    cache_size: str | None = None
    """Bytes, or with a unit."""
    fail_on: tuple[str, ...] = ()
    """Each may be a comma list."""

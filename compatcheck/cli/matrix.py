"""`compatcheck matrix`: the grid."""

from __future__ import annotations

from typing import Annotated

import typer

from compatcheck.cli.speaking import speaking

Several = list[str] | None


def matrix(  # noqa: PLR0913 - the options of a command
    requirement: Annotated[
        Several,
        typer.Argument(
            help="The axes: distributions with the releases to try, as in "
            "'flask>=2.2,<3'. Default: [tool.compatcheck], else the chatkit profile.",
            show_default=False,
        ),
    ] = None,
    *,
    python: Annotated[
        Several, typer.Option(help="A Python to ask in: 3.12, 3.12.1 or a path.")
    ] = None,
    probe: Annotated[
        Several,
        typer.Option(
            help="What to ask: import,symbol,call,scenario,screen (runs nothing)."
        ),
    ] = None,
    select: Annotated[
        Several,
        typer.Option(
            help="Which candidates: minor (the newest patch of each), all, latest:N; "
            "for one axis as in flask=all."
        ),
    ] = None,
    resolution: Annotated[
        Several, typer.Option(help="highest, lowest-direct or lowest.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Resolve as of a date, or each cell as of its release."),
    ] = None,
    constraint: Annotated[
        Several, typer.Option(help="A bound on whatever gets installed.")
    ] = None,
    constraint_file: Annotated[
        Several, typer.Option("-c", "--constraint-file", help="A file of them.")
    ] = None,
    override: Annotated[
        Several, typer.Option(help="A requirement that replaces what others say.")
    ] = None,
    with_: Annotated[
        Several, typer.Option("--with", help="A further requirement of every cell.")
    ] = None,
    module: Annotated[Several, typer.Option(help="A module that must import.")] = None,
    symbol: Annotated[
        Several, typer.Option(help="A name that must be there: module:name.")
    ] = None,
    scenario: Annotated[
        Several,
        typer.Option(
            metavar="FILE",
            help="A file of small programs that must work (scenario_*), or one of the "
            "profile's by its name.",
        ),
    ] = None,
    source: Annotated[
        Several, typer.Option(help="A folder of your own source for a cell's path.")
    ] = None,
    environment: Annotated[
        str | None,
        typer.Option(help="What cells are made of: store (the default) or venv."),
    ] = None,
    refine: Annotated[
        bool | None,
        typer.Option(
            "--refine",
            help="Ask every release between two that came out differently, too.",
        ),
    ] = None,
    blame: Annotated[
        bool | None,
        typer.Option(
            "--blame/--no-blame",
            help="Find out what broke a cell that failed. Default: yes.",
        ),
    ] = None,
    with_shims: Annotated[
        bool | None,
        typer.Option(
            "--with-shims",
            help="Ask what fails, and some of what passes, again with the shim.",
        ),
    ] = None,
    adaptations: Annotated[
        Several,
        typer.Option(help="A folder of your own adaptations, for --with-shims."),
    ] = None,
    pre_releases: Annotated[
        bool | None, typer.Option("--pre-releases", help="Take pre-releases too.")
    ] = None,
    yanked: Annotated[
        bool | None, typer.Option("--yanked", help="Take yanked releases too.")
    ] = None,
    allow_builds: Annotated[
        bool | None,
        typer.Option("--allow-builds", help="Build what has no wheel: runs its code."),
    ] = None,
    timeout: Annotated[
        str | None,
        typer.Option(help="Seconds that a cell may take; scenarios have their own."),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="SECONDS",
            help="Begin no further cell when so much time is over; what was left out "
            "is told.",
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="K/N",
            help="Ask the K-th of N shares alone; `compatcheck report merge` joins "
            "them.",
        ),
    ] = None,
    verify: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Ask N of the cells once more, each in a real environment, and tell "
            "whether the answers agree.",
        ),
    ] = None,
    memory: Annotated[
        str | None, typer.Option(help="Memory that a cell may take, as in 4GiB.")
    ] = None,
    jobs: Annotated[
        str | None, typer.Option("-j", "--jobs", help="Cells asked at one time.")
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="What asks many at a time. Default: local, threads."
        ),
    ] = None,
    cache_size: Annotated[
        str | None,
        typer.Option(
            envvar="COMPATCHECK_CACHE_SIZE",
            help="What the cache may hold after a run. Default: 40GiB.",
        ),
    ] = None,
    fail_on: Annotated[
        Several, typer.Option(help="Outcomes that exit 1. Default: failed,crashed.")
    ] = None,
    format_: Annotated[
        Several,
        typer.Option(
            "-f", "--format", help="text, json or markdown; NAME or NAME=PATH."
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", help="Where to; - is stdout.")
    ] = None,
    folder: Annotated[
        str | None, typer.Option(help="Where reports go. Default: reports.")
    ] = None,
) -> None:
    """Ask which releases of these distributions work together."""
    from compatcheck.config.options import Options

    options = Options(
        requirements=tuple(requirement or ()),
        python=tuple(python or ()),
        probe=tuple(probe or ()),
        select=tuple(select or ()),
        resolution=tuple(resolution or ()),
        as_of=as_of,
        constraint=tuple(constraint or ()),
        constraint_file=tuple(constraint_file or ()),
        override=tuple(override or ()),
        further=tuple(with_ or ()),
        module=tuple(module or ()),
        symbol=tuple(symbol or ()),
        scenario=tuple(scenario or ()),
        source=tuple(source or ()),
        environment=environment,
        refine=refine,
        blame=blame,
        with_shims=with_shims,
        adaptations=tuple(adaptations or ()),
        pre_releases=pre_releases,
        yanked=yanked,
        allow_builds=allow_builds,
        timeout=timeout,
        budget=budget,
        shard=shard,
        verify=verify,
        memory=memory,
        jobs=jobs,
        executor=executor,
        cache_size=cache_size,
        fail_on=tuple(fail_on or ()),
        format=tuple(format_ or ()),
        output=output,
        folder=folder,
    )
    with speaking():
        from compatcheck.cli.telling import tell_matrix

        raise typer.Exit(tell_matrix(options))

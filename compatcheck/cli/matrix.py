"""`compatcheck matrix`: the grid."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from compatcheck.cli.colours import Colour, Colouring
from compatcheck.cli.speaking import speaking

Several = list[str] | None

RELEASES: Final = "Which releases"
ASKED: Final = "What is asked of each cell"
RUN: Final = "How it is run"
OUTPUT: Final = "Output"
"""Headings of the help."""


def matrix(  # noqa: PLR0913 - the options of a command
    requirement: Annotated[
        Several,
        typer.Argument(
            metavar="REQUIREMENT",
            help="The axes: distributions with the releases to try, as in "
            "'flask>=2.2,<3'. Default: [tool.compatcheck], else the chatkit profile.",
            show_default=False,
        ),
    ] = None,
    *,
    python: Annotated[
        Several,
        typer.Option(
            metavar="PYTHON",
            help="A Python to ask in: 3.12, 3.12.1 or a path.",
            rich_help_panel=RELEASES,
        ),
    ] = None,
    probe: Annotated[
        Several,
        typer.Option(
            metavar="PROBE,...",
            help="What to ask: import,symbol,call,scenario,screen (runs nothing).",
            rich_help_panel=ASKED,
        ),
    ] = None,
    select: Annotated[
        Several,
        typer.Option(
            metavar="[NAME=]HOW",
            help="Which candidates: minor (the newest patch of each), all, latest:N; "
            "for one axis as in flask=all.",
            rich_help_panel=RELEASES,
        ),
    ] = None,
    resolution: Annotated[
        Several,
        typer.Option(
            metavar="HOW",
            help="highest, lowest-direct or lowest.",
            rich_help_panel=RELEASES,
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE|release",
            help="Resolve as of a date, or each cell as of its release.",
            rich_help_panel=RELEASES,
        ),
    ] = None,
    constraint: Annotated[
        Several,
        typer.Option(
            metavar="REQ",
            help="A bound on whatever gets installed.",
            rich_help_panel=RELEASES,
        ),
    ] = None,
    constraint_file: Annotated[
        Several,
        typer.Option(
            "-c",
            "--constraint-file",
            metavar="FILE",
            help="A file of them.",
            rich_help_panel=RELEASES,
        ),
    ] = None,
    override: Annotated[
        Several,
        typer.Option(
            metavar="REQ",
            help="A requirement that replaces what others say.",
            rich_help_panel=RELEASES,
        ),
    ] = None,
    with_: Annotated[
        Several,
        typer.Option(
            "--with",
            metavar="REQ",
            help="A further requirement of every cell.",
            rich_help_panel=RELEASES,
        ),
    ] = None,
    module: Annotated[
        Several,
        typer.Option(
            metavar="MODULE", help="A module that must import.", rich_help_panel=ASKED
        ),
    ] = None,
    symbol: Annotated[
        Several,
        typer.Option(
            metavar="MODULE:NAME",
            help="A name that must be there: module:name.",
            rich_help_panel=ASKED,
        ),
    ] = None,
    scenario: Annotated[
        Several,
        typer.Option(
            metavar="FILE",
            help="A file of small programs that must work (scenario_*), or one of the "
            "profile's by its name.",
            rich_help_panel=ASKED,
        ),
    ] = None,
    source: Annotated[
        Several,
        typer.Option(
            metavar="FOLDER",
            help="A folder of your own source for a cell's path.",
            rich_help_panel=ASKED,
        ),
    ] = None,
    environment: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="What cells are made of: store (the default) or venv.",
            rich_help_panel=ASKED,
        ),
    ] = None,
    refine: Annotated[
        bool | None,
        typer.Option(
            "--refine",
            help="Ask every release between two that came out differently, too.",
            rich_help_panel=RELEASES,
        ),
    ] = None,
    blame: Annotated[
        bool | None,
        typer.Option(
            "--blame/--no-blame",
            help="Find out what broke a cell that failed. Default: yes.",
            rich_help_panel=ASKED,
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
        bool | None,
        typer.Option(
            "--pre-releases", help="Take pre-releases too.", rich_help_panel=RELEASES
        ),
    ] = None,
    yanked: Annotated[
        bool | None,
        typer.Option(
            "--yanked", help="Take yanked releases too.", rich_help_panel=RELEASES
        ),
    ] = None,
    allow_builds: Annotated[
        bool | None,
        typer.Option(
            "--allow-builds",
            help="Build what has no wheel: runs its code.",
            rich_help_panel=ASKED,
        ),
    ] = None,
    timeout: Annotated[
        str | None,
        typer.Option(
            metavar="SECONDS",
            help="Seconds that a cell may take; scenarios have their own.",
            rich_help_panel=RUN,
        ),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="SECONDS",
            help="Begin no further cell when so much time is over; what was left out "
            "is told.",
            rich_help_panel=RUN,
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="K/N",
            help="Ask the K-th of N shares alone; `compatcheck report merge` joins "
            "them.",
            rich_help_panel=RUN,
        ),
    ] = None,
    verify: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Ask N of the cells once more, each in a real environment, and tell "
            "whether the answers agree.",
            rich_help_panel=ASKED,
        ),
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="Memory that a cell may take, as in 4GiB.",
            rich_help_panel=RUN,
        ),
    ] = None,
    jobs: Annotated[
        str | None,
        typer.Option(
            "-j",
            "--jobs",
            metavar="N",
            help="Cells asked at one time.",
            rich_help_panel=RUN,
        ),
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What asks many at a time. Default: local, threads.",
            rich_help_panel=RUN,
        ),
    ] = None,
    cache_size: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            envvar="COMPATCHECK_CACHE_SIZE",
            help="What the cache may hold after a run. Default: 40GiB.",
            rich_help_panel=RUN,
        ),
    ] = None,
    fail_on: Annotated[
        Several,
        typer.Option(
            metavar="OUTCOME,...",
            help="Outcomes that exit 1. Default: failed,crashed.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    format_: Annotated[
        Several,
        typer.Option(
            "-f",
            "--format",
            metavar="NAME[=PATH]",
            help="text, json, markdown, html, svg, …; NAME or NAME=PATH.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="Where to; - is stdout.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    folder: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Where reports go. Default: reports.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    color: Colouring = Colour.AUTO,
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
    with speaking(color):
        from compatcheck.cli.telling import tell_matrix

        raise typer.Exit(tell_matrix(options))

"""The options of `compatcheck matrix`: each by its own name."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

import typer

from compatcheck.formats import names

Several = list[str] | None

RELEASES: Final = "Which releases"
ASKED: Final = "What is asked of each cell"
RUN: Final = "How it is run"
OUTPUT: Final = "Output"
"""Headings of the help."""

Requirement: TypeAlias = Annotated[
    Several,
    typer.Argument(
        metavar="REQUIREMENT",
        help="The axes: distributions with the releases to try, as in "
        "'flask>=2.2,<3'. Default: [tool.compatcheck], else the chatkit profile.",
        show_default=False,
    ),
]
Python: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="PYTHON",
        help="A Python to ask in: 3.12, 3.12.1 or a path.",
        rich_help_panel=RELEASES,
    ),
]
Probe: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="PROBE,...",
        help="What to ask: import,symbol,call,scenario,screen (runs nothing).",
        rich_help_panel=ASKED,
    ),
]
Select: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="[NAME=]HOW",
        help="Which candidates: minor (the newest patch of each), all, latest:N; "
        "for one axis as in flask=all.",
        rich_help_panel=RELEASES,
    ),
]
Resolution: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="HOW",
        help="highest, lowest-direct or lowest.",
        rich_help_panel=RELEASES,
    ),
]
AsOf: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="DATE|release",
        help="Resolve as of a date, or each cell as of its release.",
        rich_help_panel=RELEASES,
    ),
]
Constraint: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="REQ",
        help="A bound on whatever gets installed.",
        rich_help_panel=RELEASES,
    ),
]
ConstraintFile: TypeAlias = Annotated[
    Several,
    typer.Option(
        "-c",
        "--constraint-file",
        metavar="FILE",
        help="A file of them.",
        rich_help_panel=RELEASES,
    ),
]
Override: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="REQ",
        help="A requirement that replaces what others say.",
        rich_help_panel=RELEASES,
    ),
]
With: TypeAlias = Annotated[
    Several,
    typer.Option(
        "--with",
        metavar="REQ",
        help="A further requirement of every cell.",
        rich_help_panel=RELEASES,
    ),
]
Module: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="MODULE", help="A module that must import.", rich_help_panel=ASKED
    ),
]
Symbol: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="MODULE:NAME",
        help="A name that must be there: module:name.",
        rich_help_panel=ASKED,
    ),
]
Scenario: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="FILE",
        help="A file of small programs that must work (scenario_*), or one of the "
        "profile's by its name.",
        rich_help_panel=ASKED,
    ),
]
Source: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="FOLDER",
        help="A folder of your own source for a cell's path.",
        rich_help_panel=ASKED,
    ),
]
Environment: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="KIND",
        help="What cells are made of: store (the default) or venv.",
        rich_help_panel=ASKED,
    ),
]
Refine: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--refine",
        help="Ask every release between two that came out differently, too.",
        rich_help_panel=RELEASES,
    ),
]
Blame: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--blame/--no-blame",
        help="Find out what broke a cell that failed. Default: yes.",
        rich_help_panel=ASKED,
    ),
]
WithShims: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--with-shims",
        help="Ask what fails, and some of what passes, again with the shim.",
        rich_help_panel=ASKED,
    ),
]
Adaptations: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="FOLDER",
        help="A folder of your own adaptations, for --with-shims.",
        rich_help_panel=ASKED,
    ),
]
PreReleases: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--pre-releases", help="Take pre-releases too.", rich_help_panel=RELEASES
    ),
]
Yanked: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--yanked", help="Take yanked releases too.", rich_help_panel=RELEASES
    ),
]
AllowBuilds: TypeAlias = Annotated[
    bool | None,
    typer.Option(
        "--allow-builds",
        help="Build what has no wheel: runs its code.",
        rich_help_panel=ASKED,
    ),
]
Timeout: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="SECONDS",
        help="Seconds that a cell may take; scenarios have their own.",
        rich_help_panel=RUN,
    ),
]
Budget: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="SECONDS",
        help="Begin no further cell when so much time is over; what was left out "
        "is told.",
        rich_help_panel=RUN,
    ),
]
Shard: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="K/N",
        help="Ask the K-th of N shares alone; `compatcheck report merge` joins them.",
        rich_help_panel=RUN,
    ),
]
Verify: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="N",
        help="Ask N of the cells once more, each in a real environment, and tell "
        "whether the answers agree.",
        rich_help_panel=ASKED,
    ),
]
Memory: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="Memory that a cell may take, as in 4GiB.",
        rich_help_panel=RUN,
    ),
]
Jobs: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "-j",
        "--jobs",
        metavar="N",
        help="Cells asked at one time.",
        rich_help_panel=RUN,
    ),
]
Executor: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What asks many at a time. Default: local, threads.",
        rich_help_panel=RUN,
    ),
]
CacheSize: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        envvar="COMPATCHECK_CACHE_SIZE",
        help="What the cache may hold after a run. Default: 40GiB.",
        rich_help_panel=RUN,
    ),
]
FailOn: TypeAlias = Annotated[
    Several,
    typer.Option(
        metavar="OUTCOME,...",
        help="Outcomes that exit 1. Default: failed,crashed.",
        rich_help_panel=OUTPUT,
    ),
]
Format: TypeAlias = Annotated[
    Several,
    typer.Option(
        "-f",
        "--format",
        metavar="NAME[=PATH]",
        help=f"{', '.join(names())}; NAME or NAME=PATH.",
        rich_help_panel=OUTPUT,
    ),
]
Output: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="PATH",
        help="Where to; - is stdout.",
        rich_help_panel=OUTPUT,
    ),
]
Folder: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="FOLDER",
        help="Where reports go. Default: reports.",
        rich_help_panel=OUTPUT,
    ),
]

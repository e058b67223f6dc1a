"""`compatcheck pin`: the range that works, into pyproject.toml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from compatcheck.cli.speaking import speaking

if TYPE_CHECKING:
    from compatcheck.workflow.pin import Pinned

_FINDINGS = 1
_COULD_NOT_TELL = 3
_MOST = 12


def pin(
    requirement: Annotated[
        list[str] | None,
        typer.Argument(
            help="Whose range: a dependency of the project, as in werkzeug. Default: "
            "the axes of [tool.compatcheck], or of the report.",
            show_default=False,
        ),
    ] = None,
    *,
    report: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A stored JSON report instead of a sweep."),
    ] = None,
    python: Annotated[
        list[str] | None, typer.Option(help="A Python to ask in, for a sweep.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put it into pyproject.toml.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Exit 1 where what is declared admits what fails."
        ),
    ] = False,
) -> None:
    """Tell the exact range that works, with its holes; write or check it."""
    with speaking():
        raise typer.Exit(
            _pin(requirement or [], report, python or [], write=write, check=check)
        )


def _pin(
    requirements: Sequence[str],
    report: str | None,
    python: Sequence[str],
    *,
    write: bool,
    check: bool,
) -> int:
    import sys
    from pathlib import Path

    from compatcheck.cli.place import here
    from compatcheck.cli.progress import progress
    from compatcheck.errors import Problem, UsageError
    from compatcheck.workflow.pin import Asked, run_pin
    from compatcheck.workflow.pin import write as put

    if write and check:
        raise UsageError(
            Problem(
                place="--write",
                message="it cannot be written and checked at once",
                mend="give one of --write and --check",
            )
        )
    session = here()
    asked = Asked(
        requirements=tuple(requirements),
        report=Path(report) if report else None,
        python=tuple(python),
    )
    with progress(sys.stderr) as listener:
        pins = run_pin(asked, session, listener)
    for one in pins:
        _tell(one)
    if write:
        for place in put(pins, session):
            typer.echo(f"written: pyproject.toml: {place}")
    return _code(pins, check=check)


def _tell(one: Pinned) -> None:
    from compatcheck.report.legible import shown
    from compatcheck.workflow.pin import NOTHING

    where = f"  ({one.at.place})" if one.at else ""
    told = f"{one.distribution}{one.range}" if one.after is not None else NOTHING
    typer.echo(shown(f"{told}{where}"))
    for version, how in list(one.failing.items())[:_MOST]:
        typer.echo(shown(f"  admits {one.distribution} {version}, which {how}"))
    if (more := len(one.failing) - _MOST) > 0:
        typer.echo(f"  and {more} more that fail")
    if one.untold:
        few = ", ".join(map(str, one.untold[:_MOST]))
        more = len(one.untold) - _MOST
        also = f" and {more} more" if more > 0 else ""
        typer.echo(shown(f"  not known: {few}{also}"))


def _code(pins: Sequence[Pinned], *, check: bool) -> int:
    if any(one.after is None for one in pins):
        return _FINDINGS
    if check and any(one.failing for one in pins):
        return _FINDINGS
    return _COULD_NOT_TELL if check and any(one.untold for one in pins) else 0

"""`compatcheck history`: a name across the releases of its distribution."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from compatcheck.cli.speaking import speaking

if TYPE_CHECKING:
    from compatcheck.surface.timeline import Span
    from compatcheck.workflow.history import History


def history(
    asked: Annotated[
        str, typer.Argument(metavar="MODULE[:NAME]", help="Such as agents.items:Item.")
    ],
    *,
    distribution: Annotated[
        str | None,
        typer.Option(
            "--distribution",
            help="Whose the module is. Default: who has it where you are, else the "
            "distribution of that name.",
        ),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option("--python", help="The interpreter that wheels are for."),
    ] = None,
    format_: Annotated[
        str, typer.Option("-f", "--format", help="text or json.")
    ] = "text",
) -> None:
    """Say since when, until when, and in which releases a name is there."""
    with speaking():
        from compatcheck.cli.place import here
        from compatcheck.cli.visiting import check
        from compatcheck.workflow.history import read_history

        check(format_)
        found = read_history(asked, distribution, python, here())
        typer.echo(_json(found) if format_ == "json" else _text(found))


def _text(found: History) -> str:
    from compatcheck.report.legible import shown
    from compatcheck.surface.timeline import sentence

    lines = [f"{found.distribution}: {sentence(found.asked, found.spans)}", ""]
    lines += [shown(_line(span)) for span in found.spans]
    if found.moved_to:
        lines.append(f"the newest defines it in {', '.join(found.moved_to[:5])}")
    return "\n".join(lines)


def _line(span: Span) -> str:
    sign = {True: "+ has it", False: "- lacks it", None: "? cannot be told"}[span.there]
    first, last = span.first, span.last
    many = f" … {last.version}" if first is not last else ""
    since = f", from {first.came_out:%Y-%m-%d}" if first.came_out else ""
    why = f" ({first.told.why})" if span.there is None and first.told.why else ""
    count = len(span.points)
    plural = "releases" if count > 1 else "release"
    return f"{sign}: {first.version}{many}, {count} {plural}{since}{why}"


def _json(found: History) -> str:
    told = {
        "schema": "compatcheck.history/1",
        "distribution": found.distribution,
        "module": found.module,
        "name": found.name,
        "moved_to": list(found.moved_to),
        "releases": [
            {
                "version": str(point.version),
                "there": point.told.there,
                "why": point.told.why,
                "came_out": point.came_out.isoformat() if point.came_out else None,
            }
            for span in found.spans
            for point in span.points
        ],
    }
    return json.dumps(told, indent=2)

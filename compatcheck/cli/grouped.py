"""Help in groups, with examples as they are typed.

typer groups in its rich mode alone, whose import is felt at each `--help`; here the
groups are headings of its plain mode.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

import typer
from typer.core import TyperCommand, TyperGroup

LAST: Final = "Besides"
"""The heading of the group that comes last."""
WHOLE: Final = 200
"""Characters of a command's one line: all of it."""
AS_IS: Final = "\b\n"
"""Before a paragraph whose lines stay as they are."""


def examples(*lines: tuple[str, str]) -> str:
    """An epilog: what is typed, and what for."""
    width = max(len(typed) for typed, _ in lines)
    told = [f"  {typed.ljust(width)}  {why}".rstrip() for typed, why in lines]
    return "\n".join([f"{AS_IS}Examples:", *told])


class _Formatter(Protocol):
    """What help is written with."""

    def section(self, name: str) -> AbstractContextManager[None]: ...
    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None: ...


def _write(
    formatter: _Formatter, entries: Iterable[tuple[str, tuple[str, str]]]
) -> None:
    """Lines below their headings, both in the order of their first mention."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for heading, line in entries:
        groups.setdefault(heading, []).append(line)
    for heading, lines in sorted(groups.items(), key=lambda it: it[0] == LAST):
        with formatter.section(heading):
            formatter.write_dl(lines)


def _options(
    command: TyperCommand | TyperGroup, ctx: typer.Context
) -> Iterable[tuple[str, tuple[str, str]]]:
    """Arguments first, then options, each below its heading."""
    params = command.get_params(ctx)
    for kind, heading in (("argument", "Arguments"), ("option", "Options")):
        for param in params:
            line = param.get_help_record(ctx)
            if line is not None and param.param_type_name == kind:
                yield getattr(param, "rich_help_panel", None) or heading, line


class Command(TyperCommand):
    """A command whose options stand in groups."""

    def format_options(  # type: ignore[override]  # typer keeps the class of `ctx` private
        self, ctx: typer.Context, formatter: _Formatter
    ) -> None:
        """Write each group."""
        _write(formatter, _options(self, ctx))


class Group(TyperGroup):
    """A group of commands that stand in groups."""

    def format_options(  # type: ignore[override]  # typer keeps the class of `ctx` private
        self, ctx: typer.Context, formatter: _Formatter
    ) -> None:
        """Write each group, the options last."""
        self.format_commands(ctx, formatter)
        _write(formatter, _options(self, ctx))

    def format_commands(  # type: ignore[override]  # typer keeps the class of `ctx` private
        self, ctx: typer.Context, formatter: _Formatter
    ) -> None:
        """Write the commands below their headings."""
        there = [
            (name, self.get_command(ctx, name)) for name in self.list_commands(ctx)
        ]
        shown = [(name, command) for name, command in there if command is not None]
        _write(
            formatter,
            (
                (
                    getattr(command, "rich_help_panel", None) or "Commands",
                    (name, command.get_short_help_str(WHOLE)),
                )
                for name, command in shown
                if not command.hidden
            ),
        )

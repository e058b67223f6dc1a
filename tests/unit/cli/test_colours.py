"""Who decides about colour: the command line, the environment, the stream."""

from __future__ import annotations

import io
import sys
from contextvars import copy_context

import pytest

from compatcheck.cli.colours import Colour, want_colour
from compatcheck.cli.style import stdout_style


class _Out(io.TextIOWrapper):
    """Standard output, on a terminal or not."""

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        """Nothing is written yet."""
        super().__init__(io.BytesIO(), encoding=encoding)
        self.terminal = terminal

    def isatty(self) -> bool:
        """Whether it is one."""
        return self.terminal


@pytest.mark.parametrize(
    ("said", "variables", "terminal", "coloured"),
    [
        (Colour.AUTO, {}, True, True),
        (Colour.AUTO, {}, False, False),
        (Colour.AUTO, {"NO_COLOR": "1"}, True, False),
        (Colour.AUTO, {"NO_COLOR": ""}, True, True),
        (Colour.AUTO, {"TERM": "dumb"}, True, False),
        (Colour.ALWAYS, {"NO_COLOR": "1"}, False, True),
        (Colour.NEVER, {}, True, False),
    ],
)
def test_colour_is_as_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
    said: Colour,
    variables: dict[str, str],
    *,
    terminal: bool,
    coloured: bool,
) -> None:
    """--color beats NO_COLOR, which counts when it is not empty (no-color.org)."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", _Out(terminal=terminal))

    def asked() -> bool:
        want_colour(said)
        return stdout_style().colour

    assert copy_context().run(asked) is coloured


def test_unicode_is_used_where_it_can_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoding without our signs gets the plain ones."""
    for encoding, able in (("utf-8", True), ("latin-1", False), ("ascii", False)):
        monkeypatch.setattr(sys, "stdout", _Out(terminal=True, encoding=encoding))
        assert stdout_style().unicode is able

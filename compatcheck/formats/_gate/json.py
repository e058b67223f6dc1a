"""The decision itself, for programs: schema `compatcheck.gate/1`."""

from __future__ import annotations

from typing import Final

from compatcheck.formats import Style
from compatcheck.formats._gate import GateFormat
from compatcheck.report.gated import Gated, dump


def render(document: Gated, style: Style) -> str:
    """The JSON of the document, whatever the style."""
    del style
    return dump(document)


FORMAT: Final = GateFormat(name="json", suffix=".json", render=render)

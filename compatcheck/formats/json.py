"""The report itself, for programs: schema `compatcheck.report/1`."""

from __future__ import annotations

from typing import Final

from compatcheck.formats import Format, Style
from compatcheck.report.document import Report
from compatcheck.report.stored import dump


def render(report: Report, style: Style) -> str:
    """The JSON of the report, whatever the style."""
    del style
    return dump(report)


FORMAT: Final = Format(name="json", suffix=".json", render=render)

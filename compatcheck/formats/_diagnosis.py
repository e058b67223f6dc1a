"""A diagnosis for people: one line of verdict, then cause, evidence and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from compatcheck.formats import Style
from compatcheck.report.diagnosed import Diagnosed, ToldDiagnosis, ToldRemedy
from compatcheck.report.legible import shown

_FEW: Final = 3
"""Diagnoses that are told in full; `-v` tells all."""

_COLUMN: Final = 10
_NAMES: Final = (
    *("cause ", "evidence ", "remedy ", "or ", "then ", " " * _COLUMN),
    *("failure ", "replayed ", "looked at ", "unchecked ", "note "),
    *("path ", "variable "),
)
"""What stands in the first column, which is ours; the rest is others' text."""


def render(document: Diagnosed, style: Style, *, verbose: bool) -> str:
    """The whole text; a healthy environment is its verdict alone."""
    lines = [_verdict(document)]
    told = document.diagnoses
    # What an undecided text leaves stands behind the word that it is undecided.
    few = _FEW if document.environment else _FEW + 1
    for one in told if verbose else told[:few]:
        lines += ["", *_diagnosis(one, head=len(told) > 1)]
    if len(told) > few and not verbose:
        lines += ["", f"and {len(told) - few} more: -v tells all"]
    if told or verbose or document.notes:
        lines += ["", *_around(document, verbose=verbose)]
    return "".join(f"{_safe(line, style)}\n" for line in lines)


def _safe(line: str, style: Style) -> str:
    """A line as data: its name in its column, nothing in the rest obeyed."""
    name, rest = line[:_COLUMN], line[_COLUMN:]
    if not line.startswith(_NAMES):
        return shown(line, unicode=style.unicode)
    return f"{name}{shown(rest, unicode=style.unicode)}".rstrip()


def _verdict(document: Diagnosed) -> str:
    looked = document.environment
    place = f"Python {looked.version}, {looked.python}" if looked else "the text"
    if document.healthy and looked is not None:
        ran = "; what was replayed runs" if document.replayed else ""
        return f"healthy: {looked.distributions} distributions for {place}{ran}"
    first = document.diagnoses[0]
    return f"{first.rule}: {first.title}"


def _diagnosis(one: ToldDiagnosis, *, head: bool) -> Iterator[str]:
    if head:
        yield f"cause     {one.rule}: {one.title}"
    for number, line in enumerate(one.evidence):
        yield f"{'evidence' if not number else '':10}{line}"
    for number, remedy in enumerate(one.remedies):
        yield from _remedy(remedy, "remedy" if not number else "or")


def _remedy(remedy: ToldRemedy, name: str) -> Iterator[str]:
    marks = {True: "verified: tried in a copy", False: "tried in a copy: no help"}
    mark = f"  ({marks[remedy.verified]})" if remedy.verified is not None else ""
    steps = remedy.command.splitlines() or [""]
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        yield f"{name if not number else 'then':10}{step}{mark if last else ''}"


def _around(document: Diagnosed, *, verbose: bool) -> Iterator[str]:
    """What was looked at, and what could not be."""
    failure, looked = document.failure, document.environment
    if failure is not None:
        words = " ".join(failure.message.split())
        yield f"{'failure':10}{failure.type}: {words}"
        for frame in failure.frames if verbose else failure.frames[-1:]:
            yield f"{'':10}{frame.file}:{frame.line} in {frame.function}"
    if document.replayed is not None:
        yield f"{'replayed':10}{document.replayed}"
    if looked is not None:
        yield f"{'looked at':10}{looked.python} (Python {looked.version}): {looked.why}"
    if looked is not None and verbose:
        for number, entry in enumerate(looked.path):
            yield f"{'path' if not number else '':10}{entry}"
        for name, value in looked.variables.items():
            yield f"{'variable':10}{name}={value}"
    for line in document.unchecked:
        yield f"{'unchecked':10}{line}"
    for line in document.notes:
        yield f"{'note':10}{line}"

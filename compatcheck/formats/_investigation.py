"""A blocker report as Markdown: what people send to each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from compatcheck.report.investigated import (
    Investigated,
    Releases,
    Reproduction,
    Upstream,
    Way,
)
from compatcheck.report.legible import LONGEST_SENTENCE, shown

_OBEYED: Final = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_SIGNS: Final = {
    "works": "works",
    "may work": "may work",
    "fails": "fails",
    "unsolvable": "unsolvable",
    "unknown": "could not be told",
    "not tried": "not tried",
}
_FEW: Final = 3
"""Releases that are listed; of more, both ends and the number."""


def render(document: Investigated) -> str:
    """The whole report."""
    lines = [
        "# Why it does not work",
        "",
        _text(document.summary),
        "",
        *_error(document),
        *_versions(document),
        *_cause(document),
        *_reproduction(document.reproduction),
        *_ways(document.ways),
        *_ruled_out(document),
        *_recommended(document),
        *_affected(document),
        *_upstream(document.upstream),
        *_unchecked(document),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _error(document: Investigated) -> Iterator[str]:
    failure, location = document.failure, document.location
    yield from ("## Error", "")
    if failure is None:
        yield from ("There is none.", "")
    else:
        yield from _block([f"{failure.type}: {failure.message}"])
    if document.replayed is not None:
        yield from (f"Replayed: {_code(document.replayed)}", "")
    if location is None:
        return
    owner = f", of {_text(location.owner)}" if location.owner else ", your own code"
    yield from ("## Where", "", f"{_code(location.at)}{owner}", "")
    if location.text:
        yield from _block([location.text])
    if location.way[1:]:
        yield "The way there:"
        yield ""
        yield from (f"{n}. {_code(it)}" for n, it in enumerate(location.way, 1))
        yield ""


def _versions(document: Investigated) -> Iterator[str]:
    looked = document.environment
    yield from ("## Versions", "")
    for it in document.versions:
        yield f"- {_text(it.name)} {_text(it.version)}: {_text(it.role)}"
    count = f"{looked.distributions} distributions"
    yield f"- {_code(looked.python)} (Python {_text(looked.version)}), {count};"
    yield f"  looked at because {_text(looked.why)}"
    yield ""


def _cause(document: Investigated) -> Iterator[str]:
    diagnosis = document.diagnosis
    if document.failure is None:
        return
    yield from ("## Cause", "")
    if diagnosis is None:
        yield from ("Undetermined: no cause could be proven.", "")
        return
    yield from (f"**{_text(diagnosis.rule)}**: {_text(diagnosis.title)}", "")
    yield from (f"- {_text(it)}" for it in diagnosis.evidence)
    yield ""


def _reproduction(told: Reproduction | None) -> Iterator[str]:
    if told is None:
        return
    yield from ("## Minimal reproduction", "", f"{_text(told.conclusion)}.", "")
    if told.minimal is not None:
        yield from _block(told.worlds[told.minimal].commands)
    yield "Fresh environments that were asked:"
    yield ""
    for world in told.worlds:
        said = f" ({_text(world.said)})" if world.said else ""
        yield f"- {_text(world.what)}: **{world.outcome}**{said}"
        yield from (f"  - {_code(it)}" for it in world.commands)
    yield ""
    for world in told.worlds:
        if any("installed.txt" in it for it in world.commands):
            yield from ("`installed.txt`:", "", *_block(world.pins))
            break


def _ways(ways: Sequence[Way]) -> Iterator[str]:
    if not ways:
        return
    yield from ("## Ways out, tried and measured", "")
    yield "| way | what | outcome | seen |"
    yield "| --- | --- | --- | --- |"
    for way in ways:
        steps = (way.command or "").splitlines()
        what = _text(way.what) + "".join(f"<br>{_code(it)}" for it in steps)
        seen = _text(way.detail)
        if way.releases is not None:
            seen += "".join(f"<br>{it}" for it in _releases(way.releases))
        yield f"| {way.kind} | {what} | {_SIGNS[way.outcome]} | {seen} |"
    yield ""


def _releases(told: Releases) -> Iterator[str]:
    for word, found in (
        ("pass", told.passed),
        ("fail", told.failed),
        ("unsolvable", told.unsolvable),
        ("not told", told.unknown),
    ):
        if found:
            yield f"{word}: {_text(_listed(found))}"


def _listed(found: Sequence[str]) -> str:
    """By name; of many, how many, since they need not be neighbours."""
    if len(found) <= _FEW:
        return ", ".join(found)
    return f"{len(found)} releases, the first {found[0]}, the last {found[-1]}"


def _ruled_out(document: Investigated) -> Iterator[str]:
    if document.ruled_out:
        yield from ("## Ruled out", "")
        for it in document.ruled_out:
            yield f"- {_text(it.what)}: {_text(it.how)}"
        yield ""


def _recommended(document: Investigated) -> Iterator[str]:
    if document.failure is None:
        return
    yield from ("## Recommended step", "")
    step = document.recommended
    if step is None:
        yield from ("None: no way out was seen to work.", "")
        return
    if step.command is not None:
        yield from _block(step.command.splitlines())
    yield from (f"{_text(step.what)}.", "")


def _affected(document: Investigated) -> Iterator[str]:
    if document.failure is None:
        return
    yield from ("## Files of the project", "")
    if not document.affected:
        yield "No source below the working directory imports what is concerned."
    for it in document.affected:
        yield f"- {_code(f'{it.file}:{it.line}')} {_code(it.text)}"
    yield ""


def _upstream(told: Upstream | None) -> Iterator[str]:
    if told is None:
        return
    yield from ("## Upstream", "", f"{_text(told.sentence)}.", "")
    if told.report is not None:
        yield from (f"For the makers of {_text(told.to or '')}:", "")
        yield from _block(told.report.splitlines())


def _unchecked(document: Investigated) -> Iterator[str]:
    if document.unchecked:
        yield from ("## Not checked", "")
        yield from (f"- {_text(it)}" for it in document.unchecked)


def _text(text: str) -> str:
    """Others' words as words: no markup in them is obeyed, but code stays code."""
    told = shown(text, longest=LONGEST_SENTENCE).split("`")
    if len(told) % 2 == 0:  # a quote without its end quotes nothing
        return _OBEYED.sub(r"\\\1", "`".join(told))
    return "".join(
        _code(part) if number % 2 and part else _OBEYED.sub(r"\\\1", part)
        for number, part in enumerate(told)
    )


def _code(text: str) -> str:
    """Others' words as code on one line, whatever quotes and bars are in them."""
    plain = shown(text, longest=LONGEST_SENTENCE).replace("|", "¦")
    fence = "`" * (_longest_run(plain) + 1)
    pad = " " if "`" in plain else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def _block(lines: Sequence[str]) -> Iterator[str]:
    """Lines as code; no line of them can end the block."""
    told = [
        part if not part else _indented(part) for it in lines for part in it.split("\n")
    ]
    fence = "`" * max(3, *(_longest_run(it) + 1 for it in told or [""]))
    yield from (fence, *told, fence, "")


def _indented(line: str) -> str:
    bare = line.lstrip(" ")
    return " " * (len(line) - len(bare)) + shown(bare, longest=LONGEST_SENTENCE)


def _longest_run(text: str) -> int:
    return max((len(it) for it in re.findall("`+", text)), default=0)

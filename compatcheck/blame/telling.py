"""The sentences in which blame tells what it saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from compatcheck.blame.goal import Verdict, failing, why_untold
from compatcheck.blame.worlds import Scene
from compatcheck.diagnosis.case import named, said
from compatcheck.model import CellResult, Outcome

_MOST: Final = 8
"""Names or versions that one sentence lists."""


def few(words: Iterable[str]) -> str:
    """Some words, and how many more there are: `1.0, 1.1 and 7 more`."""
    told = list(words)
    more = len(told) - _MOST
    return ", ".join(told[:_MOST]) + (f" and {more} more" if more > 0 else "")


def worked(scene: Scene) -> str:
    """That the cell worked, and when."""
    day = scene.released.date().isoformat()
    return f"{named(scene.today.cell)} worked as of its release, {day}"


def mends(scene: Scene, held: Sequence[str], others: Sequence[str]) -> str:
    """That holding these back mends it, and which others would do so alone."""
    lines = " and ".join(f"`{line}`" for line in scene.held(held))
    more = " or ".join(f"`{line}`" for line in scene.held(others))
    also = f"; so does {more} alone" if others else ""
    (result,) = scene.results([scene.held(held)])
    whole = result.outcome is Outcome.PASSED
    mended = "mends it" if whole else "makes pass what drifted, not all of it"
    return f"held back as it was then, {lines} {mended}{also}"


def breaks(scene: Scene, names: Sequence[str], result: CellResult) -> str:
    """That these break the world of then, and whether in today's words."""
    words = said(failing(result)[0].failure)
    same = words == said(failing(scene.today)[0].failure)
    how = "in the same way" if same else f"with {words}"
    only = "alone, it breaks" if len(names) == 1 else "together, they break"
    moved = releases(scene, names)
    return f"everything else as it was then, {moved} moved forward {only} it {how}"


def each(
    scene: Scene, names: Sequence[str], results: Sequence[CellResult]
) -> list[str]:
    """What each of several does, moved forward alone."""
    told: dict[Verdict, list[str]] = {}
    for name, result in zip(names, results, strict=True):
        told.setdefault(scene.goal.verdict(result), []).append(name)
    innocent, guilty = told.get(Verdict.GOOD), told.get(Verdict.BAD)
    sentences = []
    if innocent:
        moved = releases(scene, innocent, " or ")
        whole = all(
            result.outcome is Outcome.PASSED
            for name, result in zip(names, results, strict=True)
            if name in innocent
        )
        passes = "all passes" if whole else "what drifted passes"
        sentences.append(f"moved forward alone, {moved} is innocent: {passes}")
    if guilty and len(names) > 1:
        moved = releases(scene, guilty, " or ")
        sentences.append(f"moved forward alone, {moved} breaks it too")
    return sentences + [
        f"{releases(scene, (name,))} moved forward alone could not be asked:"
        f" {why_untold(result)}"
        for name, result in zip(names, results, strict=True)
        if scene.goal.verdict(result) is Verdict.UNTOLD
    ]


def releases(scene: Scene, names: Sequence[str], joint: str = " and ") -> str:
    """Distributions with their versions of today."""
    new = scene.new
    return joint.join(
        f"{name} {new[name]}" if name in new else f"the absence of {name}"
        for name in names
    )


def all_held(scene: Scene, result: CellResult) -> str:
    """That holding everything back does not mend it, and what is left to differ."""
    held = few(scene.held(scene.changed))
    if scene.goal.verdict(result) is Verdict.UNTOLD:
        return f"{held}: could not be asked: {why_untold(result)}"
    words = said(failing(result)[0].failure)
    gained = sorted(set(scene.new) - set(scene.old))
    more = f"; today's lock holds besides: {few(gained)}" if gained else ""
    return f"with {held} it still fails: {words}{more}"

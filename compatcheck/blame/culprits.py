"""Which distributions turned the outcome, proven both ways where that can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from compatcheck.blame import telling
from compatcheck.blame.goal import Verdict
from compatcheck.blame.minimise import minimal
from compatcheck.blame.worlds import Scene
from compatcheck.diagnosis.owners import installed

_TRIED_FIRST: Final = 4
"""Suspects that are held back alone before the rest is halved."""
_AT_ONCE: Final = 2
"""How many of them are asked before the next: mostly the first is the one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What drifted."""

    held: tuple[str, ...]
    """The smallest set found that, held back, mends everything."""
    together: tuple[str, ...] = ()
    """What has to move beside `held` for it to break."""
    alone: bool = False
    """Whether `held` is all that differs between a world that works and one that
    does not."""
    proof: tuple[str, ...] = ()
    """What was seen, a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """What drifted is no version of a distribution."""

    why: str


def find_culprits(scene: Scene, suspects: Sequence[str]) -> Found | NotFound:
    """The smallest set of distributions that mends the cell when it is held back.

    `suspects` are looked at first, in their order.
    """
    changed = sorted(scene.changed, key=lambda name: _rank(name, suspects))
    if not changed:
        return NotFound(why="the lock of its release and today's are the same")
    singles = _suspects(scene, [it for it in changed if it in suspects])
    if not singles:
        if scene.verdicts([scene.held(changed)]) != [Verdict.GOOD]:
            (result,) = scene.results([scene.held(changed)])
            return NotFound(why=telling.all_held(scene, result))
        held = minimal(changed, lambda parts: _mend(scene, parts))
        singles = list(held) if len(held) == 1 else _mending(scene, changed)
        if not singles:
            return _proven(scene, held, others=())
    candidates = list(singles)
    chosen = next((it for it in candidates if _breaks_alone(scene, it)), None)
    if chosen is None:
        candidates = _candidates(scene, singles, changed)
        chosen = min(candidates, key=lambda name: _preference(scene, name))
    others = tuple(sorted(name for name in candidates if name != chosen))
    return _proven(scene, (chosen,), others=others)


def _rank(name: str, suspects: Sequence[str]) -> int:
    """Stable: what is no suspect stays in the order it had."""
    return suspects.index(name) if name in suspects else len(suspects)


def _mend(scene: Scene, parts: Sequence[Sequence[str]]) -> list[bool]:
    verdicts = scene.verdicts([scene.held(part) for part in parts])
    return [verdict is Verdict.GOOD for verdict in verdicts]


def _mending(scene: Scene, names: Sequence[str]) -> list[str]:
    """Those of the names that mend it alone."""
    mended = _mend(scene, [[name] for name in names])
    return [name for name, good in zip(names, mended, strict=True) if good]


def _suspects(scene: Scene, names: Sequence[str]) -> list[str]:
    """The first of the suspects that mend it alone; the others are left in peace."""
    for start in range(0, min(len(names), _TRIED_FIRST), _AT_ONCE):
        singles = _mending(scene, names[start : start + _AT_ONCE])
        if singles:
            return singles
    return []


def _candidates(
    scene: Scene, singles: Sequence[str], changed: Sequence[str]
) -> list[str]:
    """The mending ones, and those that went back with one of them and mend it too.

    Holding one distribution back may drag another along: either may be the culprit.
    """
    dragged = {
        name
        for result in scene.results([scene.held([single]) for single in singles])
        for name in changed
        if installed(result).get(name) != scene.new.get(name)
    }
    wanted = [name for name in changed if name in dragged or name in singles]
    return _mending(scene, wanted)


def _breaks_alone(scene: Scene, name: str) -> bool:
    """Whether it is proven both ways: then who went back with it needs no asking."""
    if not scene.upward(name):
        return False
    return scene.verdicts([scene.moved([name])]) == [Verdict.BAD]


def _preference(scene: Scene, name: str) -> tuple[bool, int]:
    """Whom to blame first: what moved upward, and breaks the world of then.

    What is innocent there, moved forward alone, comes last: held back, it only kept
    the culprit back as well.
    """
    (verdict,) = scene.verdicts([scene.moved([name])])
    order = (Verdict.BAD, Verdict.UNTOLD, Verdict.GOOD)
    return not scene.upward(name), order.index(verdict)


def _proven(scene: Scene, held: tuple[str, ...], others: tuple[str, ...]) -> Found:
    """The finding with what the world of then says of it."""
    proof = [telling.mends(scene, held, others)]
    (moved,) = scene.results([scene.moved(held)])
    verdict = scene.goal.verdict(moved)
    if verdict is Verdict.BAD:
        proof.append(telling.breaks(scene, held, moved))
        proof += _each(scene, held) if len(held) > 1 else ()
        return Found(held=held, alone=True, proof=tuple(proof))
    together = _grown(scene, held)
    every = (*held, *together)
    if together:
        (moved,) = scene.results([scene.moved(every)])
        proof.append(telling.breaks(scene, every, moved))
    proof += _each(scene, every)
    innocent = verdict is Verdict.GOOD
    return Found(
        held=held,
        # What cannot be moved alone may only need the others to be there at all.
        together=together if innocent else (),
        alone=not innocent and _is_all_that_differs(scene, held),
        proof=tuple(proof),
    )


def _is_all_that_differs(scene: Scene, held: Sequence[str]) -> bool:
    """Whether holding these back changes nothing else in the lock of today."""
    (mended,) = scene.results([scene.held(held)])
    now, back = installed(scene.today), installed(mended)
    return {n for n in {*now, *back} if now.get(n) != back.get(n)} <= set(held)


def _each(scene: Scene, names: Sequence[str]) -> list[str]:
    alone = scene.results([scene.moved([name]) for name in names])
    return telling.each(scene, names, alone)


def _grown(scene: Scene, held: tuple[str, ...]) -> tuple[str, ...]:
    """The fewest others that break the world of then together with the held ones.

    None of them where one breaks it alone, because then it proves nothing.
    """
    rest = [name for name in scene.changed if name not in held]

    def break_it(parts: Sequence[Sequence[str]]) -> list[bool]:
        worlds = [scene.moved([*held, *part]) for part in parts]
        return [verdict is Verdict.BAD for verdict in scene.verdicts(worlds)]

    if not rest or not break_it([rest])[0]:
        return ()
    more = minimal(rest, break_it)
    alone = scene.verdicts([scene.moved([name]) for name in more])
    return () if Verdict.BAD in alone else more

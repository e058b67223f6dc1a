"""What mends a failure, and since when it has been there: proven in one cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compatcheck.blame.culprits import Found
from compatcheck.blame.goal import Verdict, why_untold
from compatcheck.blame.turning import Releases, find_turn, requirement, sentences
from compatcheck.blame.worlds import Scene, World, world
from compatcheck.diagnosis import Turn
from compatcheck.diagnosis.owners import installed
from compatcheck.model import CellResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """What drifted in a scene, when, and the constraints that keep it out."""

    scene: Scene
    found: Found
    turns: tuple[Turn, ...]
    """One for each that is held back; none where its history could not be told."""
    requirements: World
    notes: tuple[str, ...] = ()
    """What else the sweep saw, a sentence each."""

    @property
    def swept(self) -> tuple[str, ...]:
        """The sweeps in words."""
        return tuple(line for turn in self.turns for line in sentences(turn))

    @property
    def command(self) -> str:
        """The constraints as the user writes them; several stand side by side."""
        return " ".join(self.requirements)

    def touches(self, result: CellResult) -> bool:
        """Whether a cell has a failing release: else the cure would change nothing."""
        here = installed(result)
        if self.turns:
            return any(turn.is_bad(here.get(turn.distribution)) for turn in self.turns)
        return any(here.get(n) != self.scene.old[n] for n in self.found.held)


def find_cure(
    scene: Scene, found: Found, releases: Releases, told: Callable[[str], None]
) -> Cure | str:
    """Sweep the culprits and try the constraint that follows, and the ends, again.

    A sentence instead where an answer does not repeat.
    """
    swept = [find_turn(scene, name, found.held, releases, told) for name in found.held]
    turns = tuple(turn for turn in swept if isinstance(turn, Turn))
    notes = [note for note in swept if isinstance(note, str)]
    notes += [line for turn in turns for line in sentences(turn)]
    if len(turns) == len(swept):
        requirements = tuple(sorted(map(requirement, turns)))
        told(f"trying {' '.join(requirements)}")
        (verdict,) = scene.verdicts([requirements])
        if verdict is not Verdict.GOOD:
            notes.append(f"`{' '.join(requirements)}` was tried and does not mend it")
            requirements = scene.held(found.held)
    else:
        turns, requirements = (), scene.held(found.held)
    cure = Cure(
        scene=scene,
        found=found,
        turns=turns,
        requirements=requirements,
        notes=tuple(notes),
    )
    return _unsteady(cure) or cure


def _unsteady(cure: Cure) -> str | None:
    """Where the ends, or what mends, answer otherwise when they are asked again."""
    scene, held = cure.scene, cure.found.held
    expected: dict[World, Verdict] = {cure.requirements: Verdict.GOOD}
    for turn in cure.turns:
        others = {n: scene.old[n] for n in held if n != turn.distribution}
        for version, verdict in (
            (turn.last_good, Verdict.GOOD),
            (turn.first_bad, Verdict.BAD),
        ):
            end = world({**others, turn.distribution: version})
            (result,) = scene.results([end])
            if not _seen_twice(cure, result):
                expected[end] = verdict
    again = scene.twice(list(expected))
    for (end, verdict), result in zip(expected.items(), again, strict=True):
        told = scene.goal.verdict(result)
        if told is Verdict.UNTOLD:
            why = why_untold(result)
            return f"with {' '.join(end)} it could not be asked a second time: {why}"
        if told is not verdict:
            return f"flaky: with {' '.join(end)} it was {verdict} first, then {told}"
    return None


def _seen_twice(cure: Cure, result: CellResult) -> bool:
    """Whether an end is a cell that was, or will be, asked again anyway."""
    (mended,) = cure.scene.results([cure.requirements])
    locks = [installed(cure.scene.today), installed(mended)]
    return installed(result) in locks

"""What mends a failure, tried on the cells that share it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compatcheck.blame import sweep as sweeping
from compatcheck.blame.culprits import Found
from compatcheck.blame.goal import Goal, Verdict, failing, key
from compatcheck.blame.groups import Group
from compatcheck.blame.worlds import Scene, World, within, world
from compatcheck.diagnosis import Turn
from compatcheck.diagnosis.owners import installed
from compatcheck.model import CellResult, Drift, Remedy
from compatcheck.ports import AskAll


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
        return tuple(line for turn in self.turns for line in sweeping.sentences(turn))

    @property
    def remedy(self) -> Remedy:
        """The constraints as one remedy; with several they stand side by side."""
        command = " ".join(self.requirements)
        return Remedy(kind="constraint", command=command, verified=True)

    def touches(self, result: CellResult) -> bool:
        """Whether a cell has a failing release: else the cure would change nothing."""
        here = installed(result)
        if self.turns:
            return any(turn.is_bad(here.get(turn.distribution)) for turn in self.turns)
        return any(here.get(n) != self.scene.old[n] for n in self.found.held)

    def drift(self, mended: Sequence[CellResult]) -> Iterator[Drift]:
        """What drifted, and how many of the mended cells have a failing release."""
        for turn in self.turns:
            locked = [installed(it).get(turn.distribution) for it in mended]
            yield Drift(
                distribution=turn.distribution,
                last_good=str(turn.last_good),
                first_bad=str(turn.first_bad),
                holes=tuple(map(str, turn.holes)),
                cells=sum(turn.is_bad(version) for version in locked),
                verified=True,
            )


def find_cure(scene: Scene, found: Found, releases: sweeping.Releases) -> Cure | str:
    """Sweep the culprits and try the constraint that follows, and the ends, again.

    A sentence instead where an answer does not repeat.
    """
    swept = [sweeping.sweep(scene, name, found.held, releases) for name in found.held]
    turns = tuple(turn for turn in swept if isinstance(turn, Turn))
    notes = [note for note in swept if isinstance(note, str)]
    notes += [line for turn in turns for line in sweeping.sentences(turn)]
    if len(turns) == len(swept):
        requirements = tuple(sorted(map(sweeping.requirement, turns)))
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
    again = scene.results(list(expected), fresh=True)
    for (end, verdict), result in zip(expected.items(), again, strict=True):
        if scene.goal.verdict(result) is not verdict:
            return f"flaky: with {' '.join(end)} it was {verdict} first, then not"
    return None


def _seen_twice(cure: Cure, result: CellResult) -> bool:
    """Whether an end is a cell that was, or will be, asked again anyway."""
    (mended,) = cure.scene.results([cure.requirements])
    locks = [installed(cure.scene.today), installed(mended)]
    return installed(result) in locks


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of trying a cure on a group."""

    mended: tuple[CellResult, ...] = ()
    left: tuple[CellResult, ...]
    asked: int = 0
    """On how many members it was tried."""


def try_on(group: Group, cure: Cure, ask: AskAll) -> Tried:
    """Which members a cure mends.

    The lead and a few others are asked; where any of them is not mended, all are.
    What the cure would not change it does not mend, and needs no asking.
    """
    able = [it for it in group.members if cure.touches(it)]
    own = group.lead is cure.scene.today
    wanted = [it for it in (group.lead, *group.spread()) if cure.touches(it)]
    told = {id(group.lead): True} if own else {}
    _ask_more(wanted, cure, ask, told, own=own)
    if not told or (not own and not told.get(id(group.lead))):
        return Tried(left=group.members, asked=len(told))
    asked = len(told)
    if not all(told.values()):
        _ask_more(able, cure, ask, told, own=own)
        asked = len(told)
    mended = [it for it in able if told.get(id(it), True)]
    kept = {id(it) for it in mended}
    left = [it for it in group.members if id(it) not in kept]
    return Tried(mended=tuple(mended), left=tuple(left), asked=asked)


def _ask_more(
    members: Sequence[CellResult],
    cure: Cure,
    ask: AskAll,
    told: dict[int, bool],
    *,
    own: bool,
) -> None:
    """Ask the members that are not asked yet, all at once."""
    asked = [member for member in members if id(member) not in told]
    cells = [within(member.cell, cure.requirements) for member in asked]
    for member, result in zip(asked, ask(cells) if cells else (), strict=True):
        good = _goal(member, cure, own=own).verdict(result) is Verdict.GOOD
        told[id(member)] = good


def _goal(member: CellResult, cure: Cure, *, own: bool) -> Goal:
    """What must pass: what drifted in the scene; in another group, all that fails."""
    failed = frozenset(map(key, failing(member)))
    if not own:
        return Goal(broken=failed)
    goal = cure.scene.goal
    return Goal(broken=failed & goal.broken, worked=goal.worked)

"""From what the user said to settings, or to everything that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compatcheck.config import outputs, parse, sizes
from compatcheck.config.axes import Decision, KnownProfile, decide
from compatcheck.config.constraint_files import constraints_in
from compatcheck.config.options import Options
from compatcheck.config.pyproject import Project, read_project
from compatcheck.config.said import Problems, Said, T
from compatcheck.config.scenario_files import read_scenarios
from compatcheck.config.settings import (
    DEFAULT_CACHE_SIZE,
    DEFAULT_ENVIRONMENT,
    DEFAULT_EXECUTOR,
    DEFAULT_FAIL_ON,
    DEFAULT_FOLDER,
    DEFAULT_MEMORY,
    DEFAULT_RESOLUTIONS,
    DEFAULT_SELECT,
    DEFAULT_TIMEOUT,
    OutputRequest,
    Settings,
)
from compatcheck.config.shares import shard, verify, with_shims
from compatcheck.config.spoken import Spoken, listen
from compatcheck.config.table import NeedsTable
from compatcheck.errors import Problem, UsageError
from compatcheck.model import Scenario, Select, Stage, Symbol


class NotUnderstood(UsageError):
    """Not all that was said has a meaning; `partial` is what the rest means.

    Faults of another kind, such as a distribution that does not exist, can then be
    told in the same breath. What was not understood has its default there, and a
    Python or an axis is missing; None where any finding about the rest might be wrong.
    """

    def __init__(self, *problems: Problem, partial: Settings | None) -> None:
        """Hold the problems, and the settings as far as they can be relied on."""
        super().__init__(*problems)
        self.partial = partial


def read_settings(
    options: Options,
    folder: Path,
    *,
    known_probes: Collection[str],
    known_formats: Collection[str],
    known_executors: Collection[str],
    known_profiles: Collection[KnownProfile],
    now: datetime,
    ours: bool = False,
) -> Settings:
    """The settings of a run in a folder.

    The command line decides before the nearest [tool.compatcheck], and that before the
    defaults, key by key; only `contract` adds up. A table that is about other axes
    than the command line's keeps what belongs to its axes: contract, scenarios, rules
    for single axes, source, requirements; `ours` keeps them whatever its axes are.
    `now` is aware. Raises `NotUnderstood`, a `UsageError`, with every problem of both
    places.
    """
    problems = Problems()
    project = read_project(folder, problems)
    decision = decide(
        options.requirements, project, known_profiles, problems, ours=ours
    )
    heard = project if decision.ours else _without_axes_own(project)
    reading = _Reading(
        spoken=listen(options, heard, folder),
        decision=decision,
        project=project,
        folder=folder,
        probes=sorted(known_probes, key=_depth),
        formats=sorted(known_formats),
        executors=sorted(known_executors),
        now=now,
        problems=problems,
    )
    settings = reading.settings()
    if problems.found:
        raise NotUnderstood(
            *dict.fromkeys(problems.found),
            partial=settings if settings.axes and _reliable(project) else None,
        )
    return settings


def _reliable(project: Project) -> bool:
    """Whether it is known which releases are candidates, but for those of an axis."""
    return project.faulty.isdisjoint({"pre-releases", "yanked"})


def _without_axes_own(project: Project) -> Project:
    """The project without what its table says about its own axes."""
    rules = project.table.select
    general = {
        "contract": NeedsTable(),
        "select": {key: rules[key] for key in rules if key == "default"},
        "scenarios": [],
        "source": [],
        "requirements": [],
    }
    return replace(project, table=project.table.model_copy(update=general))


def _depth(probe: str) -> tuple[int, str]:
    """Where a probe stands: by its stage, those without a stage of their own last."""
    stages = [stage.value for stage in Stage]
    return stages.index(probe) if probe in stages else len(stages), probe


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One reading: what was said, what it is measured by, where problems go."""

    spoken: Spoken
    decision: Decision
    project: Project
    folder: Path
    probes: Sequence[str]
    formats: Sequence[str]
    executors: Sequence[str]
    now: datetime
    problems: Problems

    def settings(self) -> Settings:
        """What was meant, as far as it can be understood."""
        spoken, each, one = self.spoken, self.problems.each, self.problems.one
        select, select_for = self._select()
        modules, symbols = self._needs()
        pythons = self._pythons()
        return Settings(
            axes=self.decision.axes,
            place=self.decision.place,
            profile=", ".join(one.name for one in self.decision.profiles) or None,
            select=select,
            select_for=select_for,
            pythons=tuple(pythons),
            python_places=tuple(pythons.values()),
            resolutions=_once(each(parse.resolution, _members(spoken.resolution)))
            or DEFAULT_RESOLUTIONS,
            as_of=one(partial(parse.instant, now=self.now), spoken.as_of),
            constraints=each(parse.requirement, self._constraints()),
            overrides=each(parse.requirement, spoken.overrides),
            refine=spoken.refine,
            blame=spoken.blame,
            with_shims=with_shims(spoken, _members(spoken.probes), self.problems),
            adaptations=each(_existing_folder, spoken.adaptations),
            pre_releases=spoken.pre_releases,
            yanked=spoken.yanked,
            probes=(probes := self._probes()),
            modules=modules,
            symbols=symbols,
            scenarios=self._scenarios() if Stage.SCENARIO in probes else (),
            sources=each(_existing_folder, spoken.source),
            requirements=self._requirements(),
            allow_builds=spoken.allow_builds,
            outputs=self._outputs(),
            environment=one(parse.environment, spoken.environment)
            or DEFAULT_ENVIRONMENT,
            folder=one(Said.path, spoken.folder) or self.folder / DEFAULT_FOLDER,
            jobs=one(parse.jobs, spoken.jobs),
            executor=one(partial(parse.choice, known=self.executors), spoken.executor)
            or DEFAULT_EXECUTOR,
            timeout=one(parse.seconds, spoken.timeout) or DEFAULT_TIMEOUT,
            budget=one(parse.seconds, spoken.budget),
            shard=one(partial(shard, refines=spoken.refine), spoken.shard),
            verify=one(partial(verify, probes=_members(spoken.probes)), spoken.verify),
            memory=one(sizes.memory, spoken.memory) or DEFAULT_MEMORY,
            cache_size=one(sizes.room, spoken.cache_size) or DEFAULT_CACHE_SIZE,
            fail_on=_once(each(parse.outcome, _members(spoken.fail_on)))
            or DEFAULT_FAIL_ON,
        )

    def _pythons(self) -> dict[str, str]:
        """Each Python that is asked for, once, with the first place that asks."""
        pythons: dict[str, str] = {}
        for said in self.problems.each(_named, self.spoken.python):
            pythons.setdefault(said.text, said.place)
        return pythons

    def _select(self) -> tuple[Select, dict[str, Select]]:
        """The rule for all axes, and those for single ones."""
        default, rules = DEFAULT_SELECT, dict[str, Select]()
        for distribution, rule in self.problems.each(self._rule, self.spoken.select):
            if distribution is None:
                default = rule
            else:
                rules[distribution] = rule
        return default, rules

    def _rule(self, said: Said) -> tuple[str | None, Select]:
        distribution, rule = parse.select(said)
        axes = self.decision.distributions
        if self.decision.sound and distribution not in {None, *axes}:
            raise said.wrong(
                f"{distribution} is not an axis", f"the axes are {', '.join(axes)}"
            )
        return distribution, rule

    def _needs(self) -> tuple[tuple[str, ...], tuple[Symbol, ...]]:
        """The modules and symbols that the user and the profiles name, sorted."""
        modules = set(self.problems.each(parse.module, self.spoken.modules))
        symbols = set(self.problems.each(parse.symbol, self.spoken.symbols))
        for profile in self.decision.profiles:
            modules.update(profile.modules)
            symbols.update(profile.symbols)
        by_name = sorted(symbols, key=lambda symbol: (symbol.module, symbol.name))
        return tuple(sorted(modules)), tuple(by_name)

    def _constraints(self) -> tuple[Said, ...]:
        files = self.problems.each(constraints_in, self.spoken.constraint_files)
        return (*self.spoken.constraints, *(said for file in files for said in file))

    def _probes(self) -> tuple[str, ...]:
        """Those asked for, else each that has a stage of its own."""
        asked = self.problems.each(
            partial(parse.choice, known=self.probes), _members(self.spoken.probes)
        )
        usual = [probe for probe in self.probes if probe in list(Stage)]
        return tuple(sorted(set(asked or usual), key=_depth))

    def _scenarios(self) -> tuple[Scenario, ...]:
        shipped = [file for it in self.decision.profiles for file in it.scenarios]
        return read_scenarios(shipped, self.spoken.scenarios, self.problems)

    def _requirements(self) -> tuple[str, ...]:
        """What each cell has besides its pins."""
        named = self.problems.each(parse.requirement, self.spoken.requirements)
        if not self.spoken.source:
            return _once(named)
        if self.project.dynamic and not named:
            self.problems.found.append(
                Problem(
                    place=f"{self.project.place}: project.dynamic",
                    message="the dependencies of your source are known to a build only",
                    mend=f"name them under {self.project.at('requirements')}",
                )
            )
        own = self.problems.each(parse.requirement, self.project.dependencies)
        taken = {*self.decision.distributions, self.project.name}
        return _once((*named, *(text for text in own if _name(text) not in taken)))

    def _outputs(self) -> tuple[OutputRequest, ...]:
        formats, output = self.spoken.formats, self.spoken.output
        if self.spoken.formats_typed:
            return outputs.from_command_line(
                formats, output, known=self.formats, problems=self.problems
            )
        if formats:
            return outputs.from_table(
                formats, known=self.formats, problems=self.problems
            )
        return outputs.usual(self.formats)


def _named(said: Said) -> Said:
    """A text that must not be empty."""
    if not said.text.strip():
        raise said.wrong("nothing is named here", "name one, or leave it out")
    return replace(said, text=said.text.strip())


def _existing_folder(said: Said) -> Path:
    if not os.path.isdir(said.path()):  # noqa: PTH112 - pathlib raises for odd names
        raise said.wrong(f"there is no folder {said.text!r}", "name one that is there")
    return said.path()


def _members(texts: Sequence[Said]) -> tuple[Said, ...]:
    """The members of comma lists."""
    return tuple(part for said in texts for part in said.split())


def _once(values: Sequence[T]) -> tuple[T, ...]:
    """The values in order, without repetition."""
    return tuple(dict.fromkeys(values))


def _name(requirement: str) -> str:
    return canonicalize_name(Requirement(requirement).name)

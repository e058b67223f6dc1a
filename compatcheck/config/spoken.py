"""Who speaks on each setting: the command line if it does, else the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from compatcheck.config.options import Options
from compatcheck.config.pyproject import Project
from compatcheck.config.said import Said
from compatcheck.config.settings import DEFAULT_BLAME, DEFAULT_REFINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """All that was said on each setting, by the one who decides it."""

    python: tuple[Said, ...]
    select: tuple[Said, ...]
    resolution: tuple[Said, ...]
    as_of: Said | None
    constraints: tuple[Said, ...]
    constraint_files: tuple[Said, ...]
    overrides: tuple[Said, ...]
    probes: tuple[Said, ...]
    modules: tuple[Said, ...]
    symbols: tuple[Said, ...]
    scenarios: tuple[Said, ...]
    source: tuple[Said, ...]
    requirements: tuple[Said, ...]
    formats: tuple[Said, ...]
    formats_typed: bool
    """Whether the formats and the output are the command line's."""
    output: Said | None
    folder: Said | None
    environment: Said | None
    jobs: Said | None
    executor: Said | None
    timeout: Said | None
    budget: Said | None
    shard: Said | None
    verify: Said | None
    memory: Said | None
    cache_size: Said | None
    fail_on: tuple[Said, ...]
    refine: bool
    blame: bool
    with_shims: bool
    adaptations: tuple[Said, ...]
    pre_releases: bool
    yanked: bool
    allow_builds: bool


def listen(options: Options, project: Project, folder: Path) -> Spoken:
    """The command line's word on each setting, else the table's; needs add up."""
    table, ear = project.table, _Ear(project=project, folder=folder)
    formats_typed = bool(options.format) or options.output is not None
    constrained = bool(options.constraint or options.constraint_file)
    return Spoken(
        python=ear.many("python", options.python, table.python),
        select=ear.typed("--select", options.select) or _rules(project),
        resolution=ear.many("resolution", options.resolution, table.resolution),
        as_of=ear.one("as-of", options.as_of, table.as_of),
        constraints=ear.typed("--constraint", options.constraint)
        if constrained
        else ear.written("constraints", table.constraints),
        constraint_files=ear.typed("-c", options.constraint_file),
        overrides=ear.many(
            "overrides", options.override, table.overrides, option="--override"
        ),
        probes=ear.many("probes", options.probe, table.probes, option="--probe"),
        modules=ear.typed("--module", options.module) + _modules(project),
        symbols=ear.typed("--symbol", options.symbol) + _symbols(project),
        scenarios=ear.many(
            "scenarios", options.scenario, table.scenarios, option="--scenario"
        ),
        source=ear.many("source", options.source, table.source),
        requirements=ear.many(
            "requirements", options.further, table.requirements, option="--with"
        ),
        formats=ear.typed("--format", options.format)
        if formats_typed
        else ear.written("formats", table.formats),
        formats_typed=formats_typed,
        output=ear.one("output", options.output, None),
        folder=ear.one("folder", options.folder, table.folder),
        environment=ear.one("environment", options.environment, table.environment),
        jobs=ear.one("jobs", options.jobs, table.jobs),
        executor=ear.one("executor", options.executor, table.executor),
        timeout=ear.one("timeout", options.timeout, table.timeout),
        budget=ear.one("budget", options.budget, table.budget),
        shard=ear.one("shard", options.shard, None),
        verify=ear.one("verify", options.verify, table.verify),
        memory=ear.one("memory", options.memory, table.memory),
        cache_size=ear.one("cache-size", options.cache_size, table.cache_size),
        fail_on=ear.many("fail-on", options.fail_on, table.fail_on),
        refine=_flag(options.refine, table.refine, DEFAULT_REFINE),
        blame=_flag(options.blame, table.blame, DEFAULT_BLAME),
        with_shims=_flag(options.with_shims, table.with_shims),
        adaptations=ear.many("adaptations", options.adaptations, table.adaptations),
        pre_releases=_flag(options.pre_releases, table.pre_releases),
        yanked=_flag(options.yanked, table.yanked),
        allow_builds=_flag(options.allow_builds, table.allow_builds),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ear:
    """Marks each text with the place where it stands."""

    project: Project
    folder: Path

    def typed(self, option: str, texts: Sequence[str]) -> tuple[Said, ...]:
        """Texts of the command line; their paths start where the user stands."""
        return tuple(Said(text=text, place=option, base=self.folder) for text in texts)

    def written(self, key: str, texts: Sequence[str]) -> tuple[Said, ...]:
        """Members of a list in the table; their paths start at its file."""
        return tuple(
            Said(text=text, place=self.project.at(key, number), base=self.project.root)
            for number, text in enumerate(texts)
        )

    def many(
        self,
        key: str,
        typed: Sequence[str],
        written: Sequence[str],
        *,
        option: str | None = None,
    ) -> tuple[Said, ...]:
        """The command line's texts if there are any, else the table's."""
        return self.typed(option or f"--{key}", typed) or self.written(key, written)

    def one(
        self, key: str, typed: str | None, written: str | int | None
    ) -> Said | None:
        """The command line's text if there is one, else the table's."""
        if typed is not None:
            return Said(text=typed, place=f"--{key}", base=self.folder)
        if written is None:
            return None
        return Said(
            text=str(written), place=self.project.at(key), base=self.project.root
        )


def _rules(project: Project) -> tuple[Said, ...]:
    """The table's rules as the command line would have them."""
    return tuple(
        Said(
            text=rule if name == "default" else f"{name}={rule}",
            place=project.at("select", name),
        )
        for name, rule in project.table.select.items()
    )


def _modules(project: Project) -> tuple[Said, ...]:
    return tuple(
        Said(text=name, place=project.at("contract", "modules", number))
        for number, name in enumerate(project.table.contract.modules)
    )


def _symbols(project: Project) -> tuple[Said, ...]:
    return tuple(
        Said(text=text, place=project.at("contract", "symbols", number))
        for number, names in enumerate(project.table.contract.symbols)
        for text in names.texts
    )


def _flag(*words: bool | None) -> bool:
    """The first word that was said, else no."""
    return next((word for word in words if word is not None), False)

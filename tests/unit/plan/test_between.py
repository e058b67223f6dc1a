"""A coarse grid is refined where two neighbours came out differently, only there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from compatcheck.config.settings import Settings
from compatcheck.model import (
    AxisRequest,
    CellResult,
    Interpreter,
    Outcome,
    Project,
    Release,
    ReleaseFile,
    Resolution,
    Select,
)
from compatcheck.plan import Plan, make_plan, refined

DAY = datetime(2024, 6, 1, tzinfo=UTC)
PYTHON = Interpreter(
    executable=Path("/opt/bin/python"),
    version="3.12.1",
    implementation="cpython",
    build="3.12.1",
    markers={},
)


def release(distribution: str, version: str) -> Release:
    """A release that came out on a day of its own."""
    file = ReleaseFile(
        distribution=distribution,
        version=Version(version),
        filename=f"{distribution}-{version}-py3-none-any.whl",
        url="https://example.invalid/file.whl",
        kind="wheel",
        hashes={},
        requires_python=None,
        yanked=None,
        upload_time=DAY + timedelta(days=Version(version).micro),
        has_metadata=False,
    )
    return Release(distribution=distribution, version=Version(version), files=(file,))


def coarse(*, past: bool = False) -> Plan:
    """The newest patches of `app` 1.0 and of `lib` 1.0, 1.1, 1.2, 1.3."""
    versions = {
        "app": ["1.0.0"],
        "lib": [f"1.{minor}.{patch}" for minor in range(4) for patch in range(3)],
    }
    settings = Settings(
        axes=tuple(
            AxisRequest(
                distribution=name, extras=(), specifier=SpecifierSet(), place="here"
            )
            for name in versions
        ),
        place="here",
        profile=None,
        select=Select(rule="minor"),
        select_for={},
        pythons=(),
        resolutions=(Resolution.HIGHEST,),
        as_of="release" if past else None,
        constraints=(),
        overrides=(),
        pre_releases=False,
        yanked=False,
        probes=("import",),
        modules=(),
        symbols=(),
        sources=(),
        requirements=(),
        allow_builds=False,
        outputs=(),
        folder=Path("reports"),
        jobs=None,
        timeout=1,
        memory=1,
        fail_on=(),
    )
    projects = {
        name: Project(
            distribution=name,
            releases=tuple(release(name, version) for version in those),
        )
        for name, those in versions.items()
    }
    return make_plan(settings, projects, [PYTHON])


def answered(plan: Plan, outcomes: Mapping[str, Outcome]) -> list[CellResult]:
    """What became of the cells, by their `lib`; those that passed need no word."""
    return [
        CellResult(
            cell=cell,
            outcome=outcomes.get(str(cell.pins[1].version), Outcome.PASSED),
            stage=None,
        )
        for cell in plan.cells
    ]


def asked(plan: Plan, outcomes: Mapping[str, Outcome]) -> list[str]:
    """The versions of `lib` that are asked next."""
    _, cells = refined(plan, answered(plan, outcomes))
    return [str(cell.pins[1].version) for cell in cells]


def test_every_release_between_two_that_differ_is_asked() -> None:
    """Where it turned lies between a newest patch and the next one."""
    assert asked(coarse(), {"1.2.2": Outcome.FAILED, "1.3.2": Outcome.FAILED}) == [
        "1.2.0",
        "1.2.1",
    ]


def test_a_failing_release_between_two_is_told_apart_on_both_sides() -> None:
    """A hole has two edges."""
    found = asked(coarse(), {"1.1.2": Outcome.FAILED})
    assert found == ["1.1.0", "1.1.1", "1.2.0", "1.2.1"]


def test_where_nothing_differs_nothing_is_asked() -> None:
    """Neighbours of one outcome say nothing about what lies between, and cost it."""
    plan = coarse()
    grown, cells = refined(plan, answered(plan, {}))
    assert (cells, grown.cells) == ((), plan.cells)


def test_what_could_not_be_told_differs_from_nothing() -> None:
    """An index that was down is no reason to ask more of it."""
    assert asked(coarse(), {"1.1.2": Outcome.UNKNOWN}) == []


def test_the_axis_takes_what_is_asked_and_no_longer_leaves_it_out() -> None:
    """The grown grid is a grid: its axes tell every release that has a cell."""
    plan = coarse()
    grown, cells = refined(plan, answered(plan, {"1.3.2": Outcome.FAILED}))
    lib = grown.axes[1]
    taken = [str(it.version) for it in lib.candidates]
    assert taken == ["1.0.2", "1.1.2", "1.2.2", "1.3.0", "1.3.1", "1.3.2"]
    assert [str(it.version) for it in lib.left_out] == [
        "1.0.0",
        "1.0.1",
        "1.1.0",
        "1.1.1",
        "1.2.0",
        "1.2.1",
    ]
    assert set(map(id, plan.cells)) < set(map(id, grown.cells))
    assert grown.release(cells[0].pins[1]).version == Version("1.3.0")


def test_each_new_cell_has_its_own_instant() -> None:
    """As of release means as of the release of that very cell."""
    plan = coarse(past=True)
    _, cells = refined(plan, answered(plan, {"1.3.2": Outcome.FAILED}))
    assert [cell.as_of for cell in cells] == [
        DAY + timedelta(seconds=1),
        DAY + timedelta(days=1, seconds=1),
    ]

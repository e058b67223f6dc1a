"""Which releases become candidates, which are left out and why, and which cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from compatcheck.config.settings import Settings
from compatcheck.errors import UsageError
from compatcheck.model import (
    AxisRequest,
    Interpreter,
    Pin,
    Project,
    Release,
    ReleaseFile,
    Resolution,
    Select,
)
from compatcheck.plan import Plan, make_plan

JUNE = datetime(2024, 6, 1, tzinfo=UTC)


def settings(*axes: str, **changes: Any) -> Settings:  # noqa: ANN401 - fields, named by tests
    """Settings for axes such as `lib>=1`."""
    requests = []
    for axis in axes:
        asked = Requirement(axis)
        requests.append(
            AxisRequest(
                distribution=asked.name,
                extras=(),
                specifier=asked.specifier,
                place="command line",
            )
        )
    plain = Settings(
        axes=tuple(requests),
        place="command line",
        profile=None,
        select=Select(rule="all"),
        select_for={},
        pythons=(),
        resolutions=(Resolution.HIGHEST,),
        as_of=None,
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
    return replace(plain, **changes)


def release(version: str, **changes: Any) -> Release:  # noqa: ANN401 - fields, named by tests
    """A release of `lib` with one wheel."""
    file = ReleaseFile(
        distribution="lib",
        version=Version(version),
        filename=f"lib-{version}-py3-none-any.whl",
        url="https://example.invalid/lib.whl",
        kind="wheel",
        hashes={},
        requires_python=None,
        yanked=None,
        upload_time=JUNE,
        has_metadata=False,
    )
    return Release(
        distribution="lib", version=Version(version), files=(replace(file, **changes),)
    )


def project(*releases: str | Release) -> Mapping[str, Project]:
    """What the index tells of `lib`."""
    made = [release(it) if isinstance(it, str) else it for it in releases]
    made.sort(key=lambda it: it.version)
    return {"lib": Project(distribution="lib", releases=tuple(made))}


def interpreter(version: str) -> Interpreter:
    """A Python of that version."""
    return Interpreter(
        executable=Path(f"/opt/{version}/bin/python"),
        version=version,
        implementation="cpython",
        build=version,
        markers={},
    )


def plan(
    asked: Settings,
    projects: Mapping[str, Project | None],
    pythons: Sequence[str] = ("3.11.7",),
) -> Plan:
    """The plan of settings over an index."""
    return make_plan(asked, projects, [interpreter(it) for it in pythons])


def candidates(asked: Settings, *releases: str | Release) -> list[str]:
    """The versions that the first axis takes."""
    (axis,) = plan(asked, project(*releases)).axes
    return [str(it.version) for it in axis.candidates]


def left_out(asked: Settings, *releases: str | Release) -> dict[str, str]:
    """The versions that it leaves out, and why."""
    (axis,) = plan(asked, project(*releases)).axes
    return {str(it.version): it.reason for it in axis.left_out}


def problem(asked: Settings, *releases: str | Release) -> str:
    """The one thing that is wrong."""
    with pytest.raises(UsageError) as caught:
        plan(asked, project(*releases))
    (only,) = caught.value.problems
    return str(only)


class TestSelection:
    """`--select`."""

    VERSIONS = ("1.0", "1.0.1", "1.1", "1.1.post1", "2.0", "1!0.1", "1!0.1.5")

    @pytest.mark.parametrize(
        ("select", "taken"),
        [
            (Select(rule="minor"), ["1.0.1", "1.1.post1", "2.0", "1!0.1.5"]),
            (Select(rule="latest", count=2), ["1!0.1", "1!0.1.5"]),
            (Select(rule="latest", count=99), list(VERSIONS)),
            (Select(rule="all"), list(VERSIONS)),
        ],
        ids=str,
    )
    def test_takes_what_the_rule_says(self, select: Select, taken: list[str]) -> None:
        """Ascending, an epoch being a world of its own; the rest is told."""
        asked = settings("lib", select=select)
        assert candidates(asked, *self.VERSIONS) == taken
        rest = [it for it in self.VERSIONS if it not in taken]
        assert left_out(asked, *self.VERSIONS) == dict.fromkeys(
            rest, f"--select {select}"
        )

    def test_rule_of_one_axis_goes_first(self) -> None:
        """`--select lib=all` beside a general `minor`."""
        asked = settings(
            "lib", select=Select(rule="minor"), select_for={"lib": Select(rule="all")}
        )
        assert candidates(asked, "1.0", "1.0.1") == ["1.0", "1.0.1"]

    def test_minor_takes_the_newest_that_fits(self) -> None:
        """A patch that is no candidate does not stand for its minor."""
        asked = settings("lib", select=Select(rule="minor"))
        releases = ("1.0", release("1.0.1", yanked="bad"), "1.0.2rc1")
        assert candidates(asked, *releases) == ["1.0"]


class TestFitness:
    """What makes a release no candidate."""

    def test_pre_releases_only_when_asked_for(self) -> None:
        """By the option, or by a specifier that names one."""
        assert candidates(settings("lib"), "1.0", "2.0rc1", "2.0.dev1") == ["1.0"]
        assert left_out(settings("lib"), "1.0", "2.0rc1") == {"2.0rc1": "pre-release"}
        every = settings("lib", pre_releases=True)
        assert candidates(every, "1.0", "2.0rc1") == ["1.0", "2.0rc1"]
        assert candidates(settings("lib>=2.0rc1"), "1.0", "2.0rc1") == ["2.0rc1"]

    def test_yanked_only_when_asked_for(self) -> None:
        """A reason may be empty; one file that is not yanked keeps a release."""
        gone = release("2.0", yanked="")
        assert left_out(settings("lib"), "1.0", gone) == {"2.0": "yanked"}
        assert candidates(settings("lib", yanked=True), "1.0", gone) == ["1.0", "2.0"]
        half = Release(
            distribution="lib",
            version=Version("2.0"),
            files=(*gone.files, *release("2.0").files),
        )
        assert candidates(settings("lib"), "1.0", half) == ["1.0", "2.0"]

    def test_requires_python_of_any_interpreter(self) -> None:
        """A release stays when one Python takes it; unreadable words keep none out."""
        young = release("2.0", requires_python=">=3.12")
        odd = release("3.0", requires_python="three")
        two = plan(settings("lib"), project("1.0", young), ["3.11.7", "3.12.1"])
        assert len(two.axes[0].candidates) == 2
        assert len(two.cells) == 4
        told = left_out(settings("lib"), "1.0", young, odd)
        assert told == {"2.0": "requires Python >=3.12"}

    def test_releases_without_files_are_nothing(self) -> None:
        """An index may still name a version that was deleted."""
        empty = Release(distribution="lib", version=Version("2.0"), files=())
        assert candidates(settings("lib"), "1.0", empty) == ["1.0"]
        assert left_out(settings("lib"), "1.0", empty) == {}

    def test_what_was_not_asked_for_is_not_left_out(self) -> None:
        """The specifier is the user's own: no word about the rest."""
        assert left_out(settings("lib<2"), "1.0", "2.0") == {}


class TestAsOf:
    """The past."""

    def test_release_instant_is_the_next_whole_second(self) -> None:
        """Uv takes files from before an instant: the last file's second must be in."""
        for micro in (0, 1, 999_999):
            out = JUNE.replace(microsecond=micro)
            asked = settings("lib", as_of="release")
            (cell,) = plan(asked, project(release("1.0", upload_time=out))).cells
            assert cell.as_of == datetime(2024, 6, 1, 0, 0, 1, tzinfo=UTC)

    def test_release_instant_is_of_the_newest_pin(self) -> None:
        """Of two axes the later one decides, and of a release its last file."""
        later = JUNE.replace(month=7)
        both = Release(
            distribution="other",
            version=Version("1.0"),
            files=(*release("1.0", upload_time=later).files, *release("1.0").files),
        )
        other = Project(distribution="other", releases=(both,))
        asked = settings("lib", "other", as_of="release")
        (cell,) = plan(asked, {**project("1.0"), "other": other}).cells
        assert cell.as_of == datetime(2024, 7, 1, 0, 0, 1, tzinfo=UTC)

    def test_date_leaves_out_what_came_later(self) -> None:
        """At the instant itself nothing is out yet, as the resolver sees it."""
        before = release("1.0", upload_time=JUNE.replace(year=2023))
        asked = settings("lib", as_of=JUNE)
        assert candidates(asked, before, "2.0") == ["1.0"]
        told = {"2.0": "published after 2024-06-01 00:00Z"}
        assert left_out(asked, before, "2.0") == told
        (cell,) = plan(asked, project(before, "2.0")).cells
        assert cell.as_of == JUNE

    @pytest.mark.parametrize("as_of", ["release", JUNE], ids=str)
    def test_refused_where_a_candidate_has_no_time(self, as_of: datetime | str) -> None:
        """One line with the release; one that is not taken does not matter."""
        untimed = release("2.0", upload_time=None)
        old = release("1.0", upload_time=JUNE.replace(year=2023))
        told = problem(settings("lib", as_of=as_of), old, untimed)
        assert told.startswith("--as-of: no index tells when the files of lib 2.0")
        assert candidates(settings("lib<2", as_of=as_of), old, untimed) == ["1.0"]


class TestProblems:
    """What cannot be asked so."""

    def test_unknown_distribution(self) -> None:
        """No index has the name."""
        with pytest.raises(UsageError, match="has a distribution 'lib'"):
            plan(settings("lib"), {"lib": None})

    def test_specifier_that_no_release_matches(self) -> None:
        """The message says what there is."""
        told = problem(settings("lib>=9"), "1.0", "2.0")
        assert told == (
            "command line: no release matches 'lib>=9'; the index has 1.0 … 2.0"
        )

    @pytest.mark.parametrize(
        ("only", "reason", "mend"),
        [
            ("1.0rc1", "pre-release", "--pre-releases"),
            (release("1.0", yanked="bad"), "yanked", "--yanked"),
            (
                release("1.0", requires_python="<3"),
                "requires Python <3",
                "another --python",
            ),
        ],
    )
    def test_nothing_that_matches_is_fit(
        self, only: str | Release, reason: str, mend: str
    ) -> None:
        """The reasons and the option that lets them in."""
        told = problem(settings("lib"), only)
        assert f"is left out ({reason})" in told
        assert told.endswith(f"or take these with {mend}")

    def test_every_axis_is_told_at_once(self) -> None:
        """Two wrong axes, two problems."""
        with pytest.raises(UsageError) as caught:
            plan(settings("lib>=9", "none"), {**project("1.0"), "none": None})
        assert len(caught.value.problems) == 2


def test_cells_are_every_choice_in_a_steady_order() -> None:
    """Interpreters, then resolutions, then the axes as asked for, each ascending."""
    asked = settings("lib", resolutions=(Resolution.HIGHEST, Resolution.LOWEST))
    made = plan(asked, project("1.0", "2.0"), ["3.11.7", "3.12.1"])
    told = [
        (it.interpreter.minor, str(it.resolution), str(it.pins[0])) for it in made.cells
    ]
    assert told[:4] == [
        ("3.11", "highest", "lib==1.0"),
        ("3.11", "highest", "lib==2.0"),
        ("3.11", "lowest", "lib==1.0"),
        ("3.11", "lowest", "lib==2.0"),
    ]
    assert len(told) == len(set(told)) == 8


def test_release_of_a_pin_is_found() -> None:
    """And a pin of another plan is a mistake of ours."""
    made = plan(settings("lib"), project("1.0"))
    assert made.release(made.cells[0].pins[0]) is made.axes[0].candidates[0]
    with pytest.raises(KeyError):
        made.release(Pin(distribution="lib", version=Version("9")))

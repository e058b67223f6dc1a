"""What each setting may say, and what is said of it when it may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compatcheck.config.settings import Settings
from compatcheck.errors import Problem
from compatcheck.model import Outcome, Resolution

Read = Callable[..., Settings]
Faults = Callable[..., list[Problem]]

BIG = "9" * 5000
"""More digits than Python makes a number of."""


class TestDefaults:
    """What holds when nobody says anything."""

    def test_are_careful(self, read: Read, folder: Path) -> None:
        """Final releases, wheels only, the running Python, limits, red on red."""
        settings = read()

        wider = (settings.pre_releases, settings.yanked, settings.allow_builds)
        assert wider == (False, False, False)
        assert settings.resolutions == (Resolution.HIGHEST,)
        assert settings.pythons == ()
        assert settings.as_of is None
        assert settings.jobs is None
        assert (settings.timeout, settings.memory) == (120.0, 4 * 1024**3)
        assert settings.fail_on == (Outcome.FAILED, Outcome.CRASHED)
        assert settings.folder == folder / "reports"

    def test_ask_every_probe_that_has_a_stage(self, read: Read) -> None:
        """Probes are asked shallow ones first; others only when they are named."""
        assert read().probes == ("import", "symbol", "call", "scenario")
        assert read(probe=("screen,symbol",)).probes == ("symbol", "screen")


class TestPrecedence:
    """The command line speaks before the table, key by key."""

    TABLE = (
        '[tool.compatcheck]\npython = ["3.11"]\nresolution = ["lowest"]\n'
        'yanked = true\njobs = 3\ntimeout = 2.5\nmemory = "64MiB"\n'
        'fail-on = ["unknown"]\nconstraints = ["a<2"]\noverrides = ["b"]\n'
        'folder = "out"\n'
    )

    def test_the_table_decides_what_the_command_line_leaves(
        self, read: Read, folder: Path
    ) -> None:
        """Each key of the table is a setting."""
        settings = read(self.TABLE)

        assert settings.pythons == ("3.11",)
        assert settings.resolutions == (Resolution.LOWEST,)
        assert settings.yanked
        assert (settings.jobs, settings.timeout, settings.memory) == (3, 2.5, 2**26)
        assert settings.fail_on == (Outcome.UNKNOWN,)
        assert (settings.constraints, settings.overrides) == (("a<2",), ("b",))
        assert settings.folder == folder / "out"

    def test_the_command_line_replaces_key_by_key(self, read: Read) -> None:
        """What it says replaces the table's word, what it does not say stays."""
        settings = read(
            self.TABLE,
            python=("3.12", "3.13"),
            yanked=False,
            jobs="8",
            fail_on=("failed,not-run",),
            constraint=("c",),
        )

        assert settings.pythons == ("3.12", "3.13")
        assert settings.resolutions == (Resolution.LOWEST,)
        assert not settings.yanked
        assert settings.jobs == 8
        assert settings.fail_on == (Outcome.FAILED, Outcome.NOT_RUN)
        assert settings.constraints == ("c",)


class TestExecutor:
    """What asks many at a time."""

    def test_is_one_that_is_there(self, read: Read, faults: Faults) -> None:
        """By its name; a name that nobody has is told with those that there are."""
        assert read().executor == "local"
        assert read(executor="elsewhere").executor == "elsewhere"
        assert read('[tool.compatcheck]\nexecutor = "elsewhere"\n').executor == (
            "elsewhere"
        )
        (problem,) = faults(executor="nowhere-at-all")
        assert str(problem) == (
            "--executor: 'nowhere-at-all' is unknown; choose from elsewhere, local"
        )


class TestPythons:
    """Which interpreters are asked for, and where."""

    def test_of_the_table_have_their_key(self, read: Read) -> None:
        """Each is told with the file and key where it was first asked for."""
        settings = read('[tool.compatcheck]\npython = ["3.12", " 3.11", "3.12"]\n')

        assert settings.pythons == ("3.12", "3.11")
        assert settings.python_places == (
            "pyproject.toml: tool.compatcheck.python[0]",
            "pyproject.toml: tool.compatcheck.python[1]",
        )

    def test_of_the_command_line_have_its_option(self, read: Read) -> None:
        """So is one that was typed."""
        assert read(python=("3.12",)).python_places == ("--python",)


class TestSelect:
    """Which releases are taken."""

    def test_is_for_all_axes_or_for_one(self, read: Read) -> None:
        """The last word for each counts, and names are normalised."""
        settings = read(select=("all", "Pair_B=all", "latest:3"))

        assert str(settings.select) == "latest:3"
        assert {k: str(v) for k, v in settings.select_for.items()} == {"pair-b": "all"}

    @pytest.mark.parametrize(
        "rule", ["newest", "latest", "latest:0", "pair-a=", "latest:10001", BIG]
    )
    def test_knows_three_rules(self, faults: Faults, rule: str) -> None:
        """Any other rule is a problem, and so is a number that nobody needs."""
        (problem,) = faults(select=(rule,))

        assert problem.place == "--select"
        assert "latest:N with N from 1" in problem.mend

    def test_is_about_axes(self, faults: Faults) -> None:
        """A rule for a distribution that does not vary is a problem."""
        (problem,) = faults('[tool.compatcheck]\nselect = { flask = "all" }\n')

        assert problem.place == "pyproject.toml: tool.compatcheck.select.flask"
        assert "pair-a, pair-b" in problem.mend

    def test_is_not_blamed_for_a_broken_axis(self, faults: Faults) -> None:
        """A rule for an axis that could not be read is no second problem."""
        (problem,) = faults(requirements=("flask>", "jinja2"), select=("flask=all",))

        assert "is not a requirement" in problem.message


class TestAsOf:
    """The instant after which nothing exists."""

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ('"release"', "release"),
            ('"2026-05-31"', datetime(2026, 6, 1, tzinfo=UTC)),
            ("2026-05-31", datetime(2026, 6, 1, tzinfo=UTC)),
            ("2026-06-15", datetime(2026, 6, 16, tzinfo=UTC)),
            ("2026-05-31T12:00:00Z", datetime(2026, 5, 31, 12, tzinfo=UTC)),
            ('"2026-05-31T12:00:00+02:00"', datetime(2026, 5, 31, 10, tzinfo=UTC)),
        ],
    )
    def test_is_a_word_a_whole_day_or_an_instant(
        self, read: Read, written: str, meant: object
    ) -> None:
        """A bare date, text or TOML's own, lets that whole day in, in UTC."""
        assert read(f"[tool.compatcheck]\nas-of = {written}\n").as_of == meant

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("2026-06-16", "in the future"),
            ("2026-06-15T12:00:01Z", "in the future"),
            ("2026-05-31T12:00:00", "time zone"),
            ("yesterday", "not a point in time"),
            ("0001-01-01T00:00:00+23:59", "not a point in time"),
        ],
    )
    def test_has_passed_and_is_exact(
        self, faults: Faults, text: str, words: str
    ) -> None:
        """The future, a time without a zone and other words are problems."""
        (problem,) = faults(as_of=text)

        assert problem.place == "--as-of"
        assert words in problem.message


class TestSource:
    """The project's own code on a cell's path."""

    PROJECT = (
        '[project]\nname = "me"\ndependencies = ["Pair.A>1", "requests>=2", "me"]\n'
    )

    def test_brings_the_projects_dependencies(self, read: Read, folder: Path) -> None:
        """Those that do not vary, and are not the project itself, join each cell."""
        (folder / "src").mkdir()

        settings = read(
            self.PROJECT + '[tool.compatcheck]\nsource=["src"]\nrequirements=["b"]\n'
        )

        assert settings.sources == (folder / "src",)
        assert settings.requirements == ("b", "requests>=2")

    def test_is_what_brings_them(self, read: Read) -> None:
        """Without the source its dependencies are nobody's business."""
        assert read(self.PROJECT).requirements == ()

    def test_must_be_there(self, faults: Faults) -> None:
        """A folder that does not exist is a problem."""
        for name in ("lib", "x" * 300):
            (problem,) = faults(source=(name,))

            assert problem.message == f"there is no folder {name!r}"

    def test_with_dependencies_that_only_a_build_knows(
        self, faults: Faults, folder: Path
    ) -> None:
        """Dynamic dependencies must be named, because nothing is built here."""
        (folder / "src").mkdir()

        (problem,) = faults(
            '[project]\nname = "me"\ndynamic = ["dependencies"]\n', source=("src",)
        )

        assert problem.place == "pyproject.toml: project.dynamic"

"""What each setting may say, and what is said of it when it may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compatcheck.config.read import NotUnderstood
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
        assert read().probes == ("import", "symbol")
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


class TestLimits:
    """Numbers that a run can live with."""

    @pytest.mark.parametrize(
        ("option", "texts"),
        [
            ("timeout", ["0", "-1", "nan", "inf", "1e300", "86400.1", "long"]),
            ("memory", ["0", "nan", "1", "63MiB", "1PiB", "1e400", "9" * 400, BIG]),
            ("jobs", ["0", "-1", "1.5", "1025", "²", BIG]),
        ],
    )
    def test_are_bounded(self, faults: Faults, option: str, texts: list[str]) -> None:
        """Nothing, too much and what is no number are problems with their option."""
        for text in texts:
            (problem,) = faults(**{option: text})

            assert problem.place == f"--{option}"
            assert problem.message.startswith(repr(text))

    def test_hold_for_the_table(self, faults: Faults) -> None:
        """TOML has numbers that are none."""
        found = faults("[tool.compatcheck]\ntimeout = nan\nmemory = inf\njobs = -3\n")

        assert [problem.place.rpartition(".")[2] for problem in found] == [
            "jobs",
            "timeout",
            "memory",
        ]

    def test_admit_their_ends(self, read: Read) -> None:
        """What is bounded may reach its bounds."""
        most = read(timeout="86400", memory="128TiB", jobs="1024", select=("latest:1",))

        assert (most.timeout, most.memory, most.jobs) == (86400, 2**47, 1024)


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


class TestProblems:
    """What is wrong is told in plain words, all at once."""

    def test_of_the_table_have_place_and_mend(self, faults: Faults) -> None:
        """Unknown keys get a suggestion, wrong types an example."""
        found = faults(
            '[tool.compatcheck]\naxes = ["flask", 3]\nselct = "all"\npython = [3.12]\n'
            'fail-on = "failed"\njobs = true\nzzz = 1\n'
            'contract = { modles = [], symbols = ["flask.Flask", { names = [] }] }\n'
        )
        at = {
            problem.place.rpartition("tool.compatcheck.")[2]: problem
            for problem in found
        }

        assert set(at) == {
            "axes[1]",
            "selct",
            "python[0]",
            "fail-on",
            "jobs",
            "zzz",
            "contract.modles",
            "contract.symbols[1].module",
        }
        assert at["axes[1]"].message == "must be text, not the number 3"
        assert at["python[0]"].mend == 'write it like python = ["3.11", "3.12"]'
        assert at["fail-on"].message == "must be a list, not text"
        assert at["jobs"].message == "must be a whole number, not true"
        assert at["selct"].mend == "did you mean 'select'?"
        assert at["zzz"].mend.startswith("choose from axes, python, select")
        assert at["contract.modles"].mend == "did you mean 'modules'?"
        assert at["contract.symbols[1].module"].message == "this key is missing"

    def test_of_both_places_come_together(self, faults: Faults) -> None:
        """One error holds every problem of the table and of the command line."""
        found = faults(
            '[tool.compatcheck]\nslect = "all"\nas-of = "soon"\nprobes = ["imprt"]\n',
            jobs="0",
            timeout="-1",
            memory="much",
            fail_on=("passed",),
            resolution=("low",),
            symbol=("flask.Flask",),
            module=("no-module",),
            override=("==",),
            format=("jsn",),
        )

        assert [problem.place for problem in found] == [
            "pyproject.toml: tool.compatcheck.slect",
            "--module",
            "--symbol",
            "--resolution",
            "pyproject.toml: tool.compatcheck.as-of",
            "--override",
            "pyproject.toml: tool.compatcheck.probes[0]",
            "--format",
            "--jobs",
            "--timeout",
            "--memory",
            "--fail-on",
        ]

    def test_of_a_list_leave_its_other_members(self, faults: Faults) -> None:
        """A member of the wrong type hides neither the others nor their places."""
        found = faults(
            '[tool.compatcheck]\naxes = ["pair-a", 3, "==", "b.b"]\npython = [1, ""]\n'
            'select = { b-b = "al", pair-a = 3 }\n'
            'contract = { modules = [1, "1"], symbols = ["a.b", { names = [] }, "c"] }\n'
        )

        assert sorted(p.place.rpartition("tool.compatcheck.")[2] for p in found) == [
            "axes[1]",
            "axes[2]",
            "contract.modules[0]",
            "contract.modules[1]",
            "contract.symbols[0]",
            "contract.symbols[1].module",
            "contract.symbols[2]",
            "python[0]",
            "python[1]",
            "select.b-b",
            "select.pair-a",
        ]

    @pytest.mark.parametrize(
        ("option", "text"),
        [("module", "a.class"), ("symbol", "mod:class"), ("symbol", "import:b")],
    )
    def test_of_a_keyword_say_so(self, faults: Faults, option: str, text: str) -> None:
        """No module and no name of one can be called by a keyword."""
        (problem,) = faults(**{option: (text,)})

        assert problem.place == f"--{option}"
        assert "is a word of Python's own" in problem.message

    def test_leave_what_could_be_understood(self, read: Read) -> None:
        """The rest of the settings comes with them, for faults of other kinds."""
        with pytest.raises(NotUnderstood) as caught:
            read(requirements=("a>1", "=="), python=("3.1", ""), jobs="0")

        partial = caught.value.partial
        assert partial is not None
        assert [axis.distribution for axis in partial.axes] == ["a"]
        assert partial.pythons == ("3.1",)

    @pytest.mark.parametrize(
        "text", ["x", "tool.compatcheck = 3\n", "[tool.compatcheck]\nyanked = 3\n"]
    )
    def test_may_leave_nothing_to_rely_on(self, read: Read, text: str) -> None:
        """Without knowing what is a candidate, nothing is said of candidates."""
        with pytest.raises(NotUnderstood) as caught:
            read(text, requirements=("a",))

        assert caught.value.partial is None

    def test_of_a_folder_that_cannot_be_read(self, faults: Faults) -> None:
        """A folder that nobody can look into is one problem."""
        (problem,) = faults(at=Path("/" + "x" * 300))

        assert problem.place == "pyproject.toml"
        assert "cannot be looked for" in problem.message

    def test_of_a_folder_that_is_gone(
        self, faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So is a working directory that somebody removed."""
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()

        (problem,) = faults(at=Path())

        assert problem.place == "pyproject.toml"

    def test_say_how_to_write_a_symbol(self, faults: Faults) -> None:
        """A symbol without its colon gets the text it should have had."""
        (problem,) = faults(symbol=("flask.Flask",))

        assert problem.mend == "write module:name, such as flask:Flask"

    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("[tool.compatcheck]\naxes = [\n[x\n", "pyproject.toml:3"),
            ("a = 1\na = 2\n", "pyproject.toml:2"),
            ("tool.compatcheck = 3\n", "pyproject.toml: tool.compatcheck"),
        ],
    )
    def test_of_toml_have_a_line(self, faults: Faults, text: str, place: str) -> None:
        """A file that is no TOML, or a table that is none, is one problem."""
        (problem,) = faults(text)

        assert problem.place == place

    def test_of_other_tables_are_not_ours(self, read: Read) -> None:
        """A [project] that its build backend would refuse does not trouble us."""
        assert read('[project]\nname = 3\ndependencies = "a"\ndynamic = 1\n').axes


class TestConstraintFiles:
    """`-c FILE`."""

    def test_are_read_with_what_they_include(self, read: Read, folder: Path) -> None:
        """Comments, hashes, continued lines, markers and includes are understood."""
        (folder / "more").mkdir()
        (folder / "top.txt").write_text(
            "\ufeff# all of it\na==1  # why\nb==2 \\\n    --hash=sha256:00 \\\n"
            "    --hash=sha256:11\n-r more/inner.txt\nc>1; python_version > '3'\n",
            encoding="utf-8",
        )
        (folder / "more" / "inner.txt").write_text("--constraint=../top.txt\nd[e]<4\n")

        settings = read(constraint_file=("top.txt",), constraint=("z",))

        assert settings.constraints == (
            "z",
            "a==1",
            "b==2",
            "d[e]<4",
            'c>1; python_version > "3"',
        )

    def test_name_the_line_at_fault(self, faults: Faults, folder: Path) -> None:
        """A bad requirement is told with its file and line, even when included."""
        (folder / "top.txt").write_text("a\n\n-c inner.txt\n")
        (folder / "inner.txt").write_text("# one\nb \\\n  ==\n")

        (problem,) = faults(constraint_file=("top.txt",))

        assert problem.place == "inner.txt:2"

    def test_hold_nothing_else(self, faults: Faults, folder: Path) -> None:
        """Options are refused, and an address in one is not shown."""
        (folder / "c.txt").write_text("--index-url https://u:secret@example.invalid/\n")

        (problem,) = faults(constraint_file=("c.txt",))

        assert problem.place == "c.txt:1"
        assert "--index-url" in problem.message
        assert "secret" not in str(problem)

    def test_include_files(self, faults: Faults, folder: Path) -> None:
        """What names no file at all is a problem of its line."""
        (folder / "loop").symlink_to("loop")
        (folder / "c.txt").write_text("-c a\0b\n")

        (nul,) = faults(constraint_file=("c.txt",))
        (loop,) = faults(constraint_file=("loop",))

        assert (nul.place, loop.place) == ("c.txt:1", "-c")

    def test_must_be_there(self, faults: Faults) -> None:
        """A missing file is one problem."""
        (problem,) = faults(constraint_file=("none.txt",))

        assert problem.place == "-c"
        assert "none.txt cannot be read" in problem.message

"""Who decides what varies, and what comes with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compatcheck.config.settings import Settings
from compatcheck.errors import Problem
from compatcheck.model import Symbol

Read = Callable[..., Settings]
Faults = Callable[..., list[Problem]]

FLASK = '[tool.compatcheck]\naxes = ["flask>=2.2,<3", "Werkzeug[watchdog]"]\n'


def names(settings: Settings) -> list[str]:
    """The distributions on the axes."""
    return [axis.distribution for axis in settings.axes]


class TestWhoDecides:
    """The command line, then the table, then the default profile."""

    def test_the_profile_where_nobody_else_does(self, read: Read) -> None:
        """Without arguments and configuration the default profile is the matrix."""
        settings = read()

        assert names(settings) == ["pair-a", "pair-b"]
        assert settings.place == "profile pair"
        assert settings.profile == "pair"

    def test_the_profile_where_the_table_has_no_axes(self, read: Read) -> None:
        """A table may set everything but the axes."""
        settings = read('[tool.compatcheck]\nselect = "all"\n')

        assert settings.place == "profile pair"
        assert str(settings.select) == "all"

    def test_the_table(self, read: Read) -> None:
        """Axes of the table keep their order; names and extras are normalised."""
        settings = read(FLASK)
        flask, werkzeug = settings.axes

        assert settings.place == "pyproject.toml"
        assert settings.profile is None
        assert (flask.distribution, str(flask.specifier)) == ("flask", "<3,>=2.2")
        assert (werkzeug.distribution, werkzeug.extras) == ("werkzeug", ("watchdog",))
        assert werkzeug.place == "pyproject.toml: tool.compatcheck.axes[1]"

    def test_the_command_line(self, read: Read) -> None:
        """Arguments win over the table, and one axis is enough."""
        settings = read(FLASK, requirements=("django==5",))

        assert names(settings) == ["django"]
        assert settings.place == "command line"
        assert settings.axes[0].place == "requirement 'django==5'"

    def test_the_nearest_file_above(self, read: Read, folder: Path) -> None:
        """A table above the folder counts, and messages say where it is."""
        (folder / "inner").mkdir()

        settings = read(FLASK, at=folder / "inner")

        assert settings.place == "../pyproject.toml"

    def test_nothing_above_the_repository(self, read: Read, folder: Path) -> None:
        """The search for a table ends at a folder with .git."""
        (folder / "inner" / ".git").mkdir(parents=True)

        assert read(FLASK, at=folder / "inner").place == "profile pair"


class TestTheContract:
    """What is needed beyond what is read from source."""

    def test_a_profile_joins_whoever_decides(self, read: Read) -> None:
        """With all its distributions on the axes its contract is added."""
        settings = read(requirements=("pair_b>1", "flask", "Pair-A"), module=("flask",))

        assert settings.profile == "pair"
        assert settings.modules == ("flask", "pair_a")
        assert settings.symbols == (Symbol(module="pair_a", name="Thing"),)

    def test_both_forms_and_both_places_add_up(self, read: Read) -> None:
        """Symbols of the table, written either way, and of the command line hold."""
        table = (
            '[tool.compatcheck.contract]\nmodules = ["flask.cli"]\n'
            'symbols = ["flask:Flask.run", { module = "jinja2", names = ["a", "b"] }]\n'
        )

        settings = read(FLASK + table, symbol=("flask:g",))

        assert settings.modules == ("flask.cli",)
        assert [str(symbol) for symbol in settings.symbols] == [
            "flask.Flask.run",
            "flask.g",
            "jinja2.a",
            "jinja2.b",
        ]

    def test_belongs_to_the_axes_it_was_written_for(
        self, read: Read, folder: Path
    ) -> None:
        """Other axes on the command line leave the table's own needs aside."""
        (folder / "src").mkdir()
        table = (
            'select = { default = "all", flask = "latest:2" }\nsource = ["src"]\n'
            'requirements = ["requests"]\ncontract = { modules = ["flask"] }\n'
        )

        other = read(FLASK + table, requirements=("django", "asgiref"))
        same = read(requirements=("werkzeug==3", "flask", "jinja2"))

        assert (other.modules, other.sources, other.requirements) == ((), (), ())
        assert (str(other.select), other.select_for) == ("all", {})
        assert (same.modules, same.requirements) == (("flask",), ("requests",))
        assert str(same.select_for["flask"]) == "latest:2"


class TestWhatIsNoAxis:
    """Requirements that cannot vary."""

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("flask>=2,<", "is not a requirement"),
            ("flask; python_version<'3'", "cannot have a marker"),
            ("flask @ https://example.invalid/flask.whl", "cannot be an address"),
        ],
    )
    def test_is_a_problem(self, faults: Faults, text: str, message: str) -> None:
        """Broken requirements, markers and addresses are refused with a mend."""
        (problem,) = faults(requirements=(text, "jinja2"))

        assert message in problem.message
        assert problem.mend

    def test_shows_no_credentials(self, faults: Faults) -> None:
        """A password in an address reaches neither the place nor the message."""
        found = faults(
            requirements=("a @ https://me:secret@example.invalid/a.whl", "==")
        )

        assert "secret" not in str(found)

    def test_includes_a_repetition(self, faults: Faults) -> None:
        """One distribution is one axis, however it is spelled."""
        (problem,) = faults('[tool.compatcheck]\naxes = ["a.b", "c", "A_B>1"]\n')

        assert problem.place == "pyproject.toml: tool.compatcheck.axes[2]"
        assert "a-b is an axis already" in problem.message

"""What is wrong is told in plain words, all at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compatcheck.config.read import NotUnderstood
from compatcheck.config.settings import Settings
from compatcheck.errors import Problem

Read = Callable[..., Settings]
Faults = Callable[..., list[Problem]]


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
            "contract.symbols[0]",
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
            'contract = { modules = [1, "1"], symbols = ["a.b", {}, "c"] }\n'
        )

        assert sorted(p.place.rpartition("tool.compatcheck.")[2] for p in found) == [
            "axes[1]",
            "axes[2]",
            "contract.modules[0]",
            "contract.modules[1]",
            "contract.symbols[0]",
            "contract.symbols[1].module",
            "contract.symbols[1].names",
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

"""What a scenario file says, and what is said of it when it cannot be run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from compatcheck.errors import UsageError
from compatcheck.model import Scenario
from compatcheck.scenarios import read_scenario

Read = Callable[..., Scenario]

ONE = "def scenario_it(): ...\n"


def block(*lines: str) -> str:
    """A file with one scenario and this metadata."""
    return "\n".join(["# /// script", *(f"# {it}".rstrip() for it in lines)]) + (
        f"\n# ///\n{ONE}"
    )


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a file with this text, as `tests/served.py`."""

    def reading(text: str | bytes, name: str = "served.py") -> Scenario:
        data = text.encode() if isinstance(text, str) else text
        (tmp_path / name).write_bytes(data)
        return read_scenario(tmp_path / name, f"tests/{name}")

    return reading


class TestReading:
    """What is there."""

    def test_functions_stand_in_the_order_of_the_file(self, read: Read) -> None:
        """Sync and async ones at the top, those that could be called as they stand."""
        text = (
            "async def scenario_b(): ...\n"
            "def helper(x): ...\n"
            "def scenario_a(x=1, *y, z=2, **w): ...\n"
            "class A:\n    def scenario_inner(self): ...\n"
            "def scenario_(): ...\n"
        )
        assert read(text).functions == ("scenario_b", "scenario_a")

    def test_defaults_allow_nothing(self, read: Read) -> None:
        """Without metadata: no network, no variables, nothing else installed."""
        scenario = read(ONE)
        assert scenario == Scenario(
            name="served",
            functions=("scenario_it",),
            files=(("served.py", ONE),),
            requirements=(),
            network=False,
            variables=(),
            seconds=30.0,
        )

    def test_metadata_is_that_of_scripts(self, read: Read) -> None:
        """Inline metadata as other tools write it, and our own table."""
        scenario = read(
            block(
                'requires-python = ">=3.99"',
                'dependencies = ["requests  >= 2", "rich"]',
                "[tool.uv]",
                'exclude-newer = "2024-01-01T00:00:00Z"',
                "[tool.compatcheck]",
                "network = true",
                'env = ["TOKEN", "API", "TOKEN"]',
                "timeout = 2.5",
            )
        )
        assert scenario.requirements == ("requests>=2", "rich")
        assert scenario.network
        assert scenario.variables == ("API", "TOKEN")
        assert scenario.seconds == 2.5

    def test_siblings_come_with_it(self, read: Read, tmp_path: Path) -> None:
        """The parts beside it, by name; nothing else of its folder."""
        for name in ("_b.py", "_a.py", "other.py", "__init__.py", "_data.txt"):
            (tmp_path / name).write_text(f"# {name}\n")
        (tmp_path / "_folder.py").mkdir()
        names = [name for name, _ in read(ONE).files]
        assert names == ["served.py", "_a.py", "_b.py"]
        assert [name for name, _ in read(ONE, "_a.py").files] == ["_a.py", "_b.py"]

    def test_marks_and_newlines_of_editors_do_not_matter(self, read: Read) -> None:
        """A file saved elsewhere asks the same question."""
        text = block("[tool.compatcheck]", "timeout = 5")
        other = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
        assert read(other).digest == read(text).digest
        assert read(other).seconds == 5

    def test_other_blocks_are_nobodys(self, read: Read) -> None:
        """A block of another type, or one that never ends, is a comment."""
        text = "# /// notes\n# a = [\n# ///\n# /// script\n# b = [\n\n" + ONE
        assert read(text).requirements == ()

    def test_digest_tells_questions_apart(self, read: Read, tmp_path: Path) -> None:
        """Its own text, that of a part, and what is allowed are the question."""
        first = read(ONE)
        (tmp_path / "_part.py").write_text("x = 1\n")
        others = [read(ONE), replace(first, network=True), replace(first, seconds=1.0)]
        assert len({it.digest for it in (first, *others)}) == 4


def test_decorator_may_give_parameters(read: Read) -> None:
    """What is behind it is not known before it runs."""
    assert read("@given\ndef scenario_it(value): ...\n").functions == ("scenario_it",)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("def scenario_it(:\n", ":1", "this is not Python: invalid syntax"),
        ("\n\nx = (\n", ":3", "this is not Python: '(' was never closed"),
        ("x\0y", "", "this is not Python"),
        ("-" * 20_000 + "1", "", "this is not Python"),
        ("def other(): ...\n", "", "it has no function scenario_*"),
        (f"{ONE}{ONE}", ":2", "scenario_it is there already"),
        ("def scenario_x(a, b=1, *, c): ...\n", ":1", "scenario_x wants a, c"),
        ("def scenario_x(a, /): ...\n", ":1", "scenario_x wants a"),
        ("def scenario_x():\n    yield 1\n", ":1", "scenario_x yields"),
        ("async def scenario_x():\n    a = yield\n", ":1", "scenario_x yields"),
        (b"# caf\xe9\n", "", "is not UTF-8 text"),
        (block("a = ["), ":2", "this is not TOML"),
        (block("", "a = 1 2"), ":3", "this is not TOML: Expected newline"),
        (block("") + "# /// script\n#\n# ///\n", ":5", "it has a second script block"),
        (
            block("[tool.compatcheck]", 'env = ["HOME"]'),
            ":3",
            "HOME is what a cell sets",
        ),
        (
            block("[tool.compatcheck]", 'env = ["LD_PRELOAD"]'),
            ":3",
            "LD_PRELOAD is what",
        ),
        (block('dependancies = ["a"]'), ":2", "'dependancies' is unknown"),
        (block('dependencies = "a"'), ":2", "must be a list of requirements"),
        (block("dependencies = [1]"), ":2", "must be a list of requirements"),
        (block('dependencies = ["=="]'), ":2", "'==' is not a requirement"),
        (block("tool = 1"), ":2", "tool must be a table"),
        (block("[tool]", "compatcheck = 1"), ":3", "compatcheck must be a table"),
        (block("[tool.compatcheck]", "netwrk = true"), ":3", "did you mean 'network'?"),
        (block("[tool.compatcheck]", "x = 1"), ":3", "env, network, timeout"),
        (block("[tool.compatcheck]", 'network = "no"'), ":3", "must be true or false"),
        (block("[tool.compatcheck]", "env = 1"), ":3", "must be a list of names"),
        (block("[tool.compatcheck]", 'env = ["A=b"]'), ":3", "'A=b' is not the name"),
        (block("[tool.compatcheck]", "timeout = 0"), ":3", "number of seconds above 0"),
        (block("[tool.compatcheck]", "timeout = nan"), ":3", "number of seconds"),
        (block("[tool.compatcheck]", "timeout = true"), ":3", "number of seconds"),
        (block("[tool.compatcheck]", 'timeout = "5"'), ":3", "number of seconds"),
    ],
)
def test_fault_is_told_with_its_place(
    read: Read, text: str | bytes, line: str, words: str
) -> None:
    """One line: the file as the user wrote it, the fault, the mend."""
    with pytest.raises(UsageError) as caught:
        read(text)
    (problem,) = caught.value.problems
    assert problem.place == f"tests/served.py{line}"
    assert words in str(problem)
    assert problem.mend
    assert "\n" not in str(problem)


def test_address_in_a_requirement_keeps_its_secret(read: Read) -> None:
    """What is wrong with it is told without its credentials."""
    with pytest.raises(UsageError) as caught:
        read(block('dependencies = ["a @ https://me:secret@example.invalid/a b"]'))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "words"), [("gone.py", "No such file"), ("", "Is a directory")]
)
def test_file_that_is_none_is_told(tmp_path: Path, name: str, words: str) -> None:
    """A missing file, or a folder in its place."""
    with pytest.raises(UsageError, match=f"tests/x.py: it cannot be read: {words}"):
        read_scenario(tmp_path / name, "tests/x.py")


def test_part_that_is_no_text_is_told(read: Read, tmp_path: Path) -> None:
    """It is named, because nobody named it to us."""
    (tmp_path / "_part.py").write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"_part\.py beside it is not UTF-8 text"):
        read(ONE)

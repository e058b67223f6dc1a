"""What a file of constraints may hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from compatcheck.config.settings import Settings
from compatcheck.errors import Problem

Read = Callable[..., Settings]
Faults = Callable[..., list[Problem]]


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

"""What an `__init__` binds and from where: repeated, kept, or lost."""

from __future__ import annotations

from textwrap import dedent

import pytest

from compatcheck.surface.exports import Exports, Row, read_exports


def _read(source: str) -> Exports:
    return read_exports(dedent(source).encode(), "garden.beds")


def _rows(source: str) -> list[tuple[str, str | None, str, bool]]:
    return [(it.source, it.name, it.bind, it.optional) for it in _read(source).rows]


@pytest.mark.parametrize(
    ("source", "row"),
    [
        ("import os", ("os", None, "os")),
        ("import os.path", ("os", None, "os")),
        ("import os.path as p", ("os.path", None, "p")),
        ("from . import rows", (".", "rows", "rows")),
        ("from .rows import Row as R", (".rows", "Row", "R")),
        ("from garden.beds.rows import Row", (".rows", "Row", "Row")),
        ("from ..tools import Rake", ("garden.tools", "Rake", "Rake")),
        ("from .. import tools", ("garden", "tools", "tools")),
        ("from .rows import *", (".rows", "*", "*")),
        ("if True:\n    import os", ("os", None, "os")),
    ],
)
def test_import_is_a_row(source: str, row: tuple[str, str | None, str]) -> None:
    """Each name that an import binds is told with where it comes from."""
    assert _rows(source) == [(*row, False)]


def test_order_is_the_files() -> None:
    """Rows come as the file binds them: its cycles may hang on that."""
    rows = _rows("from .b import x\nfrom .a import y\nfrom .b import z\n")
    assert [bind for _, _, bind, _ in rows] == ["x", "y", "z"]


def test_type_checking_is_left_out() -> None:
    """What only a type checker imports is not imported."""
    assert _read("if TYPE_CHECKING:\n    from .a import A\n").rows == ()


def test_forgiven_import_is_optional() -> None:
    """A failed import that the file lets pass is let pass."""
    source = "try:\n    from .a import A\nexcept ImportError:\n    pass\n"
    assert _rows(source) == [(".a", "A", "A", True)]


def test_import_with_another_way_is_not_optional() -> None:
    """Where the file would bind something else, a failure has to be told."""
    source = (
        "try:\n    from .a import A\nexcept ImportError:\n    A = make()\n    B = 1\n"
    )
    read = _read(source)
    assert read.rows == (Row(source=".a", name="A", bind="A"),)
    assert read.lost == ("B",)


def test_plain_values_are_kept() -> None:
    """Literals that JSON can hold are told as they are."""
    read = _read('__all__ = ["A"]\nVERSION: str = "1"\nNONE = None\nPAIR = (1, 2)\n')
    assert read.constants == (("NONE", None), ("VERSION", "1"), ("__all__", ["A"]))
    assert read.lost == ("PAIR",)


@pytest.mark.parametrize(
    "source",
    [
        "def A(): pass",
        "class A: pass",
        "A = make()",
        "if maybe:\n    from .a import A",
        "for A in range(3): pass",
        "with open('x') as A: pass",
        "try:\n    from .a import A\nexcept ValueError:\n    pass",
        "from .a import A\ndel A",
        "from .a import A\nA = make()",
    ],
)
def test_what_is_not_certain_is_lost(source: str) -> None:
    """What the file defines, computes or only sometimes binds is not promised."""
    read = _read(source)
    assert (read.rows, read.constants, read.lost) == ((), (), ("A",))


def test_last_word_counts() -> None:
    """A name that is imported after it was defined is what was imported."""
    read = _read("def A(): pass\nfrom .a import A\n")
    assert ([it.bind for it in read.rows], read.lost) == (["A"], ())


def test_deeds_are_counted() -> None:
    """A statement that only does something is no name, and is not silent either."""
    assert _read('"""Doc."""\nregister()\nlog.info("x")\n').effects == 2

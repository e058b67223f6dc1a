"""A range in pyproject.toml, read and replaced with nothing else moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from compatcheck.config.bounds import declared, rewrite, with_range

FILE = """\
# The shop.
[project]
name    = "shop"   # its name
dependencies = [
  # what grows
  "orchard >= 1",   # apples, mostly
  'Soil[wet]>=2,<9 ; python_version < "3.13"',
]

[project.optional-dependencies]
more = ["orchard[extra]>=1.5"]

[tool.other]
key = "kept"
"""


def test_only_the_range_is_replaced(tmp_path: Path) -> None:
    """Comments, order, quotes, spacing, extras and markers stay byte for byte."""
    file = tmp_path / "pyproject.toml"
    file.write_text(FILE, encoding="utf-8")
    first, second = declared(file, "orchard")
    (soil,) = declared(file, "soil")

    rewrite(file, {first: ">=1,<3", second: ">=1.5,<3", soil: ">=2,<8"})

    expected = FILE.replace("orchard >= 1", "orchard >=1,<3")
    expected = expected.replace("orchard[extra]>=1.5", "orchard[extra]>=1.5,<3")
    expected = expected.replace("Soil[wet]>=2,<9 ;", "Soil[wet]>=2,<8 ;")
    assert file.read_text("utf-8") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orchard", "orchard<2"),
        ("orchard[a,b]", "orchard[a,b]<2"),
        ("orchard (>=1)", "orchard <2"),
        ("orchard; sys_platform == 'linux'", "orchard<2; sys_platform == 'linux'"),
        ("orchard ~= 1.0 ; extra == 'x'", "orchard <2 ; extra == 'x'"),
    ],
)
def test_what_is_no_range_stays(text: str, expected: str) -> None:
    """Name, extras, marker and the spacing between them are kept."""
    assert with_range(text, "<2") == expected

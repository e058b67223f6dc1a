"""The range that works: minimal, readable, never wider than what was declared."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from compatcheck.report.ranges import Known
from compatcheck.workflow.pin_range import narrowed, ordered


def told(releases: str) -> Known:
    """Releases with what is known of each: `1.0+ 1.1- 1.2?`."""
    found = {it[:-1]: it[-1] for it in releases.split()}
    return Known(
        distribution="orchard",
        good=tuple(Version(it) for it, sign in found.items() if sign == "+"),
        bad={Version(it): "fails" for it, sign in found.items() if sign == "-"},
        untold=tuple(Version(it) for it, sign in found.items() if sign == "?"),
    )


@pytest.mark.parametrize(
    ("releases", "declared", "expected"),
    [
        ("1.0+ 1.1+", "", ""),
        ("1.0+ 2.0-", "", "<2.0"),
        ("1.0+ 2.0- 2.1-", ">=1", ">=1,<2.0"),
        ("1.0- 1.1+ 1.2+", "", ">=1.1"),
        ("1.0- 1.1+ 1.2+", ">=0.5,<9", ">=1.1,<9"),
        ("1.0+ 1.1- 1.2+", ">=1", ">=1,!=1.1"),
        ("1.0+ 1.1.0- 1.1.1- 1.2+", ">=1", ">=1,!=1.1.*"),
        ("1.0+ 1.1.0- 1.1.1? 1.2+", ">=1", ">=1,!=1.1.0"),
        ("1.0+ 1.1- 1.2+ 2.0.0-", ">=1,<3", ">=1,<2.0,!=1.1"),
        ("1.0+ 1.1+ 2.0-", "<2", "<2"),
        ("1.0+ 2.0- 3.0+", "<3", "<2.0"),
        ("1.0+ 2.0-", "~=1.0", "~=1.0"),
        ("1.0- 2.0+", "!=0.9,!=2.5", ">=2.0,!=2.5"),
    ],
)
def test_the_range_keeps_out_what_fails(
    releases: str, declared: str, expected: str
) -> None:
    """What is known to fail is out, what works is in, and nothing is widened."""
    known, before = told(releases), SpecifierSet(declared)

    after = narrowed(before, known)

    assert after is not None
    assert ordered(after) == expected
    inside = [it for it in known.every if after.contains(it)]
    assert not set(inside) & set(known.bad)
    assert {it for it in known.good if before.contains(it)} <= set(inside)
    assert all(before.contains(it) for it in inside)


def test_where_nothing_works_there_is_no_range() -> None:
    """No specifier is made up where every admitted release fails."""
    assert narrowed(SpecifierSet(">=2"), told("1.0+ 2.0-")) is None

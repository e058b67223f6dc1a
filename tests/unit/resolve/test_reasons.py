"""What the real uv says of small worlds, and what it is taken to mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from planted.wheels import write_sdist, write_wheel

from compatcheck.model import Locked, Unknown, Unsolvable
from compatcheck.resolve.reasons import read_reason

if TYPE_CHECKING:
    from unit.resolve.conftest import Answer, World

JUNE = datetime(2024, 6, 1, tzinfo=UTC)
LATER = "2025-01-01T00:00:00Z"
B_AND_C = ("c 1.0", "c 2.0", "c 3.0")


@pytest.mark.parametrize(
    ("releases", "asked", "reason"),
    [
        (
            ["a 1.0: b>=2", "b 1.0", "b 2.0"],
            ["a==1.0", "b==1.0"],
            "a 1.0 requires b>=2, but b==1.0 is asked for",
        ),
        (
            ["a 1.0: b>=2, b<2", "b 1.0", "b 2.0"],
            ["a==1.0"],
            "a 1.0 requires b<2, but a 1.0 requires b>=2",
        ),
        (
            ["a 1.0: b==1.0", "d 1.0: b==2.0", "b 1.0", "b 2.0"],
            ["a==1.0", "d==1.0"],
            "a 1.0 requires b==1.0, but d 1.0 requires b==2.0",
        ),
        (
            ["a 1.0: m", "m 1.0: b>=2", "m 1.1: b>=2", "b 1.0", "b 2.0"],
            ["a==1.0", "b==1.0"],
            "m (through a) requires b>=2, but b==1.0 is asked for",
        ),
        (
            [
                *("a 1.0: m", "m 1.0: n<2", "m 1.1: n>=1"),
                *("n 1.0: b>=2", "n 1.5: b>=2", "n 2.0: b>=3"),
                *("b 1.0", "b 2.0", "b 3.0"),
            ],
            ["a==1.0", "b==1.0"],
            "n>=2.0 (through a, m) requires b>=3, but b==1.0 is asked for",
        ),
        (
            [
                *("l 1.0: lm", "lm 1.0: d<2", "lm 2.0: d<2"),
                *("r 1.0: rm", "rm 1.0: d>=2", "rm 1.1: d>=2.1"),
                *("d 1.0", "d 2.0", "d 2.1"),
            ],
            ["l==1.0", "r==1.0"],
            "rm>=1.1 (through r) requires d>=2.1, but lm (through l) requires d<2",
        ),
        (
            ["a 1.0: b>=2 ; extra == 'x'", "b 1.0", "b 2.0"],
            ["a[x]==1.0", "b==1.0"],
            "a[x] 1.0 requires b>=2, but b==1.0 is asked for",
        ),
        (
            ["a 1.0: b>=2 ; extra == 'x', b<2 ; extra == 'y'", "b 1.0", "b 2.0"],
            ["a[x,y]==1.0"],
            "a[x] 1.0 requires b>=2, but a[y] 1.0 requires b<2",
        ),
        (
            ["a 1.0: b==2.*", "c 1.0: b!=2.*", "b 1.0", "b 2.1"],
            ["a==1.0", "c==1.0"],
            "a 1.0 requires b>=2,<3, but c 1.0 requires b<2 or b>=3",
        ),
        (
            ["a 1.0: b", "b 1.0: a>=2", "b 2.0: a>=2"],
            ["a==1.0"],
            "b (through a) requires a>=2, but a==1.0 is asked for",
        ),
        (
            ["a 1.0: b", "b 1.0: c<2", "b 2.0rc1: c<2", *B_AND_C],
            ["a==1.0", "c==2.0"],
            "b (through a) requires c<2, but c==2.0 is asked for",
        ),
    ],
    ids=[
        *("direct", "with itself", "exact", "one between", "two between"),
        *("both between", "extra", "two extras", "wildcards", "cycle"),
        "pre-release in the way",
    ],
)
def test_contradictions_are_unsolvable_by_the_clause_that_matters(
    world: World, releases: list[str], asked: list[str], reason: str
) -> None:
    """Where demands of metadata exclude each other, two of them are named."""
    world.plant(*releases)
    assert world.resolve(*asked) == Unsolvable(reason=reason)


@pytest.mark.parametrize(
    ("releases", "asked", "reason"),
    [
        (["a 1.0: zz"], ["a==1.0"], "zz: not found on the index"),
        (
            ["a 1.0: m", "m 1.0: zz", "m 2.0: zz"],
            ["a==1.0"],
            "zz: not found on the index",
        ),
        (
            ["a 1.0: b>=5", "b 1.0", "b 2.0"],
            ["a==1.0"],
            "a 1.0 requires b>=5, and no release on the index meets it",
        ),
        (
            ["a 1.0: b!=1.0", "b 1.0"],
            ["a==1.0"],
            "a 1.0 requires b<1.0 or b>1.0, and no release on the index meets it",
        ),
        (
            ["a 1.0: m", "m 1.0: b>=5", "m 1.1: b>=6", "b 1.0", "b 2.0"],
            ["a==1.0"],
            "m>=1.1 (through a) requires b>=6, and no release on the index meets it",
        ),
        (
            ["a 1.0: b>=2", "c 1.0: b<4", "b 1.0", "b 4.0", "b 5.0"],
            ["a==1.0", "c==1.0"],
            (
                "a 1.0 requires b>=2, c 1.0 requires b<4,"
                " and no release on the index meets all of these"
            ),
        ),
        (
            ["a 1.0: m", "m 1.0: b>=5", "m 1.1: c<2", "b 1.0", *B_AND_C],
            ["a==1.0", "c==3.0"],
            "m<=1.0 (through a) requires b>=5, and no release on the index meets it",
        ),
        (
            ["a 1.0: b>=2", "b 1.0", "b 2.0rc1"],
            ["a==1.0"],
            "a 1.0 requires b>=2, and no release on the index meets it",
        ),
    ],
    ids=[
        *("missing", "missing below", "none meets", "none beside", "none meets below"),
        *("none meets both", "one branch unmet", "pre-release of too little"),
    ],
)
def test_what_the_index_lacks_is_unknown(
    world: World, releases: list[str], asked: list[str], reason: str
) -> None:
    """What another index might have is nobody's contradiction."""
    world.plant(*releases)
    assert world.resolve(*asked) == Unknown(reason=reason)


@pytest.mark.parametrize("version", ["1.0", "2.0", "3.0"])
def test_one_release_that_needs_a_build_leaves_it_open(
    world: World, version: str
) -> None:
    """The others are in conflict, but that one might do."""
    wheels = [v for v in ("1.0", "2.0", "3.0") if v != version]
    world.plant("a 1.0: b", *(f"b {v}: c<2" for v in wheels), *B_AND_C)
    write_sdist(world.folder / "links", "b", version)
    told = f"b {version}: no wheel for this Python here; a build would be needed"
    assert world.resolve("a==1.0", "c==2.0") == Unknown(reason=told)


@pytest.mark.parametrize("tag", ["cp311-cp311-win_amd64", "cp39-cp39-linux_x86_64"])
def test_wheels_for_somewhere_else_are_unknown(world: World, tag: str) -> None:
    """A wheel for another platform or Python is no contradiction."""
    world.plant("a 1.0: b")
    write_wheel(world.folder / "links", "b", "1.0", {"b.py": ""}, tag=tag)
    told = "b 1.0: no wheel for this Python here; a build would be needed"
    assert world.resolve("a==1.0") == Unknown(reason=told)


def test_pre_releases_are_taken_where_there_is_nothing_else(world: World) -> None:
    """That is the resolver's own rule, and people who install get the same."""
    world.plant("a 1.0: b", "b 1.0rc1")
    assert isinstance(world.resolve("a==1.0"), Locked)


@pytest.mark.parametrize("served", [True, False], ids=["index", "folder"])
def test_requires_python_is_a_contradiction(world: World, *, served: bool) -> None:
    """Which Python it is was asked for, as which release it is was."""
    world.plant("a 1.0: b", "c 1.0", "c 2.0")
    world.plant("b 2.0", requires_python=">=3.13")
    world.plant("b 1.0: c>=2")

    def check() -> None:
        answer = world.resolve("a==1.0", "c==1.0")
        assert isinstance(answer, Unsolvable)
        assert answer.reason == (
            "b<=1.0 (through a) requires c>=2, but c==1.0 is asked for;"
            " b 2.0 requires Python >=3.13"
        )
        alone = world.resolve("b==2.0")
        assert alone == Unsolvable(reason="b 2.0 requires Python >=3.13")

    if served:
        with world.served():
            check()
    else:
        check()


def test_constraints_and_overrides_are_named_as_such(world: World) -> None:
    """What the user bends is not laid at the door of a distribution."""
    world.plant("a 1.0: b>=2", "b 1.0", "b 2.0")
    assert world.resolve("a==1.0", constraints=["b<2"]) == Unsolvable(
        reason="a 1.0 requires b>=2, but b<2 is a constraint"
    )
    assert world.resolve("a==1.0", constraints=["a<1"]) == Unsolvable(
        reason="a<1 is a constraint, but a==1.0 is asked for"
    )
    both = world.resolve("a==1.0", constraints=["b>=2"], overrides=["b==1.0"])
    assert both == Unsolvable(reason="b>=2 is a constraint, but b==1.0 is an override")
    assert isinstance(world.resolve("a==1.0", overrides=["b==1.0"]), Locked)
    assert world.resolve("a==1.0", overrides=["b==7"]) == Unknown(
        reason="b==7 is an override, and no release on the index meets it"
    )


def test_yanked_releases_leave_it_open(world: World) -> None:
    """A release that was withdrawn is there, and might do."""
    world.plant("a 1.0: b", "b 1.0: c<2", "b 2.0", *B_AND_C)
    with world.served() as index:
        index.manners.yanked["b-2.0-py3-none-any.whl"] = "bad"
        assert world.resolve("a==1.0", "c==2.0") == Unknown(reason="b 2.0: yanked")


def test_as_of_an_instant_contradictions_of_that_time_count(world: World) -> None:
    """What came out later does not exist: the demands of then decide."""
    world.plant("a 1.0: b", "b 1.0: c<2", "b 2.0: c>=2", *B_AND_C)
    with world.served(b_2_0=LATER):
        then = world.resolve("a==1.0", "c==2.0", as_of=JUNE)
        now = world.resolve("a==1.0", "c==2.0")
    told = "b (through a) requires c<2, but c==2.0 is asked for"
    assert then == Unsolvable(reason=told)
    assert isinstance(now, Locked)


@pytest.mark.parametrize("demand", ["b", "b>=2"])
def test_as_of_an_instant_nothing_was_out_is_unknown(world: World, demand: str) -> None:
    """A demand that nothing met then is as open as one that nothing meets now."""
    world.plant(f"a 1.0: {demand}", "b 2.0")
    with world.served(b_2_0=LATER):
        answer = world.resolve("a==1.0", as_of=JUNE)
    told = f"a 1.0 requires {demand}, and no release that was out then meets it"
    assert answer == Unknown(reason=told)


@pytest.mark.parametrize(
    "asked", [["a==1.0", "c==2.0"], ["a==1.0"]], ids=["conflict", "lock"]
)
def test_as_of_is_unknown_where_one_file_has_no_time(
    world: World, asked: list[str]
) -> None:
    """The resolver passes over it in silence, and it might have been the one."""
    world.plant("a 1.0: b", "b 1.0: c<2", "b 2.0: c>=2", *B_AND_C)
    with world.served(b_2_0=None):
        answer = world.resolve(*asked, as_of=JUNE)
    told = "no upload time is known for b-2.0-py3-none-any.whl"
    assert answer == Unknown(reason=told)


def test_as_of_is_unknown_where_files_lie_in_a_folder(world: World) -> None:
    """A folder tells no times, and uv takes everything in it."""
    world.plant("a 1.0: b", "b 1.0")
    answer = world.resolve("a==1.0", as_of=JUNE)
    assert answer == Unknown(reason="no upload time is known for a, b")


def test_faults_of_the_index_are_unknown_in_its_own_words(world: World) -> None:
    """A refused login, an error and a damaged file are told as what they are."""
    world.plant("a 1.0: b", "b 1.0")
    with world.served() as index:
        index.sin("b").failures = 1
        failed = world.resolve("a==1.0")
        index.sin("b-1.0-py3-none-any.whl").body = b"no zip"
        index.manners.metadata = False
        damaged = world.resolve("a==1.0")
        index.manners.credentials = ("maria", "secret")
        refused = world.resolve("b")
    for answer in (failed, damaged, refused):
        assert isinstance(answer, Unknown)
    assert "500" in _reason(failed)
    assert " in 0" not in _reason(failed), "how long it took is not the same twice"
    assert _reason(damaged) == "b 1.0: its file cannot be read"
    assert "401" in _reason(refused)


def test_what_cannot_be_asked_is_unknown(world: World) -> None:
    """Neither a broken requirement nor a uv that says nothing is a contradiction."""
    assert isinstance(world.resolve("a =="), Unknown)
    assert read_reason("") == Unknown(reason="uv said nothing")


DERIVATION = """\
Resolver derivation tree before reduction
term root==0a0.dev0
  root==0a0.dev0 depends on b==1.0
  a* depends on b>=2{more}
Resolver derivation tree after reduction
error: No solution found when resolving dependencies
  cause: Because of this and that, they are unsatisfiable.
"""


@pytest.mark.parametrize(
    "words",
    [
        DERIVATION[DERIVATION.index("error:") :],
        DERIVATION.format(more="\n  something that uv never said before"),
        DERIVATION.format(more="\n  a* dependson b>=2"),
        DERIVATION.format(more="\n  no versions of b>=2[max]"),
        DERIVATION.format(more="") + "\nhint: `b` may be found on the moon.\n",
    ],
    ids=["none", "new fact", "new verb", "new version", "new hint"],
)
def test_what_is_not_understood_is_unknown(words: str) -> None:
    """A uv that talks otherwise never makes a contradiction."""
    assert isinstance(read_reason(words), Unknown)
    assert isinstance(read_reason(DERIVATION.format(more="")), Unsolvable)


def test_reasons_are_short_and_without_credentials(world: World) -> None:
    """A reason stands in a table, and reports are published."""
    names = [f"a{number}" for number in range(60)]
    world.plant(
        *(f"{n} 1.0: b>=2" for n in names),
        *(f"a{i} 1.0: a{i + 1}" for i in range(59)),
        "b 1.0",
        "b 2.0",
        "a59 1.0: b>=2",
    )
    answer = world.resolve("a0==1.0", "b==1.0")
    assert isinstance(answer, Unsolvable)
    assert len(answer.reason) <= 300
    fault = read_reason("error: no: https://maria:secret@example.invalid/simple")
    assert "secret" not in _reason(fault)


def _reason(answer: Answer) -> str:
    assert not isinstance(answer, Locked)
    return answer.reason


def test_locks_hold_what_uv_chose(world: World, tmp_path: Path) -> None:
    """A lock names versions, files and hashes, sorted, and no place but in its text."""
    world.plant("b 1.0", "a 1.0: b")
    answer = world.resolve("a==1.0")
    assert isinstance(answer, Locked)
    assert [(p.distribution, str(p.version)) for p in answer.packages] == [
        ("a", "1.0"),
        ("b", "1.0"),
    ]
    assert answer.packages[0].files == ("a-1.0-py3-none-any.whl",)
    assert str(tmp_path) not in repr(answer.packages)

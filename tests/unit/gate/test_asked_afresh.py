"""A world is asked afresh once, whatever was broken in it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from packaging.version import Version
from unit.ask.conftest import result, seen

from compatcheck.blame.goal import key
from compatcheck.gate.blaming import Inquiry
from compatcheck.gate.changes import World, changes
from compatcheck.gate.locks import Entry
from compatcheck.gate.ways import Sweeper
from compatcheck.index.named import release_file
from compatcheck.model import CellResult, Outcome, Release

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
SAID = [seen(FAILED, target="one"), seen(FAILED, target="two")]


def world(version: str) -> World:
    """What is installed with that release of `lib`, the one thing that changes."""
    entry = Entry(
        distribution="lib", version=Version(version), file="requirements.txt", line=1
    )
    return {"lib": entry}


def shown(there: World, *, seen_twice: bool = False) -> CellResult:
    """Both questions are answered well up to 1.2; who fails was seen twice."""
    version = there["lib"].version
    assert version is not None
    outcome = PASSED if version < Version("1.3") else FAILED
    said = [seen(outcome, target=name) for name in ("one", "two")]
    return result(str(version), said, confirmed=seen_twice or outcome is FAILED)


def release(version: str) -> Release:
    """A release of `lib` with a wheel."""
    name = f"lib-{version}-py3-none-any.whl"
    file = release_file("lib", name, f"file:///{name}")
    assert file is not None
    return Release(distribution="lib", version=Version(version), files=(file,))


@pytest.fixture
def afresh() -> list[str]:
    """The releases that were asked afresh, in that order."""
    return []


@pytest.fixture
def sweeper(afresh: list[str]) -> Sweeper:
    """Whoever looks for releases that pass, where 1.3 in head has broken two things."""

    def ask_afresh(worlds: Sequence[World]) -> list[CellResult]:
        afresh.extend(str(there["lib"].version) for there in worlds)
        return [shown(there) for there in worlds]

    base, head = world("1.0"), world("1.3")
    inquiry = Inquiry(
        base=base,
        head=head,
        changed=changes(base, head),
        today=shown(head),
        ask=lambda worlds: [shown(there) for there in worlds],
        afresh=ask_afresh,
    )
    return Sweeper(
        inquiry=inquiry,
        base=shown(base),
        releases=lambda _: [release(it) for it in ("1.0", "1.1", "1.2", "1.3")],
        hears=lambda _: None,
    )


def test_every_way_out_is_seen_twice(sweeper: Sweeper, afresh: list[str]) -> None:
    """Base mends it and 1.2 is the newest that passes: both were asked afresh."""
    blamed = sweeper.inquiry.find(SAID[0])
    (swept,) = sweeper.sweep(blamed, (key(SAID[0]),))
    assert (blamed.names, blamed.sure) == (("lib",), True)
    assert swept.newest == Version("1.2")
    assert sorted(afresh) == ["1.0", "1.2"]


def test_what_else_broke_asks_nothing_more(sweeper: Sweeper, afresh: list[str]) -> None:
    """What a world answered to one question, it has answered to the other as well."""
    newest = []
    for said in SAID:
        blamed = sweeper.inquiry.find(said)
        (swept,) = sweeper.sweep(blamed, (key(said),))
        newest.append(swept.newest)
    assert newest == [Version("1.2")] * 2
    assert sorted(afresh) == ["1.0", "1.2"]


def test_what_was_seen_twice_before_is_not_asked(
    sweeper: Sweeper, afresh: list[str]
) -> None:
    """An earlier run has asked afresh and remembers it: the next asks nothing."""
    sweeper.inquiry.ask = lambda worlds: [shown(it, seen_twice=True) for it in worlds]
    blamed = sweeper.inquiry.find(SAID[0])
    (swept,) = sweeper.sweep(blamed, (key(SAID[0]),))
    assert (blamed.sure, swept.newest, afresh) == (True, Version("1.2"), [])

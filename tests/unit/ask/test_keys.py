"""An answer is remembered under all that it depends on, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.version import Version
from unit.ask.conftest import interpreter

from compatcheck.ask import keys
from compatcheck.ask.keys import (
    ObservationKeys,
    reading_key,
    resolve_key,
    tree_digest,
)
from compatcheck.model import (
    CallShape,
    Contract,
    Locked,
    LockedPackage,
    ReleaseFile,
    Resolution,
    Scenario,
    Symbol,
    Use,
)
from compatcheck.probes import Probe, choose_probes
from compatcheck.resolve import ResolveRequest

LOCKED = LockedPackage(
    distribution="lib",
    version=Version("1.0"),
    files=("lib-1.0-py3-none-any.whl",),
    hashes=("sha256:aa",),
    timed=True,
)
OTHER = replace(LOCKED, distribution="other", hashes=("sha256:bb",))
CONTRACT = Contract(
    roots={"lib": ("lib",), "other": ("other",)},
    modules=("lib.sub",),
    symbols=(Symbol(module="lib", name="Name"),),
    read=(),
    optional=(),
)
CALL = CallShape(positional=1, keywords=("named",))
USE = Use(module="lib", name="Name", instance=False, call=None)
SCENARIO = Scenario(
    name="it",
    functions=("scenario_it",),
    files=(("it.py", "text"), ("_beside.py", "text")),
)
ASKED: Mapping[str, Any] = {
    "lock": Locked(packages=(LOCKED, OTHER)),
    "interpreter": interpreter(),
    "contract": CONTRACT,
    "probes": choose_probes(["import", "symbol"]),
    "place": {"limits": [1, 2]},
}
WHEEL = ReleaseFile(
    distribution="lib",
    version=Version("1.0"),
    filename="lib-1.0-py3-none-any.whl",
    url="https://example.invalid/lib-1.0-py3-none-any.whl",
    kind="wheel",
    hashes={"sha256": "aa"},
    requires_python=None,
    yanked=None,
    upload_time=None,
    has_metadata=False,
)
REQUEST = ResolveRequest(
    requirements=("lib==1.0", "other==2.0"),
    constraints=(),
    overrides=(),
    interpreter=interpreter(),
    resolution=Resolution.HIGHEST,
    as_of=None,
    pre_releases=False,
    allow_builds=False,
)


@pytest.mark.parametrize(
    "change",
    [
        {"lock": Locked(packages=(LOCKED,))},
        {"lock": Locked(packages=(replace(LOCKED, hashes=("sha256:cc",)), OTHER))},
        {"interpreter": interpreter("another build")},
        {"contract": replace(CONTRACT, roots={"lib": ("lib",)})},
        {"contract": replace(CONTRACT, modules=())},
        {"contract": replace(CONTRACT, symbols=())},
        {"contract": replace(CONTRACT, read=("lib.sub",))},
        {"contract": replace(CONTRACT, uses=(USE,))},
        {"contract": replace(CONTRACT, uses=(replace(USE, call=CALL),))},
        {"contract": replace(CONTRACT, scenarios=(SCENARIO,))},
        {"probes": choose_probes(["import"])},
        {"probes": [replace(p, digest="changed") for p in choose_probes(["import"])]},
        {"place": {"limits": [1, 3]}},
    ],
    ids=[
        *("packages", "wheel", "interpreter", "roots", "modules", "symbols"),
        *("read", "attribute", "call", "scenario", "probes", "probe's source", "place"),
    ],
)
def test_everything_that_bears_on_an_answer_is_in_its_key(
    change: Mapping[str, Any],
) -> None:
    """Each part of the question makes another key."""
    assert observation_key(**{**ASKED, **change}) != observation_key(**ASKED)


@pytest.mark.parametrize("room", ["ask", "environments", "executors", "guest"])
def test_whatever_brings_about_an_answer_is_in_its_key(
    monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    """A room of the house that was changed might see otherwise."""
    before = observation_key(**ASKED)
    change(monkeypatch, room)
    assert observation_key(**ASKED) != before


def observation_key(
    *,
    probes: Sequence[Probe],
    place: Mapping[str, object],
    **cell: Any,  # noqa: ANN401 - whatever a test changes
) -> str | None:
    """The key of one cell's answer."""
    return ObservationKeys(probes, place).key(**cell)


def change(monkeypatch: pytest.MonkeyPatch, room: str) -> None:
    """Let a room of the house have another source."""
    unchanged = keys.room_digest
    told = {room: "changed"}
    monkeypatch.setattr(keys, "room_digest", lambda it: told.get(it, unchanged(it)))


@pytest.mark.parametrize(
    "change",
    [
        {"functions": ("scenario_other",)},
        {"files": (("it.py", "changed"), ("_beside.py", "text"))},
        {"files": (("it.py", "text"), ("_beside.py", "changed"))},
        {"files": (("it.py", "text"),)},
        {"variables": ("TOKEN",)},
        {"seconds": 31.0},
    ],
    ids=["functions", "text", "companion", "companions", "variables", "seconds"],
)
def test_all_of_a_scenario_is_in_the_key(change: Mapping[str, Any]) -> None:
    """Its text, what lies beside it, what it may have and how long it may take."""
    asked = {**ASKED, "contract": replace(CONTRACT, scenarios=(SCENARIO,))}
    other = replace(CONTRACT, scenarios=(replace(SCENARIO, **change),))
    assert observation_key(**{**asked, "contract": other}) != observation_key(**asked)


def test_order_of_axes_is_not_in_the_key() -> None:
    """The same question in another order is the same question, wherever files lie."""
    turned = replace(CONTRACT, roots=dict(reversed([*CONTRACT.roots.items()])))
    elsewhere = replace(LOCKED, entry="another address")
    lock = Locked(packages=(elsewhere, OTHER))
    other = observation_key(**{**ASKED, "contract": turned, "lock": lock})
    assert other == observation_key(**ASKED)
    swapped = replace(REQUEST, requirements=REQUEST.requirements[::-1])
    assert resolve_key(swapped, "i", "r") == resolve_key(REQUEST, "i", "r")


def test_place_on_disk_is_not_in_the_key() -> None:
    """An interpreter that was moved is the same one."""
    moved = replace(interpreter(), executable=Path("/elsewhere/python"))
    assert observation_key(**{**ASKED, "interpreter": moved}) == observation_key(
        **ASKED
    )


@pytest.mark.parametrize(
    "change",
    [
        {"hashes": ()},
        {"files": ("lib-1.0.tar.gz",)},
        {"files": ("lib-1.0-cp27-cp27m-win32.whl",)},
    ],
    ids=["no hash", "a source distribution", "no wheel that fits"],
)
def test_what_is_not_known_has_no_key(change: Mapping[str, Any]) -> None:
    """What gets installed is not told by the files, so nothing is remembered of it."""
    lock = Locked(packages=(replace(LOCKED, **change), OTHER))
    assert observation_key(**{**ASKED, "lock": lock}) is None


def test_scenario_with_the_network_has_no_key() -> None:
    """What is out there may answer otherwise tomorrow."""
    contract = replace(CONTRACT, scenarios=(replace(SCENARIO, network=True),))
    assert observation_key(**{**ASKED, "contract": contract}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"requirements": ("lib==1.0",)},
        {"constraints": ("x<1",)},
        {"overrides": ("x<1",)},
        {"interpreter": interpreter("another build")},
        {"resolution": Resolution.LOWEST},
        {"as_of": datetime(2024, 1, 1, tzinfo=UTC)},
        {"pre_releases": True},
        {"allow_builds": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_everything_that_bears_on_a_lock_is_in_its_key(
    change: Mapping[str, Any],
) -> None:
    """Each part of the request makes another key."""
    before = resolve_key(REQUEST, "i", "r")
    assert resolve_key(replace(REQUEST, **change), "i", "r") != before


def test_who_resolves_and_from_where_is_in_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The index, the resolver's release, and those who read its words."""
    told = [resolve_key(REQUEST, *it) for it in (("i", "r"), ("j", "r"), ("i", "s"))]
    for room in ("ask", "resolve"):
        with monkeypatch.context() as patch:
            change(patch, room)
            told.append(resolve_key(REQUEST, "i", "r"))
    assert len(set(told)) == 5


def test_who_reads_a_wheel_is_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one parser does not understand, another may; so may a changed reader."""
    told = [reading_key(WHEEL), reading_key(replace(WHEEL, hashes={"sha256": "bb"}))]
    with monkeypatch.context() as patch:
        change(patch, "surface")
        told.append(reading_key(WHEEL))
    for name, value in (
        ("sys", SimpleNamespace(version="4")),
        ("version", lambda _: "99"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(keys, name, value)
            keys._readers.cache_clear()
            told.append(reading_key(WHEEL))
    keys._readers.cache_clear()
    assert len(set(told)) == 5


def test_tree_is_known_by_names_and_bytes(tmp_path: Path) -> None:
    """A file moved or edited is another tree, data too; what is built is not in it."""
    (tmp_path / "a.py").write_text("x = 1")
    digests = [tree_digest([tmp_path])]
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("built")
    assert tree_digest([tmp_path]) == digests[0]
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    digests.append(tree_digest([tmp_path]))
    (tmp_path / "b.py").write_text("x = 2")
    digests.append(tree_digest([tmp_path]))
    (tmp_path / "data.txt").write_text("read by the code")
    digests.append(tree_digest([tmp_path]))
    assert len(set(digests)) == 4


def test_folders_are_told_apart(tmp_path: Path) -> None:
    """The same files in one folder or in two do not make the same modules."""
    one, two, none = tmp_path / "one", tmp_path / "two", tmp_path / "none"
    for file in (one / "p/__init__.py", one / "p/q.py", two / "p/__init__.py"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    (none / "p").mkdir(parents=True)
    (none / "p" / "q.py").write_text("")
    assert tree_digest([one]) != tree_digest([two, none])
    assert tree_digest([one, two]) != tree_digest([two, one])

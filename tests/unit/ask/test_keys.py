"""An answer is remembered under all that it depends on, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version
from unit.ask.conftest import interpreter

from compatcheck.ask import keys
from compatcheck.ask.keys import observation_key, resolve_key, tree_digest
from compatcheck.model import Contract, Locked, LockedPackage, Resolution, Symbol
from compatcheck.probes import choose_probes
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
ASKED: Mapping[str, Any] = {
    "lock": Locked(packages=(LOCKED, OTHER)),
    "interpreter": interpreter(),
    "contract": CONTRACT,
    "probes": choose_probes(["import", "symbol"]),
    "place": {"limits": [1, 2]},
}
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
        {"probes": choose_probes(["import"])},
        {"probes": [replace(p, digest="changed") for p in choose_probes(["import"])]},
        {"place": {"limits": [1, 3]}},
    ],
    ids=[
        *("packages", "wheel", "interpreter", "roots", "modules", "symbols"),
        *("probes", "probe's source", "place"),
    ],
)
def test_everything_that_bears_on_an_answer_is_in_its_key(
    change: Mapping[str, Any],
) -> None:
    """Each part of the question makes another key."""
    assert observation_key(**{**ASKED, **change}) != observation_key(**ASKED)


def test_guest_is_in_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guest that was changed might see otherwise."""
    before = observation_key(**ASKED)
    monkeypatch.setattr(keys, "guest_digest", lambda: "changed")
    assert observation_key(**ASKED) != before


def test_order_of_axes_is_not_in_the_key() -> None:
    """The same question in another order is the same question, wherever files lie."""
    turned = replace(CONTRACT, roots=dict(reversed([*CONTRACT.roots.items()])))
    elsewhere = replace(LOCKED, entry="another address")
    lock = Locked(packages=(elsewhere, OTHER))
    other = observation_key(**{**ASKED, "contract": turned, "lock": lock})
    assert other == observation_key(**ASKED)
    swapped = replace(REQUEST, requirements=REQUEST.requirements[::-1])
    assert resolve_key(swapped, "i") == resolve_key(REQUEST, "i")


def test_place_on_disk_is_not_in_the_key() -> None:
    """An interpreter that was moved is the same one."""
    moved = replace(interpreter(), executable=Path("/elsewhere/python"))
    assert observation_key(**{**ASKED, "interpreter": moved}) == observation_key(
        **ASKED
    )


def test_lock_without_hashes_has_no_key() -> None:
    """What its files hold is not known, so nothing is remembered about them."""
    lock = Locked(packages=(replace(LOCKED, hashes=()), OTHER))
    assert observation_key(**{**ASKED, "lock": lock}) is None


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
    """Each part of the request, and the index, makes another key."""
    assert resolve_key(replace(REQUEST, **change), "i") != resolve_key(REQUEST, "i")
    assert resolve_key(REQUEST, "j") != resolve_key(REQUEST, "i")


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

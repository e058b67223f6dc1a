"""What lies on this machine is known by what can be seen of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compatcheck.index import folders
from compatcheck.index.folders import lying_near
from compatcheck.index.locations import IndexLocation, IndexSettings


@pytest.fixture
def where(tmp_path: Path) -> IndexSettings:
    """A folder of wheels, an index on disk, and one far away."""
    for file in ("links/lib-1.whl", "links/b-1.whl", "simple/lib/index.html"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")
    (tmp_path / "page.html").write_text("")
    return IndexSettings(
        indexes=(
            IndexLocation(url=(tmp_path / "simple").as_uri()),
            IndexLocation(url="https://far.example.invalid/simple", default=True),
        ),
        find_links=(
            (tmp_path / "links").as_uri(),
            (tmp_path / "page.html").as_uri(),
            (tmp_path / "nowhere").as_uri(),
            "https://far.example.invalid/links",
        ),
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "links" / "lib-1.whl").write_text("another"),
        lambda root: (root / "links" / "lib-1.whl").unlink(),
        lambda root: (root / "links" / "lib-2.whl").write_text(""),
        lambda root: (root / "simple" / "lib" / "index.html").write_text("more"),
        lambda root: (root / "page.html").write_text("more"),
    ],
    ids=["content", "gone", "new", "page of an index", "page of links"],
)
def test_whatever_changes_there_is_seen(
    where: IndexSettings, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    """Nothing far away is asked, and what is the same is told the same."""
    before = lying_near(where)
    assert before
    assert lying_near(where) == before
    change(tmp_path)
    assert lying_near(where) != before


def test_large_index_is_not_looked_through(
    where: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then nobody knows whether it is still the same."""
    monkeypatch.setattr(folders, "_MOST_PROJECTS", 0)
    assert lying_near(where) is None

"""What a run keeps is forgotten on demand, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from compatcheck.environments.runs import run_folder
from compatcheck.errors import UsageError
from compatcheck.observations import ObservationStore
from compatcheck.workflow.cache import describe, forget, size, tidy
from compatcheck.workflow.session import Session

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def session(cache: Path) -> Session:
    """A session with that cache."""
    return Session(environ={}, folder=cache, cache=cache, clock=lambda: NOON)


def fill(cache: Path) -> None:
    """Leave what a run leaves."""
    store = ObservationStore(cache, lambda: NOON)
    store.put("locks", "key", 1)
    store.close()
    (cache / "uv" / "wheels").mkdir(parents=True)
    (cache / "uv" / "wheels" / "a.whl").write_bytes(b"x" * 2048)
    (cache / "wheels").mkdir()
    (cache / "wheels" / "a.py").write_bytes(b"x" * 1024)


def test_info_says_where_how_much_and_of_what(tmp_path: Path) -> None:
    """Or that there is nothing, without making anything."""
    cache = tmp_path / "cache"
    assert list(describe(session(cache))) == [f"folder        {cache}", "empty"]
    assert not cache.exists()
    fill(cache)
    lines = list(describe(session(cache)))
    assert "downloads     2 KiB" in lines
    assert "wheels        1 KiB" in lines
    assert "  locks       1" in lines


def test_clear_takes_only_what_is_ours(tmp_path: Path) -> None:
    """The folder is the user's to name, and may be a home by mistake."""
    fill(tmp_path)
    (tmp_path / "thesis.tex").write_text("mine")
    assert forget(tmp_path) != "0 bytes"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    assert forget(tmp_path / "nowhere") == "0 bytes"


def test_clear_is_refused_while_a_run_works_there(tmp_path: Path) -> None:
    """Its wheels would vanish under it."""
    fill(tmp_path)
    with (
        run_folder(tmp_path / "runs"),
        pytest.raises(UsageError, match="a run is under way"),
    ):
        forget(tmp_path)
    assert (tmp_path / "uv").exists()
    forget(tmp_path)
    assert not (tmp_path / "uv").exists()


def test_tidying_drops_what_nobody_reads_any_more(tmp_path: Path) -> None:
    """A lock goes after a week, an answer after months."""
    store = ObservationStore(tmp_path, lambda: NOON)
    store.put("locks", "key", 1)
    store.put("observations", "key", 1)
    for later, left in (
        (timedelta(days=6), {"locks": 1, "observations": 1}),
        (timedelta(days=8), {"observations": 1}),
        (timedelta(days=89), {"observations": 1}),
        (timedelta(days=91), {}),
    ):
        then = replace(session(tmp_path), clock=partial(datetime.__add__, NOON, later))
        assert tidy(then, 1 << 30) is None
        assert store.info().entries == left
    store.close()


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1 KiB"),
        (5 << 20, "5 MiB"),
        (3 << 30, "3.0 GiB"),
    ],
)
def test_sizes_are_told_as_people_read_them(number: int, told: str) -> None:
    """In the largest unit that leaves a whole."""
    assert size(number) == told

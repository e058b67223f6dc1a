"""What was seen outlives whoever saw it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from packaging.version import Version

from compatcheck.errors import StoreFault
from compatcheck.model import LockedPackage
from compatcheck.observations import ObservationStore

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something to keep."""

    text: str


@dataclass(kw_only=True)
class Clock:
    """A clock that tests set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """What it shows."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """It is noon."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[ObservationStore]:
    """An empty store in a folder that is not there yet."""
    made = ObservationStore(tmp_path / "cache", clock)
    yield made
    made.close()


def test_value_comes_back_as_it_was(store: ObservationStore) -> None:
    """By kind and key, whole, the last one written."""
    package = LockedPackage(
        distribution="lib",
        version=Version("1!2.0rc1"),
        files=("a", "ä 🐍"),
        hashes=(),
        timed=False,
    )
    store.put("kind", "key", Note(text="first"))
    store.put("kind", "key", package)
    assert store.get("kind", "key", LockedPackage) == package
    assert store.get("other", "key", LockedPackage) is None
    assert store.get("kind", "other", LockedPackage) is None


def test_value_of_another_shape_is_none(store: ObservationStore) -> None:
    """Another release of compatcheck wrote it: it is asked anew."""
    store.put("kind", "key", Note(text="a"))
    assert store.get("kind", "key", LockedPackage) is None


def test_value_is_forgotten_when_told(store: ObservationStore) -> None:
    """And forgetting what is not there is no fault."""
    store.put("kind", "key", Note(text="a"))
    store.drop("kind", "key")
    store.drop("kind", "key")
    assert store.get("kind", "key", Note) is None


def test_value_grows_old(store: ObservationStore, clock: Clock) -> None:
    """When it was written is told to those who ask."""
    store.put("kind", "key", Note(text="a"))
    clock.now += timedelta(minutes=10)
    found = store.get_dated("kind", "key", Note)
    assert found is not None
    assert found[0] == Note(text="a")
    assert clock.now - found[1] == timedelta(minutes=10)
    assert store.get("kind", "key", Note) is not None


def test_info_counts_by_kind(store: ObservationStore) -> None:
    """And says how much disk it takes."""
    for key in "ab":
        store.put("notes", key, Note(text=key))
    store.put("others", "a", Note(text="a"))
    info = store.info()
    assert info.entries == {"notes": 2, "others": 1}
    assert info.size > 0


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Neither disturbs the other, and nothing is lost."""
    with writer(tmp_path, "a", 150) as one, writer(tmp_path, "b", 150) as two:
        assert (one.wait(60), two.wait(60)) == (0, 0)
    assert kept(tmp_path) == 300


def test_killed_writer_loses_only_what_it_had_not_finished(tmp_path: Path) -> None:
    """Each value is whole and there, and the store opens as if nothing had been."""
    with writer(tmp_path, "a", 100_000) as process:
        assert process.stdout
        finished = [process.stdout.readline() for _ in range(50)][-1]
        process.send_signal(signal.SIGKILL)
    there = kept(tmp_path)
    assert there >= int(finished)
    store = ObservationStore(tmp_path, lambda: NOON)
    for number in range(there):
        assert store.get("notes", f"a{number}", Note) == Note(text="x" * 1000)
    store.close()


def writer(folder: Path, prefix: str, count: int) -> subprocess.Popen[str]:
    """A process that writes values and says how many are written."""
    code = f"""
    import sys
    from dataclasses import dataclass
    from datetime import UTC, datetime
    from pathlib import Path
    from compatcheck.observations import ObservationStore

    @dataclass(frozen=True, kw_only=True)
    class Note:
        text: str

    store = ObservationStore(Path({str(folder)!r}), lambda: datetime.now(UTC))
    for number in range({count}):
        store.put("notes", "{prefix}%d" % number, Note(text="x" * 1000))
        print(number + 1, flush=True)
    store.close()
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        text=True,
    )


def kept(folder: Path) -> int:
    """How many notes there are."""
    store = ObservationStore(folder, lambda: NOON)
    count = store.info().entries["notes"]
    store.close()
    return count


class TestFaults:
    """A disk or a file that fails."""

    def test_file_that_is_no_store_is_told_with_its_mend(self, tmp_path: Path) -> None:
        """A name, a cause, and the command that starts afresh."""
        (tmp_path / "observations-1.sqlite").write_bytes(b"no database" * 1000)
        with pytest.raises(StoreFault) as caught:
            ObservationStore(tmp_path, lambda: NOON)
        words = str(caught.value)
        assert "observations-1.sqlite" in words
        assert "compatcheck cache clear" in words
        assert str(tmp_path) not in words

    def test_folder_that_cannot_be_made_is_a_fault(self, tmp_path: Path) -> None:
        """A file lies where the folder should."""
        (tmp_path / "file").write_text("")
        with pytest.raises(StoreFault):
            ObservationStore(tmp_path / "file" / "cache", lambda: NOON)

    def test_file_that_spoils_later_is_a_fault_each_time(self, tmp_path: Path) -> None:
        """Reading, writing, counting: never a bare error of the database."""
        store = ObservationStore(tmp_path, lambda: NOON)
        raw = sqlite3.connect(tmp_path / "observations-1.sqlite")
        raw.execute("DROP TABLE kept")
        raw.close()
        with pytest.raises(StoreFault):
            store.get("kind", "key", Note)
        with pytest.raises(StoreFault):
            store.put("kind", "key", Note(text="a"))
        with pytest.raises(StoreFault):
            store.drop("kind", "key")
        with pytest.raises(StoreFault):
            store.info()
        store.close()

    def test_writer_waits_for_another(self, tmp_path: Path) -> None:
        """A write that is under way elsewhere is sat out."""
        store = ObservationStore(tmp_path, lambda: NOON)
        hold = f"""
        import sqlite3, time
        raw = sqlite3.connect({str(tmp_path / "observations-1.sqlite")!r})
        raw.execute("BEGIN IMMEDIATE")
        print("held", flush=True)
        time.sleep(0.3)
        raw.commit()
        raw.close()
        """
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(hold)],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            process.stdout.readline()
            started = time.monotonic()
            store.put("kind", "key", Note(text="a"))
            assert time.monotonic() - started > 0.1
        store.close()


def test_what_is_old_is_forgotten(store: ObservationStore, clock: Clock) -> None:
    """Of the kinds that are named, or of all; what is younger stays."""
    for kind in ("locks", "observations"):
        store.put(kind, "old", 1)
    clock.now += timedelta(hours=1)
    store.put("locks", "young", 1)
    store.forget(timedelta(minutes=10), "locks", "lock classes")
    assert store.info().entries == {"locks": 1, "observations": 1}
    store.forget(timedelta(minutes=10))
    assert store.info().entries == {"locks": 1}
    assert store.get("locks", "young", int) == 1

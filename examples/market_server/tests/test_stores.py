"""chatkit's `Store`: one and the same promises, kept by all three stores."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    FileAttachment,
    ThreadMetadata,
    WidgetItem,
)
from cluster import Cluster
from market_server.market.bundled import BundledSource
from market_server.market.service import MarketService
from market_server.native.store import MOST, ShelfStore, Visit
from market_server.native.widgets import widget_of
from market_server.stores.choose import open_shelf
from market_server.stores.memory import MemoryShelf
from market_server.stores.postgres import open_postgres
from market_server.stores.shelf import (
    MissingError,
    Place,
    Shelf,
    ShelfDown,
    TakenError,
)

pytestmark = pytest.mark.anyio

ANN, BOB = Visit(owner="user:ann"), Visit(owner="user:bob")
NOW = datetime(2026, 10, 30, 12, tzinfo=UTC)
STRANGE = ("", "\0", "a\0b", "\ud800", "x" * 10_000, "nothing", "' OR 1=1 --", "%s")


def thread(key: str, title: str | None = None) -> ThreadMetadata:
    """A thread without items."""
    return ThreadMetadata(id=key, created_at=NOW, title=title, metadata={"a": [1]})


def item(key: str, text: str = "Words", of: str = "t") -> AssistantMessageItem:
    """A message in a thread."""
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id=key, thread_id=of, created_at=NOW, content=content)


@pytest.fixture
def store(shelf: Shelf) -> ShelfStore:
    """The store under test, over each kind of shelf in turn."""
    return ShelfStore(shelf)


_Load = Callable[..., Awaitable[Any]]


async def _keys(
    load: Callable[..., Awaitable[Any]], order: str, limit: int
) -> list[str]:
    """The ids of all pages, each page after the other."""
    found: list[str] = []
    after = None
    while True:
        page = await load(limit=limit, after=after, order=order)
        found += [it.id for it in page.data]
        if not page.has_more:
            assert page.after is None
            return found
        assert len(page.data) == limit
        assert page.after == page.data[-1].id
        after = page.after


def _items(store: ShelfStore, key: str, visit: Visit = ANN) -> _Load:
    def load(limit: int, after: str | None, order: str) -> Any:
        return store.load_thread_items(key, after, limit, order, visit)

    return load


def _threads(store: ShelfStore, visit: Visit = ANN) -> _Load:
    def load(limit: int, after: str | None, order: str) -> Any:
        return store.load_threads(limit, after, order, visit)

    return load


async def test_thread_is_kept_as_it_was(store: ShelfStore) -> None:
    """A thread is loaded as it was saved; saved again, it is replaced."""
    await store.save_thread(thread("t", "Ümläuts \0 and \U0001f4c8"), ANN)
    assert await store.load_thread("t", ANN) == thread("t", "Ümläuts \0 and \U0001f4c8")
    await store.save_thread(thread("t", "Other"), ANN)
    assert (await store.load_thread("t", ANN)).title == "Other"


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
async def test_threads_come_in_both_orders(store: ShelfStore, limit: int) -> None:
    """Threads come page by page, oldest or newest first, each once."""
    keys = ["t3", "t1", "t2", "t5", "t4"]
    for key in keys:
        await store.save_thread(thread(key), ANN)
    await store.save_thread(thread("t3", "saved again, where it was"), ANN)
    assert await _keys(_threads(store), "asc", limit) == keys
    assert await _keys(_threads(store), "desc", limit) == keys[::-1]


@pytest.mark.parametrize("limit", [1, 2, 7, 50])
async def test_items_come_in_both_orders(store: ShelfStore, limit: int) -> None:
    """Items come page by page, oldest or newest first, each once."""
    await store.save_thread(thread("t"), ANN)
    keys = [f"i{n}" for n in random.Random(1).sample(range(100), 7)]  # noqa: S311 - an order
    for key in keys:
        await store.add_thread_item("t", item(key), ANN)
    await store.save_item("t", item(keys[0], "changed, where it was"), ANN)
    assert await _keys(_items(store, "t"), "asc", limit) == keys
    assert await _keys(_items(store, "t"), "desc", limit) == keys[::-1]


async def test_page_has_a_bound(store: ShelfStore) -> None:
    """However much a client asks for, a page has so many items and no more."""
    await store.save_thread(thread("t"), ANN)
    for n in range(MOST + 1):
        await store.add_thread_item("t", item(f"i{n}"), ANN)
    page = await store.load_thread_items("t", None, 10**30, "asc", ANN)
    assert (len(page.data), page.has_more) == (MOST, True)
    page = await store.load_thread_items("t", None, -1, "asc", ANN)
    assert len(page.data) == 1


async def test_page_after_a_deleted_item_is_not_found(store: ShelfStore) -> None:
    """Where to go on is not known any more, and no page is made up."""
    await store.save_thread(thread("t"), ANN)
    for n in range(3):
        await store.add_thread_item("t", item(f"i{n}"), ANN)
    await store.delete_thread_item("t", "i1", ANN)
    with pytest.raises(NotFoundError):
        await store.load_thread_items("t", "i1", 5, "asc", ANN)


async def test_items_are_loaded_changed_and_deleted(store: ShelfStore) -> None:
    """One item is loaded as it was, replaced, and gone when it is deleted."""
    await store.save_thread(thread("t"), ANN)
    await store.add_thread_item("t", item("i", "one"), ANN)
    assert await store.load_item("t", "i", ANN) == item("i", "one")
    await store.save_item("t", item("i", "two"), ANN)
    assert await store.load_item("t", "i", ANN) == item("i", "two")
    await store.delete_thread_item("t", "i", ANN)
    await store.delete_thread_item("t", "i", ANN)
    with pytest.raises(NotFoundError):
        await store.load_item("t", "i", ANN)


async def test_item_is_not_hidden_by_another(store: ShelfStore) -> None:
    """An item that comes under a taken id is refused, and the first one stays."""
    await store.save_thread(thread("t"), ANN)
    await store.add_thread_item("t", item("i", "first"), ANN)
    with pytest.raises(TakenError):
        await store.add_thread_item("t", item("i", "second"), ANN)
    assert await store.load_item("t", "i", ANN) == item("i", "first")


async def test_widget_is_kept_as_it_was(store: ShelfStore) -> None:
    """A widget comes back with all its components."""
    found = await MarketService(BundledSource()).quote("AAPL")
    shown = WidgetItem(
        id="w", thread_id="t", created_at=NOW, widget=widget_of(found), copy_text="a"
    )
    await store.save_thread(thread("t"), ANN)
    await store.add_thread_item("t", shown, ANN)
    kept = await store.load_item("t", "w", ANN)
    assert kept.model_dump_json() == shown.model_dump_json()


async def test_deleted_thread_takes_its_items_along(store: ShelfStore) -> None:
    """Nothing of a deleted thread is left, others stay, and none comes back."""
    for key in ("t", "other"):
        await store.save_thread(thread(key), ANN)
        await store.add_thread_item(key, item("i", of=key), ANN)
    await store.delete_thread("t", ANN)
    for gone in (
        store.load_thread("t", ANN),
        store.load_thread_items("t", None, 5, "asc", ANN),
        store.load_item("t", "i", ANN),
        store.add_thread_item("t", item("late"), ANN),
        store.save_item("t", item("late"), ANN),
        store.delete_thread("t", ANN),
    ):
        with pytest.raises(NotFoundError):
            await gone
    assert await _keys(_threads(store), "asc", 5) == ["other"]
    assert await store.load_item("other", "i", ANN) == item("i", of="other")
    await store.save_thread(thread("t"), ANN)
    assert await _keys(_items(store, "t"), "asc", 5) == []


async def test_attachments_metadata_is_kept(store: ShelfStore) -> None:
    """What is known of a file is saved, changed, loaded and deleted."""
    made = FileAttachment(id="a", name="a b.txt", mime_type="text/plain")
    await store.save_attachment(made, ANN)
    sent = made.model_copy(update={"thread_id": "t", "metadata": {"size": 3}})
    await store.save_attachment(sent, ANN)
    assert await store.load_attachment("a", ANN) == sent
    with pytest.raises(NotFoundError):
        await store.load_attachment("a", BOB)
    await store.delete_attachment("a", ANN)
    for gone in (store.load_attachment("a", ANN), store.delete_attachment("a", ANN)):
        with pytest.raises(NotFoundError):
            await gone


async def test_owners_do_not_meet(store: ShelfStore) -> None:
    """Two owners may use one id; neither reads, changes or deletes the other's."""
    for visit in (ANN, BOB):
        await store.save_thread(thread("t", visit.owner), visit)
        await store.add_thread_item("t", item("i", visit.owner), visit)
    await store.save_thread(thread("only", "Ann's"), ANN)
    await store.delete_thread("t", BOB)
    assert (await store.load_thread("t", ANN)).title == ANN.owner
    assert await store.load_item("t", "i", ANN) == item("i", ANN.owner)
    assert await _keys(_threads(store, BOB), "asc", 5) == []
    for foreign in (
        store.load_thread("only", BOB),
        store.add_thread_item("only", item("i", of="only"), BOB),
        store.load_thread_items("only", None, 5, "asc", BOB),
    ):
        with pytest.raises(NotFoundError):
            await foreign


@pytest.mark.parametrize("key", STRANGE)
async def test_strange_id_is_not_found(store: ShelfStore, key: str) -> None:
    """Whatever a client sends as an id, nothing is there, and nothing breaks."""
    await store.save_thread(thread("t"), ANN)
    await store.add_thread_item("t", item("i"), ANN)
    for asked in (
        store.load_thread(key, ANN),
        store.load_thread_items(key, None, 5, "asc", ANN),
        store.load_thread_items("t", key, 5, "asc", ANN),
        store.load_threads(5, key, "desc", ANN),
        store.load_item("t", key, ANN),
        store.load_item(key, "i", ANN),
        store.load_attachment(key, ANN),
        store.delete_thread(key, ANN),
    ):
        with pytest.raises(NotFoundError):
            await asked
    await store.delete_thread_item("t", key, ANN)
    assert await _keys(_items(store, "t"), "asc", 5) == ["i"]


async def test_many_write_at_the_same_time(store: ShelfStore) -> None:
    """Twenty writers in one thread and twenty threads: all is there, once, in order."""
    await store.save_thread(thread("t"), ANN)

    async def write(writer: int) -> None:
        await store.save_thread(thread(f"t{writer}"), ANN)
        for n in range(5):
            await store.add_thread_item("t", item(f"{writer}-{n}"), ANN)

    await asyncio.gather(*map(write, range(20)))
    keys = await _keys(_items(store, "t"), "asc", 7)
    assert sorted(keys) == sorted(f"{w}-{n}" for w in range(20) for n in range(5))
    for writer in range(20):
        own = [key for key in keys if key.startswith(f"{writer}-")]
        assert own == [f"{writer}-{n}" for n in range(5)]
    assert len(await _keys(_threads(store), "asc", 7)) == 21


async def test_only_one_of_many_takes_an_id(store: ShelfStore) -> None:
    """Of writers who want the same id at the same time, one has it."""
    await store.save_thread(thread("t"), ANN)
    tried = [store.add_thread_item("t", item("i", str(n)), ANN) for n in range(20)]
    results = await asyncio.gather(*tried, return_exceptions=True)
    assert results.count(None) == 1
    assert [it for it in results if it and not isinstance(it, TakenError)] == []
    kept = await store.load_item("t", "i", ANN)
    assert isinstance(kept, AssistantMessageItem)
    assert kept.content[0].text == str(results.index(None))


async def test_who_turns_pages_misses_nothing(store: ShelfStore) -> None:
    """A reader who goes on from where it was sees each item that is being written."""
    await store.save_thread(thread("t"), ANN)
    written = 100

    async def write(writer: int) -> None:
        for n in range(written // 10):
            await store.add_thread_item("t", item(f"{writer}-{n}"), ANN)

    async def read() -> list[str]:
        found: list[str] = []
        while len(found) < written:
            after = found[-1] if found else None
            page = await store.load_thread_items("t", after, 3, "asc", ANN)
            found += [it.id for it in page.data]
            await asyncio.sleep(0.001)
        return found

    async with asyncio.timeout(60):
        reading = asyncio.create_task(read())
        await asyncio.gather(*map(write, range(10)))
        found = await reading
    assert len(set(found)) == written
    assert found == await _keys(_items(store, "t"), "asc", 100)


async def test_two_processes_share_a_store(durable: str) -> None:
    """What one writes the other reads, and both may write into one thread."""
    one, two = await open_shelf(durable), await open_shelf(durable)
    stores = ShelfStore(one), ShelfStore(two)
    await stores[0].save_thread(thread("t"), ANN)
    writing = [
        store.add_thread_item("t", item(f"{name}-{n}"), ANN)
        for name, store in enumerate(stores)
        for n in range(20)
    ]
    await asyncio.gather(*writing)
    for store in stores:
        assert len(await _keys(_items(store, "t"), "asc", 7)) == 40
    await one.close()
    await two.close()


WRITER = Path(__file__).with_name("writer.py")


async def test_hard_kill_loses_nothing(durable: str) -> None:
    """What a killed process had acknowledged is there, thread, order and all."""
    for round_ in range(3):
        told = await asyncio.to_thread(_kill_a_writer, durable, 25 * (round_ + 1))
        shelf = await open_shelf(durable)
        name = told[0]
        keys = await _keys(_items(ShelfStore(shelf), name), "asc", 50)
        await shelf.close()
        # One more may have been written and not told.
        assert keys[: len(told) - 1] == told[1:]
        assert len(keys) <= len(told)


def _kill_a_writer(address: str, after: int) -> list[str]:
    """What a writer told that was killed after so many lines, in mid-work."""
    command = [sys.executable, str(WRITER), address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(after)]
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.readlines()
    assert writer.returncode == -signal.SIGKILL
    assert all(line for line in told[:after]), "the writer ended by itself"
    return [line.strip() for line in told if line.endswith("\n")]


async def test_database_that_crashes_loses_nothing(fragile: Cluster) -> None:
    """PostgreSQL is killed: the store says so, and has everything when it is back."""
    shelf = await open_postgres(fragile.database(), patience=2)
    store = ShelfStore(shelf)
    await store.save_thread(thread("t"), ANN)
    for n in range(20):
        await store.add_thread_item("t", item(f"i{n}"), ANN)
    await asyncio.to_thread(fragile.crash)
    try:
        asked = [store.load_thread("t", ANN) for _ in range(60)]
        async with asyncio.timeout(2 * 3):  # not as often as its connections are few
            told = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(it) for it in told} == {ShelfDown}
    finally:
        await asyncio.to_thread(fragile.start)
    async with asyncio.timeout(30):
        while True:
            try:
                keys = await _keys(_items(store, "t"), "asc", 50)
            except ShelfDown:  # the pool waits a little before it tries again
                continue
            break
    assert keys == [f"i{n}" for n in range(20)]
    await shelf.close()


async def test_long_line_is_no_loss(cluster: Cluster) -> None:
    """Who waits for others, longer than for a lost database, has its turn."""
    address = cluster.database()
    shelf = await open_postgres(address, patience=4)
    place = Place(owner="ann", kind="thread")
    async with await psycopg.AsyncConnection.connect(address) as slow:
        await slow.execute("LOCK TABLE records")
        waiting = [
            asyncio.create_task(shelf.save(place, f"t{n}", "words")) for n in range(40)
        ]
        await asyncio.sleep(6)
        assert not [it for it in waiting if it.done()]
    await asyncio.gather(*waiting)
    assert len((await shelf.page(place, None, 50, "asc")).bodies) == 40
    await shelf.close()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1",
        "sqlite:////nowhere/at/all/market.db",
        "mysql://ann:swordfish@host/db",
        "nonsense",
    ],
)
async def test_store_that_cannot_be_had_says_why(address: str) -> None:
    """An address without a store is told at once, and no password with it."""
    postgres = address.startswith("postgresql")
    opening = open_postgres(address, patience=1) if postgres else open_shelf(address)
    with pytest.raises(ShelfDown) as caught:
        await opening
    assert "swordfish" not in str(caught.value)


class _Clock:
    """A clock that stands still unless it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_memory_is_bounded() -> None:
    """In memory, what was used longest ago goes when there is too much."""
    shelf = MemoryShelf(most_folders=3, most_inside=2)
    place = Place(owner="ann", kind="thread")
    for key in ("a", "b", "c"):
        await shelf.add(place, key, key)
    await shelf.load(place, "a")
    await shelf.add(place, "d", "d")
    assert (await shelf.page(place, None, 9, "asc")).bodies == ("a", "c", "d")
    for key in ("1", "2", "3"):
        await shelf.add(place.inside("a"), key, key)
    assert (await shelf.page(place.inside("a"), None, 9, "asc")).bodies == ("2", "3")


async def test_memory_expires() -> None:
    """In memory, what nobody used for its lifetime goes, and what was used stays."""
    clock = _Clock()
    shelf = MemoryShelf(lifetime=10, now=clock)
    place = Place(owner="ann", kind="thread")
    await shelf.add(place, "old", "old")
    await shelf.add(place, "used", "used")
    clock.now = 9
    await shelf.add(place.inside("used"), "item", "item")
    clock.now = 11
    assert (await shelf.page(place, None, 9, "asc")).bodies == ("used",)
    with pytest.raises(MissingError):
        await shelf.load(place, "old")

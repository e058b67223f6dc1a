"""Many at the same time: nothing is lost, and nothing is mixed up."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from cluster import Cluster
from living import Serve, bearer, until
from talking import deltas, done, events, message, thread_of, words

pytestmark = pytest.mark.anyio

SYMBOLS = ("AAPL", "AMZN", "GOOGL", "MSFT", "NVDA", "TSLA")


async def _one_stream(url: str, number: int) -> str:
    """Talk as one visitor, and check that every event is this visitor's."""
    told_words = " ".join(f"visitor{number}word{n}" for n in range(30))
    symbol = SYMBOLS[number % len(SYMBOLS)]
    async with httpx.AsyncClient(base_url=url, timeout=300) as client:
        first = await client.post("/chatkit/sdk", json=message(f"say {told_words}"))
        told = events(first.text)
        thread = thread_of(told)
        second = await client.post(
            "/chatkit/sdk", json=message(f"What costs {symbol}?", thread)
        )
        shown = events(second.text)
        listed = await client.post(
            "/chatkit/sdk",
            json={
                "type": "items.list",
                "params": {"thread_id": thread, "order": "asc", "limit": 50},
            },
        )
    assert not [it for it in told + shown if it["type"] == "error"], told + shown
    assert "".join(deltas(told)) == told_words
    (reply,) = done(told, "assistant_message")
    (widget,) = done(shown, "widget")
    (last,) = done(shown, "assistant_message")
    assert words(reply) == told_words
    assert f"({symbol})" in widget["copy_text"] == words(last)
    asked = done(told, "user_message") + done(shown, "user_message")
    assert listed.json()["data"] == [asked[0], reply, asked[1], widget, last]
    assert {it["thread_id"] for it in (*asked, reply, widget, last)} == {thread}
    return thread


async def _many(url: str, count: int) -> None:
    threads = await asyncio.gather(*(_one_stream(url, n) for n in range(count)))
    assert len(set(threads)) == count


async def test_some_streams_at_once(serve: Serve, address: str) -> None:
    """Thirty visitors at once, over each store: each has all of its own, in order."""
    await _many(serve(database=address).url, 30)


@pytest.mark.long
async def test_two_hundred_streams_at_once(serve: Serve, address: str) -> None:
    """Two hundred visitors at once, likewise, with a model that takes its time."""
    await _many(serve(database=address, pause=0.01).url, 200)


@pytest.mark.long
async def test_half_of_two_hundred_go_away(serve: Serve, address: str) -> None:
    """Those who stay have everything, those who go leave nothing that runs on."""
    live = serve(database=address, pause=0.01)

    async def go_away(number: int) -> None:
        body = message("say " + "words " * 500)
        async with (
            httpx.AsyncClient(base_url=live.url, timeout=300) as client,
            client.stream("POST", "/chatkit/sdk", json=body) as answer,
        ):
            async for chunk in answer.aiter_text():
                if f"{number % 10}" in chunk and "text_delta" in chunk:
                    break

    staying = [_one_stream(live.url, n) for n in range(100)]
    await asyncio.gather(*staying, *map(go_away, range(100)))
    await asyncio.to_thread(until, lambda: not live.house._streams)
    await _many(live.url, 5)


def test_twenty_megabytes_from_many(serve: Serve) -> None:
    """Large bodies at the same time are refused, and others are served meanwhile."""
    live = serve()

    async def send() -> None:
        large = b"x" * (20 * 1024 * 1024)
        async with live.clients() as client:
            sending = [client.post("/chatkit/sdk", content=large) for _ in range(8)]
            talking = asyncio.create_task(_many(live.url, 3))
            answers = await asyncio.gather(*sending)
            await talking
        assert [answer.status_code for answer in answers] == [413] * 8

    asyncio.run(send())


async def test_database_that_goes_away_is_told(serve: Serve, fragile: Cluster) -> None:
    """Without its database the app answers 503 and says so, and recovers with it."""
    live = serve(database=fragile.database())
    request = {"type": "threads.list", "params": {}}
    async with live.clients() as client:
        assert (await client.post("/chatkit/sdk", json=request)).is_success
        await asyncio.to_thread(fragile.crash)
        try:
            native, rest, health = await asyncio.gather(
                client.post("/chatkit/sdk", json=request),
                client.get("/api/ann/conversations", headers=bearer("ann")),
                client.get("/health"),
            )
        finally:
            await asyncio.to_thread(fragile.start)
        for answer in (native, rest):
            told = answer.status_code, answer.json()["code"]
            assert told == (503, "store_unavailable")
        assert health.json()["status"] == "degraded"
        assert health.json()["why"].startswith("degraded: the store does not answer")
        await asyncio.to_thread(until, lambda: _is_well(live.url))
        assert (await client.post("/chatkit/sdk", json=request)).is_success


def _is_well(url: str) -> bool:
    return bool(httpx.get(f"{url}/health").json()["status"] == "ok")

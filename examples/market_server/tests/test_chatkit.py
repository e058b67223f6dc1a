"""The native way: what comes over the wire, and in which order."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, NoReturn

import pytest
from living import Live, Serve, until
from market_server.market.bundled import BundledSource
from market_server.market.nouns import AnyImpact, Calendar, News, Period, Quote
from market_server.native import server as drawing
from talking import (
    ask,
    deltas,
    done,
    events,
    kinds,
    message,
    say,
    thread_of,
    words,
)

_LONG = "say " + " ".join(f"word{n}" for n in range(200))


@pytest.fixture(scope="module")
def live() -> Any:
    """One app for all that leaves it as it was."""
    from living import served

    with served() as found:
        yield found


def test_reply_of_words_comes_in_order(live: Live) -> None:
    """A message is told before its reply begins, and the whole reply at its end."""
    with live.client() as client:
        told = say(client, "say one two three")
    order = [event["type"] for event in told]
    first = order.index("thread.item.added")
    assert order[0] == "thread.created"
    assert order.index("thread.item.done") < order.index("stream_options") < first
    assert deltas(told) == ["one ", "two ", "three"]
    (reply,) = done(told, "assistant_message")
    assert words(reply) == "one two three"
    assert order[-1] == "thread.item.done"
    assert told[-1]["item"] == reply


SHOWN = {
    "What is the quote of AAPL?": (
        {"Card", "Row", "Title", "Badge", "Caption", "Divider", "Box", "Text"},
        "268.40 USD",
    ),
    "news about MSFT": (
        {"ListView", "ListViewItem", "Box", "Title", "Caption", "Text"},
        "wind power",
    ),
    "which events of high impact are due this week?": (
        {"Card", "Row", "Title", "Badge", "Caption", "Divider", "Box", "Text"},
        "Central bank decides",
    ),
}


@pytest.mark.parametrize("question", SHOWN)
def test_tool_shows_its_widget_before_the_text(live: Live, question: str) -> None:
    """Each tool streams one native widget, and the model tells what it found."""
    components, words_shown = SHOWN[question]
    with live.client() as client:
        told = say(client, question)
    (widget,) = done(told, "widget")
    (reply,) = done(told, "assistant_message")
    assert kinds(widget["widget"]) == components
    assert words_shown in str(widget["widget"])
    assert "Sample data of 2026-10-30" in str(widget["widget"])
    assert words(reply) == widget["copy_text"]
    assert told.index({"type": "thread.item.done", "item": widget}) < next(
        n for n, event in enumerate(told) if event["type"] == "thread.item.added"
    )


def test_calendar_is_filtered(live: Live) -> None:
    """Period and impact reach the source: today's events of low impact are one."""
    with live.client() as client:
        told = say(client, "economic events of low impact today")
    (reply,) = done(told, "assistant_message")
    assert "Housing starts" in words(reply)
    assert "inflation" not in words(reply)


def test_two_shares_are_two_widgets(live: Live) -> None:
    """A turn may call a tool twice: both widgets come, and one text tells of both."""
    with live.client() as client:
        told = say(client, "Compare NVDA and TSLA")
    titles = [
        str(item["widget"]["children"][0]["children"][0]["value"])
        for item in done(told, "widget")
    ]
    (reply,) = done(told, "assistant_message")
    assert sorted(titles) == ["NVDA", "TSLA"]
    assert "(NVDA)" in words(reply)
    assert "(TSLA)" in words(reply)
    assert not [event for event in told if event["type"] == "error"]


def test_unknown_symbol_is_answered_politely(live: Live) -> None:
    """A share that nobody knows is no error: a widget and a sentence say so."""
    with live.client() as client:
        told = say(client, "What about QQQQ?")
    (widget,) = done(told, "widget")
    (reply,) = done(told, "assistant_message")
    assert "No data" in str(widget["widget"])
    assert words(reply) == "I know no share with the symbol 'QQQQ'."


class _Failing(BundledSource):
    """A source that is down, or answers never."""

    def __init__(self, *, hangs: bool) -> None:
        super().__init__()
        self._hangs = hangs

    async def quote(self, symbol: str) -> Quote:
        await self._fail()

    async def news(self, symbol: str) -> News:
        await self._fail()

    async def calendar(self, period: Period, impact: AnyImpact) -> Calendar:
        await self._fail()

    async def _fail(self) -> NoReturn:
        if self._hangs:
            await asyncio.sleep(3600)
        raise ConnectionError("secret-host.example: refused")


@pytest.mark.parametrize("hangs", [False, True])
def test_failing_source_is_answered_politely(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, *, hangs: bool
) -> None:
    """A source that fails or hangs is told as unavailable, without its secrets."""
    live = serve(source=_Failing(hangs=hangs))
    if hangs:
        monkeypatch.setattr(live.house.door._server._market, "_patience", 0.05)  # type: ignore[union-attr]
    with live.client() as client:
        told = say(client, "AAPL and its news")
    (reply,) = done(told, "assistant_message")
    assert "cannot be reached just now" in words(reply)
    assert "secret-host" not in str(told)


def test_thread_goes_on(live: Live) -> None:
    """A second message is added to the thread, whose items come in both orders."""
    with live.client() as client:
        thread = thread_of(say(client, "say first"))
        say(client, "say second", thread)
        ascending = ask(client, "items.list", thread_id=thread, order="asc").json()
        descending = ask(client, "items.list", thread_id=thread, order="desc").json()
    said = [words(item) for item in ascending["data"]]
    assert said == ["say first", "first", "say second", "second"]
    assert descending["data"] == ascending["data"][::-1]


def test_threads_are_listed_renamed_and_deleted(live: Live) -> None:
    """What is not streamed is answered as JSON, and does what it says."""
    with live.client() as client:
        threads = [thread_of(say(client, f"say {n}")) for n in range(3)]
        page = ask(client, "threads.list", limit=2, order="asc").json()
        assert [it["id"] for it in page["data"]] == threads[:2]
        assert page["has_more"]
        rest = ask(client, "threads.list", limit=2, order="asc", after=page["after"])
        assert [it["id"] for it in rest.json()["data"]] == threads[2:]
        renamed = ask(client, "threads.update", thread_id=threads[0], title="Mine")
        assert renamed.json()["title"] == "Mine"
        assert ask(client, "threads.delete", thread_id=threads[1]).json() == {}
        assert ask(client, "threads.get_by_id", thread_id=threads[1]).status_code == 404
        left = ask(client, "threads.list", order="asc").json()["data"]
    assert [(it["id"], it["title"]) for it in left] == [
        (threads[0], "Mine"),
        (threads[2], "say 2"),
    ]


def test_retry_replaces_the_reply(live: Live) -> None:
    """A message that is retried is answered anew, and the old reply is gone."""
    with live.client() as client:
        told = say(client, "say again")
        thread = thread_of(told)
        (asked,) = done(told, "user_message")
        params = {"thread_id": thread, "item_id": asked["id"]}
        body = {"type": "threads.retry_after_item", "params": params}
        anew = events(client.post("/chatkit/sdk", json=body).text)
        kept = ask(client, "items.list", thread_id=thread, order="asc").json()["data"]
    assert [words(it) for it in kept] == ["say again", "again"]
    assert kept[-1] == done(anew, "assistant_message")[0]


def test_visitors_do_not_see_each_other(live: Live) -> None:
    """Somebody else's thread is not there: neither listed, loaded, nor added to."""
    with live.client() as one, live.client() as other, live.client("ann") as ann:
        thread = thread_of(say(one, "say mine"))
        for client in (other, ann):
            say(client, "say something of my own")
            listed = ask(client, "threads.list").json()["data"]
            assert thread not in [it["id"] for it in listed]
            found = ask(client, "threads.get_by_id", thread_id=thread)
            assert (found.status_code, found.json()["code"]) == (404, "not_found")
            added = client.post("/chatkit/sdk", json=message("say hello", thread))
            assert (added.status_code, added.json()["code"]) == (404, "not_found")
            assert ask(client, "threads.delete", thread_id=thread).status_code == 404
        kept = ask(one, "items.list", thread_id=thread).json()["data"]
    assert len(kept) == 2


def test_token_that_is_no_good_is_refused(live: Live) -> None:
    """Who shows a token is asked for a good one, though none is needed."""
    with live.client() as client:
        client.headers["Authorization"] = "Bearer nonsense"
        found = ask(client, "threads.list")
    assert (found.status_code, found.json()["code"]) == (401, "token_invalid")


def test_client_that_goes_away_ends_the_reply(serve: Serve) -> None:
    """What was said until then is stored, nothing runs on, and others are served."""
    live = serve(pause=0.01)
    with live.client() as client:
        seen = ""
        with client.stream("POST", "/chatkit/sdk", json=message(_LONG)) as answer:
            for chunk in answer.iter_text():
                seen += chunk
                if seen.count("text_delta") > 5:
                    break
        until(lambda: not live.house._streams, 10)
        thread = thread_of(events(seen[: seen.rindex("\n\n") + 2]))
        kept = ask(client, "items.list", thread_id=thread, order="asc").json()["data"]
        assert [it["type"] for it in kept] == ["user_message", "assistant_message"]
        assert _LONG.removeprefix("say ").startswith(words(kept[1]))
        assert 5 < len(words(kept[1]).split()) < 200
        assert (
            words(done(say(client, "say on", thread), "assistant_message")[0]) == "on"
        )


def test_what_is_not_supported_says_so(live: Live) -> None:
    """Files are refused with a code, not with an error of ours."""
    with live.client() as client:
        params = {"name": "a.txt", "size": 1, "mime_type": "text/plain"}
        found = ask(client, "attachments.create", **params)
    assert (found.status_code, found.json()["code"]) == (501, "not_supported")


def test_tool_that_raises_is_told_to_the_log(
    live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A widget that cannot be drawn is not the model's secret: the log has it."""
    monkeypatch.setattr(drawing, "widget_of", _cannot_be_drawn)
    with live.client() as client, caplog.at_level(logging.ERROR, "market_server"):
        told = say(client, "What costs AAPL?")
    (reply,) = done(told, "assistant_message")
    assert words(reply) == "That could not be shown."
    assert "swordfish" not in str(told)
    assert "swordfish" in caplog.text


def test_widget_that_cannot_be_drawn_is_found_out(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An app that starts so says it, and chat over REST goes on."""
    monkeypatch.setattr(drawing, "widget_of", _cannot_be_drawn)
    live = serve()
    with live.client() as client, live.client("ann") as ann:
        native = client.post("/chatkit/sdk", json=message("hello"))
        rest = ann.post("/api/ann/chat", json={"message": "What costs AAPL?"})
    assert (native.status_code, native.json()["code"]) == (503, "chatkit_unusable")
    assert native.json()["message"] == "AttributeError: no Card, but swordfish"
    assert "268.40 USD" in rest.json()["response"]


def _cannot_be_drawn(_: object) -> None:
    raise AttributeError("no Card, but swordfish")

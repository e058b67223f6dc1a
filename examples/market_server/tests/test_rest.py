"""The REST way: a message and its answer, for whom a token names."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
import pytest
from living import SECRET, Live, Serve, bearer
from talking import say


@pytest.fixture(scope="module")
def live() -> Any:
    """One app for all that leaves it as it was."""
    from living import served

    with served() as found:
        yield found


def test_message_is_answered_and_kept(live: Live) -> None:
    """A first message begins a conversation, the next ones go on with it."""
    with live.client("ann") as ann:
        first = ann.post("/api/ann/chat", json={"message": "What costs AAPL?"}).json()
        key = first["conversation_id"]
        body = {"conversation_id": key, "message": "say thank you"}
        second = ann.post("/api/ann/chat", json=body).json()
        kept = ann.get(f"/api/ann/conversations/{key}/messages").json()["messages"]
        listed = ann.get("/api/ann/conversations").json()["conversations"]
    assert "268.40 USD" in first["response"]
    (call,) = first["tool_calls"]
    assert call["name"] == "show_stock_quote"
    assert json.loads(call["arguments"]) == {"symbol": "AAPL"}
    assert json.loads(call["output"])["price"] == 268.4
    assert second == {
        "conversation_id": key,
        "response": "thank you",
        "tool_calls": [],
    }
    assert [(it["role"], it["content"]) for it in kept] == [
        ("user", "What costs AAPL?"),
        ("assistant", first["response"]),
        ("user", "say thank you"),
        ("assistant", "thank you"),
    ]
    assert kept[1]["tool_calls"] == first["tool_calls"]
    assert [(it["id"], it["title"]) for it in listed] == [(key, "What costs AAPL?")]


def test_pages_are_turned_in_both_orders(live: Live) -> None:
    """Conversations come once each, oldest or newest first."""
    with live.client("bea") as bea:
        keys = [
            bea.post("/api/bea/chat", json={"message": f"say {n}"}).json()[
                "conversation_id"
            ]
            for n in range(5)
        ]
        for order, wanted in (("asc", keys), ("desc", keys[::-1])):
            found: list[str] = []
            after: dict[str, str] = {}
            while True:
                params = {"limit": "2", "order": order, **after}
                page = bea.get("/api/bea/conversations", params=params).json()
                found += [it["id"] for it in page["conversations"]]
                if not page["has_more"]:
                    break
                after = {"after": page["after"]}
            assert found == wanted


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": ""},
        {"message": "x" * 8_001},
        {"message": 5},
        {"message": "say x", "conversation_id": 7},
    ],
)
def test_message_that_is_none_is_refused(live: Live, body: dict[str, Any]) -> None:
    """What is missing or wrong is named, and what was sent is not repeated."""
    with live.client("ann") as ann:
        answer = ann.post("/api/ann/chat", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert "xxx" not in answer.text


def test_conversation_that_is_not_there_is_not_begun(live: Live) -> None:
    """An unknown id is 404, whatever it is made of, and leaves nothing behind."""
    with live.client("cleo") as cleo:
        for key in ("conv_nothing", "\0", "x" * 1_000, ""):
            body = {"conversation_id": key, "message": "say x"}
            answer = cleo.post("/api/cleo/chat", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        listed = cleo.get("/api/cleo/conversations").json()["conversations"]
    assert listed == []


def _token(**claims: Any) -> str:
    now = int(time.time())
    whole = {"sub": "ann", "aud": "market-server", "exp": now + 3_600, **claims}
    told = {name: value for name, value in whole.items() if value is not None}
    secret = told.pop("secret", SECRET)
    return jwt.encode(told, secret, algorithm=told.pop("algorithm", "HS256"))


FORGED = "f" * 32

REFUSED: dict[str, tuple[dict[str, str], int, str]] = {
    "missing": ({}, 401, "token_missing"),
    "no bearer": ({"Authorization": "Basic YTpi"}, 401, "token_missing"),
    "empty": ({"Authorization": "Bearer"}, 401, "token_missing"),
    "expired": (bearer("ann", seconds=-1), 401, "token_expired"),
    "forged": (
        {"Authorization": f"Bearer {_token(secret=FORGED)}"},
        401,
        "token_invalid",
    ),
    "unsigned": (
        {"Authorization": f"Bearer {jwt.encode({'sub': 'ann'}, '', 'none')}"},
        401,
        "token_invalid",
    ),
    "for another service": (
        {"Authorization": f"Bearer {_token(aud='bank')}"},
        401,
        "token_invalid",
    ),
    "for ever": ({"Authorization": f"Bearer {_token(exp=None)}"}, 401, "token_invalid"),
    "nobody": ({"Authorization": f"Bearer {_token(sub=None)}"}, 401, "token_invalid"),
    "another user's": (bearer("eve"), 403, "another_user"),
}

PATHS = (
    ("POST", "/api/ann/chat"),
    ("GET", "/api/ann/conversations"),
    ("GET", "/api/ann/conversations/conv_1/messages"),
)


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize(("method", "path"), PATHS)
def test_who_is_not_the_user_is_refused(
    live: Live, name: str, method: str, path: str
) -> None:
    """Every endpoint asks for the user's own, good token."""
    headers, status, code = REFUSED[name]
    body = {"message": "say x"} if method == "POST" else None
    with live.client() as client:
        answer = client.request(method, path, headers=headers, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"


def test_users_do_not_see_each_other(live: Live) -> None:
    """One user's conversation is not there for another, who knows its id."""
    with live.client("dora") as dora, live.client("eve") as eve:
        body = {"message": "say secret"}
        key = dora.post("/api/dora/chat", json=body).json()["conversation_id"]
        assert eve.get("/api/eve/conversations").json()["conversations"] == []
        found = eve.get(f"/api/eve/conversations/{key}/messages")
        assert found.status_code == 404
        body = {"message": "say x", "conversation_id": key}
        assert eve.post("/api/eve/chat", json=body).status_code == 404


def test_both_ways_are_kept_apart(serve: Serve) -> None:
    """A user's ChatKit threads are no conversations, though one store keeps both."""
    live = serve()
    with live.client("ann") as ann:
        say(ann, "say over ChatKit")
        ann.post("/api/ann/chat", json={"message": "say over REST"})
        listed = ann.get("/api/ann/conversations").json()["conversations"]
    assert [it["title"] for it in listed] == ["say over REST"]

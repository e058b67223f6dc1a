"""Bad bodies: each is answered with JSON, a code and an id that the log has too."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from living import Live, bearer

_DEEP = b"[" * 100_000
_MIB = 1024 * 1024

BAD: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "not_json"),
    "no JSON": (b"{", 400, "not_json"),
    "no UTF-8": (b'{"type": "\xff"}', 400, "not_json"),
    "deep": (_DEEP, 400, "not_json"),
    "no object": (b"[]", 400, "bad_request"),
    "no type": (b"{}", 400, "unknown_op"),
    "unknown op": (b'{"type": "threads.steal", "params": {}}', 400, "unknown_op"),
    "no params": (b'{"type": "threads.create"}', 400, "bad_request"),
    "20 MB": (b" " * (20 * _MIB), 413, "body_too_large"),
}


@pytest.fixture(scope="module")
def live() -> Any:
    """One app for all."""
    from living import served

    with served() as found:
        yield found


def _is_refusal(answer: httpx.Response, status: int, code: str) -> None:
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), answer.text
    assert set(told) == {"code", "message", "correlation_id"}
    assert told["correlation_id"] == answer.headers["x-correlation-id"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("name", BAD)
def test_bad_body_is_refused(live: Live, name: str) -> None:
    """What ChatKit cannot understand is refused with a code of its own."""
    body, status, code = BAD[name]
    with live.client() as client:
        _is_refusal(client.post("/chatkit/sdk", content=body), status, code)


BAD_OVER_REST: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 422, "invalid_request"),
    "no JSON": (b"{", 400, "not_json"),
    "no UTF-8": (b'{"message": "\xff"}', 400, "bad_request"),
    "deep": (_DEEP, 400, "bad_request"),
    "no object": (b"[]", 422, "invalid_request"),
    "no message": (b"{}", 422, "invalid_request"),
    "20 MB": (b" " * (20 * _MIB), 413, "body_too_large"),
}


@pytest.mark.parametrize("name", BAD_OVER_REST)
def test_bad_body_is_refused_over_rest(live: Live, name: str) -> None:
    """Likewise where the framework reads the body."""
    body, status, code = BAD_OVER_REST[name]
    headers = {"Content-Type": "application/json"}
    with live.client("ann") as client:
        answer = client.post("/api/ann/chat", content=body, headers=headers)
        _is_refusal(answer, status, code)


def test_large_body_without_a_length_is_refused(live: Live) -> None:
    """A body that does not say how long it is is counted as it comes."""

    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * _MIB

    with live.client() as client:
        answer = client.post("/chatkit/sdk", content=pieces())
        _is_refusal(answer, 413, "body_too_large")
        assert client.get("/health").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/chatkit/sdk", 405, "method_not_allowed"),
    ],
)
def test_framework_refuses_in_json_too(
    live: Live, method: str, path: str, status: int, code: str
) -> None:
    """What no route answers is told in the same shape."""
    with live.client() as client:
        _is_refusal(client.request(method, path), status, code)


def test_correlation_id_of_the_client_is_kept(live: Live) -> None:
    """A well-formed id is taken over, one that could forge a line of the log is not."""
    with live.client() as client:
        good = client.get("/nowhere", headers={"X-Correlation-ID": "abc-1.2"})
        bad = client.get("/nowhere", headers={"X-Correlation-ID": "a b\tc"})
    assert good.json()["correlation_id"] == "abc-1.2"
    assert bad.json()["correlation_id"] != "a b\tc"


def test_error_of_ours_is_told_without_its_words(
    live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody foresaw is a 500 with an id; the words are in the log alone."""

    def fail(*_: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(live.house.shelf, "page", fail)
    with live.client() as client, caplog.at_level(logging.ERROR, "market_server"):
        request = {"type": "threads.list", "params": {}}
        native = client.post("/chatkit/sdk", content=json.dumps(request))
        rest = client.get("/api/ann/conversations", headers=bearer("ann"))
    for answer in (native, rest):
        _is_refusal(answer, 500, "internal_error")
        assert "swordfish" not in answer.text
        assert answer.json()["correlation_id"] in caplog.text
    assert "swordfish" in caplog.text

"""No credential of an address survives, however the address is written."""

from __future__ import annotations

from itertools import product
from urllib.parse import quote

import pytest

from compatcheck.index.redact import redact

SECRETS = ("hunter2", "pa%20ss", "a:b", "x@y", "sl/ash", "que?ry", "ha#sh", "'quoted'")
HOSTS = ("index.example.invalid", "index.example.invalid:8443", "[::1]:80", "127.0.0.1")
SURROUNDINGS = ("{}", "could not read {}: 500", "['{}']", '{{"url": "{}"}}', "<{}>\n{}")


def plain(address: str) -> str:
    """Leave an address as it is."""
    return address


def encoded(address: str) -> str:
    """Write an address as part of another one's query."""
    return quote(address, safe="")


def twice_encoded(address: str) -> str:
    """Write it so once more."""
    return quote(encoded(address), safe="")


def escaped(address: str) -> str:
    """Write it as some JSON writers do."""
    return address.replace("/", "\\/")


@pytest.mark.parametrize("spelling", [plain, encoded, twice_encoded, escaped])
def test_user_and_password_vanish_from_any_text(spelling: object) -> None:
    """Whatever surrounds an address, and however encoded, its login is hidden."""
    assert callable(spelling)
    for secret, host, surrounding in product(SECRETS, HOSTS, SURROUNDINGS):
        quoted = quote(secret, safe="%'")
        address = f"https://user-{quoted}:{quoted}@{host}/simple/flask/"
        text = surrounding.replace("{}", spelling(address))
        found = redact(text)
        assert spelling(quoted) not in found
        assert "user-" not in found
        assert host.partition(":")[0].strip("[") in found


@pytest.mark.parametrize("secret", SECRETS)
def test_a_password_that_nobody_encoded_vanishes(secret: str) -> None:
    """A password pasted as it is, slashes and all, is hidden as well."""
    found = redact(f"GET https://me:{secret}@index.example.invalid/simple failed")
    assert found == "GET https://***@index.example.invalid/simple failed"


def test_a_token_without_a_colon_vanishes() -> None:
    """A lone token before the host is hidden."""
    assert redact("git+https://t0ken@h.invalid/x") == "git+https://***@h.invalid/x"


@pytest.mark.parametrize(
    "name", ["token", "access_token", "api-key", "X-Amz-Signature", "sig", "PASSWORD"]
)
@pytest.mark.parametrize("spelling", [plain, encoded])
def test_secrets_in_a_query_vanish(name: str, spelling: object) -> None:
    """A parameter that is named like a secret loses its value and nothing else does."""
    assert callable(spelling)
    address = f"https://h.invalid/f.whl?page=2&{name}=s3cr3t%2F%26zz"
    found = redact(f"see {spelling(address)} there")
    assert "s3cr3t" not in found
    assert "zz" not in found
    assert "page" in found
    assert name in found
    assert found.endswith(" there")


@pytest.mark.parametrize(
    "text",
    [
        "https://index.example.invalid/simple/flask/",
        "http://127.0.0.1:8080/files/a-1.0.whl#sha256=abc",
        "http://h.invalid:8080/scope/@angular/core",
        "file:///srv/wheels/a@b.whl",
        "mail somebody@example.invalid about https://h.invalid/ please",
        "pkg @ https://h.invalid/pkg-1.0.whl?page=2",
        "",
    ],
)
def test_what_holds_no_secret_stays(text: str) -> None:
    """Addresses without credentials, and mail addresses, come out unchanged."""
    assert redact(text) == text


def test_hiding_twice_is_hiding_once() -> None:
    """A text that was redacted already stays as it is."""
    once = redact("https://a:b@h.invalid/?token=c&x=https%3A%2F%2Fd%3Ae%40h.invalid")
    assert redact(once) == once

"""The command line: one line starts it, one makes a token."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import jwt
import pytest
from damage import here, started
from market_server.settings import Unusable, read_settings


def _run(folder: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "market_server", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ended.returncode, ended.stdout, ended.stderr


def test_token_is_made_and_its_secret_kept(tmp_path: Path) -> None:
    """A token names its user; the secret is made once, for its owner's eyes only."""
    code, token, _ = _run(tmp_path, "token", "ann")
    assert code == 0
    kept = tmp_path / "market.secret"
    claims = jwt.decode(
        token.strip(), kept.read_text(), ["HS256"], audience="market-server"
    )
    assert claims["sub"] == "ann"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    _run(tmp_path, "token", "bob")
    jwt.decode(token.strip(), kept.read_text(), ["HS256"], audience="market-server")


def test_secret_that_was_never_written_is_not_used(tmp_path: Path) -> None:
    """With a file of a secret that is empty, nothing is signed and nothing served."""
    (tmp_path / "market.secret").touch()
    for arguments in (("token", "ann"), ()):
        code, out, said = _run(tmp_path, *arguments)
        assert (code, out) == (1, "")
        assert said.startswith("market-server: market.secret holds no secret")
        assert len(said.splitlines()) == 1


def test_number_that_is_none_is_one_line(tmp_path: Path) -> None:
    """A variable that is no number is named, with what mends it."""
    code, _, said = _run(tmp_path, MARKET_PAUSE="a while")
    mend = "give a number from 0, or leave it out"
    assert (code, said) == (1, f"market-server: MARKET_PAUSE is 'a while': {mend}\n")


@pytest.mark.parametrize("said", ["1 MiB", "2.5", "-1"])
def test_number_of_bytes_is_whole(said: str) -> None:
    """And a time is finite."""
    given = {"MARKET_JWT_SECRET": "s" * 32}
    with pytest.raises(Unusable, match="give a whole number from 0"):
        read_settings({**given, "MARKET_BODY_LIMIT": said})
    for endless in ("nan", "inf"):
        with pytest.raises(Unusable, match="give a number from 0"):
            read_settings({**given, "MARKET_PAUSE": endless})


def test_store_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """Without its store it does not start, and says so without a traceback."""
    code, _, said = _run(tmp_path, DATABASE_URL="mysql://ann:swordfish@host/db")
    assert code == 1
    assert said.startswith("market-server: there is no store for 'mysql'")
    assert len(said.splitlines()) == 1
    assert "swordfish" not in said


def test_server_keeps_what_it_was_told(tmp_path: Path) -> None:
    """Started twice in one folder, it has in SQLite what was said the first time."""
    from living import bearer

    for seen in ([], ["say hello"]):
        with started(here(), tmp_path) as app:
            path, headers = "/api/ann/conversations", bearer("ann")
            listed = app.client.get(path, headers=headers).json()["conversations"]
            assert [it["title"] for it in listed] == seen
            body = {"message": "say hello"}
            app.client.post("/api/ann/chat", headers=headers, json=body)

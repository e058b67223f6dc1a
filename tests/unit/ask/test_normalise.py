"""What was seen reads alike wherever it was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from compatcheck.ask.normalise import Normaliser

PLACES = {
    "<env>": [Path("/var/run-1/env-abc/venv")],
    "<work>": [Path("/var/run-1/visit-x")],
    "<base>": [Path("/usr")],
}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("from 'a' (/var/run-1/env-abc/venv/lib/a.py)", "from 'a' (<env>/lib/a.py)"),
        ("/usr/lib/python3.11/json.py", "<base>/lib/python3.11/json.py"),
        ("/var/run-1/visit-x/tmp/t and /usr", "<work>/tmp/t and <base>"),
        ("in /usr.", "in <base>."),
        ("'/usr'", "'<base>'"),
        ("file:///usr/x", "file://<base>/x"),
        ("/usr2/lib /mnt/usr/lib /usr-local", "/usr2/lib /mnt/usr/lib /usr-local"),
        ("/var/run-1/env-abcd/venv", "/var/run-1/env-abcd/venv"),
        ("<a.B object at 0x7f3c5a2e10d0>", "<a.B object at 0x…>"),
        ("0xff is 255", "0xff is 255"),
        ("https://u:secret@example.invalid/x", "https://***@example.invalid/x"),
        ("half \udcff", "half \\udcff"),
        ("whole 🐍", "whole 🐍"),
    ],
)
def test_place_is_taken_out(said: str, told: str) -> None:
    """Whole folders become words; addresses, passwords and half characters vanish."""
    assert Normaliser(PLACES).text(said) == told


def test_root_folder_stands_for_nothing() -> None:
    """An interpreter right below the root does not make every path its own."""
    assert Normaliser({"<base>": [Path("/")]}).text("/a/b") == "/a/b"


def test_links_are_followed(tmp_path: Path) -> None:
    """A folder and what it is a link to are one place."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    normaliser = Normaliser({"<env>": [link]})
    assert normaliser.text(f"{link}/a {real}/b") == "<env>/a <env>/b"


def test_failure_is_normalised_throughout() -> None:
    """Messages and frames of the failure and of its chain."""
    frame = {"file": "/usr/lib/a.py", "line": None, "function": "f"}
    link = {
        "relation": "cause",
        "type": "OSError",
        "message": "no /usr/x",
        "module": None,
        "frames": [frame],
    }
    told = {**link, "type": "ImportError", "module": "a", "chain": [link]}
    failure = Normaliser(PLACES).failure(told)
    assert failure.message == failure.chain[0].message == "no <base>/x"
    assert failure.frames[0].file == "<base>/lib/a.py"
    assert failure.chain[0].frames[0].line == 0


def test_values_of_variables_are_not_told() -> None:
    """What a scenario was given by name stands in no message, the longest first."""
    secrets = {"KEY": "abcdef", "LONG": "abcdef-ghi", "SWITCH": "true"}
    words = Normaliser({}, secrets)
    assert words.text("abcdef-ghi, abcdef, true") == "<LONG>, <KEY>, true"


@pytest.mark.parametrize(
    "said",
    [
        "-----KEY\nabcdefgh/ij+kl\n-----",
        repr("-----KEY\nabcdefgh/ij+kl\n-----"),
        "only abcdefgh/ij+kl of it",
        "q=-----KEY%0Aabcdefgh%2Fij%2Bkl%0A-----",
        "Basic LS0tLS1LRVkKYWJjZGVmZ2gvaWora2wKLS0tLS0=",
        "no such key: abcdefgh/***",
        "cut short: abcdefgh/i",
    ],
)
def test_values_are_known_in_every_form(said: str) -> None:
    """Quoted, encoded, a line of it, or its beginning as libraries tell keys."""
    words = Normaliser({}, {"KEY": "-----KEY\nabcdefgh/ij+kl\n-----"})
    told = words.text(said)
    assert "<KEY>" in told
    assert "abcdefgh" not in told
    assert "YWJjZGVm" not in told


def test_values_are_hidden_wherever_they_stand() -> None:
    """In the type, the module and the function too: all of it is a stranger's text."""
    told = {
        "type": "key-0123456789",
        "message": "key-0123456789",
        "module": "key-0123456789",
        "frames": [{"file": "key-0123456789", "line": 1, "function": "key-0123456789"}],
        "chain": [],
    }
    failure = Normaliser({}, {"KEY": "key-0123456789"}).failure(told)
    assert "0123456789" not in repr(failure)
    assert failure.type == failure.module == failure.frames[0].function == "<KEY>"

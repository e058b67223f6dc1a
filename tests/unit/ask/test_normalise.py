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

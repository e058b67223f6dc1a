"""Why a library cannot be used: compatcheck's word where it is here, else our own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

_PATIENCE: Final = 120.0
"""Seconds for compatcheck, which replays the failure in a process of its own."""

_SCHEMA: Final = "compatcheck.diagnosis/1"
_LIBRARIES: Final = {"agents": "openai-agents", "chatkit": "openai-chatkit"}
"""Which distribution should own each import name."""

_LONGEST: Final = 600
_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]+")


def cause_of(part: str, error: BaseException) -> str:
    """One line that says why a part fails: the cause where it is known."""
    return one_line(_asked(part) or _seen(error))


def one_line(text: str) -> str:
    """The text without anything that could begin a line or speak to a terminal."""
    plain = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def _asked(part: str) -> str | None:
    """What compatcheck names; None where it is not here or does not know either."""
    command = _compatcheck()
    if command is None:
        return None
    statement = f"from market_server.parts import try_out; try_out({part!r})"
    asked = [*command, "doctor", "--python", sys.executable, "--run", statement]
    try:
        ended = subprocess.run(
            [*asked, "-f", "json"],
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
        return _named(json.loads(ended.stdout))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _compatcheck() -> list[str] | None:
    """How it is called: beside this app, or anywhere on the path."""
    with suppress(ImportError, ValueError):
        if find_spec("compatcheck.__main__") is not None:
            return [sys.executable, "-m", "compatcheck"]
    found = shutil.which("compatcheck")
    return None if found is None else [found]


def _named(told: Any) -> str | None:  # noqa: ANN401 - JSON
    """The best of its diagnoses, with a remedy."""
    if not isinstance(told, dict) or told.get("schema") != _SCHEMA:
        return None
    diagnoses = told.get("diagnoses") or []
    best = diagnoses[0] if diagnoses and isinstance(diagnoses[0], dict) else {}
    if not best.get("title") or best.get("rule") == "undetermined":
        return None
    commands = [
        remedy["command"]
        for remedy in best.get("remedies") or ()
        if isinstance(remedy, dict) and remedy.get("command")
    ]
    mend = f"; mend: {commands[0]}" if commands else ""
    return f"{best['title']} (compatcheck: {best.get('rule')}){mend}"


def _seen(error: BaseException) -> str:
    """What can be seen without it: files that are gone, or the exception's words."""
    damage = list(_damage())
    said = f"{type(error).__name__}: {error}"
    return "; ".join([*damage, said])


def _damage() -> Iterator[str]:
    """Which of the libraries are not here, or not whole by their own list of files."""
    for name, distribution in sorted(_LIBRARIES.items()):
        try:
            found = metadata.distribution(distribution)
        except metadata.PackageNotFoundError:
            yield f"{distribution} is not installed"
            continue
        gone = _gone(found)
        if gone:
            more = f" and {len(gone) - 1} more files" if len(gone) > 1 else ""
            told = f"{distribution} {found.version} is installed, but {gone[0]}{more}"
            yield f"{told} of its own list is not on disk{_namespace(name)}"


def _gone(found: metadata.Distribution) -> list[str]:
    """The modules that its RECORD lists and that are not there, the outermost first.

    https://packaging.python.org/en/latest/specifications/recording-installed-packages/
    """
    files = found.files or ()
    listed = (file for file in files if file.suffix == ".py" and ".." not in file.parts)
    gone = [str(file) for file in listed if not Path(str(file.locate())).is_file()]
    return sorted(gone, key=lambda name: (name.count("/"), name))


def _namespace(name: str) -> str:
    """Whether Python takes what is left of a package for a namespace package."""
    with suppress(ImportError, ValueError):
        spec = find_spec(name)
        if spec is not None and spec.origin is None:
            return f", so that `{name}` is a namespace package without names"
    return ""

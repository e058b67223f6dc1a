"""Take an entry off PYTHONPATH."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Final

from compatcheck.model.mending import Drop
from compatcheck.remedies.at import At

KIND: Final = Drop


def words(step: Drop, at: At) -> str:
    """The edit for people."""
    kept = _kept(step, at)
    return f"take {step.entry} off PYTHONPATH: PYTHONPATH={kept}"


def do(step: Drop, at: At) -> At:
    """Run it with the shorter path."""
    environ = {**at.process.environ, "PYTHONPATH": _kept(step, at)}
    return at.with_process(replace(at.process, environ=environ))


def _kept(step: Drop, at: At) -> str:
    gone = {os.path.realpath(it) for it in (step.entry, at.here(step.entry))}
    known = at.process.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [it for it in known if it and os.path.realpath(at.folder / it) not in gone]
    return os.pathsep.join(kept)

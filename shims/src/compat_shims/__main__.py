"""`compat-shims`: run a program with the shim, or say what it does here."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import NoReturn
from warnings import catch_warnings, simplefilter

from compat_shims import install
from compat_shims.records import Record, State, status

_STARTUP = str(Path(__file__).with_name("_startup"))
_MISSING = 127
"""As shells say that a command is not there."""


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line asks; the exit code."""
    parser = argparse.ArgumentParser("compat-shims", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="does")
    run = commands.add_parser("run", help="run a program, and what it starts")
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND...")
    tell = commands.add_parser("status", help="import each target and say what became")
    tell.add_argument("--json", action="store_true", help="for another program")
    tell.add_argument("folder", nargs="*", help="adaptations beside those shipped")
    asked = parser.parse_args(words)
    if asked.does == "run":
        command = asked.command[asked.command[:1] == ["--"] :]
        if not command:
            parser.error("run what?")
        _run(command)
    return _status(asked.folder, as_json=asked.json)


def _run(command: Sequence[str]) -> NoReturn:
    """Become the program, with the shim before all that it imports."""
    beside = os.pathsep.join((str(Path(sys.executable).parent), os.defpath))
    path = os.environ.get("PATH", os.defpath)
    found = shutil.which(command[0], path=f"{beside}{os.pathsep}{path}")
    if found is None:
        sys.stderr.write(f"compat-shims: there is no command {command[0]!r}\n")
        sys.exit(_MISSING)
    before = os.environ.get("PYTHONPATH")
    paths = [_STARTUP, *([before] if before else [])]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    os.execve(found, [*command], environ)  # noqa: S606 - no shell


def _status(folders: Sequence[str], *, as_json: bool) -> int:
    """Import every target here, and tell what became of each adaptation."""
    with catch_warnings():
        simplefilter("ignore")
        told = examined(folders)
    if as_json:
        print(json.dumps([it.as_json() for it in told], indent=1))  # noqa: T201
        return 0
    for it in told:
        ended = " (expired)" if it.expired else ""
        print(f"{it.id}: {it.state.value}{ended}: {it.reason}")  # noqa: T201
        if it.remedy:
            print(f"  to mend it: {it.remedy}")  # noqa: T201
    return 0


def examined(folders: Sequence[str]) -> tuple[Record, ...]:
    """Import every target whose guard may hold, and tell what became of each."""
    import logging

    logging.getLogger("compat_shims").addHandler(logging.NullHandler())
    logging.getLogger("compat_shims").propagate = False
    install(*folders)
    modules = dict.fromkeys(it.target.partition(":")[0] for it in status())
    faults = {module: _fault(module) for module in modules}
    return tuple(_why_not(it, faults) for it in status())


def _fault(module: str) -> Exception | None:
    """Why a module cannot be imported, if it cannot."""
    try:
        import_module(module)
    except Exception as error:
        return error
    return None


def _why_not(record: Record, faults: dict[str, Exception | None]) -> Record:
    """Say that the target is not there at all, or that it could not be looked at."""
    module = record.target.partition(":")[0]
    fault = faults.get(module)
    if record.state is not State.WAITING or fault is None:
        return record
    reason = f"not imported: {type(fault).__name__}: {fault}"
    named = fault.name if isinstance(fault, ModuleNotFoundError) else None
    absent = named is not None and f"{module}.".startswith(f"{named}.")
    state = State.SKIPPED if absent else State.WAITING
    return replace(record, state=state, reason=reason)


if __name__ == "__main__":
    sys.exit(main())

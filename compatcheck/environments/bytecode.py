"""Bytecode for wheels as they are unpacked, compiled by whoever will read it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from compatcheck.environments.uv import Uv, first_cause
from compatcheck.errors import EnvironmentFault, ResolverFault
from compatcheck.model import Interpreter

INVALIDATION: Final = "unchecked-hash"
"""When an interpreter compiles anew (PEP 552): what lies here never changes, and a
cache that was copied without its times would be compiled in every interpreter."""
_SOME_DO_NOT_COMPILE: Final = 1
"""How `compileall` ends where a file is a template, or of another Python."""


def compile_all(uv: Uv, interpreter: Interpreter, folders: Iterable[Path]) -> None:
    """Compile every module below these folders, as far as they can be, in one process.

    uv would start an interpreter or two for each wheel, and many a wheel is compiled in
    less time than that takes. Raises `EnvironmentFault` where nothing was compiled.
    """
    how = ("-I", "-m", "compileall", "-qq", "--invalidation-mode", INVALIDATION)
    command = [str(interpreter.executable), *how, *map(os.fspath, folders)]
    try:
        ended = uv.run_beside(command)
    except ResolverFault as fault:
        raise EnvironmentFault(str(fault)) from fault
    if ended.code not in (0, _SOME_DO_NOT_COMPILE):
        raise EnvironmentFault(f"no bytecode: {first_cause(ended.error)}")

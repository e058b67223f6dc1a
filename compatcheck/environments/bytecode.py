"""Bytecode for wheels as they are unpacked, compiled by whoever will read it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from compatcheck.environments.uv import Uv
from compatcheck.errors import EnvironmentFault, ResolverFault
from compatcheck.model import Interpreter

INVALIDATION: Final = "unchecked-hash"
"""When an interpreter compiles anew (PEP 552): what lies here never changes, and a
cache that was copied without its times would be compiled in every interpreter."""


def compile_all(uv: Uv, interpreter: Interpreter, folders: Iterable[Path]) -> None:
    """Compile every module below these folders, as far as they can be, in one process.

    uv would start an interpreter or two for each wheel, and many a wheel is compiled in
    less time than that takes. What does not compile, a template or code of another
    Python, is no fault until it is imported.
    Raises `EnvironmentFault` where the interpreter cannot be started or does not end.
    """
    how = ("-I", "-m", "compileall", "-qq", "--invalidation-mode", INVALIDATION)
    try:
        uv.run_beside([str(interpreter.executable), *how, *map(os.fspath, folders)])
    except ResolverFault as fault:
        raise EnvironmentFault(str(fault)) from fault

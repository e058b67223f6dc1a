"""From a text to a number of bytes; each raises `UsageError` with one problem."""

from __future__ import annotations

from typing import Final

from pydantic import ByteSize, TypeAdapter, ValidationError

from compatcheck.config.said import Said

LEAST_MEMORY: Final = 64 * 1024**2
"""Bytes; with less an interpreter may not even start."""
MOST_MEMORY: Final = 2**47
"""Bytes: all that a process can address on x86-64 with four-level paging
(https://docs.kernel.org/arch/x86/x86_64/mm.html)."""


def memory(said: Said) -> int:
    """A number of bytes, with a unit or without."""
    value = _bytes(said.text)
    if not LEAST_MEMORY <= value <= MOST_MEMORY:
        raise said.wrong(
            f"{said.text!r} is no amount of memory to run in",
            "write it like 4GiB or 512MiB, from 64MiB to 128TiB",
        )
    return value


def room(said: Said) -> int:
    """A number of bytes on the disk, with a unit or without."""
    value = _bytes(said.text)
    if not value:
        raise said.wrong(f"{said.text!r} is no room on a disk", "write it like 40GiB")
    return value


def _bytes(text: str) -> int:
    """What a text says; 0 where it says nothing."""
    try:
        return max(0, int(TypeAdapter(ByteSize).validate_python(text)))
    except (ValidationError, OverflowError):
        return 0

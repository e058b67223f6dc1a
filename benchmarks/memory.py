"""How much memory a program and all that it started have at one time."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import psutil

EVERY = 1.0
"""Seconds between two looks."""


@dataclass(slots=True, kw_only=True)
class MemoryWatch:
    """Looks at all descendants of this process, and not at itself, until it is left.

    What processes share is divided between them (PSS), so that the sum counts each page
    once: proc_pid_smaps_rollup(5). Linux only. A peak between two looks is not seen.
    """

    peak: int = 0
    """Bytes, in the look that saw most."""
    most: int = 0
    """Processes, in the look that saw most of them."""
    looks: int = 0
    unread: int = 0
    """Times that a living process kept its memory to itself: then `peak` is too low."""
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            found = psutil.Process().children(recursive=True)
            sizes = [self._size(process) for process in found]
            self.looks += 1
            self.peak = max(self.peak, sum(sizes))
            self.most = max(self.most, len(found))

    def _size(self, process: psutil.Process) -> int:
        with suppress(psutil.NoSuchProcess):  # it has just ended, or is a zombie
            try:
                return int(process.memory_full_info().pss)
            except psutil.AccessDenied:
                self.unread += 1
        return 0

    def as_json(self) -> dict[str, object]:
        """What was seen."""
        return {
            "peak_mib": round(self.peak / (1 << 20), 1),
            "most_processes": self.most,
            "looks": self.looks,
            "unread": self.unread,
        }

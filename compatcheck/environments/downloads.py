"""What uv keeps of its downloads, held within bounds.

uv unpacks a wheel once and links it to wherever it is installed, so what lies in the
wheel store too takes no room of its own here. `uv cache prune` alone lets go only of
what uv itself can no longer reach; with `--ci` it lets go of all wheels that can be
downloaded again (https://docs.astral.sh/uv/concepts/cache/).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Final

from compatcheck.environments.runs import nobody_at_work
from compatcheck.environments.uv import Uv
from compatcheck.errors import CouldNotTell

_MEASURED: Final = "measured"
"""Among the runs: with which limit, and after which download, was looked last."""
_STEPS: Final = (("cache", "prune", "--ci"), ("cache", "clean"))
"""Ways to let go, the gentle one first: index pages and own builds stay."""


def own_bytes(folder: Path) -> int:
    """Bytes of the files below a folder that are in no other place as well."""
    return sum(told.st_size for told in _files(folder) if told.st_nlink == 1)


def shed(uv: Uv, cache: Path, limit: int) -> int:
    """Let go of downloads where they take more than `limit` bytes; how many those were.

    Only if nobody works in the cache folder, and none begins meanwhile. Where nothing
    has come or gone since it was measured last, it is not measured again.
    """
    downloads, runs = cache / "uv", cache / "runs"
    with nobody_at_work(runs) as alone:
        state = f"{limit} {_changed(cache)}"
        if not alone or state == _last(runs):
            return 0
        before = left = own_bytes(downloads)
        for step in _STEPS:
            if left > limit:
                # What cannot be let go of now is let go of another time.
                with suppress(CouldNotTell, OSError):
                    uv.run(step)
                left = own_bytes(downloads)
        with suppress(OSError):
            (runs / _MEASURED).write_text(f"{limit} {_changed(cache)}")
        return before - left


def _changed(cache: Path) -> int:
    """When a wheel came last, or one that the store links to went (ns).

    Each is a folder, by which the folder that it is in is changed.
    """
    above = chain(cache.glob("uv/archive-v*"), cache.glob("wheels/*"))
    return max((path.stat().st_mtime_ns for path in above), default=0)


def _last(runs: Path) -> str:
    try:
        return (runs / _MEASURED).read_text()
    except OSError:
        return ""


def _files(folder: Path) -> Iterator[os.stat_result]:
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # gone meanwhile
                yield os.lstat(os.path.join(parent, name))  # noqa: PTH118 - a million

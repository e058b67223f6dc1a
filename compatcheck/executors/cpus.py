"""How many processors this process may keep busy."""

from __future__ import annotations

import math
import os
import sys
from pathlib import Path, PurePosixPath


def usable_cpus(system: Path = Path("/")) -> int:
    """The processors that scheduling and the container leave to us, at least 1.

    `system` is the root below which `proc` and `sys` are read.
    """
    scheduled = float(_scheduled())
    return max(1, math.ceil(min([scheduled, *_quotas(system)])))


def _scheduled() -> int:
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    else:  # noqa: RET505 - told apart by the type checker only in this shape
        return os.cpu_count() or 1


def _quotas(system: Path) -> list[float]:
    """The CPU quota of our control group and of each above it, in processors.

    `cpu.max` holds quota and period, the quota being `max` where there is none
    (cgroup v2, kernel documentation `admin-guide/cgroup-v2`).
    """
    quotas = []
    for folder in _control_groups(system):
        try:
            quota, period = (folder / "cpu.max").read_text("ascii").split()
            quotas.append(int(quota) / int(period))
        except (OSError, ValueError):
            continue
    return quotas


def _control_groups(system: Path) -> list[Path]:
    try:
        lines = (system / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return []
    mounted = system / "sys/fs/cgroup"
    own = [PurePosixPath(line[3:]) for line in lines if line.startswith("0::/")]
    return [
        mounted / group.relative_to("/")
        for path in own
        for group in (path, *path.parents)
    ]

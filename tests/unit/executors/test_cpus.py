"""No more jobs than processors that may be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from compatcheck.executors.cpus import usable_cpus
from compatcheck.executors.local import LocalExecutor


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """Give a system whose process is in the control group /box/inner."""
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("1:cpu:/\n0::/box/inner\n")
    (tmp_path / "sys/fs/cgroup/box/inner").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("quota", ["50000 100000", "100000 100000", "1 100000"])
def test_a_quota_binds(system: Path, quota: str) -> None:
    """A container's quota of up to one processor leaves one."""
    (system / "sys/fs/cgroup/box/cpu.max").write_text(f"{quota}\n")
    assert usable_cpus(system) == 1


@pytest.mark.parametrize("quota", ["max 100000", "nonsense", "900000000 100000"])
def test_no_quota(system: Path, quota: str) -> None:
    """Without a quota that binds, scheduling decides."""
    (system / "sys/fs/cgroup/box/inner/cpu.max").write_text(f"{quota}\n")
    assert usable_cpus(system) == usable_cpus(system / "nowhere") >= 1


def test_the_default() -> None:
    """Without a number, every usable processor gets a job."""
    assert LocalExecutor().jobs == usable_cpus()

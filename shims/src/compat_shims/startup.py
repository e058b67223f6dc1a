"""The start-up file of an environment: written, told and taken away again.

Before Python 3.15 it is one `.pth` file whose last line is run by `site`. From 3.15 on
a `.start` file takes its place (PEP 829), which names a function in a module beside it;
`import` lines in the `.pth` are then left alone, and from 3.18 on ignored. Both are
written, so that they outlive an upgrade of the interpreter. What they do is silent when
compat_shims is gone, or half gone.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

_NAME = "zz_compat_shims"
"""Read in the order of names: what leads to an editable installation comes before."""
_SAYS = """\
# Written by `compatcheck shim enable`: applies the adaptations of compatcheck-shims
# in every Python of this environment. `compatcheck shim disable` takes it away, and
# COMPAT_SHIMS=0 turns it off for one process.
"""
_TRY = "import compat_shims; compat_shims.install()"
_PTH = f"""{_SAYS}\
import sys; exec("try:\\n {_TRY}\\nexcept Exception:\\n pass")
"""
_MODULE = f"""{_SAYS}\
def start():
    try:
        {_TRY}
    except Exception:
        pass
"""
_START = f"{_SAYS}{_NAME}:start\n"
FILES = {f"{_NAME}.pth": _PTH, f"{_NAME}.py": _MODULE, f"{_NAME}.start": _START}
"""What is written, by name. The module is there for the `.start` file alone."""


def site_folder() -> Path:
    """Where this environment's distributions lie."""
    return Path(sysconfig.get_path("purelib"))


def enabled(site: Path) -> tuple[Path, ...]:
    """Which of the files are there."""
    return tuple(site / name for name in FILES if (site / name).exists())


def enable(site: Path) -> tuple[Path, ...]:
    """Write them, whole or not at all. Raises `OSError`."""
    for name, text in FILES.items():
        fresh = site / f".{name}.{os.getpid()}"
        try:
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(site / name)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
    return enabled(site)


def disable(site: Path) -> tuple[Path, ...]:
    """Take them away, and say which were there. Raises `OSError`."""
    there = enabled(site)
    for path in there:
        path.unlink()
    for cached in site.glob(f"__pycache__/{_NAME}.*.pyc"):
        cached.unlink()
    return there

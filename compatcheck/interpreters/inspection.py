"""What a Python tells of itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.version import InvalidVersion, Version

from compatcheck.interpreters.run import run
from compatcheck.model import Interpreter

OLDEST: Final = Version("3.7")
"""The oldest grammar that the guest speaks."""

# Runs in whatever Python it meets, with `-I -S`: stdlib only, grammar of 3.6.
# `sys.prefix` tells nothing of a venv here, because `site` is what sets it, so the
# marker file is looked for (PEP 405). The marker environment is computed by hand, as
# https://packaging.python.org/specifications/dependency-specifiers/ defines it,
# because `packaging` is not there.
_INSPECTION: Final = """
import json, os, platform, sys, sysconfig

def version_of(info):
    short = "{0.major}.{0.minor}.{0.micro}".format(info)
    kind = info.releaselevel
    return short if kind == "final" else short + kind[0] + str(info.serial)

def base():
    here = os.path.dirname(sys.executable)
    marks = [os.path.join(p, "pyvenv.cfg") for p in (here, os.path.dirname(here))]
    if not any(os.path.isfile(mark) for mark in marks):
        return sys.executable
    known = getattr(sys, "_base_executable", None)
    if known and os.path.dirname(known) != here:
        return known
    stem = "pypy" if "pypy" in sys.implementation.name else "python"
    suffix = ".exe" if os.name == "nt" else ""
    folder = os.path.join(sys.base_prefix, "" if os.name == "nt" else "bin")
    names = (stem + "%d.%d" % sys.version_info[:2], stem + "3", stem)
    files = [os.path.join(folder, name + suffix) for name in names]
    return next((file for file in files if os.path.isfile(file)), sys.executable)

print(json.dumps({
    "executable": os.path.realpath(base()),
    "version": platform.python_version(),
    "implementation": sys.implementation.name,
    "threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "build": [
        sys.version,
        sysconfig.get_config_var("SOABI"),
        sys.implementation.cache_tag,
        sysconfig.get_platform(),
        list(platform.libc_ver()),
    ],
    "markers": {
        "implementation_name": sys.implementation.name,
        "implementation_version": version_of(sys.implementation.version),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    },
}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A Python that told what it is."""

    interpreter: Interpreter
    threaded: bool
    """Whether it was built without the global lock, which few wheels support."""

    def rank(self) -> tuple[bool, bool, Version]:
        """The better one is greater: final, ordinary, newer."""
        version = Version(self.interpreter.version)
        return not version.is_prerelease, not self.threaded, version


def inspect_all(paths: Iterable[Path], environ: Mapping[str, str]) -> list[Found]:
    """Those of the files that are Pythons, each once, in the same order."""
    with ThreadPoolExecutor() as threads:
        told = threads.map(lambda path: inspect(path, environ), paths)
        distinct: dict[Path, Found] = {}
        for one in told:
            if one is not None:
                distinct.setdefault(one.interpreter.executable, one)
    return list(distinct.values())


def inspect(path: Path, environ: Mapping[str, str]) -> Found | None:
    """What a candidate tells of itself; None when it is no usable Python."""
    answer = run([str(path), "-I", "-S", "-c", _INSPECTION], environ)
    try:
        told = json.loads(answer)
        # A build between two releases calls itself `3.14.0a1+`, which is no version.
        version = Version(told["version"].rstrip("+"))
    except (ValueError, KeyError, TypeError, InvalidVersion):
        return None
    if version < OLDEST:
        return None
    build = json.dumps(told["build"], sort_keys=True).encode()
    return Found(
        interpreter=Interpreter(
            executable=Path(told["executable"]),
            version=str(version),
            implementation=told["implementation"],
            build=hashlib.sha256(build).hexdigest(),
            markers=told["markers"],
        ),
        threaded=told["threaded"],
    )

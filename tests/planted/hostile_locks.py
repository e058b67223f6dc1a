"""Locks that nobody should obey: malformed, huge, contradictory, or out for more."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from planted.projects import uv_lock

GOOD: Final = uv_lock({"orchard": ("1.0", ())}, "orchard")
_PYLOCK: Final = (
    'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "orchard"\n'
)
_ORCHARD: Final = 'source = { registry = "https://index.example.org/simple" }'

HOSTILE: Final[dict[str, tuple[str, bytes]]] = {
    # malformed and truncated
    "no TOML": ("uv.lock", b"version = = 1\n"),
    "truncated": ("uv.lock", GOOD.encode()[: len(GOOD) // 2 + 7]),
    "empty": ("uv.lock", b""),
    "not UTF-8": ("uv.lock", b"version = 1\nname = '\xff\xfe'\n"),
    "a NUL": ("uv.lock", GOOD.replace("orchard", "orch\0ard").encode()),
    "a later version": (
        "uv.lock",
        GOOD.replace("version = 1\n", "version = 9\n").encode(),
    ),
    "packages as a table": ("uv.lock", b'version = 1\npackage = { name = "x" }\n'),
    "dependencies as text": (
        "uv.lock",
        GOOD.replace(
            "dependencies = [", 'x = "y"\ndependencies = "orchard"\nz = ['
        ).encode(),
    ),
    "too deep": ("uv.lock", b"version = 1\nx = " + b"[" * 5000 + b"]" * 5000),
    "no project": ("uv.lock", b"version = 1\n"),
    "required, not locked": ("uv.lock", uv_lock({}, "orchard").encode()),
    "no PEP 751": ("pylock.toml", b'lock-version = "1.0"\n'),
    "a later PEP 751": (
        "pylock.toml",
        b'lock-version = "2.0"\ncreated-by = "x"\npackages = []\n',
    ),
    "no version": ("pylock.toml", _PYLOCK.encode()),
    "no requirement": ("requirements.txt", b"orchard === \n"),
    "requirements, not UTF-8": ("requirements.txt", b"orchard==1.0 \xff\n"),
    "requirements with a NUL": ("requirements.txt", b"orchard==1.0\0\n"),
    # contradictory
    "two versions": ("requirements.txt", b"orchard==1.0\norchard==2.0\n"),
    "two versions, included": ("requirements.txt", b"orchard==1.0\n-r more.txt\n"),
    # out for more
    "a path for a name": (
        "uv.lock",
        GOOD.replace('name = "orchard"', 'name = "../../../etc/passwd"').encode(),
    ),
    "a path for a version": (
        "uv.lock",
        GOOD.replace('version = "1.0"', 'version = "../../x"', 1).encode(),
    ),
    "a shell in a name": (
        "uv.lock",
        GOOD.replace('"orchard"', '"orchard; touch OWNED"').encode(),
    ),
    "a shell in a version": ("requirements.txt", b"orchard==$(touch OWNED)\n"),
    "a source on the net": (
        "uv.lock",
        GOOD.replace(
            _ORCHARD, 'source = { url = "http://127.0.0.1:9/x.whl" }'
        ).encode(),
    ),
    "a source in git": (
        "uv.lock",
        GOOD.replace(_ORCHARD, 'source = { git = "ext::sh -c touch% OWNED" }').encode(),
    ),
    "a wheel in a path": (
        "uv.lock",
        GOOD.replace(
            _ORCHARD, 'source = { path = "../../x-1.0-py3-none-any.whl" }'
        ).encode(),
    ),
    "an archive of PEP 751": (
        "pylock.toml",
        (
            f'{_PYLOCK}version = "1.0"\n[packages.archive]\n'
            'url = "http://127.0.0.1:9/x.tar.gz"\nhashes = { sha256 = "00" }\n'
        ).encode(),
    ),
    "an address": ("requirements.txt", b"orchard @ http://127.0.0.1:9/x.whl\n"),
    "a bare address": ("requirements.txt", b"http://127.0.0.1:9/x.whl\n"),
    "a local file": ("requirements.txt", b"./evil-1.0-py3-none-any.whl\n"),
    "editable elsewhere": ("requirements.txt", b"-e ../../elsewhere\n"),
    "an include out of it": ("requirements.txt", b"-r ../../../../etc/passwd\n"),
    "an absolute include": ("requirements.txt", b"-r /etc/passwd\n"),
    "an include of the net": ("requirements.txt", b"-r http://127.0.0.1:9/r.txt\n"),
    "an option of pip": ("requirements.txt", b"--config-settings x=y\n"),
    "a link out of it": ("requirements.txt", b"-r link.txt\n"),
    "an address in pyproject": (
        "pyproject.toml",
        b'[project]\nname = "shop"\ndependencies = ["x @ http://127.0.0.1:9/x.whl"]\n',
    ),
}
"""A word for each, its file, and what is in it."""


def plant(folder: Path, what: str) -> str:
    """Write one of them, with what it points to; the name of the file."""
    name, content = HOSTILE[what]
    (folder / name).write_bytes(content)
    (folder / "more.txt").write_text("orchard==3.0\n", encoding="utf-8")
    outside = folder.parent / "outside.txt"
    outside.write_text("orchard==1.0\n", encoding="utf-8")
    (folder / "link.txt").symlink_to(outside)
    return name

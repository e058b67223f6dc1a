"""Tiny real distributions, equal byte for byte whenever the arguments are."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import stat
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest instant a zip can name, so that every build is the same build."""


def write_wheel(
    folder: Path,
    name: str,
    version: str,
    files: Mapping[str, str] | Mapping[str, bytes] | Mapping[str, str | bytes],
    *,
    requires: Sequence[str] = (),
    requires_python: str | None = None,
    extras: Sequence[str] = (),
    tag: str = "py3-none-any",
) -> Path:
    """Write an installable wheel that holds `files` (path to content), RECORD and all.

    `requires` are Requires-Dist lines as they stand, markers included.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{stem}-{tag}.whl"
    info = f"{stem}.dist-info"
    metadata = _metadata(name, version, requires, requires_python, extras)
    folder.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    members: dict[str, str | bytes] = {
        member: files[member] for member in sorted(files)
    }
    members[f"{info}/METADATA"] = metadata
    members[f"{info}/WHEEL"] = _wheel(tag)
    members[f"{info}/RECORD"] = _record(f"{info}/RECORD", members)
    with ZipFile(path, "w") as wheel:
        for member, content in members.items():
            wheel.writestr(_entry(member), content)
    return path


def write_sdist(folder: Path, name: str, version: str) -> Path:
    """Write a source distribution that would have to be built to be installed."""
    stem = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{stem}.tar.gz"
    folder.mkdir(parents=True, exist_ok=True)
    members = {
        "PKG-INFO": _metadata(name, version, (), None, ()),
        "pyproject.toml": "[build-system]\n"
        'requires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
        "setup.py": "from setuptools import setup\n\n"
        f"setup(name={name!r}, version={version!r})\n",
    }
    with (
        path.open("wb") as raw,
        # A gzip header holds a name and a time unless told otherwise.
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for member, text in members.items():
            entry = tarfile.TarInfo(f"{stem}/{member}")
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return path


def _metadata(
    name: str,
    version: str,
    requires: Sequence[str],
    requires_python: str | None,
    extras: Sequence[str],
) -> str:
    """Give the text of METADATA or PKG-INFO (core metadata 2.2)."""
    lines = ["Metadata-Version: 2.2", f"Name: {name}", f"Version: {version}"]
    lines += [f"Provides-Extra: {extra}" for extra in extras]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    if requires_python is not None:
        lines.append(f"Requires-Python: {requires_python}")
    return "\n".join(lines) + "\n"


def _wheel(tag: str) -> str:
    """Give the text of WHEEL (PEP 427), with all the tags that one set stands for."""
    pythons, abis, platforms = (part.split(".") for part in tag.split("-"))
    tags = [f"{py}-{abi}-{at}" for py in pythons for abi in abis for at in platforms]
    pure = "true" if platforms == ["any"] else "false"
    head = f"Wheel-Version: 1.0\nGenerator: planted\nRoot-Is-Purelib: {pure}\n"
    return head + "".join(f"Tag: {line}\n" for line in tags)


def _record(path: str, members: Mapping[str, str | bytes]) -> str:
    """List every member with its hash and size, and itself without (PEP 376, 427)."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for member, content in members.items():
        data = content.encode() if isinstance(content, str) else content
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
        rows.writerow((member, f"sha256={digest.decode().rstrip('=')}", len(data)))
    rows.writerow((path, "", ""))
    return text.getvalue()


def _entry(path: str) -> ZipInfo:
    """Make a plain readable file of it, free of the clock and the umask."""
    entry = ZipInfo(path, date_time=EPOCH)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry

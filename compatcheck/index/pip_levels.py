"""What pip's variables and pip's configuration files say about indexes.

Names, places and precedence: https://pip.pypa.io/en/stable/topics/configuration/.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping
from configparser import Error, RawConfigParser
from pathlib import Path

from compatcheck.errors import Problem, UsageError
from compatcheck.index.locations import IndexLocation, Level, as_address

_SECTIONS = ("global", "download", "install")
"""Read in this order, the later ones winning; we ask what an install would ask."""


def pip_variables(environ: Mapping[str, str], folder: Path) -> Level:
    """Read the `PIP_*` variables; relative paths count from `folder`."""
    options = {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("PIP_")
    }
    return _level("PIP_* variables", options, environ, folder)


def pip_files(
    environ: Mapping[str, str], folder: Path, etc: Path, prefix: Path
) -> Level:
    """Read pip's files: the system's, the user's, the environment's at `prefix`.

    A later file wins over an earlier one, and `PIP_CONFIG_FILE` over all.
    Raises `UsageError` where a file is not INI.
    """
    merged: dict[tuple[str, str], str] = {}
    for path in _places(environ, folder, etc, prefix):
        merged.update(_read(path))
    options = {
        option: value
        for section in _SECTIONS
        for (where, option), value in merged.items()
        if where == section
    }
    return _level("pip configuration files", options, environ, folder)


def _level(
    origin: str, options: Mapping[str, str], environ: Mapping[str, str], folder: Path
) -> Level:
    """Make a level of pip's options; like pip, take an empty one as not given."""
    home = Path(environ["HOME"]) if environ.get("HOME") else None

    def listed(option: str) -> tuple[str, ...]:
        return tuple(options.get(option, "").split())

    default = options.get("index-url", "").strip()
    certificates = options.get("cert", "").strip()
    extra = [as_address(text, folder, home) for text in listed("extra-index-url")]
    links = [as_address(text, folder, home) for text in listed("find-links")]
    return Level(
        origin=origin,
        family="pip",
        default=IndexLocation(url=as_address(default, folder, home), default=True)
        if default
        else None,
        extra=tuple(IndexLocation(url=url) for url in extra) or None,
        find_links=tuple(links) or None,
        no_index=_truth(options.get("no-index", "")),
        certificates=Path(certificates) if certificates else None,
        insecure_hosts=listed("trusted-host") or None,
        keyring=options.get("keyring-provider", "").strip() or None,
    )


def _places(
    environ: Mapping[str, str], folder: Path, etc: Path, prefix: Path
) -> Iterator[Path]:
    """Yield the files that pip would read, weakest first."""
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:  # pip's own way to say "none at all"
        return
    chosen = folder / named if named else None
    found = chosen is not None and chosen.exists()
    yield from _shared(environ, etc)
    if not found and environ.get("HOME"):
        yield from _personal(environ, Path(environ["HOME"]))
    yield prefix / "pip.conf"
    if chosen is not None and found:
        yield chosen


def _shared(environ: Mapping[str, str], etc: Path) -> Iterator[Path]:
    """Yield the files of the whole machine."""
    if platform.system() == "Darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
        return
    folders = environ.get("XDG_CONFIG_DIRS") or str(etc / "xdg")
    yield from (Path(part) / "pip" / "pip.conf" for part in folders.split(":") if part)
    yield etc / "pip.conf"


def _personal(environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Yield the files of the user, the one at the old place first."""
    yield home / ".pip" / "pip.conf"
    library = home / "Library" / "Application Support" / "pip"
    if platform.system() == "Darwin" and library.is_dir():
        yield library / "pip.conf"
        return
    config = environ.get("XDG_CONFIG_HOME") or str(home / ".config")
    yield Path(config) / "pip" / "pip.conf"


def _read(path: Path) -> dict[tuple[str, str], str]:
    """Read one file, if it is there, as (section, option) to value."""
    parser = RawConfigParser()
    try:
        with path.open(encoding="utf-8") as lines:
            parser.read_file(lines)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (Error, UnicodeDecodeError) as error:
        # The parser's own words quote the line, and with it perhaps a password.
        line = re.search(r"line:?\s+(\d+)", str(error))
        message = f"not valid INI{f' at line {line[1]}' if line else ''}"
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    else:
        return {
            (section, option.lower().replace("_", "-").removeprefix("--")): value
            for section in parser.sections()
            for option, value in parser.items(section)
        }
    raise UsageError(
        Problem(place=str(path), message=message, mend="mend or remove that file")
    )


def _truth(word: str) -> bool | None:
    """Read a flag as pip does; None where it is not given."""
    return word.strip().lower() in {"1", "true", "yes", "on", "t", "y"} or None

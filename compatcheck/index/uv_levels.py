"""What uv's variables and uv's configuration files say about indexes.

Names and precedence: https://docs.astral.sh/uv/concepts/configuration-files/ and
https://docs.astral.sh/uv/concepts/indexes/.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from compatcheck.errors import Problem, UsageError
from compatcheck.index.locations import (
    IndexLocation,
    Level,
    Strategy,
    as_address,
    first,
)
from compatcheck.index.redact import redact

_NAMED = re.compile(r"(?P<name>[\w.\-]+)=(?P<url>.+)", re.ASCII)
_TRUE = ("1", "true", "yes", "on", "t", "y")


class _Table(BaseModel):
    """A table of uv's, of which only what concerns us is read and checked."""

    model_config = ConfigDict(
        extra="ignore", strict=True, alias_generator=lambda name: name.replace("_", "-")
    )


class _Index(_Table):
    """One `[[index]]`."""

    url: str
    name: str | None = None
    default: bool = False
    explicit: bool = False
    format: Literal["simple", "flat"] = "simple"


class _Options(_Table):
    """The options that stand both at the top and below `[pip]`."""

    index: list[_Index] = Field(default_factory=list)
    index_url: str | None = None
    extra_index_url: list[str] = Field(default_factory=list)
    find_links: list[str] = Field(default_factory=list)
    no_index: bool | None = None
    index_strategy: Strategy | None = None
    keyring_provider: str | None = None
    allow_insecure_host: list[str] = Field(default_factory=list)


class _File(_Options):
    """A whole `uv.toml`, or `[tool.uv]`."""

    pip: Annotated[_Options, Field(default_factory=_Options)]


def uv_variables(environ: Mapping[str, str], folder: Path) -> Level:
    """Read the `UV_*` variables; relative paths count from `folder`.

    Raises `UsageError` where one holds a word that uv would refuse.
    """
    default = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL")
    extra = [
        *environ.get("UV_INDEX", "").split(),
        *environ.get("UV_EXTRA_INDEX_URL", "").split(),
    ]
    links = [part.strip() for part in environ.get("UV_FIND_LINKS", "").split(",")]
    certificates = environ.get("SSL_CERT_FILE")
    return Level(
        origin="UV_* variables",
        family="uv",
        default=_entry(default, folder, environ, default=True) if default else None,
        extra=tuple(_entry(text, folder, environ) for text in extra) or None,
        find_links=tuple(as_address(link, folder) for link in links if link) or None,
        no_index=environ.get("UV_NO_INDEX", "").lower() in _TRUE or None,
        strategy=_strategy(environ.get("UV_INDEX_STRATEGY")),
        certificates=Path(certificates) if certificates else None,
        insecure_hosts=tuple(environ.get("UV_INSECURE_HOST", "").split()) or None,
        keyring=environ.get("UV_KEYRING_PROVIDER") or None,
    )


def is_offline(environ: Mapping[str, str]) -> bool:
    """Whether `UV_OFFLINE` says that the network is to be left alone."""
    return environ.get("UV_OFFLINE", "").lower() in _TRUE


def uv_files(environ: Mapping[str, str], folder: Path, etc: Path) -> Level:
    """Read uv's files: the nearest project's, then the user's, then the system's.

    As in uv, lists add up in that order, and of anything else the first one counts.
    Raises `UsageError` with every problem found in the first file that is broken.
    """
    files = [(path, _read(path, keys)) for path, keys in _places(environ, folder, etc)]
    # Below [pip] is what counts for resolving, so it comes before the top of any file.
    options = [(path, file.pip) for path, file in files]
    options += [(path, file) for path, file in files]
    locations = [
        (location, table.format)
        for path, option in options
        for location, table in _locations(path, option, environ)
    ]
    simple = [location for location, form in locations if form == "simple"]
    flat = [location.url for location, form in locations if form == "flat"]
    links = [
        as_address(link, path.parent)
        for path, option in options
        for link in option.find_links
    ]
    hosts = [host for _, option in options for host in option.allow_insecure_host]
    return Level(
        origin="uv configuration files",
        family="uv",
        default=first(location for location in simple if location.default),
        extra=tuple(one for one in simple if not one.default) or None,
        find_links=tuple(dict.fromkeys([*links, *flat])) or None,
        no_index=first(option.no_index for _, option in options),
        strategy=first(option.index_strategy for _, option in options),
        insecure_hosts=tuple(dict.fromkeys(hosts)) or None,
        keyring=first(option.keyring_provider for _, option in options),
    )


def _places(
    environ: Mapping[str, str], folder: Path, etc: Path
) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield the files that count, each with the keys that lead to uv's table in it."""
    if environ.get("UV_CONFIG_FILE"):
        yield folder / environ["UV_CONFIG_FILE"], ()
        return
    if environ.get("UV_NO_CONFIG", "").lower() in _TRUE:
        return
    if project := _project(folder):
        yield project
    home = environ.get("XDG_CONFIG_HOME") or _under_home(environ, ".config")
    if home and (user := Path(home) / "uv" / "uv.toml").is_file():
        yield user, ()
    shared = environ.get("XDG_CONFIG_DIRS") or str(etc / "xdg")
    system = [Path(part) / "uv" / "uv.toml" for part in shared.split(":") if part]
    for path in [*system, etc / "uv" / "uv.toml"]:
        if path.is_file():
            yield path, ()
            return


def _project(folder: Path) -> tuple[Path, tuple[str, ...]] | None:
    """Find the nearest `uv.toml`, or `pyproject.toml` with a table for uv, upwards."""
    for parent in (folder.resolve(), *folder.resolve().parents):
        if (parent / "uv.toml").is_file():
            return parent / "uv.toml", ()
        pyproject = parent / "pyproject.toml"
        if pyproject.is_file() and "uv" in _toml(pyproject).get("tool", {}):
            return pyproject, ("tool", "uv")
    return None


def _under_home(environ: Mapping[str, str], name: str) -> str | None:
    """Give a path in the home folder; None where there is no home."""
    return f"{environ['HOME']}/{name}" if environ.get("HOME") else None


def _read(path: Path, keys: tuple[str, ...]) -> _File:
    """Read and check one file. Raises `UsageError` naming each bad key in it."""
    table: Any = _toml(path)
    for key in keys:
        table = table[key]
    try:
        return _File.model_validate(table)
    except ValidationError as error:
        problems = [
            Problem(
                place=f"{path}: {'.'.join(map(str, (*keys, *fault['loc'])))}",
                message=redact(fault["msg"]),
                mend="write it as uv's settings reference says",
            )
            # Without the value: it may be an address with a password in it.
            for fault in error.errors(include_input=False, include_url=False)
        ]
    raise UsageError(*problems)


def _toml(path: Path) -> dict[str, Any]:
    """Parse one file. Raises `UsageError` where it is not there or not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"not valid TOML: {redact(str(error))}"
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    raise UsageError(
        Problem(place=str(path), message=message, mend="mend or remove that file")
    )


def _locations(
    path: Path, options: _Options, environ: Mapping[str, str]
) -> Iterator[tuple[IndexLocation, _Index]]:
    """Yield the indexes of one file in uv's order, those by name only left out."""
    tables = [table for table in options.index if not table.explicit]
    tables += [_Index(url=url) for url in options.extra_index_url]
    if options.index_url:
        tables.append(_Index(url=options.index_url, default=True))
    for table in tables:
        url = as_address(table.url, path.parent)
        location = IndexLocation(
            url=_with_credentials(url, table.name, environ),
            name=table.name,
            default=table.default,
        )
        yield location, table


def _entry(
    text: str, folder: Path, environ: Mapping[str, str], *, default: bool = False
) -> IndexLocation:
    """Read `address` or `name=address`."""
    named = _NAMED.fullmatch(text)
    name, url = (named["name"], named["url"]) if named else (None, text)
    url = _with_credentials(as_address(url, folder), name, environ)
    return IndexLocation(url=url, name=name, default=default)


def _with_credentials(url: str, name: str | None, environ: Mapping[str, str]) -> str:
    """Put `UV_INDEX_<NAME>_USERNAME` and `…_PASSWORD` into an address."""
    if name is None:
        return url
    stem = "UV_INDEX_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
    user = environ.get(f"{stem}_USERNAME", "")
    password = environ.get(f"{stem}_PASSWORD", "")
    parts = urlsplit(url)
    if not (user or password) or not parts.hostname:
        return url
    secret = f":{quote(password, safe='')}" if password else ""
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user, safe='')}{secret}@{host}").geturl()


def _strategy(word: str | None) -> Strategy | None:
    """Check the word. Raises `UsageError` where uv would not know it."""
    match word:
        case None | "":
            return None
        case "first-index" | "unsafe-first-match" | "unsafe-best-match":
            return word
        case _:
            raise UsageError(
                Problem(
                    place="UV_INDEX_STRATEGY",
                    message=f"{word!r} is not a strategy",
                    mend="write first-index, unsafe-first-match or unsafe-best-match",
                )
            )

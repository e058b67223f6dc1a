"""Requirements as pip has them, with what they include, constraints and hashes.

https://pip.pypa.io/en/stable/reference/requirements-file-format/

A file of exact versions is a lock; one with ranges is resolved, the base as of its
commit. Addresses are not followed: where distributions come from is said by whoever
runs the gate, not by a file that a stranger may have changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import PurePosixPath
from typing import Final

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from compatcheck.config.constraint_files import logical_lines
from compatcheck.gate.locks import (
    Entry,
    Lock,
    Place,
    Tree,
    Wanted,
    applies,
    by_name,
    exact,
    quoted,
)

KIND: Final = "requirements.txt"
RANK: Final = 30
USUAL: Final = ("requirements.txt",)
_INCLUDE: Final = re.compile(
    r"(?P<kind>-r|-c|--requirement|--constraint)(\s*=\s*|\s+|(?<=-[rc]))(?P<path>\S.*)"
)
_OWN: Final = re.compile(r"(-e|--editable)(\s+|=)(\.|\./|file:\.)(\[[^]]*\])?")
_PASSED_OVER: Final = frozenset(
    {
        *("-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links"),
        *("--trusted-host", "--no-binary", "--only-binary", "--prefer-binary"),
        *("--require-hashes", "--pre", "--use-feature"),
    }
)
"""What says how to install, and where from: the gate's user says that."""
_HASH: Final = re.compile(r"--hash[=\s]\s*(\w+:[0-9a-fA-F]+)")
_REST: Final = re.compile(r"\s+--?[a-z].*$")
_VIA: Final = re.compile(r"#\s*(?:via)?\s*(?P<who>[^#]*)$")


def claims(name: str) -> bool:
    """Whether a file of that name is one."""
    return name.endswith((".txt", ".in"))


def read(tree: Tree, path: str, wanted: Wanted) -> Lock:
    """The lock in that file and what it includes. Raises `UsageError`."""
    del wanted  # such a file has no parts
    found = _Found()
    _read(tree, path, found, above=(), constrains=False)
    place = Place(path, label=tree.label)
    vias = found.vias
    return Lock(
        path=path,
        kind=KIND,
        choose=partial(_choose, tuple(found.lines), place),
        everything=tuple(_told(line, vias) for line in found.lines),
        constraints=tuple(found.constraints),
        notes=tuple(dict.fromkeys(found.notes)),
        direct=_direct(found.lines, vias),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    entry: Entry
    marker: Marker | None


@dataclass(slots=True)
class _Found:
    """What was read so far."""

    lines: list[_Line] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    vias: dict[str, set[str]] = field(default_factory=dict)
    """By distribution, who it says it is there for (`# via flask`)."""


def _read(
    tree: Tree, path: str, found: _Found, above: tuple[str, ...], *, constrains: bool
) -> None:
    place = Place(path, label=tree.label)
    text = _text(tree, path, place)
    if not constrains:
        _note_vias(text, found.vias)
    for number, line in logical_lines(text):
        here = Place(path, number, label=tree.label)
        include = _INCLUDE.fullmatch(line)
        if include is not None:
            inner = _inside(path, include["path"].strip(), here)
            if inner in (path, *above):  # what includes itself has nothing to add
                continue
            kind = constrains or include["kind"] in {"-c", "--constraint"}
            _read(tree, inner, found, (*above, path), constrains=kind)
        elif line.startswith("-"):
            _option(line, here, found)
        elif constrains:
            found.constraints.append(str(_requirement(line, here)))
        else:
            found.lines.append(_line(line, here))


def _text(tree: Tree, path: str, place: Place) -> str:
    raw = tree.read(path)
    if raw is None:
        raise place.wrong("it is included and not there", "add it, or leave it out")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise place.wrong("this is not UTF-8 text") from None


def _inside(path: str, inner: str, place: Place) -> str:
    """The path of an included file. Raises `UsageError` where it leads elsewhere."""
    mend = "include files of the repository alone"
    if "://" in inner or inner.startswith(("file:", "~", "$", "/", "\\")):
        raise place.wrong(f"{quoted(repr(inner))} leads out of the repository", mend)
    parts: list[str] = []
    for part in (*PurePosixPath(path).parent.parts, *PurePosixPath(inner).parts):
        if part == "..":
            if not parts:
                words = f"{quoted(repr(inner))} leads out of the repository"
                raise place.wrong(words, mend)
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _option(line: str, place: Place, found: _Found) -> None:
    name = re.split(r"[ =]", line)[0]
    if _OWN.fullmatch(line):
        return  # the project itself, which is on the path as it is
    if name not in _PASSED_OVER:
        # The option's value is not shown: it may be an address with a password.
        raise place.wrong(
            f"the option {quoted(name)} is none that the gate follows",
            "leave requirements, -r and -c lines only",
        )
    found.notes.append(
        f"{quoted(place.file)}: {name} is passed over; your own configuration says"
        " where distributions come from"
    )


def _line(line: str, place: Place) -> _Line:
    requirement = _requirement(line, place)
    version = exact(requirement.specifier, place)
    entry = Entry(
        distribution=canonicalize_name(requirement.name),
        version=version,
        specifier="" if version is not None else str(requirement.specifier),
        extras=tuple(sorted(map(canonicalize_name, requirement.extras))),
        hashes=frozenset(it.lower() for it in _HASH.findall(line)),
        file=place.file,
        line=place.line or 1,
    )
    return _Line(entry=entry, marker=requirement.marker)


def _requirement(line: str, place: Place) -> Requirement:
    try:
        found = Requirement(_REST.sub("", line))
    except (InvalidRequirement, RecursionError):
        raise place.wrong(f"{quoted(repr(line))} is no requirement") from None
    if found.url is not None:
        raise place.wrong(
            f"{found.name} comes from an address, and the gate follows none",
            "take it from an index, or leave it out of what is gated",
        )
    return found


def _choose(
    lines: Sequence[_Line], place: Place, markers: Mapping[str, str]
) -> tuple[Entry, ...]:
    """What is installed where these markers hold."""
    return by_name([it.entry for it in lines if applies(it.marker, markers)], place)


def _note_vias(text: str, vias: dict[str, set[str]]) -> None:
    """Note who each line says it is there for, as pip-compile and uv write it.

    Only to choose what to ask: nothing that is told rests on a comment.
    """
    name: str | None = None
    for line in text.splitlines():
        bare = line.strip()
        if bare and not bare.startswith(("#", "-")) and (head := _head(bare)):
            name = head
        if name is not None and "#" in bare and (via := _VIA.search(bare)):
            vias.setdefault(name, set()).update(_who(via["who"]))


def _head(line: str) -> str | None:
    match = re.match(r"[A-Za-z0-9][\w.-]*", line)
    return canonicalize_name(match[0]) if match else None


def _who(text: str) -> Iterator[str]:
    for part in text.split(","):
        word = part.strip()
        if word.startswith("-"):
            yield "-"
        elif re.fullmatch(r"[A-Za-z0-9][\w.-]*", word):
            yield canonicalize_name(word)


def _told(line: _Line, vias: Mapping[str, set[str]]) -> Entry:
    """The entry, with what it needs where every line says who it is there for."""
    entry = line.entry
    if not vias:
        return entry
    needs = (name for name, whose in vias.items() if entry.distribution in whose)
    return replace(entry, needs=frozenset(needs))


def _direct(
    lines: Sequence[_Line], vias: Mapping[str, set[str]]
) -> frozenset[str] | None:
    """What somebody else than a distribution wants; uv says nothing of a group's."""
    if not vias:
        return None
    names = {line.entry.distribution for line in lines}
    return frozenset(it for it in names if not vias.get(it) or vias[it] - names)

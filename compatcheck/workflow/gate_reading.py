"""What a gate is about: both locks, the project, its Pythons and its waivers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from compatcheck.config.pyproject import Project, find, load, read_project
from compatcheck.config.said import Problems
from compatcheck.diagnosis.catalogue import catalogue
from compatcheck.errors import Problem, UsageError
from compatcheck.gate.causes import UNDETERMINED, UNSOLVABLE
from compatcheck.gate.locks import Lock, Tree, Wanted, quoted
from compatcheck.gate.pythons import Supported, supported
from compatcheck.gate.readers import find as find_lock
from compatcheck.gate.readers import read_named
from compatcheck.gate.trees import Base, CommitTree, FolderTree, Git, merge_base
from compatcheck.gate.waivers import Waiver, check
from compatcheck.interpreters import available, choose
from compatcheck.model import Interpreter
from compatcheck.workflow.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asks of the gate."""

    base: str
    """A ref, or a lock file."""
    lock: str | None = None
    python: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = None
    strict: bool = False


@dataclass(frozen=True, kw_only=True)
class Read:
    """All that was read before anything is asked."""

    asked: Asked
    project: Project
    own: str
    """The project's name, or what stands for it."""
    top: Path
    """The repository's folder, else the project's: places are told from there."""
    prefix: str
    """The project's folder below it, with a slash at its end."""
    base: Lock
    head: Lock
    since: Base | None
    """The commit, where base is one."""
    waivers: tuple[Waiver, ...]
    supports: Supported | None
    """None where the user names the Pythons."""
    named: tuple[str, ...]
    places: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not followed."""
        told = (*self.base.notes, *self.head.notes)
        more = self.supports.note if self.supports else ""
        return tuple(dict.fromkeys((*told, *([more] if more else []))))

    def pythons(self, session: Session) -> tuple[Interpreter, ...]:
        """Those to ask in. Raises `UsageError` naming those that are not here."""
        return choose(self.named, session.environ, self.places)


def read_both(asked: Asked, session: Session) -> Read:
    """Read both locks. Raises `UsageError` in one line for what is wrong with them."""
    problems = Problems()
    project = read_project(session.folder, problems)
    if problems.found:
        raise UsageError(*problems.found)
    home = project.root if project.name or _has_file(project) else session.folder
    home = home.resolve()
    top = _top(home, session)
    prefix = "" if home == top else f"{home.relative_to(top).as_posix()}/"
    wanted = Wanted(
        extras=frozenset(map(canonicalize_name, asked.extras)),
        groups=None
        if asked.groups is None
        else frozenset(map(canonicalize_name, asked.groups)),
    )
    path = _path(asked.lock, session, top)
    head_tree = FolderTree(root=top)
    head = _read(head_tree, path, prefix, wanted)
    base, since = _base(asked.base, session, top, prefix, path, wanted)
    raw = _raw(home)
    named, places, supports = _pythons(asked, project, raw, session)
    waivers = _waivers(project)
    check(waivers, {*catalogue(), UNSOLVABLE, UNDETERMINED})
    return Read(
        asked=asked,
        project=project,
        own=project.name or canonicalize_name(home.name) or "project",
        top=top,
        prefix=prefix,
        base=base,
        head=head,
        since=since,
        waivers=waivers,
        supports=supports,
        named=named,
        places=places,
    )


def _has_file(project: Project) -> bool:
    return (project.root / "pyproject.toml").is_file()


def _top(home: Path, session: Session) -> Path:
    """The repository's folder, if there is one around the project."""
    for above in (home, *home.parents):
        if (above / ".git").exists():
            told = Git(folder=home, environ=session.environ).text(
                "rev-parse", "--show-toplevel"
            )
            return Path(told).resolve() if told else home
    return home


def _path(lock: str | None, session: Session, top: Path) -> str | None:
    """The lock that is named, from the top. Raises `UsageError`."""
    if lock is None:
        return None
    wrong = Problem(
        place="--lock",
        message=f"{quoted(repr(lock))} is no file of the repository",
        mend="name a lock below it",
    )
    try:
        # Not `resolve`: what is named may be a link, and its kind is told by its name.
        path = Path(os.path.normpath(session.folder.resolve() / lock))
        return path.relative_to(top).as_posix()
    except (OSError, ValueError, RuntimeError):
        raise UsageError(wrong) from None


def _read(tree: Tree, path: str | None, prefix: str, wanted: Wanted) -> Lock:
    if path is not None:
        return read_named(tree, path, wanted)
    return find_lock(tree, prefix.rstrip("/"), wanted)


def _base(
    base: str,
    session: Session,
    top: Path,
    prefix: str,
    path: str | None,
    wanted: Wanted,
) -> tuple[Lock, Base | None]:
    """The lock of base: a file of that name, else as it was at a commit."""
    file = _file(base, session)
    if file is not None:
        tree = FolderTree(root=file.parent, label="base")
        return read_named(tree, file.name, wanted), None
    since = merge_base(base, top, session.environ)
    if path is not None and since.tree.read(path) is not None:
        return read_named(since.tree, path, wanted), since
    return find_lock(since.tree, prefix.rstrip("/"), wanted), since


def _file(base: str, session: Session) -> Path | None:
    try:
        file = session.folder / base
        return file.absolute() if base and file.is_file() else None
    except (OSError, ValueError):
        return None


def _raw(home: Path) -> Mapping[str, Any]:
    """The `[project]` table as it stands."""
    file = find(home)
    data = load(file, "pyproject.toml") if file else {}
    project = data.get("project")
    return project if isinstance(project, dict) else {}


def _pythons(
    asked: Asked, project: Project, raw: Mapping[str, Any], session: Session
) -> tuple[tuple[str, ...], tuple[str, ...], Supported | None]:
    """The Pythons to ask in and where they are named; what the project says of it."""
    if asked.python:
        return asked.python, ("--python",) * len(asked.python), None
    if listed := project.table.python:
        places = [project.at("python", number) for number in range(len(listed))]
        return tuple(listed), tuple(places), None
    here: Sequence[Interpreter] = ()
    if "requires-python" in raw:
        here = [
            it for it in available(session.environ) if it.implementation == "cpython"
        ]
    told = supported(raw, {it.minor for it in here})
    places = [f"{project.place}: project"] * len(told.requests)
    return told.requests, tuple(places), told


def _waivers(project: Project) -> tuple[Waiver, ...]:
    return tuple(
        Waiver(
            rule=it.rule,
            pair=frozenset(it.pair),
            symbol=it.symbol,
            reason=it.reason,
            expires=it.expires,
            place=project.at("waivers", number),
        )
        for number, it in enumerate(project.table.waivers)
    )


__all__ = ["Asked", "CommitTree", "Read", "read_both"]

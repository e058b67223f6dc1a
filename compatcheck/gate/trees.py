"""Two sides: the folder as it is, and the repository as it was at a commit."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from compatcheck.errors import CouldNotTell, Problem, UsageError
from compatcheck.gate.locks import LARGEST, Place, quoted

_PATIENCE: Final = 120.0
"""Seconds that git may take."""
_KEPT: Final = ("HOME", "LANG", "PATH", "SYSTEMROOT", "XDG_CONFIG_HOME")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderTree:
    """Files below a folder, as they are now."""

    root: Path
    label: str = "head"

    def read(self, path: str) -> bytes | None:
        """A file, by its path from the root; None where there is none.

        Raises `UsageError` for what is too large, or leads out of the root.
        """
        place = Place(path, label=self.label)
        try:
            file = (self.root / path).resolve()
            if not file.is_relative_to(self.root.resolve()):
                raise place.wrong(
                    "it leads out of the folder", "name a file of the repository"
                )
            if not file.is_file():
                return None
            _bear(file.stat().st_size, place)
            return file.read_bytes()
        except (OSError, ValueError, RuntimeError) as error:
            words = getattr(error, "strerror", None) or "it leads to no file"
            raise place.wrong(f"it cannot be read: {words}", "mend it") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitTree:
    """Files of a repository as they were at a commit; nothing is checked out."""

    git: Git
    commit: str
    prefix: str = ""
    """The folder that paths start from, with a slash at its end."""

    @property
    def label(self) -> str:
        """How messages call it."""
        return f"base {self.commit[:8]}"

    def read(self, path: str) -> bytes | None:
        """A file, by its path; None where there was none.

        Raises `UsageError` for what is too large, or is no file but a link.
        """
        place = Place(path, label=self.label)
        listed = self.git.raw(
            "ls-tree", "-l", "-z", self.commit, "--", f"{self.prefix}{path}"
        )
        entry = re.fullmatch(rb"(\d+) blob (\w+) +(\d+)\t[^\0]*\0", listed)
        if entry is None:
            return None
        if entry[1] == b"120000":
            raise place.wrong("it is a link", "commit the file itself")
        _bear(int(entry[3]), place)
        return self.git.raw("cat-file", "blob", entry[2].decode())


def _bear(size: int, place: Place) -> None:
    if size > LARGEST:
        raise place.wrong(
            f"it has {size} bytes, more than the {LARGEST} that a lock may have",
            "name the file that says what gets installed",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """A repository, asked with the user's git; hooks and helpers of it do not run."""

    folder: Path
    environ: Mapping[str, str]

    def raw(self, *arguments: str, variables: Mapping[str, str] | None = None) -> bytes:
        """What git writes. Raises `CouldNotTell` with its first word of complaint."""
        ended = self._run(arguments, variables or {})
        if ended.returncode:
            raise CouldNotTell(f"git {arguments[0]}: {_complaint(ended.stderr)}")
        return ended.stdout

    def text(self, *arguments: str) -> str | None:
        """What git writes, stripped; None where it says no."""
        ended = self._run(arguments, {})
        told = ended.stdout.decode("utf-8", "surrogateescape").strip()
        return None if ended.returncode else told

    def _run(
        self, arguments: Sequence[str], variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        kept = {name: self.environ[name] for name in _KEPT if name in self.environ}
        safe = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
        try:
            return subprocess.run(
                ["git", "--literal-pathspecs", *safe, *arguments],  # noqa: S607 - the user's git
                cwd=self.folder,
                env={**kept, "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C", **variables},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except FileNotFoundError:
            raise UsageError(
                Problem(
                    place="--base",
                    message="git is not here, and a ref needs it",
                    mend="install git, or name a lock file",
                )
            ) from None
        except subprocess.TimeoutExpired:
            raise CouldNotTell(f"git {arguments[0]} did not end in time") from None


def _complaint(words: bytes) -> str:
    lines = words.decode("utf-8", "replace").splitlines()
    return quoted(lines[0]) if lines else "no word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The commit that a branch is measured against."""

    ref: str
    tree: CommitTree
    committed: datetime
    """Aware, UTC."""


def merge_base(ref: str, folder: Path, environ: Mapping[str, str]) -> Base:
    """Where head and a ref last were the same, for a folder of the repository.

    Raises `UsageError`, each in one line with its mend.
    """
    git = Git(folder=folder, environ=environ)
    prefix = git.text("rev-parse", "--show-prefix")
    if prefix is None:
        raise _wrong("this folder is in no git repository that can be read")
    known = None
    if ref and not ref.startswith("-") and "\0" not in ref:
        known = git.text(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
        )
    shallow = git.text("rev-parse", "--is-shallow-repository") == "true"
    whole = "fetch all of it: git fetch --unshallow (actions/checkout: fetch-depth: 0)"
    if known is None:
        fetch = f"fetch it: git fetch origin {quoted(ref.removeprefix('origin/'))}"
        raise _wrong(
            f"{quoted(repr(ref))} is no commit that this clone has",
            whole if shallow else fetch,
        )
    found = git.text("merge-base", known, "HEAD")
    if not found:
        words = f"{quoted(ref)} and head have no commit in common"
        if shallow:
            raise _wrong(f"{words} in this shallow clone", whole)
        raise _wrong(words, "name the branch that yours came from")
    when = git.text("show", "-s", "--format=%ct", found) or "0"
    return Base(
        ref=ref,
        tree=CommitTree(git=git, commit=found, prefix=prefix),
        committed=datetime.fromtimestamp(int(when), UTC),
    )


def _wrong(message: str, mend: str = "name a lock file as --base FILE") -> UsageError:
    return UsageError(Problem(place="--base", message=message, mend=mend))


@contextmanager
def checked_out(tree: CommitTree, parent: Path) -> Iterator[Path]:
    """The folder as it was at the commit, written out elsewhere while this lasts.

    The repository, its index and its working tree stay as they are.
    """
    with tempfile.TemporaryDirectory(prefix="base-", dir=parent) as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
        tree.git.raw("read-tree", tree.commit, variables=index)
        into = Path(scratch, "tree")
        top = tree.git.text("rev-parse", "--show-toplevel") or "."
        whole = Git(folder=Path(top), environ=tree.git.environ)
        whole.raw(
            *("checkout-index", "--all", "--quiet", f"--prefix={into}{os.sep}"),
            variables=index,
        )
        folder = into / tree.prefix
        folder.mkdir(parents=True, exist_ok=True)
        yield folder

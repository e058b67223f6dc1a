"""A small project in a git repository, whose upgrades a gate is asked about."""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PYPROJECT: Final = """
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["orchard"]

[tool.compatcheck]
source = ["src"]
python = ["3.11"]
"""
SOURCE: Final = """
import json

from orchard import apple


def sell():
    return apple()
"""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A repository in a folder of its own."""

    folder: Path

    def write(self, files: Mapping[str, str]) -> None:
        """Write files, folders and all."""
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")

    def commit(self, message: str = "a step") -> str:
        """Commit all that is there; the commit's hash."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        """Run git there, with nobody's configuration."""
        ended = subprocess.run(
            ["git", *arguments],  # noqa: S607 - the git of whoever tests
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder.parent),
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_AUTHOR_NAME": "somebody",
                "GIT_AUTHOR_EMAIL": "somebody@example.org",
                "GIT_COMMITTER_NAME": "somebody",
                "GIT_COMMITTER_EMAIL": "somebody@example.org",
            },
            check=True,
            capture_output=True,
            text=True,
        )
        return ended.stdout.strip()


def begin(folder: Path, files: Mapping[str, str]) -> Project:
    """A repository whose branch `main` has these files, and a branch `raise` on it."""
    folder.mkdir(parents=True, exist_ok=True)
    project = Project(folder=folder)
    project.git("init", "--quiet", "--initial-branch", "main")
    project.write({"pyproject.toml": PYPROJECT, "src/shop.py": SOURCE, **files})
    project.commit("base")
    project.git("switch", "--quiet", "--create", "raise")
    return project


def uv_lock(packages: Mapping[str, tuple[str, tuple[str, ...]]], *direct: str) -> str:
    """A `uv.lock` with these distributions: version, and what each requires."""
    lines = ["version = 1", "revision = 3", 'requires-python = ">=3.11"', ""]
    for name, (version, needs) in sorted(packages.items()):
        lines += [
            "[[package]]",
            f"name = {json.dumps(name)}",
            f"version = {json.dumps(version)}",
            'source = { registry = "https://index.example.org/simple" }',
            *_needs(needs),
            "",
        ]
    lines += [
        "[[package]]",
        'name = "shop"',
        'version = "1.0"',
        'source = { editable = "." }',
        *_needs(direct),
        "",
    ]
    return "\n".join(lines)


def _needs(names: tuple[str, ...]) -> list[str]:
    if not names:
        return []
    return [
        "dependencies = [",
        *(f"    {{ name = {json.dumps(name)} }}," for name in names),
        "]",
    ]

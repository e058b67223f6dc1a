"""Tiny installed distributions, adaptations for them, and fresh Pythons to run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

SOURCE = Path(__file__).resolve().parents[1] / "src"


def plant(
    site: Path, name: str, version: str, files: Mapping[str, str], *, lost: str = ""
) -> None:
    """Lay files down as an installer does, RECORD and all; `lost` is listed only."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(dedent(text))
    listed = [*files, *([lost] if lost else []), f"{info.name}/METADATA"]
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    )
    (info / "RECORD").write_text("".join(f"{it},,\n" for it in listed))


def adaptation(  # noqa: PLR0913 - one for each part of the file
    folder: Path,
    target: str,
    action: str,
    *,
    slug: str = "it",
    distribution: str = "garden",
    versions: str = "",
    beside: str = "",
    fidelity: str = "ALIAS",
    expires: str = "2999, 1, 1",
) -> Path:
    """Write an adaptation's file; `action` is its Python."""
    module, _, name = target.partition(":")
    path = folder / module / f"{slug}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        dedent(
            f"""
            from datetime import date
            from pathlib import Path
            from compat_shims import Adaptation, Fidelity, Guard, Target
            from compat_shims.actions.adapter import Adapter
            from compat_shims.actions.alias import Alias
            from compat_shims.actions.constant import Constant
            from compat_shims.actions.default import FieldDefault
            from compat_shims.actions.keyword import RenamedKeyword
            from compat_shims.actions.moved import MovedModule, ScatteredModule
            from compat_shims.actions.placeholder import Placeholder
            from compat_shims.actions.restored import RestoredInit

            ADAPTATION = Adaptation(
                target=Target(module={module!r}, name={name or None!r}),
                guard=Guard(distribution={distribution!r}, versions={versions!r},
                    beside={beside!r}),
                action={action},
                fidelity=Fidelity.{fidelity},
                why="{{distribution}} {{version}} is not as asked",
                remedy="upgrade {{distribution}}",
                reference="a test",
                expires=date({expires}),
            )
            """
        )
    )
    return path


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a Python left."""

    code: int
    out: str
    err: str

    @property
    def warnings(self) -> list[str]:
        """The lines of `CompatShimWarning`s."""
        return [it for it in self.err.splitlines() if "CompatShimWarning:" in it]


@dataclass(frozen=True, kw_only=True)
class World:
    """A site folder, a folder of adaptations, and a way to run code with both."""

    site: Path
    shims: Path

    def run(
        self,
        code: str,
        *options: str,
        install: bool = True,
        before: str = "",
        **variables: str,
    ) -> Ran:
        """Run code in a fresh Python, the shim as its first line (after `before`)."""
        lines = [dedent(before)]
        if install:
            lines.append(
                f"import compat_shims; compat_shims.install({str(self.shims)!r})"
            )
        path = os.pathsep.join([str(self.site), str(SOURCE)])
        ended = subprocess.run(
            [sys.executable, *options, "-c", "\n".join([*lines, dedent(code)])],
            env={**os.environ, "PYTHONPATH": path, **variables},
            cwd=self.site.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ran(code=ended.returncode, out=ended.stdout, err=ended.stderr)

    def says(self, code: str, *, before: str = "", install: bool = True) -> str:
        """What such code prints; it has to end well."""
        ran = self.run(code, before=before, install=install)
        assert ran.code == 0, ran.err
        return ran.out.strip()

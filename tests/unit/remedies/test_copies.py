"""Copies to try things in: cheap, and nothing of the user's is reached through them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import python
from planted.wheels import write_wheel

from compatcheck.environments import Uv
from compatcheck.environments.live import Process, inspect
from compatcheck.model.mending import Install, Rewrite
from compatcheck.remedies import apply
from compatcheck.remedies.copies import copied


@pytest.fixture
def uv(tmp_path: Path) -> Uv:
    """Installs from a folder of wheels, and from nowhere else."""
    wheels = tmp_path / "wheels"
    for name, version, text in (("orchard", "1.0", "one"), ("rival", "1.0", "two")):
        write_wheel(
            wheels,
            name,
            version,
            {
                "orchard/__init__.py": f"x = {text!r}\n",
                f"{name}-{version}.dist-info/entry_points.txt": (
                    "[console_scripts]\npress = orchard:x\n"
                ),
                "orchard/data.txt": text,
            },
        )
    return Uv(
        cache=tmp_path / "cache",
        index={"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(wheels)},
        environ=dict(os.environ),
        folder=tmp_path,
    )


@pytest.fixture
def process(tmp_path: Path, uv: Uv) -> Process:
    """A process in an environment with one of the two."""
    env, work = tmp_path / "env", tmp_path / "work"
    work.mkdir()
    uv.run(["venv", "--python", str(python("3.11").executable), str(env)])
    exe = env / "bin" / "python"
    uv.run(["pip", "install", "--python", str(exe), "orchard==1.0"])
    return Process(
        python=exe, command=(str(exe), "-c", "pass"), folder=work, environ={}
    )


def _content(folder: Path) -> dict[str, bytes]:
    return {
        str(it): it.read_bytes()
        for it in sorted(folder.rglob("*"))
        if it.is_file() and not it.is_symlink()
    }


def test_what_is_installed_over_a_linked_file_replaces_it(
    tmp_path: Path, process: Process, uv: Uv
) -> None:
    """Code is linked; another owner of the same path writes to the copy alone."""
    file = next((tmp_path / "env").rglob("orchard/__init__.py"))
    before = _content(tmp_path / "env")
    inspection = inspect(process)
    with copied(process, inspection.python, uv, has_pip=False, scratch=tmp_path) as at:
        there = Path(at.here(str(file)))
        assert there != file
        assert there.stat().st_ino == file.stat().st_ino
        data = there.with_name("data.txt")
        assert data.stat().st_ino != file.with_name("data.txt").stat().st_ino
        apply([Install(requirements=("rival==1.0",))], at)
        assert there.read_text() == "x = 'two'\n"
        assert data.read_text() == "two"
    assert _content(tmp_path / "env") == before


def test_an_edit_of_a_linked_file_stays_in_the_copy(
    tmp_path: Path, process: Process, uv: Uv
) -> None:
    """An import that is written otherwise is written so in the copy."""
    file = next((tmp_path / "env").rglob("orchard/__init__.py"))
    file.write_text("import pip\n")
    step = Rewrite(file=str(file), line=1, old="pip", new="json", name=None)
    inspection = inspect(process)
    with copied(process, inspection.python, uv, has_pip=False, scratch=tmp_path) as at:
        apply([step], at)
        assert "json" in Path(at.here(str(file))).read_text()
    assert file.read_text() == "import pip\n"

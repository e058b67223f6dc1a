"""The start-up file and `run`: what they write, and that they are silent."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from pathlib import Path

import pytest
from planting import SOURCE

from compat_shims.startup import FILES, disable, enable, enabled

STARTED = (
    "import sys; print(any(type(it).__name__ == 'Finder' for it in sys.meta_path))"
)


class Place:
    """A venv that has compat_shims by a path file, as an editable installation."""

    def __init__(self, folder: Path) -> None:
        """Make it."""
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = folder / "bin" / "python"
        (self.site,) = (folder / "lib").glob("python*/site-packages")
        self.path = self.site / "editable.pth"
        self.path.write_text(f"{SOURCE}\n")

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run its Python."""
        return subprocess.run(
            [self.python, *words],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A fresh environment."""
    return Place(tmp_path / "venv")


def test_enabled_environment_starts_it_and_disabled_does_not(place: Place) -> None:
    """Every Python of it has the finder, even isolated; afterwards none has."""
    before = sorted(place.site.rglob("*"))
    assert place.run("-I", "-c", STARTED).stdout == "False\n"
    assert {it.name for it in enable(place.site)} == set(FILES)
    assert place.run("-I", "-c", STARTED).stdout == "True\n"
    assert place.run("-c", STARTED, COMPAT_SHIMS="0").stdout == "False\n"
    assert disable(place.site) != ()
    assert place.run("-I", "-c", STARTED).stdout == "False\n"
    assert (enabled(place.site), sorted(place.site.rglob("*"))) == ((), before)


def _gone(place: Place) -> None:
    place.path.unlink()


def _empty_folder(place: Place) -> None:
    place.path.unlink()
    (place.site / "compat_shims").mkdir()


def _half_gone(place: Place) -> None:
    _empty_folder(place)
    for name in ("__init__.py", "auto.py"):
        text = (SOURCE / "compat_shims" / name).read_text()
        (place.site / "compat_shims" / name).write_text(text)


def _torn(place: Place) -> None:
    _empty_folder(place)
    (place.site / "compat_shims" / "__init__.py").write_text("def install(")


@pytest.mark.parametrize("damage", [_gone, _empty_folder, _half_gone, _torn])
@pytest.mark.parametrize("options", [(), ("-W", "error")])
def test_damaged_package_says_nothing(
    place: Place, damage: object, options: tuple[str, ...]
) -> None:
    """When the package is gone, or half gone, the start-up file is silent."""
    enable(place.site)
    damage(place)  # type: ignore[operator] # one of the functions above
    ended = place.run(*options, "-c", "print('well')")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "well\n", "")


def test_entry_of_the_start_file_is_silent_too(place: Place) -> None:
    """What a Python with PEP 829 calls does the same as the line in the `.pth`."""
    enable(place.site)
    (place.site / "zz_compat_shims.pth").unlink()
    words = (place.site / "zz_compat_shims.start").read_text().splitlines()
    (entry,) = [it for it in words if not it.startswith("#")]
    code = f"import pkgutil; pkgutil.resolve_name({entry!r})(); {STARTED}"
    assert place.run("-c", code).stdout == "True\n"
    _gone(place)
    ended = place.run("-c", code)
    assert (ended.stdout, ended.stderr) == ("False\n", "")


def test_files_are_readable_and_named_by_their_writer() -> None:
    """Whoever opens one learns what it does and how it is taken away."""
    for text in FILES.values():
        assert "`compatcheck shim disable` takes it away" in text


@pytest.mark.parametrize("started", ["-c", "child"])
def test_run_gives_it_to_a_program_and_its_children(place: Place, started: str) -> None:
    """The program is not edited, and what it starts has the shim as well."""
    code = STARTED
    if started == "child":
        code = (
            "import subprocess, sys; "
            f"subprocess.run([sys.executable, '-c', {STARTED!r}])"
        )
    words = ("-m", "compat_shims", "run", "--", str(place.python), "-c", code)
    ended = place.run(*words)
    assert (ended.stdout, ended.stderr) == ("True\n", "")


def test_run_hands_on_to_a_sitecustomize_that_is_there(
    place: Place, tmp_path: Path
) -> None:
    """The environment's own `sitecustomize` runs as before, and under its name."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "sitecustomize.py").write_text("WORD = 'own'\n")
    code = "import sitecustomize, sys; print(sitecustomize.WORD, sys.path[1][-3:])"
    words = ("-m", "compat_shims", "run", "--", str(place.python), "-c", code)
    ended = place.run(*words, PYTHONPATH=str(tmp_path / "own"))
    assert (ended.stdout, ended.stderr) == ("own own\n", "")


def test_run_says_that_a_command_is_not_there(place: Place) -> None:
    """An unknown command leaves with 127, as from a shell."""
    ended = place.run("-m", "compat_shims", "run", "--", "no-such-command")
    assert (ended.returncode, ended.stdout) == (127, "")
    assert "no-such-command" in ended.stderr


def test_run_leaves_with_the_exit_code_of_the_program(place: Place) -> None:
    """The program takes our place: its exit code is the answer."""
    words = ("run", "--", str(place.python), "-c", "raise SystemExit(7)")
    assert place.run("-m", "compat_shims", *words).returncode == 7


def test_status_of_another_process_is_json(place: Place) -> None:
    """`status --json` imports each target and tells what became of it."""
    ended = place.run("-m", "compat_shims", "status", "--json")
    assert ended.stderr == ""
    told = {it["id"]: it for it in json.loads(ended.stdout)}
    assert told["agents/missing_init"]["state"] == "skipped"
    assert "No module named 'agents'" in told["agents/missing_init"]["reason"]

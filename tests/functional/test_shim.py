"""`compatcheck shim` from the command line, on planted environments."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Command
from planted.wheels import write_wheel

SHIMS = Path(__file__).resolve().parents[2] / "shims" / "src"
STARTED = "import sys; print('compat_shims' in sys.modules)"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An environment."""

    python: Path
    site: Path

    def says(self, code: str) -> str:
        """What its Python prints."""
        ended = subprocess.run(
            [self.python, "-c", code], capture_output=True, text=True, check=True
        )
        assert ended.stderr == ""
        return ended.stdout.strip()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An environment that has compat_shims, as an editable installation has it."""
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = (folder / "lib").glob("python*/site-packages")
    import packaging

    roots = (SHIMS, Path(packaging.__file__).parents[1])
    (site / "shims.pth").write_text("".join(f"{it}\n" for it in roots))
    return Place(python=folder / "bin" / "python", site=site)


def test_enable_and_disable(command: Command, place: Place) -> None:
    """One command starts it in every Python of an environment, one undoes that."""
    named = ("--python", str(place.python))
    assert place.says(STARTED) == "False"
    enabled = command("shim", "enable", *named)
    assert (enabled.code, enabled.err) == (0, "")
    assert f"wrote {place.site}" in enabled.out
    assert place.says(STARTED) == "True"
    again = command("shim", "enable", *named)
    assert (again.code, again.out) == (0, enabled.out)
    disabled = command("shim", "disable", *named)
    assert disabled.out == enabled.out.replace("wrote", "removed")
    assert place.says(STARTED) == "False"
    assert command("shim", "disable", *named).out == ""


def test_disable_works_when_the_package_is_gone(command: Command, place: Place) -> None:
    """What was enabled can be undone whatever became of compat_shims since."""
    named = ("--python", str(place.python))
    command("shim", "enable", *named)
    (place.site / "shims.pth").unlink()
    assert place.says("print('well')") == "well"
    assert command("shim", "disable", *named).code == 0
    assert list(place.site.glob("*compat_shims*")) == []


def test_enable_wants_the_package(command: Command, place: Place) -> None:
    """Where compat_shims is not installed there is nothing to enable."""
    (place.site / "shims.pth").unlink()
    said = command("shim", "enable", "--python", str(place.python))
    assert said.code == 2
    assert "compat_shims is not installed there" in said.err
    assert list(place.site.glob("*compat_shims*")) == []


def test_interpreter_is_named_or_active(command: Command, place: Place) -> None:
    """Without a name it is the active environment, and without that a usage error."""
    assert "no environment is active" in command("shim", "status").err
    command.variables["VIRTUAL_ENV"] = str(place.python.parents[1])
    assert command("shim", "status").code == 0
    said = command("shim", "status", "--python", "no-such-python")
    assert (said.code, said.out) == (2, "")


def test_status_tells_every_adaptation(command: Command, place: Place) -> None:
    """It says whether it is enabled, and what becomes of each adaptation and why."""
    named = ("--python", str(place.python))
    told = json.loads(command("shim", "status", *named, "-f", "json").out)
    assert (told["enabled"], told["installed"]) == (False, True)
    (first,) = [it for it in told["adaptations"] if it["id"] == "agents/missing_init"]
    assert first["state"] == "skipped"
    command("shim", "enable", *named)
    text = command("shim", "status", *named)
    assert (text.code, text.err) == (0, "")
    assert text.out.startswith("start-up file: enabled\n")
    assert "agents/missing_init: skipped: not imported: ModuleNotFoundError" in text.out


def test_list_tells_what_is_shipped(command: Command) -> None:
    """Each adaptation: its target, whose releases, fidelity, action and expiry."""
    said = command("shim", "list")
    assert (said.code, said.err) == (0, "")
    line = next(it for it in said.out.splitlines() if it.startswith("agents/"))
    for word in ("openai-agents>=0.0.2", "alias, RestoredInit", "until 20"):
        assert word in line


OWN = """
from datetime import date
from compat_shims import Adaptation, Fidelity, Guard, Target
from compat_shims.actions.constant import Constant
ADAPTATION = Adaptation(
    target=Target(module="garden", name="LIMIT"),
    guard=Guard(distribution="garden"),
    action=Constant(value=7),
    fidelity=Fidelity.ADAPTER,
    why="it is gone", remedy="upgrade", reference="a test", expires=date(DAY),
)
"""


@pytest.mark.parametrize(
    ("source", "day", "word", "code"),
    [
        ("", "2999, 1, 1", "needed", 0),
        ("LIMIT = 3", "2999, 1, 1", "dead", 1),
        ("", "2020, 1, 1", "expired", 1),
        ("raise OSError", "2999, 1, 1", "unknown", 3),
    ],
)
def test_check_tells_what_is_still_needed(
    command: Command, place: Place, source: str, day: str, word: str, code: int
) -> None:
    """In CI: 0 while each of your own is needed, 1 when one is dead or has expired."""
    info = place.site / "garden-1.0.dist-info"
    info.mkdir()
    (place.site / "garden.py").write_text(source)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: garden\nVersion: 1\n")
    (info / "RECORD").write_text("garden.py,,\n")
    own = command.folder / "own" / "garden"
    own.mkdir(parents=True)
    (own / "limit.py").write_text(OWN.replace("DAY", day))
    said = command(
        *("shim", "check", "--python", str(place.python), "--adaptations", "own")
    )
    (line,) = [it for it in said.out.splitlines() if "garden/limit" in it]
    assert (said.code, line.split()[0]) == (code, word), said
    assert "idle agents/missing_init" in said.out


def _garden(place: Place, **files: str) -> None:
    info = place.site / "garden-2.0.dist-info"
    (place.site / "garden").mkdir()
    info.mkdir()
    for name, text in {"__init__": "", **files}.items():
        (place.site / "garden" / f"{name}.py").write_text(text)
    (info / "METADATA").write_text("Name: garden\nVersion: 2.0\n")
    listed = [f"garden/{name}.py,,\n" for name in ("__init__", *files)]
    (info / "RECORD").write_text("".join(listed))


def _traceback(place: Place, statement: str) -> str:
    """What this environment's Python says of a file with that statement."""
    file = place.site.parent / "app.py"
    file.write_text(f"{statement}\n")
    ended = subprocess.run(
        [place.python, file], capture_output=True, text=True, check=False
    )
    return ended.stderr


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("from garden._old import Rose, Lily", "garden._old"),
        ("from garden.plants import Rose", "garden.plants"),
    ],
)
def test_generated_adaptation_is_tried(
    command: Command, place: Place, statement: str, target: str
) -> None:
    """From a traceback to a file that mends it, in the user's project."""
    _garden(place, plants="", flowers="class Rose: pass\nLily = 1\n")
    named = ("--python", str(place.python))
    said = command("shim", "generate", *named, "--for", _traceback(place, statement))
    assert said.code == 0, said
    assert f"`{statement}` failed without it and works with it" in said.out
    (file,) = (command.folder / "shims").glob("*/*.py")
    assert file.parent.name == target
    code = f"import compat_shims; compat_shims.install({str(file.parents[1])!r})"
    check = f"{code}; {statement}; import garden.flowers as f; print(Rose is f.Rose)"
    ended = subprocess.run(
        [place.python, "-W", "error", "-c", check], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert ended.stdout == "True\n"
    checked = command("shim", "check", *named, "--adaptations", "shims")
    assert f"needed {target}/" in checked.out


@pytest.mark.parametrize(
    ("files", "statement", "words"),
    [
        ({"plants": ""}, "from garden.plants import Rose",
         "no module of garden 2.0 defines Rose"),
        ({"a": "Rose = 1", "b": "Rose = 2"}, "from garden import Rose",
         "several modules of garden 2.0 define Rose: garden.a, garden.b"),
        ({"a": "if x:\n    Rose = 1"}, "from garden import Rose", "no module of"),
        ({"a": "Rose = 1\nraise ImportError"}, "from garden import Rose",
         "fails with the adaptation, too"),
        ({}, "from nowhere import Rose", "no distribution that is installed"),
    ],
)  # fmt: skip
def test_what_cannot_be_adapted_honestly_is_refused(
    command: Command, place: Place, files: dict[str, str], statement: str, words: str
) -> None:
    """The reason, and something better; no file is written."""
    _garden(place, **files)
    named = ("--python", str(place.python))
    said = command("shim", "generate", *named, "--for", _traceback(place, statement))
    assert (said.code, said.err) == (1, ""), said
    assert words in said.out
    assert "\nbetter: " in said.out
    assert not (command.folder / "shims").exists()


def test_damaged_environment_is_repaired_not_adapted(
    command: Command, place: Place
) -> None:
    """Where a file on the distribution's own list is gone, a reinstall is better."""
    _garden(place, flowers="class Rose: pass\n")
    (place.site / "garden" / "__init__.py").unlink()
    text = _traceback(place, "from garden import Rose")
    assert "(unknown location)" in text
    said = command("shim", "generate", "--python", str(place.python), "--for", text)
    assert said.code == 1
    assert "garden/__init__.py of garden 2.0 is missing on disk" in said.out
    assert "--force-reinstall --no-deps 'garden==2.0'" in said.out


def test_text_without_a_failed_import_is_a_usage_error(command: Command) -> None:
    """What is no traceback of an import is said to be none."""
    said = command("shim", "generate", "--for", "ValueError: 1")
    assert (said.code, said.out) == (2, "")
    assert "it holds no failed import" in said.err


def test_table_is_what_the_shim_reads(
    command: Command, links: Path, tmp_path: Path
) -> None:
    """A table made from planted wheels restores the release that it was made from."""
    files = {"garden/plants.py": "class Rose: pass\n", "garden/flora.py": "Fern = 1\n"}
    first = "from .plants import Rose\ndef plan(): pass\n__all__ = ['Rose', 'plan']\n"
    second = f"from .flora import Fern\n{first}"
    for version, init in (("1.0", first), ("2.0", second)):
        whole = {**files, "garden/__init__.py": init}
        write_wheel(links, "garden", version, whole)
    table = tmp_path / "table.json"
    said = command("shim", "table", "garden", "garden", "-o", str(table))
    assert said.code == 0, said.err
    code = (
        "import json, sys; from compat_shims.actions.restored import rows_of; "
        f"table = json.load(open({str(table)!r})); "
        "print(json.dumps([rows_of(table, it) for it in ('1.0', '2.0')]))"
    )
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SHIMS)},
    ).stdout  # fmt: skip
    one, two = json.loads(out)
    assert one["rows"] == [[".plants", "Rose", "Rose"]]
    assert two["rows"] == [[".flora", "Fern", "Fern"], *one["rows"]]
    assert one["lost"] == two["lost"] == ["plan"]
    assert one["exported"] == ["Rose", "plan"]


def test_table_refuses_a_file_that_does_more(command: Command, links: Path) -> None:
    """What a lost file did besides binding names is not known: no table then."""
    write_wheel(links, "garden", "1.0", {"garden/__init__.py": "print('hello')\n"})
    said = command("shim", "table", "garden", "garden")
    assert (said.code, said.out) == (3, "")
    assert "garden/__init__.py does more than bind names in 1.0" in said.err

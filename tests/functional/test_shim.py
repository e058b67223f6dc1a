"""`compatcheck shim` from the command line, on planted environments."""

from __future__ import annotations

import json
import os
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


def test_interpreter_is_named_active_or_the_projects(
    command: Command, place: Place
) -> None:
    """Without a name it is that of the active environment, or the project's `.venv`."""
    (command.folder / ".venv").symlink_to(place.python.parents[1])
    enabled = command("shim", "enable")
    assert str(place.site) in enabled.out.replace(
        str(command.folder / ".venv"), str(place.python.parents[1])
    ), enabled.err
    (command.folder / ".venv").unlink()
    command.variables["VIRTUAL_ENV"] = str(place.python.parents[1])
    assert "start-up file: enabled" in command("shim", "status").out
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


def test_text_without_a_failure_is_a_usage_error(
    command: Command, place: Place
) -> None:
    """What is no traceback is said to be none, and one thing has to be named."""
    named = ("--python", str(place.python))
    said = command("shim", "generate", *named, "--for", "all is well")
    assert (said.code, said.out) == (2, "")
    assert "it holds no traceback" in said.err
    for words in ((), ("--for", "x", "--", "python", "x.py")):
        said = command("shim", "generate", *named, *words)
        assert (said.code, said.out) == (2, "")
        assert "one thing that fails has to be named" in said.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ValueError: 1", "no adaptation is for a failure of this kind"),
        ("AttributeError: 'Rose' object has no attribute 'thorns'",
         "Rose has no attribute thorns, and which one took its place"),
        ("TypeError: Rose.__init__() got an unexpected keyword argument 'red'",
         "whether an argument was renamed or given up"),
        (("pydantic_core.ValidationError: 1 validation error for Rose\n"
         "colour\n  Field required [type=missing, input_value={}]"),
         "its words alone do not bring it about again"),
    ],
)  # fmt: skip
def test_what_could_only_be_guessed_is_refused(
    command: Command, place: Place, text: str, words: str
) -> None:
    """Nothing is proposed of which source does not tell what took its place."""
    text = f'Traceback (most recent call last):\n  File "a.py", line 1, in a\n{text}'
    said = command("shim", "generate", "--python", str(place.python), "--for", text)
    assert (said.code, said.err) == (1, "")
    assert words in said.out
    assert "\nbetter: " in said.out


@pytest.mark.parametrize(
    ("before", "now", "home", "fidelity"),
    [
        ("from markup import Rose\n", "", "markup:Rose", "alias"),
        ("def Rose(a):\n    return Flower(a)\ndef Flower(a): pass\n",
         "def Flower(a): pass\n", "garden.plants:Flower", "adapter"),
        ("def Rose(a): pass\n", "", "garden.flowers:Rose", "adapter"),
    ],
)  # fmt: skip
def test_older_releases_tell_where_a_name_is_now(
    command: Command, place: Place, links: Path, before: str, now: str, home: str,
    fidelity: str,
) -> None:  # fmt: skip
    """Taken from another distribution, renamed, or with other parameters: told so."""
    files = {"garden/__init__.py": "", "garden/plants.py": before}
    write_wheel(links, "garden", "1.0", files)
    flowers = {"flowers": "def Rose(a, b): pass\n"} if "flowers" in home else {}
    _garden(place, plants=now, **flowers)
    (place.site / "markup.py").write_text("class Rose: pass\n")
    text = _traceback(place, "from garden.plants import Rose")
    named = ("--python", str(place.python))
    said = command("shim", "generate", *named, "--for", text)
    assert said.code == 0, said
    assert f"{fidelity}: Rose is {home}" in said.out
    (file,) = (command.folder / "shims").glob("*/*.py")
    assert f"home='{home}'" in file.read_text()
    assert "1.0" in file.read_text()


def test_another_thing_of_that_name_is_refused(
    command: Command, place: Place, links: Path
) -> None:
    """A class where there was a function is not what was asked for."""
    files = {"garden/__init__.py": "", "garden/plants.py": "def Rose(a): pass\n"}
    write_wheel(links, "garden", "1.0", files)
    _garden(place, plants="", flowers="class Rose: pass\n")
    text = _traceback(place, "from garden.plants import Rose")
    said = command("shim", "generate", "--python", str(place.python), "--for", text)
    assert said.code == 1
    assert "garden.flowers:Rose is another thing: class, and (a) in garden 1.0" in (
        said.out
    )


def test_command_is_adapted_failure_by_failure(command: Command, place: Place) -> None:
    """In a copy, until it runs: nothing of the user's is written to but the files."""
    _garden(place, plants="", flowers="class Rose: pass\nLily = 1\n")
    (command.folder / "app.py").write_text(
        "from pathlib import Path\nPath('ran').touch()\n"
        "from garden.plants import Rose\nimport garden.plants\n"
        "print(garden.plants.Lily)\n"
    )
    said = command(
        *("shim", "generate", "--python", str(place.python), "--", "python", "app.py")
    )
    assert said.code == 0, said
    assert "`python app.py` failed without them and works with them" in said.out
    found = sorted(it.name for it in (command.folder / "shims").glob("*/*.py"))
    assert found == ["lily.py", "rose.py"]
    assert not (command.folder / "ran").exists()


def test_command_is_taken_as_it_is_typed(command: Command, place: Place) -> None:
    """An interpreter named by its place beside the folder; names that `-c` alone tells.

    Python shows no line of what stands there before 3.13, and the copy that it is run
    in lies elsewhere.
    """
    _garden(place, plants="", flowers="class Rose: pass\nLily = 1\n")
    python = os.path.relpath(place.python, command.folder)
    statement = "import sys; from garden._old import Rose, Lily"
    said = command(
        "shim", "generate", "--python", python, "--", python, "-c", statement
    )
    assert said.code == 0, said
    assert "from garden._old import" in said.out


FIELDS = {
    "shapes": "from pydantic import BaseModel\n"
    "class Use(BaseModel):\n    tokens: int\n    SOME\n",
}


@pytest.mark.parametrize(
    ("field", "code", "words"),
    [
        ("cached: int", 0, "adapter: Use.cached is 0 where it is not given"),
        ("cached: int | None", 0, "adapter: Use.cached is None where"),
        ("cached: list[int]", 1, "of which no value says nothing"),
    ],
)
def test_field_that_became_required_is_given_a_default(
    command: Command, place: Place, field: str, code: int, words: str
) -> None:
    """Where a value says least, with the difference written down; else refused."""
    import pydantic

    source = FIELDS["shapes"].replace("SOME", field)
    _garden(place, shapes=source)
    info = place.site / "garden-2.0.dist-info" / "METADATA"
    info.write_text("Name: garden\nVersion: 2.0\nRequires-Dist: pydantic\n")
    with (place.site / "shims.pth").open("a") as paths:
        paths.write(f"{Path(pydantic.__file__).parents[1]}\n")
    (command.folder / "app.py").write_text(
        "from garden.shapes import Use\nprint(Use(tokens=1))\n"
    )
    said = command(
        *("shim", "generate", "--python", str(place.python), "--", "python", "app.py")
    )
    assert said.code == code, said
    assert words in said.out
    for file in (command.folder / "shims").glob("*/*.py"):
        assert "can mean that nobody gave it" in file.read_text()


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

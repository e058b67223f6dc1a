"""Locks of every kind, good ones and hostile ones, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Command
from planted.hostile_locks import HOSTILE, plant
from planted.loopback import LoopbackIndex
from planted.projects import begin, uv_lock
from planted.wheels import write_wheel

APPLE = "def apple():\n    return 'apple'\n"
PYLOCK = """\
lock-version = "1.0"
created-by = "somebody"

[[packages]]
name = "orchard"
version = "{version}"
index = "https://index.example.org/simple"
[[packages.wheels]]
name = "orchard-{version}-py3-none-any.whl"
url = "x"
hashes = {{ md5 = "0" }}

[[packages]]
name = "soil"
version = "9.9"
marker = "sys_platform == 'nowhere'"
wheels = [{{ name = "soil-9.9-py3-none-any.whl", url = "x", hashes = {{ md5 = "0" }} }}]
"""


@pytest.fixture
def orchard(links: Path) -> None:
    """Apples until the second major release."""
    for version, code in (("1.0", APPLE), ("1.1", APPLE), ("2.0", "")):
        write_wheel(links, "orchard", version, {"orchard.py": code})


def files(below: Path) -> dict[str, bytes]:
    """All that lies below a folder, git's own files aside."""
    return {
        str(file.relative_to(below)): file.read_bytes()
        for file in below.rglob("*")
        if file.is_file() and ".git" not in file.parts
    }


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_lock_gets_one_line(what: str, command: Command) -> None:
    """It is refused with one line that says why; nothing is run and nothing written."""
    (command.folder / "base.txt").write_text("orchard==1.0\n", encoding="utf-8")
    name = plant(command.folder, what)
    before = files(command.folder.parent)

    said = command("gate", "--base", "base.txt", "--lock", name, timeout=30)

    assert said.code == 2, said.err
    (line,) = said.err.splitlines()
    assert line.startswith("error: ")
    assert "\0" not in line
    assert said.out == ""
    assert files(command.folder.parent) == before


def test_a_lock_of_100_megabytes_is_not_read(command: Command) -> None:
    """What no lock is as large as is refused by its size."""
    (command.folder / "base.txt").write_text("orchard==1.0\n", encoding="utf-8")
    with (command.folder / "uv.lock").open("wb") as file:
        file.truncate(100 * 1024 * 1024)

    said = command("gate", "--base", "base.txt", timeout=30)

    assert said.code == 2
    assert "104857600 bytes" in said.err
    assert len(said.err.splitlines()) == 1


def test_a_hostile_base_is_refused_like_a_head(command: Command) -> None:
    """What was committed is read with the same care: links and sizes, too."""
    project = begin(command.folder, {"requirements.txt": "-r link.txt\n"})
    (command.folder / "link.txt").symlink_to("/etc/passwd")
    project.git("switch", "--quiet", "main")
    project.commit("a link")
    project.git("switch", "--quiet", "raise")
    project.git("merge", "--quiet", "main")
    project.write({"requirements.txt": "orchard==1.0\n"})

    said = command("gate", "--base", "main")

    assert said.code == 2
    assert "link.txt (base" in said.err
    assert "it is a link" in said.err


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"requirements.txt": "-r pins/all.txt\n", "pins/all.txt": "orchard==1.0\n"},
            {
                "pins/all.txt": "-c bounds.txt\norchard\n",
                "pins/bounds.txt": "orchard==2.0\n",
            },
        ),
        (
            {"requirements.txt": "orchard==1.0 \\\n    --pre\n"},
            {"requirements.txt": "orchard==2.0;python_version>'3'\n    # via shop\n"},
        ),
        (
            {"pylock.toml": PYLOCK.format(version="1.0")},
            {"pylock.toml": PYLOCK.format(version="2.0")},
        ),
        (
            {"uv.lock": uv_lock({"orchard": ("1.0", ())}, "orchard")},
            {"uv.lock": uv_lock({"orchard": ("2.0", ())}, "orchard")},
        ),
        (
            {"requirements.txt": "orchard==1.0\n"},
            {"uv.lock": uv_lock({"orchard": ("2.0", ())}, "orchard")},
        ),
    ],
    ids=["includes", "hashes and markers", "pylock.toml", "uv.lock", "another kind"],
)
@pytest.mark.usefixtures("orchard")
def test_every_kind_of_lock_is_compared(
    before: dict[str, str], after: dict[str, str], command: Command
) -> None:
    """Whatever locks it, the upgrade is seen, blamed, and placed."""
    project = begin(command.folder, before)
    project.write(after)

    said = command("gate", "--base", "main", "-f", "json")

    assert said.code == 1, said.err
    told = json.loads(said.out)
    (change,) = [it for it in told["changes"] if it["pythons"]]
    assert (change["before"], change["after"]) == ("1.0", "2.0")
    assert told["findings"][0]["upgrades"][0]["distribution"] == "orchard"


@pytest.mark.usefixtures("orchard")
def test_a_hash_that_no_index_has_is_never_green(command: Command) -> None:
    """What is served is not what is locked: that is unknown, and exit 3."""
    project = begin(command.folder, {"requirements.txt": "orchard==1.0\n"})
    wrong = f"orchard==1.1 --hash=sha256:{'0' * 64}\n"
    project.write({"requirements.txt": wrong})

    said = command("gate", "--base", "main")

    assert said.code == 3, said.out
    assert "none of the hashes" in said.out


DECLARED = """
[project]
name = "shop"
version = "1.0"
dependencies = [
    "orchard>={lowest}",
]

[tool.compatcheck]
source = ["src"]
python = ["3.11"]
"""


def test_without_a_lock_base_is_resolved_as_of_its_commit(
    command: Command, tmp_path: Path
) -> None:
    """What came out since the commit is head's alone, though both ranges admit it."""
    with LoopbackIndex(tmp_path / "served") as index:
        for version, code, day in (
            ("1.0", APPLE, "2020-01-01"),
            ("1.1", APPLE, "2020-02-01"),
            ("2.0", "", "2999-01-01"),
        ):
            wheel = write_wheel(index.folder, "orchard", version, {"orchard.py": code})
            index.manners.times[wheel.name] = f"{day}T00:00:00Z"
        command.variables.pop("UV_NO_INDEX")
        command.variables["UV_DEFAULT_INDEX"] = index.url
        project = begin(command.folder, {"pyproject.toml": DECLARED.format(lowest="1")})
        project.write({"pyproject.toml": DECLARED.format(lowest="1.0")})

        said = command("gate", "--base", "main", "-f", "json")

    assert said.code == 1, said.err
    told = json.loads(said.out)
    (change,) = told["changes"]
    assert (change["before"], change["after"]) == ("1.1", "2.0")
    assert change["place"] == {"file": "pyproject.toml", "line": 5}
    assert told["findings"][0]["ways"][0]["command"] == "orchard==1.1"


@pytest.mark.usefixtures("orchard")
def test_where_no_times_are_told_the_past_is_unknown(command: Command) -> None:
    """A base that cannot be resolved as of its commit is no base: exit 3."""
    project = begin(command.folder, {"pyproject.toml": DECLARED.format(lowest="1")})
    project.write({"pyproject.toml": DECLARED.format(lowest="1.1")})

    said = command("gate", "--base", "main")

    assert said.code == 3, said.out
    assert "as of its commit" in said.out

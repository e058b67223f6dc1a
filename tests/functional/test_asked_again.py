"""Asked once per content: what an answer depends on asks again, and nothing else.

Each test works with its own copy of a world in which everything was asked: the house
itself, so that a part of it can be changed, its cache, the wheels, the user's folder.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Command, python
from planted.loopback import LoopbackIndex
from planted.wheels import write_wheel

import compatcheck
from compatcheck.observations import ObservationStore

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
HOUSE = Path(compatcheck.__file__).parent
SCENARIO = """
# /// script
# [tool.compatcheck]
# env = ["TOKEN"]
# ///
import _beside
import hub

def scenario_it():
    assert hub.serve("x") == _beside.answer
"""
GRID = ("work", "hub", "--scenario", "serving.py", "--source", "src", "--no-blame")


@dataclass(frozen=True, kw_only=True)
class World:
    """A house, a folder to ask in, wheels, and what is remembered."""

    root: Path

    @property
    def folder(self) -> Path:
        """The user's."""
        return self.root / "folder"

    @property
    def links(self) -> Path:
        """Where the wheels lie."""
        return self.root / "links"

    @property
    def command(self) -> Command:
        """The command as this world's own house says it."""
        shelves = (self.root / "twist", self.root / "house")
        return Command(
            folder=self.folder,
            home=self.root / "home",
            variables={
                "PYTHONPATH": os.pathsep.join(map(str, shelves)),
                "TOKEN": "a-token",
                "UV_FIND_LINKS": str(self.links),
                "UV_NO_INDEX": "1",
            },
        )

    def sources(self, *arguments: str, **variables: str) -> set[str]:
        """Ask the grid; where the answers come from."""
        command = self.command
        command.variables.update(variables)
        said = command("matrix", *(arguments or GRID), "-f", "json=r.json")
        assert said.code == 0, said.err
        told = json.loads((self.folder / "r.json").read_text())
        return {cell["source"] for cell in told["cells"]}

    def locks(self) -> int:
        """How many locks are remembered."""
        store = ObservationStore(self.root / "home" / "cache", lambda: NOON)
        with closing(store):
            return store.info().entries["locks"]

    def edit(self, place: str, more: str = "# changed\n") -> None:
        """Add to a file."""
        with (self.root / place).open("a", encoding="utf-8") as file:
            file.write(more)

    def twist(self, code: str, name: str = "sitecustomize") -> None:
        """Have a module run before the house does, or in place of another one."""
        (self.root / "twist" / f"{name}.py").write_text(code)


def plant(root: Path) -> World:
    """A world in which nothing was asked yet."""
    world = World(root=root)
    for name in ("home", "twist", "folder/src"):
        (root / name).mkdir(parents=True)
    shutil.copytree(HOUSE, root / "house" / "compatcheck")
    hub = {
        "hub/__init__.py": "import dep\nName = 1\ndef serve(text): return text\n",
        "hub/more.py": "",
    }
    write_wheel(world.links, "dep", "1.0", {"dep.py": ""})
    write_wheel(world.links, "hub", "1.0", hub, requires=["dep"])
    work = {"work.py": "import hub\nhub.serve('x')\n"}
    write_wheel(world.links, "work", "1.0", work, requires=["hub"])
    (world.folder / "serving.py").write_text(SCENARIO)
    (world.folder / "_beside.py").write_text("answer = 'x'\n")
    (world.folder / "src" / "app.py").write_text("import hub\n")
    (world.folder / "src" / "data.txt").write_text("")
    return world


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world in which the grid was asked."""
    world = plant(tmp_path_factory.mktemp("asked") / "world")
    assert world.sources() == {"probed"}
    return world


@pytest.fixture
def world(asked: World, tmp_path: Path) -> World:
    """A copy of it, elsewhere."""
    shutil.copytree(asked.root, tmp_path / "elsewhere", symlinks=True)
    return World(root=tmp_path / "elsewhere")


Change = Callable[[World], object]


def another_wheel(world: World) -> None:
    """The same release with another content, of what nobody pins."""
    write_wheel(world.links, "dep", "1.0", {"dep.py": "changed = 1\n"})


def another_release(world: World) -> None:
    """One that no cell has, in the same folder."""
    write_wheel(world.links, "lone", "1.0", {"lone.py": ""})


def another_uv(world: World) -> None:
    """The same program, which calls itself another release."""
    binary = world.root / "twist" / "other-uv"
    real = Path(sys.executable).with_name("uv")
    binary.write_text(
        "#!/bin/sh\n"
        'case "$1" in --version) echo "uv 99.0";; '
        f'*) exec "{real}" "$@";; esac\n'
    )
    binary.chmod(0o755)
    world.twist(f"def find_uv_bin(): return {str(binary)!r}\n", "uv")


def another_isolation(world: World) -> None:
    """A machine that builds a wall in another way."""
    world.twist(
        "from compatcheck.executors import process\n"
        "told = process.probe_isolation\n"
        "process.probe_isolation = lambda: {**told(), 'network': 'another'}\n"
    )


def later(world: World) -> None:
    """Two days on."""
    world.twist(
        "import datetime as d\n"
        "import compatcheck.cli.place as place\n"
        "class Later(d.datetime):\n"
        "    @classmethod\n"
        "    def now(cls, tz=None):\n"
        "        return d.datetime.now(tz) + d.timedelta(days=2)\n"
        "place.datetime = Later\n"
    )


def edits(place: str, more: str = "# changed\n") -> Change:
    """Another content of a file of the world."""
    return lambda world: world.edit(place, more)


def house(place: str) -> Change:
    """Another source of a part of the house."""
    return edits(f"house/compatcheck/{place}")


BEARING: dict[str, Change] = {
    "a wheel's content": another_wheel,
    "the scenario": edits("folder/serving.py"),
    "what lies beside it": edits("folder/_beside.py"),
    "the own source": edits("folder/src/app.py"),
    "its data": edits("folder/src/data.txt"),
    "a probe": house("probes/symbol.py"),
    "the guest": house("guest/__main__.py"),
    "the reader": house("ask/notes.py"),
    "the maker of places": house("environments/overlap.py"),
    "the walls": house("executors/cage/walls.py"),
    "the platform": lambda world: world.twist(
        "import platform\nplatform.libc_ver = lambda *_: ('glibc', '99')\n"
    ),
    "the isolation": another_isolation,
    "the installer": another_uv,
}


@pytest.mark.parametrize("part", BEARING)
def test_what_bears_on_an_answer_asks_again(world: World, part: str) -> None:
    """Changing one part alone asks again."""
    BEARING[part](world)
    assert world.sources() == {"probed"}


def test_variable_that_a_scenario_asks_for_asks_again(world: World) -> None:
    """Its value may decide; that of another variable does not reach a cell."""
    assert world.sources(OTHER="anything") == {"cached"}
    changed = {"TOKEN": "another-value"}
    assert world.sources(**changed) == {"probed"}


ANOTHER_PYTHON = "3.13" if sys.version_info[:2] == (3, 12) else "3.12"
"""One that these tests do not run in."""


@pytest.mark.parametrize(
    "option",
    [
        ("--module", "hub.more"),
        ("--symbol", "hub:Name"),
        ("--probe", "import,symbol"),
        ("--timeout", "119"),
        ("--memory", "3GiB"),
        ("--environment", "venv"),
        ("--python", ANOTHER_PYTHON),
        ("--with", "dep==1.0", "--with", "lone"),
    ],
    ids=" ".join,
)
def test_what_is_asked_otherwise_is_asked_again(
    world: World, option: tuple[str, ...]
) -> None:
    """Contract, probes, limits, the kind of environment, the Python, what is there."""
    if "--python" in option:
        python(option[1])
    another_release(world)
    assert world.sources(*GRID, *option) == {"probed"}


def test_what_does_not_bear_on_an_answer_asks_nothing(world: World) -> None:
    """Neither options that only say how, nor the clock, nor what no cell has.

    Wherever house, cache and wheels lie by now.
    """
    assert world.sources() == {"cached"}
    for change in NOT_BEARING:
        change(world)
    turned = ("hub", "work", *GRID[2:])
    assert world.sources(*turned, *HOW) == {"cached"}


NOT_BEARING: tuple[Change, ...] = (
    later,
    house("formats/text.py"),
    edits("folder/src/.hidden"),
    another_release,
)
HOW = (
    *("--jobs", "3", "--budget", "600", "--select", "all", "--executor", "local"),
    *(
        "--blame",
        "--refine",
        "--fail-on",
        "unknown",
        "-f",
        "text",
        "-f",
        "markdown=r.md",
    ),
)


def unchanged(_: World) -> None:
    """Nothing."""


LOCKS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "the mode": (unchanged, ("--resolution", "lowest")),
    "pre-releases": (unchanged, ("--pre-releases",)),
    "builds": (unchanged, ("--allow-builds",)),
    "a constraint": (unchanged, ("--constraint", "dep<3")),
    "an override": (unchanged, ("--override", "dep>=1")),
    "the reader of its words": (house("resolve/reasons.py"), ()),
    "the resolver": (another_uv, ()),
    "a file in a near folder": (another_release, ()),
}


def test_what_bears_on_a_lock_resolves_again(world: World) -> None:
    """A lock is kept under its request, the resolver, its reader and the index."""
    world.sources()
    known = world.locks()
    world.sources()
    assert world.locks() == known
    for part, (change, options) in LOCKS.items():
        change(world)
        world.sources(*GRID, *options)
        known += 1
        assert world.locks() == known, part
    # What uv saw last need not be what there is today, nor the other way round.
    world.sources(*GRID, UV_OFFLINE="1")
    assert world.locks() == known + 1


@pytest.mark.parametrize(
    ("place", "reads"), [("surface/finding.py", True), ("formats/text.py", False)]
)
def test_changed_reader_of_wheels_reads_them_again(
    tmp_path: Path, place: str, *, reads: bool
) -> None:
    """What a wheel holds is remembered by its hash and by who read it."""
    world = plant(tmp_path / "world")
    screen = ("matrix", "work", "hub", "--probe", "screen", "-f", "json")
    with LoopbackIndex(world.links) as index:
        command = world.command
        served = {"UV_DEFAULT_INDEX": index.url, "UV_FIND_LINKS": ""}
        command = replace(command, variables={**command.variables, **served})
        del command.variables["UV_NO_INDEX"]

        def fetched() -> int:
            index.requests.clear()
            assert command(*screen).code == 0
            return sum(index.requests[it] for it in index.requests if "/files/" in it)

        assert fetched() > 0
        assert fetched() == 0
        world.edit(f"house/compatcheck/{place}")
        assert (fetched() > 0) is reads

"""Wheels are unpacked once; an environment made of them is as good as a real one."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread

import pytest
from planted.locks import locked
from planted.wheels import write_wheel

from compatcheck.environments import (
    StoreEnvironments,
    Uv,
    VenvEnvironments,
    WheelStore,
)
from compatcheck.environments.uv import Ended
from compatcheck.errors import EnvironmentFault
from compatcheck.interpreters import choose
from compatcheck.model import Interpreter, Locked

ENOUGH = 1 << 30
Wheels = Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    """The Python that runs the tests."""
    (found,) = choose([sys.executable], os.environ)
    return found


class World:
    """A folder of wheels, a cache, and environments of them."""

    def __init__(self, folder: Path, interpreter: Interpreter) -> None:
        """Start with nothing."""
        self.folder, self.interpreter = folder, interpreter
        index = {
            "UV_DEFAULT_INDEX": "file:///nonexistent",
            "UV_FIND_LINKS": str(folder / "links"),
        }
        environ = {"PATH": os.environ["PATH"]}
        self.uv = Uv(cache=folder / "cache", index=index, environ=environ)

    def lock(self, wheels: Wheels) -> Locked:
        """The lock of these distributions, which are written first."""
        for name, files in wheels.items():
            write_wheel(self.folder / "links", name, "1.0", files)
        return locked(self.uv, self.interpreter, wheels)

    def store(self) -> WheelStore:
        """The store as another run finds it."""
        return WheelStore(uv=self.uv, folder=self.folder / "wheels")

    def environments(self) -> StoreEnvironments:
        """Environments that another run makes."""
        real = VenvEnvironments(
            self.uv,
            folder=self.folder / "real",
            paths=(),
            link_mode="copy",
            allow_builds=False,
        )
        (self.folder / "made").mkdir(exist_ok=True)
        return StoreEnvironments(
            self.uv,
            store=self.store(),
            real=real,
            folder=self.folder / "made",
            paths=(),
        )

    def run(self, wheels: Wheels, *program: str) -> str:
        """What a program says in an environment of these, first word its file."""
        with self.environments().open(self.lock(wheels), self.interpreter) as made:
            words = [str(made.python.with_name(program[0])), *program[1:]]
            ended = subprocess.run(words, capture_output=True, text=True, check=False)
        return (ended.stdout + ended.stderr).strip()

    def trees(self) -> dict[str, float]:
        """When each tree was made."""
        found = (self.folder / "wheels").glob("*/*/tree")
        return {tree.parent.name: tree.stat().st_ctime for tree in found}


@pytest.fixture
def world(tmp_path: Path, interpreter: Interpreter) -> World:
    """A world of its own for each test."""
    return World(tmp_path, interpreter)


LIB = {"lib.py": "x = 'found'\n", "lib_data/words.txt": "words\n"}
PROGRAM = {
    "lib.py": "def main():\n    import sys\n    print(sys.prefix)\n",
    "lib-1.0.dist-info/entry_points.txt": "[console_scripts]\nlibrarian = lib:main\n",
}


def test_a_wheel_is_unpacked_once(world: World) -> None:
    """However many environments hold it, in this run and in the next."""
    show = ("python", "-c", "import lib; print(lib.x, lib.__cached__)")
    said = world.run({"lib": LIB}, *show)
    made = world.trees()
    assert said.startswith("found ")
    assert Path(said.split()[1]).parent.name == "__pycache__"
    assert world.run({"lib": LIB}, *show) == said
    assert world.trees() == made
    assert len(made) == 1


def test_bytecode_counts_in_a_cache_that_was_copied_without_its_times(
    world: World,
) -> None:
    """Or every interpreter would compile everything anew."""
    show = ("python", "-v", "-c", "import lib")
    world.run({"lib": LIB}, *show)
    for path in (world.folder / "wheels").rglob("lib.py"):
        os.utime(path, (0, 0))
    (line,) = (
        it for it in world.run({"lib": LIB}, *show).splitlines() if "lib.py" in it
    )
    assert "matches" in line


def test_children_see_the_same(world: World) -> None:
    """A program that starts another Python starts one that has all of it."""
    child = "import lib, importlib.metadata as m; print(lib.x, m.version('lib'))"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert world.run({"lib": LIB}, "python", "-c", start) == "found 1.0"


def test_programs_run_in_their_own_environment(world: World) -> None:
    """What a wheel installs to be run is there, and is the environment's."""
    first = world.run({"lib": PROGRAM}, "librarian")
    second = world.run({"lib": PROGRAM}, "librarian")
    assert Path(first).is_relative_to(world.folder / "made")
    assert first != second


@pytest.mark.parametrize("spoil", ["lost", "cut", "added"])
def test_a_damaged_tree_is_made_anew(world: World, spoil: str) -> None:
    """Whatever happened to the cache folder, an answer is about the wheel."""
    show = ("python", "-c", "import lib; print(lib.x)")
    world.run({"lib": LIB}, *show)
    (file,) = (world.folder / "wheels").rglob("lib.py")
    match spoil:
        case "lost":
            file.unlink()
        case "cut":
            file.write_text("x = 1\n")
        case _:
            (file.parent / "other.py").write_text("")
    assert world.run({"lib": LIB}, *show) == "found"
    assert not list((world.folder / "wheels").rglob("other.py"))


def test_many_make_the_same_tree_at_once(world: World) -> None:
    """Whoever is first, all have a whole one, and nothing is left lying about."""
    lock, answers = world.lock({"lib": LIB}), []

    def make() -> None:
        with world.environments().open(lock, world.interpreter) as made:
            run = [str(made.python), "-c", "import lib; print(lib.x)"]
            answers.append(subprocess.check_output(run, text=True).strip())

    threads = [Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["found"] * 4
    assert len(world.trees()) == 1
    assert not list((world.folder / "wheels").glob("*/.*"))


def test_some_share_the_work_and_wait_for_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever each needs of it, in whatever order, none is made twice."""
    wheels = {f"lib{n}": {f"lib{n}.py": f"x = {n}\n"} for n in range(20)}
    locks = [
        world.lock(wheels),
        world.lock({name: wheels[name] for name in [*wheels][10:]}),
        world.lock({name: wheels[name] for name in [*wheels][:15]}),
    ]
    environments, made = world.environments(), list[set[str]]()
    run, installed = world.uv.run, list[str]()

    def counted(arguments: Sequence[str]) -> Ended:
        installed.extend(it for it in arguments if it == "install")
        return run(arguments)

    monkeypatch.setattr(world.uv, "run", counted)

    def make(lock: Locked) -> None:
        trees = environments.trees(lock, world.interpreter)
        made.append({tree.root.parent.name for tree in (trees or {}).values()})

    threads = [Thread(target=make, args=(lock,)) for lock in locks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, made)) == [10, 15, 20]
    assert set.union(*made) == set(world.trees())
    assert len(installed) == len(wheels)


def test_what_does_not_compile_is_there_as_it_came(world: World) -> None:
    """Templates, and code of another Python: beside it, all is compiled."""
    bad = {"lib.py": "x = 'found'\n", "lib_data/template.py": "{% if x %}\n"}
    show = ("python", "-c", "import lib; print(lib.x)")
    assert world.run({"lib": bad, "more": {"more.py": ""}}, *show) == "found"
    (place,) = (world.folder / "wheels").rglob("template.py")
    assert place.read_text() == "{% if x %}\n"
    compiled = (world.folder / "wheels").rglob("*.pyc")
    assert {it.name.partition(".")[0] for it in compiled} == {"lib", "more"}


def test_what_was_not_used_for_long_goes_first(world: World) -> None:
    """The store keeps to its size, unless another run works with it."""
    for name in "abc":
        world.run({name: {f"{name}.py": "x = 1\n" * 999}}, "python", "-c", "")
    written = sorted((world.folder / "wheels").glob("*/*/written.json"))
    for age, file in enumerate(written):  # the first is the newest
        os.utime(file, (1_000_000_000 - age, 1_000_000_000 - age))
    two = sum(json.loads(file.read_text())["bytes"] for file in written[:2])
    with world.store().used(ENOUGH), world.store().used(0):
        pass
    assert len(world.trees()) == 3
    with world.store().used(two):
        pass
    assert set(world.trees()) == {file.parent.name for file in written[:2]}


OVERLAPS: Mapping[str, tuple[Wheels, str, bool]] = {
    "nothing shared": ({"a": {"a.py": ""}, "b": {"b.py": ""}}, "import a, b", True),
    "the same file": (
        {"a": {"both.py": "x = 'a'"}, "b": {"both.py": "x = 'a'"}},
        "import both",
        False,
    ),
    "a part of another's package": (
        {"a": {"pkg/__init__.py": ""}, "b": {"pkg/part.py": ""}},
        "import pkg.part",
        False,
    ),
    "parts of a namespace": (
        {"a": {"space/a.py": ""}, "b": {"space/b.py": ""}},
        "import space.a, space.b",
        True,
    ),
    "a package in a namespace that both fill": (
        {"a": {"space/in/__init__.py": ""}, "b": {"space/in/part.py": ""}},
        "import space",
        False,
    ),
    "a module and a package of one name": (
        {"a": {"same.py": ""}, "b": {"same/__init__.py": ""}},
        "import same",
        False,
    ),
    "a package and an extension of one name": (
        {"a": {"same/__init__.py": ""}, "b": {"same.abi3.so": ""}},
        "import same",
        False,
    ),
    "what is beside packages": (
        {"a": {"a.py": "", "LICENSE": "a"}, "b": {"b.py": "", "LICENSE": "b"}},
        "import a, b",
        False,
    ),
    "a line for the path": (
        {"a": {"a.pth": "import sys; sys.here = 1\n"}, "b": {"b.py": ""}},
        "import sys; sys.here",
        False,
    ),
    "data for the environment": (
        {"a": {"a-1.0.data/data/share/a/words.txt": "words"}},
        "import os, sys; os.stat(os.path.join(sys.prefix, 'share/a/words.txt'))",
        False,
    ),
}


@pytest.mark.parametrize("case", OVERLAPS)
def test_what_cannot_stand_apart_is_installed_together(world: World, case: str) -> None:
    """Wheels that mean something else side by side make a real environment."""
    wheels, program, apart = OVERLAPS[case]
    lock = world.lock(wheels)
    with world.environments().open(lock, world.interpreter) as made:
        is_real = made.root.is_relative_to(world.folder / "real")
        run = [str(made.python), "-c", program]
        ended = subprocess.run(run, capture_output=True, text=True, check=False)
    assert is_real is not apart
    assert ended.stderr == ""


def test_what_cannot_be_had_is_a_fault(world: World) -> None:
    """A wheel that is gone is told as what could not be made, and leaves nothing."""
    lock = world.lock({"lib": LIB})
    for file in (world.folder / "links").iterdir():
        file.write_bytes(b"not a wheel")
    shutil.rmtree(world.folder / "cache")
    with (
        pytest.raises(EnvironmentFault),
        world.environments().open(lock, world.interpreter),
    ):
        pytest.fail("an environment without its wheel")
    assert world.trees() == {}
    assert not list((world.folder / "wheels").glob("*/.*"))


def test_fault_of_whoever_asks_there_is_their_own(world: World) -> None:
    """What goes wrong inside is not told as an environment that cannot be made."""
    lock = world.lock({"lib": LIB})
    with (
        pytest.raises(OSError, match="No space left") as caught,
        world.environments().open(lock, world.interpreter) as made,
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not isinstance(caught.value, EnvironmentFault)
    assert not made.root.exists()


def test_no_place_for_an_environment_is_a_fault(world: World) -> None:
    """While it is made, the disk is ours to tell about."""
    lock = world.lock({"lib": LIB})
    environments = world.environments()
    (world.folder / "made").rmdir()
    (world.folder / "made").write_text("a file, not a folder")
    with (
        pytest.raises(EnvironmentFault, match="environment"),
        environments.open(lock, world.interpreter),
    ):
        pytest.fail("an environment in a file")


def test_another_installer_unpacks_anew(world: World) -> None:
    """What one release of it made wrongly, the next one's answers do not rest on."""
    show = ("python", "-c", "import lib; print(lib.x)")
    world.run({"lib": LIB}, *show)
    world.uv.__dict__["version"] = "uv 99.0"
    assert world.run({"lib": LIB}, *show) == "found"
    assert len(world.trees()) == 2

"""Cells share an interpreter where it is what a fresh one would be, and no other."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import python
from planted.locks import locked
from planted.wheels import write_wheel

from compatcheck.ask.nurseries import Nurseries
from compatcheck.ask.sittings import Sitting
from compatcheck.environments import (
    StoreEnvironments,
    Uv,
    VenvEnvironments,
    WheelStore,
)
from compatcheck.executors.process import Limits
from compatcheck.interpreters import choose
from compatcheck.model import (
    Contract,
    Interpreter,
    Locked,
    Observation,
    Outcome,
)
from compatcheck.observations import ObservationStore
from compatcheck.probes import choose_probes

Files = Mapping[str, str]

PLAIN: Files = {"base": "import json\n", "lib": "import base\n", "app": "import lib\n"}
"""`app` requires `lib`; both need `base`, which no axis varies."""


@dataclass(kw_only=True)
class World:
    """Wheels, and nurseries for cells of them."""

    folder: Path
    interpreter: Interpreter
    uv: Uv
    nurseries: Nurseries
    kept: bool = False
    """Whether what is imported before the first axis waits for the next of its kind."""

    def lock(self, code: Files, versions: Mapping[str, str]) -> Locked:
        """The lock of these modules, one a distribution, whose wheels are written."""
        for name, text in code.items():
            version = versions.get(name, "1.0")
            write_wheel(self.folder / "links", name, version, {f"{name}.py": text})
        pins = [f"{it}=={versions.get(it, '1.0')}" for it in code]
        return locked(self.uv, self.interpreter, pins)

    def ask(
        self, code: Files, *modules: str, **versions: str
    ) -> tuple[Observation, ...] | None:
        """What a shared interpreter tells of a cell; None where it cannot tell."""
        seen, _ = self.sat(code, *modules, **versions)
        return seen

    def sat(
        self, code: Files, *modules: str, **versions: str
    ) -> tuple[tuple[Observation, ...] | None, Sequence[str]]:
        """The same, and what is imported before the first axis from then on."""
        contract = Contract(
            roots={"app": ("app",), "lib": ("lib",)},
            modules=modules,
            symbols=(),
            optional=(),
        )
        (probe,) = choose_probes(["import"])
        sitting = Sitting(asked=[(probe, probe.targets(contract))])
        lock = self.lock(code, versions)
        with self.nurseries.place(lock, self.interpreter, contract) as place:
            if place is None:
                return None, ()
            seen = place.sit(sitting)
            learned = place.known.learned(place.layers)
            if learned is None:
                return seen, ()
            first = place.layers.after(learned)[:1]
            self.kept = place.nursery.waiting(first) is not None
            return seen, learned.modules


@contextmanager
def _world(folder: Path, executable: str) -> Iterator[World]:
    (interpreter,) = choose([executable], os.environ)
    index = {
        "UV_DEFAULT_INDEX": "file:///nonexistent",
        "UV_FIND_LINKS": str(folder / "links"),
    }
    uv = Uv(cache=folder / "cache", index=index, environ={"PATH": os.environ["PATH"]})
    scratch = folder / "made"
    scratch.mkdir()
    environments = StoreEnvironments(
        uv,
        store=WheelStore(uv=uv, folder=folder / "wheels"),
        real=VenvEnvironments(
            uv, folder=scratch, paths=(), link_mode="copy", allow_builds=False
        ),
        folder=scratch,
        paths=(),
    )
    limits = Limits(seconds=20, memory=1 << 30, processes=512, file_size=1 << 20)
    probes = [probe.path for probe in choose_probes(["import"])]
    store = ObservationStore(folder / "kept", lambda: datetime.now(UTC))
    nurseries = Nurseries(
        environments,
        scratch=scratch,
        limits=limits,
        sources=(),
        probes=probes,
        store=store,
    )
    with closing(store), closing(nurseries):
        yield World(folder=folder, interpreter=interpreter, uv=uv, nurseries=nurseries)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of its own for each test."""
    with _world(tmp_path, sys.executable) as made:
        yield made


def outcomes(seen: Sequence[Observation] | None) -> list[str] | None:
    """Of a sitting; None where there was none."""
    return None if seen is None else [str(it.outcome) for it in seen]


@pytest.mark.parametrize("version", ["3.7", "3.8", "3.10", "3.12", "3.13"])
def test_every_python_is_shared(tmp_path: Path, version: str) -> None:
    """From the oldest that the guest runs in."""
    with _world(tmp_path, str(python(version).executable)) as world:
        code = {**PLAIN, "app": "import lib\ndef f():\n    import json\nf()\n"}
        for release in ("1.0", "2.0"):
            assert outcomes(world.ask(code, app=release)) == ["passed", "passed"]


def test_ordinary_cells_share_an_interpreter(world: World) -> None:
    """Whatever release of either side they have."""
    for version in ("1.0", "2.0", "3.0"):
        assert outcomes(world.ask(PLAIN, app=version)) == ["passed", "passed"]
    for version in ("2.0", "3.0"):
        assert outcomes(world.ask(PLAIN, lib=version)) == ["passed", "passed"]


def test_what_begins_after_a_change_is_left_to_the_one_that_changes(
    world: World,
) -> None:
    """All that came before it is shared, though the releases need more or less."""
    code = {
        **PLAIN,
        "late": "import base\nseen = base.mode\n",
        "base": "mode = None\n",
        "lib": "import base\nbase.mode = 'lib'\nimport late\n",
    }
    seen, shared = world.sat(code)
    assert outcomes(seen) == ["passed", "passed"]
    assert {"base", "late"} <= {*shared}
    app = "import lib, late\nassert late.seen == 'lib'\n"
    seen, shared = world.sat({**code, "app": app, "more": ""}, app="2.0")
    assert outcomes(seen) == ["passed", "passed"]
    assert "base" in shared
    assert "late" not in shared


def test_what_another_release_does_not_want_is_left_out(world: World) -> None:
    """The rest is shared with it, and the next like it finds that waiting."""
    code = {**PLAIN, "more": "", "lib": "import base, more\n"}
    seen, shared = world.sat(code)
    assert outcomes(seen) == ["passed", "passed"]
    assert {"base", "more"} <= {*shared}
    less = {**code, "lib": "import base\n"}
    for version in ("2.0", "3.0"):
        seen, shared = world.sat(less, lib=version)
        assert outcomes(seen) == ["passed", "passed"]
        assert "base" in shared
        assert "more" not in shared
        assert world.kept


def test_what_a_failed_import_has_left_is_everybodys(world: World) -> None:
    """A fresh interpreter would have it, too, though nobody wants it by its name."""
    code = {**PLAIN, "lib": "try:\n    import half\nexcept ImportError:\n    pass\n"}
    code["half"] = "import left\nimport nothing_of_that_name\n"
    code["left"] = ""
    assert outcomes(world.ask(code)) == ["passed", "passed"]
    assert outcomes(world.ask(code, app="2.0")) == ["passed", "passed"]


def test_failure_is_told_as_a_fresh_interpreter_would(world: World) -> None:
    """Its frames are the stranger's alone, whoever imported what before."""
    world.ask(PLAIN)
    code = {**PLAIN, "app": "import lib\nfrom base import gone\n"}
    seen = world.ask(code, app="2.0")
    assert seen is not None
    broken = next(it for it in seen if it.target == "app")
    assert broken.outcome is Outcome.FAILED
    assert broken.failure is not None
    assert broken.failure.type == "ImportError"
    frames = [(frame.file, frame.line) for frame in broken.failure.frames]
    assert [(file.rpartition("/")[2], line) for file, line in frames] == [("app.py", 2)]


CHEATS = {
    "a name bound anew before it was read": {
        "base": "import lib_first\n",
        "app": "import json\njson.loads = print\nimport lib\n",
    },
    "a list that others add to as well": {
        "base": "names = []\n",
        "lib": "import base\nbase.names.append('lib')\n",
        "app": "import base\nbase.names.append('app')\nimport lib\n",
    },
    "a name that is read before it would have been bound anew": {
        "base": "mode = None\n",
        "lib": "import base\nbase.mode = 'lib'\n",
        "app": "import base\nseen = base.mode\nimport lib\n",
    },
    "a registry that is read before others enter themselves": {
        "base": "_all = []\nadd = _all.append\ndef names():\n    return _all[:]\n",
        "lib": "import base\nbase.add('lib')\n",
        "app": "from base import names\nseen = names()\nimport lib\n",
    },
    "a class that is read before others change it": {
        "base": "class Soil:\n    depth = 1\n",
        "lib": "import base\nbase.Soil.depth = 2\n",
        "app": "import base\nseen = base.Soil.depth\nimport lib\n",
    },
    "a look into sys.modules": {
        "lib": "import base, sys\nlate = 'app' in sys.modules\n",
    },
    "a module that was looked for in vain": {
        "lib": "try:\n    import app\nexcept ImportError:\n    app = None\n",
        "app": "x = 1\nimport lib\n",
    },
    "a version that was asked for in vain": {
        "lib": (
            "from importlib.metadata import PackageNotFoundError, version\n"
            "try:\n    found = version('app')\n"
            "except PackageNotFoundError:\n    found = None\n"
        ),
    },
    "a thread": {
        "base": (
            "import threading, time\n"
            "threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n"
        ),
    },
    "an open file": {"base": "file = open(__file__)\n"},
    "a file in the shared memory": {
        "base": "open('/dev/shm/note', 'w').close()\n",
    },
    "a child": {
        "base": "import subprocess\nchild = subprocess.Popen(['sleep', '9'])\n",
    },
    "a variable of the environment": {
        "app": "import os\nos.environ['TONE'] = 'loud'\nimport lib\n",
    },
    "a circle that is entered from the other side": {
        "lib": "x = 1\nimport base\n",
        "base": "import lib\n",
        "app": "import base, lib\n",
    },
}


@pytest.mark.parametrize("kind", CHEATS)
def test_no_interpreter_is_shared_that_could_tell(world: World, kind: str) -> None:
    """What a fresh one would do otherwise is left to a fresh one."""
    code = {**PLAIN, **CHEATS[kind]}
    assert world.ask(code) is None
    assert world.ask(code, app="2.0") is None


def test_crash_is_left_to_a_fresh_interpreter(world: World) -> None:
    """It may have come of the fork; and the next cell is asked as if nothing was."""
    code = {**PLAIN, "app": "import os\nos.kill(os.getpid(), 11)\n"}
    assert world.ask(code) is None
    assert outcomes(world.ask(PLAIN, app="2.0")) == ["passed", "passed"]


def test_what_a_cell_leaves_is_gone_for_the_next(world: World) -> None:
    """Files in its home, its processes, its shared memory."""
    leaves = (
        "import lib, os, pathlib, subprocess\n"
        "left = [*pathlib.Path.home().iterdir(), *pathlib.Path('/dev/shm').iterdir()]\n"
        "left += [it for it in os.listdir('/proc') if it.isdigit() and 'sleep' in\n"
        "         pathlib.Path('/proc', it, 'comm').read_text()]\n"
        "assert not left, left\n"
        "pathlib.Path.home().joinpath('note').write_text('x')\n"
        "pathlib.Path('/dev/shm/note').write_text('x')\n"
        "subprocess.Popen(['sleep', '99'], start_new_session=True)\n"
    )
    for version in ("1.0", "2.0", "3.0"):
        seen = world.ask({**PLAIN, "app": leaves}, app=version)
        assert outcomes(seen) == ["passed", "passed"], seen


def test_one_axis_shares_nothing(world: World) -> None:
    """There is nothing then that could be imported before it."""
    contract = Contract(roots={"lib": ("lib",)}, modules=(), symbols=(), optional=())
    lock = world.lock({"lib": ""}, {})
    with world.nurseries.place(lock, world.interpreter, contract) as place:
        assert place is None

"""No interpreter is shared that a cell could tell from one of its own."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from conftest import python
from unit.ask.nursery_world import LIMIT, PLAIN, World, outcomes, world_in

from compatcheck.model import Contract

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
    "a module of its own that looks before others change it": {
        "base": "mode = None\n",
        "lib": "import base\nbase.mode = 'lib'\n",
        "more": "import base\nseen = base.mode\n",
        "app": "import more, lib\n",
    },
    "a module of its own that is done only when others have changed it": {
        "base": "mode = None\n",
        "lib": "import base\nbase.mode = 'lib'\n",
        "more": "import base\nbefore = base.mode\nimport lib\nafter = base.mode\n",
        "app": "import more, lib\n",
    },
    "a list that two fill in another order, and one that comes when all is done": {
        "base": "names = []\n",
        "one": "import base\nbase.names.append('one')\n",
        "two": "import base\nbase.names.append('two')\n",
        "more": "import base\nfirst = base.names[0]\n",
        "lib": "import one, two\n",
        "app": "import two, lib, more\n",
    },
    "a module that looks before or after another one changes something": {
        "base": "mode = None\n",
        "one": "import base\nbase.mode = 'one'\n",
        "two": "import base\nseen = base.mode\n",
        "lib": "import one, two\n",
        "app": "import two, lib\n",
    },
    "a list that is filled and read by functions, in another order": {
        "base": (
            "names = []\ndef add(name):\n    names.append(name)\n"
            "def told():\n    return names[:]\n"
        ),
        "one": "import base\nbase.add('one')\n",
        "two": "import base\ndef look():\n    return base.told()\nseen = look()\n",
        "lib": "import one, two\n",
        "app": "import two, lib\n",
    },
    "a decorator that calls, in another order": {
        "base": "mode = None\n",
        "one": "import base\ndef now(f):\n    f()\n@now\ndef f():\n    base.mode = 1\n",
        "two": "import base\nseen = base.mode\n",
        "lib": "import one, two\n",
        "app": "import two, lib\n",
    },
    "a class that is changed before another module makes one": {
        "base": "class Soil:\n    depth = 1\n",
        "one": "import base\nbase.Soil.depth = 2\n",
        "two": (
            "import base\nclass Bed:\n    def __init__(self):\n"
            "        self.depth = base.Soil.depth\nbed = Bed()\n"
        ),
        "lib": "import one, two\n",
        "app": "import two, lib\n",
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


@pytest.mark.parametrize("version", ["3.7", "3.9", "3.12", "3.13"])
def test_code_is_read_in_every_python(tmp_path: Path, version: str) -> None:
    """Who may have changed something is seen in instructions, which differ."""
    with world_in(tmp_path, str(python(version).executable)) as world:
        for kind, code in CHEATS.items():
            if "another order" in kind or "before another" in kind:
                assert world.ask({**PLAIN, **code}) is None, kind
        assert outcomes(world.ask(PLAIN)) == ["passed", "passed"]


def test_crash_is_left_to_a_fresh_interpreter(world: World) -> None:
    """It may have come of the fork; and the next cell is asked as if nothing was."""
    code = {**PLAIN, "app": "import os\nos.kill(os.getpid(), 11)\n"}
    assert world.ask(code) is None
    assert outcomes(world.ask(PLAIN, app="2.0")) == ["passed", "passed"]


def test_nobody_waits_for_a_node_that_has_fallen_over(world: World) -> None:
    """A package may take away what the guest works with; the next cell is asked."""
    code = {**PLAIN, "base": "import os\nos.scandir = None\n"}
    started = time.monotonic()
    assert world.ask(code) is None
    assert time.monotonic() - started < LIMIT
    assert outcomes(world.ask(PLAIN, base="2.0")) == ["passed", "passed"]


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

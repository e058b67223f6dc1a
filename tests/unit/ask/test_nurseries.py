"""Cells share an interpreter where it is what a fresh one would be, and no other."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import python
from unit.ask.nursery_world import PLAIN, World, outcomes, world_in

from compatcheck.model import Outcome


@pytest.mark.parametrize("version", ["3.7", "3.8", "3.10", "3.12", "3.13"])
def test_every_python_is_shared(tmp_path: Path, version: str) -> None:
    """From the oldest that the guest runs in."""
    with world_in(tmp_path, str(python(version).executable)) as world:
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


def test_who_comes_when_all_is_done_sees_what_a_fresh_one_would(world: World) -> None:
    """What they are named after was changed by then, whoever imports them."""
    code = {
        **PLAIN,
        "base": "mode = None\n",
        "lib": "import base\nbase.mode = 'lib'\n",
        "more": "import base\nseen = base.mode\n",
        "app": "import lib, more\nassert more.seen == 'lib'\n",
    }
    for version in ("1.0", "2.0"):
        assert outcomes(world.ask(code, app=version)) == ["passed", "passed"]


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


@pytest.mark.parametrize("last", ["1.0", "2.0"])
def test_cell_is_asked_where_most_of_it_is_imported(world: World, last: str) -> None:
    """Whichever of several interpreters was free first; of the axes, all are new."""
    made = {}
    world.ask(PLAIN, lib="0.9", app="0.9")  # what is imported before lib is known now
    with ExitStack() as stack:
        for base in ("1.0", "2.0") if last == "1.0" else ("2.0", "1.0"):
            opened = world.place(PLAIN, base=base, lib=base, app=base)
            place, sitting = stack.enter_context(opened)
            assert place is not None
            assert place.sit(sitting) is not None
            made[base] = place.nursery
    assert made["1.0"] is not made["2.0"]
    for base in ("1.0", "2.0"):
        with world.place(PLAIN, base=base, lib="3.0", app="3.0") as (place, _):
            assert place is not None
            assert place.nursery is made[base]


def test_release_without_modules_shares_all_that_others_import(world: World) -> None:
    """A reserved name requires nothing, so nothing tells that it is the consumer."""
    world.consumer = ()
    code = {"base": "import json\n", "lib": "import base\n", "app": ""}
    assert outcomes(world.ask(code)) == ["passed", "failed"]  # app has none
    with world.place(code, app="2.0") as (place, sitting):
        assert place is not None
        assert outcomes(place.sit(sitting)) == ["passed", "failed"]
        shared = place.nursery.waiting(place.layers.unlearned)
    assert shared is not None
    assert place.layers.names == ("lib", "app")


@pytest.mark.parametrize("chosen", [None, (9, 9, 9)])
def test_garbage_is_looked_for_as_in_a_fresh_interpreter(
    world: World, chosen: tuple[int, int, int] | None
) -> None:
    """As often as is usual, or as what is shared has chosen."""
    show = "import gc; print(gc.get_threshold())"
    usual = subprocess.check_output(
        [world.interpreter.executable, "-I", "-c", show], text=True
    ).strip()
    choose = f"gc.set_threshold(*{chosen})\n" if chosen else ""
    code = {
        **PLAIN,
        "lib": f"import gc\n{choose}",
        "app": f"import gc, lib\nassert gc.get_threshold() == {chosen or usual}\n",
    }
    for version in ("1.0", "2.0"):
        assert outcomes(world.ask(code, app=version)) == ["passed", "passed"]

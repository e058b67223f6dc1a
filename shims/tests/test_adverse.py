"""What the world does to an import hook, and that nothing breaks by it."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from planting import World, adaptation, plant

STATES = (
    "print(*[f'{it.id}: {it.state.value}: {it.reason}' "
    "for it in compat_shims.status() if not it.shipped], sep='\\n')"
)
GARDEN = {
    "garden/__init__.py": "",
    "garden/plants.py": "Plant = 1\n",
    "garden/flowers.py": "Rose = object()\n",
}
ALIAS = "Alias(home='garden.flowers:Rose')"
ASKED = "from garden.plants import Rose"


@pytest.fixture
def garden(world: World) -> World:
    """A garden whose Rose was moved, and the adaptation for it."""
    plant(world.site, "garden", "2.0", GARDEN)
    adaptation(world.shims, "garden.plants:Rose", ALIAS)
    return world


def test_two_shims_for_one_target(garden: World) -> None:
    """The first one applies, the second finds nothing to do."""
    adaptation(garden.shims, "garden.plants:Rose", "Constant(value=2)", slug="z")
    ran = garden.run(f"{ASKED}\nprint(Rose == 2)\n{STATES}")
    first, it, second = ran.out.splitlines()
    assert first == "False"
    assert it.startswith("garden.plants/it: applied")
    assert second.startswith("garden.plants/z: not needed")
    assert len(ran.warnings) == 1


FINDER = """
    import sys
    from importlib.machinery import PathFinder
    class Other:
        @staticmethod
        def find_spec(name, path=None, target=None):
            seen.append(name)
            return PathFinder.find_spec(name, path, target) if answers else None
    seen = []
    """


def test_silent_finder_before_us_is_asked_and_left_alone(garden: World) -> None:
    """A finder that comes to stand before us and says no changes nothing."""
    code = f"sys.meta_path.insert(0, Other); {ASKED}\nprint('garden.plants' in seen)"
    ran = garden.run(code, before=FINDER + "answers = False")
    assert (ran.code, ran.out.strip(), len(ran.warnings)) == (0, "True", 1), ran.err


def test_finder_before_us_that_answers_is_not_overruled(garden: World) -> None:
    """Its module is taken as it is, and the status says that it passed us by."""
    code = f"sys.meta_path.insert(0, Other)\nimport garden.plants\n{STATES}"
    ran = garden.run(code, before=FINDER + "answers = True")
    assert "out of reach: garden.plants was imported, and not through us" in ran.out
    assert "stands before us on sys.meta_path" in ran.out
    assert ran.err == ""


def test_finder_behind_us_is_used(garden: World) -> None:
    """What a finder behind us finds is wrapped: it is its module that is mended."""
    code = f"""
        sys.meta_path.insert(1, Other)
        {ASKED}
        print(seen.count("garden.plants"), sys.meta_path[1] is Other)
        """
    assert garden.says(code, before=FINDER + "answers = True") == "1 True"


def test_module_has_its_own_loader_afterwards(garden: World) -> None:
    """Nobody who looks at the module sees us: loader, source and resources are its."""
    code = f"""
        {ASKED}
        import garden.plants as p, inspect, importlib, pickle
        from importlib.machinery import SourceFileLoader
        assert type(p.__loader__) is type(p.__spec__.loader) is SourceFileLoader
        assert "Plant" in inspect.getsource(p)
        importlib.reload(p); print(p.Rose is Rose)
        """
    ran = garden.run(code)
    assert (ran.out.strip(), len(ran.warnings)) == ("True", 1), ran.err


def test_target_imported_first_is_mended_and_told(garden: World) -> None:
    """What can be mended is, and the warning says what cannot."""
    ran = garden.run(f"{ASKED}\nprint('there')", before="import garden.plants")
    assert ran.out.strip() == "there"
    assert "keeps what it took" in ran.warnings[0]


def test_circular_imports_go_on(world: World) -> None:
    """A target in a cycle is mended when it has run; the cycle ends as without us."""
    files = {
        "garden/__init__.py": "",
        "garden/plants.py": "from garden import flowers\nPlant = 1\n",
        "garden/flowers.py": "import garden.plants\nRose = object()\n",
    }
    plant(world.site, "garden", "2.0", files)
    adaptation(world.shims, "garden.plants:Rose", ALIAS)
    for first in ("plants", "flowers"):
        code = f"import garden.{first}\n{ASKED}\nprint('there')"
        assert world.says(code) == "there"


def test_threads_at_once_see_one_whole_module(garden: World) -> None:
    """However many import it at once: all get the name, and it is told once."""
    code = f"""
        import threading
        start, got = threading.Barrier(16), []
        def take():
            start.wait()
            {ASKED}
            got.append(Rose)
        threads = [threading.Thread(target=take) for _ in range(16)]
        [it.start() for it in threads]; [it.join() for it in threads]
        print(len(got), len(set(map(id, got))))
        """
    ran = garden.run(code)
    assert (ran.out.strip(), len(ran.warnings)) == ("16 1", 1), ran.err


def test_installing_twice_and_at_once_is_installing_once(garden: World) -> None:
    """However often it is asked for, one entry stands on `sys.meta_path`."""
    code = """
        import sys, threading, compat_shims.auto
        threads = [threading.Thread(target=compat_shims.install) for _ in range(8)]
        [it.start() for it in threads]; [it.join() for it in threads]
        ours = [it for it in sys.meta_path if "compat_shims" in type(it).__module__]
        print(len(ours))
        """
    assert garden.says(code) == "1"


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_children_have_it_too(garden: World, start: str) -> None:
    """What a process starts, forked or anew, is adapted as far as it installs it."""
    script = garden.site.parent / "app.py"
    script.write_text(
        f"import compat_shims; compat_shims.install({str(garden.shims)!r})\n"
        "import multiprocessing\n"
        f"def work(_):\n    {ASKED}\n    return 'there'\n"
        "if __name__ == '__main__':\n"
        f"    with multiprocessing.get_context({start!r}).Pool(2) as pool:\n"
        "        print(*pool.map(work, range(2)))\n"
    )
    code = f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')"
    if start == "spawn":
        code = (
            f"import subprocess, sys; subprocess.run([sys.executable, {str(script)!r}])"
        )
    assert garden.says(code, install=False) == "there there"


def test_another_distribution_that_owns_the_name_is_not_touched(world: World) -> None:
    """That a release is installed is not enough: the file has to be on its list."""
    plant(world.site, "garden", "2.0", {"elsewhere.py": ""})
    plant(world.site, "impostor", "2.0", GARDEN)
    adaptation(world.shims, "garden.plants:Rose", ALIAS)
    ran = world.run(f"import garden.plants as p\nprint(hasattr(p, 'Rose'))\n{STATES}")
    no, told = ran.out.splitlines()
    assert no == "False"
    assert told.startswith("garden.plants/it: skipped: it is not garden's")
    assert ran.err == ""


def test_folder_of_the_users_is_not_taken_for_the_lost_package(
    world: World, tmp_path: Path
) -> None:
    """A namespace folder is restored only where the distribution lists the file."""
    (world.site / "garden").mkdir()
    table = tmp_path / "t.json"
    table.write_text('{"releases": {"2.0": {}}}')
    adaptation(world.shims, "garden", f"RestoredInit(table=Path({str(table)!r}))")
    out = world.says(f"import garden; print(garden.__spec__.origin)\n{STATES}")
    assert "skipped: garden is not installed" in out


@pytest.mark.parametrize(
    ("versions", "state"),
    [(">=2,<3", "applied"), ("<2", "skipped"), (">=2.1", "skipped")],
)
def test_guard_is_a_range(world: World, versions: str, state: str) -> None:
    """Outside of its releases it does nothing, and says why."""
    plant(world.site, "garden", "2.0", GARDEN)
    adaptation(world.shims, "garden.plants:Rose", ALIAS, versions=versions)
    assert f"it: {state}" in world.says(f"import garden.plants\n{STATES}")


@pytest.mark.parametrize(
    ("installed", "state"),
    [("2.9", "applied"), ("3.0", "skipped: rake 3.0 is there and does not need it"),
     (None, "skipped: rake is not installed, for whose sake it is")],
)  # fmt: skip
def test_guard_can_name_for_whose_sake(
    world: World, installed: str | None, state: str
) -> None:
    """What only another distribution's older releases need is for them alone."""
    plant(world.site, "garden", "2.0", GARDEN)
    if installed:
        plant(world.site, "rake", installed, {"rake.py": ""})
    adaptation(world.shims, "garden.plants:Rose", ALIAS, beside="rake<3")
    assert f"it: {state}" in world.says(f"import garden.plants\n{STATES}")


def test_zipped_module_is_mended(world: World) -> None:
    """A target in a zip file is mended like any other."""
    source = world.site.parent / "source"
    plant(source, "garden", "2.0", GARDEN)
    packed = world.site.parent / "garden.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(source.rglob("*")):
            archive.write(path, path.relative_to(source))
    adaptation(world.shims, "garden.plants:Rose", ALIAS)
    code = f"import sys; sys.path.append({str(packed)!r})\n{ASKED}\nprint('there')"
    assert world.says(code) == "there"


@pytest.mark.parametrize("module", ["__hello__", "sys", "array", "zipimport"])
def test_frozen_and_built_in_modules_are_left_alone(world: World, module: str) -> None:
    """What lies in no file belongs to no distribution: it is imported as ever."""
    adaptation(world.shims, f"{module}:Rose", "Constant(value=1)")
    code = f"import {module} as m\nprint(hasattr(m, 'Rose'))\n{STATES}"
    out = world.says(code, before="import sys; sys.modules.pop('__hello__', None)")
    assert "False" in out
    assert "skipped" in out


def test_nothing_shimmed_is_installed(world: World) -> None:
    """Without a distribution that is shimmed, nothing is loaded but the finder."""
    code = """
        import sys
        late = {"logging", "packaging", "importlib.metadata", "warnings", "dataclasses"}
        print(sorted(late & (set(sys.modules) - before)))
        print(sorted(it for it in sys.modules if it.startswith("compat_shims")))
        """
    first, ours = world.says(
        code, before="import sys; before = set(sys.modules)"
    ).splitlines()
    assert first == "[]"
    assert ours == "['compat_shims']"


@pytest.mark.parametrize("options", [(), ("-W", "error"), ("-I",), ("-X", "dev")])
def test_no_import_is_broken(garden: World, options: tuple[str, ...]) -> None:
    """Whatever warnings are turned into, the import goes on."""
    path = [
        str(garden.site),
        str(Path(sys.modules["planting"].__file__ or "").parents[1] / "src"),
    ]
    before = f"import sys; sys.path[:0] = {path!r}"
    ran = garden.run(f"{ASKED}\nprint('there')", *options, before=before)
    assert (ran.code, ran.out.strip()) == (0, "there"), ran.err


@pytest.mark.parametrize(
    "text",
    ["raise SystemError", "ADAPTATION = 1", "this is no Python", ""],
)
def test_broken_adaptation_breaks_nothing(garden: World, text: str) -> None:
    """A file that cannot be read is told, and the others are applied."""
    (garden.shims / "garden.plants" / "a.py").write_text(text)
    out = garden.says(f"{ASKED}\n{STATES}")
    assert "garden.plants/a: failed" in out
    assert "garden.plants/it: applied" in out


def test_failing_action_leaves_the_module_as_it_was(garden: World) -> None:
    """An action that raises is told, and the import ends as it would without us."""
    adaptation(
        garden.shims,
        "garden.plants:Lily",
        "Alias(home='garden.flowers:Lily')",
        slug="a",
    )
    out = garden.says(f"{ASKED}\n{STATES}")
    assert "garden.plants/a: failed: AttributeError" in out


def test_off_and_strict(garden: World) -> None:
    """0 turns everything off; strict raises, and names the remedy."""
    off = garden.run(ASKED, COMPAT_SHIMS="0")
    assert "cannot import name 'Rose'" in off.err
    assert off.warnings == []
    strict = garden.run(ASKED, COMPAT_SHIMS="strict")
    assert "CompatShimError: garden.plants/it is needed" in strict.err
    assert "To mend it: upgrade garden" in strict.err


def test_expired_works_and_says_so(world: World) -> None:
    """A day in the calendar breaks no app; every word about it tells."""
    plant(world.site, "garden", "2.0", GARDEN)
    adaptation(world.shims, "garden.plants:Rose", ALIAS, expires="2020, 1, 1")
    ran = world.run(f"{ASKED}\nprint(*[it.expired for it in compat_shims.status()])")
    assert "expired on 2020-01-01" in ran.warnings[0]
    assert "True" in ran.out


def test_module_that_fails_fails_as_ever(world: World) -> None:
    """A target that raises on its own raises the same, with its own traceback."""
    files = {**GARDEN, "garden/plants.py": "raise RuntimeError('its own')\n"}
    plant(world.site, "garden", "2.0", files)
    adaptation(world.shims, "garden.plants:Rose", ALIAS)
    assert "RuntimeError: its own" in world.run("import garden.plants").err


def test_log_record_and_warning_are_one_each(garden: World) -> None:
    """A record of the logger `compat_shims` stands beside the warning."""
    code = f"""
        import logging
        class Keeps(logging.Handler):
            def emit(self, record): print(record.name, record.levelname)
        logging.getLogger("compat_shims").addHandler(Keeps())
        {ASKED}
        """
    assert garden.says(code) == "compat_shims WARNING"

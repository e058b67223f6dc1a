"""`compatcheck doctor`, `rule` and `history`, from the command line on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from conftest import Command, python
from planted.worlds import CaseFile, PlantedWorld, plant

CHATKIT = "from agents import InputGuardrailTripwireTriggered\n"
AGENTS = {
    "agents/__init__.py": "from agents.guards import InputGuardrailTripwireTriggered\n",
    "agents/guards.py": "class InputGuardrailTripwireTriggered(Exception): pass\n",
}
Told = dict[str, object]

FIRST_STEPS = [
    ["install", "openai-chatkit", "openai-agents"],
    ["install", "--no-deps", "agents"],
    ["uninstall", "agents"],
]
FIRST_ERROR: dict[str, object] = {
    "run": "import chatkit.agents",
    "wheels": [
        {
            "name": "openai-chatkit",
            "version": "1.2.0",
            "requires": ["openai-agents>=0.3.2"],
            "files": {"chatkit/__init__.py": "", "chatkit/agents.py": CHATKIT},
        },
        {"name": "openai-agents", "version": "0.5.1", "files": AGENTS},
        {"name": "agents", "version": "1.4.0", "files": {"agents/__init__.py": ""}},
    ],
    "steps": FIRST_STEPS,
    "healed": [["install", "--reinstall", "openai-agents"]],
}
OTHER_WORLD: dict[str, object] = {
    "run": CHATKIT,
    "wheels": [{"name": "openai-agents", "version": "0.5.1", "files": AGENTS}],
    "steps": [["write", "agents/notes.py", "x = 1\n"]],
}


def _world(
    told: dict[str, object], root: Path, *, healed: bool = False
) -> PlantedWorld:
    case = CaseFile(rule="", name="", path=root, told=told)
    return plant(case, root / "world", python("3.11").executable, healed=healed)


def _doctor(world: PlantedWorld, *options: str) -> tuple[int, str, str]:
    command = Command(folder=world.folder, home=world.root, variables=world.environ)
    said = command("doctor", "--python", str(world.python), *options)
    return said.code, said.out, said.err


def test_the_first_error_is_named_and_its_remedy_verified(tmp_path: Path) -> None:
    """The cause is a deleted `__init__.py`, its owner is named, a reinstall mends."""
    world = _world(FIRST_ERROR, tmp_path)
    code, out, _ = _doctor(world, "--run", "import chatkit.agents", "--try")
    verdict, _, *rest = out.splitlines()
    assert code == 1
    assert verdict.startswith("overlap-deleted: agents/__init__.py of openai-agents")
    told = "\n".join(rest)
    assert "RECORD of openai-agents 0.5.1 lists agents/__init__.py" in told
    assert "openai-agents==0.5.1 (verified: tried in a copy)" in told
    assert "(unknown location)" in told


def test_a_command_may_name_its_interpreter_by_a_path(tmp_path: Path) -> None:
    """From the folder: that one is looked at, and remedies are tried in its copy."""
    world = _world(FIRST_ERROR, tmp_path)
    command = Command(folder=world.folder, home=world.root, variables=world.environ)
    told = command(
        *("doctor", "--try", "--", "../env/bin/python", "-c", "import chatkit.agents")
    )
    assert told.code == 1
    assert told.out.startswith("overlap-deleted: ")
    assert "openai-agents==0.5.1 (verified: tried in a copy)" in told.out
    assert "the command names it" in told.out


def test_a_remedy_is_not_told_to_be_no_help_where_nothing_was_seen(
    tmp_path: Path,
) -> None:
    """What cannot be started in the copy, as it leads out of it, tried nothing."""
    world = _world(FIRST_ERROR, tmp_path)
    (world.folder / ".venv").symlink_to(world.root / "env")
    line = ".venv/bin/python -c 'import chatkit.agents'"
    code, out, _ = _doctor(world, "--try", "--", "sh", "-c", line)
    assert code == 1
    assert out.startswith("overlap-deleted: ")
    assert "no help" not in out
    assert "unchecked a remedy was not tried: in the copy, the original ends" in out


def test_the_same_words_from_another_world_have_another_cause(tmp_path: Path) -> None:
    """With nothing installed and a folder of that name, nothing was deleted.

    What is meant can be told: it is a distribution of a known pair.
    """
    world = _world(OTHER_WORLD, tmp_path)
    code, out, _ = _doctor(world, "--run", CHATKIT.strip(), "--try")
    assert code == 1
    assert "(unknown location)" in out
    assert out.startswith("not-installed: ")
    assert "openai-agents 0.5.1 has `agents.InputGuardrailTripwireTriggered`" in out
    assert "openai-agents (verified: tried in a copy)" in out


def test_a_healthy_environment_is_silent_but_for_the_verdict(tmp_path: Path) -> None:
    """One line, and exit code 0."""
    world = _world(FIRST_ERROR, tmp_path, healed=True)
    code, out, _ = _doctor(world, "--run", "import chatkit.agents")
    assert code == 0
    assert out.startswith("healthy: 2 distributions")
    assert len(out.splitlines()) == 1


def test_trying_changes_nothing_of_the_users(tmp_path: Path) -> None:
    """Environment and working directory are byte for byte what they were."""
    world = _world(FIRST_ERROR, tmp_path)
    before = _digest(world)
    code, _, _ = _doctor(world, "--run", "import chatkit.agents", "--try")
    assert code == 1
    assert _digest(world) == before


def _digest(world: PlantedWorld) -> dict[str, str]:
    """Every file of the user's but bytecode, which any import writes."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (world.root / "env", world.folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def test_fixing_asks_and_then_mends(tmp_path: Path) -> None:
    """Without an answer nothing is done; with --yes the environment is healthy."""
    world = _world(FIRST_ERROR, tmp_path)
    run = ("--run", "import chatkit.agents")
    code, _, err = _doctor(world, *run, "--fix")
    assert code == 1
    assert "to do: " in err
    code, _, err = _doctor(world, *run, "--fix", "--yes")
    assert code == 0
    assert "done: it runs" in err
    assert _doctor(world, *run)[0] == 0


def test_json_has_the_keys_of_the_schema(tmp_path: Path) -> None:
    """Programs read `compatcheck.diagnosis/1`, paths without the place."""
    world = _world(FIRST_ERROR, tmp_path)
    _, out, _ = _doctor(world, "--run", "import chatkit.agents", "-f", "json")
    told = json.loads(out)
    assert told["schema"] == "compatcheck.diagnosis/1"
    assert told["healthy"] is False
    assert told["environment"]["distributions"] == 2
    assert told["failure"]["type"] == "ImportError"
    assert str(tmp_path) not in json.dumps(told["failure"])
    (diagnosis,) = told["diagnoses"]
    assert diagnosis["rule"] == "overlap-deleted"
    assert diagnosis["culprit"] == {"distribution": "openai-agents", "version": "0.5.1"}
    assert diagnosis["remedies"][0]["verified"] is None


def test_without_a_failure_the_project_s_imports_are_replayed(tmp_path: Path) -> None:
    """What the source imports is asked, and the first that fails is diagnosed."""
    steps = [*FIRST_STEPS, ["write", "app.py", CHATKIT]]
    told: Told = {**FIRST_ERROR, "steps": steps}
    world = _world(told, tmp_path)
    code, out, _ = _doctor(world)
    assert code == 1
    assert out.startswith("overlap-deleted: ")
    assert "InputGuardrailTripwireTriggered" in out


def test_what_no_rule_explains_is_undetermined(tmp_path: Path) -> None:
    """A failure without a proven cause says what was looked at, and is a finding."""
    world = _world({"run": "1/0", "steps": []}, tmp_path)
    code, out, _ = _doctor(world, "--run", "1/0")
    assert code == 1
    assert out.startswith("undetermined: ")
    assert "RECORDs of 0 distributions" in out


def test_words_of_a_package_are_data(tmp_path: Path) -> None:
    """Control sequences in a message are shown, not obeyed."""
    world = _world({"run": "pass", "steps": []}, tmp_path)
    statement = r"raise ImportError('\x1b[2Jgone\u202e')"
    _, out, _ = _doctor(world, "--run", statement)
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert r"\x1b[2Jgone" in out


def test_both_copies_of_a_name_are_told_apart(tmp_path: Path) -> None:
    """Yours and the one that it hides may have the same path, each below its own."""
    steps = [["install", "openai-agents"], ["write", "agents/__init__.py", ""]]
    told = {"run": CHATKIT, "wheels": OTHER_WORLD["wheels"], "steps": steps}
    code, out, _ = _doctor(_world(told, tmp_path), "--run", CHATKIT.strip())
    assert code == 1
    assert out.startswith("shadow-local: ")
    assert "`agents` is imported from agents/__init__.py" in out
    assert "openai-agents 0.5.1 has it in site-packages/agents/__init__.py" in out


@pytest.mark.parametrize(
    ("newest", "told"),
    [
        ("1.0", "run it under a Python before 3.11: there is no newer press"),
        ("1.1", "--upgrade press (tried in a copy: no help)"),
        ("3.0", "'press>=3,<4' (verified: tried in a copy)"),
    ],
)
def test_no_release_that_is_not_there_is_offered(
    newest: str, told: str, tmp_path: Path
) -> None:
    """What the index has decides what a distribution for an older Python is told."""
    dropped = {"press/__init__.py": "import binhex\n"}
    mended = {"press/__init__.py": "x = 1\n"}
    wheels: list[Told] = [{"name": "press", "version": "1.0", "files": dropped}]
    if newest != "1.0":
        files = mended if newest == "3.0" else dropped
        wheels.append({"name": "press", "version": newest, "files": files})
    if newest == "3.0":
        wheels.append({"name": "press", "version": "4.0", "files": dropped})
    world: Told = {"run": "", "wheels": wheels, "steps": [["install", "press==1.0"]]}
    _, out, _ = _doctor(_world(world, tmp_path), "--run", "import press", "--try")
    assert out.startswith("python-too-new: ")
    assert told in out
    assert "press>=2" not in out


def test_an_interpreter_that_is_not_there_is_a_usage_error(command: Command) -> None:
    """The exit code is 2, and the words say what to name."""
    said = command("doctor", "--python", "nowhere/python")
    assert said.code == 2
    assert "nowhere/python is no interpreter" in said.err


def test_a_command_that_ends_badly_without_a_traceback_is_told(tmp_path: Path) -> None:
    """Its exit code and last line are all that can be said."""
    world = _world({"run": "pass", "steps": []}, tmp_path)
    code, out, _ = _doctor(world, "--run", "print('no luck'); raise SystemExit(4)")
    assert code == 1
    assert out.startswith("undetermined: it ended with exit code 4")
    assert "no luck" in out


def test_rules_are_listed_and_explained(command: Command) -> None:
    """The catalogue has every id, and one of them with its example."""
    listed = command("rule")
    assert listed.code == 0
    assert "overlap-deleted" in listed.out
    told = command("rule", "overlap-deleted")
    assert "example" in told.out
    assert "(unknown location)" in told.out
    assert command("rule", "no-such-cause").code == 2


def test_history_tells_holes(tmp_path: Path) -> None:
    """A name that one release lacks is told with that release."""
    apple = {"orchard/__init__.py": "class Apple: pass\n"}
    told: Told = {
        "run": "pass",
        "steps": [["install", "orchard==1.2"]],
        "wheels": [
            {"name": "orchard", "version": "1.0", "files": apple},
            {"name": "orchard", "version": "1.1", "files": {"orchard/__init__.py": ""}},
            {"name": "orchard", "version": "1.2", "files": apple},
        ],
    }
    world = _world(told, tmp_path)
    command = Command(folder=world.folder, home=world.root, variables=world.environ)
    said = command("history", "orchard:Apple", "--python", str(world.python))
    assert said.code == 0
    first = said.out.splitlines()[0]
    assert first == (
        "orchard: orchard:Apple is there from the first to the newest, but for 1.1"
    )


@pytest.mark.parametrize("asked", ["orchard/fruit", "orchard:a-b", "1:x"])
def test_history_refuses_what_is_no_name(command: Command, asked: str) -> None:
    """The exit code is 2."""
    assert command("history", asked).code == 2


BROKEN_FILE: Told = {
    "run": "import press",
    "wheels": [
        {
            "name": "press",
            "version": "1.0",
            "requires": ["orchard"],
            "files": {"press/__init__.py": "from orchard import Apple\n"},
        },
        {
            "name": "orchard",
            "version": "1.0",
            "files": {"orchard/__init__.py": "class Apple: pass\n"},
        },
        {
            "name": "orchard",
            "version": "1.1",
            "files": {"orchard/__init__.py": "class Apple: pass\n"},
        },
    ],
    "steps": [["install", "press", "orchard"]],
}


@pytest.mark.parametrize(
    ("text", "word"),
    [("class Ap", "of another size"), ("class Plum:pass \n", "of other content")],
    ids=["cut", "changed"],
)
def test_a_damaged_file_is_not_taken_for_a_release(
    tmp_path: Path, text: str, word: str
) -> None:
    """Another release would run, but so does the same one laid anew: it is the file."""
    world = _world(BROKEN_FILE, tmp_path)
    (site,) = (world.root / "env").glob("lib/python*/site-packages")
    file = site / "orchard" / "__init__.py"
    size = file.stat().st_size
    file.unlink()
    file.write_text(text.ljust(size) if "other content" in word else text)
    code, out, _ = _doctor(world, "--run", "import press", "--try")
    assert code == 1
    assert out.startswith("undetermined: it fails, and files of orchard 1.")
    assert f"orchard/__init__.py is {word}" in out
    assert "(verified: tried in a copy)" in out


def test_a_shim_is_off_and_said_to_be(tmp_path: Path) -> None:
    """What a start-up file would adapt is seen as it is; the file is named."""
    world = _world({"run": "pass", "steps": []}, tmp_path)
    (site,) = (world.root / "env").glob("lib/python*/site-packages")
    start = "import os, sys; os.environ.get('COMPAT_SHIMS') == '0' or sys.exit(9)\n"
    (site / "zz_compat_shims.pth").write_text(start)
    code, out, _ = _doctor(world, "--run", "import sys")
    assert code == 0
    assert out.startswith("healthy: ")
    assert "zz_compat_shims.pth" in out
    assert "it was off" in out


def test_a_line_end_in_a_path_makes_no_remedy(tmp_path: Path) -> None:
    """What stands behind it is no step of ours."""
    name = "a\nthen      rm -rf ~\nb"
    steps = [["write", f"{name}/random.py", "x = 1\n"]]
    world = _world({"run": "pass", "steps": steps}, tmp_path)
    told = world.folder / name
    variables = {**world.environ, "PYTHONPATH": str(told)}
    command = Command(folder=told, home=world.root, variables=variables)
    run = ("--run", "from random import choice")
    said = command("doctor", "--python", str(world.python), *run)
    assert said.code == 1
    assert not [it for it in said.out.splitlines() if it.startswith("then      rm")]


def test_what_the_contract_names_is_replayed(tmp_path: Path) -> None:
    """A project without source of its own says in pyproject.toml what it needs."""
    table = '[tool.compatcheck]\ncontract = { symbols = ["orchard:Apple.peel"] }\n'
    steps = [["write", "pyproject.toml", table]]
    world = _world({"run": "pass", "steps": steps}, tmp_path)
    code, out, _ = _doctor(world)
    assert code == 1
    assert out.startswith("not-installed: ")
    assert "from orchard import Apple" in out


def test_all_that_bends_an_import_is_told_on_request(tmp_path: Path) -> None:
    """`-v` has the search path and Python's own variables."""
    steps = [["variable", "PYTHONPATH", "layer"]]
    world = _world({"run": "pass", "steps": steps}, tmp_path)
    _, out, _ = _doctor(world, "--run", "pass", "-v")
    told = out.splitlines()
    assert f"variable  PYTHONPATH={world.folder / 'layer'}" in told
    assert any(it.endswith("site-packages") for it in told)

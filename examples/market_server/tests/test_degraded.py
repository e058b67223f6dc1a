"""Where a library cannot be used, the app starts, says so and why, and goes on."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import httpx
import pytest
import uv
from damage import Environment, here, made, started
from living import SECRET, bearer
from talking import done, message, say

ANN = bearer("ann")
CHAT = {"message": "What costs AAPL?"}
SHIMS = Path(__file__).resolve().parents[3] / "shims" / "src"
"""The shim, as it lies in a clone."""


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An environment that may be damaged."""
    return made(tmp_path / "venv")


def _is_unusable(answer: httpx.Response, part: str, *words: str) -> None:
    told = answer.json()
    assert (answer.status_code, told["code"]) == (503, f"{part}_unusable"), told
    assert told["correlation_id"]
    for each in words:
        assert each in told["message"]
    assert "\n" not in told["message"]
    assert "Traceback" not in answer.text


def _line(client: httpx.Client, log: Path) -> str:
    """Why it is degraded: one line, which stands in the log too."""
    health = client.get("/health").json()
    assert health["status"] == "degraded"
    line = str(health["why"])
    assert line in [it.partition(" ")[2] for it in log.read_text().splitlines()]
    return line


def test_imports_are_late() -> None:
    """Neither library is imported with the app, only when it is started."""
    code = (
        "import sys, market_server.app as app; app.create_app(); "
        "print(sorted({'agents', 'chatkit', 'openai'} & set(sys.modules)))"
    )
    ended = here().run("-c", code, MARKET_JWT_SECRET=SECRET)
    assert (ended.stdout, ended.stderr) == ("[]\n", "")


def test_whole_environment_is_well(environment: Environment, tmp_path: Path) -> None:
    """Undamaged, the copy serves both ways: what follows is the damage's doing."""
    with started(environment, tmp_path) as app:
        health = app.client.get("/health").json()
        assert (health["status"], health["why"]) == ("ok", None)
        assert done(say(app.client, "What costs AAPL?"), "widget")
        assert app.client.post("/api/ann/chat", headers=ANN, json=CHAT).is_success


def test_first_error_is_explained(environment: Environment, tmp_path: Path) -> None:
    """Without `agents/__init__.py` it starts and names the file, not the versions."""
    environment.forget("agents/__init__.py")
    ended = environment.run("-c", "import chatkit.agents")
    words = "cannot import name 'InputGuardrailTripwireTriggered' from 'agents'"
    assert f"{words} (unknown location)" in ended.stderr
    with started(environment, tmp_path) as app:
        line = _line(app.client, app.log)
        native = app.client.post("/chatkit/sdk", json=message("hello"))
        chat = app.client.post("/api/ann/chat", headers=ANN, json=CHAT)
        kept = app.client.get("/api/ann/conversations", headers=ANN)
    cause = "agents/__init__.py of its own list is not on disk", "openai-agents "
    _is_unusable(native, "chatkit", *cause)
    _is_unusable(chat, "agents", *cause)
    assert kept.json()["conversations"] == []
    assert line.startswith("degraded: /chatkit/sdk answers 503: openai-agents ")
    assert "a namespace package" in line


def test_first_error_is_served_with_the_shim(
    environment: Environment, tmp_path: Path
) -> None:
    """With one start-up file it streams a widget, and says once what is to be done."""
    environment.forget("agents/__init__.py")
    (environment.site / "shims.pth").write_text(f"{SHIMS}\n")
    enable = "from compat_shims import startup; startup.enable(startup.site_folder())"
    assert environment.run("-c", enable).returncode == 0
    with started(environment, tmp_path) as app:
        health = app.client.get("/health").json()
        assert (health["status"], health["why"]) == ("ok", None)
        assert done(say(app.client, "What costs AAPL?"), "widget")
        assert app.client.post("/api/ann/chat", headers=ANN, json=CHAT).is_success
        log = app.log.read_text()
    (warning,) = [it for it in log.splitlines() if "CompatShimWarning:" in it]
    assert "agents/__init__.py is on the list of openai-agents" in warning
    assert "To mend it: python -m pip install --force-reinstall --no-deps" in warning


@pytest.mark.online
def test_first_error_by_its_recipe(environment: Environment, tmp_path: Path) -> None:
    """An unrelated distribution comes and goes: metadata is in order, a file is not."""
    for words in (("install", "--no-deps", "agents"), ("uninstall", "agents")):
        command = [uv.find_uv_bin(), "pip", *words, "--python", environment.python]
        subprocess.run(command, check=True, capture_output=True)
    assert list(environment.site.glob("openai_agents-*.dist-info"))
    assert not (environment.site / "agents" / "__init__.py").exists()
    with started(environment, tmp_path) as app:
        line = _line(app.client, app.log)
        native = app.client.post("/chatkit/sdk", json=message("hello"))
    _is_unusable(native, "chatkit", "agents/__init__.py", "(unknown location)")
    assert "openai-agents " in line


def test_rest_goes_on_without_chatkit(environment: Environment, tmp_path: Path) -> None:
    """With chatkit uninstalled, the native way is 503 and chat over REST works."""
    environment.forget("chatkit", "openai_chatkit-*")
    with started(environment, tmp_path) as app:
        line = _line(app.client, app.log)
        native = app.client.post("/chatkit/sdk", json=message("hello"))
        chat = app.client.post("/api/ann/chat", headers=ANN, json=CHAT)
    _is_unusable(native, "chatkit", "openai-chatkit is not installed")
    assert "268.40 USD" in chat.json()["response"]
    assert line.startswith("degraded: /chatkit/sdk answers 503: openai-chatkit is not")
    assert "REST" not in line


def test_import_is_no_proof(environment: Environment, tmp_path: Path) -> None:
    """A library that imports and does not serve is found out before a user does."""
    usage = environment.site / "agents" / "usage.py"
    text = usage.read_text()
    usage.unlink()  # a hard link: the original stays as it is
    usage.write_text(text + "\n_was = Usage.__post_init__\n" + _FAILS)
    with started(environment, tmp_path) as app:
        _line(app.client, app.log)
        native = app.client.post("/chatkit/sdk", json=message("hello"))
        chat = app.client.post("/api/ann/chat", headers=ANN, json=CHAT)
    _is_unusable(native, "chatkit", "LookupError: drifted apart")
    _is_unusable(chat, "agents", "LookupError: drifted apart")


_FAILS = """
def _fails(self):
    raise LookupError("drifted\\napart")
Usage.__post_init__ = _fails
"""


@pytest.mark.parametrize(
    ("says", "named"),
    [
        (
            {
                "schema": "compatcheck.diagnosis/1",
                "diagnoses": [
                    {
                        "rule": "overlap-deleted",
                        "title": "agents took a file along",
                        "remedies": [{"kind": "reinstall", "command": "x"}],
                    }
                ],
            },
            "agents took a file along (compatcheck: overlap-deleted); mend: x",
        ),
        (
            {
                "schema": "compatcheck.diagnosis/1",
                "diagnoses": [{"rule": "undetermined", "title": "undetermined"}],
            },
            "ImportError: as seen",
        ),
        ({"schema": "something/2"}, "ImportError: as seen"),
        ("nonsense", "ImportError: as seen"),
    ],
)
def test_compatcheck_has_the_first_word(
    tmp_path: Path, says: object, named: str
) -> None:
    """Where compatcheck is installed its diagnosis is told, and only a named one.

    A stand-in for it: it keeps to the schema, and is asked as the real one is.
    """
    package = tmp_path / "compatcheck"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(
        "import sys\n"
        "first, option, python, run, statement, *rest = sys.argv[1:]\n"
        "assert [first, option, run] == ['doctor', '--python', '--run'], sys.argv\n"
        "assert rest == ['-f', 'json'], rest\n"
        f"print({json.dumps(says)!r})\n"
    )
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
        "from market_server.causes import cause_of; "
        "print(cause_of('chatkit', ImportError('as\\nseen')))"
    )
    ended = here().run("-c", code, PYTHONPATH=str(tmp_path))
    assert ended.stdout == f"{named}\n", ended.stderr


def test_statement_that_a_doctor_replays_fails_alike(environment: Environment) -> None:
    """The statement given to compatcheck raises what made the part unusable."""
    statement = "from market_server.parts import try_out; try_out('chatkit')"
    assert environment.run("-c", statement).returncode == 0
    environment.forget("agents/__init__.py")
    ended = environment.run("-c", statement)
    assert ended.returncode == 1
    assert "(unknown location)" in ended.stderr

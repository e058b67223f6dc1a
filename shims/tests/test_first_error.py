"""The first error's environment, from the index: damaged, and then mended.

`nox -s shims_online` runs these: each installs what it names into its own environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from planting import SOURCE

pytestmark = pytest.mark.online

NAMES = """
import agents, json
told = ("__module__", "__name__")
kinds = {
    name: [type(it).__name__, *(getattr(it, what, "") for what in told)]
    for name, it in vars(agents).items()
}
print(json.dumps(kinds))
"""
TOLD = "CompatShimWarning: agents/missing_init was adapted"
"""How its one warning begins; what else is adapted today is told, too."""
OWN = {"__file__", "__cached__", "__builtins__", "__getattr__", "__annotations__"}
"""What every module that is run from a file has of its own."""


def _environment(folder: Path, *requires: str) -> Path:
    """An environment with these, as anybody makes one; its interpreter."""
    import uv

    tool, python = uv.find_uv_bin(), folder / "bin" / "python"
    subprocess.run([tool, "venv", "-q", "-p", sys.executable, folder], check=True)
    words = [tool, "pip", "install", "-q", "--python", str(python), "packaging"]
    subprocess.run([*words, *requires], check=True)
    (site,) = (folder / "lib").glob("python*/site-packages")
    (site / "shims.pth").write_text(f"{SOURCE}\n")
    return python


def _run(python: Path, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("version", ["0.3.2", "0.5.1", "0.24.0"])
def test_every_name_of_the_release_is_there_or_raises(
    tmp_path: Path, version: str
) -> None:
    """What the intact package has, the damaged one has as the same kind of thing."""
    python = _environment(tmp_path / "venv", f"openai-agents=={version}")
    whole = json.loads(_run(python, NAMES).stdout)
    (init,) = (tmp_path / "venv").glob("lib/python*/site-packages/agents/__init__.py")
    init.unlink()
    ended = _run(python, f"import compat_shims.auto\n{NAMES}")
    assert ended.stderr.count(TOLD) == 1, ended.stderr
    restored = json.loads(ended.stdout)
    gone = ended.stderr.partition("not to be recovered: ")[2].partition(". To mend")[0]
    left_out = {*gone.split(", "), *OWN, "__loader__"}
    for names in (whole, restored):
        for name in left_out & set(names):
            del names[name]
    assert len(whole) > 100
    assert whole == restored


def test_first_error_is_gone_and_told(tmp_path: Path) -> None:
    """The import that the project began with works, with one warning that says why."""
    pair = ("openai-chatkit==1.2.0", "openai-agents==0.5.1")
    python = _environment(tmp_path / "venv", *pair)
    (init,) = (tmp_path / "venv").glob("lib/python*/site-packages/agents/__init__.py")
    init.unlink()
    statement = "import chatkit.agents, chatkit.server"
    without = _run(python, statement)
    assert "'InputGuardrailTripwireTriggered' from 'agents' (unknown" in without.stderr
    ended = _run(python, f"import compat_shims.auto\n{statement}")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count(TOLD) == 1
    assert "--force-reinstall --no-deps 'openai-agents==0.5.1'" in ended.stderr

"""The shim as a way out: what is shipped, then what can be generated, both tried.

Nothing is installed. What the user runs is run once more with compat_shims at the end
of its search path, put there by a `sitecustomize` that hands on to the user's own.
"""

from __future__ import annotations

import json
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import packaging

from compatcheck.diagnosis.bench import Bench, Outcome, Ran
from compatcheck.diagnosis.scene import Scene
from compatcheck.environments.live import Process
from compatcheck.errors import CouldNotTell, UsageError
from compatcheck.report.investigated import Way, WayCame
from compatcheck.workflow.session import Session
from compatcheck.workflow.shim import Place
from compatcheck.workflow.shim_generate import Proposed, for_traceback
from compatcheck.workflow.shim_laid import find_shims, lay_out
from compatcheck.workflow.shim_wish import Refused

_OLDEST: Final = (3, 10)
"""What compat_shims runs on."""
_DEAF: Final = frozenset({"-I", "-E", "-S"})
"""With these, Python hears of no `sitecustomize` of ours."""
_SHIPPED: Final = "what compatcheck-shims ships"
_GENERATED: Final = "an adaptation generated for this failure"
_START: Final = """\
import atexit, json, os, sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [it for it in sys.path if os.path.abspath(it) != here]
sys.path.append({library!r})
try:
    import compat_shims
    from compat_shims.records import status
    compat_shims.install(*{folders!r})

    def tell():
        with open(os.path.join({told!r}, str(os.getpid())), "w") as file:
            json.dump([it.as_json() for it in status()], file)

    atexit.register(tell)
except Exception:
    pass
found = PathFinder.find_spec("sitecustomize", sys.path)
if found is not None and found.loader is not None:
    module = module_from_spec(found)
    sys.modules["sitecustomize"] = module
    found.loader.exec_module(module)
"""


@dataclass(frozen=True, kw_only=True)
class Shims:
    """Tries the shim on one failure."""

    session: Session
    scratch: Path
    bench: Bench

    def ways(self, scene: Scene) -> Iterator[Way]:
        """What came of it: what is shipped; where that does not help, a new one."""
        why = self._why_not(scene)
        if why is not None:
            yield _way(_SHIPPED, "not tried", why)
            return
        outcome, applied = self._run(scene.process, ())
        shipped = _shipped(scene.process, outcome, applied)
        yield shipped
        if shipped.outcome != "works":
            yield self._generated(scene)

    def _why_not(self, scene: Scene) -> str | None:
        python = scene.inspection.python
        try:
            find_shims()
        except UsageError as fault:
            return fault.problems[0].message
        if tuple(map(int, python.minor.split("."))) < _OLDEST:
            return f"compat_shims is for Python 3.10 and later, not {python.version}"
        if _DEAF.intersection(scene.process.flags):
            return "the command's flags keep every such thing out of Python"
        return None

    def _run(
        self, process: Process, folders: Sequence[str]
    ) -> tuple[Outcome | None, tuple[str, ...]]:
        """How it ends with the shim, and what was applied on the way."""
        start = Path(tempfile.mkdtemp(prefix="shim-", dir=self.scratch))
        told = start / "told"
        told.mkdir()
        text = _START.format(
            library=str(self._library), folders=list(folders), told=str(told)
        )
        (start / "sitecustomize.py").write_text(text, encoding="utf-8")
        shimmed = process.before(start)
        environ = {**shimmed.environ, "COMPAT_SHIMS": "1"}
        outcome = self.bench.ask(replace(shimmed, environ=environ))
        return outcome, _applied(told)

    @cached_property
    def _library(self) -> Path:
        """compat_shims and what it requires, and nothing else."""
        laid = lay_out(find_shims(), (), self.scratch / "laid").folder
        (laid / "packaging").symlink_to(Path(packaging.__file__).parent)
        return laid

    def _generated(self, scene: Scene) -> Way:
        """What `compatcheck shim generate` proposes, tried on what is really run."""
        step = scene.step
        words = f"{step.type}: {' '.join(step.message.split())}"
        try:
            found = for_traceback(words, self._place(scene), self._shimmed())
        except UsageError:
            why = "one is generated for an import alone that misses a name"
            return _way(_GENERATED, "not tried", why)
        except CouldNotTell as fault:
            return _way(_GENERATED, "unknown", str(fault))
        if isinstance(found, Refused):
            detail = f"refused: {found.reason}; better: {found.better}"
            return _way(_GENERATED, "not tried", detail)
        return self._proposed(scene, found, words)

    def _proposed(self, scene: Scene, found: Proposed, words: str) -> Way:
        folder = Path(tempfile.mkdtemp(prefix="own-", dir=self.scratch))
        for draft in found.drafts:
            path = folder / draft.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(draft.text, encoding="utf-8")
        outcome, applied = self._run(scene.process, (str(folder),))
        seen = f"`{found.words}` fails without it and works with it"
        if not isinstance(outcome, Ran) or not applied:
            return _way(_GENERATED, "fails", f"{seen}; but what you run does not")
        python = str(scene.process.python)
        command = ["compatcheck", "shim", "generate", "--python", python]
        return replace(
            _way(_GENERATED, "works", f"{seen}, and so does what you run"),
            command=shlex.join([*command, "--for", words]),
        )

    def _place(self, scene: Scene) -> Place:
        package = self._library / "compat_shims"
        return Place(python=scene.process.python, site=self.scratch, package=package)

    def _shimmed(self) -> Session:
        process = self.bench.process.before(self._library)
        return replace(self.session, environ=process.environ)


def _applied(told: Path) -> tuple[str, ...]:
    """What every process of it said that it adapted, in words."""
    found = set()
    for file in told.iterdir():
        try:
            records = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        found |= {
            f"{it['id']} ({it['fidelity']}): {it['reason']}"
            for it in records
            if it["state"] == "applied"
        }
    return tuple(sorted(found))


def _shipped(process: Process, outcome: Outcome | None, applied: Sequence[str]) -> Way:
    names = "; ".join(applied)
    if not applied:
        return _way(_SHIPPED, "not tried", "none of its adaptations is for this")
    if not isinstance(outcome, Ran):
        detail = f"applied, and it still does not run: {names}"
        return _way(_SHIPPED, "fails", detail)
    return replace(
        _way(_SHIPPED, "works", f"tried: the original runs with {names}"),
        command=shlex.join(["compat-shims", "run", "--", *process.command]),
    )


def _way(what: str, outcome: WayCame, detail: str) -> Way:
    return Way(kind="shim", what=what, outcome=outcome, detail=detail)

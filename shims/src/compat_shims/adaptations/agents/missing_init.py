"""The first error: `agents/__init__.py` is gone, and with it every name it exported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from compat_shims import Adaptation, Fidelity, Guard, Target
from compat_shims.actions.restored import RestoredInit

ADAPTATION = Adaptation(
    target=Target(module="agents"),
    guard=Guard(distribution="openai-agents", versions=">=0.0.2"),
    action=RestoredInit(table=Path(__file__).with_suffix(".json")),
    fidelity=Fidelity.ALIAS,
    why="agents/__init__.py is on the list of {distribution} {version} and not on "
    "disk: the environment is damaged, the versions are not to blame",
    remedy="python -m pip install --force-reinstall --no-deps "
    "'{distribution}=={version}'",
    reference="`compatcheck doctor`, rule overlap-deleted",
    expires=date(2027, 11, 1),
)

"""Do the modules import? Every distribution's own roots first, then the contract's."""

from __future__ import annotations

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Dict, List

STAGE = "import"
ENDS_CELL = True


def targets(contract: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Each module once: axis distributions in their order, then the rest by name."""
    found = {}  # type: Dict[str, Dict[str, Any]]
    for distribution, roots in contract["roots"].items():
        if not roots:
            found[distribution] = {"label": distribution, "module": None}
        for root in roots:
            found.setdefault(root, {"label": root, "module": root})
    for module in contract["modules"]:
        found.setdefault(module, {"label": module, "module": module})
    return list(found.values())


def probe(target: Mapping[str, Any]) -> None:
    """Import the module as a user's program would."""
    if target["module"] is None:
        message = "{} installs no module that can be imported".format(target["label"])
        raise ModuleNotFoundError(message)
    importlib.import_module(target["module"])

"""Do the modules import? Every distribution's own roots first, then the contract's."""

from __future__ import annotations

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Dict, List

STAGE = "import"
ENDS_CELL = True

_import = importlib.import_module  # before anything imported can replace it


def targets(contract: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Each module once: axis distributions in their order, then the rest by name."""
    found = {}  # type: Dict[str, Dict[str, Any]]
    for distribution, roots in contract["roots"].items():
        if not roots:
            found[distribution] = {"label": distribution, "module": None, "read": False}
        for root in roots:
            found.setdefault(root, {"label": root, "module": root, "read": False})
    for module in contract["modules"]:
        read = module in contract["read"]
        found.setdefault(module, {"label": module, "module": module, "read": read})
    return list(found.values())


def probe(target: Mapping[str, Any]) -> None:
    """Import the module as a user's program would."""
    if target["module"] is None:
        message = "{} installs no module that can be imported".format(target["label"])
        raise ModuleNotFoundError(message)
    _import(target["module"])

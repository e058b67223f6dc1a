"""Are the names in the wheels? Answered from their source before anything is run.

The guest never gets this file: what is asked is answered by `contract.screen`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Dict, List

STAGE = "symbol"
ENDS_CELL = False
RUNS = False
"""Nothing is run: there need be no environment, not even a lock."""


def targets(contract: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Each module and each symbol of the contract, as `import` and `symbol` call it."""
    found = {}  # type: Dict[str, Dict[str, Any]]
    for distribution, roots in contract["roots"].items():
        for label in roots or [distribution]:
            found[label] = {"module": label if roots else None, "name": None}
    for module in contract["modules"]:
        found[module] = {"module": module, "name": None}
    for symbol in contract["symbols"]:
        label = "{}.{}".format(symbol["module"], symbol["name"])
        found.setdefault(label, dict(symbol))
    return [
        {"label": label, "read": label in contract["read"], **found[label]}
        for label in found
    ]

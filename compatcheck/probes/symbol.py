"""Are the names there? `from module import name`, then each dotted attribute."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Dict, List

STAGE = "symbol"
ENDS_CELL = False


def targets(contract: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Each symbol of the contract, in its order."""
    return [
        {
            "label": "{}.{}".format(symbol["module"], symbol["name"]),
            "module": symbol["module"],
            "name": symbol["name"],
        }
        for symbol in contract["symbols"]
    ]


def probe(target: Mapping[str, Any]) -> None:
    """Take the name as a user's program would, so that Python's own words are kept."""
    first, _, rest = target["name"].partition(".")
    found = _take(target["module"], first)
    for attribute in rest.split(".") if rest else ():
        found = _attribute(found, attribute)


def _take(module: str, name: str) -> Any:
    for part in [*module.split("."), name]:
        if not part.isidentifier():
            raise ValueError("{!r} is not a name that Python can import".format(part))
    scope = {}  # type: Dict[str, Any]
    # The statement itself, not an imitation: it falls back to submodules, and its
    # error says "(unknown location)" or a path, which is evidence.
    exec("from {} import {} as it".format(module, name), scope)  # noqa: S102 - above
    return scope["it"]


def _attribute(owner: Any, name: str) -> Any:
    """The attribute, or its annotation: a field without a default is only annotated."""
    try:
        return getattr(owner, name)
    except AttributeError:
        for base in getattr(owner, "__mro__", ()):
            annotations = vars(base).get("__annotations__", {})
            if name in annotations:
                return annotations[name]
        raise

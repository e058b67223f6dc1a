"""Are the names there? `from module import name`, then each dotted attribute."""

from __future__ import annotations

import importlib
import keyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Dict, List

STAGE = "symbol"
ENDS_CELL = False


def targets(contract: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Each symbol of the contract, in its order."""
    found = []
    for symbol in contract["symbols"]:
        label = "{}.{}".format(symbol["module"], symbol["name"])
        target = {"label": label, "read": label in contract["read"]}
        target.update(symbol)
        found.append(target)
    return found


def probe(target: Mapping[str, Any]) -> None:
    """Take the name as a user's program would, so that Python's own words are kept."""
    first, *rest = target["name"].split(".")
    found = _take(target["module"], first)
    while rest:
        name = rest.pop(0)
        try:
            found = getattr(found, name)
        except AttributeError:
            if rest or not _is_annotated(found, name):
                raise


def _take(module: str, name: str) -> Any:
    for part in [*module.split("."), name]:
        if not part.isidentifier() or keyword.iskeyword(part):
            raise ValueError("{!r} is not a name that Python can import".format(part))
    scope = {}  # type: Dict[str, Any]
    # The statement itself, not an imitation: it falls back to submodules, and its
    # error says "(unknown location)" or a path, which is evidence.
    statement = "from {} import {} as it".format(module, name)
    exec(compile(statement, __file__, "exec"), scope)  # noqa: S102 - checked above
    return scope["it"]


def _is_annotated(owner: Any, name: str) -> bool:
    """Whether a class declares it: a field without a default is only annotated."""
    return any(name in _annotations(base) for base in getattr(owner, "__mro__", ()))


def _annotations(base: type) -> Any:
    try:
        library = importlib.import_module("annotationlib")
    except ImportError:  # before 3.14 they are made with the class
        return vars(base).get("__annotations__", {})
    # As text, because what only a type checker imports has no value (PEP 749).
    return library.get_annotations(base, format=library.Format.STRING)

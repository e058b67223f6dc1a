"""Do the calls bind, and are the attributes there? Nothing is called or instantiated.

A call is laid against the real signature; an attribute is looked for on the class, in
what the class declares, and in what its methods set. What a class makes up as it goes
(`__getattr__`, wrappers that take anything, models that rename their fields) cannot be
told so: then a string says why, and the target is left out.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import threading
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Dict, List, Optional, Set, Tuple

STAGE = "call"
ENDS_CELL = False


def _load(name: str) -> Any:
    """Load a part of the guest by its path, in the house and in a cell alike."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    path, part = os.path.join(here, "guest", name + ".py"), types.ModuleType(name)
    with open(path, "rb") as file:
        exec(compile(file.read(), path, "exec"), vars(part))  # noqa: S102 - our own
    return part


_classes = _load("_compatcheck_classes")
_source = _load("_compatcheck_source")
_calls = _load("_compatcheck_calls")
_calls.classes = _classes
_No, _LeftOut = _calls.No, _calls.LeftOut


def targets(contract: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Each use of the contract, in its order; `wanted` is what importing needs anyway.

    Only that is ever imported for a call. A module that the consumer names in a
    function may be there for an extra, and may do anything when it is imported.
    """
    roots = [root for found in contract["roots"].values() for root in found]
    modules = {*roots, *contract["modules"]}
    symbols = {(it["module"], it["name"].split(".")[0]) for it in contract["symbols"]}
    return [
        dict(use, read=True, wanted=_wanted(use, modules, symbols))
        for use in contract["uses"]
    ]


def _wanted(
    use: Mapping[str, Any], modules: Set[str], symbols: Set[Tuple[str, str]]
) -> Dict[str, bool]:
    module, name = use["module"], use["name"].split(".")[0]
    below = any(it == module or it.startswith(module + ".") for it in modules)
    return {"module": below, "name": (module, name) in symbols}


def probe(target: Mapping[str, Any]) -> Optional[str]:
    """Pass if the use is possible; a string says why that cannot be decided."""
    try:
        _ask(target)
    except _LeftOut as why:
        return str(why)
    except _No as no:
        answer = no.args[0]
    except MemoryError:
        raise
    except Exception as error:  # an object that does not bear being looked at
        return "looking at it raised {}".format(type(error).__name__)
    else:
        return None
    raise answer


def _ask(target: Mapping[str, Any]) -> None:
    *path, last = target["name"].split(".")
    owner = _walk(target, path)
    if _classes.is_class(owner):
        _ask_class(owner, last, target)
    elif target["instance"]:
        raise _LeftOut("{} is no class".format(".".join(path)))
    else:
        _ask_object(owner, last, target)


def _ask_class(owner: Any, last: str, target: Mapping[str, Any]) -> None:
    instance, call = target["instance"], target["call"]
    base, found = _classes.find(owner, last)
    if base is None and not instance:
        base, found = _classes.find(type(owner), last)
        instance = True
    if base is None:
        _look_for(owner, last, instance=target["instance"])
        if call is not None:
            raise _LeftOut("{} is a field".format(last))
    elif call is not None:
        try:
            _calls.bind_method(found, call, target["name"], instance=instance)
        except _No as error:
            if target["instance"] and _classes.differs(owner, last):
                words = "an instance may have another {}".format(last)
                raise _LeftOut(words) from error
            raise


def _look_for(owner: Any, name: str, *, instance: bool) -> None:
    """Look for what is no part of the class itself."""
    if _classes.declares(owner, name):
        return
    why = _classes.unsure(owner, name, instance) or _source.why(owner, name)
    if why:
        raise _LeftOut(why)
    kind = "{!r} object" if instance else "type object {!r}"
    message = (kind + " has no attribute {!r}").format(owner.__name__, name)
    raise _No(AttributeError(message))


def _ask_object(owner: Any, last: str, target: Mapping[str, Any]) -> None:
    if _calls.is_a(owner, types.ModuleType):
        found = _from_module(owner, last, target)
        if target["call"] is not None:
            _calls.bind(found, target["call"], 0, target["name"])
        return
    base, found = _classes.find(type(owner), last)
    if base is None:
        raise _LeftOut("{} is an object made at run time".format(target["name"]))
    if target["call"] is not None:
        _calls.bind_method(found, target["call"], target["name"], instance=True)


# --- finding -----------------------------------------------------------------------


def _walk(target: Mapping[str, Any], path: Sequence[str]) -> Any:
    """What the path leads to; its absence is for the other probes to tell."""
    where = [target["module"]]
    try:
        found = _module(target)
        for part in path:
            where.append(part)
            if _calls.is_a(found, types.ModuleType):
                found = _from_module(found, part, target)
            else:
                found = inspect.getattr_static(found, part)
    except (MemoryError, _LeftOut):
        raise
    except BaseException as error:  # whatever an import may raise
        words = "{} is not there: {}"
        raise _LeftOut(words.format(".".join(where), type(error).__name__)) from error
    return found


def _module(target: Mapping[str, Any]) -> Any:
    """The module, imported only if importing the consumer does that anyway."""
    name = target["module"]
    if target["wanted"]["module"]:
        return importlib.import_module(name)
    if name not in sys.modules:
        raise _LeftOut("{} is not imported".format(name))
    return sys.modules[name]


def _from_module(module: Any, name: str, target: Mapping[str, Any]) -> Any:
    """Take a name that a module has by now, or makes of what is imported by now.

    One that it lacks decides nothing. If importing the consumer needs it, that is the
    symbol probe's to tell; if only a function does, this may be the function for other
    releases, which nobody calls here.
    """
    held = vars(module)
    if name in held:
        return held[name]
    needed = target["wanted"]["name"] and module.__name__ == target["module"]
    blocker = _NothingNew()
    if not needed:
        sys.meta_path.insert(0, blocker)
    try:
        return getattr(module, name)
    except MemoryError:
        raise
    except AttributeError as error:
        words = "{} has no {} of itself".format(module.__name__, name)
        raise _LeftOut(words) from error
    except BaseException as error:
        words = "{} cannot be had: {}".format(name, type(error).__name__)
        raise _LeftOut(words) from error
    finally:
        sys.meta_path[:] = [it for it in sys.meta_path if it is not blocker]


class _NotImported(BaseException):
    """No `Exception`, so that no module takes it for an answer and remembers it."""


class _NothingNew:
    """A finder, asked for what is not imported yet, that lets this thread have none."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, name: str, *_: object) -> None:
        if threading.get_ident() == self._thread:
            raise _NotImported(name)

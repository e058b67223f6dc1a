"""Do the calls bind, and are the attributes there? Nothing is called or instantiated.

A call is laid against the real signature; an attribute is looked for on the class, in
what the class declares, and in what its methods set. What a class makes up as it goes
(`__getattr__`, wrappers that take anything, models that rename their fields) cannot be
told so: then a string says why, and the target is left out.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Dict, List, Optional

STAGE = "call"
ENDS_CELL = False

_ROUTINES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
)


def _load(name: str) -> Any:
    """Load a part of the guest by its path, in the house and in a cell alike."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    path, part = os.path.join(here, "guest", name + ".py"), types.ModuleType(name)
    with open(path, "rb") as file:
        exec(compile(file.read(), path, "exec"), vars(part))  # noqa: S102 - our own
    return part


_classes = _load("_compatcheck_classes")
_source = _load("_compatcheck_source")


class _LeftOut(Exception):
    """It cannot be decided, and why not."""


class _No(Exception):
    """The use is not possible: holds what Python would raise at it."""


def targets(contract: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Each use of the contract, in its order."""
    return [dict(use, read=True) for use in contract["uses"]]


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
    owner = _walk(target["module"], path)
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
            _bind_method(found, call, target["name"], instance=instance)
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
    if _is(owner, types.ModuleType):
        found = _from_module(owner, last)
        if target["call"] is not None:
            _bind(found, target["call"], 0, target["name"])
        return
    base, found = _classes.find(type(owner), last)
    if base is None:
        raise _LeftOut("{} is an object made at run time".format(target["name"]))
    if target["call"] is not None:
        _bind_method(found, target["call"], target["name"], instance=True)


# --- finding -----------------------------------------------------------------------


def _walk(module: str, path: Sequence[str]) -> Any:
    """What the path leads to; its absence is for the other probes to tell."""
    try:
        found = importlib.import_module(module)  # type: Any
        for part in path:
            if _is(found, types.ModuleType):
                found = _from_module(found, part)
            else:
                found = inspect.getattr_static(found, part)
    except MemoryError:
        raise
    except BaseException as error:  # whatever an import may raise
        where = ".".join([module, *path])
        why = "{} is not there: {}".format(where, type(error).__name__)
        raise _LeftOut(why) from error
    return found


def _from_module(module: Any, name: str) -> Any:
    """Take a name as `from module import name` does: an attribute, else a submodule."""
    try:
        return getattr(module, name)
    except AttributeError as error:
        try:
            return importlib.import_module("{}.{}".format(module.__name__, name))
        except ImportError:
            raise _No(error) from None
    except MemoryError:
        raise
    except BaseException as error:  # a module that imports on demand
        words = "{} cannot be had: {}".format(name, type(error).__name__)
        raise _LeftOut(words) from error


def _is(found: Any, *kinds: type) -> bool:
    """Tell its type; `isinstance` would ask a stranger's `__class__`."""
    return issubclass(type(found), kinds)


# --- calls -------------------------------------------------------------------------


def _bind_method(found: Any, call: Any, name: str, *, instance: bool) -> None:
    if _is(found, staticmethod):
        _bind(found.__func__, call, 0, name)
    elif _is(found, classmethod):
        _bind(found.__func__, call, 1, name)
    elif _classes.is_class(found) or _is(found, types.BuiltinFunctionType):
        _bind(found, call, 0, name)
    else:
        _bind(found, call, int(instance), name)


def _bind(found: Any, call: Any, bound: int, name: str) -> None:
    """Lay a call against a callable that is given so many arguments by itself."""
    if _classes.is_class(found):
        _construct(found, call, name)
        return
    while _passes_on(found):
        found = found.__wrapped__
    if _is(found, types.MethodType):
        found, bound = found.__func__, bound + 1
    if not _is(found, *_ROUTINES):
        raise _LeftOut("{} is a {}".format(name, type(found).__name__))
    _lay(_signature(found), call, bound, name)
    if hasattr(found, "__wrapped__") or hasattr(found, "__signature__"):
        try:
            _lay(inspect.signature(found), call, bound, name)
        except Exception as error:
            words = "what wraps {} may change its arguments".format(name)
            raise _LeftOut(words) from error


def _passes_on(found: Any) -> bool:
    """Whether it is one of the standard library's wrappers that change no argument."""
    if type(found).__name__ == "_lru_cache_wrapper":
        return True
    if not _is(found, types.FunctionType) or "__wrapped__" not in vars(found):
        return False
    return bool(found.__code__.co_filename == contextlib.__file__)


def _signature(found: Any) -> Any:
    """What a callable itself takes, whatever it says of itself or of what it wraps."""
    if _is(found, types.FunctionType):
        bare = types.FunctionType(
            found.__code__, {}, found.__name__, found.__defaults__, found.__closure__
        )
        bare.__kwdefaults__ = found.__kwdefaults__
        found = bare
    try:
        return inspect.signature(found)
    except Exception as error:
        raise _LeftOut("its signature is not known") from error


def _lay(signature: Any, call: Any, bound: int, name: str) -> None:
    lay = signature.bind_partial if call["partial"] else signature.bind
    given = [None] * (call["positional"] + bound)
    try:
        lay(*given, **dict.fromkeys(call["keywords"]))
    except TypeError as error:
        written = _written(list(signature.parameters.values())[bound:])
        message = "{}(): {}; it takes ({})".format(name, error, written)
        raise _No(TypeError(message)) from None


def _written(parameters: Sequence[Any]) -> str:
    """The parameters, without defaults, whose text may differ from run to run."""
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    words = []  # type: List[str]
    for it in parameters:
        named_only = it.kind is inspect.Parameter.KEYWORD_ONLY
        if named_only and not any(word.startswith("*") for word in words):
            words.append("*")
        default = "" if it.default is inspect.Parameter.empty else "=…"
        words.append(marks.get(it.kind, "") + it.name + default)
    return ", ".join(words)


def _construct(owner: Any, call: Any, name: str) -> None:
    """Lay a call of a class against what makes and what fills its instances."""
    if _classes.find(type(owner), "__call__")[0] is not type:
        raise _LeftOut("{} is made by its metaclass".format(name))
    maker, new = _classes.find(owner, "__new__")
    filler, init = _classes.find(owner, "__init__")
    plain = maker is object or maker.__module__ == "typing"  # Generic's, to 3.8
    if plain and filler is object:
        if call["positional"] or call["keywords"]:
            raise _No(TypeError("{}() takes no arguments".format(name)))
        return
    made_here = not plain and _is(new, staticmethod)
    if made_here:
        _bind(new.__func__, call, 1, name)
    if filler is object:
        if not made_here:
            raise _LeftOut("its signature is not known")
        return
    try:
        _bind(init, call, 1, name)
    except _No as error:
        if made_here:
            raise _LeftOut("{} may make something else".format(name)) from error
        raise
    if _classes.is_pydantic(owner) and _classes.fields_of(owner) is not None:
        _fill(owner, call, name)


def _fill(model: Any, call: Any, name: str) -> None:
    """Lay a call of a model against its fields. Others than these may be ignored."""
    fields = _classes.fields_of(model)
    given = call["keywords"]
    missing = [it for it in fields if _classes.is_required(fields[it])]
    missing = [it for it in missing if it not in given and not call["partial"]]
    unknown = [it for it in given if it not in fields]
    if _classes.undeclared(model) != "forbid":
        unknown = []
    if (missing or unknown) and _classes.renames(model):
        raise _LeftOut("{} may know its fields by other names".format(name))
    if missing:
        message = "{}(): missing a required argument: {!r}"
        raise _No(TypeError(message.format(name, missing[0])))
    if unknown:
        message = "{}(): got an unexpected keyword argument {!r}"
        raise _No(TypeError(message.format(name, unknown[0])))

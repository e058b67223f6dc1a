"""Whether a call can be laid against what is called; nothing is called here.

Loaded by its path, by the probe that asks for it, which gives it `classes`.
"""

import contextlib
import inspect
import types

classes = None
_ROUTINES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
)


class LeftOut(Exception):
    """It cannot be decided, and why not."""


class No(Exception):
    """The use is not possible: holds what Python would raise at it."""


def is_a(found, *kinds):
    """Tell its type; `isinstance` would ask a stranger's `__class__`."""
    return issubclass(type(found), kinds)


def bind_method(found, call, name, *, instance):
    if is_a(found, staticmethod):
        bind(found.__func__, call, 0, name)
    elif is_a(found, classmethod):
        bind(found.__func__, call, 1, name)
    elif classes.is_class(found) or is_a(found, types.BuiltinFunctionType):
        bind(found, call, 0, name)
    else:
        bind(found, call, int(instance), name)


def bind(found, call, bound, name):
    """Lay a call against a callable that is given so many arguments by itself."""
    if classes.is_class(found):
        _construct(found, call, name)
        return
    while _passes_on(found):
        found = found.__wrapped__
    if is_a(found, types.MethodType):
        found, bound = found.__func__, bound + 1
    if not is_a(found, *_ROUTINES):
        raise LeftOut("{} is a {}".format(name, type(found).__name__))
    try:
        _lay(_signature(found), call, bound, name)
    except No as error:
        if not is_a(found, types.FunctionType):
            # What is compiled says of itself what it likes: `numpy.arange` takes more.
            words = "{} may take more than it says".format(name)
            raise LeftOut(words) from error
        raise
    if hasattr(found, "__wrapped__") or hasattr(found, "__signature__"):
        try:
            _lay(inspect.signature(found), call, bound, name)
        except Exception as error:
            words = "what wraps {} may change its arguments".format(name)
            raise LeftOut(words) from error


def _passes_on(found):
    """Whether it is one of the standard library's wrappers that change no argument."""
    if type(found).__name__ == "_lru_cache_wrapper":
        return True
    if not is_a(found, types.FunctionType) or "__wrapped__" not in vars(found):
        return False
    return bool(found.__code__.co_filename == contextlib.__file__)


def _signature(found):
    """What a callable itself takes, whatever it says of itself or of what it wraps."""
    if is_a(found, types.FunctionType):
        bare = types.FunctionType(
            found.__code__, {}, found.__name__, found.__defaults__, found.__closure__
        )
        bare.__kwdefaults__ = found.__kwdefaults__
        found = bare
    try:
        return inspect.signature(found)
    except Exception as error:
        raise LeftOut("its signature is not known") from error


def _lay(signature, call, bound, name):
    lay = signature.bind_partial if call["partial"] else signature.bind
    given = [None] * (call["positional"] + bound)
    try:
        lay(*given, **dict.fromkeys(call["keywords"]))
    except TypeError as error:
        written = _written(list(signature.parameters.values())[bound:])
        message = "{}(): {}; it takes ({})".format(name, error, written)
        raise No(TypeError(message)) from None


def _written(parameters):
    """The parameters, without defaults, whose text may differ from run to run."""
    marks = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    words = []
    for it in parameters:
        named_only = it.kind is inspect.Parameter.KEYWORD_ONLY
        if named_only and not any(word.startswith("*") for word in words):
            words.append("*")
        default = "" if it.default is inspect.Parameter.empty else "=…"
        words.append(marks.get(it.kind, "") + it.name + default)
    return ", ".join(words)


def _construct(owner, call, name):
    """Lay a call of a class against what makes and what fills its instances."""
    if classes.find(type(owner), "__call__")[0] is not type:
        raise LeftOut("{} is made by its metaclass".format(name))
    maker, new = classes.find(owner, "__new__")
    filler, init = classes.find(owner, "__init__")
    plain = maker is object or maker.__module__ == "typing"  # Generic's, to 3.8
    if plain and filler is object:
        if call["positional"] or call["keywords"]:
            raise No(TypeError("{}() takes no arguments".format(name)))
        return
    made_here = not plain and is_a(new, staticmethod)
    if made_here:
        bind(new.__func__, call, 1, name)
    if filler is object:
        if not made_here:
            raise LeftOut("its signature is not known")
        return
    try:
        bind(init, call, 1, name)
    except No as error:
        if made_here:
            raise LeftOut("{} may make something else".format(name)) from error
        raise
    if classes.is_pydantic(owner) and classes.fields_of(owner) is not None:
        _fill(owner, call, name)


def _fill(model, call, name):
    """Lay a call of a model against its fields. Others than these may be ignored."""
    fields = classes.fields_of(model)
    given = call["keywords"]
    missing = [it for it in fields if classes.is_required(fields[it])]
    missing = [it for it in missing if it not in given and not call["partial"]]
    unknown = [it for it in given if it not in fields]
    if classes.undeclared(model) != "forbid":
        unknown = []
    if (missing or unknown) and classes.renames(model):
        raise LeftOut("{} may know its fields by other names".format(name))
    if missing:
        message = "{}(): missing a required argument: {!r}"
        raise No(TypeError(message.format(name, missing[0])))
    if unknown:
        message = "{}(): got an unexpected keyword argument {!r}"
        raise No(TypeError(message.format(name, unknown[0])))

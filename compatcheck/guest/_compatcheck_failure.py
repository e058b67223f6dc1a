"""An exception as plain JSON: type, message, module, frames, and what it came from.

An exception is a stranger's object: whatever is asked of it may raise in its turn.
"""

import importlib
import traceback

_LONGEST_MESSAGE = 4000  # characters; a message is evidence, not a log
_DEEPEST_CHAIN = 10
_MOST_FRAMES = 60

# Bound before anything is imported that could put something else in its place.
_walk = traceback.walk_tb
_IMPORTLIB = (importlib.__file__, "<frozen importlib")


def describe(error, own_files, effect=None):
    """The exception and its chain, without the frames of the guest's own files.

    `effect` is another exception that came of this one without being linked to it.
    """
    described = _one(error, own_files)
    described["chain"] = list(_chain(error, own_files))
    if effect is not None:
        link = _one(effect, own_files)
        link["relation"] = "effect"
        described["chain"].append(link)
    return described


def _chain(error, own_files):
    seen = {id(error)}
    for _ in range(_DEEPEST_CHAIN):
        if error.__cause__ is not None:
            relation, error = "cause", error.__cause__
        elif error.__context__ is not None and not error.__suppress_context__:
            relation, error = "context", error.__context__
        else:
            return
        if id(error) in seen:
            return
        seen.add(id(error))
        link = _one(error, own_files)
        link["relation"] = relation
        yield link


def _one(error, own_files):
    return {
        "type": _plain(lambda: _name(type(error)), "an exception without a name"),
        "message": _plain(lambda: str(error), "its message cannot be made"),
        "module": _plain(lambda: _module(error), None),
        "frames": _frames(error, own_files)[-_MOST_FRAMES:],
    }


def _name(kind):
    if kind.__module__ in ("builtins", None):
        return kind.__qualname__
    return "{}.{}".format(kind.__module__, kind.__qualname__)


def _module(error):
    return error.name if isinstance(error, ImportError) else None


def _plain(make, otherwise):
    """A string of no stranger's class, cut to a length; else what to say instead."""
    try:
        text = make()
        return str.__getitem__(text, slice(_LONGEST_MESSAGE))
    except BaseException as second:
        if otherwise is None:
            return None
        return "<{}: {}>".format(otherwise, type(second).__name__)


def _frames(error, own_files):
    """The strangers' frames, without the machinery of importing that led there."""
    found = []
    for frame, line in _walk(error.__traceback__):
        file = frame.f_code.co_filename
        machinery = file.startswith(_IMPORTLIB[1]) or (
            file == _IMPORTLIB[0] and not found
        )
        if file not in own_files and not machinery:
            found.append({"file": file, "line": line, "function": frame.f_code.co_name})
    return found

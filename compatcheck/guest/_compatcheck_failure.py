"""An exception as plain JSON: type, message, module, frames, and what it came from."""

import traceback

_LONGEST_MESSAGE = 4000  # characters; a message is evidence, not a log
_DEEPEST_CHAIN = 10
_MOST_FRAMES = 60


def describe(error, own_files):
    """The exception and its chain, without the frames of the guest's own files."""
    described = _one(error, own_files)
    described["chain"] = list(_chain(error, own_files))
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
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", None):
        name = "{}.{}".format(kind.__module__, name)
    module = getattr(error, "name", None) if isinstance(error, ImportError) else None
    return {
        "type": name,
        "message": _message(error)[:_LONGEST_MESSAGE],
        "module": module if isinstance(module, str) else None,
        "frames": list(_frames(error, own_files))[-_MOST_FRAMES:],
    }


def _message(error):
    try:
        return str(error)
    except BaseException as second:
        return "<its message cannot be made: {}>".format(type(second).__name__)


def _frames(error, own_files):
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in own_files or frame.filename.startswith(
            "<frozen importlib"
        ):
            continue
        yield {"file": frame.filename, "line": frame.lineno, "function": frame.name}

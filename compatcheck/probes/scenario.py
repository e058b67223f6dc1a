"""Does it serve? Small programs of the user's or a profile's, passed if they return.

What a library only logged, while it answered with an error event, counts: where a
scenario fails after an exception was logged, that exception is the failure, and what
the scenario made of it is told as its effect.
"""

from __future__ import annotations

import sys
import types
from _thread import get_ident as _which_thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Dict, List

STAGE = "scenario"
ENDS_CELL = False
ALONE = True
"""Each function has a process of its own: one that hangs or dies takes none along."""

_PREFIX = "scenario_"
_LATER = (types.GeneratorType, types.AsyncGeneratorType)

_loaded = {}  # type: Dict[str, Any]
_open = open  # before anything imported can replace it


def targets(contract: Mapping[str, Any]) -> List[Dict[str, Any]]:
    """Each function of each scenario, in their order."""
    return [
        {
            "label": "{}.{}".format(scenario["name"], function[len(_PREFIX) :]),
            "module": None,
            "read": False,
            "scenario": scenario["name"],
            "function": function,
            "seconds": scenario["seconds"],
        }
        for scenario in contract["scenarios"]
        for function in scenario["functions"]
    ]


class OnlyLogged(Exception):
    """A scenario raised, after a library had logged what it comes from."""

    def __init__(self, logged: BaseException, raised: BaseException) -> None:
        """Hold the failure, and its effect."""
        super().__init__()
        self.logged = logged
        self.raised = raised


def share(target: Mapping[str, Any]) -> None:
    """Import what lies beside the file: the files of its family have the same there."""
    _add_folder(target["family"])
    for name in target["companions"]:
        __import__(name)


def load(target: Mapping[str, Any]) -> None:
    """Load the file at `target["file"]`, which the visit has put there."""
    file = target["file"]
    if file not in _loaded:
        _add_folder(target["family"])
        _loaded[file] = _load(file, target["scenario"])


def probe(target: Mapping[str, Any]) -> None:
    """Run one function of the file."""
    noticed = _Noticed()
    noticed.listen()
    try:
        _run(target, noticed)
    except BaseException as error:
        raised = error
    else:
        return
    logged = noticed.last
    if logged is None or logged is raised or _is_skip(raised):
        raise raised
    raise OnlyLogged(logged, raised)


class _Noticed:
    """The exceptions that are logged as an error, until it is told to stop.

    In the thread of the scenario: what reports from the background fails beside it.
    """

    def __init__(self) -> None:
        self.last = None  # type: Any
        self._listens = True
        self._thread = _which_thread()

    def listen(self) -> None:
        """Hear of every record, whatever handlers, filters and levels make of it."""
        import logging

        handle = logging.Logger.handle

        def handle_and_notice(logger: Any, record: Any) -> Any:
            if record.levelno >= logging.ERROR and type(record.exc_info) is tuple:
                self._notice(record.exc_info[1])
            return handle(logger, record)

        # Of every logger, in this process, which ends with the scenario.
        setattr(logging.Logger, "handle", handle_and_notice)  # noqa: B010 - mypy

    def stop(self) -> None:
        """Keep what was last: what is logged while a loop ends comes too late."""
        self._listens = False

    def _notice(self, error: Any) -> None:
        here = self._listens and _which_thread() == self._thread
        if here and isinstance(error, BaseException):
            self.last = error


def _run(target: Mapping[str, Any], noticed: _Noticed) -> None:
    try:
        load(target)
        found = getattr(_loaded[target["file"]], target["function"])()
    except BaseException:
        noticed.stop()
        raise
    if hasattr(type(found), "__await__"):
        _run_loop(found, noticed)
    elif isinstance(found, _LATER):
        message = "{} yields, so calling it runs nothing"
        raise TypeError(message.format(target["function"]))


def _run_loop(awaitable: Any, noticed: _Noticed) -> None:
    """Await it as a program would, but raise without the frames of the loop."""
    import asyncio

    raised = []  # type: List[BaseException]

    async def awaited() -> None:
        try:
            await awaitable
        except BaseException as error:
            noticed.stop()
            raised.append(error)

    try:
        asyncio.run(awaited())
    finally:
        if raised:
            raise raised[0]


def _add_folder(folder: str) -> None:
    """Put it last on the path, so that nothing there hides a distribution."""
    if folder not in sys.path:
        sys.path.append(folder)


def _load(path: str, name: str) -> Any:
    """The file as a module that nobody imports by name.

    It is in `sys.modules` nevertheless: dataclasses and pydantic look there for the
    names in annotations.
    """
    module = types.ModuleType("_compatcheck_scenario_{}".format(name))
    module.__file__ = path
    sys.modules[module.__name__] = module
    with _open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 - the user's own program
    return module


def _is_skip(error: BaseException) -> bool:
    unittest = sys.modules.get("unittest.case")
    return unittest is not None and isinstance(error, unittest.SkipTest)

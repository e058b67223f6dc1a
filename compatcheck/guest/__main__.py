"""The guest: asks the probes inside somebody else's interpreter and writes what it saw.

Run as ``python -I <this folder> CONTROL``. Reads ``CONTROL/input.json``, appends a line
of JSON to ``CONTROL/output.jsonl`` before and after every target, so that a crash tells
at which one. With the numbers of a probe and of one of its targets behind CONTROL, only
the line after that one is written. With ``--nursery`` before CONTROL it stays, and
forks for each of many such sittings. With ``--inspect`` alone nothing is imported: what
is installed is read and told on standard output, which otherwise belongs to whatever is
imported. Standard library only, grammar of Python 3.7, private module names; nothing of
the house is imported.
"""

import os
import sys
import traceback


def _load(name):
    """Load a module of this folder, which does not stay on the path.

    A folder that is run is put first, even under ``-I``.
    """
    here = sys.path[0]
    try:
        return __import__(name)
    finally:
        sys.path.remove(here)


def _main(*arguments):
    leave, words = os._exit, traceback.format_exc
    if arguments == ("--inspect",):
        __import__("_compatcheck_inspector").run()
        return
    part = "_compatcheck_session"
    if arguments[0] == "--nursery":
        part, arguments = "_compatcheck_nursery", arguments[1:]
    try:
        _load(part).run(*arguments)
    except BaseException:
        os.write(2, words().encode("utf-8", "backslashreplace"))
        leave(70)
    # Whatever was imported may have left threads that never end and goodbyes that
    # hang: all that was asked is answered, so nothing is waited for.
    leave(0)


if __name__ == "__main__":
    _main(*sys.argv[1:])

"""One sitting: every probe, every target, one line before and one after each.

What is imported may put anything in the place of `open` or `json.dumps`, close every
file, or start processes and threads. So all that the sitting needs is bound and read
before the first question, and a line is written through a file opened for it alone.
"""

import json
import os

import _compatcheck_failure

_encode = json.JSONEncoder().encode
_describe = _compatcheck_failure.describe


def run(control):
    """Ask all that ``input.json`` in the control folder names."""
    with open(os.path.join(control, "input.json"), encoding="utf-8") as file:
        asked = json.load(file)["probes"]
    own_files = {__file__, _compatcheck_failure.__file__}
    own_files.update(probe["path"] for probe in asked)
    asks = [_load_probe(probe["path"]) for probe in asked]
    output = os.path.abspath(os.path.join(control, "output.jsonl"))
    _ask_all(asked, asks, own_files, _writer(output))


def _ask_all(probes, asks, own_files, write):
    for number, probe in enumerate(probes):
        for index, target in enumerate(probe["targets"]):
            write({"begin": [number, index]})
            failure = _ask(asks[number], target, own_files)
            write({"end": [number, index], "failure": failure})
            ends = probe["ends_cell"] and not target["read"]
            if failure is not None and ends:
                write({"done": True})
                return
    write({"done": True})


def _load_probe(path):
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    scope = {"__name__": "_compatcheck_probe", "__file__": path}
    exec(code, scope)  # noqa: S102 - a probe file of the house, run by its path
    return scope["probe"]


def _ask(ask, target, own_files):
    try:
        ask(target)
    except BaseException as error:  # SystemExit at import is an answer too
        return _describe(error, own_files)
    return None


def _writer(path):
    """What writes whole lines, each with the kernel before the next thing happens."""
    # Not kept open: whoever closes all files lets the next one take its number.
    start, put, end, leave = os.open, os.write, os.close, os._exit
    whoami = os.getpid
    ours = whoami()
    flags = os.O_WRONLY | os.O_APPEND

    def write(line):
        if whoami() != ours:
            leave(1)  # a package forked and its child came back to us
        file = start(path, flags)
        put(file, (_encode(line) + "\n").encode("ascii"))
        end(file)

    return write

"""One sitting: every probe, every target, one line before and one after each."""

import json
import os

import _compatcheck_failure


def run(control):
    """Ask all that ``input.json`` in the control folder names."""
    with open(os.path.join(control, "input.json"), encoding="utf-8") as file:
        asked = json.load(file)
    own_files = {__file__, _compatcheck_failure.__file__}
    own_files.update(probe["path"] for probe in asked["probes"])
    with open(os.path.join(control, "output.jsonl"), "a", encoding="utf-8") as output:
        _ask_all(asked["probes"], own_files, _Writer(output))


def _ask_all(probes, own_files, writer):
    for number, probe in enumerate(probes):
        ask = _load_probe(probe["path"])
        for index, target in enumerate(probe["targets"]):
            writer.write({"begin": [number, index]})
            failure = _ask(ask, target, own_files)
            writer.write({"end": [number, index], "failure": failure})
            if failure is not None and probe["ends_cell"]:
                writer.write({"done": True})
                return
    writer.write({"done": True})


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
        return _compatcheck_failure.describe(error, own_files)
    return None


class _Writer:
    """Writes whole lines, each handed to the kernel before the next thing happens."""

    def __init__(self, file):
        self._file = file
        self._process = os.getpid()

    def write(self, line):
        if os.getpid() != self._process:
            os._exit(1)  # a package forked and its child came back to us
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

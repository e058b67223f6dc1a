"""One sitting: every probe, every target, one line before and one after each.

What is imported may put anything in the place of `open` or `json.dumps`, close every
file, or start processes and threads. So all that the sitting needs is bound and read
before the first question, and a line is written through a file opened for it alone.

A probe file gives `probe(target)`. It may say `ALONE = True`: then each target is asked
in a process of its own, which has `target["seconds"]` to live. It may have a class
`OnlyLogged` of exceptions that hold two others: `logged`, which is the failure, and
`raised`, what came of it. A probe that returns a string left the target out, and why.
"""

import json
import os

import _compatcheck_alone
import _compatcheck_failure

_LONGEST_REASON = 400  # characters

# Bound before anything is imported that could put something else in its place.
_encode = json.JSONEncoder().encode
_describe = _compatcheck_failure.describe
_start, _put, _take, _end, _leave = os.open, os.write, os.read, os.close, os._exit
_whoami, _look, _seek, _cut = os.getpid, os.stat, os.lseek, os.truncate


def run(control, *place):
    """Ask all that ``input.json`` in the control folder names.

    With the numbers of a probe and a target, only that one is asked, for the sitting
    that noted its beginning.
    """
    with open(os.path.join(control, "input.json"), encoding="utf-8") as file:
        asked = json.load(file)["probes"]
    output = os.path.abspath(os.path.join(control, "output.jsonl"))
    sitting = _Sitting(asked, output)
    if place:
        sitting.answer(*map(int, place))
    else:
        sitting.prepare(control)
        sitting.ask_all()


class _Sitting:
    def __init__(self, probes, output):
        self._probes, self._output = probes, output
        self._files = [_load_probe(probe["path"]) for probe in probes]
        self._own_files = {__file__, _compatcheck_alone.__file__}
        self._own_files.add(_compatcheck_failure.__file__)
        self._own_files.update(probe["path"] for probe in probes)
        self._aside = None

    def prepare(self, control):
        """Have what asks targets alone, if any is."""
        alone = [file.get("ALONE", False) for file in self._files]
        if any(alone[n] and it["targets"] for n, it in enumerate(self._probes)):
            self._aside = _compatcheck_alone.Aside(control)

    def ask_all(self):
        write = _writer(self._output)
        for number, probe in enumerate(self._probes):
            for index, target in enumerate(probe["targets"]):
                write({"begin": [number, index]})
                if self._files[number].get("ALONE"):
                    self._ask_alone(write, number, index)
                    continue
                seen = self._ask(number, index)
                write(seen)
                ends = probe["ends_cell"] and not target["read"]
                if seen["failure"] is not None and ends:
                    write({"done": True})
                    return
        write({"done": True})

    def answer(self, number, index):
        """Ask one target and write what was seen, from whatever process this is."""
        write = _writer(self._output)
        write(self._ask(number, index))

    def _ask_alone(self, write, number, index):
        before = _look(self._output).st_size
        seconds = self._probes[number]["targets"][index]["seconds"]
        try:
            died = self._aside.ask(
                lambda: self.answer(number, index), (number, index), seconds
            )
        except OSError as error:
            told = _describe(error, self._own_files)
            write({"end": [number, index], "failure": told})
            return
        if not self._has_whole_line(before):
            _cut(self._output, before)
            write({"end": [number, index], "died": died})

    def _has_whole_line(self, before):
        size = _look(self._output).st_size
        if size == before:
            return False
        file = _start(self._output, os.O_RDONLY)
        try:
            _seek(file, size - 1, os.SEEK_SET)
            return _take(file, 1) == b"\n"
        finally:
            _end(file)

    def _ask(self, number, index):
        """The line that tells of a target."""
        file, failure, reason = self._files[number], None, None
        try:
            reason = file["probe"](self._probes[number]["targets"][index])
        except BaseException as error:  # SystemExit at import is an answer too
            if type(error) is file.get("OnlyLogged"):
                failure = _describe(error.logged, self._own_files, error.raised)
            else:
                failure = _describe(error, self._own_files)
        seen = {"end": [number, index], "failure": failure}
        if reason is not None:
            seen["left_out"] = str(reason)[:_LONGEST_REASON]
        return seen


def _load_probe(path):
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    scope = {"__name__": "_compatcheck_probe", "__file__": path}
    exec(code, scope)  # noqa: S102 - a probe file of the house, run by its path
    return scope


def _writer(path):
    """What writes whole lines, each with the kernel before the next thing happens."""
    # Not kept open: whoever closes all files lets the next one take its number.
    ours = _whoami()
    flags = os.O_WRONLY | os.O_APPEND

    def write(line):
        if _whoami() != ours:
            _leave(1)  # a package forked and its child came back to us
        file = _start(path, flags)
        _put(file, (_encode(line) + "\n").encode("ascii"))
        _end(file)

    return write

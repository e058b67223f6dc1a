"""One sitting: every probe, every target, one line before and one after each.

What is imported may put anything in the place of `open` or `json.dumps`, close every
file, or start processes and threads. So all that the sitting needs is bound and read
before the first question, and a line is written through a file opened for it alone.

A probe file gives `probe(target)`. It may say `ALONE = True`: then each target is asked
in a process of its own, as `_compatcheck_held` tells. It may have a class
`OnlyLogged` of exceptions that hold two others: `logged`, which is the failure, and
`raised`, what came of it. A probe that returns a string left the target out, and why.
Where compat_shims is at work, each answer tells what it had applied by then.
"""

import json
import os
import sys

import _compatcheck_alone
import _compatcheck_failure
import _compatcheck_held

_LONGEST_REASON = 400  # characters

# Bound before anything is imported that could put something else in its place.
_encode = json.JSONEncoder().encode
_describe = _compatcheck_failure.describe
_Holder = _compatcheck_held.Holder
_loaded = {}
_HERE = os.path.dirname(__file__)
_start, _put, _end, _leave, _whoami = os.open, os.write, os.close, os._exit, os.getpid
_modules = sys.modules


def run(control, *place, fork=None):
    """Ask all that ``input.json`` in the control folder names.

    With the numbers of a probe and a target, only that one is asked, for the sitting
    that noted its beginning. Where the interpreter is not a fresh one, `fork` knows
    whether it is the same (`_compatcheck_sameness.Sameness`).
    """
    with open(os.path.join(control, "input.json"), encoding="utf-8") as file:
        asked = json.load(file)["probes"]
    output = os.path.abspath(os.path.join(control, "output.jsonl"))
    sitting = _Sitting(asked, output, fork)
    if place:
        sitting.answer(*map(int, place))
    else:
        sitting.prepare(control)
        sitting.ask_all()


class _Sitting:
    def __init__(self, asked, output, fork):
        self._probes, self.output, self._own = asked, output, fork
        self._files = [load_probe(probe["path"]) for probe in asked]
        self._own_files = {os.path.join(_HERE, name) for name in os.listdir(_HERE)}
        self._own_files.update(probe["path"] for probe in asked)
        self._aside = None

    def prepare(self, control):
        """Have what asks targets alone, if any is."""
        if any(file.get("ALONE") for file in self._asking()):
            self._aside = _compatcheck_alone.Aside(control)

    def ask_all(self):
        write = self.writer()
        self._ask_each(write)
        if not all(file.get("ALONE") for file in self._asking()):
            self.doubt(write)
        write({"done": True})

    def _asking(self):
        return [self._files[n] for n, it in enumerate(self._probes) if it["targets"]]

    def _ask_each(self, write):
        for number, probe in enumerate(self._probes):
            targets, file = probe["targets"], self._files[number]
            if file.get("ALONE"):
                _Holder(self, self._aside, number, targets, file).ask_all()
                continue
            for index, target in enumerate(targets):
                write({"begin": [number, index]})
                seen = self._ask(number, index)
                write(seen)
                ends = probe["ends_cell"] and not target["read"]
                if seen["failure"] is not None and ends:
                    return

    def doubt(self, write, beside=None):
        """Note why a fresh interpreter might have answered otherwise so far.

        If it would not, note what others can learn from this one; companions of
        scenarios lie in the folder `beside`.
        """
        if self._own is None:
            return
        words = self._own.doubts()
        if words:
            write({"doubts": words})
        else:
            learned = self._own.learned(beside)
            if learned is not None:
                write({"learned": learned})
        self._own.end()

    @property
    def is_all(self):
        """Whether nobody is harmed by what a scenario's file does to this process.

        What ends it is asked anew, for it is no fresh one; and no other probe is asked.
        """
        return self._own is not None and len(self._asking()) == 1

    def in_fork(self, work):
        """The work, as it is done in a fork of this process."""
        if self._own is None:
            return work
        self._own.settle()

        def renewed(ready):
            self._own.renew()
            work(ready)

        return renewed

    def answer(self, number, index):
        """Ask one target and write what was seen, from whatever process this is."""
        write = self.writer()
        write(self._ask(number, index))

    def writer(self):
        """What writes lines from this process."""
        return _writer(self.output)

    def describe(self, error, effect=None):
        """An exception as JSON, without the frames of the guest."""
        return _describe(error, self._own_files, effect)

    def _ask(self, number, index):
        """The line that tells of a target."""
        file, failure, reason = self._files[number], None, None
        try:
            reason = file["probe"](self._probes[number]["targets"][index])
        except BaseException as error:  # SystemExit at import is an answer too
            if type(error) is file.get("OnlyLogged"):
                failure = self.describe(error.logged, error.raised)
            else:
                failure = self.describe(error)
        seen = self.seen(number, index, failure)
        if reason is not None:
            seen["left_out"] = str(reason)[:_LONGEST_REASON]
        return seen

    def seen(self, number, index, failure):
        """The line that tells how a target ended here: well, or with that failure."""
        line = {"end": [number, index], "failure": failure}
        if "compat_shims" in _modules:
            line["adapted"] = _adapted(_modules.get("compat_shims.records"))
        return line


def _adapted(records):
    """Ids and fidelities of all that compat_shims has applied in this process."""
    kept = getattr(records, "KEPT", None)
    told = list(kept.values()) if isinstance(kept, dict) else []
    applied = [it for it in told if it.state.value == "applied" and it.fidelity]
    return sorted([str(it.id), str(it.fidelity.value)] for it in applied)


def load_probe(path):
    """What a probe file defines; read once in a process and its forks."""
    if path not in _loaded:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec")
        scope = {"__name__": "_compatcheck_probe", "__file__": path}
        exec(code, scope)  # noqa: S102 - a probe file of the house, run by its path
        _loaded[path] = scope
    return _loaded[path]


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

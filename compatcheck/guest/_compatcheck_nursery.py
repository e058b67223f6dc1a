"""Interpreters that have imported what cells share, and fork for each of them.

A node waits for orders, each a line in its own pipe that names a file of JSON in the
control folder; it answers with a line in the pipe of all. It may be told to

* ``grow``: fork a node that has further folders on its path and imports some modules;
* ``visit``: fork a process that sits in a cell, wait for its end, and clean up;
* ``end``.

The house decides which nodes there are. A node that could not be forked whole, or that
has done anything else than import, says so instead of serving.
"""

import contextlib
import json
import os
import select
import signal
import sys
import time

import _compatcheck_alone
import _compatcheck_garbage
import _compatcheck_sameness
import _compatcheck_session
import _compatcheck_traces

_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - the cage's own
_FILES, _PROCESSES = "/proc/self/fd", "/proc"
_READY, _REFUSED, _LATE = b"+", b"-", b"?"
_MOST_WORDS = 400  # characters of a refusal

_root = []  # the process that all others were forked from

# Bound before anything is imported that could put something else in its place.
_encode, _decode = json.JSONEncoder().encode, json.JSONDecoder().decode
_open, _read, _write, _close, _list = os.open, os.read, os.write, os.close, os.listdir
_fork, _leave, _pipe, _copy, _kill = os.fork, os._exit, os.pipe, os.dup2, os.kill
_wait, _file, _walk, _whoami = os.waitpid, open, os.walk, os.getpid
_unlink, _rmdir, _go, _join = os.unlink, os.rmdir, os.chdir, os.path.join
_Poll, _now, _KILL = select.poll, time.monotonic, signal.SIGKILL
_whatever = contextlib.suppress


def run(control):
    """Serve as the node from which all others grow.

    What probes import for themselves is there before anything else, as in any sitting.
    """
    _root.append(_whoami())
    traces = _compatcheck_traces.Traces()
    with _file(os.path.join(control, "probes.json"), encoding="utf-8") as file:
        for path in _decode(file.read()):
            _compatcheck_session.load_probe(path)
    traces.know_all()
    node = _Node(os.path.abspath(control), "root", traces, sites=(), told=(), first=())
    node.say("root")
    node.serve()


class _Refusal(Exception):
    """Why what was imported cannot be shared."""

    def __init__(self, why, late=()):
        """Say why; modules that came too early should come `late`."""
        super().__init__(why)
        self.late = sorted(late)


class _Node:
    """One interpreter: where its orders come from, and what it has imported."""

    def __init__(self, control, name, traces, sites, told, first):
        self._control, self._name, self._traces = control, name, traces
        self._sites, self._told, self._first = sites, told, first
        self._aside = _compatcheck_alone.Aside()
        self._shared = None

    def serve(self):
        """Do what is ordered until the end is."""
        orders = _open(self._place(self._name), os.O_RDONLY)
        waiting = b""
        while True:
            line, newline, rest = waiting.partition(b"\n")
            if not newline:
                chunk = _read(orders, 4096)
                if not chunk:
                    return
                waiting += chunk
                continue
            waiting, number = rest, line.decode("ascii")
            with _file(self._place(number), encoding="utf-8") as file:
                order = _decode(file.read())
            if order["do"] == "end":
                return
            do = {"grow": self._grow, "visit": self._visit}[order["do"]]
            self._answer(number, do(order, orders))

    def _place(self, name):
        return _join(self._control, name)

    def _answer(self, number, answer):
        """Leave the answer in a file, and say so."""
        with _file(self._place("answer-" + number), "w", encoding="utf-8") as file:
            file.write(_encode(answer))
        self.say(number)

    def say(self, word):
        """Tell the house."""
        answers = _open(self._place("answers"), os.O_WRONLY)
        _write(answers, word.encode("ascii") + b"\n")
        _close(answers)

    def _grow(self, order, orders):
        """Fork a node; what it says of itself when it has imported everything."""
        _bury()
        if not _compatcheck_alone.is_single():
            return {"refused": "threads"}
        self._look_around()
        ear, mouth = _pipe()
        process = _fork()
        if process == 0:
            _close(ear)
            _close(orders)
            self._become(order, mouth)
        _close(mouth)
        told = _all(ear, order["seconds"])
        _close(ear)
        if told[:1] == _READY:
            return dict(_decode(told[1:].decode("ascii")), process=process)
        _kill(process, _KILL)
        _wait(process, 0)
        if told[:1] == _REFUSED:
            return _decode(told[1:].decode("ascii"))
        return {"refused": "no answer in time" if told else "it ended"}

    def _become(self, order, mouth):
        """Be the new node; never returns."""
        try:
            try:
                told = _encode(self._imported(order))
            except BaseException as error:
                why = {
                    "refused": repr(error)[:_MOST_WORDS],
                    "late": getattr(error, "late", ()),
                }
                _compatcheck_alone.write_all(
                    mouth, _REFUSED + _encode(why).encode("ascii")
                )
                return
            _compatcheck_alone.write_all(mouth, _READY + told.encode("ascii"))
            _close(mouth)
            sites = self._sites + tuple(order["sites"])
            told, first = self._told + tuple(order["modules"]), order["modules"][:1]
            node = _Node(self._control, order["name"], self._traces, sites, told, first)
            try:
                node.serve()
            except BaseException:
                # What was imported may have taken from us what we work with. Whoever
                # waits for an answer gets a wrong one, and that ends the nursery.
                node.say("fault")
        finally:
            _leave(0)

    def _imported(self, order):
        """Import what is ordered; what was learned. Raises what forbids to share it."""
        traces, sites = self._traces, order["sites"]
        _refuse(traces.supplied(sites))
        before = None
        if self._told:
            before = _compatcheck_sameness.Sameness(self._shared, {})
        files = _list(_FILES)
        _go(order["work"])
        sys.path += sites
        path = list(sys.path)
        traces.begin(before and before.heard, shared=True)
        with _compatcheck_garbage.seldom_looked_for():
            for name in order["modules"]:
                __import__(name)
        if before is not None:
            _refuse(before.doubts(), before.late)
        if not _compatcheck_alone.is_single():
            raise _Refusal("threads")
        written = any(_list(it) for it in (*order["writable"], _SHARED_MEMORY))
        if written or sys.path != path or _list(_FILES) != files or _has_children():
            raise _Refusal("it did more than import")
        told = {} if self._told else self._learned(order)
        _compatcheck_garbage.collect_before_forks()
        return told

    def _learned(self, order):
        """What a node could import before it has the folders that others vary."""
        modules = _compatcheck_sameness.apart(self._traces, order["apart"])
        loaded = self._traces.loaded()
        used = [
            site
            for site in order["sites"]
            if _compatcheck_sameness.located(loaded, (site,))
            or self._traces.supplied((site,))
        ]
        every = _compatcheck_traces.EVERY in self._traces.asked
        return {"learned": modules, "used": used, "every": every}

    def _look_around(self):
        if self._shared is None:
            self._shared = _compatcheck_sameness.Shared(
                self._traces, self._told, self._sites, self._first
            )

    def _visit(self, order, orders):
        """Have a fork sit in a cell; how it ended, if it began."""
        _bury()
        self._look_around()
        # Here and not in the fork, so that no folder is looked into again.
        supplied = self._traces.supplied(order["sites"])

        def work(ready):
            _close(orders)
            ready()
            self._sit(order, supplied)

        how = self._aside.fork(work, order["seconds"], order["seconds"])
        _clean(order["keep"])
        return {"refused": "threads"} if how is None else {"how": how}

    def _sit(self, order, supplied):
        for name, standard in (("stdout", 1), ("stderr", 2)):
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            file = _open(_join(order["scratch"], name), flags, 0o600)
            _copy(file, standard)
            _close(file)
        _go(order["work"])
        # What lies beside a scenario comes last, that it hide no distribution.
        beside = [it for it in sys.path if it in order["last"]]
        sys.path[:] = [it for it in sys.path if it not in beside]
        sys.path += [*order["sites"], *beside]
        fork = _compatcheck_sameness.Sameness(
            self._shared, order["peeks"], order["own"]
        )
        fork.doubt(supplied)
        self._traces.begin(fork.heard)
        _compatcheck_session.run(order["control"], fork=fork)


def _refuse(why, late=()):
    if why:
        raise _Refusal(", ".join(why[:5]), late)


def _all(ear, seconds):
    """What is said there before it is closed; nothing if that takes too long."""
    said, until = b"", _now() + seconds
    poll = _Poll()
    poll.register(ear, select.POLLIN)
    while True:
        left = until - _now()
        if left <= 0 or not poll.poll(left * 1000):
            return _LATE
        chunk = _read(ear, 65536)
        if not chunk:
            return said
        said += chunk


def _has_children():
    try:
        _wait(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _bury():
    """Take note of the nodes that have ended."""
    with _whatever(ChildProcessError):
        while _wait(-1, os.WNOHANG)[0]:
            pass


def _clean(nodes):
    """Let nothing of a visit outlive it: no process but these, no shared memory.

    All processes that are seen are the cage's, whose first one is beyond reach.
    """
    kept = {1, *_root, _whoami(), *nodes}
    for name in _list(_PROCESSES):
        if name.isdigit() and int(name) not in kept:
            with _whatever(OSError):  # it has just ended
                _kill(int(name), _KILL)
    for folder, folders, files in _walk(_SHARED_MEMORY, topdown=False):
        for names, remove in ((files, _unlink), (folders, _rmdir)):
            for name in names:
                with _whatever(OSError):
                    remove(_join(folder, name))

"""Targets that share what they load, each asked in a fork of a process that loaded it.

Three generations: what several files share is loaded by the first, a file by the
second, and one target is asked in the third. Whichever of the first two cannot be had,
or cannot be forked, is passed over; then the guest is started anew for each target. A
file that fails to load fails so for each of its targets, and is loaded once.

A probe file says what that means: `share(target)` and `load(target)` beside `probe`;
targets say to what they belong (`family`, `file`) and how long loading may take
(`loading`) and answering (`seconds`).
"""

import itertools
import json
import os

from _compatcheck_alone import flush, is_single

_LOADED = {"loaded": True}
_NO_FORK = {"loaded": False}
"""Notes between the generations: why there are no answers yet."""

# Bound before anything is imported that could put something else in its place.
_decode = json.JSONDecoder().decode
_look, _cut, _open, _runs = os.stat, os.truncate, open, itertools.groupby
_whoami = os.getpid


class Holder:
    """Asks the targets of one probe, generation by generation."""

    def __init__(self, sitting, aside, number, targets, file):
        """Ask these targets of the probe of that number, whose file is given."""
        self._sitting, self._aside, self._number = sitting, aside, number
        self._targets, self._file, self._output = targets, file, sitting.output
        self._write = sitting.writer()

    def ask_all(self):
        """Ask every target, in their order."""
        for _, members in _runs(range(len(self._targets)), self._word("family")):
            self._ask_family(list(members))

    def _word(self, key):
        return lambda index: self._targets[index][key]

    def _ask_family(self, members):
        if len({self._targets[index]["file"] for index in members}) == 1:
            if self._sitting.is_all and len(members) == len(self._targets):
                self._ask_here(members)
            else:
                self._ask_files(members)
            return
        seconds = sum(self._patience(index) for index in members)
        before = _look(self._output).st_size

        def work(ready):
            try:
                self._file["share"](self._targets[members[0]])
            except BaseException:
                return  # whom it concerns, finds out by itself
            if not is_single():
                return
            ready()
            self._write = self._sitting.writer()
            self._ask_files(members)

        loading = self._targets[members[0]]["loading"]
        self._fork(work, loading, seconds)
        # Whatever became of it: what was answered there was answered.
        self._ask_files(members[_answered(self._written_since(before)) :])

    def _ask_here(self, members):
        """Load the file in this very process."""
        before = _look(self._output).st_size
        self._ask_loaded(members, _nothing, _only(members))
        for index in members[_answered(self._written_since(before)) :]:
            self._ask_anew(index)

    def _ask_files(self, members):
        for _, those in _runs(members, self._word("file")):
            self._ask_file(list(those))

    def _ask_file(self, members):
        only = _only(members)
        seconds = sum(self._patience(index) for index in members)
        if only is not None:
            seconds = self._targets[only]["seconds"]
        before = _look(self._output).st_size

        def work(ready):
            self._write = self._sitting.writer()
            self._ask_loaded(members, ready, only)

        how = self._fork(work, self._targets[members[0]]["loading"], seconds)
        lines = self._written_since(before)
        left = members[_answered(lines) :]
        if left and how is not None and _NO_FORK not in lines:
            for orphan in [it["session"] for it in lines if "session" in it][-1:]:
                self._aside.end(orphan)
            # Loaded, it ended at the next target; else no target gets any further.
            died = left[:1] if _LOADED in lines else left
            for index in died:
                self._write({"begin": [self._number, index]})
                self._write({"end": [self._number, index], "died": how})
            left = left[len(died) :]
        for index in left:
            self._ask_anew(index)

    def _ask_loaded(self, members, ready, only):
        """Load the file in this process, and ask the targets in its forks."""
        first = self._targets[members[0]]
        try:
            self._file["load"](first)
        except BaseException as error:
            self._fail(members, self._sitting.describe(error))
            self._sitting.doubt(self._write)
            return
        if not is_single():
            self._write(_NO_FORK)
            return
        ready()
        self._write(_LOADED)
        self._sitting.doubt(self._write, first["family"])
        if only is not None:  # nobody comes after it whom it could harm
            flush()
            self._write({"begin": [self._number, only]})
            self._sitting.answer(self._number, only)
            return
        for index in members:
            self._ask_one(index)

    def _ask_one(self, index):
        """In a fork, for as long as it has; else anew."""
        seconds = self._targets[index]["seconds"]

        def work(ready):
            ready()
            self._sitting.writer()({"session": _whoami()})
            self._sitting.answer(self._number, index)

        def ask():
            how = self._aside.fork(work, seconds, seconds)
            return self._start(index) if how is None else how

        self._note(index, ask)

    def _ask_anew(self, index):
        self._note(index, lambda: self._start(index))

    def _start(self, index):
        return self._aside.start((self._number, index), self._patience(index))

    def _note(self, index, ask):
        """Note the beginning of a target, and its end where nobody else did."""
        place = [self._number, index]
        self._write({"begin": place})
        before = _look(self._output).st_size
        try:
            died = ask()
        except OSError as error:
            failure = self._sitting.describe(error)
            self._write(self._sitting.seen(self._number, index, failure))
            return
        if not _answered(self._written_since(before)):
            self._write({"end": place, "died": died})

    def _fail(self, members, failure):
        for index in members:
            self._write({"begin": [self._number, index]})
            self._write(self._sitting.seen(self._number, index, failure))

    def _fork(self, work, loading, seconds):
        try:
            return self._aside.fork(self._sitting.in_fork(work), loading, seconds)
        except OSError:  # no process: the next way of asking will say so
            return None

    def _patience(self, index):
        return self._targets[index]["loading"] + self._targets[index]["seconds"]

    def _written_since(self, before):
        """The notes behind that place; what was cut short is taken away."""
        with _open(self._output, "rb") as file:
            file.seek(before)
            written = file.read()
        whole = written[: written.rfind(b"\n") + 1]
        if len(whole) < len(written):
            _cut(self._output, before + len(whole))
        return [_decode(line) for line in whole.decode("ascii").splitlines()]


def _nothing():
    """Do nothing."""


def _only(members):
    return members[0] if len(members) == 1 else None


def _answered(lines):
    return sum("end" in line for line in lines)

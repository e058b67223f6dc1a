"""Whether an interpreter that had imported something is what a fresh one would be.

It had imported what cells share before it was told what else there is. A fresh one
would have begun with what is asked of it, and met the same modules on its way. Both are
the same if: it holds no module more than is wanted in the end; the modules begin in an
order that makes no difference to any of them; nothing that was looked for in vain
before is there now; and whatever is changed is changed after the last of the modules
that could have noticed would have begun.
"""

import os
import sys
import warnings
from operator import is_

from _compatcheck_traces import whole

_GONE = object()


class Shared:
    """What an interpreter has that others are forked from: found out once for all."""

    def __init__(self, traces, told, sites):
        """Look around; `told` is what it was told to import, in order.

        `sites` are the folders where its distributions are.
        """
        self.traces = traces
        self.modules = {
            name: vars(sys.modules[name])
            for name in traces.loaded()
            if hasattr(sys.modules.get(name), "__dict__")
        }
        ends = tuple(site + os.sep for site in sites)
        self.lists = {
            (name, key): value
            for name, bound in self.modules.items()
            if str(bound.get("__file__")).startswith(ends)
            for key, value in bound.items()
            if type(value) is list
        }
        self.course = Course(traces.wanted, frozenset(traces.loaded()), {})
        self.course.follow(told)
        every = [*traces.wanted.values(), told]
        wanted = {part for names in every for part in _parts(names)}
        self.importable = wanted.intersection(traces.loaded())


class Sameness:
    """A fork of that interpreter, which goes on from there."""

    def __init__(self, shared, peeks, further):
        """Remember what it is like; `peeks` maps modules to what they look up by name.

        In `sys.modules`, that is, where what they find hangs on when they look.
        `further` are the folders that it has on its path and the others have not.
        """
        self._shared, self._peeks, self._further = shared, peeks, further
        self._now = shared.course.like_it()
        self._standing = []  # what was changed before the last fork
        self._early = {}  # what was changed too early; the keys are words
        self.renew()

    def settle(self):
        """Note what was changed, before a fork that changes more of itself."""
        self._standing += self._touched()

    def renew(self):
        """Take what is now for what was, but for what was noted.

        Modules make their locks anew in a fork (`os.register_at_fork`), which is
        nothing that anybody has read.
        """
        self._modules = [bound.copy() for bound in self._shared.modules.values()]
        self._lists = [value[:] for value in self._shared.lists.values()]
        self._state = _state()

    def companions(self, folder):
        """Modules of a folder that others too could have imported before the fork."""
        return located(apart(self._shared.traces, self._further), (folder,))

    def end(self):
        """Watch no longer: all that is shared has begun."""
        self._shared.traces.end()

    def doubt(self, words):
        """Have further reasons for doubt."""
        self._early.update(dict.fromkeys(words))

    def heard(self, names):
        """Take note that modules are wanted now; whether all of them are done with."""
        new = [it for it in _parts(names) if self._now.is_new(it)]
        if new:
            # A fresh interpreter would begin these now, and see what was changed.
            self.doubt([*self._standing, *self._touched()])
            self._now.follow(new)
        return names[0] in self._now.done and not any(
            it in sys.modules and it not in self._now.done for it in names
        )

    def doubts(self):
        """Why a fresh interpreter might be another one, in words."""
        traces, shared = self._shared.traces, self._shared
        there = frozenset(traces.loaded())
        fresh = Course(traces.wanted, there, shared.course.edges)
        fresh.follow(traces.roots)
        had = Course(traces.wanted, there, shared.course.edges, shared.course)
        had.follow(traces.roots)
        found = ["superfluous " + name for name in shared.importable - self._now.done]
        found += ["half-way {} in {}".format(*it[::-1]) for it in fresh.met ^ had.met]
        found += [
            "{} looks for {}".format(who, name)
            for who, names in self._peeks.items()
            for name in names
            if fresh.is_before(name, who) != had.is_before(name, who)
        ]
        return sorted(found) + list(self._early)

    def _touched(self):
        shared, found = self._shared, []
        # Equality looks at identity first; only where it fails is it worth while to
        # look closely.
        if not _equal(self._modules, list(shared.modules.values())):
            found += [
                "{}.{} is bound anew".format(name, key)
                for (name, now), before in zip(shared.modules.items(), self._modules)  # noqa: B905 - 3.7
                if not _equal(before, now)
                for key in _changed(name, before, now)
            ]
        if not _equal(self._lists, list(shared.lists.values())):
            found += [
                "{}.{} has others in it".format(*place)
                for (place, now), before in zip(shared.lists.items(), self._lists)  # noqa: B905 - 3.7
                if len(now) != len(before) or not all(map(is_, now, before))
            ]
        after = _state()
        return found + [key for key in sorted(after) if after[key] != self._state[key]]


class Course:
    """In what order modules begin, and which are met before they are done."""

    def __init__(self, wanted, there, edges, before=None):
        """Begin, or go on from another course, with what modules wanted.

        `there` are the modules that there are; `edges` keeps what was worked out.
        """
        self.begun = {} if before is None else dict(before.begun)
        self.done = set() if before is None else set(before.done)
        self.met = set() if before is None else set(before.met)
        self.edges = edges
        self._wanted, self._there = wanted, there

    def like_it(self):
        """A course of the same modules that has not begun."""
        return Course(self._wanted, self._there, self.edges)

    def follow(self, names):
        """Import these names."""
        for name in _parts(names):
            self._enter(None, name)

    def is_new(self, name):
        """Whether that is a module that has not begun yet."""
        return name in self._there and name not in self.begun

    def is_before(self, name, other):
        """Whether that module begins before the other one does, if it does at all."""
        last = len(self.begun)
        return self.begun.get(name, last) < self.begun.get(other, last)

    def _enter(self, who, name):
        if name in self.done or name not in self._there:
            return
        if name in self.begun:
            self.met.add((who, name))
            return
        self.begun[name] = len(self.begun)
        for part in self._edge(name):
            if part not in self.done:
                self._enter(name, part)
        self.done.add(name)

    def _edge(self, name):
        if name not in self.edges:
            self.edges[name] = tuple(_parts(self._wanted.get(name, ())))
        return self.edges[name]


def apart(traces, folders):
    """Modules that were loaded from elsewhere and want nothing of these folders.

    In the order in which they were; told to import them, an interpreter that lacks
    the folders has the same.
    """
    loaded = traces.loaded()
    wanted = {name: _parts(traces.wanted.get(name, ())) for name in loaded}
    there = set(located(loaded, folders))
    while True:
        more = {name for name in loaded if there.intersection(wanted[name])} - there
        if not more:
            break
        there |= more
    importable = {name for names in wanted.values() for name in names}
    return [name for name in loaded if name in importable and name not in there]


def located(modules, folders):
    """Those of the modules that lie in these folders."""
    ends = tuple(folder + os.sep for folder in folders)
    return [
        name
        for name in modules
        if str(getattr(sys.modules.get(name), "__file__", None)).startswith(ends)
    ]


def _parts(names):
    """Names and the packages that have to be imported for them, each once."""
    found = {}
    for name in names:
        found.update(dict.fromkeys(whole((name,))) if "." in name else {name: None})
    return found


def _state():
    """What code can change for all, beside modules."""
    return {
        "os.environ": dict(os.environ),
        "sys.meta_path": [id(it) for it in sys.meta_path],
        "sys.path_hooks": [id(it) for it in sys.path_hooks],
        "warnings.filters": [repr(it) for it in warnings.filters],
    }


def _equal(one, other):
    try:
        return one == other
    except Exception:  # what things make of being compared is theirs
        return False


def _changed(module, before, after):
    """Names that are bound anew.

    Not a submodule, which becomes a name of its parent, nor what a module makes on
    demand and keeps (PEP 562): whoever had asked for it before would have got the same.
    """
    on_demand = "__getattr__" in before
    for key in {*before, *after}:
        now = after.get(key, _GONE)
        if key.startswith("__") or before.get(key, _GONE) is now:
            continue
        if on_demand and key not in before:
            continue
        if now is not sys.modules.get("{}.{}".format(module, key), _GONE):
            yield key

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

from _compatcheck_alone import tell_in_fork
from _compatcheck_beginning import parties
from _compatcheck_changes import (
    changed,
    equal,
    names_of,
    noticed,
    telling,
)
from _compatcheck_course import Course, parts, path


class Shared:
    """What an interpreter has that others are forked from: found out once for all."""

    def __init__(self, traces, told, sites, first=()):
        """Look around; `told` is what it was told to import, in order.

        `sites` are the folders where its distributions are, `first` is what most forks
        ask for before anything else.
        """
        self.traces = traces
        self.modules = {
            name: bound
            for name in traces.loaded()
            for bound in (names_of(sys.modules.get(name)),)
            if bound
        }
        ends = tuple(site + os.sep for site in sites)
        self.lists = {
            (name, key): value
            for name, bound in self.modules.items()
            if str(bound.get("__file__")).startswith(ends)
            for key, value in bound.items()
            if type(value) is list
        }
        # Copied here, once, and not in every fork.
        self.live = list(self.modules.values())
        self.bound = [bound.copy() for bound in self.live]
        self.listed = [value[:] for value in self.lists.values()]
        self.restless = self._restless()
        self.course = Course(traces.wanted, traces.begun(), {})
        self.course.follow(told)
        # In hundreds of forks it would be the same, over more than a thousand modules.
        self.first = [*first]
        self.ahead = self.course.like_it()
        self.ahead.follow(first)
        self.importable = {*importable(traces), *parts(told)} & {*traces.loaded()}
        changes = traces.whole.changed(sites)
        self.telling = telling(changes)
        self.order = self.course.order(parties(changes, self.telling, traces.wanted))

    def _restless(self):
        """Places of the modules that are others in every fork.

        Modules make their locks anew there (`os.register_at_fork`), which is nothing
        that anybody has read. Found out in one fork, because to look at a name copies
        the page where it is counted.
        """
        pairs = list(zip(self.bound, self.live))  # noqa: B905 - 3.7

        def tell():
            found = [n for n, pair in enumerate(pairs) if not equal(*pair)]
            return " ".join(map(str, found)).encode("ascii")

        told = tell_in_fork(tell)
        return range(len(pairs)) if told is None else [int(it) for it in told.split()]


class Sameness:
    """A fork of that interpreter, which goes on from there."""

    def __init__(self, shared, peeks, own=()):
        """Remember what it is like; `peeks` maps modules to what they look up by name.

        In `sys.modules`, that is, where what they find hangs on when they look.
        `own` are the folders that no other has, if anything is to be learned of them.
        """
        self._shared, self._peeks, self._own = shared, peeks, own
        self._now = shared.course.like_it()
        self._modules, self._lists = shared.bound[:], shared.listed
        self._standing = []  # what was changed before the last fork
        self._untouched = True  # nothing but the guest has done anything since then
        self._earlier = None  # modules that were there before all that is shared was
        self._early = {}  # what was changed too early; the keys are words
        self.late = ()  # what of the shared would have begun only then, or never
        self.renew()

    def settle(self):
        """Note what was changed, and take what is now for what was.

        Before a fork that changes more of itself.
        """
        shared = self._shared
        self._standing += self._touched()
        self._modules = [
            before if equal(before, now) else now.copy()
            for before, now in zip(self._modules, shared.live)  # noqa: B905 - 3.7
        ]
        self._lists = [
            before if equal(before, now) else now[:]
            for before, now in zip(self._lists, shared.lists.values())  # noqa: B905 - 3.7
        ]

    def renew(self):
        """Begin in a fork, where some modules are others: that is no change."""
        for place in self._shared.restless:
            self._modules[place] = self._shared.live[place].copy()
        self._state = _state()

    def learned(self, beside):
        """What others could import before they fork, if that is to be learned.

        Of the folder `beside`, what needs nothing of those that this fork alone has;
        and of the first of these, everything, for those who ask the same of it.
        """
        if not self._own:
            return None
        traces = self._shared.traces
        companions = []
        if beside is not None:
            companions = located(apart(traces, self._own), (beside,))
        return {
            "companions": companions,
            "imported": located(importable(traces), self._own[:1]),
        }

    def end(self):
        """Watch no longer: all that is shared has begun."""
        self._shared.traces.end()

    def doubt(self, words):
        """Have further reasons for doubt."""
        self._early.update(dict.fromkeys(words))

    def heard(self, names):
        """Take note that modules are wanted now; whether all of them are done with."""
        new = [it for it in parts(names) if self._now.is_new(it)]
        if self._earlier is None and self._shared.importable <= self._now.done:
            self._earlier = frozenset(sys.modules)
        if new:
            # A fresh interpreter would begin these now, and see what was changed.
            now = [] if self._untouched else self._touched()
            changes = [*self._standing, *now]
            if changes and not self._early:
                begun = self._now.begun
                self.late = [it for it in self._shared.importable if it not in begun]
            self.doubt(changes)
            if new == self._shared.first and not self._now.begun:
                self._now = self._shared.ahead.gone_on()
            else:
                self._now.follow(new)
        self._untouched = False
        return names[0] in self._now.done and not any(
            it in sys.modules and it not in self._now.done for it in names
        )

    def doubts(self):
        """Why a fresh interpreter might be another one, in words."""
        traces, shared = self._shared.traces, self._shared
        there = traces.begun()
        fresh = Course(traces.wanted, there, shared.course.edges)
        fresh.follow(traces.roots)
        had = Course(traces.wanted, there, shared.course.edges, shared.course)
        had.follow(traces.roots)
        superfluous = shared.importable - self._now.done
        self.late = sorted(superfluous.union(self.late))
        found = ["superfluous " + name for name in superfluous]
        found += ["half-way {} in {}".format(*it[::-1]) for it in fresh.met ^ had.met]
        found += [
            "{} looks for {}".format(who, name)
            for who, names in self._peeks.items()
            for name in names
            if fresh.is_before(name, who) != had.is_before(name, who)
        ]
        return sorted(found) + self._swapped() + self._noticed() + list(self._early)

    def _swapped(self):
        """Who would begin on the other side of whoever may have changed something."""
        order = self._shared.order
        return [
            "{} and {} in another order".format(*both)
            for both in order
            if self._now.is_before(*both) != order[both]
        ]

    def _noticed(self):
        """Who is here alone, and may have been to see what came later otherwise.

        What began when a fresh interpreter would have been done with all that is shared
        has seen what these had changed by then, here and there.
        """
        traces, shared = self._shared.traces, self._shared
        alone = [
            it
            for it in traces.loaded()
            if it not in shared.modules
            and (self._earlier is None or it in self._earlier)
        ]
        return [
            words
            for name in (alone if shared.telling else ())
            for words in noticed(shared.telling, name, traces.wanted.get(name, ()))
        ]

    def _bound_anew(self, place, name, now):
        keys = list(changed(name, self._modules[place], now))
        if not keys:  # nothing that counts, and so nothing to look at again
            self._modules[place] = now.copy()
        return ["{}.{} is bound anew".format(name, key) for key in keys]

    def _touched(self):
        shared, found = self._shared, []
        # Equality looks at identity first; only where it fails is it worth while to
        # look closely.
        if not equal(self._modules, shared.live):
            for place, (name, now) in enumerate(shared.modules.items()):
                if not equal(self._modules[place], now):
                    found += self._bound_anew(place, name, now)
        if not equal(self._lists, list(shared.lists.values())):
            found += [
                "{}.{} has others in it".format(*place)
                for (place, now), before in zip(shared.lists.items(), self._lists)  # noqa: B905 - 3.7
                if len(now) != len(before) or not all(map(is_, now, before))
            ]
        after = _state()
        return found + [key for key in sorted(after) if after[key] != self._state[key]]


def apart(traces, folders):
    """Modules that were loaded from elsewhere and want nothing of these folders.

    In the order in which they were; told to import them, an interpreter that lacks
    the folders has the same.
    """
    loaded = traces.loaded()
    wanted = {name: parts(traces.wanted.get(name, ())) for name in loaded}
    there = set(located(loaded, folders))
    while True:
        more = {name for name in loaded if there.intersection(wanted[name])} - there
        if not more:
            break
        there |= more
    return [name for name in importable(traces) if name not in there]


def importable(traces):
    """Modules that were loaded because somebody wanted them by that name, in order."""
    every = (*traces.wanted.values(), traces.roots)
    wanted = {part for names in every for name in names for part in path(name)}
    return [name for name in traces.loaded() if name in wanted]


def located(modules, folders):
    """Those of the modules that lie in these folders."""
    ends = tuple(folder + os.sep for folder in folders)
    return [
        name
        for name in modules
        if str(names_of(sys.modules.get(name)).get("__file__")).startswith(ends)
    ]


def _state():
    """What code can change for all, beside modules."""
    return {
        "os.environ": dict(os.environ),
        "sys.meta_path": [id(it) for it in sys.meta_path],
        "sys.path_hooks": [id(it) for it in sys.path_hooks],
        "warnings.filters": [repr(it) for it in warnings.filters],
    }

"""In what order modules begin, followed by what each of them wants."""

from functools import lru_cache

from _compatcheck_traces import whole


class Course:
    """In what order modules begin, and which are met before they are done."""

    def __init__(self, wanted, there, edges, before=None):
        """Begin, or go on from another course, with what modules wanted.

        `there` are the modules that ever began; `edges` keeps what was worked out.
        """
        self.begun = {} if before is None else dict(before.begun)
        self.done = set() if before is None else set(before.done)
        self.met = set() if before is None else set(before.met)
        self.edges = edges
        self._wanted, self._there = wanted, there

    def like_it(self):
        """A course of the same modules that has not begun."""
        return Course(self._wanted, self._there, self.edges)

    def gone_on(self):
        """A course of its own that has come as far."""
        return Course(self._wanted, self._there, self.edges, self)

    def follow(self, names):
        """Import these names."""
        for name in parts(names):
            self._enter(None, name)

    def is_new(self, name):
        """Whether that is a module that has not begun yet."""
        return name in self._there and name not in self.begun

    def is_before(self, name, other):
        """Whether that module begins before the other one does, if it does at all."""
        last = len(self.begun)
        return self.begun.get(name, last) < self.begun.get(other, last)

    def order(self, groups):
        """Whether each of a group, in pairs with each of its others, is before it.

        A group is two sets: each of the first is held against all, the second only
        against the first.
        """
        return {
            (name, other): self.is_before(name, other)
            for some, others in groups
            for name in some
            for other in some | others
            if name != other
        }

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
            self.edges[name] = tuple(parts(self._wanted.get(name, ())))
        return self.edges[name]


def parts(names):
    """Names and the packages that have to be imported for them, each once."""
    return dict.fromkeys(part for name in names for part in path(name))


@lru_cache(maxsize=None)
def path(name):
    """A name behind the packages that have to be imported for it."""
    return tuple(whole((name,)))

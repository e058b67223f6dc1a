"""What modules did to others after these were whole, and who might have noticed.

A fresh interpreter may come to code that one cell alone has before what is shared here
has done such a thing. That code is none the wiser where nothing in it bears a name by
which the change could be seen.
"""

import os
import sys
from itertools import islice
from operator import is_

_GONE = object()
_COUNTED = (list, dict, set)
_Module = type(sys)

# Past whatever their own kind puts in the way, for that would be a stranger's code.
# Nor is anything asked for its class: `isinstance` would, where `type` does not.
_of_module = _Module.__dict__["__dict__"].__get__
_of_class = type.__dict__["__dict__"].__get__


class Whole:
    """Remembers what modules were like when they had been imported."""

    def __init__(self):
        """Begin with nothing: what is there by now is everybody's."""
        self._seen = len(sys.modules)
        self._waiting = []
        self._modules = {}

    def take(self):
        """Take note of those that have become whole since the last time."""
        if len(sys.modules) != self._seen:
            start = min(self._seen, len(sys.modules))
            self._waiting += islice(tuple(sys.modules), start, None)
            self._seen = len(sys.modules)
        if self._waiting:
            self._waiting = [name for name in self._waiting if not self._took(name)]

    def changed(self, sites):
        """Module and name of all that was changed since then; folders of distributions.

        Caches are no change: what is bound to a private name or in a private module,
        and what the standard library maps. A list counts, for it may be a registry.
        """
        self.take()
        ends = tuple(site + os.sep for site in sites)
        found = []
        for name, (now, names, sizes, classes) in self._modules.items():
            if "._" in name or name.startswith("_"):
                continue
            ours = str(now.get("__file__")).startswith(ends)
            bound = [*changed(name, names, now), *_otherwise(classes)]
            found += [(name, it) for it in bound if not it.startswith("_")]
            found += [(name, it) for it in _grown(now, sizes, ours)]
        return found

    def _took(self, name):
        module = sys.modules.get(name)
        bound = names_of(module)
        if getattr(bound.get("__spec__"), "_initializing", False):
            return False
        if bound:
            names = bound.copy()
            sizes = {
                key: len(value)
                for key, value in names.items()
                if type(value) in _COUNTED and not key.startswith("__")
            }
            classes = [
                (value, dict(_attributes(value)))
                for value in names.values()
                if issubclass(type(value), type)
                and _attributes(value).get("__module__") == name
            ]
            self._modules[name] = (bound, names, sizes, classes)
        return True


def names_of(module):
    """A module's names, without asking it; none where only it could tell.

    Some put off what they are asked for until they are (`importlib.util.LazyLoader`).
    """
    try:
        of = _of_module if issubclass(type(module), _Module) else vars
        return of(module) or {}
    except TypeError:  # it has none
        return {}


def _attributes(kind):
    return _of_class(kind) or {}  # compiled code may leave a class unfinished


def changed(module, before, after):
    """Names that are bound anew.

    Not a submodule, which becomes a name of its parent, nor what a module makes on
    demand and keeps (PEP 562): whoever had asked for it before would have got the same.
    """
    if _is_untouched(before, after):
        return
    on_demand = "__getattr__" in before
    for key in {*before, *after}:
        now = after.get(key, _GONE)
        if key.startswith("__") or before.get(key, _GONE) is now:
            continue
        if on_demand and key not in before:
            continue
        if now is not sys.modules.get("{}.{}".format(module, key), _GONE):
            yield key


def _is_untouched(before, after):
    """Whether the same names are bound to the same, in the same order: soon seen."""
    return [*before] == [*after] and all(map(is_, before.values(), after.values()))


def telling(places):
    """By the package that was changed, names by which that can be seen.

    Their own, and those of what reads them in the module itself: a function of another
    one that asks that function is not seen through.
    """
    found, packages = {}, {}
    for module, key in places:
        found.setdefault(module, set()).add(key)
    for module, keys in found.items():
        package = module.partition(".")[0]
        packages.setdefault(package, set()).update(_readers(module, keys))
    return packages


def noticed(telling, name, wanted):
    """What a module that wants these others names of what was changed, in words."""
    packages = telling.keys() & {it.partition(".")[0] for it in wanted}
    if not packages:
        return []
    names = names_in(code_of(name))
    found = {it for package in packages for it in telling[package] & names}
    return ["{} names {}".format(name, it) for it in sorted(found)]


def _readers(module, keys):
    """The keys, and the functions of their module that name them or each other."""
    codes = [it for it in all_codes(code_of(module)) if it.co_name.isidentifier()]
    known = set()
    while keys - known:
        known = keys | known
        keys = known.union(it.co_name for it in codes if known & names_in(it))
    return known


def code_of(name):
    """A module's code; None where there is none to be had."""
    names = names_of(sys.modules.get(name))
    try:
        spec = names.get("__spec__")
        if spec is not None:
            return spec.loader.get_code(spec.name)
        with open(names["__file__"], "rb") as file:
            return compile(file.read(), names["__file__"], "exec", dont_inherit=True)
    except Exception:  # no loader, no such method, no source: a stranger's module
        return None


def names_in(code):
    """Every name that a piece of code, or what is within it, gets or sets."""
    found = set()
    for it in all_codes(code):
        found.update(it.co_names)
        found.update(const for const in it.co_consts if type(const) is str)
    return found


def all_codes(code):
    """A piece of code and what is within it."""
    if code is None:
        return
    yield code
    for const in code.co_consts:
        if isinstance(const, type(code)):
            yield from all_codes(const)


def _otherwise(classes):
    """Attributes of classes that are others by now."""
    for kind, before in classes:
        now = _attributes(kind)
        if not equal(now, before):
            for key in {*before, *now}:
                if now.get(key, _GONE) is not before.get(key, _GONE):
                    yield key


def equal(one, other):
    """Whether they are; where they cannot be compared, they are not."""
    try:
        return one == other
    except Exception:  # what things make of being compared is theirs
        return False


def _grown(now, sizes, ours):
    for key, size in sizes.items():
        value = now.get(key)
        counts = type(value) is list or (
            type(value) in _COUNTED and not key.startswith("_")
        )
        if not ours:
            counts = type(value) is list and not key.startswith("_")
        if counts and len(value) != size:
            yield key

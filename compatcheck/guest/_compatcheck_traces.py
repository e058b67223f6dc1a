"""What importing asked for: which modules wanted which, and what was not there.

An interpreter that has imported something may stand in for a fresh one that would import
the same and more, if three things hold, each of which is watched here. What it has is no
more than the other would have: every module that is there was wanted by somebody who is
there. What it did would have been done there too: nothing that comes later supplies what
was looked for in vain, be it a module or a distribution's metadata. And what comes later
changes nothing that was read before: no name of a module that was there is bound anew.
"""

import builtins
import importlib
import importlib.util
import os
import sys
import warnings

_METADATA = ("importlib.metadata", "importlib_metadata")
_EVERY = None  # stands for all distributions
_GONE = object()
_LISTED = "_compatcheck_listed"


class Traces:
    """Watches imports from now on, in this process and in its forks."""

    def __init__(self):
        """Begin; what is imported already counts as everybody's."""
        self.wanted = {}  # module names to what their code wanted to import
        self.missed = set()  # modules that nobody could find
        self.asked = set()  # distributions whose metadata were asked for
        self.read = set()  # files of metadata that who looked at all of them read
        self._base = frozenset(sys.modules)
        self._import = builtins.__import__
        self._import_module = importlib.import_module
        self._watched = set()
        builtins.__import__ = self._imported
        importlib.import_module = self._imported_module
        # The last finder is asked for what no other one found (PEP 302).
        sys.meta_path.append(self)

    def find_spec(self, name, path=None, target=None):
        """Find nothing, and remember it."""
        self.missed.add(name)

    def loaded(self):
        """The modules that came since the beginning."""
        return [name for name in list(sys.modules) if name not in self._base]

    def superfluous(self, before):
        """Of the modules that were there `before`, those that nobody since wanted.

        Neither what came later nor what that wanted, or what that wanted in turn. Names
        under which code puts modules itself are nobody's to want.
        """
        known = set(before)
        importable = {part for names in self.wanted.values() for part in _whole(names)}
        waiting = [who for who in self.wanted if who not in known]
        reached = set()
        while waiting:
            for name in _whole(self.wanted.get(waiting.pop(), ())):
                if name in known and name not in reached:
                    reached.add(name)
                    waiting.append(name)
        return sorted((known & importable) - reached - self._base)

    def supplied(self, sites):
        """What these folders hold of all that was looked for in vain, in words."""
        found = [name for name in sorted(self.missed) if _holds(sites, name)]
        metadata = [path for site in sites for path in _metadata(site)]
        names = {_distribution(path) for path in metadata}
        found += sorted(names & self.asked)
        if _EVERY in self.asked:
            # Who looks at all of them and reads nothing has counted them.
            found += [
                path
                for path in metadata
                if not self.read
                or any(os.path.exists(os.path.join(path, it)) for it in self.read)
            ]
        return found

    def _imported(self, name, globals=None, locals=None, fromlist=(), level=0):
        who = (globals or {}).get("__name__")
        self.wanted.setdefault(who, set()).update(
            _names(name, globals or {}, fromlist or (), level)
        )
        try:
            return self._import(name, globals, locals, fromlist, level)
        finally:
            self._watch_metadata()

    def _imported_module(self, name, package=None):
        who = sys._getframe(1).f_globals.get("__name__")
        absolute = importlib.util.resolve_name(name, package or "")
        self.wanted.setdefault(who, set()).add(absolute)
        try:
            return self._import_module(name, package)
        finally:
            self._watch_metadata()

    def _watch_metadata(self):
        for name in _METADATA:
            module = sys.modules.get(name)
            finder = getattr(module, "MetadataPathFinder", None)
            files = getattr(module, "PathDistribution", None)
            if finder is not None and files is not None and name not in self._watched:
                self._watched.add(name)
                self._watch_finder(finder)
                self._watch_files(files)

    def _watch_finder(self, finder):
        find = finder.find_distributions

        def find_distributions(*arguments, **named):
            context = arguments[0] if arguments else named.get("context")
            name = getattr(context, "name", None)
            self.asked.add(_EVERY if name is None else _normal(name))
            found = find(*arguments, **named)
            return map(_marked, found) if name is None else found

        finder.find_distributions = staticmethod(find_distributions)

    def _watch_files(self, kind):
        read = kind.read_text

        def read_text(distribution, name):
            if _LISTED in vars(distribution):
                self.read.add(name)
            return read(distribution, name)

        kind.read_text = read_text


class Untouched:
    """What modules, and whatever else code can change for all, were like."""

    def __init__(self, names):
        """Remember it."""
        modules = ((name, sys.modules.get(name)) for name in names)
        self._modules = [
            (name, module, dict(vars(module)))
            for name, module in modules
            if hasattr(module, "__dict__")
        ]
        self._others = self._state()

    def touched(self):
        """What is not as it was, in words."""
        found = [
            "{}.{}".format(name, key)
            for name, module, before in self._modules
            for key in _changed(name, before, vars(module))
        ]
        after = self._state()
        return found + [key for key in sorted(after) if after[key] != self._others[key]]

    def _state(self):
        return {
            "os.environ": dict(os.environ),
            "sys.meta_path": [id(it) for it in sys.meta_path],
            "sys.path_hooks": [id(it) for it in sys.path_hooks],
            "warnings.filters": [repr(it) for it in warnings.filters],
        }


def _marked(distribution):
    setattr(distribution, _LISTED, True)
    return distribution


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
        if now is not sys.modules.get("{}.{}".format(module, key), _EVERY):
            yield key


def _names(name, importer, fromlist, level):
    """Absolute names that a statement wants, submodules among them (PEP 328)."""
    if level:
        package = importer.get("__package__")
        if package is None:
            package = importer.get("__name__", "")
            if "__path__" not in importer:
                package = package.rpartition(".")[0]
        base = package.rsplit(".", level - 1)[0]
        name = "{}.{}".format(base, name) if name else base
    return [name] + ["{}.{}".format(name, part) for part in fromlist if part != "*"]


def _whole(names):
    """Names, and the packages that have to be imported for them."""
    for name in names:
        while name:
            yield name
            name = name.rpartition(".")[0]


def _holds(sites, name):
    path = name.replace(".", os.sep)
    folder, _, last = path.rpartition(os.sep)
    for site in sites:
        try:
            there = os.listdir(os.path.join(site, folder))
        except OSError:
            continue
        if any(it.partition(".")[0] == last for it in there):
            return True
    return False


def _metadata(site):
    ends = (".dist-info", ".egg-info")
    return [os.path.join(site, it) for it in os.listdir(site) if it.endswith(ends)]


def _distribution(path):
    return _normal(os.path.basename(path).partition("-")[0].rpartition(".egg-info")[2])


def _normal(name):
    """As names of distributions are compared (PEP 503)."""
    for sign in "-.":
        name = name.replace(sign, "_")
    return name.lower()

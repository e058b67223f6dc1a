"""What importing asked for: which modules wanted which, and what was not there.

Watched from within, for as long as the interpreter and its forks live. What is written
down here is judged in `_compatcheck_sameness`.
"""

import builtins
import importlib
import os
import sys

import _compatcheck_changes

EVERY = None
"""Stands for all distributions, where one name is meant."""

_METADATA = ("importlib.metadata", "importlib_metadata")
_OURS = "_compatcheck"
"""How the names of all begin that are the guest's, its probes' or a scenario's."""
_FOR_INSTALLERS = (b"[console_scripts]", b"[gui_scripts]")
_listed = {}  # folders of distributions, which do not change, to names
_LISTED = "_compatcheck_listed"


class Traces:
    """Watches imports from now on, in this process and in its forks."""

    def __init__(self):
        """Begin."""
        self.roots = {}  # what was wanted by none of them since the last `begin`
        self.asked = set()  # distributions whose metadata were asked for
        self.read = set()  # files of metadata that who looked at all of them read
        self.know_all()
        self._import = builtins.__import__
        self._import_module = importlib.import_module
        self._unwatched = {
            **dict.fromkeys(_METADATA, self._watch_metadata),
            "pkgutil": self._watch_listing,
            "pkg_resources": self._watch_resources,
        }
        self._listener, self._shared = None, False
        self._settled = set()  # statements of which nothing more is to be learned
        self._supplied = {}  # what folders hold of that, by folder
        builtins.__import__ = self._imported
        importlib.import_module = self._imported_module
        # The last finder is asked for what no other one found (PEP 302).
        sys.meta_path.append(self)

    def know_all(self):
        """Let what is imported already count as everybody's."""
        self.base = frozenset(sys.modules)
        self.whole = _compatcheck_changes.Whole()
        self.wanted = {}  # what modules wanted, in order, until they were done
        self.missed = set()  # modules that nobody could find

    def begin(self, listener=None, *, shared=False):
        """Note anew what is wanted by no module, and tell the listener of all.

        It says whether the same wish is worth nothing when it comes again. Of what
        will be shared it is remembered what it was like when it was whole.
        """
        self.roots, self._listener, self._settled = {}, listener, set()
        self._shared = shared

    def end(self):
        """Watch no longer what is imported, in this process."""
        if builtins.__import__ == self._imported:
            builtins.__import__ = self._import
        if importlib.import_module == self._imported_module:
            importlib.import_module = self._import_module

    def find_spec(self, name, path=None, target=None):
        """Find nothing, and remember it."""
        self.missed.add(name)

    def loaded(self):
        """The modules that came since the beginning, in the order in which they did."""
        return [name for name in list(sys.modules) if name not in self.base]

    def begun(self):
        """Every module that began since then, those that failed and are gone, too.

        What these had imported by then has stayed.
        """
        return frozenset(self.loaded()).union(self.wanted)

    def supplied(self, sites):
        """What these folders hold of all that was looked for in vain, in words.

        Each is looked into once, in this process and its forks.
        """
        wishes = len(self.missed), len(self.asked), len(self.read)  # they only grow
        found = []
        for site in sites:
            if (site, wishes) not in self._supplied:
                self._supplied[site, wishes] = self._supplies(site)
            found += self._supplied[site, wishes]
        return found

    def _supplies(self, site):
        found = [name for name in sorted(self.missed) if _holds(site, name)]
        metadata = _metadata(site)
        names = {_distribution(path) for path in metadata}
        found += sorted(names & self.asked)
        if EVERY in self.asked:
            # Who looks at all of them and reads nothing has counted them.
            found += [
                path
                for path in metadata
                if not self.read or any(_tells(path, it) for it in self.read)
            ]
        return found

    def _imported(self, name, globals=None, locals=None, fromlist=(), level=0):
        # Most statements are within functions, and come again and again.
        package = (globals or {}).get("__package__") if level else None
        statement = (name, tuple(fromlist or ()), level, package)
        if statement not in self._settled:
            names = _names(name, globals or {}, fromlist or (), level)
            if self._note(_beginning(sys._getframe(1)), names):
                self._settled.add(statement)
        try:
            return self._import(name, globals, locals, fromlist, level)
        finally:
            self._watch()

    def _imported_module(self, name, package=None):
        level = len(name) - len(name.lstrip("."))
        base = {"__package__": package or ""}
        names = _names(name[level:], base, (), level)
        self._note(_beginning(sys._getframe(1)), names)
        try:
            return self._import_module(name, package)
        finally:
            self._watch()

    def _note(self, who, names):
        noted = self.roots if who is None else self.wanted.setdefault(who, {})
        noted.update(dict.fromkeys(names))
        return self._listener is not None and self._listener(names)

    def _watch(self):
        """Listen to what can ask for all that is installed, as soon as it is whole."""
        for name, listen in tuple(self._unwatched.items()):
            module = sys.modules.get(name)
            if module is not None and listen(module):
                del self._unwatched[name]
        if self._shared:  # behind the listeners, who change what they listen to
            self.whole.take()

    def _watch_metadata(self, module):
        finder = getattr(module, "MetadataPathFinder", None)
        files = getattr(module, "PathDistribution", None)
        if finder is None or files is None or not hasattr(module, "version"):
            return False
        self._watch_finder(finder)
        self._watch_files(files)
        return True

    def _watch_resources(self, module):
        self.asked.add(EVERY)  # it lists all that is on the path
        return True

    def _watch_finder(self, finder):
        find = finder.find_distributions

        def find_distributions(*arguments, **named):
            context = arguments[0] if arguments else named.get("context")
            name = getattr(context, "name", None)
            self.asked.add(EVERY if name is None else _normal(name))
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

    def _watch_listing(self, module):
        if not hasattr(module, "walk_packages"):
            return False
        listed = module.iter_modules

        def iter_modules(path=None, prefix=""):
            if path is None or any(it in sys.path for it in path):
                self.asked.add(EVERY)
            return listed(path, prefix)

        module.iter_modules = iter_modules
        return True


def whole(names):
    """Names, each behind the packages that have to be imported for it."""
    for name in names:
        end = name.find(".")
        while end >= 0:
            yield name[:end]
            end = name.find(".", end + 1)
        yield name


def _beginning(frame):
    """The module that is being imported and came to want something; None for no one.

    What functions import counts for whoever had them called, for it is then that the
    import comes about.
    """
    while frame is not None:
        whose = frame.f_globals
        if getattr(whose.get("__spec__"), "_initializing", False):
            return whose.get("__name__")
        name = whose.get("__name__")
        if str(name).startswith(_OURS) and name != __name__:
            return None
        frame = frame.f_back
    return None


def _marked(distribution):
    setattr(distribution, _LISTED, True)
    return distribution


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


def _holds(site, name):
    """Whether this folder has such a module, or may have it."""
    *packages, last = name.split(".")
    for package in packages:
        if package not in _modules(site):
            return False
        site = os.path.join(site, package)
    return last in _modules(site)


def _modules(folder):
    """What may be imported from a folder, by the names of its entries."""
    if folder not in _listed:
        try:
            names = os.listdir(folder)
        except OSError:
            names = ()
        _listed[folder] = {name.partition(".")[0] for name in names}
    return _listed[folder]


def _metadata(site):
    ends = (".dist-info", ".egg-info")
    return [os.path.join(site, it) for it in os.listdir(site) if it.endswith(ends)]


def _tells(path, name):
    """Whether a file of metadata is there and tells anything to who reads them all.

    What is for installers alone tells nothing to others (entry points specification).
    """
    try:
        with open(os.path.join(path, name), "rb") as file:
            words = file.read()
    except OSError:
        return False
    if name != "entry_points.txt":
        return True
    lines = (line.strip() for line in words.splitlines())
    return any(it.startswith(b"[") and it not in _FOR_INSTALLERS for it in lines)


def _distribution(path):
    name = os.path.basename(path).partition("-")[0]
    return _normal(name[:-9] if name.endswith(".egg-info") else name)


def _normal(name):
    """As names of distributions are compared (PEP 503)."""
    for sign in "-.":
        name = name.replace(sign, "_")
    return name.lower()

"""Whether a wheel has a module or a name: yes, no, or what keeps us from telling.

A certain yes: the module's own code binds the name whenever it runs to its end, and
where it only passes on what another module of the wheel has, that one does too.
A certain no: nothing in the module does, nothing that it takes all names of does, no
submodule is called so, and neither the module nor anything else in the wheel has a way
to set it. All between, and all that another distribution decides, cannot be told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Protocol

from compatcheck.surface.names import YES, ModuleNames, Name, Told

_DEEPEST: Final = 32
"""Steps from module to module after which a name is taken to go in circles."""

_BARE: Final = frozenset({"object", "typing.Generic"})
"""Bases that bring no names but those with two underscores."""


class Looks(Protocol):
    """How to look into a wheel; what was never read is read on demand, or hidden."""

    @property
    def modules(self) -> Mapping[str, str]:
        """Every module in the wheel and its file."""

    @property
    def folders(self) -> Collection[str]:
        """Every package or folder that holds some of them."""

    @property
    def grafts(self) -> bool:
        """Whether source in the wheel changes where modules come from."""

    @property
    def depends(self) -> bool:
        """Whether the wheel requires other distributions."""

    def names(self, module: str) -> ModuleNames | None:
        """The names of a module of the wheel; None where they cannot be told."""

    def is_written(self, name: str) -> bool:
        """Whether anything in the wheel may set an attribute of that name."""


def find_module(looks: Looks, module: str) -> Told:
    """Whether a module is in the wheel."""
    if module in looks.modules or module in looks.folders:
        return YES
    parent = module.rpartition(".")[0]
    if parent:
        around = find_module(looks, parent)
        if around.there is not True:
            return around
    hidden = _hides_modules(looks, parent)
    if hidden:
        return Told(there=None, why=hidden)
    return Told(there=False, why=f"No module named {module!r}")


def _hides_modules(looks: Looks, parent: str) -> str:
    """Why a module that no file holds may be there all the same; empty if it is not."""
    if looks.grafts:
        return "the wheel changes where modules come from"
    if not parent:
        return "a distribution that it requires may hold it" if looks.depends else ""
    if parent not in looks.modules:
        return f"others may put modules into {parent}"
    known = looks.names(parent)
    plain = known is not None and not known.fewer
    return "" if plain else f"{parent} cannot be read for certain"


def find_name(looks: Looks, module: str, name: str) -> Told:
    """Whether `from module import name` finds a name; dotted, its attributes too."""
    first, *rest = name.split(".")
    place = (module, first)
    told = _find(looks, module, first, 0)
    for depth, member in enumerate(rest):
        if told.there is not True:
            return told
        told, place = _find_member(looks, place, member, last=depth + 1 == len(rest))
    return told


def _find(looks: Looks, module: str, name: str, depth: int) -> Told:
    there = find_module(looks, module)
    if there.there is not True:
        return there
    submodule = f"{module}.{name}"
    if module not in looks.modules:
        return find_module(looks, submodule)
    known = looks.names(module) if depth <= _DEEPEST else None
    if known is None:
        why = f"{module} is compiled, not to be read, or goes in circles"
        return YES if submodule in looks.modules else Told(there=None, why=why)
    if known.fewer:
        return Told(there=None, why=f"{module} may take names away")
    if name in known.names:
        return _bound(looks, module, name, known.names[name], depth)
    return _unbound(looks, module, name, known, depth)


def _bound(looks: Looks, module: str, name: str, bound: Name, depth: int) -> Told:
    submodule = f"{module}.{name}"
    if not bound.sure:
        if submodule in looks.modules:
            return YES
        return Told(there=None, why=f"{module} binds it only sometimes")
    if bound.target is None:
        return YES
    if bound.target == submodule:
        told = find_module(looks, submodule)
    else:
        told = _follow(looks, bound.target, depth)
    if told.there is False:
        # Then the module itself does not import, or binds it another way.
        return Told(there=None, why=f"{module} takes it from where it is not")
    return told


def _follow(looks: Looks, target: str, depth: int) -> Told:
    """Whether what an import statement names is there."""
    if target in looks.modules:
        return YES
    module, _, name = target.rpartition(".")
    top = target.partition(".")[0]
    if not module or not (module in looks.modules or module in looks.folders):
        own = top in looks.modules or top in looks.folders
        elsewhere = "the wheel" if own else top
        return Told(there=None, why=f"it comes from {elsewhere}: {target}")
    return _find(looks, module, name, depth + 1)


def _unbound(
    looks: Looks, module: str, name: str, known: ModuleNames, depth: int
) -> Told:
    """Whether a name that a module does not bind itself is there all the same."""
    hidden: Told | None = None
    for star, sure in known.stars.items():
        told = _through_star(looks, star, name, depth)
        if told.there is True and not sure:
            told = Told(there=None, why=f"{module} takes {star} in only sometimes")
        if told.there is True:
            return told
        hidden = hidden or (told if told.there is None else None)
    submodule = f"{module}.{name}"
    if submodule in looks.modules or submodule in looks.folders:
        return YES
    if hidden is not None:
        return hidden
    if why := _hides_names(looks, module, name, known):
        return Told(there=None, why=why)
    return Told(there=False, why=f"cannot import name {name!r} from {module!r}")


def _hides_names(looks: Looks, module: str, name: str, known: ModuleNames) -> str:
    """Why a name that nothing binds may be there all the same; empty if it is not."""
    if known.more:
        return f"{module} may bind names as it runs"
    if looks.grafts:
        return "the wheel changes where modules come from"
    return "something in the wheel may set it" if looks.is_written(name) else ""


def _through_star(looks: Looks, star: str, name: str, depth: int) -> Told:
    """Whether `from star import *` brings a name."""
    known = looks.names(star) if star in looks.modules else None
    if known is None:
        return Told(there=None, why=f"it may come from {star}")
    if not known.exporting:
        if name.startswith("_"):
            return Told(there=False)
        if f"{star}.{name}" in looks.modules and name not in known.names:
            return Told(there=None, why=f"{star} may not have imported it")
    elif known.exports is None:
        return Told(there=None, why=f"{star} makes its __all__ as it runs")
    elif name not in known.exports:
        return Told(there=False)
    return _find(looks, star, name, depth + 1)


def _find_member(
    looks: Looks, place: tuple[str, str], member: str, *, last: bool
) -> tuple[Told, tuple[str, str]]:
    """Whether what was found at a place has an attribute, and where that is."""
    module, name = place
    inner = f"{module}.{name}"
    if inner in looks.modules:
        return _find(looks, inner, member, 0), (inner, member)
    found = _definition(looks, module, name, 0)
    if found is None or found[1].kind != "class" or not last:
        return Told(there=None, why=f"{inner} is no plain class"), place
    return _class_has(looks, *found, member, 0), place


def _definition(
    looks: Looks, module: str, name: str, depth: int
) -> tuple[str, Name] | None:
    """The module and the name behind a name, where that is plain."""
    known = looks.names(module) if module in looks.modules else None
    if known is None or depth > _DEEPEST:
        return None
    bound = known.names.get(name)
    if bound is None:
        ways = (_definition(looks, star, name, depth + 1) for star in known.stars)
        return next((way for way in ways if way is not None), None)
    if bound.target is None:
        return module, bound
    above, _, last = bound.target.rpartition(".")
    return _definition(looks, above, last, depth + 1)


def _class_has(looks: Looks, module: str, owner: Name, member: str, depth: int) -> Told:
    """Whether a class, or one that it inherits from, has an attribute."""
    if member in owner.members:
        sure = owner.members[member]
        hidden = Told(there=None, why=f"{member} may be taken away from its class")
        return YES if sure else hidden
    known = looks.names(module)
    special = "__slots__" in owner.members or member.startswith("__")
    if known is None or known.more or not owner.plain or special or depth > _DEEPEST:
        return Told(there=None, why="its class is made as its module runs")
    for base in owner.bases:
        told = _base_has(looks, base, member, depth)
        if told.there is not False:
            return told
    if looks.is_written(member):
        return Told(there=None, why="something in the wheel may set it")
    return Told(there=False, why=f"its class has no attribute {member!r}")


def _base_has(looks: Looks, base: str, member: str, depth: int) -> Told:
    if base in _BARE:
        return Told(there=False)
    above, _, last = base.rpartition(".")
    found = _definition(looks, above, last, depth + 1) if above else None
    if found is None or found[1].kind != "class":
        return Told(there=None, why=f"its class inherits from {base}")
    return _class_has(looks, *found, member, depth + 1)

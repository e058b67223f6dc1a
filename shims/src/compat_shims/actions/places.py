"""Dotted names in modules: finding, reading and setting what they lead to."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from compat_shims.adaptation import Target

_NOTHING = object()


def owner_of(module: ModuleType, target: Target) -> tuple[object, str]:
    """What holds the target's last name, and that name. Raises `AttributeError`."""
    *before, last = str(target.name).split(".")
    owner: object = module
    for part in before:
        owner = getattr(owner, part)
    return owner, last


def is_absent(module: ModuleType, target: Target) -> bool:
    """Whether the owner is there and the name is not.

    An owner that is itself missing is another defect, which is not ours to mend.
    """
    try:
        owner, last = owner_of(module, target)
    except AttributeError:
        return False
    return getattr(owner, last, _NOTHING) is _NOTHING


def put(module: ModuleType, target: Target, value: object) -> None:
    """Set the target."""
    owner, last = owner_of(module, target)
    setattr(owner, last, value)


def read(home: str) -> object:
    """What `module:dotted.name` leads to. Imports the module."""
    module, _, name = home.partition(":")
    found: object = import_module(module)
    for part in name.split(".") if name else ():
        found = getattr(found, part)
    return found

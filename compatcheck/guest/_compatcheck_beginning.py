"""Who has a part in what was changed, by what it does while it is imported.

Of two modules it matters which begins first where one of them changes something and the
other one reads it or changes it, too.
"""

import dis
import sys
from functools import lru_cache

from _compatcheck_changes import all_codes, code_of, names_in

_OPTIMIZED = 1
"""Flag of the code of functions, which class bodies lack (`inspect.CO_OPTIMIZED`)."""
_CHANGING = frozenset(
    (
        *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem"),
        *("remove", "reverse", "setattr", "setdefault", "sort", "update"),
    )
)
"""Names by which the built-in containers are changed, and attributes of anything."""
_NAMING = ("STORE_NAME", "STORE_GLOBAL", "IMPORT_")
_MAKING = ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE")
"""What stands before a function's name in bytecode, if nobody else gets it first."""


def parties(places, readers, wanted):
    """For each package with a change: who may have changed it, and who else read it.

    Both are modules. `places` are module and name of each change, `readers` what
    `telling` makes of them, `wanted` maps modules to others that they want. Only what
    a module itself has is seen through, and functions of the changed one.
    """
    keys, writers = {}, {}
    for module, key in places:
        package = module.partition(".")[0]
        keys.setdefault(package, set()).add(key)
        writers.setdefault(package, set()).update((key,), _writers(module, key))
    found = {package: (set(), set()) for package in keys}
    for name, these in wanted.items():
        packages = keys.keys() & {it.partition(".")[0] for it in these}
        # What failed may come later: nothing is to be kept of it.
        named = _named(name) if packages and name in sys.modules else frozenset()
        if not any(readers[it] & named for it in packages):
            continue  # which is quickly seen
        used, imported = _names_at_import(name)
        for it in packages:
            if writers[it] & used or keys[it] & imported:
                found[it][0].add(name)
            elif readers[it] & used:
                found[it][1].add(name)
    # Where nobody is seen to have done it, anybody may have.
    return [
        (some or others, others) for some, others in found.values() if others or some
    ]


def _writers(module, key):
    """Functions of a module that may change what it has under that name."""
    for code in all_codes(code_of(module)):
        if not code.co_name.isidentifier() or key not in names_in(code):
            continue
        told = {it.opname for it in dis.get_instructions(code) if it.argval == key}
        changes = _CHANGING & {*code.co_names}
        if changes or any(it.startswith(("STORE_", "DELETE_")) for it in told):
            yield code.co_name


@lru_cache(maxsize=None)
def _named(module):
    """Every name in its code: found out once, in this process and its forks."""
    return frozenset(names_in(code_of(module)))


@lru_cache(maxsize=None)
def _names_at_import(module):
    """Names that it uses while it is imported, and those that it takes from others.

    What only a function of its own uses counts where that function is used itself, or
    decorated; so do the methods of a class that is used.
    """
    used, imported = set(), set()
    waiting, later = [code_of(module)], []
    while waiting:
        code = waiting.pop()
        decorated = _read(code, used, imported)
        for it in code.co_consts:
            if not isinstance(it, type(code)):
                continue
            is_function = it.co_flags & _OPTIMIZED and it.co_name.isidentifier()
            if is_function and it.co_name not in decorated:
                later.append(({it.co_name, code.co_name}, it))
            else:
                waiting.append(it)
        waiting += [it for names, it in later if names & used]
        later = [both for both in later if not both[0] & used]
    return used, imported


def _read(code, used, imported):
    """Add the names that it uses and that it imports; those that it keeps of calls."""
    if code.co_flags & _OPTIMIZED:
        used.update(code.co_names, *map(_strings, code.co_consts))
        return frozenset()
    kept, before = set(), ""
    for it in dis.get_instructions(code):
        if it.opname == "IMPORT_FROM":
            imported.add(it.argval)
        elif not it.opname.startswith(_NAMING):
            used.update(_strings(it.argval))
        elif it.opname == "STORE_NAME" and not before.startswith(_MAKING):
            kept.add(it.argval)
        before = it.opname
    return kept


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, frozenset)):
        for it in value:
            yield from _strings(it)

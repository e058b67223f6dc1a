"""The inspector: what is installed for an interpreter, in one pass, without importing.

Reads one JSON object from standard input: `path` (the search path of the user's own
process), `names` (dotted names to look for on every root) and `files` (whose owners
are asked). Writes one to standard output. Nothing that it finds is executed.
"""

import importlib.machinery
import json
import os
import platform
import sys

from _compatcheck_places import find, read_hooks
from _compatcheck_records import Budget, compare, has_hash, read_root, tops_of

_MOST_SHARED = 5000
_MOST_EXTRA = 200
_MOST_ENTRIES = 20000
_CODE = (".py", ".so", ".pyd")


def run():
    """Answer the one request."""
    asked = json.loads(sys.stdin.buffer.read().decode("utf-8", "surrogatepass"))
    path = [entry or os.getcwd() for entry in asked["path"]]
    budget = Budget()
    distributions, hooks, finders = [], [], []
    for root in dict.fromkeys(path):
        distributions.extend(read_root(root, budget))
        lines, mappings = read_hooks(root)
        hooks.extend(lines)
        finders.extend(mappings)
    for distribution in distributions:
        distribution["all_tops"] = tops_of(distribution)
    owners = _owners(distributions)
    places = {name: find(name, path, finders) for name in asked["names"]}
    files = {it["file"] for found in places.values() for it in found if it["file"]}
    files.update(asked["files"])
    shared = _shared(owners, distributions, budget)
    told = {
        "python": _python(),
        "distributions": [_told(it, files, budget) for it in distributions],
        "shared": shared,
        "names": places,
        "owners": {file: _of(file, owners) for file in sorted(files)},
        "pth": [dict(it, there=os.path.exists(it["target"])) for it in hooks],
        "finders": [
            {"name": name, "target": target, "there": _leads_somewhere(target)}
            for mapping in finders
            for name, target in sorted(mapping.items())
        ],
        "unowned": _unowned(path, distributions),
        "extra": _extra(asked["names"], distributions, owners),
    }
    # Escapes keep what cannot be encoded: file names need not be text.
    sys.stdout.write(json.dumps(told, ensure_ascii=True, sort_keys=True))
    sys.stdout.flush()


def _leads_somewhere(target):
    return os.path.exists(target) or os.path.exists(target + ".py")


def _told(distribution, asked, budget):
    hollow, missing, resized, altered = compare(distribution, asked, budget)
    told = {
        key: value
        for key, value in distribution.items()
        if key not in ("files", "all_tops")
    }
    tops = distribution["all_tops"]
    files = distribution["files"]
    told.update(
        {
            "recorded": files is not None,
            "missing": missing,
            "hollow": hollow,
            "resized": resized,
            "altered": altered,
            "tops": sorted(tops),
            "importable": sorted(name for name, code in tops.items() if code),
        }
    )
    return told


def _owners(distributions):
    owners = {}
    for number, distribution in enumerate(distributions):
        for path in distribution["files"] or ():
            owners.setdefault(path, []).append(number)
    return owners


def _shared(owners, distributions, budget):
    """Files that several distributions own, and whose content it is."""
    found = []
    for path, numbers in owners.items():
        if len(numbers) == 1 or path.endswith(".pyc"):
            continue
        if len({distributions[number]["name"] for number in numbers}) == 1:
            continue
        there = os.path.isfile(path)
        records = [distributions[number]["files"][path][0] for number in numbers]
        if not there and len(set(records)) == 1 and records[0]:
            verdicts = [None] * len(numbers)
        else:
            verdicts = [has_hash(path, promised, budget) for promised in records]
        found.append(
            {
                "path": path,
                "owners": numbers,
                "there": there,
                "agree": len(set(records)) == 1,
                "matches": verdicts,
            }
        )
        if len(found) >= _MOST_SHARED:
            break
    return sorted(found, key=lambda it: it["path"])


def _of(file, owners):
    numbers = owners.get(file)
    if numbers is None:
        numbers = owners.get(os.path.realpath(file), [])
    if not numbers and not os.path.isabs(file):
        end = os.sep + os.path.join(*file.split(os.sep)[1:]) if os.sep in file else file
        numbers = [it[0] for path, it in owners.items() if path.endswith(end)][:1]
    return numbers


def _extra(names, distributions, owners):
    """Code in the folders of what was asked for that no RECORD lists."""
    asked = {name.partition(".")[0] for name in names}
    found, seen = [], 0
    for root, top in sorted(
        {
            (it["root"], top)
            for it in distributions
            if it["files"] is not None and it["whole"]
            for top in asked.intersection(it["all_tops"])
        }
    ):
        for folder, _, files in os.walk(os.path.join(root, top)):
            seen += len(files) + 1
            if seen > _MOST_ENTRIES or len(found) >= _MOST_EXTRA:
                return sorted(found)
            paths = (os.path.join(folder, it) for it in files if it.endswith(_CODE))
            found.extend(path for path in paths if path not in owners)
    return sorted(found)


def _unowned(path, distributions):
    """What lies where distributions are installed and belongs to none of them."""
    if not all(it["whole"] for it in distributions):
        return []
    found = []
    sites = ("site-packages", "dist-packages")
    roots = {root: set() for root in path if os.path.basename(root) in sites}
    for distribution in distributions:
        roots.setdefault(distribution["root"], set()).update(distribution["all_tops"])
    for root, tops in sorted(roots.items()):
        try:
            names = sorted(os.listdir(root))
        except OSError:
            continue
        for name in names[:5000]:
            whole = os.path.join(root, name)
            plain = name.split(".")[0]
            mine = plain in tops or name == "__pycache__" or not name.isidentifier()
            if not mine and os.path.isdir(whole):
                found.append({"root": root, "name": name})
    return found


def _python():
    return {
        "version": platform.python_version(),
        "implementation": sys.implementation.name,
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "suffixes": importlib.machinery.EXTENSION_SUFFIXES,
        "stdlib": os.path.dirname(os.__file__),
        "standard": sorted(getattr(sys, "stdlib_module_names", ())),
        "markers": {
            "implementation_name": sys.implementation.name,
            "os_name": os.name,
            "platform_machine": platform.machine(),
            "platform_python_implementation": platform.python_implementation(),
            "platform_release": platform.release(),
            "platform_system": platform.system(),
            "platform_version": platform.version(),
            "python_full_version": platform.python_version(),
            "python_version": "{0.major}.{0.minor}".format(sys.version_info),
            "sys_platform": sys.platform,
        },
    }

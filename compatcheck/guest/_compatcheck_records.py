"""Installed distributions as their metadata tells of them, held against the disk.

Everything read here was written by strangers: whatever is malformed is passed over, and
nothing is read beyond a bound.
"""

import base64
import csv
import hashlib
import json
import os
import re

_MOST_BYTES = 16 * 1024 * 1024  # of a RECORD: a hundred thousand files
_MOST_METADATA = 512 * 1024  # of METADATA: its fields stand first
_MOST_TOLD = 2000  # paths of one kind told of one distribution
_MOST_DISTRIBUTIONS = 10000
_SIZE = 2  # the column of a RECORD that tells it
_LONGEST_SIZE = 18  # digits: more bytes than any disk has
_CODE = (".py", ".so", ".pyd", ".pyc")
_NORMAL = re.compile(r"[-_.]+")


def read_root(root):
    """Every distribution whose metadata lies in that folder, by the folder's order."""
    found = []
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return found
    for name in names[: _MOST_DISTRIBUTIONS * 4]:
        if name.endswith((".dist-info", ".egg-info")):
            told = _read(root, name)
            if told is not None and len(found) < _MOST_DISTRIBUTIONS:
                found.append(told)
    return found


def _read(root, name):
    info = os.path.join(root, name)
    kind = "METADATA" if name.endswith(".dist-info") else "PKG-INFO"
    at = os.path.join(info, kind) if os.path.isdir(info) else info
    text = read_text(at, _MOST_METADATA)
    fields = _fields(text or "")
    stem = name.rsplit(".", 1)[0].split("-")
    title = (fields.get("name") or [stem[0]])[0]
    version = (fields.get("version") or stem[1:2] or [""])[0]
    return {
        "name": _NORMAL.sub("-", title).lower(),
        "title": title,
        "version": version,
        "root": root,
        "info": info,
        "summary": (fields.get("summary") or [""])[0],
        "requires": fields.get("requires-dist", []),
        "extras": fields.get("provides-extra", []),
        "requires_python": (fields.get("requires-python") or [None])[0],
        "readable": text is not None,
        "editable": _editable(info),
        "files": _files(root, info),
    }


def read_text(path, most):
    """The beginning of a file as text; None where it cannot be read."""
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None


def _fields(text):
    """The fields that matter, by their names in lower case; others are passed over."""
    found = {}
    for line in text.splitlines():
        if not line:
            break
        key, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            values = found.setdefault(key.strip().lower(), [])
            if len(values) < _MOST_TOLD:
                values.append(value.strip()[:4000])
    return found


def _editable(info):
    """The address of the source of an editable install; None for any other."""
    text = read_text(os.path.join(info, "direct_url.json"), 65536)
    try:
        told = json.loads(text or "{}")
        if told.get("dir_info", {}).get("editable"):
            return str(told.get("url"))
    except (AttributeError, ValueError):
        pass
    return None


def _files(root, info):
    """What RECORD lists: a path to its hash and size. None where there is no RECORD."""
    text = read_text(os.path.join(info, "RECORD"), _MOST_BYTES)
    if text is None:
        return _egg_files(info)
    found = {}
    base = root.rstrip(os.sep) + os.sep
    try:
        for row in csv.reader(text.splitlines()):
            if row and row[0] and "\0" not in row[0]:
                path = row[0]
                plain = not os.path.isabs(path) and ".." not in path
                whole = base + path if plain else os.path.join(root, path)
                path = whole if plain else os.path.normpath(whole)
                size = _size(row)
                found[path] = (row[1] if len(row) > 1 else "", size)
    except csv.Error:
        pass
    return found


def _size(row):
    digits = row[_SIZE] if len(row) > _SIZE else ""
    return int(digits) if digits.isdigit() and len(digits) < _LONGEST_SIZE else None


def _egg_files(info):
    text = read_text(os.path.join(info, "installed-files.txt"), _MOST_BYTES)
    if text is None:
        return None
    lines = (line for line in text.splitlines() if line and "\0" not in line)
    return {os.path.normpath(os.path.join(info, line)): ("", None) for line in lines}


def compare(told):
    """Which files are missing, which of these were empty, and which have another size.

    Three lists of paths: empty, missing, resized.
    """
    missing, hollow, resized = [], [], []
    for path, (_, size) in (told["files"] or {}).items():
        if path.endswith(".pyc"):
            continue  # bytecode is made and swept away as anybody likes
        try:
            there = os.stat(path)
        except (OSError, ValueError):
            missing.append(path)
            if size == 0:
                hollow.append(path)
            continue
        if size is not None and there.st_size != size and not _is_own(path):
            resized.append(path)
    # Code first: where there are too many to tell, that is what matters.
    missing.sort(key=lambda path: (not path.endswith(_CODE), path))
    told = (sorted(hollow), missing, sorted(resized))
    return [paths[:_MOST_TOLD] for paths in told]


def _is_own(path):
    """Whether it is metadata that installers write anew."""
    return ".dist-info" + os.sep in path or ".egg-info" + os.sep in path


def has_hash(path, promised):
    """Whether a file has the hash that a RECORD promises.

    None where it promises none that can be checked.
    """
    kind, _, digest = promised.partition("=")
    if kind not in ("sha256", "sha384", "sha512") or not digest:
        return None
    made = hashlib.new(kind)
    try:
        with open(path, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                made.update(chunk)
    except OSError:
        return None
    own = base64.urlsafe_b64encode(made.digest()).rstrip(b"=").decode("ascii")
    return own == digest.rstrip("=")


def tops_of(told):
    """The names below site-packages that a distribution owns: folders and modules."""
    root = told["root"].rstrip(os.sep) + os.sep
    tops = {}
    for path in told["files"] or {}:
        if not path.startswith(root):
            continue
        first, slash, rest = path[len(root) :].partition(os.sep)
        if first.endswith((".dist-info", ".egg-info", ".pth")) or first == "..":
            continue
        if first == "__pycache__":
            continue
        name = first if slash else first.split(".")[0]
        code = (rest or first).endswith(_CODE) and name.isidentifier()
        if slash or code:
            tops[name] = tops.get(name, False) or code
    return tops

"""Installed distributions as their metadata tells of them, held against the disk.

Everything read here was written by strangers: whatever is malformed is passed over, and
nothing is read beyond a bound.
"""

import base64
import csv
import hashlib
import io
import json
import os
import re

_MOST_BYTES = 16 * 1024 * 1024  # of a RECORD: a hundred thousand files
_MOST_FILES = 500000  # of all RECORDs together
_MOST_HASHED = 256 * 1024 * 1024  # bytes that are read to be compared
_LATER = 2.0  # seconds: a RECORD is written last, on whatever clock the disk has
_MOST_METADATA = 512 * 1024  # of METADATA: its fields stand first
_USUAL_METADATA = 16 * 1024  # within which they mostly end
_MOST_FIELDS = 32 * 1024 * 1024  # characters of all fields together
_MOST_TOLD = 2000  # paths of one kind told of one distribution
_MOST_DISTRIBUTIONS = 10000
_SIZE = 2  # the column of a RECORD that tells it
_LONGEST_SIZE = 18  # digits: more bytes than any disk has
_CODE = (".py", ".so", ".pyd", ".pyc")
_END = re.compile(r"\r?\n\r?\n")
_NORMAL = re.compile(r"[-_.]+")


class Budget:
    """What one inspection may still take in, whatever it is shown."""

    def __init__(self):
        """The whole of it."""
        self.files = _MOST_FILES
        self.fields = _MOST_FIELDS
        self.hashed = _MOST_HASHED


def read_root(root, budget):
    """Every distribution whose metadata lies in that folder, by the folder's order."""
    found = []
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return found
    for name in names[: _MOST_DISTRIBUTIONS * 4]:
        if name.endswith((".dist-info", ".egg-info")):
            told = _read(root, name, budget)
            if told is not None and len(found) < _MOST_DISTRIBUTIONS:
                found.append(told)
    return found


def _read(root, name, budget):
    info = os.path.join(root, name)
    kind = "METADATA" if name.endswith(".dist-info") else "PKG-INFO"
    at = os.path.join(info, kind) if os.path.isdir(info) else info
    text = _header(at, budget)
    fields = _fields(text or "")
    stem = name.rsplit(".", 1)[0].split("-")
    title = (fields.get("name") or [stem[0]])[0]
    version = (fields.get("version") or stem[1:2] or [""])[0]
    files, whole = _files(root, info, budget)
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
        "files": files,
        "whole": whole,
    }


def _header(path, budget):
    """The fields of a METADATA file, which end at the first empty line.

    None where it cannot be read.
    """
    text = read_text(path, _USUAL_METADATA)
    if text is None:
        return None
    found = _END.split(text, 1)
    if len(found) == 1 and len(text) == _USUAL_METADATA:
        found = _END.split(read_text(path, _MOST_METADATA) or "", 1)
    budget.fields -= len(found[0])
    return found[0] if budget.fields > 0 else ""


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


def _files(root, info, budget):
    """What RECORD lists: a path to its hash and size. None where there is no RECORD.

    And whether that is all of it.
    """
    text = read_text(os.path.join(info, "RECORD"), _MOST_BYTES)
    if text is None:
        return _egg_files(info), True
    found = {}
    whole = len(text) < _MOST_BYTES
    base = root.rstrip(os.sep) + os.sep
    try:
        # A path may hold a line's end, and is quoted then.
        for row in csv.reader(io.StringIO(text, newline="")):
            if budget.files <= 0:
                return found, False
            budget.files -= 1
            if row and row[0] and "\0" not in row[0]:
                path = row[0]
                plain = not os.path.isabs(path) and ".." not in path
                whole = base + path if plain else os.path.join(root, path)
                path = whole if plain else os.path.normpath(whole)
                size = _size(row)
                found[path] = (row[1] if len(row) > 1 else "", size)
    except csv.Error:
        whole = False
    return found, whole


def _size(row):
    digits = row[_SIZE] if len(row) > _SIZE else ""
    return int(digits) if digits.isdigit() and len(digits) < _LONGEST_SIZE else None


def _egg_files(info):
    text = read_text(os.path.join(info, "installed-files.txt"), _MOST_BYTES)
    if text is None:
        return None
    lines = (line for line in text.splitlines() if line and "\0" not in line)
    return {os.path.normpath(os.path.join(info, line)): ("", None) for line in lines}


def compare(told, asked, budget):
    """Which files are missing, were empty, have another size, or other content.

    Four lists of paths: empty (of those that are missing), missing, resized, altered.
    Whose size is right is only read where it is asked for, or was written after the
    RECORD was: all contents would be gigabytes.
    """
    missing, hollow, resized, altered = [], [], [], []
    installed = _written(os.path.join(told["info"], "RECORD"))
    for path, (promised, size) in (told["files"] or {}).items():
        if path.endswith(".pyc"):
            continue  # bytecode is made and swept away as anybody likes
        try:
            there = os.stat(path)
        except (OSError, ValueError):
            missing.append(path)
            if size == 0:
                hollow.append(path)
            continue
        if _is_own(path):
            continue
        later = there.st_mtime > installed + _LATER
        if size is not None and there.st_size != size:
            resized.append(path)
        elif (later or path in asked) and has_hash(path, promised, budget) is False:
            altered.append(path)
    # Code first: where there are too many to tell, that is what matters.
    missing.sort(key=lambda path: (not path.endswith(_CODE), path))
    told = (sorted(hollow), missing, sorted(resized), sorted(altered))
    return [paths[:_MOST_TOLD] for paths in told]


def _written(path):
    """When a file was written; later than anything where that is not told."""
    try:
        return os.stat(path).st_mtime
    except (OSError, ValueError):
        return float("inf")


def _is_own(path):
    """Whether it is metadata that installers write anew."""
    return ".dist-info" + os.sep in path or ".egg-info" + os.sep in path


def has_hash(path, promised, budget):
    """Whether a file has the hash that a RECORD promises.

    None where it promises none that can be checked, or what is there is no file, or
    too much to be read.
    """
    kind, _, digest = promised.partition("=")
    if kind not in ("sha256", "sha384", "sha512") or not digest:
        return None
    made = hashlib.new(kind)
    try:
        if not os.path.isfile(path) or os.stat(path).st_size > budget.hashed:
            return None
        with open(path, "rb") as file:
            while budget.hashed > 0:
                chunk = file.read(1 << 20)
                if not chunk:
                    break
                budget.hashed -= len(chunk)
                made.update(chunk)
            else:
                return None
    except (OSError, ValueError):
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

"""The guest: asks the probes inside somebody else's interpreter and writes what it saw.

Run as ``python -I <this folder> CONTROL``. Reads ``CONTROL/input.json``, appends a line
of JSON to ``CONTROL/output.jsonl`` before and after every target, so that a crash tells
at which one. Standard output belongs to whatever is imported. Standard library only,
grammar of Python 3.7, private module names; nothing of the house is imported.
"""

import sys

_HERE = sys.path.pop(0)  # a folder that is run is put first, even under -I


def _load(name):
    """Load a module of this folder without leaving the folder on the path."""
    sys.path.insert(0, _HERE)
    try:
        return __import__(name)
    finally:
        sys.path.remove(_HERE)


def _main(control):
    session = _load("_compatcheck_session")
    session.run(control)


if __name__ == "__main__":
    _main(sys.argv[1])

"""What `compat-shims run` puts before a program: the shim, then what stood here before.

Python imports the first `sitecustomize` on its path; this one hands on to the next.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


def _hand_on() -> None:
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    # For this process the folder has done its work; children find it in PYTHONPATH.
    sys.path[:] = [it for it in sys.path if os.path.abspath(it) != _HERE]
    found = PathFinder.find_spec("sitecustomize", sys.path)
    if found is None or found.loader is None:
        return
    module = module_from_spec(found)
    sys.modules["sitecustomize"] = module
    found.loader.exec_module(module)


try:
    import compat_shims.auto  # noqa: F401
except Exception:  # a child may run another Python, which has no compat_shims
    pass
_hand_on()

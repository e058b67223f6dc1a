"""What every other contestant runs in a cell: import the pair, run the scenario.

    python one_cell.py VERDICT SCENARIO MODULE...

The verdict is left in a file: whoever sees no file knows that there was no environment
to run this in. What compatcheck's guest does for a cell is done here the plain way.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import runpy
import sys
import traceback
import unittest
from pathlib import Path


def run(scenario: Path, modules: list[str]) -> None:
    """Import the modules, then run each function `scenario_*` of the file in turn."""
    for module in modules:
        importlib.import_module(module)
    sys.path.append(str(scenario.parent))
    for name, function in runpy.run_path(str(scenario)).items():
        if name.startswith("scenario_"):
            try:
                found = function()
                if inspect.iscoroutine(found):
                    asyncio.run(found)
            except unittest.SkipTest as skipped:
                print(f"{name} is skipped: {skipped}")


def main() -> int:
    """Run it and leave a verdict; 0 where it passed."""
    verdict, scenario, *modules = sys.argv[1:]
    place = Path(verdict)
    place.write_text("crashed", encoding="utf-8")  # if nothing more is heard
    try:
        run(Path(scenario), modules)
    except Exception:  # noqa: BLE001 - strangers' code raises what it likes
        traceback.print_exc()
        place.write_text("failed", encoding="utf-8")
        return 1
    place.write_text("passed", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Failures that decide nothing: of modules that not every user of a provider imports.

What is read from a consumer's source includes modules that only work with an extra, a
setting or a third distribution that nobody requires (`kombu.transport.azure…`,
`starlette.templating`, `django.contrib.auth.views`). That such a module does not import
here says nothing about the two releases. What does: a name or module of the provider
that is not there, or an error in code that had all it wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from compatcheck.model import Failure, Link

_ERRORS_IN_CODE: Final = frozenset(
    {
        "AttributeError",
        "ImportError",
        "IndentationError",
        "ModuleNotFoundError",
        "NameError",
        "SyntaxError",
        "TypeError",
    }
)
"""What Python itself says of code that does not fit; anything else a library chose to
raise, and it means what that library says."""


def is_undecided(failure: Failure, module: str, sites: Sequence[Path]) -> bool:
    """Whether a failure of a target that was only read from source decides nothing.

    `module` is what was imported, a provider's; `sites` are where the cell's
    distributions are: what is missing there as a whole is somebody else's, and
    nobody requires it.
    """
    own = module.partition(".")[0]
    steps: tuple[Failure | Link, ...] = (failure, *failure.chain)
    if any(_lacks_other(step, own, sites) for step in steps):
        return True
    said_by_library = failure.type == "ImportError" and failure.module is None
    return failure.type not in _ERRORS_IN_CODE or said_by_library


def _lacks_other(step: Failure | Link, own: str, sites: Sequence[Path]) -> bool:
    """Whether a step is that somebody else's top level is not installed at all."""
    if step.type != "ModuleNotFoundError" or not step.module:
        return False
    top = step.module.partition(".")[0]
    return top != own and not any(
        (site / top).exists() or any(site.glob(f"{top}.*")) for site in sites
    )

"""Where a command runs: the folder, the cache, the clock."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compatcheck.workflow.session import Session


def cache_folder() -> Path:
    """`$COMPATCHECK_CACHE`, else the user's cache folder."""
    import platformdirs

    named = os.environ.get("COMPATCHECK_CACHE")
    if named:
        return Path(named).absolute()
    return platformdirs.user_cache_path("compatcheck")


def here() -> Session:
    """The session of this process. Raises `UsageError` where it has no folder."""
    from compatcheck.errors import Problem, UsageError
    from compatcheck.workflow.session import Session

    try:
        folder = Path.cwd()
    except OSError as error:
        problem = Problem(
            place="working directory",
            message=f"it cannot be used ({error.strerror})",
            mend="change to a folder that is there",
        )
        raise UsageError(problem) from error
    return Session(
        environ=dict(os.environ),
        folder=folder,
        cache=cache_folder(),
        clock=lambda: datetime.now(UTC),
    )

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
    """The session of this process."""
    from compatcheck.workflow.session import Session

    return Session(
        environ=dict(os.environ),
        folder=Path.cwd(),
        cache=cache_folder(),
        clock=lambda: datetime.now(UTC),
    )

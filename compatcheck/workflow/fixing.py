"""A verified remedy, applied to the user's own environment."""

from __future__ import annotations

from dataclasses import replace

from compatcheck.environments import Uv
from compatcheck.index.settings import read_index_settings, uv_environment
from compatcheck.model.mending import Mend
from compatcheck.remedies import apply
from compatcheck.workflow.doctor import Seen
from compatcheck.workflow.session import Session


def fix_now(mend: Mend, seen: Seen, session: Session, seconds: float) -> bool:
    """Take the steps for real, and replay; whether it runs now.

    Raises `EnvironmentFault` where a step cannot be taken.
    """
    where = read_index_settings(session.environ, session.folder)
    uv = Uv(
        cache=session.cache / "uv",
        index=uv_environment(where),
        environ=session.environ,
    )
    at = apply(mend.steps, replace(seen.at, uv=uv))
    told = at.process.run(seconds)
    return told.code == 0 and not told.late

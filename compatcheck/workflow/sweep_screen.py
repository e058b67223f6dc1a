"""Every cell's result from the wheels alone, for a first look or without a network."""

from __future__ import annotations

from compatcheck.ask.screener import Screener
from compatcheck.config.settings import Settings
from compatcheck.plan import Plan
from compatcheck.workflow.leftover import Leftover
from compatcheck.workflow.session import Listener
from compatcheck.workflow.swept import Swept


def sweep_screen(
    screener: Screener, plan: Plan, settings: Settings, listener: Listener
) -> Swept:
    """What the wheels alone tell of every cell: no lock, no place, nothing run."""
    swept, leftover = Swept(plan=plan), Leftover(plan, settings)
    listener.planned(len(leftover.own))
    try:
        for result in screener.screen(leftover.own):
            swept.results.append(result)
            listener.answered(result)
    except KeyboardInterrupt:
        swept.interrupted = True
    swept.results += leftover.not_run(plan, swept.results, "interrupted")
    return swept

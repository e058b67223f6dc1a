"""What a tool finds at hand in `ctx.context`; no library is needed to say so."""

from __future__ import annotations

from typing import Any, Protocol

from market_server.market.nouns import Found
from market_server.market.service import MarketService


class Desk(Protocol):
    """Where a tool works: over ChatKit it can show widgets, over REST it cannot."""

    market: MarketService

    def widget(self, found: Found) -> Any | None:  # noqa: ANN401 - chatkit's, if any
        """How this is shown here; None where nothing can be shown."""
        ...

    async def stream_widget(
        self,
        widget: Any,  # noqa: ANN401 - what `widget` gave
        copy_text: str | None = None,
    ) -> None:
        """Show it."""
        ...

    def failed(self, error: Exception) -> None:
        """Keep what a tool raised: its user and the model are told less than that."""
        ...

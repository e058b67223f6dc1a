"""The socket for a source of market data."""

from __future__ import annotations

from typing import Protocol

from market_server.market.nouns import AnyImpact, Calendar, News, Period, Quote


class UnknownSymbolError(Exception):
    """The source knows no share of that name."""


class MarketSource(Protocol):
    """Tells what it knows; whatever else it raises means that it cannot tell now."""

    @property
    def label(self) -> str:
        """Where its figures come from, and of when they are."""
        ...

    async def quote(self, symbol: str) -> Quote:
        """Raises `UnknownSymbolError`."""
        ...

    async def news(self, symbol: str) -> News:
        """Raises `UnknownSymbolError`."""
        ...

    async def calendar(self, period: Period, impact: AnyImpact) -> Calendar:
        """What is due; nothing is a good answer."""
        ...

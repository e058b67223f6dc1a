"""Asks a source, and answers politely when it fails."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable
from typing import Final

from market_server import correlation
from market_server.market.nouns import AnyImpact, Found, Nothing, Period
from market_server.market.source import MarketSource, UnknownSymbolError

logger = logging.getLogger("market_server")

_SYMBOL: Final = re.compile(r"[A-Z][A-Z0-9.-]{0,9}")
_PATIENCE: Final = 5.0
"""Seconds that a source may take."""


class MarketService:
    """What tools ask: it never raises for what a source does."""

    def __init__(self, source: MarketSource, patience: float = _PATIENCE) -> None:
        """Ask this source, and wait so many seconds for it."""
        self._source = source
        self._patience = patience

    async def quote(self, symbol: str) -> Found:
        """What a share cost."""
        wanted = symbol.strip().upper()
        if not _SYMBOL.fullmatch(wanted):
            return _unknown(wanted)
        return await self._asked(wanted, self._source.quote(wanted))

    async def news(self, symbol: str) -> Found:
        """What was written about a company."""
        wanted = symbol.strip().upper()
        if not _SYMBOL.fullmatch(wanted):
            return _unknown(wanted)
        return await self._asked(wanted, self._source.news(wanted))

    async def calendar(self, period: Period, impact: AnyImpact) -> Found:
        """What is due in a period."""
        return await self._asked("", self._source.calendar(period, impact))

    async def _asked(self, symbol: str, question: Awaitable[Found]) -> Found:
        try:
            async with asyncio.timeout(self._patience):
                return await question
        except UnknownSymbolError:
            return _unknown(symbol)
        except Exception as error:  # noqa: BLE001 - a source is somebody else's code
            known = correlation.current()
            logger.warning("the market source failed [%s]: %r", known, error)
            return Nothing(
                code="source_unavailable",
                message="The market data cannot be reached just now; "
                "please try again in a while.",
            )


def _unknown(symbol: str) -> Nothing:
    # A part of it only: what is no symbol may be a whole novel.
    return Nothing(
        code="unknown_symbol",
        message=f"I know no share with the symbol {symbol[:12]!r}.",
    )

"""The default source: data that lies in the package, made up and labelled so."""

from __future__ import annotations

import json
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, Final

from market_server.market.nouns import (
    AnyImpact,
    Calendar,
    Event,
    Headline,
    News,
    Period,
    Quote,
)
from market_server.market.source import UnknownSymbolError

_DAYS: Final[dict[Period, int]] = {"today": 1, "this_week": 7, "this_month": 30}
"""Days from the day of the data on, which is this source's today."""


class BundledSource:
    """Tells what was packed with it."""

    def __init__(self) -> None:
        """Read it once."""
        text = files("market_server.market").joinpath("bundled.json").read_text("utf-8")
        data = json.loads(text)
        self._day = date.fromisoformat(data["day"])
        self._shares: dict[str, Any] = data["shares"]
        self._events = [
            Event(day=day, country=country, title=title, impact=impact)
            for day, country, title, impact in data["events"]
        ]

    @property
    def label(self) -> str:
        """Nobody should take these figures for real ones."""
        return f"Sample data of {self._day.isoformat()}, made up for this demonstration"

    async def quote(self, symbol: str) -> Quote:
        """What a share cost, in the sample."""
        share = self._share(symbol)
        change = share["price"] - share["before"]
        return Quote(
            symbol=symbol,
            name=share["name"],
            price=share["price"],
            change=round(change, 2),
            percent=round(100 * change / share["before"], 2),
            currency="USD",
            label=self.label,
        )

    async def news(self, symbol: str) -> News:
        """Headlines that nobody wrote."""
        share = self._share(symbol)
        told = (
            Headline(day=day, publisher=publisher, title=title)
            for day, publisher, title in share["news"]
        )
        return News(
            symbol=symbol,
            name=share["name"],
            headlines=tuple(told),
            label=self.label,
        )

    async def calendar(self, period: Period, impact: AnyImpact) -> Calendar:
        """What is due, counted from the day of the data."""
        end = (self._day + timedelta(days=_DAYS[period])).isoformat()
        due = (
            event
            for event in self._events
            if event.day < end and impact in ("all", event.impact)
        )
        return Calendar(
            period=period, impact=impact, events=tuple(due), label=self.label
        )

    def _share(self, symbol: str) -> dict[str, Any]:
        if symbol not in self._shares:
            raise UnknownSymbolError(symbol)
        found: dict[str, Any] = self._shares[symbol]
        return found

"""What the scripted model does with a message: rules over its words, no guessing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

HELP: Final = (
    "I am a scripted model and know three things: the quote of a share (try AAPL), "
    "the news about a company (try news about MSFT) and the economic calendar "
    "(try what is due this week). I also repeat what follows the word say."
)

_SAY: Final = re.compile(r"\s*say\s+(.+)", re.IGNORECASE | re.DOTALL)
_CALENDAR: Final = re.compile(r"\b(calendar|economic|events?|due)\b", re.IGNORECASE)
_NEWS: Final = re.compile(r"\b(news|headlines?)\b", re.IGNORECASE)
_MONTH: Final = re.compile(r"\bmonth\b", re.IGNORECASE)
_TODAY: Final = re.compile(r"\btoday\b", re.IGNORECASE)
_IMPACT: Final = re.compile(r"\b(low|medium|high)\b", re.IGNORECASE)
_SYMBOL: Final = re.compile(r"\b[A-Z][A-Z0-9]{1,5}\b")
_NO_SYMBOLS: Final = frozenset({"AND", "FOR", "OF", "THE", "USD", "US", "EU"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool that the model wants called."""

    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the model says."""

    text: str


def decide(message: str) -> Words | tuple[Call, ...]:
    """What to say to a message, or which tools to call first."""
    said = _SAY.fullmatch(message)
    if said:
        return Words(text=said[1])
    if _CALENDAR.search(message):
        return (_calendar(message),)
    tool = "show_market_news" if _NEWS.search(message) else "show_stock_quote"
    symbols = [it for it in _SYMBOL.findall(message) if it not in _NO_SYMBOLS]
    calls = tuple(
        Call(tool=tool, arguments={"symbol": symbol})
        for symbol in dict.fromkeys(symbols)  # each once
    )
    return calls or Words(text=HELP)


def _calendar(message: str) -> Call:
    period = "this_week"
    if _MONTH.search(message):
        period = "this_month"
    elif _TODAY.search(message):
        period = "today"
    impact = _IMPACT.search(message)
    level = impact[0].lower() if impact else "all"
    arguments = {"time_period": period, "impact": level}
    return Call(tool="show_economic_calendar", arguments=arguments)

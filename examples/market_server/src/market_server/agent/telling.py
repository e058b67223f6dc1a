"""What a tool's finding is in words and as data, for the model and for copying."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from market_server.market.nouns import Calendar, Found, News, Nothing, Quote


def as_data(found: Found) -> dict[str, Any]:
    """What the model is given: all figures, and a sentence that it may use."""
    return {
        "kind": type(found).__name__.lower(),
        **asdict(found),
        "sentence": sentence(found),
    }


def sentence(found: Found) -> str:
    """The same for people."""
    match found:
        case Quote():
            return _of_quote(found)
        case News():
            return _of_news(found)
        case Calendar():
            return _of_calendar(found)
        case Nothing():
            return found.message


def _of_quote(quote: Quote) -> str:
    return (
        f"{quote.name} ({quote.symbol}): {quote.price:.2f} {quote.currency}, "
        f"{quote.percent:+.2f} % since the day before. {quote.label}."
    )


def _of_news(news: News) -> str:
    titles = "; ".join(headline.title for headline in news.headlines)
    return f"News about {news.name} ({news.symbol}): {titles}. {news.label}."


def _of_calendar(calendar: Calendar) -> str:
    period = calendar.period.replace("_", " ")
    wanted = "" if calendar.impact == "all" else f" of {calendar.impact} impact"
    if not calendar.events:
        return f"Nothing{wanted} is due {period}. {calendar.label}."
    due = "; ".join(
        f"{event.day} {event.country} {event.title}" for event in calendar.events
    )
    return f"Due {period}{wanted}: {due}. {calendar.label}."

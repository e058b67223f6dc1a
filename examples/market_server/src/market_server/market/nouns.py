"""What can be told about markets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Impact = Literal["low", "medium", "high"]
AnyImpact = Literal["all", "low", "medium", "high"]
Period = Literal["today", "this_week", "this_month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a share cost."""

    symbol: str
    name: str
    price: float
    change: float
    """Since the day before, in the currency."""
    percent: float
    """Likewise, in per cent."""
    currency: str
    label: str
    """Where the figures come from and of when they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One piece of news."""

    title: str
    publisher: str
    day: str
    """ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was written about a company, newest first."""

    symbol: str
    name: str
    headlines: tuple[Headline, ...]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One date of the economic calendar."""

    day: str
    """ISO 8601."""
    country: str
    title: str
    impact: Impact


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What is due in a period, in order."""

    period: Period
    impact: AnyImpact
    events: tuple[Event, ...]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No answer, and why: in words that can be said to anybody."""

    code: Literal["unknown_symbol", "source_unavailable"]
    message: str


Found = Quote | News | Calendar | Nothing

"""The three tools: each shows a widget where it can, and tells the model the data."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from agents import RunContextWrapper, Tool, function_tool

from market_server import correlation
from market_server.agent.desk import Desk
from market_server.agent.telling import as_data, sentence
from market_server.market.nouns import AnyImpact, Found, Period

logger = logging.getLogger("market_server")

_SORRY: Final = json.dumps({"kind": "nothing", "sentence": "That could not be shown."})


def _failed(ctx: RunContextWrapper[Any], error: Exception) -> str:
    """What the model is told when a tool raises; the rest is for the log.

    Without it the library would tell the model, and nobody else.
    """
    known = correlation.current()
    logger.error("a tool failed [%s]", known, exc_info=error)
    ctx.context.failed(error)
    return _SORRY


@function_tool(failure_error_function=_failed)
async def show_stock_quote(ctx: RunContextWrapper[Desk], symbol: str) -> str:
    """Show what a share costs.

    Args:
        ctx: Where the tool works.
        symbol: The share's symbol, such as AAPL.

    """
    return await _show(ctx, await ctx.context.market.quote(symbol))


@function_tool(failure_error_function=_failed)
async def show_market_news(ctx: RunContextWrapper[Desk], symbol: str) -> str:
    """Show what was written about a company.

    Args:
        ctx: Where the tool works.
        symbol: The symbol of the company's share, such as AAPL.

    """
    return await _show(ctx, await ctx.context.market.news(symbol))


@function_tool(failure_error_function=_failed)
async def show_economic_calendar(
    ctx: RunContextWrapper[Desk], time_period: Period, impact: AnyImpact
) -> str:
    """Show which economic figures and decisions are due.

    Args:
        ctx: Where the tool works.
        time_period: How far to look ahead.
        impact: How much they may move markets; all for all of them.

    """
    return await _show(ctx, await ctx.context.market.calendar(time_period, impact))


TOOLS: Final[list[Tool]] = [
    show_stock_quote,
    show_market_news,
    show_economic_calendar,
]


async def _show(ctx: RunContextWrapper[Desk], found: Found) -> str:
    """Show what was found, and tell it as JSON."""
    widget = ctx.context.widget(found)
    if widget is not None:
        await ctx.context.stream_widget(widget, copy_text=sentence(found))
    return json.dumps(as_data(found))

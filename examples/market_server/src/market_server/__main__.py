"""The command: `market-server` serves, `market-server token USER` makes a token."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys

import uvicorn

from market_server.app import create_app
from market_server.settings import KEEP_ALIVE, Settings, Unusable, read_settings
from market_server.stores.choose import open_shelf
from market_server.stores.shelf import ShelfDown
from market_server.tokens import issue


def main(arguments: list[str] | None = None) -> int | str:
    """Do what was asked; the exit code, or a line that says what went wrong."""
    try:
        return _do(_parser().parse_args(arguments))
    except (Unusable, ShelfDown) as error:
        return f"market-server: {error}"


def _do(asked: argparse.Namespace) -> int:
    if asked.command == "token":
        sys.stdout.write(
            issue(read_settings().secret, asked.user, asked.seconds) + "\n"
        )
        return 0
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    settings = read_settings()
    asyncio.run(_can_be_opened(settings))
    uvicorn.run(
        create_app(settings),
        host=asked.host,
        port=asked.port,
        timeout_keep_alive=KEEP_ALIVE,
    )
    return 0


async def _can_be_opened(settings: Settings) -> None:
    """Raise `ShelfDown` without a store: one line, where the server would say many."""
    await (await open_shelf(settings.database)).close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "market-server", description="Talks about markets."
    )
    commands = parser.add_subparsers(dest="command")
    serve = commands.add_parser("serve", help="serve (what it does without a command)")
    for each in (parser, serve):
        each.add_argument("--host", default="127.0.0.1")
        each.add_argument("--port", type=int, default=8000)
    token = commands.add_parser("token", help="a token for a user, on stdout")
    token.add_argument("user")
    token.add_argument("--seconds", type=float, default=3600.0)
    return parser


if __name__ == "__main__":
    sys.exit(main())

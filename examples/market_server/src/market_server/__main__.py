"""The command: `market-server` serves, `market-server token USER` makes a token."""

from __future__ import annotations

import argparse
import logging
import sys

import uvicorn

from market_server.app import create_app
from market_server.settings import read_settings
from market_server.stores.shelf import ShelfDown
from market_server.tokens import issue


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; the exit code."""
    asked = _parser().parse_args(arguments)
    if asked.command == "token":
        sys.stdout.write(
            issue(read_settings().secret, asked.user, asked.seconds) + "\n"
        )
        return 0
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    uvicorn.run(create_app(), host=asked.host, port=asked.port)
    return 0


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
    try:
        sys.exit(main())
    except ShelfDown as error:
        sys.exit(f"market-server: {error}")

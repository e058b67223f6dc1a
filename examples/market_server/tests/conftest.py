"""What the tests stand on: real servers on loopback, real stores."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cluster import Cluster, find_programs, running
from living import Serve, served
from market_server.stores.choose import open_shelf
from market_server.stores.shelf import Shelf

STORES = ("memory", "sqlite", "postgres")
DURABLE = STORES[1:]


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio alone, as the app does."""
    return "asyncio"


def _programs() -> Path:
    """PostgreSQL's; without them tests are skipped, and fail where it is required."""
    found = find_programs()
    if found is None:
        missing = "no PostgreSQL is here: install Debian's package `postgresql`"
        if "CI" in os.environ or "MARKET_NEEDS_POSTGRES" in os.environ:
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL for all tests."""
    with running(_programs()) as found:
        yield found


@pytest.fixture
def fragile() -> Iterator[Cluster]:
    """One that may be crashed: it has little to recover."""
    with running(_programs()) as found:
        yield found


def _address(name: str, folder: Path, request: pytest.FixtureRequest) -> str:
    match name:
        case "sqlite":
            return f"sqlite:///{folder / 'market.db'}"
        case "postgres":
            cluster: Cluster = request.getfixturevalue("cluster")
            return cluster.database()
        case _:
            return "memory:"


@pytest.fixture(params=STORES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new store, of each kind in turn."""
    return _address(request.param, tmp_path, request)


@pytest.fixture(params=DURABLE)
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Likewise, of the kinds that outlive their process."""
    return _address(request.param, tmp_path, request)


@pytest.fixture
async def shelf(address: str) -> AsyncIterator[Shelf]:
    """A new store of each kind in turn."""
    made = await open_shelf(address)
    yield made
    await made.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts apps on loopback, and ends them."""
    with ExitStack() as stack:
        yield lambda **given: stack.enter_context(served(**given))

"""Writes to a store without end, and tells each item when the store has returned."""

from __future__ import annotations

import asyncio
import itertools
import sys
from datetime import UTC, datetime
from uuid import uuid4

from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadMetadata
from market_server.native.store import ShelfStore, Visit
from market_server.stores.choose import open_shelf


async def _write(address: str) -> None:
    store, visit = ShelfStore(await open_shelf(address)), Visit(owner="user:ann")
    key, now = f"t{uuid4().hex}", datetime.now(UTC)
    await store.save_thread(ThreadMetadata(id=key, created_at=now), visit)
    _tell(key)
    for number in itertools.count():
        made = AssistantMessageItem(
            id=f"i{number}",
            thread_id=key,
            created_at=now,
            content=[AssistantMessageContent(text="Words " * 50)],
        )
        await store.add_thread_item(key, made, visit)
        _tell(made.id)


def _tell(key: str) -> None:
    sys.stdout.write(key + "\n")
    sys.stdout.flush()


asyncio.run(_write(sys.argv[1]))

"""A user's conversations, on any shelf."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from market_server.refusals import not_found
from market_server.stores.shelf import MissingError, Order, Place, Shelf, Slice

_KIND: Final = "conversation"
_TITLE: Final = 60
"""Letters of a conversation's title."""
_REMEMBERED: Final = 40
"""Messages that the model is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Some records for a client, and where to go on."""

    records: list[dict[str, Any]]
    has_more: bool
    after: str | None


class Conversations:
    """What one user may see; raises a 404 `Refusal` for all else."""

    def __init__(self, shelf: Shelf, owner: str) -> None:
        """Look at this owner's part of a shelf."""
        self._shelf = shelf
        self._place = Place(owner=owner, kind=_KIND)

    async def listed(self, after: str | None, limit: int, order: Order) -> Told:
        """The conversations, page by page."""
        return await self._page(self._place, after, limit, order)

    async def messages(
        self, key: str, after: str | None, limit: int, order: Order
    ) -> Told:
        """The messages of one of them, page by page."""
        return await self._page(self._inside(key), after, limit, order)

    async def remembered(self, key: str) -> list[tuple[str, str]]:
        """Roles and texts of the newest messages, oldest first."""
        newest = await self.messages(key, None, _REMEMBERED, "desc")
        return [(it["role"], it["content"]) for it in reversed(newest.records)]

    async def begin(self, message: str) -> str:
        """A new conversation that begins with this message; its id."""
        key = f"conv_{uuid4().hex}"
        title = " ".join(message.split())[:_TITLE]
        await self._shelf.add(self._place, key, _record(key, title=title))
        return key

    async def note(
        self, key: str, role: str, content: str, calls: Sequence[dict[str, str]] = ()
    ) -> None:
        """Keep a message."""
        made = f"msg_{uuid4().hex}"
        fields: dict[str, Any] = {"role": role, "content": content}
        if role == "assistant":
            fields["tool_calls"] = list(calls)
        place = self._inside(key)
        try:
            await self._shelf.add(place, made, _record(made, **fields))
        except MissingError as error:
            raise not_found("conversation") from error

    def _inside(self, key: str) -> Place:
        try:
            return self._place.inside(key)
        except MissingError as error:
            raise not_found("conversation") from error

    async def _page(
        self, place: Place, after: str | None, limit: int, order: Order
    ) -> Told:
        try:
            found: Slice = await self._shelf.page(place, after, limit, order)
        except MissingError as error:
            raise not_found("conversation or message") from error
        records = [json.loads(body) for body in found.bodies]
        return Told(records=records, has_more=found.more, after=found.after)


def _record(key: str, **fields: Any) -> str:  # noqa: ANN401 - JSON
    told = {"id": key, **fields, "created_at": datetime.now(UTC).isoformat()}
    return json.dumps(told)

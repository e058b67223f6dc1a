"""chatkit's `Store`, over any shelf: one owner never meets another's records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter
from typing_extensions import override

from market_server.stores.shelf import MissingError, Order, Place, Shelf, Slice

MOST: Final = 100
"""Records on one page, whatever a client asks for."""

_ITEM: Final[TypeAdapter[Any]] = TypeAdapter(ThreadItem)
_ATTACHMENT: Final[TypeAdapter[Any]] = TypeAdapter(Attachment)


@dataclass(slots=True, kw_only=True)
class Visit:
    """The context of one request: who asks, and what failed while it was answered."""

    owner: str
    failures: list[Exception] = field(default_factory=list)

    def place(self, kind: str) -> Place:
        """Where this owner's records of a kind are."""
        return Place(owner=self.owner, kind=kind)


@contextmanager
def _or_not_found() -> Iterator[None]:
    """Tell of what is not there as chatkit does."""
    try:
        yield
    except MissingError as error:
        raise NotFoundError(str(error)) from error


class ShelfStore(Store[Visit]):
    """Keeps threads, their items and attachments' metadata as JSON."""

    def __init__(self, shelf: Shelf) -> None:
        """Keep all on this shelf."""
        self._shelf = shelf

    @override
    def generate_thread_id(self, context: Visit) -> str:
        """Long enough never to come twice: the library's own eight digits are not."""
        return f"thr_{uuid4().hex}"

    @override
    def generate_item_id(
        self, item_type: str, thread: ThreadMetadata, context: Visit
    ) -> str:
        """Likewise."""
        return f"{item_type}_{uuid4().hex}"

    @override
    async def load_thread(self, thread_id: str, context: Visit) -> ThreadMetadata:
        with _or_not_found():
            body = await self._shelf.load(context.place("thread"), thread_id)
        return ThreadMetadata.model_validate_json(body)

    @override
    async def save_thread(self, thread: ThreadMetadata, context: Visit) -> None:
        body = thread.model_dump_json(exclude={"items"})
        await self._shelf.save(context.place("thread"), thread.id, body)

    @override
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Visit
    ) -> Page[ThreadMetadata]:
        found = await self._page(context.place("thread"), after, limit, order)
        threads = map(ThreadMetadata.model_validate_json, found.bodies)
        return Page(data=list(threads), has_more=found.more, after=found.after)

    @override
    async def delete_thread(self, thread_id: str, context: Visit) -> None:
        if not await self._shelf.drop(context.place("thread"), thread_id):
            raise NotFoundError(thread_id)

    @override
    async def load_thread_items(
        self,
        thread_id: str,
        after: str | None,
        limit: int,
        order: str,
        context: Visit,
    ) -> Page[ThreadItem]:
        with _or_not_found():
            place = context.place("thread").inside(thread_id)
        found = await self._page(place, after, limit, order)
        items = map(_ITEM.validate_json, found.bodies)
        return Page(data=list(items), has_more=found.more, after=found.after)

    @override
    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: Visit
    ) -> None:
        """Raises `TakenError`: an item that came twice would hide the first one."""
        body = _ITEM.dump_json(item).decode()
        with _or_not_found():
            place = context.place("thread").inside(thread_id)
            await self._shelf.add(place, item.id, body)

    @override
    async def save_item(self, thread_id: str, item: ThreadItem, context: Visit) -> None:
        body = _ITEM.dump_json(item).decode()
        with _or_not_found():
            place = context.place("thread").inside(thread_id)
            await self._shelf.save(place, item.id, body)

    @override
    async def load_item(
        self, thread_id: str, item_id: str, context: Visit
    ) -> ThreadItem:
        with _or_not_found():
            place = context.place("thread").inside(thread_id)
            body = await self._shelf.load(place, item_id)
        found: ThreadItem = _ITEM.validate_json(body)
        return found

    @override
    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: Visit
    ) -> None:
        with _or_not_found():
            place = context.place("thread").inside(thread_id)
        # An item that never was finished was never stored: nothing to delete.
        await self._shelf.drop(place, item_id)

    @override
    async def save_attachment(self, attachment: Attachment, context: Visit) -> None:
        body = _ATTACHMENT.dump_json(attachment).decode()
        await self._shelf.save(context.place("attachment"), attachment.id, body)

    @override
    async def load_attachment(self, attachment_id: str, context: Visit) -> Attachment:
        with _or_not_found():
            place = context.place("attachment")
            body = await self._shelf.load(place, attachment_id)
        found: Attachment = _ATTACHMENT.validate_json(body)
        return found

    @override
    async def delete_attachment(self, attachment_id: str, context: Visit) -> None:
        if not await self._shelf.drop(context.place("attachment"), attachment_id):
            raise NotFoundError(attachment_id)

    async def _page(
        self, place: Place, after: str | None, limit: int, order: str
    ) -> Slice:
        turned: Order = "asc" if order == "asc" else "desc"
        at_most = max(1, min(limit, MOST))
        with _or_not_found():
            return await self._shelf.page(place, after, at_most, turned)

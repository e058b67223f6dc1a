"""A store in memory that writes and reads JSON, as one in a database does."""

from __future__ import annotations

import itertools
from typing import Any

from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import Attachment, FileAttachment, Page, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter

HIDDEN = ("hidden_context_item", "sdk_hidden_context")
"""The kinds of items that no client may see."""

_ITEM = TypeAdapter(ThreadItem)
_THREAD = TypeAdapter(ThreadMetadata)
_ATTACHMENT = TypeAdapter(Attachment)


def _found(rows: dict[str, Any], key: str) -> Any:
    """What is kept under this key; `NotFoundError` if nothing is."""
    if key not in rows:
        raise NotFoundError(f"nothing is stored as {key}")
    return rows[key]


def _page(keys: list[str], after: str | None, limit: int, order: str) -> Page:
    """The keys of one page, in that order."""
    ordered = keys if order == "asc" else keys[::-1]
    if after is not None and after not in ordered:
        raise NotFoundError(f"nothing is stored as {after}")
    start = 0 if after is None else ordered.index(after) + 1
    chosen = ordered[start : start + limit]
    more = start + limit < len(ordered)
    return Page(data=chosen, has_more=more, after=chosen[-1] if more else None)


class MemoryStore(Store):
    """Keeps threads, items and attachments in the order of their coming."""

    def __init__(self) -> None:
        """Begin empty."""
        self.threads: dict[str, bytes] = {}
        self.items: dict[str, dict[str, bytes]] = {}
        self.attachments: dict[str, bytes] = {}
        self._numbers = itertools.count(1)

    def thread(self, thread_id: str) -> dict[str, Any]:
        """What is kept of a thread, as JSON would tell it to a client."""
        kept = _THREAD.validate_json(_found(self.threads, thread_id))
        return _THREAD.dump_python(kept, mode="json", exclude_none=True, by_alias=True)

    def visible(self, thread_id: str) -> list[dict[str, Any]]:
        """The items that a client may see, as JSON would tell them."""
        kept = map(_ITEM.validate_json, _found(self.items, thread_id).values())
        return [
            _ITEM.dump_python(item, mode="json", exclude_none=True, by_alias=True)
            for item in kept
            if item.type not in HIDDEN
        ]

    # Numbers instead of chance: equal failures read equally.

    def generate_thread_id(self, context: Any) -> str:
        """Number the threads."""
        return f"thread_{next(self._numbers)}"

    def generate_item_id(self, item_type: str, thread: Any, context: Any) -> str:
        """Number the items."""
        return f"{item_type}_{next(self._numbers)}"

    async def load_thread(self, thread_id: str, context: Any) -> ThreadMetadata:
        return _THREAD.validate_json(_found(self.threads, thread_id))

    async def save_thread(self, thread: ThreadMetadata, context: Any) -> None:
        self.threads[thread.id] = thread.model_dump_json(exclude={"items"}).encode()
        self.items.setdefault(thread.id, {})

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        _found(self.threads, thread_id)
        del self.threads[thread_id], self.items[thread_id]

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Any
    ) -> Page:
        page = _page(list(self.threads), after, limit, order)
        page.data = [_THREAD.validate_json(self.threads[key]) for key in page.data]
        return page

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Page:
        items = _found(self.items, thread_id)
        page = _page(list(items), after, limit, order)
        page.data = [_ITEM.validate_json(items[key]) for key in page.data]
        return page

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        items = _found(self.items, thread_id)
        if item.id in items:
            raise ValueError(f"an item is stored as {item.id} already")
        items[item.id] = _ITEM.dump_json(item)

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        _found(self.items, thread_id)[item.id] = _ITEM.dump_json(item)

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        items = _found(self.items, thread_id)
        return _ITEM.validate_json(_found(items, item_id))

    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: Any
    ) -> None:
        # An item that never was finished was never stored: nothing to delete.
        _found(self.items, thread_id).pop(item_id, None)

    async def save_attachment(self, attachment: Any, context: Any) -> None:
        self.attachments[attachment.id] = _ATTACHMENT.dump_json(attachment)

    async def load_attachment(self, attachment_id: str, context: Any) -> Any:
        return _ATTACHMENT.validate_json(_found(self.attachments, attachment_id))

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        _found(self.attachments, attachment_id)
        del self.attachments[attachment_id]


def _upload_to(url: str) -> dict[str, Any]:
    """Where the client uploads to, under the name that this release gives it."""
    if "upload_descriptor" in FileAttachment.model_fields:
        return {"upload_descriptor": {"url": url, "method": "PUT"}}
    return {"upload_url": url}


class Uploads(AttachmentStore):
    """Says where files are uploaded to, and which were deleted."""

    def __init__(self, store: MemoryStore) -> None:
        """Keep what is said about the files in that store."""
        self.deleted: list[str] = []
        self._store = store

    async def create_attachment(self, input: Any, context: Any) -> Any:  # noqa: A002 - the interface's own name
        made = FileAttachment(
            id=self.generate_attachment_id(input.mime_type, context),
            name=input.name,
            mime_type=input.mime_type,
            **_upload_to("https://files.example.invalid/upload"),
        )
        await self._store.save_attachment(made, context)
        return made

    def generate_attachment_id(self, mime_type: str, context: Any) -> str:
        return f"attachment_{len(self._store.attachments) + 1}"

    async def delete_attachment(self, attachment_id: str, context: Any) -> None:
        self.deleted.append(attachment_id)

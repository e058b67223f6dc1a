"""The three REST endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, Field

from market_server.house import House, house_of
from market_server.parts import Unusable
from market_server.rest.conversations import Conversations
from market_server.stores.shelf import Order
from market_server.tokens import same_user, user_of

if TYPE_CHECKING:  # it imports agents
    from market_server.agent.assistant import Assistant

_LONGEST: Final = 8_000
"""Letters of a message."""
_MOST: Final = 100
"""Records on one page."""

router = APIRouter(prefix="/api/{user_id}")


class ChatRequest(BaseModel):
    """A message to a conversation, or to a new one."""

    conversation_id: str | None = None
    message: str = Field(min_length=1, max_length=_LONGEST)


class ToolCallTold(BaseModel):
    """A tool that was called on the way to a reply."""

    name: str
    arguments: str
    output: str


class ChatResponse(BaseModel):
    """What the agent answered."""

    conversation_id: str
    response: str
    tool_calls: list[ToolCallTold]


def _house(request: Request) -> House:
    return house_of(request.app)


def _own(
    user_id: str,
    house: Annotated[House, Depends(_house)],
    authorization: Annotated[str | None, Header()] = None,
) -> Conversations:
    """The conversations of the user whom both path and token name."""
    user = user_of(house.settings.secret, authorization)
    same_user(user, user_id)
    return Conversations(house.shelf, f"user:{user}")


_House = Annotated[House, Depends(_house)]
_Own = Annotated[Conversations, Depends(_own)]
_After = Annotated[str | None, Query()]
_Limit = Annotated[int, Query(ge=1, le=_MOST)]
_Order = Annotated[Order, Query()]


@router.post("/chat")
async def chat(own: _Own, house: _House, asked: ChatRequest) -> ChatResponse:
    """Say something, and hear the whole answer."""
    assistant = house.assistant
    if isinstance(assistant, Unusable):
        raise assistant.refusal()
    return await _answered(own, assistant, asked)


@router.get("/conversations")
async def conversations(
    own: _Own, after: _After = None, limit: _Limit = 20, order: _Order = "desc"
) -> dict[str, Any]:
    """The user's conversations."""
    told = await own.listed(after, limit, order)
    more = {"has_more": told.has_more, "after": told.after}
    return {"conversations": told.records, **more}


@router.get("/conversations/{conversation_id}/messages")
async def messages(
    own: _Own,
    conversation_id: str,
    after: _After = None,
    limit: _Limit = 50,
    order: _Order = "asc",
) -> dict[str, Any]:
    """What was said in one of them."""
    told = await own.messages(conversation_id, after, limit, order)
    more = {"has_more": told.has_more, "after": told.after}
    return {"messages": told.records, **more}


async def _answered(
    own: Conversations, assistant: Assistant, asked: ChatRequest
) -> ChatResponse:
    """Answer, and keep both messages: only what was answered is kept."""
    key = asked.conversation_id
    before = [] if key is None else await own.remembered(key)
    reply = await assistant.reply([*before, ("user", asked.message)])
    told = [
        ToolCallTold(name=it.name, arguments=it.arguments, output=it.output)
        for it in reply.calls
    ]
    if key is None:
        key = await own.begin(asked.message)
    await own.note(key, "user", asked.message)
    await own.note(key, "assistant", reply.text, [it.model_dump() for it in told])
    return ChatResponse(conversation_id=key, response=reply.text, tool_calls=told)

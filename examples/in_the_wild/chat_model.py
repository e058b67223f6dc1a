"""A chat model is made, which makes its client: no network, no message sent."""

from __future__ import annotations

from langchain_openai import ChatOpenAI


def scenario_makes_a_chat_model() -> None:
    """The client that the model talks through can be made."""
    model = ChatOpenAI(model="gpt-4o-mini", api_key="not-a-key")
    assert model.client is not None

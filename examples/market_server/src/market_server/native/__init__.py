"""What needs openai-chatkit: imported late, by `market_server.parts` alone."""

from __future__ import annotations

"""A chat server about markets, which says why when a part of it cannot be used.

`create_app` in `market_server.app` makes it; the map is in the README.
"""

from __future__ import annotations

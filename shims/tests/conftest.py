"""What the tests of the shim start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from planting import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A place with nothing installed and nothing adapted."""
    made = World(site=tmp_path / "site", shims=tmp_path / "shims")
    made.site.mkdir()
    made.shims.mkdir()
    return made

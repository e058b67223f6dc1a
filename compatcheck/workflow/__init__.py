"""The sentences that the commands say, as small steps."""

from __future__ import annotations

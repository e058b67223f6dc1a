"""What was seen, kept under all that it depends on."""

from __future__ import annotations

from compatcheck.observations.store import ObservationStore, StoreInfo

__all__ = ["ObservationStore", "StoreInfo"]

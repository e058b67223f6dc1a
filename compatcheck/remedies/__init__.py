"""What mends a failure: one kind of step a file, tried in a copy before it is told."""

from __future__ import annotations

from compatcheck.remedies.doing import apply, words
from compatcheck.remedies.trial import Trials

__all__ = ["Trials", "apply", "words"]

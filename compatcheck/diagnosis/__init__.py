"""Why a cell failed: one rule a file, its id the name of the file."""

from __future__ import annotations

from compatcheck.diagnosis.case import Case, Matched, Turn
from compatcheck.diagnosis.diagnose import UNDETERMINED, diagnose, known_rules

__all__ = ["UNDETERMINED", "Case", "Matched", "Turn", "diagnose", "known_rules"]

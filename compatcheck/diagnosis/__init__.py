"""Why a cell failed: one rule a file, its id the name of the file."""

from __future__ import annotations

from compatcheck.diagnosis.case import Case, Matched, Turn
from compatcheck.diagnosis.diagnose import diagnose, known_rules
from compatcheck.diagnosis.finding import UNDETERMINED

__all__ = ["UNDETERMINED", "Case", "Matched", "Turn", "diagnose", "known_rules"]

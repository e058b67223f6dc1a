"""What a "no" of head's is, by what base answered to the same question, or to none."""

from __future__ import annotations

import pytest
from unit.ask.conftest import result, seen

from compatcheck.gate.compare import Standing, compare
from compatcheck.model import CellResult, Observation, Outcome

PASSED, FAILED, UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN


def base(**answers: Outcome) -> CellResult:
    """A cell of base's with these answers, by target."""
    return result("1.0", [seen(said, target=name) for name, said in answers.items()])


def standing(before: CellResult, red: Observation) -> list[Standing]:
    """What becomes of head's failure beside that."""
    return [it.standing for it in compare(before, result("1.0", [red]))]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (base(lib=PASSED), Standing.NEW),
        (base(other=PASSED), Standing.NEW),
        (base(lib=FAILED), Standing.UNCHANGED),
        (base(other=FAILED), Standing.UNCHANGED),
        (base(lib=UNKNOWN), Standing.UNKNOWN),
        (base(lib=PASSED, other=UNKNOWN), Standing.NEW),
        (base(other=UNKNOWN), Standing.UNKNOWN),
        (base(other=PASSED, another=UNKNOWN), Standing.UNKNOWN),
    ],
)
def test_only_what_base_had_passed_or_never_needed_is_new(
    before: CellResult, expected: Standing
) -> None:
    """Where base ended before it was asked, nobody can tell."""
    assert standing(before, seen(FAILED, target="lib")) == [expected]

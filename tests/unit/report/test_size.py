"""What a report of the full grid costs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from golden import made

from compatcheck.formats import Style, get
from compatcheck.model import (
    CallShape,
    CellResult,
    Contract,
    Culprit,
    Diagnosis,
    Drift,
    Failure,
    Frame,
    Observation,
    Outcome,
    Remedy,
    Scenario,
    Symbol,
    Use,
)
from compatcheck.report.document import Report, equal
from compatcheck.report.stored import dump, load

NAMES = [f"Something{n:02}.method_of_it" for n in range(60)]
SCENARIOS = [f"serving.what_a_client_sees_{n}" for n in range(12)]
FAILURES = 5
LINES = 34
"""Releases of the provider come in so many lines with equal requirements."""


def uses(one: int) -> tuple[Use, ...]:
    """120 calls of a release; each has one that no other has, and most are shared."""
    return tuple(
        Use(
            module="its_provider",
            name=f"Something{n % 60:02}.run_{one if n == 119 else n}",
            instance=bool(n % 2),
            call=CallShape(positional=n % 3, keywords=("context",)),
        )
        for n in range(120)
    )


def broken(number: int) -> Failure:
    """What a scenario meets."""
    return Failure(
        type="TypeError",
        message=f"Client{number}.__init__() got an unexpected keyword argument 'x'",
        module=None,
        frames=tuple(
            Frame(file=f"<env>/its_provider/part_{n}.py", line=n, function="f")
            for n in range(30)
        ),
    )


def why(number: int) -> Diagnosis:
    """Whom that is blamed on."""
    return Diagnosis(
        rule="signature-changed",
        title=f"some-dependency-{number} 2.0 no longer takes an `x` argument",
        culprit=Culprit(distribution=f"some-dependency-{number}", version="2.0"),
        evidence=tuple(f"what was seen, in a sentence or two: {n}" for n in range(8)),
        remedies=(
            Remedy(
                kind="constraint", command=f"some-dependency-{number}<2", verified=True
            ),
        ),
    )


@pytest.fixture(scope="module")
def full() -> Report:
    """24 releases against 124 with names, calls, scenarios and locks of a real size."""
    axes = (
        made.axis("a-consumer", [f"1.{n}.0" for n in range(24)]),
        made.axis("its-provider", [f"0.{n}.0" for n in range(124)]),
    )
    results = [_sized(result) for result in made.cells(axes, _answer)]
    drift = [
        Drift(
            distribution=f"some-dependency-{n}",
            last_good="1.9",
            first_bad="2.0",
            holes=(),
            cells=120,
            verified=True,
        )
        for n in range(FAILURES)
    ]
    return made.report(results, axes, drift=drift)


def _answer(one: str, other: str, _python: str) -> made.Answer:
    place = int(other.split(".")[1])
    if place < 40:
        return made.unsolvable(f"a-consumer {one} requires its-provider>=0.40.0")
    calls = [str(use) for use in uses(int(one.split(".")[1]))]
    symbols = [f"its_provider.{name}" for name in NAMES]
    number = place % 6  # each failure is met by every consumer
    failure = broken(number) if number < FAILURES else None
    seen: list[Observation] = [
        made.seen("import", "a_consumer"),
        *(made.seen("symbol", target) for target in symbols),
        *(made.seen("call", target) for target in calls),
        *(made.seen("scenario", target, failure) for target in SCENARIOS),
    ]
    if failure is None:
        return replace(made.passed(), observations=tuple(seen))
    return replace(made.failed(*seen), diagnoses=(why(number),))


def _sized(result: CellResult) -> CellResult:
    if result.outcome is Outcome.UNSOLVABLE:
        return result
    one, other = (pin.version.minor for pin in result.cell.pins)
    others = {
        f"some-dependency-{n}": f"{one % 3}.{other % LINES}.{n}" for n in range(35)
    }
    contract = Contract(
        roots={"a-consumer": ("a_consumer",), "its-provider": ("its_provider",)},
        modules=(f"its_provider.{one}",),
        symbols=tuple(Symbol(module="its_provider", name=name) for name in NAMES),
        optional=(),
        uses=uses(one),
        unclear=240,
        scenarios=(Scenario(name="serving", functions=("x",), files=()),),
    )
    lock = made.locked(result.cell.pins, others)
    return replace(result, lock=lock, contract=contract)


def test_the_full_grid_stays_below_one_megabyte(full: Report) -> None:
    """2,976 cells with 102 locks, 24 contracts and 5 failures of all fit into 1 MiB."""
    assert len(full.cells) == 2976
    assert len(full.locks) == 3 * LINES
    assert len(full.contracts) == 24
    assert len(full.results) == FAILURES + 1
    assert len(full.failures) == FAILURES
    assert len(dump(full).encode()) < 1 << 20


def test_the_full_grid_is_read_back_as_it_was(full: Report) -> None:
    """A stored report says what it said when it was built."""
    assert equal(load(dump(full)), full)


def test_the_full_grid_is_told_on_few_screens(full: Report) -> None:
    """Folded, the picture of 2,976 cells has a few lines, none beyond the width."""
    text = get("text").render(full, Style(width=80))
    assert len(text.splitlines()) < 200
    assert max(map(len, text.splitlines())) <= 80

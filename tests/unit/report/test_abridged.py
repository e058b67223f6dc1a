"""What passed of a long contract is told once."""

from __future__ import annotations

from dataclasses import replace

from golden import made
from golden.made import Answer

from compatcheck.model import (
    Contract,
    Failure,
    Observation,
    Outcome,
    Symbol,
)
from compatcheck.report.abridged import REST
from compatcheck.report.document import Report

NAMES = [f"b.Name{n}" for n in range(6)]
CONTRACT = Contract(
    roots={"a": ("a",), "b": ("b",)},
    modules=(),
    symbols=tuple(Symbol(module="b", name=name[2:]) for name in NAMES),
    optional=(),
)
NO = Failure(type="E", message="no", module=None, frames=())


def built(*observations: Observation) -> Report:
    """The report of one cell in which that was seen."""
    axes = (made.axis("a", ["1"]),)
    answer = Answer(observations=observations, contract=CONTRACT)
    return made.report(made.cells(axes, lambda *_: answer), axes)


def targets(*observations: Observation) -> list[str]:
    """What the report's observations are about."""
    (result,) = built(*observations).results.values()
    return [seen.target for seen in result.observations]


def seen(*broken: int) -> list[Observation]:
    """A symbol each, of which some are not there."""
    return [
        made.seen("symbol", name, NO if n in broken else None)
        for n, name in enumerate(NAMES)
    ]


def test_what_passed_is_one_observation() -> None:
    """It keeps every key of an observation, and its target says what it stands for."""
    (result,) = built(*seen()).results.values()
    (rest,) = result.observations
    assert rest.target == REST == "the rest of the contract"
    assert rest.outcome is Outcome.PASSED
    assert rest.failure is None
    assert rest.probe == rest.stage.value == "symbol"


def test_what_did_not_pass_stays_by_itself() -> None:
    """Each failure keeps its target, and the rest is as complete as the contract."""
    assert targets(*seen(2)) == [REST, "b.Name2"]
    assert targets(*seen(0, 2)) == ["b.Name0", REST, "b.Name2"]


def test_few_are_listed() -> None:
    """Three are as short to list."""
    assert targets(*seen(0, 1, 2)) == NAMES


def test_what_was_not_asked_is_not_counted_in() -> None:
    """Where a name of the contract was not asked, the others are listed."""
    assert targets(*seen()[:5]) == NAMES[:5]


def test_what_no_contract_names_stays_by_itself() -> None:
    """A scenario is a line of its own, passed or not."""
    further = [made.seen("scenario", f"serving.{n}") for n in range(5)]
    assert targets(*seen(), *further) == [REST, *(f"serving.{n}" for n in range(5))]


def test_cells_of_other_contracts_share_what_was_seen() -> None:
    """What was needed stands with the cell, so equal results are one."""
    axes = (made.axis("a", ["1", "2"]),)
    more = (*CONTRACT.symbols, Symbol(module="b", name="Name6"))
    longer = replace(CONTRACT, symbols=more)

    def answer(one: str, _python: str) -> Answer:
        if one == "1":
            return Answer(observations=tuple(seen()), contract=CONTRACT)
        further = made.seen("symbol", "b.Name6")
        return Answer(observations=(*seen(), further), contract=longer)

    report = made.report(made.cells(axes, answer), axes)
    assert len(report.results) == 1
    assert {cell.contract for cell in report.cells} == set(report.contracts)
    assert len(report.contracts) == 2

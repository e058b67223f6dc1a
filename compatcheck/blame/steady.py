"""A failure that does not repeat is nobody's: it becomes unknown, as in `confirm`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from compatcheck.ask.confirm import confirm
from compatcheck.blame.goal import failing
from compatcheck.model import CellResult, Gist
from compatcheck.ports import AskAll


def settle(
    members: Sequence[CellResult],
    again: Mapping[int, CellResult],
    ask: AskAll,
) -> dict[int, CellResult]:
    """What is left of failures that did not repeat, and of those that are said alike.

    `again` holds the other answer of each member that was shaky, by its identity. Each
    other one that shows a failure which did not repeat is asked once more, too. The
    settled results by the identity of the member.
    """
    shaky = [member for member in members if id(member) in again]
    settled = {id(it): _settled(it, again[id(it)]) for it in shaky}
    flaky = {
        gist
        for member in shaky
        if again[id(member)].observations
        for gist in _gists(member) - _gists(again[id(member)])
    }
    others = [it for it in members if id(it) not in again and flaky & _gists(it)]
    cells = [member.cell for member in others]
    answers = ask(cells, fresh=True) if cells else ()
    for member, answer in zip(others, answers, strict=True):
        settled[id(member)] = _settled(member, answer)
    return settled


def _settled(first: CellResult, again: CellResult) -> CellResult:
    # Confirmed anew, whatever was seen before: this answer differs from that.
    unsure = replace(first, confirmed=False)
    (one,) = confirm([unsure], lambda _: again, lambda _: None)
    return replace(one, cell=first.cell, confirmed=one.outcome.is_red)


def _gists(result: CellResult) -> set[Gist]:
    return {seen.failure.gist for seen in failing(result) if seen.failure}

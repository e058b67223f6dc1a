"""What ties a failure to a distribution: without it, no rule may name one."""

from __future__ import annotations

from compatcheck.diagnosis.case import Case
from compatcheck.diagnosis.history import Turned, listed
from compatcheck.diagnosis.owners import owner_of_module, raised_outside
from compatcheck.diagnosis.words import lacking
from compatcheck.model import Failure, Link, Stage


def grounds(case: Case, step: Failure | Link, turned: Turned) -> str | None:
    """Why what an exception complains of is that distribution's; None if unclear.

    The module that is named is its own, or the target is; or the exception was raised
    in somebody else's code and that distribution is all that differs.
    """
    mine = turned.distribution
    missing = lacking(step)
    if missing is not None and (owner := owner_of_module(case.result, missing.module)):
        return f"`{missing.module}` is a module of {mine}" if owner == mine else None
    asked = _asked_of(case)
    if asked is not None:
        return f"`{case.first.target}` is asked of {mine}" if asked == mine else None
    outside = raised_outside(case.result, step, mine)
    if outside is not None and turned.sure:
        return (
            f"raised in the code of {outside}, and {mine} is all that differs"
            " between good and bad"
        )
    return None


def is_another_s(case: Case, step: Failure | Link, turned: Turned) -> bool:
    """Whether what an exception complains of is plainly somebody else's."""
    missing = lacking(step)
    named = owner_of_module(case.result, missing.module) if missing else None
    return (named or _asked_of(case) or turned.distribution) != turned.distribution


def sides(turned: Turned) -> tuple[str, ...]:
    """Between which releases of the grid it turned; of a sweep, its own words tell."""
    if turned.proven:
        return ()
    name, told = turned.distribution, []
    if turned.last_good is not None:
        told.append(f"passes with {name} {turned.last_good}")
    failing = listed(sorted({*turned.below, turned.own}))
    told.append(f"fails with {name} {failing}")
    if turned.good_above is not None:
        told.append(f"passes with {name} {turned.good_above}")
    words = f"of the releases that were asked: {', '.join(told)}"
    brought = f"where it turned, {', '.join(turned.beside)} changed with {name}"
    return (words, brought) if turned.beside else (words,)


def _asked_of(case: Case) -> str | None:
    """Whose the target of the call probe is."""
    contract = case.result.contract
    if case.first.stage is not Stage.CALL or contract is None:
        return None
    for use in contract.uses:
        if str(use) == case.first.target:
            return owner_of_module(case.result, use.module)
    return None

"""Lays what is needed against what lies in the wheels: nothing is installed or run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from compatcheck.model import Contract, Failure, Observation, Outcome, Stage, Symbol
from compatcheck.surface.names import Told
from compatcheck.surface.roots import owned_by

PROBE: Final = "screen"

_WORDS: Final[Mapping[bool | None, tuple[Outcome, str]]] = {
    True: (Outcome.PASSED, ""),
    False: (Outcome.FAILED, "ImportError"),
    None: (Outcome.UNKNOWN, "CannotTell"),
}
"""What is said of an answer: its outcome, and the type of its failure."""

Asked: TypeAlias = Callable[[Symbol | str], Told]
"""What a wheel tells of a module or a name."""


def screen(
    contract: Contract, surfaces: Mapping[str, Asked]
) -> tuple[Observation, ...]:
    """Tell of each module and name that is needed whether the wheels have it.

    `surfaces` are the cell's own wheels by distribution. Only a certain yes is
    `passed` and only a certain no `failed`; all else is `unknown`. Whether a module
    then imports, nobody can know who does not run it.
    """
    return tuple(_observations(contract, surfaces))


def needed(contract: Contract) -> frozenset[Symbol | str]:
    """The modules and names that are asked about under a contract."""
    roots = (root for held in contract.roots.values() for root in held)
    return frozenset({*roots, *contract.modules, *contract.symbols})


def _observations(
    contract: Contract, surfaces: Mapping[str, Asked]
) -> Iterator[Observation]:
    modules: dict[str, None] = {}
    for distribution, roots in contract.roots.items():
        if not roots:
            words = f"{distribution} installs no module that can be imported"
            yield _seen(distribution, "", Told(there=False, why=words))
        modules.update(dict.fromkeys(roots))
    modules.update(dict.fromkeys(contract.modules))
    for module in modules:
        yield _seen(module, module, _told(module, module, contract, surfaces))
    for symbol in contract.symbols:
        if str(symbol) not in modules:
            told = _told(symbol, symbol.module, contract, surfaces)
            yield _seen(str(symbol), symbol.module, told)


def _told(
    asked: Symbol | str,
    module: str,
    contract: Contract,
    surfaces: Mapping[str, Asked],
) -> Told:
    """What the wheel that has the module says; all of them, where none seems to."""
    owners = [name for name, roots in contract.roots.items() if owned_by(module, roots)]
    told = [surfaces[name](asked) for name in owners or contract.roots]
    there = [it for it in told if it.there is True]
    if there and (len(there) == len(told) or not owners):
        return there[0]
    if told and all(it.there is False for it in told):
        return told[0]
    hidden = (it for it in told if it.there is None)
    return next(hidden, Told(there=None, why="several distributions hold its module"))


def _seen(target: str, module: str, told: Told) -> Observation:
    outcome, kind = _WORDS[told.there]
    failure = Failure(type=kind, message=told.why, module=module or None, frames=())
    return Observation(
        probe=PROBE,
        stage=Stage.SYMBOL,
        target=target,
        outcome=outcome,
        failure=failure if kind else None,
    )

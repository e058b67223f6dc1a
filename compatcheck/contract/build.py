"""Joins what was read and what was written by hand into one contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from compatcheck.model import (
    Contract,
    ImportNeed,
    Symbol,
    Use,
    UseNeed,
    WheelContents,
)
from compatcheck.surface.needs import Needs, as_use
from compatcheck.surface.roots import owned_by


def build_contract(
    *,
    contents: Iterable[WheelContents],
    needs: Iterable[tuple[Needs, WheelContents]],
    modules: Iterable[str] = (),
    symbols: Iterable[Symbol] = (),
) -> Contract:
    """Tell what must be there for these releases to work together.

    `contents` are the wheels on the axes, consumers first; a distribution of nothing
    but stubs is asked nothing. `needs` pairs what one consumer imports and uses with
    the wheel that it must come from; what lies elsewhere is not taken. `modules` and
    `symbols` are the hand-written part.
    """
    needs = tuple(needs)
    taken = [asked for read, wheel in needs for asked in _asked(read.needs, wheel)]
    uses = {use for read, wheel in needs for use in _used(read.uses, wheel)}
    required = {asked for asked, optional in taken if not optional}
    symbols, modules = tuple(symbols), tuple(modules)
    every_symbol = {*symbols, *(ask for ask in required if isinstance(ask, Symbol))}
    every_module = {*modules, *(_module(ask) for ask in required)}
    asked = {*every_module, *map(str, every_symbol)}
    stated = {*modules, *map(str, symbols)}
    guarded = {str(ask) for ask, optional in taken if optional}
    return Contract(
        roots={it.distribution: it.roots for it in contents if not it.stubs_only},
        modules=tuple(sorted(every_module)),
        symbols=tuple(sorted(every_symbol, key=lambda it: (it.module, it.name))),
        read=tuple(sorted(asked - stated)),
        optional=tuple(sorted(name for name in guarded if not _covers(name, asked))),
        uses=tuple(sorted(uses, key=lambda use: use.key)),
        unclear=sum(_unclear(read, wheel) for read, wheel in needs),
        unread=tuple(sorted({module for read, _ in needs for module in read.skipped})),
    )


def _asked(
    needs: Iterable[ImportNeed], provider: WheelContents
) -> Iterator[tuple[Symbol | str, bool]]:
    """Give the modules and symbols of the provider that are needed; True if guarded."""
    for need in needs:
        if owned_by(need.module, provider.roots):
            yield _target(need), need.optional
        elif need.name and owned_by(f"{need.module}.{need.name}", provider.roots):
            # `from google import genai`: the namespace is nobody's, the package is.
            yield f"{need.module}.{need.name}", need.optional


def _used(uses: Iterable[UseNeed], provider: WheelContents) -> Iterator[Use]:
    """Give what is done with the provider's modules, named by the module it lies in."""
    for use in uses:
        first, _, rest = use.name.partition(".")
        if owned_by(use.module, provider.roots):
            yield as_use(use)
        elif rest and owned_by(f"{use.module}.{first}", provider.roots):
            # `from google import genai; genai.Client()`: see `_asked`.
            yield replace(as_use(use), module=f"{use.module}.{first}", name=rest)


def _unclear(read: Needs, provider: WheelContents) -> int:
    return sum(
        count
        for origin, count in read.unclear.items()
        if owned_by(origin, provider.roots)
    )


def _target(need: ImportNeed) -> Symbol | str:
    if need.name is None:
        return need.module
    return Symbol(module=need.module, name=need.name)


def _module(asked: Symbol | str) -> str:
    return asked.module if isinstance(asked, Symbol) else asked


def _covers(name: str, asked: Iterable[str]) -> bool:
    """Whether a name is asked for anyway: itself, or something that lies in it."""
    return any(owned_by(other, (name,)) for other in asked)

"""Follows the local names that stand for modules to what is read off them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compatcheck.model import ImportNeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Attributes read off a plain name: `agents.items.Item`."""

    chain: tuple[str, ...]
    """The local name, then the attributes."""
    optional: bool
    line: int


class LocalNames:
    """What the names of one file stand for, as far as the whole file agrees.

    A name that is a module and also anything else, anywhere in the file, is not
    followed: what it stands for at one place would be a guess.
    """

    def __init__(self) -> None:
        """Begin with a file in which nothing is bound."""
        # Each local name that is a module: which ones, and whether each is guarded.
        self._modules: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        self._rebound: set[str] = set()
        self._uses: list[Use] = []
        self._asked_for: set[tuple[str, ...]] = set()

    def bind(self, local: str, module: str, *, guarded: bool) -> None:
        """Note an import that makes a local name stand for a module."""
        bound = self._modules[local]
        bound[module] = bound.get(module, True) and guarded

    def rebind(self, local: str | None) -> None:
        """Note that a local name, if there is one, stands for something else."""
        if local is not None:
            self._rebound.add(local)

    def use(self, use: Use) -> None:
        """Note that attributes are read off a name."""
        self._uses.append(use)

    def ask_for(self, chain: tuple[str, ...]) -> None:
        """Note an attribute that may be absent: the file tests for it, or sets it."""
        self._asked_for.add(chain)

    def followed(
        self, needs: Iterable[ImportNeed], importer: str
    ) -> Iterator[ImportNeed]:
        """Give what is read off modules, one level below each; `needs` loaded them."""
        loaded = _loaded(needs)
        for use in self._uses:
            modules = self._modules.get(use.chain[0], {})
            if use.chain[0] in self._rebound or len(modules) != 1:
                continue
            ((module, guarded),) = modules.items()
            found = _first_name(module, use.chain[1:], loaded)
            if found is not None:
                module, depth = found
                tested = use.chain[: depth + 1] in self._asked_for
                yield ImportNeed(
                    module=module,
                    name=use.chain[depth],
                    optional=use.optional or guarded or loaded[module] or tested,
                    importer=importer,
                    line=use.line,
                )


def _loaded(needs: Iterable[ImportNeed]) -> Mapping[str, bool]:
    """Tell every module that is imported, packages included; True if only guarded."""
    loaded: dict[str, bool] = {}
    for need in needs:
        module = need.module
        while module:
            loaded[module] = loaded.get(module, True) and need.optional
            module = module.rpartition(".")[0]
    return loaded


def _first_name(
    module: str, attributes: Iterable[str], loaded: Mapping[str, bool]
) -> tuple[str, int] | None:
    """Walk down the loaded modules to the first attribute that is none of them.

    Gives the module it is read off and its place, from 1; None if all are modules.
    """
    for depth, attribute in enumerate(attributes, start=1):
        inner = f"{module}.{attribute}"
        if inner not in loaded:
            return module, depth
        module = inner
    return None

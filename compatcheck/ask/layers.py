"""How the distributions of a cell are divided: what cells share comes first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from compatcheck.ask.nodes import Layer, Node
from compatcheck.environments.wheels import Tree
from compatcheck.model import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What the first axis imports of what no axis varies."""

    names: tuple[str, ...]
    """Distributions."""
    modules: tuple[str, ...]
    every: bool
    """Whether it asks all that is installed for plugins."""
    sites: tuple[str, ...]
    """Folders of the distributions in the cell where this was learned."""

    def without(self, late: Collection[str]) -> Learned:
        """The same but for these modules."""
        left_out = frozenset(late)
        modules = tuple(name for name in self.modules if name not in left_out)
        return replace(self, modules=modules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """How the distributions of a cell are divided."""

    names: tuple[str, ...]
    """The axes, providers first."""
    rest: Mapping[str, str]
    """What no axis varies, and its folders."""
    pins: tuple[tuple[str, tuple[str, ...]], ...]
    """Folder and import names of each axis; at least two."""
    peeks: Mapping[str, Sequence[str]]
    plugins: frozenset[str]
    """Distributions that offer any."""

    def after(self, learned: Learned) -> tuple[Layer, ...]:
        """What to import when it is known what the first axis has imported."""
        wanted = {*learned.names, *(self.plugins if learned.every else ())}
        sites = tuple(site for name, site in self.rest.items() if name in wanted)
        rest = Layer(sites=sites, modules=learned.modules)
        return (rest, *(Layer(sites=(s,), modules=m) for s, m in self.pins[:-1]))

    @property
    def sites(self) -> frozenset[str]:
        """Every folder of the cell."""
        return frozenset([*self.rest.values(), *(site for site, _ in self.pins)])

    @property
    def last(self) -> str:
        """The folder of the last axis."""
        return self.pins[-1][0]

    @property
    def unlearned(self) -> tuple[Layer, ...]:
        """What to import when it is not."""
        (site, modules), *others = self.pins[:-1]
        first = Layer(sites=(*self.rest.values(), site), modules=modules)
        return (first, *(Layer(sites=(s,), modules=m) for s, m in others))

    def learned(self, node: Node) -> Learned:
        """What was learned by importing the first axis."""
        names = tuple(name for name, site in self.rest.items() if site in node.used)
        sites = tuple(self.rest[name] for name in names)
        return Learned(names=names, modules=node.learned, every=node.every, sites=sites)

    def likeness(self, learned: Learned) -> int:
        """How much of what was imported is the same here; below 0 if any is missing."""
        if any(name not in self.rest for name in learned.names):
            return -1
        return len({*self.rest.values()}.intersection(learned.sites))

    def further(self, layers: Sequence[Layer]) -> list[str]:
        """The folders of a cell that these layers have not."""
        known = {site for layer in layers for site in layer.sites}
        sites = [*self.rest.values(), *(site for site, _ in self.pins)]
        return [site for site in sites if site not in known]


def layers_of(trees: Mapping[str, Tree], contract: Contract) -> Layers | None:
    """The layers of a cell; None where it has too few.

    What has nothing to import comes last, whoever needs whom: a reserved name requires
    nothing, and would stand where the provider does. (Where it is the provider, who
    needs it fails before the last layer, and is asked in a fresh interpreter.)
    """
    pins = [name for name in reversed([*contract.roots]) if name in trees]
    pins.sort(key=lambda name: not contract.roots[name])
    if len(pins) < len(contract.roots) or len(pins) < 2:  # noqa: PLR2004 - see above
        return None
    looked_up: dict[str, Sequence[str]] = {}
    for tree in trees.values():
        looked_up.update(tree.peeks)
    return Layers(
        names=tuple(pins),
        rest={n: str(it.site) for n, it in sorted(trees.items()) if n not in pins},
        pins=tuple((str(trees[name].site), contract.roots[name]) for name in pins),
        peeks=looked_up,
        plugins=frozenset(name for name, tree in trees.items() if tree.offers),
    )

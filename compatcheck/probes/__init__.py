"""What is asked: one probe a file, found by its being here.

A probe file is read twice. The house imports it for `STAGE`, `ENDS_CELL` and
`targets(contract)`; the guest runs the same file by its path, in somebody else's
interpreter, for `probe(target)`. So a probe file imports nothing but the standard
library and keeps to the grammar of Python 3.7.

`targets` gets the contract as plain JSON and returns JSON objects, each with a `label`
that names the target for people, `read`, true where nobody named it, and then
`module`, the provider's module that it is about. `probe` answers by returning; whatever
it raises is the failure, which the guest records: a probe never handles errors. A file
with `RUNS = False` has no `probe`: the house answers it from the wheels alone.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from compatcheck.model import Contract, Stage


class _ProbeFile(Protocol):
    STAGE: str
    ENDS_CELL: bool
    targets: Callable[[Mapping[str, Any]], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One question, as the house sees it."""

    name: str
    stage: Stage
    ends_cell: bool
    """Whether a "no" makes every later question meaningless."""
    path: Path
    runs: bool
    """Whether it is asked in a cell; else the wheels alone answer it."""
    digest: str
    """SHA-256 of the file: a changed probe is another question."""
    file: _ProbeFile

    def targets(self, contract: Contract) -> list[dict[str, Any]]:
        """What this probe asks of a cell under that contract, each with a `label`."""
        return self.file.targets(contract_as_json(contract))


def contract_as_json(contract: Contract) -> dict[str, Any]:
    """The contract as probe files get it."""
    return {
        "roots": {name: list(roots) for name, roots in contract.roots.items()},
        "modules": list(contract.modules),
        "symbols": [{"module": s.module, "name": s.name} for s in contract.symbols],
        "read": list(contract.read),
        "uses": [
            {
                "label": str(use),
                "module": use.module,
                "name": use.name,
                "instance": use.instance,
                "call": None if use.call is None else asdict(use.call),
            }
            for use in contract.uses
        ],
        "scenarios": [
            {
                "name": scenario.name,
                "digest": scenario.digest,
                "functions": list(scenario.functions),
                "seconds": scenario.seconds,
            }
            for scenario in contract.scenarios
        ],
    }


@cache
def known_probes() -> Mapping[str, Probe]:
    """Every probe of this room by name, shallowest first."""
    found = [_load(info.name) for info in pkgutil.iter_modules(__path__)]
    found.sort(key=lambda probe: (probe.stage.depth, probe.name))
    return {probe.name: probe for probe in found}


def choose_probes(names: Sequence[str]) -> tuple[Probe, ...]:
    """The named probes, shallowest first. Raises `KeyError` for a name not known."""
    probes = [known_probes()[name] for name in set(names)]
    return tuple(sorted(probes, key=lambda probe: (probe.stage.depth, probe.name)))


def _load(module: str) -> Probe:
    file = importlib.import_module(f"{__name__}.{module}")
    path = Path(cast("str", file.__file__))
    probe_file = cast("_ProbeFile", file)
    return Probe(
        name=module.rstrip("_"),  # `import` and its like are no module names
        stage=Stage(probe_file.STAGE),
        ends_cell=probe_file.ENDS_CELL,
        path=path,
        runs=getattr(file, "RUNS", True),
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        file=probe_file,
    )

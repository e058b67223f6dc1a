"""The room of probes: what each file promises the house and the guest."""

from __future__ import annotations

import pytest

from compatcheck.model import CallShape, Contract, Scenario, Stage, Symbol, Use
from compatcheck.probes import choose_probes, known_probes

CONTRACT = Contract(
    roots={"app": ("app", "app_extra"), "reserved": (), "lib": ("lib",)},
    modules=("app", "lib.sub"),
    symbols=(Symbol(module="lib", name="A.b"), Symbol(module="lib", name="C")),
    read=("lib.C",),
    optional=("lib.never",),
    uses=(
        Use(
            module="lib",
            name="A.b",
            instance=False,
            call=CallShape(positional=1, keywords=()),
        ),
    ),
    scenarios=(
        Scenario(
            name="serving",
            functions=("scenario_text", "scenario_again"),
            files=(("serving.py", ""),),
            seconds=2.5,
        ),
    ),
)


@pytest.mark.parametrize("name", known_probes())
def test_every_probe_keeps_the_promises_of_the_room(name: str) -> None:
    """It has a stage, a docstring, a digest, and labels its targets."""
    probe = known_probes()[name]
    assert probe.name == name
    assert isinstance(probe.stage, Stage)
    assert probe.file.__doc__
    assert probe.path.stem.rstrip("_") == name
    assert len(probe.digest) == 64
    targets = probe.targets(CONTRACT)
    labels = [target["label"] for target in targets]
    assert labels
    assert len(labels) == len(set(labels))
    assert "lib.never" not in labels, "what is optional is never asked"


def test_imports_are_asked_once_and_roots_first() -> None:
    """A distribution without a module is a target too: its import fails."""
    targets = known_probes()["import"].targets(CONTRACT)
    assert [(target["label"], target["module"]) for target in targets] == [
        ("app", "app"),
        ("app_extra", "app_extra"),
        ("reserved", None),
        ("lib", "lib"),
        ("lib.sub", "lib.sub"),
    ]


def test_symbols_are_labelled_as_people_write_them() -> None:
    """Module and name, dotted."""
    targets = known_probes()["symbol"].targets(CONTRACT)
    assert [target["label"] for target in targets] == ["lib.A.b", "lib.C"]


def test_scenarios_are_labelled_by_file_and_function() -> None:
    """Without the prefix that all have, and each with its time limit."""
    targets = known_probes()["scenario"].targets(CONTRACT)
    assert [(it["label"], it["seconds"]) for it in targets] == [
        ("serving.text", 2.5),
        ("serving.again", 2.5),
    ]


def test_probes_are_chosen_by_name_and_asked_by_depth() -> None:
    """However they were named, the shallow one comes first, and once."""
    chosen = choose_probes(["symbol", "import", "symbol"])
    assert [probe.name for probe in chosen] == ["import", "symbol"]
    with pytest.raises(KeyError):
        choose_probes(["import_"])


def test_only_a_failed_import_ends_a_cell() -> None:
    """A missing name is recorded, and what is deeper is still asked."""
    ending = [name for name, probe in known_probes().items() if probe.ends_cell]
    assert ending == ["import"]

"""Who shares a visit: what is allowed to one scenario is allowed to no other."""

from __future__ import annotations

from unit.ask.conftest import failure, seen

from compatcheck.ask.sittings import Sitting, sittings
from compatcheck.model import Contract, Observation, Outcome, Scenario
from compatcheck.probes import choose_probes

PLAIN = Scenario(
    name="plain", functions=("scenario_a", "scenario_b"), files=(("plain.py", ""),)
)
ONLINE = Scenario(
    name="online",
    functions=("scenario_c",),
    files=(("online.py", ""),),
    network=True,
    seconds=5,
)
KEYED = Scenario(
    name="keyed",
    functions=("scenario_d",),
    files=(("keyed.py", ""),),
    variables=("KEY", "UNSET"),
)


def sat(*scenarios: Scenario, probes: tuple[str, ...] = ()) -> list[Sitting]:
    """The sittings for these scenarios."""
    contract = Contract(
        roots={"lib": ("lib",)},
        modules=("lib.x",),
        symbols=(),
        read=("lib.x",),
        optional=(),
        scenarios=scenarios,
    )
    chosen = choose_probes(probes or ("import", "scenario"))
    asked = [(probe, probe.targets(contract)) for probe in chosen]
    return list(sittings(asked, scenarios, {"KEY": "value", "OTHER": "value"}))


def labels(sitting: Sitting) -> list[str]:
    """What is asked in it."""
    return [target["label"] for _, target in sitting.targets]


def test_what_is_allowed_nothing_is_asked_together() -> None:
    """Imports, plain scenarios, and each other scenario have visits of their own."""
    first, plain, *others = sat(ONLINE, PLAIN, KEYED)
    assert labels(first) == ["lib", "lib.x"]
    assert labels(plain) == ["plain.a", "plain.b"]
    assert (plain.network, plain.variables, plain.scenarios) == (False, {}, (PLAIN,))
    assert [labels(it) for it in others] == [["online.c"], ["keyed.d"]]
    assert [it.network for it in others] == [True, False]
    assert [dict(it.variables) for it in others] == [{}, {"KEY": "value"}]


def test_each_scenario_adds_its_time() -> None:
    """Every function of it may take as long as it says, and as long to load."""
    assert [it.patience(10) for it in sat(PLAIN, ONLINE)] == [10, 90, 25]


def test_without_the_probe_there_is_one_visit() -> None:
    """Nothing of a scenario is asked, so nothing is allowed."""
    first, *others = sat(probes=("import",))
    assert labels(first) == ["lib", "lib.x"]
    assert not any(map(labels, others))


class TestBrokenOff:
    """Whether there is more to ask after the first visit."""

    def after(self, *observations: Observation) -> bool:
        """Whether it broke off, by what was seen of `lib`, `lib.x` and a scenario."""
        first, *_ = sat(PLAIN, ONLINE)
        return first.broke_off(observations)

    def test_import_that_failed_ends_a_cell(self) -> None:
        """Even where it was the last to be asked."""
        first, *_ = sat(probes=("import",))
        bad, good = seen(Outcome.FAILED, failure("no")), seen(Outcome.PASSED)
        assert first.broke_off([bad, good])
        assert self.after(bad)

    def test_target_that_was_only_read_does_not(self) -> None:
        """Not every user imports it."""
        read = seen(Outcome.NOT_RUN, failure("no"))
        assert not self.after(seen(Outcome.PASSED), read)

    def test_interpreter_that_died_leaves_no_more_to_ask(self) -> None:
        """Where everybody needs what it died of; what only some import ends nothing."""
        died = seen(Outcome.CRASHED, failure("no"))
        assert self.after(died)
        assert not self.after(seen(Outcome.PASSED), died)

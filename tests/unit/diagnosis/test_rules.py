"""Each rule, and the neighbour that it must not be taken for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.diagnosis.cases import (
    LOCK,
    drifted,
    failed,
    failure,
    in_row,
    result,
    use,
)

from compatcheck.diagnosis import Case, diagnose, known_rules
from compatcheck.model import Culprit, Link, Observation, Stage

PROXIES = "Client.__init__() got an unexpected keyword argument 'proxies'"
FIELD = (
    "1 validation error for Reply\nstatus\n"
    "  Field required [type=missing, input_value={}, input_type=dict]"
)
OLD_FIELD = (
    "1 validation error for Reply\nstatus\n  field required (type=value_error.missing)"
)
NO_SEED = failure(
    "ImportError", "cannot import name 'Seed' from 'orchard'", module="orchard"
)
NO_SEED_SEEN = failed(NO_SEED, Stage.SYMBOL, "orchard.Seed")


def test_rules_have_ids_titles_and_an_order() -> None:
    """Every file of the room is a rule, and plainer evidence is looked at first."""
    rules = list(known_rules().values())
    assert [rule.id for rule in rules] == [
        "placeholder-release",
        "python-too-new",
        "undeclared-dependency",
        "release-hole",
        "lower-bound-too-low",
        "api-removed",
        "attribute-removed",
        "signature-changed",
        "field-became-required",
        "behaviour-changed",
    ]
    assert all(rule.title for rule in rules)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (PROXIES, "no longer takes a `proxies` argument (`Client.__init__`)"),
        (
            "send() missing 1 required positional argument: 'to'",
            "now wants the argument `to` (`send`)",
        ),
        (
            "send() takes 1 positional argument but 2 were given",
            "no longer takes the arguments that `send` is given",
        ),
        (
            "Client.send(): missing a required argument: 'to'; it takes (to)",
            "now wants the argument `to` (`Client.send`)",
        ),
    ],
)
def test_signature_changed(words: str, title: str) -> None:
    """A call in the consumer's code that binds with the release before does not now."""
    told = diagnose(drifted(failed(failure("TypeError", words))))
    assert told.rule == "signature-changed"
    assert told.title == f"http 0.28.0 {title}"
    assert told.culprit == Culprit(distribution="http", version="0.28.0")
    assert "raised at `<env>/press/mill.py:3 in run`" in told.evidence


@pytest.mark.parametrize(
    "case",
    [
        drifted(failed(failure("TypeError", PROXIES, "x/http/client.py"))),
        drifted(failed(failure("TypeError", PROXIES)), alone=False),
        drifted(failed(failure("TypeError", PROXIES, "<base>/lib/python3/abc.py"))),
        drifted(failed(failure("TypeError", "unsupported operand"))),
        drifted(failed(failure("ValueError", PROXIES))),
    ],
    ids=["in its own code", "not alone", "nobody's code", "other words", "other type"],
)
def test_a_signature_is_not_blamed_without_evidence(case: Case) -> None:
    """A message's shape is no diagnosis: the culprit is named, the cause is not."""
    told = diagnose(case)
    assert told.rule in {"undetermined", "behaviour-changed"}
    assert told.title.startswith("http 0.28.0 broke it: ")
    assert told.culprit == Culprit(distribution="http", version="0.28.0")


def test_attribute_removed() -> None:
    """An attribute read in the consumer's code that the provider's objects lost."""
    why = failure("AttributeError", "'Reply' object has no attribute 'status'")
    told = diagnose(drifted(failed(why)))
    assert told.rule == "attribute-removed"
    assert told.title == "with http 0.28.0, `Reply` no longer has `status`"


def test_attribute_looked_up_by_a_hook_is_its_callers() -> None:
    """A `__getattr__` raises for whoever asked."""
    why = failure("AttributeError", "'Reply' object has no attribute 'status'")
    hook = replace(failure("", "", "x/http/model.py").frames[0], function="__getattr__")
    told = diagnose(drifted(failed(replace(why, frames=(*why.frames, hook)))))
    assert told.rule == "attribute-removed"


@pytest.mark.parametrize("owner", ["NoneType", "dict"])
def test_an_attribute_of_pythons_own_is_nobodys(owner: str) -> None:
    """That there is None now is a result that differs, not an attribute that went."""
    why = failure("AttributeError", f"'{owner}' object has no attribute 'status'")
    told = diagnose(drifted(failed(why)))
    assert told.rule == "behaviour-changed"


def test_a_cause_behind_the_failure_is_looked_at() -> None:
    """What a library wrapped is what happened; what a scenario made of it is not."""
    cause = failure("TypeError", PROXIES)
    link = Link(
        relation="cause",
        type=cause.type,
        message=cause.message,
        module=None,
        frames=cause.frames,
    )
    wrapped = failure("press.Error", "connection error", chain=[link])
    assert diagnose(drifted(failed(wrapped))).rule == "signature-changed"
    effect = replace(link, relation="effect")
    logged = failure("press.Error", "connection error", chain=[effect])
    assert diagnose(drifted(failed(logged))).rule == "behaviour-changed"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("pydantic_core._pydantic_core.ValidationError", FIELD),
        ("pydantic.error_wrappers.ValidationError", OLD_FIELD),
    ],
)
def test_field_became_required(kind: str, words: str) -> None:
    """A validation that lacks a field, in the words of either pydantic."""
    why = failure(kind, words, "x/press/mill.py", "x/pydantic/main.py")
    told = diagnose(drifted(failed(why)))
    assert told.rule == "field-became-required"
    assert told.title == "http 0.28.0 wants `status` in `Reply`"


def test_pydantic_itself_is_not_a_model_that_changed() -> None:
    """Where pydantic is the culprit, it is its behaviour that changed."""
    why = failure("pydantic_core._pydantic_core.ValidationError", FIELD)
    told = diagnose(drifted(failed(why), "pydantic"))
    assert told.rule == "behaviour-changed"


def test_behaviour_changed_needs_all_names_to_be_there() -> None:
    """Where an import or a call fails as well, it is not only the result."""
    scenario = failed(failure("AssertionError", "no reply"))
    case = drifted(scenario)
    assert diagnose(case).rule == "behaviour-changed"
    assert diagnose(case).title == "http 0.28.0 broke it: AssertionError: no reply"
    call = failed(failure("TypeError", "what?"), Stage.CALL, "orchard.x()")
    both = replace(case, result=replace(case.result, observations=(call, scenario)))
    told = diagnose(both)
    assert told.rule == "undetermined"
    assert told.culprit == Culprit(distribution="http", version="0.28.0")


def test_all_that_break_together_are_named() -> None:
    """The title names whoever had to move, though one held back mends it."""
    case = drifted(
        failed(failure("AssertionError", "no reply")),
        alone=False,
        together=["pool 2.0"],
    )
    assert diagnose(case).title == (
        "http 0.28.0 together with pool 2.0 broke it: AssertionError: no reply"
    )


def test_api_removed_by_drift() -> None:
    """A name of the culprit's module that its newer releases do not have."""
    why = failure("ImportError", "cannot import name 'URL' from 'http'", module="http")
    told = diagnose(drifted(failed(why, Stage.IMPORT, "press")))
    assert told.rule == "api-removed"
    assert told.title == "http 0.28.0 no longer has `http.URL`"
    assert "`http` is a module of http" in told.evidence


def test_a_name_of_somebody_elses_module_is_not_the_culprits() -> None:
    """The module that the message names belongs to another distribution."""
    told = diagnose(drifted(NO_SEED_SEEN))
    assert told.rule == "undetermined"
    assert told.title.startswith("http 0.28.0 broke it: ImportError")


def test_a_top_level_that_the_culprit_dropped() -> None:
    """Nobody who is installed owns it, and the culprit is all that differs."""
    why = failure(
        "ModuleNotFoundError", "No module named 'pkg_resources'", module="pkg_resources"
    )
    told = diagnose(drifted(failed(why, Stage.IMPORT, "press"), "setuptools"))
    assert told.rule == "api-removed"
    assert told.title == "setuptools 0.28.0 no longer has `pkg_resources`"


def test_undeclared_dependency_by_drift() -> None:
    """The culprit no longer brings what somebody imports without declaring it."""
    why = failure("ModuleNotFoundError", "No module named 'nut'", module="nut")
    case = drifted(failed(why, Stage.IMPORT, "press"), gone=["nut"])
    told = diagnose(case)
    assert told.rule == "undeclared-dependency"
    assert told.culprit == Culprit(distribution="press", version="1.0")
    assert "the lock of its release held nut, today's does not" in told.evidence
    assert diagnose(replace(case, gone=())).rule != "undeclared-dependency"


def never(seen: Observation, **lock: str) -> Case:
    """A case that has no neighbours."""
    return Case(result=result([seen], {**LOCK, **lock}), failures=(seen,), worked=False)


def test_undeclared_dependency_that_never_worked() -> None:
    """All that is required is installed, and what is imported is not among it."""
    why = failure("ModuleNotFoundError", "No module named 'nut'", module="nut")
    told = diagnose(never(failed(why, Stage.IMPORT, "press")))
    assert told.rule == "undeclared-dependency"
    assert told.title == (
        "press 1.0 imports `nut`, which nothing that it requires brings"
    )


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("orchard.seed", "x/press/mill.py"),
        ("http.legacy", "x/press/mill.py"),
        ("pkg_resources", "x/press/mill.py"),
        ("tkinter", "x/press/mill.py"),
        ("nut", "<scenarios>/scene/scene.py"),
        ("nut.old", "x/press/mill.py"),
        ("ttp", "x/press/mill.py"),
    ],
)
def test_a_missing_module_may_well_be_declared(module: str, file: str) -> None:
    """A module of what is installed, of Python, or wanted by the scenario itself."""
    why = failure(
        "ModuleNotFoundError", f"No module named '{module}'", file, module=module
    )
    assert diagnose(never(failed(why, Stage.IMPORT, "press"))).rule == "undetermined"


def test_a_module_that_an_older_provider_has_was_declared() -> None:
    """With another release of orchard it is there: whatever the name, it is orchard's.

    Unless that release only brings along what is named so.
    """
    why = failure("ModuleNotFoundError", "No module named 'nut'", module="nut")
    seen = failed(why, Stage.IMPORT, "press")
    told = diagnose(in_row(seen, {"1.0": True, "2.0": False}))
    assert told.rule == "api-removed"
    told = diagnose(in_row(seen, {"1.0": True, "2.0": False}, moved={"nut": "1"}))
    assert told.rule == "undeclared-dependency"


def test_placeholder_release() -> None:
    """A wheel without a module, told from a module that is missing in one."""
    why = failure("ModuleNotFoundError", "orchard installs no module")
    seen = failed(why, Stage.IMPORT, "orchard")
    roots = {"press": ("press",), "orchard": ()}
    empty = Case(
        result=result([seen], {**LOCK, "orchard": "0.0.1"}, roots=roots),
        failures=(seen,),
        worked=False,
    )
    told = diagnose(empty)
    assert told.rule == "placeholder-release"
    assert told.title == "orchard 0.0.1 holds no module"
    assert diagnose(never(seen)).rule == "undetermined"


@pytest.mark.parametrize(
    ("minor", "module", "rule"),
    [
        ("3.12", "distutils", "python-too-new"),
        ("3.12", "distutils.core", "python-too-new"),
        ("3.11", "distutils", "undetermined"),
        ("3.12", "cgi", "undetermined"),
        ("3.13", "cgi", "python-too-new"),
    ],
)
def test_python_too_new(minor: str, module: str, rule: str) -> None:
    """A module that this Python's standard library does not have any more."""
    why = failure("ModuleNotFoundError", f"No module named '{module}'", module=module)
    seen = failed(why, Stage.IMPORT, "press")
    case = Case(
        result=result([seen], LOCK, minor=minor), failures=(seen,), worked=False
    )
    told = diagnose(case)
    assert told.rule == rule
    if rule != "undetermined":
        assert told.culprit == Culprit(distribution="press", version="1.0")


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"1.0": True, "1.5": True, "2.0": False}, "api-removed"),
        ({"1.0": True, "2.0": False, "3.0": False}, "api-removed"),
        ({"1.0": True, "2.0": False, "3.0": True}, "release-hole"),
        ({"1.0": False, "2.0": False, "3.0": True}, "lower-bound-too-low"),
        ({"2.0": False, "3.0": True}, "lower-bound-too-low"),
        ({"1.0": False, "2.0": False, "3.0": False}, "undetermined"),
        ({"2.0": False}, "undetermined"),
        ({"1.0": None, "2.0": False, "3.0": None}, "undetermined"),
    ],
)
def test_what_a_row_of_the_grid_tells(row: dict[str, bool | None], rule: str) -> None:
    """Removed, a hole, or later than the floor: the neighbours tell which."""
    told = diagnose(in_row(NO_SEED_SEEN, row))
    assert told.rule == rule


def test_the_release_that_dropped_it_is_named_not_the_one_that_was_asked() -> None:
    """It began at the first failing release above the last that works."""
    row = {"1.0": True, "1.5": False, "1.7": False, "2.0": False}
    told = diagnose(in_row(NO_SEED_SEEN, row))
    assert told.title == "orchard 1.5 no longer has `orchard.Seed`"


def test_a_row_of_the_wrong_axis_blames_nobody() -> None:
    """That older consumers work says nothing of whose the name is."""
    row = {"0.9": True, "1.0": False}
    assert diagnose(in_row(NO_SEED_SEEN, row, axis="press")).rule == "undetermined"
    row["1.1"] = True
    assert diagnose(in_row(NO_SEED_SEEN, row, axis="press")).rule == "undetermined"


def test_a_scenario_is_tied_to_an_axis_only_if_nothing_else_differs() -> None:
    """Two releases whose locks differ otherwise too prove nothing of either."""
    seen = failed(failure("TypeError", PROXIES))
    row: dict[str, bool | None] = {"1.0": True, "2.0": False}
    assert diagnose(in_row(seen, row)).rule == "signature-changed"
    moved = in_row(seen, row, moved={"http": "0.26"})
    told = diagnose(moved)
    assert told.rule == "undetermined"
    assert "where it turned, http changed with orchard" in told.evidence


def test_a_hole_is_one_whatever_the_release_brings() -> None:
    """Below and above it works: what else differs is brought by the pin itself."""
    seen = failed(failure("AssertionError", "no reply"))
    row: dict[str, bool | None] = {"1.0": True, "2.0": False, "3.0": True}
    told = diagnose(in_row(seen, row, moved={"http": "0.26"}))
    assert told.rule == "release-hole"
    assert told.culprit == Culprit(distribution="orchard", version="2.0")


def test_what_the_call_probe_asked_is_whose_it_is() -> None:
    """A use names the module that its object comes from."""
    wanted = use("orchard", "Tree.fell")
    why = failure("TypeError", "Tree.fell(): missing a required argument: 'axe'")
    seen = failed(replace(why, frames=()), Stage.CALL, str(wanted))
    row: dict[str, bool | None] = {"1.0": True, "2.0": False}
    told = diagnose(in_row(seen, row, moved={"http": "0.26"}, uses=[wanted]))
    assert told.rule == "signature-changed"
    assert told.title == "orchard 2.0 now wants the argument `axe` (`Tree.fell`)"
    assert f"`{wanted}` is asked of orchard" in told.evidence


def test_undetermined_says_what_was_looked_at() -> None:
    """No rule, no culprit, and the list of what was tried on it."""
    told = diagnose(never(failed(failure("OSError", "no such thing"))))
    assert (told.rule, told.culprit, told.remedies) == ("undetermined", None, ())
    assert told.title == (
        "press 1.0 with orchard 2.0 on Python 3.12 does not work and never did:"
        " OSError: no such thing"
    )
    assert any("api-removed" in line for line in told.evidence)

"""A run to the depth of scenarios: what imports and does not serve, and why.

Its grid is refined: what lies between two that differ was asked, in their row only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from golden import made
from golden.made import Answer

from compatcheck.model import (
    CallShape,
    Contract,
    Culprit,
    Diagnosis,
    Drift,
    Failure,
    Frame,
    Link,
    Observation,
    Outcome,
    Remedy,
    Scenario,
    Stage,
    Swept,
    Symbol,
    Use,
)
from compatcheck.report.document import Report

NAMES: Final = ("Card", "Payment", "Refund", "Voucher")


def use(name: str, *keywords: str, instance: bool = False) -> Use:
    """A call with keywords; without any, a read."""
    call = CallShape(positional=1, keywords=keywords) if keywords else None
    return Use(module="payments", name=name, instance=instance, call=call)


USES: Final = (
    use("Card", "number"),
    use("Payment.amount", instance=True),
    use("Payment.pay", "card", "currency", instance=True),
    use("Payment.state", instance=True),
    use("Refund", "payment"),
    use("Voucher.redeem", "code"),
)
CONTRACT: Final = Contract(
    roots={"storefront": ("storefront",), "payments": ("payments",)},
    modules=("payments.cards",),
    symbols=tuple(Symbol(module="payments", name=name) for name in NAMES),
    optional=("payments.extras",),
    uses=USES,
    unclear=17,
    unread=("storefront.templates.shop",),
    scenarios=(
        Scenario(
            name="serving",
            functions=("scenario_attachment", "scenario_pay", "scenario_refund"),
            files=(("serving.py", ""),),
        ),
    ),
)

PROXIES: Final = Failure(
    type="TypeError",
    message="Client.__init__() got an unexpected keyword argument 'proxies'",
    module=None,
    frames=(Frame(file="<env>/payments/web.py", line=21, function="connect"),),
)
UNFIT: Final = Failure(
    type="TypeError",
    message="Payment.pay(): got an unexpected keyword argument 'currency'",
    module=None,
    frames=(),
)
SKIPPED: Final = Failure(
    type="unittest.case.SkipTest",
    message="this release has no attachments",
    module=None,
    frames=(),
)

DRIFTED: Final = Diagnosis(
    rule="signature-changed",
    title="wire 0.28.0 no longer takes a `proxies` argument",
    culprit=Culprit(distribution="wire", version="0.28.0"),
    evidence=(
        "passed as of its release, 2024-11-20",
        "raised at <env>/payments/web.py:21 in connect",
        "last good wire 0.27.2, first bad 0.28.0, all 7 releases between tried",
        "with all else as it was then, wire 0.28.0 alone breaks it",
    ),
    remedies=(
        Remedy(kind="constraint", command="wire<0.28.0,!=0.26.1", verified=True),
    ),
)
NEVER: Final = Diagnosis(
    rule="undetermined",
    title="nothing that was looked at explains it",
    culprit=None,
    evidence=("failed as of its release too, 2024-11-20",),
    remedies=(
        Remedy(kind="pin", command="payments==0.3.0", verified=True),
        Remedy(kind="pin", command="storefront==1.1.0", verified=False),
    ),
)
DRIFT: Final = Drift(
    distribution="wire",
    last_good="0.27.2",
    first_bad="0.28.0",
    holes=("0.26.1",),
    cells=5,
    verified=True,
    releases=tuple(
        Swept(version=version, day=day, outcome=outcome)
        for version, day, outcome in (
            ("0.26.0", "2024-02-20", Outcome.PASSED),
            ("0.26.1", "2024-03-01", Outcome.FAILED),
            ("0.26.2", "2024-03-02", Outcome.PASSED),
            ("0.27.0", "2024-06-11", Outcome.PASSED),
            ("0.27.1", None, Outcome.UNKNOWN),
            ("0.27.2", "2024-08-27", Outcome.PASSED),
            ("0.28.0", "2024-11-28", Outcome.FAILED),
        )
    ),
)


def effect(failure: Failure, message: str) -> Failure:
    """The failure, which was only logged, and what the scenario made of it."""
    link = Link(
        relation="effect",
        type="AssertionError",
        message=message,
        module=None,
        frames=(Frame(file="<scenarios>/serving/_client.py", line=9, function="ok"),),
    )
    return replace(failure, chain=(link,))


def unrun(stage: Stage, target: str, failure: Failure | None = None) -> Observation:
    """What a cell, or a scenario itself, left out."""
    return Observation(
        probe=stage.value,
        stage=stage,
        target=target,
        outcome=Outcome.NOT_RUN,
        failure=failure,
    )


def asked(failures: dict[str, Failure] | None = None, *diagnoses: Diagnosis) -> Answer:
    """Each question of the contract, of which these targets failed."""
    broken = failures or {}
    calls = [str(each) for each in USES]
    seen = (
        *(made.seen("import", name) for name in ("storefront", "payments")),
        *(
            made.seen("symbol", name, broken.get(name))
            for name in map(str, CONTRACT.symbols)
        ),
        *(made.seen("call", name, broken.get(name)) for name in calls[:-1]),
        unrun(Stage.CALL, calls[-1]),
        unrun(Stage.SCENARIO, "serving.attachment", SKIPPED),
        *(
            made.seen("scenario", name, broken.get(name))
            for name in ("serving.pay", "serving.refund", "serving.list")
        ),
    )
    answer = made.failed(*seen) if broken else made.passed()
    deepest = answer.stage if broken else Stage.SCENARIO
    return replace(
        answer,
        observations=seen,
        stage=deepest,
        contract=CONTRACT,
        diagnoses=diagnoses,
    )


def refined_away() -> Answer:
    """What lies between two that came out alike."""
    return made.not_run("--select minor")


def served_by(drifted: Diagnosis = DRIFTED, drift: Drift = DRIFT) -> Report:
    """Four releases against eight, two of which were asked in one row only."""
    axes = (
        made.axis("storefront", ["1.0.0", "1.1.0", "1.2.0", "1.3.0"]),
        made.axis(
            "payments",
            ["0.2.0", "0.3.0", "0.3.1", "0.3.2", "0.4.0", "0.5.0", "0.6.0", "0.7.0"],
            {"0.5.1": "--select minor"},
        ),
    )

    def answer(one: str, other: str, _python: str) -> Answer:
        if other == "0.2.0":
            return made.unsolvable(f"storefront {one} requires payments>=0.3.0")
        if other in {"0.3.1", "0.3.2"} and one != "1.0.0":
            return refined_away()
        return _row(one, other, drifted)

    return made.report(made.cells(axes, answer), axes, drift=(drift,))


def _row(one: str, other: str, drifted: Diagnosis) -> Answer:
    match one, other:
        case "1.0.0", "0.3.0":
            return asked()
        case "1.0.0", "0.3.1":
            return asked({"payments.Refund": made.missing("payments.Refund")}, NEVER)
        case "1.0.0", _:
            return asked({str(USES[2]): UNFIT}, NEVER)
        case "1.2.0", _:
            failures = {
                "serving.pay": effect(PROXIES, "an error event instead of a receipt"),
                "serving.refund": effect(PROXIES, "no refund in the store"),
            }
            return asked(failures, drifted)
        case "1.3.0", "0.7.0":
            gone = made.lost("Payment", "payments.cards")
            return made.failed(made.seen("import", "storefront", gone))
        case _:
            return asked()

"""The runs behind the golden files, each a shape that a real run can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from golden import depths, made
from golden.made import Answer

from compatcheck.model import (
    CellResult,
    Culprit,
    Diagnosis,
    Drift,
    Failure,
    Frame,
    Mismatch,
    Remedy,
    Verified,
)
from compatcheck.report.document import Report

AUTHORITY: Final = (
    "\x1b]0;owned\x07\x1b[31m[bold]red[/bold]\x9b2J\u202eevil\r\nline\x00"
)
"""What a message would do if a terminal, rich's markup or a browser obeyed it."""
MARKUP: Final = (
    "<script>alert(1)</script> | `code` ``` @someone #1 [x](http://e.invalid)"
)


@cache
def narrow() -> Report:
    """One release against 21, the first eight of which contradict it."""
    versions = [f"0.2.{n}" for n in range(5)] + ["0.3.0", "0.3.1"]
    versions = ["0.1.9", *versions, *(f"0.3.{n}" for n in range(2, 10))]
    versions += [f"0.4.{n}" for n in range(4)] + ["0.5.1"]
    axes = (
        made.axis("storefront", ["1.2.0"], {"1.1.0": "not in ==1.2.0"}),
        made.axis("payments", versions, {"0.0.1": "yanked", "0.0.2": "not in >=0.1"}),
    )

    def answer(one: str, other: str, _python: str) -> Answer:
        if versions.index(other) < 8:
            return made.unsolvable(f"storefront {one} requires payments>=0.3.2")
        return made.passed()

    return made.report(made.cells(axes, answer), axes)


def minors(first: int, last: int, patches: int) -> list[str]:
    """`0.0.0`, `0.0.1`, … with so many patches to each minor."""
    return [f"0.{m}.{p}" for m in range(first, last) for p in range(patches)]


def _wide(one: str, place: int, other: str) -> Answer:
    gone = made.lost("Payment", "payments.cards")
    empty = Failure(
        type="ModuleNotFoundError",
        message="storefront 0.0.1 holds no module",
        module="storefront",
        frames=(),
    )
    stuck = Failure(
        type="TimeoutError", message="no end in 60 s", module=None, frames=()
    )
    answer = made.passed()
    if one == "0.0.1":
        answer = made.failed(made.seen("import", "storefront", empty))
    elif place < 40:
        answer = made.unsolvable(f"storefront {one} requires payments>=0.10.0")
    elif other == "0.15.2":
        answer = made.failed(made.seen("import", "storefront", gone))
    elif one < "1.2" and place >= 100:
        answer = made.failed(
            made.seen("import", "storefront"),
            *(
                made.seen("symbol", name, made.missing(name))
                for name in ("payments.Refund", "payments.Voucher.redeem")
            ),
        )
    elif one == "1.5.2" and place == 123:
        answer = made.failed(made.seen("import", "storefront", stuck, crashed=True))
    elif one == "1.4.0" and place in {60, 61}:
        answer = made.unknown("https://index.invalid answered 503 thrice")
    return answer


@cache
def wide() -> Report:
    """24 releases against 124: a reserved name, a floor, a hole, a name that left."""
    consumers = ["0.0.1", *(f"1.{m}.{p}" for m in range(6) for p in range(4))][:24]
    providers = minors(0, 31, 4)
    axes = (
        made.axis("storefront", consumers),
        made.axis(
            "payments", providers, {f"0.{m}.9": "--select minor" for m in range(9)}
        ),
    )

    def answer(one: str, other: str, _python: str) -> Answer:
        return _wide(one, providers.index(other), other)

    return made.report(made.cells(axes, answer), axes)


@cache
def deep() -> Report:
    """Three axes and two Pythons; one of the Pythons and one release disagree."""
    axes = (
        made.axis("storefront", ["1.0.0", "1.1.0", "2.0.0"]),
        made.axis("payments", ["3.0.0", "3.1.0", "3.2.0", "4.0.0"]),
        made.axis("ledger", ["0.9", "1.0", "1.1", "1.2"]),
    )

    def answer(one: str, other: str, third: str, minor: str) -> Answer:
        if third == "0.9" and other == "4.0.0":
            return made.unsolvable(f"payments {other} requires ledger>=1.0")
        if minor == "3.11" and one == "2.0.0":
            gone = made.caused(
                made.lost("StrEnum", "enum"), made.missing("enum.StrEnum")
            )
            return made.failed(made.seen("import", "storefront", gone))
        return made.passed()

    pythons = (made.python("3.11.9"), made.python("3.12.1"))
    return made.report(made.cells(axes, answer, pythons=pythons), axes)


@cache
def blind() -> Report:
    """An index that was down all the time."""
    axes = (
        made.axis("storefront", ["1.0.0", "1.1.0"]),
        made.axis("payments", ["3.0.0", "3.1.0", "3.2.0"]),
    )

    def answer(*_choice: str) -> Answer:
        return made.unknown("https://index.invalid did not answer")

    return made.report(made.cells(axes, answer), axes)


@cache
def interrupted() -> Report:
    """Ctrl-C after a few cells."""
    axes = (
        made.axis("storefront", ["1.0.0", "1.1.0"]),
        made.axis("payments", ["3.0.0", "3.1.0", "3.2.0"]),
    )

    def answer(one: str, *_rest: str) -> Answer:
        return made.passed() if one == "1.0.0" else made.not_run("interrupted")

    return made.report(made.cells(axes, answer), axes, interrupted=True)


@cache
def hostile() -> Report:
    """Messages, paths, names and reasons that would rather be obeyed than read."""
    axes = (
        made.axis("storefront", ["1.0.0", "1.1.0"], {"0.9": f"yanked: {MARKUP}"}),
        made.axis("payments", ["3.0.0", "3.1.0"], {"2.0": f"yanked: {AUTHORITY}"}),
    )
    said = Failure(
        type="ImportError[/]",
        message=AUTHORITY + MARKUP,
        module="x\x1b[2J",
        frames=(Frame(file="<env>/\x1b[31m.py", line=1, function=MARKUP),),
    )

    def answer(one: str, other: str, _python: str) -> Answer:
        match one, other:
            case "1.0.0", "3.0.0":
                return made.failed(made.seen("import", f"a{AUTHORITY}", said))
            case "1.0.0", _:
                return made.unsolvable(f"storefront {one} requires {MARKUP}{AUTHORITY}")
            case _, "3.0.0":
                return made.unknown(f"https://me:secret@index.invalid/ said {MARKUP}")
            case _:
                return made.passed(AUTHORITY)

    return made.report(made.cells(axes, answer), axes)


@cache
def alone() -> Report:
    """One axis under two Pythons."""
    axes = (made.axis("storefront", minors(1, 5, 2)),)

    def answer(version: str, minor: str) -> Answer:
        if minor == "3.13" and version < "0.4":
            gone = Failure(
                type="ModuleNotFoundError",
                message="No module named 'cgi'",
                module="cgi",
                frames=(Frame(file="<env>/storefront/web.py", line=3, function="f"),),
            )
            return made.failed(made.seen("import", "storefront", gone))
        return made.passed()

    pythons = (made.python("3.13.0"), made.python("3.9.18"))
    return made.report(made.cells(axes, answer, pythons=pythons), axes)


@cache
def ragged() -> Report:
    """Thirty folded columns, more than fit side by side."""
    axes = (
        made.axis("storefront", ["1.0.0", "1.1.0", "1.2.0"]),
        made.axis("payments", minors(0, 30, 3)),
    )

    def answer(one: str, other: str, _python: str) -> Answer:
        if int(other.split(".")[1]) % 2 and one != "1.1.0":
            gone = made.lost("Payment", "payments.cards")
            return made.failed(made.seen("import", "storefront", gone))
        return made.passed()

    return made.report(made.cells(axes, answer), axes)


@cache
def served() -> Report:
    """To the depth of scenarios, with blame and a refined grid."""
    return depths.served_by()


@cache
def spiteful() -> Report:
    """As `served`, in the words of a package that would rather be obeyed."""
    said = f"https://me:secret@index.invalid/{AUTHORITY}{MARKUP}"
    diagnosis = Diagnosis(
        rule="undetermined",
        title=said,
        culprit=Culprit(distribution=said, version=AUTHORITY),
        evidence=(said,),
        remedies=(Remedy(kind="constraint", command=said, verified=True),),
    )
    drift = Drift(
        distribution=said,
        last_good=MARKUP,
        first_bad=AUTHORITY,
        holes=(said,),
        cells=1,
        verified=True,
    )
    return depths.served_by(diagnosis, drift)


@cache
def verified() -> Report:
    """Cells that were asked once more, in real environments that answer alike."""
    axes = (made.axis("storefront", minors(1, 5, 2)),)
    results = made.cells(axes, lambda *_: made.passed())
    seen = Verified(cells=4, agree=4, unanswered=0, differ=())
    return made.report(results, axes, verified=seen)


@cache
def refuted() -> Report:
    """Real environments that answer otherwise, in words that would be obeyed."""
    axes = (
        made.axis("storefront", ["1.0.0", "1.1.0"]),
        made.axis("payments", ["3.0.0", "3.1.0"]),
    )
    gone = made.lost("Payment", "payments.cards")
    evil = Failure(type="E[/]", message=AUTHORITY + MARKUP, module=None, frames=())

    def answer(one: str, other: str, _python: str) -> Answer:
        if (one, other) == ("1.0.0", "3.0.0"):
            return made.failed(made.seen("import", "storefront", gone))
        return made.passed()

    results = made.cells(axes, answer)
    good = made.seen("import", "storefront")
    bad = made.seen("import", "storefront", gone)
    other = made.seen("symbol", f"payments.{AUTHORITY}", evil)
    pairs = (
        (results[0], good, bad),
        (results[1], None, other),
        (results[2], made.seen("symbol", "payments.Payment", gone), other),
        (results[2], good, None),
    )
    wrong = tuple(
        Mismatch(cell=it.cell, told=told, real=real) for it, told, real in pairs
    )
    seen = Verified(cells=4, agree=1, unanswered=2, differ=wrong)
    return made.report(results, axes, verified=seen)


@cache
def mended() -> Report:
    """Cells asked again with a shim that recovers some, and breaks one."""
    axes = (
        made.axis("storefront", ["1.0.0", "1.1.0"]),
        made.axis("payments", ["3.0.0", "3.1.0", "4.0.0", "5.0.0"]),
    )
    gone = made.lost("Payment", "payments.cards")
    evil = Failure(type="E[/]", message=AUTHORITY + MARKUP, module=None, frames=())

    def answer(_one: str, other: str, _python: str) -> Answer:
        if other < "4":
            return made.passed()
        seen = made.seen("import", "storefront")
        return made.failed(seen, made.seen("symbol", "payments.Payment", gone))

    def again(found: CellResult) -> CellResult:
        one, other = (str(it.version) for it in found.cell.pins)
        moved = {"payments.cards/payment": "alias"}
        match one, other:
            case "1.0.0", "3.0.0":
                broken = made.failed(made.seen("import", "storefront", evil))
                return made.with_shims(found, broken, {AUTHORITY: MARKUP})
            case _, "3.0.0":
                return made.with_shims(found, made.unknown("no room"), {})
            case _, "3.1.0":
                return made.with_shims(found, made.passed(), {})
            case "1.0.0", "5.0.0":
                left = made.failed(made.seen("symbol", "payments.Payment", evil))
                return made.with_shims(found, left, moved)
            case _:
                return made.with_shims(found, made.passed(), moved)

    results = [again(it) for it in made.cells(axes, answer)]
    return made.report(results, axes, shims="0.1.0")


RUNS: Final[Mapping[str, Callable[[], Report]]] = {
    "narrow": narrow,
    "wide": wide,
    "deep": deep,
    "blind": blind,
    "interrupted": interrupted,
    "hostile": hostile,
    "alone": alone,
    "ragged": ragged,
    "served": served,
    "spiteful": spiteful,
    "verified": verified,
    "refuted": refuted,
    "mended": mended,
}

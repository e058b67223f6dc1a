"""What is let through for a while: a rule, a pair and a symbol, a reason and a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from compatcheck.errors import Problem, UsageError
from compatcheck.report.gated import Finding, Waived


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A finding that is let through."""

    rule: str
    pair: frozenset[str]
    symbol: str
    reason: str
    expires: date
    """The last day on which it is."""
    place: str
    """Where the user wrote it."""

    def covers(self, finding: Finding) -> bool:
        """Whether it is about that finding."""
        same = (self.rule, self.symbol) == (finding.rule, finding.symbol)
        return same and self.pair == frozenset(finding.pair)

    def __str__(self) -> str:
        """`api-removed of flask x werkzeug, werkzeug.urls`."""
        return f"{self.rule} of {' x '.join(sorted(self.pair))}, {self.symbol}"


def check(waivers: Iterable[Waiver], rules: Collection[str]) -> None:
    """Raises `UsageError` for waivers that nothing could fall under."""
    problems = list(_problems(waivers, rules))
    if problems:
        raise UsageError(*problems)


def _problems(waivers: Iterable[Waiver], rules: Collection[str]) -> Iterator[Problem]:
    for waiver in waivers:
        if waiver.rule not in rules:
            yield Problem(
                place=f"{waiver.place}.rule",
                message=f"there is no rule {waiver.rule!r} to be waived",
                mend="copy it from what the gate tells",
            )
        if not waiver.reason.strip():
            yield Problem(
                place=f"{waiver.place}.reason",
                message="it is empty",
                mend="say why this may pass",
            )


def waive(
    findings: Sequence[Finding], waivers: Sequence[Waiver], today: date
) -> tuple[list[Finding], list[str]]:
    """The findings, those that are let through marked, and what to say of waivers."""
    used: set[Waiver] = set()
    marked = [_marked(finding, waivers, today, used) for finding in findings]
    notes = [
        f"the waiver of {it} expired on {it.expires.isoformat()}: it gates again"
        for it in waivers
        if it in used and it.expires < today
    ]
    notes += [
        f"the waiver of {it} ({it.place}) is not used: nothing falls under it"
        for it in waivers
        if it not in used
    ]
    return marked, notes


def _marked(
    finding: Finding, waivers: Sequence[Waiver], today: date, used: set[Waiver]
) -> Finding:
    if finding.status == "unknown":
        return finding
    covering = [it for it in waivers if it.covers(finding)]
    used.update(covering)
    if not covering:
        return finding
    best = max(covering, key=lambda it: it.expires)
    expired = best.expires < today
    told = Waived(reason=best.reason, expires=best.expires, expired=expired)
    return replace(finding, waiver=told, status=finding.status if expired else "waived")

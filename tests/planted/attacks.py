"""Words that obey nobody: what a stranger may write to be more than text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from compatcheck.model import Outcome, Stage
from compatcheck.report.document import Platform, Tool
from compatcheck.report.gated import (
    Changed,
    Finding,
    Gated,
    Rule,
    Side,
    Spot,
    Summary,
    Upgrade,
    Waived,
    Way,
    identify,
)

ATTACKS: Final = (
    # workflow commands
    "::error file=x::owned",
    "\n::set-output name=x::owned",
    "\r\n::add-mask::a",
    "%0A::warning::owned",
    "x,line=1::owned::",
    "##[error]owned",
    "text ##[set-env name=PATH]owned",
    "::stop-commands::token",
    # XML and HTML
    "]]></failure><failure message='owned'>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "<!--",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "&lt;b&gt;",
    # Markdown
    "[owned](http://127.0.0.1:9/)",
    "![owned](http://127.0.0.1:9/pixel.png)",
    "`` ` ``` code ``` ` ``",
    "@everyone #1 GH-1",
    "| a | b |\n|---|---|",
    "# heading",
    "</details>",
    "http://127.0.0.1:9/autolink",
    "$\\href{javascript:alert(1)}{x}$",
    # SARIF
    "[a link](javascript:alert(1))",
    "{0} {1} {{",
    # terminals
    "\x1b[2J\x1b]0;owned\x07",
    "\x1b]8;;http://127.0.0.1:9/\x1b\\link\x1b]8;;\x1b\\",
    "\x9b2J",
    "a\rb",
    "a\x08\x08\x08b",
    # Unicode
    "\u202eowned\u202c",
    "\u2066x\u2069",
    "a\u200bb\ufeffc",
    "\ud800",
    "\ufffe\uffff",
    "\u2028::error::owned",
    "\x85::error::owned",
    "\x00",
    # sizes
    "A" * 100_000,
    "`" * 5000,
)


def document(words: str) -> Gated:
    """A decision with a stranger's words wherever a stranger's words can stand."""
    spot = Spot(file=words, line=3)
    upgrade = Upgrade(distribution=words, before=words, after=words)
    finding = Finding(
        id=identify("api-removed", (words, words), words),
        status="new",
        rule="api-removed",
        title=words,
        pair=(words, words),
        symbol=words,
        outcome=Outcome.FAILED,
        stage=Stage.SYMBOL,
        target=words,
        message=words,
        upgrades=(upgrade,),
        place=spot,
        evidence=(words, words),
        ways=(Way(kind="versions", command=words, verified=True, words="it passes"),),
        pythons=("3.11",),
        waiver=None,
    )
    waiver = Waived(reason=words, expires=date(2030, 1, 1), expired=False)
    return Gated(
        tool=Tool(name="compatcheck", version="0"),
        generated="2026-01-01T00:00:00Z",
        platform=Platform(system="Linux", machine="x", python="3.11"),
        verdict="failed",
        conclusion=f"{words} keeps it from working",
        strict=False,
        base=Side(lock=words, kind="uv.lock", commit="0" * 40),
        head=Side(lock=words, kind="uv.lock", commit=None),
        pythons=("3.11",),
        changes=(
            Changed(
                distribution=words,
                before=words,
                after=words,
                kind="raised",
                place=spot,
                pythons=("3.11",),
            ),
        ),
        findings=(
            finding,
            replace(finding, id="1" * 12, status="unknown"),
            replace(finding, id="2" * 12, status="waived", waiver=waiver),
            replace(finding, id="3" * 12, status="unchanged"),
            replace(finding, id="4" * 12, outcome=Outcome.UNSOLVABLE),
        ),
        rules=(Rule(id="api-removed", title="t", explanation="e", remedy="r"),),
        notes=(words,),
        summary=Summary(new=2, unchanged=1, waived=1, unknown=1),
    )

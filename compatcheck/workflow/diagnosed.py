"""What the doctor saw, put into a document."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Final

from compatcheck.diagnosis.finding import UNDETERMINED, Finding
from compatcheck.environments.live import Process
from compatcheck.interpreters.target import Target
from compatcheck.model import Failure
from compatcheck.model.inspected import Inspection
from compatcheck.model.mending import Mend
from compatcheck.remedies import words
from compatcheck.remedies.at import At
from compatcheck.report.diagnosed import (
    Diagnosed,
    Looked,
    ToldDiagnosis,
    ToldRemedy,
    normalised,
)
from compatcheck.workflow.doctor import Seen

_BENDING: Final = ("VIRTUAL_ENV", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH")
"""Variables, besides Python's own, by which something else may be imported."""


def document_of(seen: Seen) -> Diagnosed:
    """The document of a doctor's visit."""
    told = [diagnosis_of(it, seen.at) for it in seen.findings]
    failed = seen.failure is not None or seen.silent is not None
    if failed and not told:
        told = [_undetermined(seen)]
    return Diagnosed(
        healthy=not failed and not told,
        environment=looked_of(seen.target, seen.inspection, seen.at.process),
        replayed=_shown(seen.process),
        failure=normalised(seen.failure, _places(seen)) if seen.failure else None,
        diagnoses=tuple(told),
        unchecked=seen.unchecked,
        notes=tuple(_notes(seen)),
    )


def looked_of(target: Target, inspection: Inspection, process: Process) -> Looked:
    """Which environment it is, and what bends what is imported in it."""
    variables = {
        name: value
        for name, value in sorted(process.environ.items())
        if name.startswith("PYTHON") or name in _BENDING
    }
    return Looked(
        python=str(target.python),
        version=inspection.python.version,
        why=target.why,
        distributions=len(inspection.distributions),
        path=inspection.path,
        variables=variables,
    )


def diagnosis_of(finding: Finding, at: At) -> ToldDiagnosis:
    """A finding with its remedies in words, for that place."""
    return ToldDiagnosis(
        rule=finding.rule,
        title=finding.title,
        culprit=finding.culprit,
        evidence=finding.evidence,
        remedies=tuple(_remedy(it, at) for it in finding.mends),
    )


def _notes(seen: Seen) -> Iterator[str]:
    """What bends an answer, and was left out of it."""
    if seen.shims:
        files = ", ".join(seen.shims)
        yield (
            f"an import-time shim is enabled there ({files}): it was off while this was"
            " looked at; `compatcheck shim status` tells what it does"
        )


def _remedy(mend: Mend, at: At) -> ToldRemedy:
    return ToldRemedy(
        kind=mend.kind,
        command="\n".join(words(step, at) for step in mend.steps),
        verified=mend.verified,
    )


def _undetermined(seen: Seen) -> ToldDiagnosis:
    title = "it fails, and no cause could be proven"
    evidence = seen.looked_at
    if seen.silent is not None:
        late, code = seen.silent.late, seen.silent.code
        title = "it did not end in time" if late else f"it ended with exit code {code}"
        last = [line for line in seen.silent.output.splitlines() if line.strip()]
        evidence = (
            "no traceback of Python's was found in what it wrote",
            *((f"its last line: {last[-1]}",) if last else ()),
        )
    return ToldDiagnosis(
        rule=UNDETERMINED,
        title=title,
        culprit=None,
        evidence=evidence,
        remedies=(),
    )


def _shown(process: Process | None) -> str | None:
    return shlex.join(process.command) if process else None


def _places(seen: Seen) -> Sequence[tuple[str, str]]:
    python = seen.inspection.python
    folder = str(seen.process.folder) if seen.process else ""
    return (
        (python.prefix, "<env>"),
        (python.base_prefix, "<base>"),
        (folder, "<work>"),
    )


def said(failure: Failure) -> str:
    """What an exception said, in one line."""
    return f"{failure.type}: {' '.join(failure.message.split())}"

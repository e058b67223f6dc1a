"""`compatcheck shim generate`: adaptations for a live failure, proven or refused.

The failing import or command is run in a copy of the environment and of the working
directory: without, then with what is drafted for each failure in turn. Nothing is
proposed that did not turn a "no" into a "yes".
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from packaging.utils import is_normalized_name
from packaging.version import InvalidVersion, Version

from compatcheck.diagnosis.tracebacks import read_failure
from compatcheck.environments.live import Process, Told
from compatcheck.model import Failure
from compatcheck.model.inspected import Installed
from compatcheck.remedies.copies import copied
from compatcheck.surface.installed import InstalledArchive
from compatcheck.workflow.doctor import Asked, Opened, asked_process, open_bench
from compatcheck.workflow.session import Session
from compatcheck.workflow.shim import Place, wanted
from compatcheck.workflow.shim_propose import propose
from compatcheck.workflow.shim_provider import Provider, has_of, past_of
from compatcheck.workflow.shim_wish import (
    Field,
    Names,
    Refused,
    WantedOf,
    Wish,
    no_failure,
    read_text,
    read_wish,
)
from compatcheck.workflow.shim_written import Draft

_MOST: Final = 8
"""Failures that are adapted one after the other, each uncovering the next."""
_SECONDS: Final = 300.0
_OFF: Final = {"COMPAT_SHIMS": "0"}
_MODELS: Final = "pydantic"
"""Who does not require it has no models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Files, seen to work together."""

    drafts: tuple[Draft, ...]
    words: str
    """What failed without them and works with them."""


def for_traceback(text: str, at: Place, session: Session) -> Proposed | Refused:
    """Adapt the import that a traceback tells of. Raises `CouldNotTell`, `UsageError`.

    A failure that came later than an import cannot be had again from its words alone.
    """
    failure = read_failure(text)
    if failure is None:
        raise no_failure("--for")
    wish = read_wish(failure, read_text(text))
    match wish:
        case Refused():
            return wish
        case Field():
            return Refused(
                reason="it failed later than at an import, and its words alone do not "
                "bring it about again",
                better="give what fails: `compatcheck shim generate -- COMMAND`",
            )
        case Names():
            asked = Asked(python=str(at.python), statement=wish.statement)
            return _generate(asked, at, session, read_text(text), wish.statement)


def for_command(
    command: tuple[str, ...], at: Place, session: Session
) -> Proposed | Refused:
    """Adapt what makes a command fail. Raises `CouldNotTell`, `UsageError`."""
    asked = Asked(python=str(at.python), command=command)
    # Of what stands in `-c`, Python shows no line before 3.13.
    own = read_text("\n".join(word.replace(";", "\n") for word in command))
    return _generate(asked, at, session, own, " ".join(command))


def _generate(
    asked: Asked, at: Place, session: Session, names: WantedOf, words: str
) -> Proposed | Refused:
    wanted(at)
    with open_bench(asked, session) as opened, _copy(asked, session, opened) as copy:
        live = _Live(opened=opened, at=at, process=copy, names=names, session=session)
        told = live.run(())
        if told.late:
            return _late(words)
        if told.code == 0:
            return Refused(
                reason=f"`{words}` works there without an adaptation",
                better="nothing is to be done in that environment",
            )
        return live.adapted(told, words)


@contextmanager
def _copy(asked: Asked, session: Session, opened: Opened) -> Generator[Process]:
    """What is run, in a copy of all that it could write to."""
    process = asked_process(asked, session, opened)
    with copied(
        process,
        opened.inspection.python,
        opened.trials.uv,
        has_pip=False,
        scratch=opened.trials.scratch,
    ) as there:
        yield there.process


@dataclass(frozen=True, kw_only=True)
class _Live:
    opened: Opened
    at: Place
    process: Process
    names: WantedOf
    session: Session

    def adapted(self, told: Told, words: str) -> Proposed | Refused:
        """Draft for one failure after the other until it runs."""
        drafts: list[Draft] = []
        for _ in range(_MOST):
            failure = read_failure(told.output)
            draft = _undrafted(words) if failure is None else self._draft(failure, told)
            if isinstance(draft, Refused):
                return draft
            if draft.path in {it.path for it in drafts}:
                return Refused(
                    reason=f"`{words}` fails with the adaptation, too",
                    better="`compatcheck doctor` tells what else is wrong",
                )
            drafts.append(draft)
            told = self.run(drafts)
            if told.late:
                return _late(words)
            if told.code == 0:
                return Proposed(drafts=tuple(drafts), words=words)
        return Refused(
            reason=f"`{words}` fails still, with {_MOST} adaptations",
            better="pin releases that go together: `compatcheck matrix` tells which",
        )

    def run(self, drafts: Iterable[Draft]) -> Told:
        """How the process ends in the copy, with these adaptations or none."""
        known = [*drafts]
        process = replace(self.process, environ={**self.process.environ, **_OFF})
        if known and self.at.package is not None:
            folder = self.opened.trials.scratch / "adaptations"
            for draft in known:
                path = folder / draft.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(draft.text, encoding="utf-8")
            on = {"COMPAT_SHIMS": "1", "COMPAT_SHIMS_FOLDERS": str(folder)}
            process = process.before(self.at.package / "_startup")
            process = replace(process, environ={**process.environ, **on})
        return process.run(_SECONDS)

    def _draft(self, failure: Failure, told: Told) -> Draft | Refused:
        wish = read_wish(failure, self._names_in(told))
        if isinstance(wish, Refused):
            return wish
        whose = self._providers(wish)
        if isinstance(whose, Refused):
            return whose
        return propose(wish, whose, "", self.session.clock().date())

    def _names_in(self, told: Told) -> WantedOf:
        def wanted_of(module: str) -> tuple[str, ...]:
            return self.names(module) or read_text(told.output)(module)

        return wanted_of

    def _providers(self, wish: Wish) -> list[Provider] | Refused:
        known = [it for it in self.opened.inspection.distributions if _is_plain(it)]
        if isinstance(wish, Field):
            modelling = [it for it in known if _MODELS in " ".join(it.requires)]
            return [self._provider(it) for it in modelling]
        top = wish.module.partition(".")[0]
        match [it for it in known if top in it.tops]:
            case [one]:
                return _repair(one, top) or [self._provider(one)]
            case []:
                return Refused(
                    reason=f"no distribution that is installed there owns {top}",
                    better=f"install the distribution that holds {top}",
                )
            case several:
                owners = ", ".join(sorted(it.name for it in several))
                return Refused(
                    reason=f"{top} has several owners: {owners}",
                    better="run `compatcheck doctor`: they may have overwritten "
                    "each other",
                )

    def _provider(self, it: Installed) -> Provider:
        bench, shelf = self.opened.bench, self.opened.bench.shelf
        assert shelf is not None  # noqa: S101 - for the types: an open bench has one
        version = Version(it.version)
        known = (
            shelf.presence,
            lambda: bench.readable(it.name)[0],
            bench.interpreter,
            version,
        )
        return Provider(
            distribution=it.name,
            version=str(version),
            files=InstalledArchive([Path(it.root)], it.name),
            past=past_of(*known),
            has=has_of(*known),
        )


def _is_plain(it: Installed) -> bool:
    """Whether what its metadata says may become source: a name and a version."""
    try:
        Version(it.version)
    except InvalidVersion:
        return False
    return is_normalized_name(it.name)


def _repair(it: Installed, top: str) -> Refused | None:
    """Refuse to adapt what is damaged: a file of its own list is gone."""
    lost = f"{top}/__init__.py"
    if str(Path(it.root, lost)) not in it.missing:
        return None
    return Refused(
        reason=f"{lost} of {it} is missing on disk: the environment is damaged",
        better="python -m pip install --force-reinstall --no-deps "
        f"'{it.name}=={it.version}'",
    )


def _undrafted(words: str) -> Refused:
    return Refused(
        reason=f"`{words}` fails without a traceback that could be read",
        better="run `compatcheck doctor` with it",
    )


def _late(words: str) -> Refused:
    return Refused(
        reason=f"`{words}` did not end within {_SECONDS:g} s",
        better="give a command that ends: a test that fails so, say",
    )

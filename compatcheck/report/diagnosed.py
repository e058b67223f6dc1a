"""The diagnosis of one environment as a document: schema `compatcheck.diagnosis/1`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from compatcheck.model import Culprit, Failure, Frame
from compatcheck.report.legible import storable

SCHEMA: Final = "compatcheck.diagnosis/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Which environment was looked at."""

    python: str
    """Its executable."""
    version: str
    why: str
    """How it was chosen."""
    distributions: int
    """How many are installed."""
    path: tuple[str, ...] = ()
    """The search path of the user's own process."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Those that bend what Python imports, as the user's process has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRemedy:
    """A remedy as people are told it."""

    kind: str
    """`command`, `edit` or `advice`."""
    command: str
    """What to run or to change; several steps stand in several lines."""
    verified: bool | None
    """Whether it was tried in a copy and the original ran; null: not tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDiagnosis:
    """A cause as people are told it."""

    rule: str
    title: str
    culprit: Culprit | None
    evidence: tuple[str, ...]
    remedies: tuple[ToldRemedy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosed:
    """The whole document; its fields are the keys."""

    schema: str = SCHEMA
    healthy: bool
    environment: Looked | None
    """Null where only a text was read."""
    replayed: str | None
    """What was run."""
    failure: Failure | None
    """As it was seen, paths normalised."""
    diagnoses: tuple[ToldDiagnosis, ...]
    """Best first."""
    unchecked: tuple[str, ...] = ()
    """What could not be looked up, and why."""
    notes: tuple[str, ...] = ()
    """What bends an answer, and was left out of this one."""


def dump(document: Diagnosed) -> str:
    """The document as JSON."""
    from pydantic import TypeAdapter

    text = TypeAdapter(Diagnosed).dump_json(document, indent=2).decode()
    return f"{storable(text)}\n"


def normalised(failure: Failure, places: Sequence[tuple[str, str]]) -> Failure:
    """A failure without anything of the place: each folder by its sign (`<env>`)."""
    return replace(
        failure,
        message=_signed(failure.message, places),
        frames=_frames(failure.frames, places),
        chain=tuple(
            replace(
                link,
                message=_signed(link.message, places),
                frames=_frames(link.frames, places),
            )
            for link in failure.chain
        ),
    )


def _frames(
    frames: Sequence[Frame], places: Sequence[tuple[str, str]]
) -> tuple[Frame, ...]:
    return tuple(replace(it, file=_signed(it.file, places)) for it in frames)


def _signed(text: str, places: Sequence[tuple[str, str]]) -> str:
    for folder, sign in sorted(places, key=lambda it: -len(it[0])):
        if folder.strip(os.sep):
            text = text.replace(folder, sign)
    return text

"""Who takes part in a failure: whose code asks, and whose answer is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.version import Version as Release

from compatcheck.diagnosis.examine import Examined
from compatcheck.diagnosis.finding import Finding
from compatcheck.diagnosis.scene import Scene, version_of
from compatcheck.diagnosis.sources import line_of
from compatcheck.diagnosis.versions import declared, turning
from compatcheck.model.inspected import Installed
from compatcheck.report.investigated import Location, Version


@dataclass(frozen=True, kw_only=True)
class Parties:
    """The sides of a failure, as far as they are installed."""

    scene: Scene
    """The failure that went wrong first, behind what masks it."""
    finding: Finding | None
    """What is proven of it."""
    consumer: Installed | None
    """In whose code it came up; None: in the user's own."""
    provider: Installed | None
    """Who should have what is missing."""

    @property
    def sides(self) -> tuple[Installed, ...]:
        """Those of the two that are installed, each once, with a proper version."""
        found = (self.consumer, self.provider)
        named = {it.name: it for it in found if it is not None}
        return tuple(
            it
            for it in named.values()
            if version_of(it) is not None and it.editable is None
        )

    @property
    def pins(self) -> tuple[str, ...]:
        """`flask==2.2.2` of each."""
        return tuple(f"{it.name}=={it.version}" for it in self.sides)

    @property
    def named(self) -> str:
        """Both in words: `flask 2.2.2 and werkzeug 3.0.0`."""
        return " and ".join(map(str, self.sides))

    def release(self, it: Installed) -> Release:
        """Its version. Only of one of `sides`."""
        version = version_of(it)
        assert version is not None  # noqa: S101 - for the types: `sides` has looked
        return version


def parties(examined: Examined) -> Parties:
    """The sides of what was examined."""
    scene = examined.scene
    finding = examined.findings[0] if examined.findings else None
    consumer = scene.consumer
    return Parties(
        scene=scene,
        finding=finding,
        consumer=consumer,
        provider=_provider(scene, finding),
    )


def _provider(scene: Scene, finding: Finding | None) -> Installed | None:
    """The culprit, unless it is who asks; else who owns what is wanted."""
    culprit = finding.culprit if finding else None
    by_name = scene.inspection.by_name
    if culprit is not None:
        found = by_name.get(culprit.distribution)
        if found is not None and found is not scene.consumer:
            return found
    if scene.provider is not None and scene.provider is not scene.consumer:
        return scene.provider
    turned = None if finding else turning(scene)
    return turned.provider if turned else None


def location(parts: Parties) -> Location | None:
    """Where exactly it came up; None where no frame is told."""
    scene = parts.scene
    frame = scene.importer
    if frame is None:
        return None
    return Location(
        at=scene.at(frame),
        text=_text(scene, frame.file, frame.line),
        owner=str(parts.consumer) if parts.consumer else None,
        wanted=str(scene.wanted) if scene.wanted else None,
        way=tuple(map(scene.at, scene.frames)),
    )


def _text(scene: Scene, file: str, line: int) -> str:
    command = scene.process.command
    if file == "<string>" and "-c" in command[:-1]:
        lines = command[command.index("-c") + 1].splitlines()
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return line_of(file, line) if os.sep in file else ""


def versions(parts: Parties) -> Iterator[Version]:
    """Everything that takes part, with its release."""
    python = parts.scene.inspection.python
    yield Version(
        name=python.implementation, version=python.version, role="the interpreter"
    )
    seen = set[str]()
    if parts.consumer is not None:
        seen.add(parts.consumer.name)
        yield _version(parts.consumer, "it came up in its code")
    if parts.provider is not None and parts.provider.name not in seen:
        seen.add(parts.provider.name)
        line = declared(parts.scene, parts.provider)
        says = f"; {parts.consumer} requires {line}" if line is not None else ""
        yield _version(parts.provider, f"it should answer{says}")
    for it in parts.scene.on_the_way:
        if it.name not in seen:
            yield _version(it, "its code was on the way")


def _version(it: Installed, role: str) -> Version:
    return Version(name=it.name, version=it.version, role=role)

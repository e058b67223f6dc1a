"""Who may have asked whom for what is not there: the pairs that a release may part."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from packaging.utils import canonicalize_name

from compatcheck.diagnosis.needs import formerly
from compatcheck.diagnosis.scene import Scene, requirements
from compatcheck.diagnosis.sources import imports, parsed, parsed_text
from compatcheck.model.inspected import Installed

_STATEMENT: Final = "<string>"
"""What a traceback calls the text after `-c`."""


def asking(scene: Scene) -> ast.AST | None:
    """The code that it came up in: a file, or the statement that is run."""
    frame, command = scene.importer, scene.process.command
    if frame is not None and frame.file != _STATEMENT:
        return parsed(frame.file)
    if "-c" in command[:-1]:
        return parsed_text(command[command.index("-c") + 1])
    return None


def pairs(scene: Scene) -> Iterator[tuple[Installed | None, Installed]]:
    """Who may ask whom for what is not there, the plainest first."""
    seen = set[str]()
    for consumer, provider in _pairs(scene):
        own = consumer is not None and consumer.name == provider.name
        if not own and provider.name not in seen:
            seen.add(provider.name)
            yield consumer, provider


def _pairs(scene: Scene) -> Iterator[tuple[Installed | None, Installed]]:
    if scene.provider is not None:
        yield scene.consumer, scene.provider
    if scene.wanted is not None and scene.place is not None:
        return
    asked = scene.wanted
    if asked and asked.kind != "attribute" and scene.consumer is not None:
        found = formerly(scene, asked.module)
        if found is not None:
            yield scene.consumer, found
        return
    raised = list(_asked_before(scene))
    # A line that raises does so on purpose: then whoever asked it is the consumer. Any
    # other line stumbled, most likely over somebody else.
    if raised and _on_purpose(scene):
        yield from raised
    yield from ((scene.consumer, it) for it in _imported(scene))
    yield from ((scene.consumer, it) for it in _required(scene))
    yield from raised


def _asked_before(scene: Scene) -> Iterator[tuple[Installed | None, Installed]]:
    """Whose code it came up in, and whose stands before it."""
    owners = [scene.owner(frame) for frame in scene.frames]
    last = owners[-1] if owners else None
    before = [owner for owner in owners if owner is not last]
    if last is not None and before:
        yield before[-1], last


def _on_purpose(scene: Scene) -> bool:
    """Whether the line that it came from raises by itself."""
    frame = scene.frames[-1]
    tree = parsed(frame.file)
    return tree is None or any(
        isinstance(node, ast.Raise)
        and node.lineno <= frame.line <= (node.end_lineno or node.lineno)
        for node in ast.walk(tree)
    )


def _imported(scene: Scene) -> Iterator[Installed]:
    """The distributions that the failing file imports from."""
    tree = asking(scene)
    if tree is None:
        return
    tops = {it.module.partition(".")[0]: None for it in imports(tree, "")}
    for top in tops:
        owners = list(scene.inspection.owning(top)) if top else []
        if len(owners) == 1:
            yield owners[0]


def _required(scene: Scene) -> Iterator[Installed]:
    consumer = scene.consumer
    for needed in requirements(consumer) if consumer else ():
        found = scene.inspection.by_name.get(canonicalize_name(needed.name))
        if found is not None:
            yield found

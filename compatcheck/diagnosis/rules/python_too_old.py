"""The code needs a newer Python than this one."""

from __future__ import annotations

import re
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.needs import bringing, is_absent, nobody_has, plain
from compatcheck.diagnosis.pythons import runs_on
from compatcheck.diagnosis.scene import Scene, applies, version_of
from compatcheck.diagnosis.shadows import question
from compatcheck.diagnosis.sources import parsed
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.mending import Install, mend

RANK: Final = 18
TITLE: Final = "the code needs a newer Python"
EXPLANATION: Final = (
    "Syntax, a name of the standard library, or an operator came with a later Python;"
    " or a marker of the metadata leaves out, on this one, what the code needs all the"
    " same."
)
REMEDY: Final = "Take a newer Python, or a backport where there is one."
REFERENCE: Final = "https://peps.python.org/pep-0604/"
EXAMPLE: Final = "TypeError: unsupported operand type(s) for |: 'type' and 'NoneType'"
_UNION: Final = re.compile(
    r"unsupported operand type\(s\) for \|: '(type|NoneType|\w+)'"
)
_GENERIC: Final = re.compile(
    r"'(?:type|ABCMeta|_?\w+Meta)' object is not subscriptable"
)


def proves(scene: Scene) -> Finding | None:
    """A newer Python has it, this one does not, and nothing else differs."""
    found = _syntax(scene) or _operator(scene) or _library(scene)
    return found or _marker(scene) or _held_back(scene)


def _syntax(scene: Scene) -> Finding | None:
    """A file does not parse here and does there, where that is what was said."""
    if not scene.step.type.endswith("SyntaxError") or not scene.step.frames:
        return None
    file = scene.step.frames[-1].file
    owner = scene.inspection.owner(file)
    refused = owner and not _admits(owner.requires_python, scene)
    newer = parsed(file) is not None and runs_on(
        scene, f"compile(open({file!r}, 'rb').read(), 'file', 'exec')", newer=True
    )
    if not newer and not refused:
        return None
    lines = [f"{scene.shown(file)} does not parse on Python {_here(scene)}"]
    lines += [f"Python {newer} parses it"] if newer else []
    if refused and owner:
        lines.append(f"{owner} requires Python {owner.requires_python}")
    return _told(scene, f"the syntax of {scene.shown(file)}", lines)


def _operator(scene: Scene) -> Finding | None:
    """An operator on types that a later Python brought."""
    for step in scene.steps:
        if step.type != "TypeError":
            continue
        for words, statement, what in (
            (_UNION, "int | None", "`X | Y` as a type"),
            (_GENERIC, "list[int]; dict[str, int]", "`list[X]` as a type"),
        ):
            if words.search(step.message) and not _runs_here(scene, statement):
                newer = runs_on(scene, statement, newer=True)
                since = "3.10" if words is _UNION else "3.9"
                proof = (
                    f"Python {newer} evaluates `{statement}`, this one does not"
                    if newer
                    else f"this Python does not evaluate `{statement}`; {since} does"
                )
                return _told(scene, what, [proof])
    return None


def _runs_here(scene: Scene, statement: str) -> bool:
    from compatcheck.diagnosis.bench import Ran

    return isinstance(scene.bench.says(statement), Ran)


def _library(scene: Scene) -> Finding | None:
    """A module or name of the standard library that a newer Python has."""
    asked, place = scene.wanted, scene.place
    if asked is None:
        return None
    mine = place is not None and (
        not place.file or scene.inspection.is_standard(place.file)
    )
    if not mine and not (asked.kind == "module" and not scene.places(asked.top)):
        return None
    if not mine and not nobody_has(scene, asked.top):
        return None
    newer = runs_on(scene, question(scene) or "", newer=True)
    if newer is None:
        return None
    line = f"`{asked}` is in the standard library of Python {newer}, not of this one"
    return _told(scene, f"`{asked}`", [line])


def _marker(scene: Scene) -> Finding | None:
    """A requirement brings it, but for a marker that leaves it out on this Python."""
    asked, consumer = scene.wanted, scene.consumer
    if asked is None or consumer is None or not is_absent(scene):
        return None
    out = [it for it in plain(consumer) if not applies(it, scene.inspection)]
    out = [it for it in out if "python" in str(it.marker)]
    needed = bringing(scene, out, asked.module)
    if needed is None:
        return None
    line = f"{consumer} requires {needed.name} only where {needed.marker}"
    wanted = canonicalize_name(needed.name)
    told = _told(scene, f"`{asked.top}`", [line, f"{wanted} is not installed"])
    return Finding(
        title=told.title,
        culprit=told.culprit,
        evidence=told.evidence,
        mends=(mend(Install(requirements=(wanted,))),),
    )


def _held_back(scene: Scene) -> Finding | None:
    """Newer releases of the provider have it, all of which want a newer Python."""
    asked, provider = scene.wanted, scene.provider
    if asked is None or provider is None or asked.top not in provider.tops:
        return None
    own = version_of(provider)
    beyond = [
        it for it in scene.bench.beyond(provider.name) if own and it.version > own
    ]
    within = [
        it for it in scene.bench.releases(provider.name) if own and it.version >= own
    ]
    if not beyond or not within:
        return None
    ends = scene.bench.have([within[-1], beyond[-1]], asked.module, asked.name)
    if ends[0].there is not False or not ends[1].there:
        return None
    name, newest = provider.name, beyond[-1]
    line = next((it.requires_python for it in newest.files if it.requires_python), "")
    lines = [
        f"{name} {newest.version} has `{asked}`, and requires Python {line}",
        f"{name} {within[-1].version}, the newest for this Python, does not have it",
    ]
    return _told(scene, f"`{asked}`", lines)


def _admits(line: str | None, scene: Scene) -> bool:
    try:
        return not line or SpecifierSet(line).contains(
            scene.inspection.python.version, prereleases=True
        )
    except InvalidSpecifier:
        return True


def _here(scene: Scene) -> str:
    return scene.inspection.python.minor


def _told(scene: Scene, what: str, lines: list[str]) -> Finding:
    backport = "eval_type_backport" if "eval_type_backport" in _words(scene) else None
    return Finding(
        title=f"{what} needs a newer Python than {_here(scene)}",
        culprit=blame(scene.consumer),
        evidence=tuple(lines),
        mends=(mend(Install(requirements=(backport,))),) if backport else (),
    )


def _words(scene: Scene) -> str:
    return scene.failure.message


def reads(telling: Telling) -> Suspicion | None:
    """An operator on types that an older Python does not have."""
    here = Version(telling.python) if telling.python else None
    for step in telling.steps:
        for words, since in ((_UNION, "3.10"), (_GENERIC, "3.9")):
            if step.type == "TypeError" and words.search(step.message):
                sure = here is not None and here < Version(since)
                return Suspicion(sure=sure, why=f"that came with Python {since}")
    return None

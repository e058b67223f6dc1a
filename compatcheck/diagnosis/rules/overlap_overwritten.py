"""Two installed distributions own a path, and the content is the other's, or mixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from packaging.utils import canonicalize_name

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene, requirements
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.inspected import Inspection, Installed, Shared
from compatcheck.model.mending import Install, Mend, Remove, mend
from compatcheck.surface.names import Told

RANK: Final = 9
TITLE: Final = "two distributions own the same files, and one overwrote the other"
EXPLANATION: Final = (
    "Installers do not ask whose a path is. Where two distributions own it, the one"
    " that was installed last has written it, and the modules of the other meet files"
    " that are not theirs. Equal contents are harmless."
)
REMEDY: Final = "Uninstall all of them, then install the one that you mean."
REFERENCE: Final = (
    "https://packaging.python.org/specifications/recording-installed-packages/"
)
EXAMPLE: Final = (
    "ImportError: cannot import name 'PyJWTError' from 'jwt' (.../__init__.py)"
)
_CODE: Final = (".py", ".so", ".pyd")


def proves(scene: Scene) -> Finding | None:
    """The failure went through files that two RECORDs promise differently."""
    asked = scene.wanted
    tops = [asked.top] if asked else []
    owners = [scene.owner(frame) for frame in reversed(scene.frames)]
    tops += [top for owner in owners if owner for top in owner.importable]
    for top in dict.fromkeys(tops):
        clashing = _clashing(scene.inspection, top)
        files = {frame.file for frame in scene.frames}
        files.update(it.file for it in scene.places(asked.module if asked else None))
        mine = asked is not None and asked.top == top
        if not clashing or not _would_help(scene, clashing):
            continue
        if mine or files.intersection(it.path for it in clashing):
            return _told(scene.inspection, top, clashing)
    return None


def checks(inspection: Inspection) -> Iterable[Finding]:
    """Each package whose code two RECORDs promise differently."""
    tops = {_top(it): None for it in inspection.shared if _is_clash(it)}
    for top in tops:
        yield _told(inspection, top, _clashing(inspection, top))


def _would_help(scene: Scene, clashing: Sequence[Shared]) -> bool:
    """Whether any owner's release has what is wanted; True where that is unknown."""
    asked = scene.wanted
    if asked is None or asked.top != _top(clashing[0]):
        return True
    told = []
    for owner in {it.name: it for one in clashing for it in one.owners}.values():
        releases = scene.bench.releases(owner.name)
        own = [it for it in releases if str(it.version) == owner.version]
        told += scene.bench.have(own, asked.module, asked.name) or [Told(there=None)]
    return any(it.there is not False for it in told)


def _clashing(inspection: Inspection, top: str) -> list[Shared]:
    return [it for it in inspection.shared if _top(it) == top and _is_clash(it)]


def _is_clash(it: Shared) -> bool:
    """Whether what is there cannot be what every owner installed."""
    code = it.path.endswith(_CODE)
    return code and it.there and not it.agree and False in it.matches


def _top(it: Shared) -> str:
    root = it.owners[0].root
    return it.path[len(root) + 1 :].partition("/")[0].partition(".")[0]


def _told(inspection: Inspection, top: str, clashing: Sequence[Shared]) -> Finding:
    owners = list({it.name: it for one in clashing for it in one.owners}.values())
    names = " and ".join(map(str, owners))
    kept = Counter[str]()
    for one in clashing:
        for owner, matches in zip(one.owners, one.matches, strict=True):
            kept[owner.name] += matches is True
    first = clashing[0]
    root = first.owners[0].root
    whose = [str(o) for o, m in zip(first.owners, first.matches, strict=True) if m]
    content = f"; its content is that of {whose[0]}" if whose else ""
    shown = first.path[len(root) + 1 :]
    return Finding(
        title=f"{names} own the same files in `{top}`, and overwrote each other",
        culprit=blame(max(owners, key=lambda it: kept[it.name])),
        evidence=(
            f"{shown} is in the RECORD of both, with different hashes{content}",
            f"{len(clashing)} files with code differ from one RECORD or the other",
        ),
        mends=tuple(_ways(inspection, owners, kept)),
    )


def _ways(
    inspection: Inspection, owners: Sequence[Installed], kept: Counter[str]
) -> list[Mend]:
    """Each of them kept alone: first the one that others require, or that was hurt."""
    needed = {
        canonicalize_name(line.name)
        for it in inspection.distributions
        for line in requirements(it)
        if it not in owners
    }
    order = sorted(owners, key=lambda it: (it.name not in needed, kept[it.name]))
    names = tuple(sorted(it.name for it in owners))
    return [
        mend(
            Remove(distributions=names),
            Install(requirements=(f"{it.name}=={it.version}",), again=True),
        )
        for it in order
    ]


def reads(telling: Telling) -> Suspicion | None:
    """A module below site-packages does not fit its own distribution's other files."""
    asked = telling.wanted
    if asked is None or asked.kind == "module" or asked.nowhere:
        return None
    if asked.top != telling.importer_top:
        return None
    return Suspicion(sure=False, why=f"files of `{asked.top}` do not fit each other")

"""What doctors, readers of texts and investigators say, as documents made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from compatcheck.model import Culprit, Failure, Frame, Link
from compatcheck.report.diagnosed import Diagnosed, Looked, ToldDiagnosis, ToldRemedy
from compatcheck.report.investigated import (
    Affected,
    Investigated,
    Location,
    Recommended,
    Releases,
    Reproduction,
    RuledOut,
    Upstream,
    Version,
    Way,
    World,
)

_LOOKED: Final = Looked(
    python="/srv/env/bin/python",
    version="3.11.7",
    why="it is the project's .venv",
    distributions=12,
    path=("/srv/app", "/srv/env/lib/python3.11/site-packages"),
    variables={"PYTHONPATH": "/srv/\x1blayer"},
)
_FRAMES: Final = (
    Frame(file="<string>", line=1, function="<module>"),
    Frame(file="<env>/lib/press/mill.py", line=12, function="<module>"),
)
_FAILURE: Final = Failure(
    type="ImportError",
    message="cannot import name 'Apple' from 'orchard' (unknown location)",
    module="orchard",
    frames=_FRAMES,
)
_MENDED: Final = ToldRemedy(
    kind="command",
    command="uv pip install --python /srv/env/bin/python --reinstall orchard==1.2",
    verified=True,
)
_DELETED: Final = ToldDiagnosis(
    rule="overlap-deleted",
    title="orchard/__init__.py of orchard 1.2 is missing",
    culprit=Culprit(distribution="orchard", version="1.2"),
    evidence=(
        "the RECORD of orchard 1.2 lists orchard/__init__.py, which is not there",
        "so `orchard` is only a namespace package",
    ),
    remedies=(
        _MENDED,
        ToldRemedy(kind="edit", command="first this\nthen that", verified=False),
        ToldRemedy(kind="advice", command="ask somebody", verified=None),
    ),
)
_EVIL: Final = "\x1b[2J`|<b>\u202e\nthen      rm -rf ~\r::error::x"


def healthy() -> Diagnosed:
    """Nothing is wrong."""
    return Diagnosed(
        healthy=True,
        environment=_LOOKED,
        replayed="python -c 'import press'",
        failure=None,
        diagnoses=(),
    )


def shimmed() -> Diagnosed:
    """Nothing is wrong, but something was left out."""
    return replace(healthy(), notes=("an import-time shim is enabled there",))


def damaged() -> Diagnosed:
    """One cause, with remedies that helped, did not help and were not tried."""
    return Diagnosed(
        healthy=False,
        environment=_LOOKED,
        replayed="python -c 'import press'",
        failure=_FAILURE,
        diagnoses=(_DELETED,),
        unchecked=("the releases of orchard are unknown: no route to the index",),
    )


def several() -> Diagnosed:
    """More causes than are told at once."""
    causes = (replace(_DELETED, title=f"the {n}. of five") for n in range(1, 6))
    return replace(damaged(), failure=None, replayed=None, diagnoses=tuple(causes))


def read() -> Diagnosed:
    """A text that does not decide."""
    way = ToldRemedy(kind="command", command="compatcheck doctor", verified=None)
    open_ = replace(_DELETED, rule="undetermined", title="it is open", remedies=(way,))
    return replace(
        damaged(), environment=None, replayed=None, diagnoses=(open_, *[_DELETED] * 3)
    )


def evil() -> Diagnosed:
    """Every text that others wrote tries to be obeyed."""
    failure = replace(
        _FAILURE,
        message=_EVIL,
        frames=(Frame(file=_EVIL, line=1, function=_EVIL),),
        chain=(
            Link(
                relation="cause", type="E", message=_EVIL, module=None, frames=_FRAMES
            ),
        ),
    )
    told = replace(_DELETED, title=_EVIL, evidence=(_EVIL,))
    return replace(
        damaged(), failure=failure, diagnoses=(told,), replayed=_EVIL, notes=(_EVIL,)
    )


VISITS: Final[dict[str, Callable[[], Diagnosed]]] = {
    it.__name__: it for it in (healthy, shimmed, damaged, several, read, evil)
}


def nothing() -> Investigated:
    """Nothing fails."""
    return Investigated(
        summary="Nothing fails: what was replayed runs.",
        healthy=True,
        compatible=None,
        environment=_LOOKED,
        replayed="python -c 'import press'",
        failure=None,
        location=None,
        diagnosis=None,
        reproduction=None,
    )


def innocent() -> Investigated:
    """The environment is damaged, and nobody upstream is to blame."""
    worlds = (
        World(
            what="these alone",
            commands=("uv venv fresh", "uv pip install press==1.0 orchard==1.2"),
            pins=("orchard==1.2", "press==1.0"),
            outcome="works",
            said="",
        ),
        World(
            what="every release that is installed",
            commands=("uv venv fresh", "uv pip install -r installed.txt"),
            pins=("orchard==1.2", "press==1.0"),
            outcome="not made",
            said="no wheel of it",
        ),
    )
    return replace(
        nothing(),
        summary="press 1.0 and orchard 1.2 are compatible. The environment is damaged.",
        healthy=False,
        compatible=True,
        failure=_FAILURE,
        location=Location(
            at="press/mill.py:12",
            text="from orchard import Apple",
            owner="press 1.0",
            wanted="orchard.Apple",
            way=("<string>:1", "press/mill.py:12"),
        ),
        versions=(Version(name="press", version="1.0", role="it asks"),),
        diagnosis=_DELETED,
        reproduction=Reproduction(
            statement="import press",
            conclusion="A fresh environment works: `import press` runs there",
            worlds=worlds,
            minimal=None,
        ),
        ways=_ways(),
        ruled_out=(RuledOut(what="the releases", how="a fresh environment works"),),
        recommended=Recommended(
            what="as the cause suggests", command=_MENDED.command, verified=True
        ),
        affected=(Affected(file="app.py", line=3, text="from press import mill"),),
        upstream=Upstream(innocent=True, sentence="Upstream is innocent: it works"),
        unchecked=("the wheel of press was not read",),
    )


def _ways() -> tuple[Way, ...]:
    releases = Releases(
        distribution="orchard",
        passed=("1.0", "1.1", "1.2", "1.3"),
        failed=(),
        unsolvable=("0.9",),
        unknown=("2.0", "2.1"),
    )
    return (
        Way(
            kind="repair",
            what="as the cause suggests",
            outcome="works",
            detail="tried in a copy",
            command=_MENDED.command,
        ),
        Way(
            kind="releases",
            what="every release of orchard",
            outcome="works",
            detail="orchard 1.0 … 1.3 have it",
            releases=releases,
        ),
        Way(kind="shim", what="what is shipped", outcome="not tried", detail="none"),
    )


def guilty() -> Investigated:
    """It fails in a fresh environment too, and somebody should hear of it."""
    told = innocent()
    assert told.reproduction is not None
    first = replace(told.reproduction.worlds[0], outcome="fails", said="ImportError: x")
    reproduction = replace(
        told.reproduction,
        conclusion="These commands were run, and fail as it does here",
        worlds=(first,),
        minimal=0,
    )
    return replace(
        told,
        summary="press 1.0 and orchard 1.2 do not work together.",
        compatible=False,
        reproduction=reproduction,
        ways=(),
        recommended=None,
        affected=(),
        upstream=Upstream(
            innocent=False,
            sentence="press 1.0 fails by its own code",
            to="press",
            report="# press 1.0\n\n    uv venv fresh\n\n```\nnot the end\n```",
        ),
    )


def spiteful() -> Investigated:
    """Every text that others wrote tries to be obeyed."""
    told = innocent()
    return replace(
        told,
        summary=_EVIL,
        failure=replace(_FAILURE, message=_EVIL),
        ways=(replace(told.ways[0], what=_EVIL, detail=_EVIL, command=_EVIL),),
        affected=(Affected(file=_EVIL, line=1, text=_EVIL),),
        ruled_out=(RuledOut(what=_EVIL, how=_EVIL),),
        upstream=Upstream(innocent=False, sentence=_EVIL, to=_EVIL, report=_EVIL),
        unchecked=(_EVIL,),
    )


INVESTIGATIONS: Final[dict[str, Callable[[], Investigated]]] = {
    it.__name__: it for it in (nothing, innocent, guilty, spiteful)
}

"""`compatcheck shim generate`: an adaptation for a failed import, proven or refused.

From a traceback: what was asked for, whose it is, where that release defines it now.
The statement is then run in the environment's own interpreter without the adaptation
and with it, and nothing is proposed that did not turn a "no" into a "yes".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name, is_normalized_name
from packaging.version import InvalidVersion, Version

from compatcheck.report.legible import shown
from compatcheck.surface.parsing import UNREADABLE, parse_source
from compatcheck.surface.placing import defines
from compatcheck.workflow.session import Session
from compatcheck.workflow.shim import Place, ask_json, tried, wanted
from compatcheck.workflow.shim_asked import Asked

LIFE: Final = timedelta(days=180)
"""How long a generated adaptation is good for, before somebody has to look again."""

_WHOSE: Final = """
import importlib.metadata, importlib.util, json, os, sys
top = sys.argv[1].partition('.')[0]
spec = importlib.util.find_spec(top)
folders = list(spec.submodule_search_locations or ()) if spec else []
told = []
for it in importlib.metadata.distributions():
    root = str(it.locate_file(''))
    lines = (it.read_text('RECORD') or '').splitlines()
    files = [line.rsplit(',', 2)[0] for line in lines]
    inside = [f for f in files if f.startswith(top + '/') and f.endswith('.py')]
    here = os.path.realpath(os.path.join(root, top))
    if inside and here in map(os.path.realpath, folders):
        told.append([it.metadata['Name'], it.version, root, inside])
print(json.dumps(told))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nothing is proposed: why, and what is better."""

    reason: str
    better: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A file, seen to work."""

    path: Path
    text: str
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owner:
    distribution: str
    version: str
    root: Path
    files: tuple[str, ...]


def generate(
    asked: Asked, at: Place, folder: Path, session: Session
) -> Proposed | Refused:
    """Propose an adaptation, tried. Raises `CouldNotTell` where it cannot be tried."""
    wanted(at)
    owner = _owner(asked, at, session)
    if isinstance(owner, Refused):
        return owner
    homes = {name: _homes(owner, asked, name) for name in asked.names}
    for name, found in homes.items():
        if len(found) != 1:
            return _no_home(asked, owner, name, found)
    text = _text(
        asked, owner, {it: f"{found[0]}:{it}" for it, found in homes.items()}, session
    )
    path = folder / asked.module / f"{'_'.join(asked.names)[:60].lower()}.py"
    return _proven(
        Proposed(path=path, text=text, statement=asked.statement), at, session
    )


def _owner(asked: Asked, at: Place, session: Session) -> _Owner | Refused:
    told = ask_json(at, ("-c", _WHOSE, asked.module), session)
    top = asked.module.partition(".")[0]
    # What metadata says becomes source here: nothing but a name and a version may.
    told = [it for it in told if is_normalized_name(canonicalize_name(it[0]))]
    match [it for it in told if _is_version(it[1])]:
        case [[name, version, root, files]]:
            if (
                f"{top}/__init__.py" in files
                and not Path(root, top, "__init__.py").exists()
            ):
                return Refused(
                    reason=f"{top}/__init__.py of {name} {version} is missing on disk: "
                    "the environment is damaged",
                    better="python -m pip install --force-reinstall --no-deps "
                    f"'{name}=={version}'",
                )
            return _Owner(
                distribution=canonicalize_name(name),
                version=str(Version(version)),
                root=Path(root),
                files=tuple(files),
            )
        case []:
            return Refused(
                reason=f"no distribution that is installed there owns {top}",
                better=f"install the distribution that holds {top}",
            )
        case _:
            owners = ", ".join(sorted(shown(str(it[0])) for it in told))
            return Refused(
                reason=f"{top} has several owners: {owners}",
                better="run `compatcheck doctor`: they may have overwritten each other",
            )


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _homes(owner: _Owner, asked: Asked, name: str) -> list[str]:
    """The modules of the installed release that define a name, itself left out."""
    found = []
    for file in owner.files:
        module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        source = _source(owner.root / file)
        known = all(part.isidentifier() for part in module.split("."))
        if known and module != asked.module and name.encode() in source:
            try:
                if defines(parse_source(source), name):
                    found.append(module)
            except UNREADABLE:
                continue  # what cannot be read cannot be promised
    return sorted(found)


def _source(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _no_home(asked: Asked, owner: _Owner, name: str, found: list[str]) -> Refused:
    whose = f"{owner.distribution} {owner.version}"
    history = f"compatcheck history {asked.module}:{name}"
    if not found:
        return Refused(
            reason=f"no module of {whose} defines {name}",
            better=f"pin a release that has it: `{history}` tells which",
        )
    return Refused(
        reason=f"several modules of {whose} define {name}: {', '.join(found)}",
        better="which of them is meant has to be read: write the adaptation by hand",
    )


def _text(asked: Asked, owner: _Owner, homes: dict[str, str], session: Session) -> str:
    single = None if asked.whole else asked.names[0]
    if single is None:
        lines = "".join(
            f"            {name!r}: {homes[name]!r},\n" for name in sorted(homes)
        )
        action = f"ScatteredModule(\n        homes={{\n{lines}        }},\n    )"
        of = "moved import ScatteredModule"
        told = "has no such module; what it held has other homes"
    else:
        action = f"Alias(home={homes[single]!r})"
        of = "alias import Alias"
        told = f"defines it in {homes[single].partition(':')[0]}"
    day = session.clock().date() + LIFE
    return _TEMPLATE.format(
        statement=asked.statement,
        of=of,
        module=asked.module,
        name=single,
        distribution=owner.distribution,
        version=owner.version,
        action=action,
        told=told,
        remedy=", ".join(
            f"import {n} from {h.partition(':')[0]}" for n, h in homes.items()
        ),
        day=_as_source(day),
    )


def _as_source(day: date) -> str:
    return f"{day.year}, {day.month}, {day.day}"


_TEMPLATE: Final = '''\
"""`{statement}`: written and tried by `compatcheck shim generate`."""

from __future__ import annotations

from datetime import date

from compat_shims import Adaptation, Fidelity, Guard, Target
from compat_shims.actions.{of}

ADAPTATION = Adaptation(
    target=Target(module={module!r}, name={name!r}),
    guard=Guard(distribution={distribution!r}, versions="=={version}"),
    action={action},
    fidelity=Fidelity.ALIAS,
    why="{{distribution}} {{version}} {told}",
    remedy={remedy!r},
    reference="compatcheck shim generate: tried with {distribution} {version}",
    expires=date({day}),
)
'''


def _proven(it: Proposed, at: Place, session: Session) -> Proposed | Refused:
    """Run the statement without it and with it, in processes of their own."""
    if tried(at, it.statement, None, session):
        return Refused(
            reason=f"`{it.statement}` works there without an adaptation",
            better="nothing is to be done in that environment",
        )
    if not tried(at, it.statement, (it.path, it.text), session):
        return Refused(
            reason=f"`{it.statement}` fails with the adaptation, too",
            better="`compatcheck doctor` tells what else is wrong",
        )
    return it

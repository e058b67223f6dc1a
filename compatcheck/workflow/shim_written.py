"""A generated adaptation as a file of the user's project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from compatcheck.workflow.shim_provider import Home, Provider
from compatcheck.workflow.shim_wish import Field, Names

_LONGEST: Final = 60
"""Characters of a file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file that is to be tried."""

    path: Path
    """Below the folder of adaptations: `garden.plants/rose.py`."""
    text: str
    fidelity: str
    what: str
    """What it does, in a clause."""
    evidence: str
    """Why it should be that."""

    @property
    def id(self) -> str:
        """As the shim calls it."""
        return f"{self.path.parent.name}/{self.path.stem}"


def names_draft(
    wish: Names, homes: Mapping[str, Home], whose: Provider, versions: str, day: date
) -> Draft:
    """Names that were moved, or a module whose names were."""
    places = {name: homes[name].place for name in wish.names}
    differs = "; ".join(it.differences for it in homes.values() if it.differences)
    if wish.whole:
        lines = "".join(f"            {n!r}: {places[n]!r},\n" for n in sorted(places))
        action = f"ScatteredModule(\n        homes={{\n{lines}        }},\n    )"
        kind, why = "moved import ScatteredModule", "has no such module"
    else:
        action = f"Alias(home={places[wish.names[0]]!r})"
        kind, why = "alias import Alias", "does not have it there"
    evidence = "; ".join(dict.fromkeys(it.evidence for it in homes.values()))
    return _draft(
        module=wish.module,
        slug="_".join(wish.names),
        name=None if wish.whole else wish.names[0],
        whose=whose,
        versions=versions,
        day=day,
        kind=kind,
        action=action,
        differs=differs,
        why=f"{why}: {', '.join(f'{n} is {p}' for n, p in places.items())}",
        remedy=", ".join(_import(place) for place in places.values()),
        evidence=evidence,
        what=", ".join(f"{n} is {p}" for n, p in places.items()),
    )


def field_draft(
    wish: Field, module: str, value: object, whose: Provider, versions: str, day: date
) -> Draft:
    """A default for a field that became required."""
    return _draft(
        module=module,
        slug=f"{wish.model}_{wish.field}",
        name=f"{wish.model}.{wish.field}",
        whose=whose,
        versions=versions,
        day=day,
        kind="default import FieldDefault",
        action=f"FieldDefault(value={value!r})",
        differs=f"{value!r} can mean that nobody gave it",
        why="requires a field that is not given",
        remedy=f"give {wish.field}, or hold back {whose.distribution}",
        evidence="by its type alone",
        what=f"{wish.model}.{wish.field} is {value!r} where it is not given",
    )


def _import(place: str) -> str:
    module, _, name = place.partition(":")
    return f"import {name} from {module}"


def _draft(  # noqa: PLR0913 - one for each part of the file
    *,
    module: str,
    slug: str,
    name: str | None,
    whose: Provider,
    versions: str,
    day: date,
    kind: str,
    action: str,
    differs: str,
    why: str,
    remedy: str,
    evidence: str,
    what: str,
) -> Draft:
    fidelity = "adapter" if differs else "alias"
    text = _TEMPLATE.format(
        module=module,
        name=name,
        target=module if name is None else f"{module}:{name}",
        distribution=whose.distribution,
        versions=versions,
        kind=kind,
        action=action,
        fidelity=fidelity.upper(),
        differs=f"    differences={_flat(differs)!r},\n" if differs else "",
        why="{distribution} {version} " + _flat(why),
        remedy=_flat(remedy),
        reference=_flat(f"compatcheck shim generate, {whose.whose}: {evidence}"),
        day=f"{day.year}, {day.month}, {day.day}",
    )
    path = Path(module, f"{slug[:_LONGEST].lower()}.py")
    return Draft(path=path, text=text, fidelity=fidelity, what=what, evidence=evidence)


def _flat(text: str) -> str:
    """A clause without what would be put in: `{distribution}` and `{version}` are."""
    return text.replace("{", "(").replace("}", ")")


_TEMPLATE: Final = '''\
"""{target}: written and tried by `compatcheck shim generate`."""

from __future__ import annotations

from datetime import date

from compat_shims import Adaptation, Fidelity, Guard, Target
from compat_shims.actions.{kind}

ADAPTATION = Adaptation(
    target=Target(module={module!r}, name={name!r}),
    guard=Guard(distribution={distribution!r}, versions={versions!r}),
    action={action},
    fidelity=Fidelity.{fidelity},
{differs}    why={why!r},
    remedy={remedy!r},
    reference={reference!r},
    expires=date({day}),
)
'''

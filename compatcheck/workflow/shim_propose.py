"""From what was wanted to a draft of an adaptation, or why there can be none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from compatcheck.workflow.shim_provider import Home, Provider
from compatcheck.workflow.shim_wish import Field, Names, Refused, Wish
from compatcheck.workflow.shim_written import Draft, field_draft, names_draft

LIFE: Final = timedelta(days=180)
"""How long a generated adaptation is good for, before somebody has to look again."""


def propose(
    wish: Wish, providers: Iterable[Provider], versions: str, today: date
) -> Draft | Refused:
    """A draft for what was wanted of one of these; `versions` is its guard's range.

    For a module or its names there is one provider, whose module it is. Of a model it
    is not told, so it is looked for in all of them. An empty `versions` stands for the
    one release that was looked at.
    """
    day = today + LIFE
    match wish:
        case Names():
            (provider,) = providers
            homes = {name: provider.home(wish.module, name) for name in wish.names}
            found = {n: it for n, it in homes.items() if isinstance(it, Home)}
            for it in homes.values():
                if isinstance(it, Refused):
                    return it
            guard = versions or f"=={provider.version}"
            return names_draft(wish, found, provider, guard, day)
        case Field():
            return _field(wish, providers, versions, day)


def _field(
    wish: Field, providers: Iterable[Provider], versions: str, day: date
) -> Draft | Refused:
    found = [
        (provider, module, field)
        for provider in providers
        for module, field in provider.models(wish.model, wish.field).items()
    ]
    what = f"{wish.model}.{wish.field}"
    if len(found) != 1:
        places = ", ".join(module for _, module, _ in found) or "no module"
        return Refused(
            reason=f"which model is meant by {what} cannot be told: {places}",
            better="hold the provider of that model back",
        )
    ((provider, module, field),) = found
    if (value := field.neutral) is None:
        return Refused(
            reason=f"{what} is a {field.annotation}, of which no value says nothing",
            better=f"hold {provider.distribution} back, or write the default by hand",
        )
    guard = versions or f"=={provider.version}"
    return field_draft(wish, module, value[0], provider, guard, day)

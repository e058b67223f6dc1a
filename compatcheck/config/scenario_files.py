"""The scenarios of a run: those of its profiles, then the user's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from compatcheck.config.said import Problems, Said
from compatcheck.errors import Problem
from compatcheck.model import Scenario
from compatcheck.scenarios import read_scenario


def read_scenarios(
    shipped: Iterable[Path], named: Iterable[Said], problems: Problems
) -> tuple[Scenario, ...]:
    """Every scenario file once, in order; each has a name that no other one has.

    A shipped one may be named as it is called, `text`: then of those only the named.
    """
    known = {path.stem: path for path in shipped}
    said_files = problems.each(_file, named)
    chosen = {it.text for it in said_files if it.text in known}
    files = {
        path.resolve(): (path, path.name)
        for name, path in known.items()
        if not chosen or name in chosen
    }
    for said in said_files:
        if said.text in chosen:
            continue
        path = said.path()
        files.setdefault(path.resolve(), (path, said.text))
    taken: dict[str, Scenario] = {}
    for path, place in files.values():
        scenario = problems.attempt(partial(read_scenario, path, place))
        if scenario and taken.setdefault(scenario.name, scenario) is not scenario:
            problems.found.append(
                Problem(
                    place=place,
                    message=f"there is another scenario file named {scenario.name!r}",
                    mend="give one of them another name",
                )
            )
    return tuple(taken.values())


def _file(said: Said) -> Said:
    """A text that can be the name of a file."""
    if not said.text.strip() or "\0" in said.text:
        raise said.wrong(f"{said.text!r} names no file", "name a file of scenarios")
    return said

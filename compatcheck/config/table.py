"""The schema of [tool.compatcheck]: each key, what it is for, and an example.

The descriptions and examples are what `compatcheck init` writes and what a mend shows.
"""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_snake

KEY: Final = "tool.compatcheck"


def _kebab(name: str) -> str:
    return to_snake(name).replace("_", "-")


def _date_to_text(value: object) -> object:
    """TOML has dates of its own; they mean what their text means."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _number_to_text(value: object) -> object:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if number else value


def _rule_to_table(value: object) -> object:
    return {"default": value} if isinstance(value, str) else value


def _text_to_names(value: object) -> object:
    if not isinstance(value, str):
        return value
    module, colon, name = value.partition(":")
    return {"module": module, "names": [name] if colon else []}


# How a value may be written, for the JSON Schema: some have a short form.
_Dated = BeforeValidator(_date_to_text, json_schema_input_type=str | None)
_Numbered = BeforeValidator(
    _number_to_text, json_schema_input_type=str | int | float | None
)
_Ruled = BeforeValidator(_rule_to_table, json_schema_input_type=str | dict[str, str])


class _Strict(BaseModel):
    """A table in which every unknown key and every wrong type is a fault."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, alias_generator=_kebab
    )


class Names(_Strict):
    """Names in one module; none where the text did not say where the module ends."""

    module: str
    names: list[str]

    @property
    def texts(self) -> tuple[str, ...]:
        """Each as `module:name`."""
        return tuple(f"{self.module}:{name}" for name in self.names) or (self.module,)


class NeedsTable(_Strict):
    """`contract`: what the user needs besides what the distributions' sources show."""

    modules: list[str] = Field(default=[])
    symbols: list[
        Annotated[
            Names,
            BeforeValidator(_text_to_names, json_schema_input_type=str | Names),
        ]
    ] = Field(default=[])


def _text_to_date(value: object) -> object:
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    return value


class WaiverTable(_Strict):
    """One of `waivers`: a finding of the gate that is let through, and until when."""

    rule: str
    pair: list[str]
    symbol: str
    reason: str
    expires: Annotated[date, BeforeValidator(_text_to_date)]


_WAIVER: Final = (
    'waivers = [{ rule = "api-removed", pair = ["my-app", "werkzeug"], '
    'symbol = "werkzeug.urls.url_quote", reason = "that page is not served", '
    "expires = 2027-01-31 }]"
)


class Table(_Strict):
    """[tool.compatcheck]; a key that is left out is empty or None here."""

    axes: list[str] = Field(
        default=[],
        description="The distributions whose releases vary; extras are allowed. "
        "Without this key the built-in profile decides.",
        examples=['axes = ["flask>=2.2,<3", "werkzeug>=2.2,<3.1"]'],
    )
    python: list[str] = Field(
        default=[],
        description="The Pythons to ask in: a version or a path. "
        "Without this key it is the one that runs compatcheck.",
        examples=['python = ["3.11", "3.12"]'],
    )
    select: Annotated[dict[str, str], _Ruled] = Field(
        default={},
        description="Which releases of an axis are taken: minor (the newest patch of "
        "each minor), all, or latest:N. A table has a rule for each axis: "
        '{ default = "minor", werkzeug = "all" }',
        examples=['select = "minor"'],
    )
    resolution: list[str] = Field(
        default=[],
        description="Which versions of everything else are preferred: highest, "
        "lowest-direct, lowest.",
        examples=['resolution = ["highest"]'],
    )
    as_of: Annotated[str | None, _Dated] = Field(
        default=None,
        description="Leave out what came out later: release (than the newest pinned "
        "release), a date or an instant.",
        examples=['as-of = "release"'],
    )
    constraints: list[str] = Field(
        default=[],
        description="Versions that every cell keeps to, should it need them.",
        examples=['constraints = ["markupsafe<3"]'],
    )
    overrides: list[str] = Field(
        default=[],
        description="Requirements that take the place of what distributions declare.",
        examples=['overrides = ["werkzeug>=2"]'],
    )
    environment: str | None = Field(
        default=None,
        description="What cells are made of: store (wheels unpacked once, on the path "
        "of a near-empty environment) or venv (the real thing for each).",
        examples=['environment = "store"'],
    )
    refine: bool | None = Field(
        default=None,
        description="Whether every release between two that came out differently is "
        "asked too.",
        examples=["refine = true"],
    )
    blame: bool | None = Field(
        default=None,
        description="Whether it is found out who is to blame for what failed.",
        examples=["blame = false"],
    )
    with_shims: bool | None = Field(
        default=None,
        description="Whether every cell that fails, and some that pass, are asked "
        "again with compatcheck-shims in them.",
        examples=["with-shims = true"],
    )
    adaptations: list[str] = Field(
        default=[],
        description="Folders of your own adaptations, which the shim applies beside "
        "those that are shipped.",
        examples=['adaptations = ["shims"]'],
    )
    pre_releases: bool | None = Field(
        default=None,
        description="Whether pre-releases are candidates.",
        examples=["pre-releases = false"],
    )
    yanked: bool | None = Field(
        default=None,
        description="Whether yanked releases are candidates.",
        examples=["yanked = false"],
    )
    probes: list[str] = Field(
        default=[],
        description="What is asked of each cell.",
        examples=['probes = ["import", "symbol", "call", "scenario"]'],
    )
    contract: NeedsTable = Field(
        default=NeedsTable(),
        description="What you need besides what the distributions' sources show. "
        'Many names of one module: { module = "flask", names = ["Flask", "g"] }',
        examples=[
            'contract = { modules = ["flask.cli"], symbols = ["flask:Flask.run"] }'
        ],
    )
    scenarios: list[str] = Field(
        default=[],
        description="Files with functions scenario_*, small programs that are run in "
        "each cell and pass if they return; or the names of a profile's, which leaves "
        "out its others.",
        examples=['scenarios = ["tests/compat.py"]'],
    )
    source: list[str] = Field(
        default=[],
        description="Folders of your own code to put on each cell's path; "
        "your [project].dependencies then belong to each cell.",
        examples=['source = ["src"]'],
    )
    requirements: list[str] = Field(
        default=[],
        description="What each cell has besides the axes.",
        examples=['requirements = ["requests"]'],
    )
    allow_builds: bool | None = Field(
        default=None,
        description="Whether distributions without a wheel may be built: "
        "that runs their code outside of any cell.",
        examples=["allow-builds = false"],
    )
    formats: list[str] = Field(
        default=[],
        description="How the report is told: text goes to stdout, the others into the "
        'folder, or where they are told to: "json=build/compat.json"',
        examples=['formats = ["text", "json", "markdown"]'],
    )
    folder: str | None = Field(
        default=None,
        description="Where reports are written.",
        examples=['folder = "reports"'],
    )
    jobs: int | None = Field(
        default=None,
        description="How many cells are asked at once.",
        examples=["jobs = 4"],
    )
    executor: str | None = Field(
        default=None,
        description="What asks many cells at a time: local (threads on this machine).",
        examples=['executor = "local"'],
    )
    timeout: Annotated[str | None, _Numbered] = Field(
        default=None,
        description="Seconds for one question to a cell; a scenario has its own.",
        examples=["timeout = 120"],
    )
    budget: Annotated[str | None, _Numbered] = Field(
        default=None,
        description="Seconds for the whole run: when they are over no further cell is "
        "begun, and the report says which ones were left out.",
        examples=["budget = 600"],
    )
    verify: int | None = Field(
        default=None,
        description="How many cells are asked once more, each in a real environment, "
        "to see that the answers agree.",
        examples=["verify = 60"],
    )
    memory: Annotated[str | None, _Numbered] = Field(
        default=None,
        description="Memory for one question to a cell.",
        examples=['memory = "4GiB"'],
    )
    cache_size: Annotated[str | None, _Numbered] = Field(
        default=None,
        description="What the cache folder may hold after a run: half of it unpacked "
        "wheels, of which the least recently used go first, and half downloads.",
        examples=['cache-size = "40GiB"'],
    )
    fail_on: list[str] = Field(
        default=[],
        description="The outcomes that make the exit code 1.",
        examples=['fail-on = ["failed", "crashed"]'],
    )
    waivers: list[WaiverTable] = Field(
        default=[],
        description="Findings of `compatcheck gate` that are let through, each with a "
        "reason and the last day on which it is; the gate tells rule, pair and symbol.",
        examples=[_WAIVER],
    )


def examples() -> dict[str, tuple[str, str]]:
    """Each key of the table, with its description and a line of TOML."""
    return {
        str(field.alias): (str(field.description), str((field.examples or [""])[0]))
        for field in Table.model_fields.values()
    }

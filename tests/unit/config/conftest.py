"""A project folder, and settings read in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from compatcheck.config.options import Options
from compatcheck.config.read import read_settings
from compatcheck.config.settings import Settings
from compatcheck.errors import Problem, UsageError
from compatcheck.model import Symbol

NOW: Final = datetime(2026, 6, 15, 12, tzinfo=UTC)

Read = Callable[..., Settings]
Faults = Callable[..., list[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeProfile:
    """A profile of a pair that does not exist."""

    name: str
    distributions: tuple[str, ...]
    default: bool
    modules: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    scenarios: tuple[Path, ...] = ()


PAIR: Final = FakeProfile(
    name="pair",
    distributions=("pair-a", "pair-b"),
    default=True,
    modules=("pair_a",),
    symbols=(Symbol(module="pair_a", name="Thing"),),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty project folder; nothing above it is looked at."""
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.fixture
def read(folder: Path) -> Read:
    """Read settings, from options given by name, after writing a pyproject.toml."""

    def reading(
        toml: str | None = None,
        *,
        at: Path = folder,
        profile: FakeProfile = PAIR,
        **options: object,
    ) -> Settings:
        if toml is not None:
            (folder / "pyproject.toml").write_text(toml, encoding="utf-8")
        return read_settings(
            Options(**options),  # type: ignore[arg-type]  # tests name the fields
            at,
            known_probes={"symbol", "import", "scenario", "call", "screen"},
            known_formats={"text", "json", "markdown"},
            known_executors={"local", "elsewhere"},
            known_profiles=[profile],
            now=NOW,
        )

    return reading


@pytest.fixture
def faults(read: Read) -> Faults:
    """The problems that reading these settings raises."""

    def finding(toml: str | None = None, **options: object) -> list[Problem]:
        with pytest.raises(UsageError) as caught:
            read(toml, **options)
        return list(caught.value.problems)

    return finding

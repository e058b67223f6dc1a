"""Small worlds of wheels for the real uv to resolve in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from conftest import python
from planted.loopback import LoopbackIndex
from planted.manners import Manners
from planted.wheels import write_wheel

from compatcheck.environments import Uv
from compatcheck.model import Interpreter, Locked, Resolution, Unknown, Unsolvable
from compatcheck.resolve import ResolveRequest, Solved, UvResolver

Answer = Locked | Unsolvable | Unknown


@dataclass(kw_only=True)
class World:
    """Distributions, and the real uv to resolve among them."""

    folder: Path
    interpreter: Interpreter
    variables: dict[str, str] = field(default_factory=dict)

    def plant(self, *releases: str, requires_python: str | None = None) -> None:
        """Write wheels: each `name version: requirement, requirement`."""
        for release in releases:
            head, _, requires = release.partition(":")
            name, version = head.split()
            write_wheel(
                self.folder / "links",
                name,
                version,
                {f"{name}.py": ""},
                requires=[it.strip() for it in requires.split(",") if it.strip()],
                requires_python=requires_python,
                extras=["x", "y"],
            )

    def resolve(
        self,
        *requirements: str,
        constraints: Sequence[str] = (),
        overrides: Sequence[str] = (),
        as_of: datetime | None = None,
        pre_releases: bool = False,
    ) -> Answer:
        """Resolve as the product does."""
        request = self.request(requirements, constraints, overrides, as_of)
        request = replace(request, pre_releases=pre_releases)
        return UvResolver(self._uv()).resolve(request)

    def solve(self, *requirements: str) -> Solved:
        """A lock, and the way to it."""
        solved = UvResolver(self._uv()).solve(self.request(requirements))
        assert isinstance(solved, Solved)
        return solved

    def _uv(self) -> Uv:
        links = {
            "UV_DEFAULT_INDEX": "file:///nonexistent",
            "UV_FIND_LINKS": str(self.folder / "links"),
        }
        return Uv(
            cache=self.folder / "cache",
            index=self.variables or links,
            environ={"PATH": os.environ["PATH"]},
        )

    def request(
        self,
        requirements: Sequence[str],
        constraints: Sequence[str] = (),
        overrides: Sequence[str] = (),
        as_of: datetime | None = None,
    ) -> ResolveRequest:
        """What the product asks."""
        return ResolveRequest(
            requirements=tuple(requirements),
            constraints=tuple(constraints),
            overrides=tuple(overrides),
            interpreter=self.interpreter,
            resolution=Resolution.HIGHEST,
            as_of=as_of,
            pre_releases=False,
            allow_builds=False,
        )

    @contextmanager
    def served(self, **times: str | None) -> Iterator[LoopbackIndex]:
        """Serve the wheels on an index; `b_2_0=` is when b 2.0 came out."""
        manners = Manners()
        for word, time in times.items():
            name, _, version = word.partition("_")
            wheel = f"{name}-{version.replace('_', '.')}-py3-none-any.whl"
            manners.times[wheel] = time
        with LoopbackIndex(self.folder / "links", manners) as index:
            self.variables = {
                "UV_DEFAULT_INDEX": index.url,
                "UV_HTTP_RETRIES": "0",
            }
            yield index


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    """The Python 3.11 that cells are resolved for."""
    return python("3.11")


@pytest.fixture
def world(tmp_path: Path, interpreter: Interpreter) -> World:
    """An empty world."""
    return World(folder=tmp_path, interpreter=interpreter)

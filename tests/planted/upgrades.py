"""Upgrades that a gate is asked about, with what is known to be true of each."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from planted.projects import uv_lock
from planted.wheels import write_wheel

Packages = Mapping[str, tuple[str, tuple[str, ...]]]

SERVING: Final = """
from shop import sell


def scenario_sells():
    assert sell() == "apple"
"""
_TABLE: Final = """
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["orchard"]

[tool.compatcheck]
source = ["src"]
python = ["3.11"]
scenarios = ["compat/serving.py"]
"""
APPLE: Final = "def apple():\n    return 'apple'\n"
"""What the shop's source takes from the orchard."""


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """A pull request, and the decision that is right."""

    name: str
    wheels: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    """Name, version, code and requirements of each."""
    before: Packages
    after: Packages
    code: int
    verdict: str
    blamed: tuple[str, ...] = ()
    remedy: str | None = None
    """The command of the first way, which was seen to work."""
    rule: str | None = None
    stage: str | None = None
    status: str = "new"
    variables: Mapping[str, str] = field(default_factory=dict)
    """What is set while head is asked: an index that is down, say."""

    def plant(self, links: Path) -> None:
        """Write the wheels."""
        for name, version, code, needs in self.wheels:
            files = {f"{name}.py": textwrap.dedent(code)}
            write_wheel(links, name, version, files, requires=needs)

    def files(self, packages: Packages) -> dict[str, str]:
        """The project with these locked."""
        return {
            "pyproject.toml": _TABLE,
            "compat/serving.py": SERVING,
            "uv.lock": uv_lock(packages, "orchard"),
        }


def _orchards(**codes: str) -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """Releases of the orchard: `v1_0="…"`."""
    return tuple(
        ("orchard", version[1:].replace("_", "."), code, ())
        for version, code in codes.items()
    )


def _alone(version: str) -> Packages:
    return {"orchard": (version, ())}


IMPORTS: Final = Upgrade(
    name="breaks at import",
    wheels=_orchards(v1_0=APPLE, v1_1=APPLE, v2_0="def pear():\n    return 'pear'\n"),
    before=_alone("1.0"),
    after=_alone("2.0"),
    code=1,
    verdict="failed",
    blamed=("orchard",),
    remedy="orchard==1.1",
    rule="api-removed",
    stage="symbol",
)
SERVES: Final = Upgrade(
    name="breaks only when serving",
    wheels=_orchards(v1_0=APPLE, v1_1=APPLE, v2_0="def apple():\n    return 'cider'\n"),
    before=_alone("1.0"),
    after=_alone("2.0"),
    code=1,
    verdict="failed",
    blamed=("orchard",),
    remedy="orchard==1.1",
    rule="behaviour-changed",
    stage="scenario",
)
_THROUGH: Final = "import soil\n\ndef apple():\n    return soil.grow('apple')\n"
DRIFTS: Final = Upgrade(
    name="breaks only through a transitive drift",
    wheels=(
        ("orchard", "1.0", _THROUGH, ("soil",)),
        ("orchard", "1.1", _THROUGH, ("soil",)),
        ("soil", "1.0", "def grow(it):\n    return it\n", ()),
        ("soil", "1.1", "def grow(it):\n    return it\n", ()),
        ("soil", "2.0", "def grow(it, water):\n    return it\n", ()),
    ),
    before={"orchard": ("1.0", ("soil",)), "soil": ("1.0", ())},
    after={"orchard": ("1.1", ("soil",)), "soil": ("2.0", ())},
    code=1,
    verdict="failed",
    blamed=("soil",),
    remedy="soil==1.1",
    rule="signature-changed",
    stage="call",
)
HARMLESS: Final = Upgrade(
    name="is harmless",
    wheels=_orchards(v1_0=APPLE, v1_1=APPLE),
    before=_alone("1.0"),
    after=_alone("1.1"),
    code=0,
    verdict="passed",
)
TOGETHER: Final = Upgrade(
    name="breaks only when two come together",
    wheels=(
        ("orchard", "1.0", APPLE, ("soil",)),
        (
            "orchard",
            "2.0",
            "import soil\n\ndef apple():\n    return soil.KIND + 'ple'\n",
            ("soil",),
        ),
        ("soil", "1.0", "KIND = 'ap'\n", ()),
        ("soil", "2.0", "KIND = 'pim'\n", ()),
    ),
    before={"orchard": ("1.0", ("soil",)), "soil": ("1.0", ())},
    after={"orchard": ("2.0", ("soil",)), "soil": ("2.0", ())},
    code=1,
    verdict="failed",
    blamed=("orchard", "soil"),
    remedy="orchard==1.0",
    stage="scenario",
)
BROKEN: Final = Upgrade(
    name="finds base broken already",
    wheels=_orchards(v1_0="", v1_1=""),
    before=_alone("1.0"),
    after=_alone("1.1"),
    code=0,
    verdict="passed",
    stage="symbol",
    status="unchanged",
)
UNSOLVABLE: Final = Upgrade(
    name="cannot resolve",
    wheels=(
        ("orchard", "1.0", APPLE, ("soil",)),
        ("orchard", "2.0", APPLE, ("soil>=2",)),
        ("soil", "1.0", "", ()),
        ("soil", "2.0", "", ()),
    ),
    before={"orchard": ("1.0", ("soil",)), "soil": ("1.0", ())},
    after={"orchard": ("2.0", ("soil",)), "soil": ("1.0", ())},
    code=1,
    verdict="failed",
    blamed=("orchard",),
    remedy="orchard==1.0",
    rule="unsolvable",
    stage="resolve",
)
DARK: Final = Upgrade(
    name="finds the index down",
    wheels=_orchards(v1_0=APPLE, v1_1=APPLE),
    before=_alone("1.0"),
    after=_alone("1.1"),
    code=3,
    verdict="unknown",
    rule="unknown",
    stage="resolve",
    status="unknown",
    variables={
        "UV_NO_INDEX": "",
        "UV_FIND_LINKS": "",
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple/",
        "UV_HTTP_RETRIES": "0",
    },
)
UPGRADES: Final = (
    *(IMPORTS, SERVES, DRIFTS, HARMLESS, TOGETHER, BROKEN, UNSOLVABLE, DARK),
)

"""Namespaces from before Python had them of its own, which keep an `__init__.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from compatcheck.ports import Archive
from compatcheck.surface.contents import read_contents
from compatcheck.surface.needs import read_needs

Plant = Callable[[Mapping[str, str | bytes]], Archive]

PKGUTIL = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"

OPENING = {
    "pkgutil": PKGUTIL,
    "pkgutil, imported": (
        "import pkgutil\n__path__ = pkgutil.extend_path(__path__, __name__)\n"
    ),
    "pkgutil, its name imported": (
        '"""A namespace."""\n'
        "from pkgutil import extend_path\n"
        "__path__: list[str] = extend_path(__path__, __name__)\n"
    ),
    "pkg_resources": '__import__("pkg_resources").declare_namespace(__name__)',
    "whichever is there": (
        "try:\n"
        "    import pkg_resources\n"
        "    pkg_resources.declare_namespace(__name__)\n"
        f"except ImportError:\n    import pkgutil\n    {PKGUTIL}"
    ),
}

SHUT = {
    "nothing": "",
    "a docstring": '"""Our package."""',
    "names of its own": f"{PKGUTIL}VERSION = '1'",
    "an import of its own": f"{PKGUTIL}from . import part",
    "another module": f"import logging\n{PKGUTIL}",
    "another call": "setup(__name__)",
    "not Python": "print 'of the past'",
    "too long": PKGUTIL + "#" * 2048,
}


@pytest.mark.parametrize(
    "source", [pytest.param(text, id=told) for told, text in OPENING.items()]
)
def test_what_lies_in_it_is_the_root(planted: Plant, source: str) -> None:
    """A package that is only shared room is told by what the wheel puts there."""
    files = {"ns/__init__.py": source, "ns/part/__init__.py": "", "ns/mod.py": ""}
    assert read_contents(planted(files)).roots == ("ns.mod", "ns.part")


@pytest.mark.parametrize(
    "source", [pytest.param(text, id=told) for told, text in SHUT.items()]
)
def test_any_other_package_is_the_root(planted: Plant, source: str) -> None:
    """A package with anything of its own is one, and hides what lies in it."""
    archive = planted({"ns/__init__.py": source, "ns/part/__init__.py": ""})
    assert read_contents(archive).roots == ("ns",)


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([], id="nothing"),
        pytest.param(["ns/data-files/x.py", "ns/x.txt"], id="nothing to import"),
        pytest.param(["ns/a.py", "ns/b.py"], id="modules side by side"),
    ],
)
def test_a_package_that_no_other_would_share(planted: Plant, others: list[str]) -> None:
    """Where nothing or much lies in it, it is a root without being read."""
    files = {"ns/__init__.py": PKGUTIL, **dict.fromkeys(others, "")}
    assert read_contents(planted(files)).roots == ("ns",)


def test_other_parts_are_not_its_own(planted: Plant) -> None:
    """What others put into the shared namespace is a need like any other."""
    source = "import ns.other\nfrom ns import mine\n"
    archive = planted({"ns/__init__.py": PKGUTIL, "ns/mine/__init__.py": source})
    assert [need.module for need in read_needs(archive).needs] == ["ns.other"]

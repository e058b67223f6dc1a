"""The import names of a tree of files."""

from __future__ import annotations

import pytest

from compatcheck.surface.roots import owned_by, read_tree

ROOTS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "a regular package hides what lies in it": (
        ["pkg/__init__.py", "pkg/inner/__init__.py", "pkg/mod.py"],
        ("pkg",),
    ),
    "single modules, source or not": (
        ["one.py", "two.pyc", "three.cpython-311-x86_64-linux-gnu.so", "four.pyd"],
        ("four", "one", "three", "two"),
    ),
    "extension modules of the stable ABI and of Windows": (
        ["a.abi3.so", "b.cp311-win_amd64.pyd", "c.pypy39-pp73-darwin.so", "d.so"],
        ("a", "b", "c", "d"),
    ),
    "what an extension is linked with is no module": (
        ["pkg/__init__.py", "libz.so", "libz.so.1", "pkg.libs/libq-1a2b.so.3"],
        ("pkg",),
    ),
    "a package whose __init__ is compiled": (
        ["fast/__init__.cpython-312-darwin.so", "fast/more.py"],
        ("fast",),
    ),
    "a regular package below namespaces": (
        ["google/genai/__init__.py", "google/genai/types.py"],
        ("google.genai",),
    ),
    "loose modules in a namespace": (
        ["ns/mod.py", "ns/other.py", "ns/deep/er.py"],
        ("ns.deep.er", "ns.mod", "ns.other"),
    ),
    "many loose modules are told by their namespace": (
        [f"ns/mod{number}.py" for number in range(9)],
        ("ns",),
    ),
    "eight loose modules are not many": (
        [f"ns/mod{number}.py" for number in range(8)],
        tuple(f"ns.mod{number}" for number in range(8)),
    ),
    "a namespace of packages stays open however many they are": (
        [f"ns/pkg{number}/__init__.py" for number in range(9)],
        tuple(f"ns.pkg{number}" for number in range(9)),
    ),
    "packages and modules side by side in a namespace": (
        ["ns/pkg/__init__.py", "ns/mod.py"],
        ("ns.mod", "ns.pkg"),
    ),
    "what the installer spreads counts, scripts do not": (
        [
            "d-1.0.data/purelib/pure/__init__.py",
            "d-1.0.data/platlib/plat.py",
            "d-1.0.data/scripts/run.py",
        ],
        ("plat", "pure"),
    ),
    "metadata and stubs are no modules": (
        ["pkg/__init__.py", "pkg-1.0.dist-info/x.py", "pkg-stubs/__init__.py"],
        ("pkg",),
    ),
    "private names beside public ones": (
        ["pkg/__init__.py", "_pkg/__init__.py", "_speedups.py"],
        ("pkg",),
    ),
    "private names alone": (["_cffi.py", "_ext/__init__.py"], ("_cffi", "_ext")),
    "private modules of a namespace beside public ones": (
        ["google/cloud/_http/__init__.py", "google/cloud/client/__init__.py"],
        ("google.cloud.client",),
    ),
    "tests and documents that slipped in": (
        [
            *("pkg/__init__.py", "tests/__init__.py", "test/a.py", "docs/conf.py"),
            *("examples/__init__.py", "benchmarks/run.py", "conftest.py", "setup.py"),
        ],
        ("pkg",),
    ),
    "a distribution of tests": (["tests/__init__.py"], ("tests",)),
    "tests do not push out a private module": (
        ["_only.py", "tests/__init__.py"],
        ("_only",),
    ),
    "a stray folder of scripts beside a package": (
        ["pkg/__init__.py", "scripts/release.py"],
        ("pkg",),
    ),
    "what is no identifier cannot be imported": (
        ["not-a-name.py", "class.py", "my-app/x.py", "2fast.py", "ok.py"],
        ("ok",),
    ),
    "bytecode of source is no module": (
        ["__pycache__/one.cpython-311.pyc", "ns/__pycache__/two.pyc", "one.py"],
        ("one",),
    ),
    "a reserved name": (["data.json", "py.typed", "__main__.py", "__init__.py"], ()),
}


@pytest.mark.parametrize(
    ("names", "roots"), [pytest.param(*row, id=told) for told, row in ROOTS.items()]
)
def test_roots(names: list[str], roots: tuple[str, ...]) -> None:
    """Every tree is told by the names that an importer would use."""
    assert read_tree(names).roots == roots


@pytest.mark.parametrize(
    ("module", "owned"),
    [
        ("agents", True),
        ("agents.items", True),
        ("agentsx", False),
        ("google.genai", True),
        ("google.genai.types", True),
        ("google", False),
        ("google.auth", False),
        ("", False),
    ],
)
def test_owned_by(module: str, owned: bool) -> None:  # noqa: FBT001 - a table's column
    """A module belongs to a root by whole pieces of its name."""
    assert owned_by(module, ("agents", "google.genai")) is owned

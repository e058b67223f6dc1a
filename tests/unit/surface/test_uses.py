"""What one module of source uses: a table of sources, what is told and what counted."""

from __future__ import annotations

from textwrap import dedent

import pytest

from compatcheck.surface.needs import as_use
from compatcheck.surface.parsing import parse_source
from compatcheck.surface.uses import Uses, find_uses
from compatcheck.surface.uses_silenced import silenced_lines

FOLLOWED: dict[str, tuple[str, list[str]]] = {
    # by the name that an import gives it
    "a function": ("from a import f\nf(1, x=2)", ["a.f(…, x=…)"]),
    "by another name": ("from a.b import f as g\ng()", ["a.b.f()"]),
    "through its module": ("import a\na.f(1)", ["a.f(…)"]),
    "through a submodule": ("import a.b\na.b.f(1)", ["a.b.f(…)"]),
    "through a renamed module": ("import a.b as c\nc.f()", ["a.b.f()"]),
    "a submodule by its name": (
        "import a.b\nfrom a import b\nb.X.y()",
        ["a.b.X.y()"],
    ),
    "a method of a class": ("from a import X\nX.make(1)", ["a.X.make(…)"]),
    "an attribute of a class": ("from a import X\nprint(X.y)", ["a.X.y"]),
    "one level": ("from a import X\nX.y", ["a.X.y"]),
    "an alias": ("import a\nX = a.X\nX.y", ["a.X.y"]),
    "in any scope": (
        "def f():\n    from a import X\n    class C:\n        y = X.y",
        ["a.X.y"],
    ),
    "a decorator": ("import a\n@a.tool\ndef f(): ...", ["a.tool(…)"]),
    "a decorator with arguments": (
        "from a import tool\n@tool(x=1)\nclass C: ...",
        ["a.tool(x=…)"],
    ),
    "a generic class": ("from a import X\nX[int](y=1)", ["a.X(y=…)"]),
    "arguments of arguments": (
        "from a import f, g\nf(g(1), x=[g(y=2)])",
        ["a.f(…, x=…)", "a.g(y=…)", "a.g(…)"],
    ),
    "open arguments": (
        "from a import f\nf(1, *x)\nf(y=1, **z)",
        ["a.f(y=…, *)", "a.f(…, *)"],
    ),
    "an own class made like an imported one": (
        "import a\nclass X(a.X):\n    def y(self): ...\nX(z=1)",
        ["a.X(z=…)"],
    ),
    # whose type is told
    "a parameter": ("import a\ndef f(x: a.X): x.y", ["a.X().y"]),
    "a parameter's method": (
        "from a import X\nasync def f(*, x: X): await x.y(1)",
        ["a.X().y(…)"],
    ),
    "a parameter or None": ("from a import X\ndef f(x: X | None): x.y", ["a.X().y"]),
    "an optional parameter": (
        "import typing as t\nfrom a import X\ndef f(x: t.Optional[X] = None): x.y",
        ["a.X().y"],
    ),
    "a union with None": (
        "from typing import Union\nfrom a import X\ndef f(x: Union[None, X]): x.y",
        ["a.X().y"],
    ),
    "an annotated parameter": (
        (
            "from typing import Annotated\nfrom a import X\n"
            "def f(x: Annotated[X, Depends(1)]): x.y"
        ),
        ["a.X().y"],
    ),
    "a string": ("from a import X\ndef f(x: 'X[int] | None'): x.y", ["a.X().y"]),
    "a generic parameter": ("from a import X\ndef f(x: X[int]): x.y", ["a.X().y"]),
    "for a type checker": (
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import X\n"
            "def f(x: X): x.y"
        ),
        ["a.X().y"],
    ),
    "a variable": ("from a import X\nx: X = g()\nx.y", ["a.X().y"]),
    "what a class makes": (
        "from a import X\nx = X(1)\nx.y(2)",
        ["a.X(…)", "a.X().y(…)"],
    ),
    "at once": ("from a import X\nX().y()", ["a.X()", "a.X().y()"]),
    "None before": (
        "from a import X\nx = None\ndef f():\n    global x\n    x = X()\n    x.y",
        ["a.X()", "a.X().y"],
    ),
    "the same in all branches": (
        "from a import X\nif z:\n    x = X()\nelse:\n    x = X(1)\nx.y",
        ["a.X()", "a.X().y", "a.X(…)"],
    ),
    "a closure": (
        "from a import X\ndef f(x: X):\n    return lambda z: x.y(z)",
        ["a.X().y(…)"],
    ),
    "an exception": (
        "import a\ntry: z()\nexcept a.E as e: e.result",
        ["a.E().result"],
    ),
    # what is so in a branch
    "isinstance": ("import a\ndef f(x):\n    if isinstance(x, a.X): x.y", ["a.X().y"]),
    "isinstance of an attribute": (
        "from a import X\ndef f(x):\n    if isinstance(x.z, X): x.z.y",
        ["a.X().y"],
    ),
    "isinstance of a type that is wider": (
        "from a import X, Z\ndef f(x: Z | int):\n    if isinstance(x, X): x.y",
        ["a.X().y"],
    ),
    "in the same condition": (
        "from a import X\nz = isinstance(x, X) and x.y or 1",
        ["a.X().y"],
    ),
    "not, or": (
        "from a import X\nz = not isinstance(x, X) or x.y",
        ["a.X().y"],
    ),
    "a conditional expression": (
        "from a import X\nz = x.y if isinstance(x, X) else x.z",
        ["a.X().y"],
    ),
    "a comprehension": (
        "from a import X\n[x.y for x in z if isinstance(x, X)]",
        ["a.X().y"],
    ),
    "behind an early return": (
        """
        from a import X
        def f(x):
            if not isinstance(x, X) or z:
                return
            x.y
        """,
        ["a.X().y"],
    ),
    "behind an assertion": (
        "from a import X\ndef f(x):\n    assert isinstance(x, X)\n    x.y",
        ["a.X().y"],
    ),
    "a case": (
        "from a import X\nmatch x:\n    case X(z=1) as w:\n        x.y, w.v",
        ["a.X().v", "a.X().y"],
    ),
    # what guards nothing here
    "an exception that is not about absence": (
        "import a\ntry: a.f()\nexcept ValueError: pass\nfinally: a.g()",
        ["a.f()", "a.g()"],
    ),
    "a handler that lets it go on": (
        "import a\ntry: a.f()\nexcept Exception:\n    log()\n    raise",
        ["a.f()"],
    ),
    "a condition of the file's own": (
        "import a\nif x.kind == 'new': a.f()\nelse: a.g()",
        ["a.f()", "a.g()"],
    ),
    "a version that is refused": (
        "import sys, a\nif sys.version_info < (3, 9):\n    raise ImportError\na.f()",
        ["a.f()"],
    ),
}

COUNTED: dict[str, tuple[str, int]] = {
    # what is not plain
    "a second level": ("import a\ndef f(x: a.X): x.y.z()", 1),
    "what a method gives": ("import a\ndef f(x: a.X):\n    z = x.y()\n    z.w", 1),
    "what a loop gives": ("import a\ndef f(x: a.X):\n    for z in x.y(): z.w", 1),
    "what a with gives": ("import a\nwith a.X() as x: x.y", 1),
    "what is unpacked": ("import a\nx, z = a.f()\nx.y", 1),
    "what is in a list": (
        "import a\ndef f(x: list[a.X]):\n    for z in x: z.y\n    x.append(1)",
        1,
    ),
    "what goes through a function": (
        "import a\ndef f(x: a.X):\n    for z in enumerate(x.y()): z.w",
        1,
    ),
    "what is kept in an object": (
        (
            "import a\nclass C:\n    def f(self): self.x = a.X()\n"
            "    def g(self): self.x.y()"
        ),
        1,
    ),
    "an item": ("from a import X\nX['y'].z", 1),
    "a call of an instance": ("import a\ndef f(x: a.X): x(1)", 1),
    "either of two": ("from a import X, Z\ndef f(x: X | Z): x.y", 1),
    "one or something else": ("from a import X\ndef f(x: X | dict): x.y", 1),
    "isinstance of several": (
        "from a import X, Z\ndef f(x):\n    if isinstance(x, (X, Z)): x.y",
        1,
    ),
    "isinstance of what is said to be one's own": (
        "from a import X\ndef f(x: Mine):\n    if isinstance(x, X): x.y",
        1,
    ),
    "bound again": ("from a import X\ndef f(x: X):\n    x = x or 1\n    x.y", 1),
    "two origins": (
        "try: from a import X\nexcept ImportError: from a.b import X\nX()",
        1,
    ),
    "deleted": ("from a import X\nX()\ndel X", 1),
    "bound again in the branch": (
        """
        from a import X
        def f(x):
            if isinstance(x, X):
                while x.y:
                    x = g()
        """,
        1,
    ),
    # what the file provides for
    "a try": ("import a\ntry: a.f()\nexcept AttributeError: pass", 1),
    "a try for all": ("import a\ntry: a.f(x=1)\nexcept Exception: a.f()", 2),
    "suppress": (
        "import a\nfrom contextlib import suppress\nwith suppress(TypeError): a.f()",
        1,
    ),
    "a guarded import": ("try: import a\nexcept ImportError: pass\na.f()", 1),
    "a test for another attribute": (
        "import a\nif hasattr(a, 'new'): a.one()\nelse: a.two()",
        2,
    ),
    "behind a test that returns": (
        """
        import a
        def f(x: a.X):
            if hasattr(x, "new"):
                return 1
            x.old()
        """,
        1,
    ),
    "a version": ("import a\nif a.__version__ > '2': a.f()", 1),
    "a Python": ("import a, sys\nx = a.f() if sys.version_info > (3,) else a.g()", 2),
    "a switch": ("import a\nif PYDANTIC_V2: a.f()", 1),
    "a switch of another module": (
        "import a\nfrom .x import HAS_A\nHAS_A and a.f()",
        1,
    ),
    "a switch by any name": (
        (
            "import a, inspect\nnew = 'x' in inspect.signature(a.f).parameters\n"
            "if new: a.f(x=1)"
        ),
        1,
    ),
    "a function that tells": (
        "import a\ndef is_new(): return hasattr(a, 'x')\nif is_new(): a.f()",
        1,
    ),
    "a switch with a type": (
        "import a\nmodern: bool = a.__version__ > '2'\nif not modern: a.f()",
        1,
    ),
    "a switch in an object": (
        """
        import a
        class C:
            def f(self):
                if self.modern: a.f()
            def __init__(self):
                self.modern = a.__version__ > '2'
        """,
        1,
    ),
    "a match on a version": (
        "import a\nmatch MAJOR:\n    case 1: a.f()\n    case _: a.g()",
        2,
    ),
    "a case with a version": (
        "import a\nmatch x:\n    case y if MAJOR: a.f()\n    case _: a.g()",
        2,
    ),
    "a table of versions": ("import a\n{1: a.f(), 2: lambda: a.g()}[MAJOR]()", 2),
    "a table of versions, asked": ("import a\n{1: lambda: a.f()}.get(MAJOR)()", 1),
    "a named table of versions": (
        """
        import a
        def f():
            table = {1: lambda: a.f(), 2: lambda: a.g()}
            return table[a.__version__]()
        """,
        2,
    ),
    "what a type checker alone has": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING: import a\na.f()",
        1,
    ),
}

NEITHER: dict[str, str] = {
    "one's own": "from . import a\nfrom .b import c\na.f()\nc()",
    "the standard library's": "import os, typing\nos.getcwd()\nx: os.PathLike\nx.y",
    "builtins": "print(1)\ndef f(x: str): x.upper()",
    "a name that is only named": "import a\nfrom a import X\nx = a.Y\nclass C(X): ...",
    "what is set": "import a\ndef f(x: a.X): x.y = 1",
    "every object's": "import a\ndef f(x: a.X): x.__class__",
    "a parameter that hides it": "import a\ndef f(a): a.f()",
    "a nested class that hides it": (
        "from a import X\nclass C:\n    class X: ...\n    def f(self, x: Y): x.y"
    ),
    "a comprehension's own name": (
        "from a import X\nisinstance(x, X) and [x.y for x in z]"
    ),
    "isinstance of something else": (
        "from a import X\ndef f(x: X):\n    if isinstance(x, str): x.y"
    ),
    "for a type checker": "if TYPE_CHECKING:\n    import a\n    a.f()",
    "an own class with fields": "import a\nclass X(a.X):\n    y: int\nX(y=1)",
    "an own class that fills itself": (
        "import a\nclass X(a.X):\n    def __init__(self): ...\nX()"
    ),
    "several instances": "from a import X\ndef f(*x: X): x.y",
    "what tells nothing more": "import a\ndef f(x: a.X): len(x).real",
}


def uses(source: str) -> Uses:
    """Read a source that stands indented."""
    return find_uses(parse_source(dedent(source).encode()), "m")


def told(found: Uses) -> list[str]:
    """Give each use once, as people write it, sorted."""
    return sorted({str(as_use(it)) for it in found.uses})


@pytest.mark.parametrize(
    ("source", "expected"),
    [pytest.param(*row, id=told) for told, row in FOLLOWED.items()],
)
def test_followed(source: str, expected: list[str]) -> None:
    """What is plain from the file is told, and nothing beside it."""
    found = uses(source)
    assert told(found) == sorted(expected)
    assert sum(found.unclear.values()) == 0


@pytest.mark.parametrize(
    ("source", "count"),
    [pytest.param(*row, id=told) for told, row in COUNTED.items()],
)
def test_counted(source: str, count: int) -> None:
    """What is not plain, or what the file can do without, is counted by its origin."""
    found = uses(source)
    assert sum(n for of, n in found.unclear.items() if of.startswith("a")) == count


@pytest.mark.parametrize("source", NEITHER.values(), ids=NEITHER)
def test_neither(source: str) -> None:
    """What is nobody else's, or no use, is neither told nor counted."""
    found = uses(source)
    assert (told(found), dict(found.unclear)) == ([], {})


def test_place_and_origin() -> None:
    """A use tells the module and the line; what is counted hangs on its import."""
    found = uses("import a.b\n\na.b.X.y\na.b.X.y.z\na.b.X.y.z()\n")
    assert (found.uses[0].importer, found.uses[0].line) == ("m", 3)
    assert found.unclear == {"a.b.X": 2}


@pytest.mark.parametrize(
    "source",
    [
        "x.late = 1",
        "hasattr(x, 'late')",
        "getattr(x, 'late', None)",
        "setattr(x, 'late', 1)",
        "object.__setattr__(x, 'late', 1)",
        "'late' in dir(x)",
    ],
)
def test_attributes_that_the_file_sets_or_tests_for(source: str) -> None:
    """Such names are handed on, because they may be set for any other file."""
    assert uses(source).spared == {"late"}


def test_attributes_of_ones_own() -> None:
    """What an object sets on itself says nothing about others."""
    assert uses("class C:\n    def f(self): self.late = 1").spared == frozenset()


@pytest.mark.parametrize(
    ("comment", "silent"),
    [
        ("# type: ignore", True),
        ("# type:ignore[attr-defined]  # why", True),
        ("# pyright: ignore[reportAttributeAccessIssue]", True),
        ("# pyrefly: ignore", True),
        ("# ty: ignore[unresolved-attribute]", True),
        ("# pyre-ignore[16]", True),
        ("# pyre-fixme[16]: why", True),
        ("# pytype: disable=attribute-error", True),
        ("# pylint: disable=no-member", True),
        ("# pylint: disable=invalid-name", False),
        ("# noqa", False),
        ("# the type: ignored", False),
    ],
)
def test_lines_on_which_a_type_checker_is_silenced(
    comment: str, *, silent: bool
) -> None:
    """They are found by every checker's comment, and by no other."""
    assert silenced_lines(f"a\r\nb  {comment}\nc".encode()) == (
        {2} if silent else set()
    )


def test_silence_for_the_line_below() -> None:
    """A comment that stands alone is for what follows."""
    assert silenced_lines(b"# pyrefly: ignore\na.f()") == {2}


def test_silenced_lines_are_counted() -> None:
    """What stands on such a line, or begins or ends there, is not plain."""
    tree = parse_source(b"import a\na.f(\n    1,\n)\na.g()")
    found = find_uses(tree, "m", silenced={4})
    assert (told(found), dict(found.unclear)) == (["a.g()"], {"a.f": 1})

"""What one module of source imports: a table of sources and their needs."""

from __future__ import annotations

from textwrap import dedent

import pytest

from compatcheck.surface.imports import find_imports
from compatcheck.surface.parsing import parse_source

REQUIRED: dict[str, tuple[str, list[str]]] = {
    "a module": ("import a", ["a"]),
    "a submodule": ("import a.b", ["a.b"]),
    "a submodule by another name": ("import a.b as c", ["a.b"]),
    "several": ("import a, b.c", ["a", "b.c"]),
    "a name": ("from a import b", ["a:b"]),
    "a name by another name": ("from a.b import c as d", ["a.b:c"]),
    "everything": ("from a import *", ["a"]),
    "relative imports stay at home": ("from . import a\nfrom ..b import c", []),
    "a class body runs": ("class C:\n    import a", ["a"]),
    "a loop runs": ("for x in y:\n    import a", ["a"]),
    "nothing is run": ("raise SystemExit\nimport a", ["a"]),
    "a string is no import": ("'import a'\n__import__(b)", []),
    # branches that do not leave the block that they stand in
    "after a raise that ends the import": (
        """
        import a
        if sys.version_info < (3, 8):
            raise RuntimeError
        try:
            b
        except NameError:
            raise ImportError from None
        class C(a.X): import c
        """,
        ["a", "a:X", "c"],
    ),
    "before a branch that leaves": (
        "for x in y:\n    import a\n    if x: continue",
        ["a"],
    ),
    "after a loop that may end early": (
        "for x in y:\n    if x: break\nimport a",
        ["a"],
    ),
    "after a raise that is caught where it stands": (
        """
        try:
            try:
                if x: raise KeyError
            except KeyError: pass
            import a
        except ValueError: pass
        """,
        ["a"],
    ),
    "after a function that leaves itself": (
        """
        try:
            def f():
                if x: raise KeyError
            import a
        except KeyError: pass
        """,
        ["a"],
    ),
    # what is known before it runs
    "types only": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a",
        ["typing:TYPE_CHECKING"],
    ),
    "types only, else": (
        "if TYPE_CHECKING:\n    import a\nelse:\n    import b",
        ["b"],
    ),
    "types only, by another name": (
        "from typing import TYPE_CHECKING as T\nif T:\n    import a",
        ["typing:TYPE_CHECKING"],
    ),
    "types only, through typing": (
        "import typing as t\nif t.TYPE_CHECKING:\n    import a",
        ["typing"],
    ),
    "not types only": (
        "if not TYPE_CHECKING:\n    import a\nelse:\n    import b",
        ["a"],
    ),
    "types only and more": ("if TYPE_CHECKING and x:\n    import a", []),
    "types only, in a function": (
        "def f():\n    if TYPE_CHECKING:\n        import a",
        [],
    ),
    "never": ("if False:\n    import a\nif 0:\n    import b", []),
    "always": ("if True or x:\n    import a\nelse:\n    import b", ["a"]),
    # guards that guard something else
    "another exception": ("try:\n    import a\nexcept KeyError:\n    pass", ["a"]),
    "a name's exception does not guard a module": (
        "try:\n    import a\nexcept AttributeError:\n    pass",
        ["a"],
    ),
    "finally runs": (
        "try:\n    pass\nexcept ImportError:\n    pass\nfinally:\n    import a",
        ["a"],
    ),
    "after a guard": ("try:\n    x\nexcept ImportError:\n    y\nimport a", ["a"]),
    "a with that swallows something else": (
        "with suppress(KeyError), open(x):\n    import a",
        ["a"],
    ),
    # names read off a module
    "an attribute": ("import a\na.X", ["a", "a:X"]),
    "an attribute, one level": ("import a\na.X.y.z()", ["a", "a:X"]),
    "an attribute, renamed": ("import a.b as c\nc.X", ["a.b", "a.b:X"]),
    "an attribute of a submodule": ("import a.b\na.b.X", ["a.b", "a.b:X"]),
    "an attribute of the package of a submodule": (
        "import a.b\na.X\na.b",
        ["a.b", "a:X"],
    ),
    "a submodule that somebody else imported": ("import a\na.b.X", ["a", "a:b"]),
    "a submodule that a from-import brought": (
        "import a\nfrom a.b import c\na.b.X",
        ["a", "a.b:X", "a.b:c"],
    ),
    "attributes that a class and its methods are made with": (
        """
        import a
        @a.register
        class C(a.Base, metaclass=a.Meta):
            x: a.Type = [a.item for _ in a.items]
            @a.wrap
            async def f(self, y: a.In = a.default, *, z=lambda _=a.late: _) -> a.Out:
                ...
        """,
        [
            *("a", "a:Base", "a:In", "a:Meta", "a:Out", "a:Type", "a:default"),
            *("a:item", "a:items", "a:late", "a:register", "a:wrap"),
        ],
    ),
    "an exception class": (
        "import a\ntry:\n    x\nexcept a.Error:\n    pass",
        ["a", "a:Error"],
    ),
    "an attribute of a call is nobody's": ("import a\na().X\nf(a).Y", ["a"]),
    "the owner of what is set": ("import a\na.b.c = 1", ["a", "a:b"]),
    "an attribute where a module is guarded against": (
        "import a\ntry:\n    a.X\nexcept ImportError:\n    pass",
        ["a", "a:X"],
    ),
    "getattr without a default is not asked here": (
        "import a\ngetattr(a, 'X')\na.X",
        ["a", "a:X"],
    ),
    # names that are not only a module are not followed
    "a parameter": ("import a\ndef f(a): a.X", ["a"]),
    "assigned": ("import a\na = g()\na.X", ["a"]),
    "assigned on the way": ("import a\nif (a := g()): pass\na.X", ["a"]),
    "a loop's name": ("import a\nfor a in y: a.X", ["a"]),
    "a with's name": ("import a\nwith y as a: a.X", ["a"]),
    "an exception's name": ("import a\ntry: y\nexcept E as a: a.X", ["a"]),
    "a pattern's name": ("import a\nmatch y:\n    case [*a]: a.X", ["a"]),
    "a mapping pattern's name": ("import a\nmatch y:\n    case {**a}: a.X", ["a"]),
    "a captured name": ("import a\nmatch y:\n    case int() as a: a.X", ["a"]),
    "a function": ("import a\ndef a(): a.X", ["a"]),
    "a class": ("import a\nclass a: a.X", ["a"]),
    "deleted": ("import a\na.X\ndel a", ["a"]),
    "imported from elsewhere": ("import a\nfrom . import a\na.X", ["a"]),
    "two modules": ("import a as x\nimport b as x\nx.X", ["a", "b"]),
}

GUARDED: dict[str, tuple[str, list[str]]] = {
    "a try": (
        """
        try:
            import a
        except ImportError:
            import b
        else:
            import c
        """,
        ["a", "b", "c"],
    ),
    "a try that takes all": ("try:\n    import a\nexcept:\n    pass", ["a"]),
    "a try by any name": (
        """
        try:
            import a
        except (KeyError, builtins.ModuleNotFoundError):
            pass
        try:
            import b
        except Exception as error:
            raise
        """,
        ["a", "b"],
    ),
    "a handler of anything": ("try:\n    x\nexcept E:\n    import a", ["a"]),
    "a try around more": (
        "try:\n    with y:\n        from a import b\nexcept ImportError:\n    pass",
        ["a:b"],
    ),
    "suppress": ("with contextlib.suppress(ImportError):\n    import a", ["a"]),
    "suppress, in async": (
        "async def f():\n    async with suppress(Exception):\n        import a",
        ["a"],
    ),
    "a version": (
        """
        if sys.version_info >= (3, 11):
            import a
        elif x:
            import b
        else:
            import c
        """,
        ["a", "b", "c"],
    ),
    "a platform, at depth": (
        "class C:\n    if sys.platform == 'win32':\n        import a",
        ["a"],
    ),
    "a case": ("match x:\n    case 1:\n        import a", ["a"]),
    "a main block": ("if __name__ == '__main__':\n    import a", ["a"]),
    "undecided": ("if TYPE_CHECKING or x:\n    import a", ["a"]),
    "after a branch that goes on with the loop": (
        "for x in y:\n    if x: continue\n    import a",
        ["a"],
    ),
    "after a branch that ends the loop, at depth": (
        """
        while y:
            with z:
                if x:
                    if x.x: break
                import a
            import b
        """,
        ["a", "b"],
    ),
    "after a case that leaves": (
        "for x in y:\n    match x:\n        case 1: continue\n    import a",
        ["a"],
    ),
    "after a handler that leaves": (
        "for x in y:\n    try: x()\n    except E: continue\n    import a",
        ["a"],
    ),
    "after an inner loop whose else leaves": (
        """
        for x in y:
            for z in x: pass
            else: break
            import a
        """,
        ["a"],
    ),
    "the else of a loop that may end early": (
        "for x in y:\n    if x: break\nelse:\n    import a",
        ["a"],
    ),
    "after a raise that the file catches": (
        """
        try:
            if x: raise KeyError
            import a
        except KeyError: pass
        else: import b
        """,
        ["a", "b"],
    ),
    "in a function": ("def f():\n    import a\n    a.X", ["a", "a:X"]),
    "in a coroutine": ("async def f():\n    from a import b", ["a:b"]),
    "names of a guarded module": (
        "try:\n    import a\nexcept ImportError:\n    pass\nclass C(a.X): pass",
        ["a", "a:X"],
    ),
}

GUARDED_NAMES: dict[str, str] = {
    "a try": "try:\n    a.X\nexcept AttributeError:\n    pass",
    "suppress": "with suppress(AttributeError):\n    a.X",
    "an if": "if y:\n    a.X",
    "a conditional expression": "a.X if y else None",
    "an and": "y and a.X",
    "hasattr": "assert hasattr(a, 'X')\na.X",
    "getattr with a default": "getattr(a, 'X', None)\na.X",
    "set by the file": "a.X = 1\na.X",
    "a case": "match y:\n    case a.X: pass",
    "a function": "def f(y): return a.X(y)",
    "a coroutine": "async def f():\n    async with a.X: ...",
    "a method": "class C:\n    def f(self): a.X",
    "a lambda": "f = lambda y: a.X(y)",
    "a class in a function": "def f():\n    class C(a.X): ...",
    "behind an early return": "def f():\n    if y: return 1\n    return a.X",
}


def needs(source: str) -> tuple[list[str], list[str]]:
    """Give what is required and what is optional, as `module:name`, sorted."""
    told: tuple[set[str], set[str]] = (set(), set())
    for need in find_imports(parse_source(dedent(source).encode()), "m"):
        name = f":{need.name}" if need.name else ""
        told[need.optional].add(f"{need.module}{name}")
    return sorted(told[False]), sorted(told[True])


@pytest.mark.parametrize(
    ("source", "required"),
    [pytest.param(*row, id=told) for told, row in REQUIRED.items()],
)
def test_required(source: str, required: list[str]) -> None:
    """What a module cannot do without is told, and nothing beside it."""
    assert needs(source) == (required, [])


@pytest.mark.parametrize(
    ("source", "optional"),
    [pytest.param(*row, id=told) for told, row in GUARDED.items()],
)
def test_guarded(source: str, optional: list[str]) -> None:
    """What the source decides about as it runs is never called required."""
    assert needs(source) == ([], optional)


@pytest.mark.parametrize(
    "use", [pytest.param(use, id=told) for told, use in GUARDED_NAMES.items()]
)
def test_guarded_names(use: str) -> None:
    """A name that the source can do without is optional, though its module is not."""
    assert needs(f"import a\n{use}") == (["a"], ["a:X"])


def test_annotations_that_nobody_reads() -> None:
    """Under PEP 563 an annotation is no need; without it, it is evaluated."""
    source = "import a\ndef f(x: a.X) -> a.Y: ...\nz: a.Z\n"
    future = "from __future__ import annotations\n"
    assert needs(source) == (["a", "a:X", "a:Y", "a:Z"], [])
    assert needs(future + source) == (
        ["__future__:annotations", "a"],
        ["a:X", "a:Y", "a:Z"],
    )


def test_versions_told_apart_by_what_is_there() -> None:
    """Two ways of doing the same, one for each version, are no need of either."""
    source = """
        import p
        def f():
            if hasattr(p, "new"):
                return p.new
            return p.old
        """
    assert needs(source) == (["p"], ["p:new", "p:old"])


def test_read_both_in_a_function_and_on_import() -> None:
    """What is read as the module is imported is required, however else it is used."""
    assert needs("import a\ndef f(): a.X\nclass C(a.X): ...") == (
        ["a", "a:X"],
        ["a:X"],
    )


def test_place() -> None:
    """A need tells the module and the line that it comes from."""
    (first, second) = find_imports(parse_source(b"import a\n\na.X\n"), "pkg.mod")
    assert (first.importer, first.line, second.line) == ("pkg.mod", 1, 3)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"# coding: latin-1\nx = '\xe9'\nimport a", id="PEP 263"),
        pytest.param(b"\xef\xbb\xbfimport a", id="byte order mark"),
        pytest.param(b"x = '\\d'\nimport a", id="invalid escape"),
    ],
)
def test_unusual_sources(source: bytes) -> None:
    """Encodings are read as Python reads them, and strangers' warnings stay theirs."""
    assert [need.module for need in find_imports(parse_source(source), "m")] == ["a"]

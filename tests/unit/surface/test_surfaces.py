"""Which names a wheel has: a certain yes, a certain no, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from compatcheck.model import Symbol
from compatcheck.ports import Archive
from compatcheck.surface.names import Surface, Told
from compatcheck.surface.surfaces import Answers, is_known, surface_of

Planted = Callable[[Mapping[str, str | bytes]], Archive]


def tell(archive: Archive, asked: str, *, depends: bool = False) -> bool | None:
    """Whether `module:name`, or a module, is there."""
    return told(archive, asked, depends=depends).there


def told(archive: Archive, asked: str, *, depends: bool = False) -> Told:
    """The same, with the words."""
    question = question_of(asked)
    return Answers(surface_of(archive, [question], depends=depends))(question)


def question_of(asked: str) -> Symbol | str:
    """A module, or a name in one."""
    module, _, name = asked.partition(":")
    return Symbol(module=module, name=name) if name else module


YES = {
    "defined": "def Seed(): ...\n",
    "class": "class Seed: ...\n",
    "assigned": "Seed: int = 1\n",
    "unpacked": "(Seed, *rest), other = (1, 2), 3\n",
    "either branch": "import sys\nif sys.argv:\n Seed = 1\nelse:\n Seed = 2\n",
    "fallback": "try:\n import fast as Seed\nexcept ImportError:\n Seed = None\n"
    "Seed = Seed or 1\n",
    "refused": "import sys\nif sys.argv:\n Seed = 1\nelse:\n raise ImportError\n",
    "from sibling": "from .core import Seed\n",
    "renamed": "from p.core import Seed as Kernel, Seed\n",
    "module attribute": "from . import core as Seed\n",
    "submodule": "from . import Seed\n",
    "unnamed submodule": "",
    "star": "from .core import *\n",
    "star with all": "from .listed import *\n",
    "chain of stars": "from .again import *\n",
    "finally": "try:\n pass\nfinally:\n Seed = 1\n",
    "quiet": "import warnings\nwith warnings.catch_warnings():\n Seed = 1\n",
}


@pytest.mark.parametrize("source", YES.values(), ids=YES)
def test_name_that_is_always_bound_is_there(planted: Planted, source: str) -> None:
    """What a module binds whenever it runs to its end is a certain yes."""
    files = {
        "p/__init__.py": source,
        "p/core.py": "class Seed: ...\n",
        "p/listed.py": "__all__ = ['Seed']\nfrom .core import Seed\n",
        "p/again.py": "from .core import *\n",
    }
    if "submodule" in source or source == "" or source == YES["submodule"]:
        files["p/Seed.py"] = ""
    assert tell(planted(files), "p:Seed") is True


NO = {
    "empty": "",
    "only types": "from typing import TYPE_CHECKING\n"
    "if TYPE_CHECKING:\n from .core import Kernel as Other\n",
    "star without it": "from .core import *\n",
    "star with all": "from .listed import *\n",
    "logger": "import logging\nlog = logging.getLogger(__name__)\n",
    "inside": "def f():\n Seed = 1\nclass K:\n Seed = 2\n",
    "of its own": "class K:\n def __init__(self):\n  self.Seed = 1\n",
    "annotated alone": "Seed: int\n",
}


@pytest.mark.parametrize("source", NO.values(), ids=NO)
def test_name_that_nothing_binds_is_not_there(planted: Planted, source: str) -> None:
    """A certain no says what Python would say."""
    archive = planted(
        {
            "p/__init__.py": source,
            "p/core.py": "Kernel = 1\n_hidden = 2\n",
            "p/listed.py": "__all__ = ['Other']\nOther = Seed = 1\n",
        }
    )
    answer = told(archive, "p:Seed")
    assert answer == Told(there=False, why="cannot import name 'Seed' from 'p'")


HIDDEN = {
    "one branch": "import sys\nif sys.argv:\n Seed = 1\n",
    "one way": "try:\n from .core import Kernel as Seed\nexcept ImportError:\n pass\n",
    "suppressed": "import contextlib\n"
    "with contextlib.suppress(Exception):\n Seed = 1\n",
    "a loop": "for Seed in []: pass\n",
    "deleted": "Seed = 1\ndel Seed\n",
    "deleted by a function": "Seed = 1\ndef f():\n global Seed\n del Seed\nf()\n",
    "emptied": "Seed = 1\nglobals().pop('Seed')\n",
    "by a function": "def f():\n global Seed\n Seed = 1\nf()\n",
    "globals": "globals()['Seed'] = 1\n",
    "update": "vars().update(Seed=1)\n",
    "exec": "exec('Seed = 1')\n",
    "setattr": "import sys\nsetattr(sys.modules[__name__], 'Seed', 1)\n",
    "getattr": "def __getattr__(name): ...\n",
    "getattr taken": "from .lazy import __getattr__\n",
    "lazy loader": "import lazy\n"
    "__getattr__, __dir__, __all__ = lazy.attach(__name__)\n",
    "lazy installer": "import lazy\nlazy.install(__name__, {})\n",
    "replaced": "import sys\nSeed = 1\nsys.modules[__name__] = object()\n",
    "third": "from third import Seed\n",
    "standard": "from typing import Any as Seed\n",
    "third star": "from third import *\n",
    "computed all": "from .computed import *\n",
    "compiled": "from .quick import Seed\n",
    "not to be parsed": "from .broken import Seed\n",
    "wrong": "from .core import Seed\n",
    "set by another": "from . import setter\n",
    "set by name": "from . import named\n",
    "circle": "from .circle import Seed\n",
    "sometimes a star": "try:\n from .full import *\nexcept ImportError:\n pass\n",
}


@pytest.mark.parametrize("source", HIDDEN.values(), ids=HIDDEN)
def test_what_hangs_on_more_than_source_is_not_told(
    planted: Planted, source: str
) -> None:
    """What runs only sometimes, or binds names in secret, is neither yes nor no."""
    archive = planted(
        {
            "p/__init__.py": source,
            "p/core.py": "Kernel = 1\n",
            "p/full.py": "Seed = 1\n",
            "p/lazy.py": "def __getattr__(name): ...\n",
            "p/computed.py": "__all__ = [n for n in dir()]\nSeed = 1\n",
            "p/quick.cpython-311-x86_64-linux-gnu.so": b"",
            "p/broken.py": "print 'two'\n",
            "p/circle.py": "from p import Seed\n",
            # What the others do must not hide what this one is about.
            **({"p/setter.py": "import p\np.Seed = 1\n"} if "setter" in source else {}),
            **(
                {"p/named.py": "def put(m):\n setattr(m, 'Seed', 1)\n"}
                if "named" in source
                else {}
            ),
        }
    )
    assert tell(archive, "p:Seed") is None


def test_modules_are_there_or_not(planted: Planted) -> None:
    """A module of a regular package is in the wheel or nowhere."""
    archive = planted({"p/__init__.py": "", "p/sub/deep.py": "", "q.py": ""})
    there = {name: tell(archive, name) for name in ("p", "p.sub", "p.sub.deep", "q")}
    assert set(there.values()) == {True}
    assert tell(archive, "p.gone") is False
    assert tell(archive, "p.gone.deeper") is False
    assert tell(archive, "p.gone:Seed") is False
    # Nobody owns a folder without `__init__`.
    assert tell(archive, "p.sub.gone") is None


def test_a_top_level_may_be_in_a_required_distribution(planted: Planted) -> None:
    """Some distributions are empty and require the one that holds their module."""
    archive = planted({"p/__init__.py": ""})
    assert tell(archive, "other") is False
    assert tell(archive, "other", depends=True) is None


@pytest.mark.parametrize(
    "graft",
    [
        "import sys, types\nsys.modules['p.gone'] = types.ModuleType('p.gone')\n",
        "import pkgutil\n__path__ = pkgutil.extend_path(__path__, __name__)\n",
        "import sys\nsys.meta_path.append(object())\n",
    ],
)
def test_wheel_that_grafts_modules_hides_which_there_are(
    planted: Planted, graft: str
) -> None:
    """Code that changes where modules come from makes each "no" a guess."""
    archive = planted({"p/__init__.py": "", "p/x.py": graft})
    assert tell(archive, "p.gone") is None
    assert tell(archive, "p:x") is True


def test_attributes_of_classes_are_followed_to_their_bases(planted: Planted) -> None:
    """A dotted name is looked up in the class's body and in the wheel's own bases."""
    archive = planted(
        {
            "p/__init__.py": "from .core import Tree, Plum\nfrom third import Base\n"
            "class Odd(Base):\n root = 1\n def grow(self): ...\n"
            "@register\nclass Made:\n fruit = 1\n"
            "class Thin:\n __slots__ = ('bark',)\n",
            "p/core.py": "class Tree:\n leaf: int\n def grow(self): ...\n"
            "class Plum(Tree):\n stone = 1\n",
        }
    )
    answers = {
        "Plum.grow": True,
        "Plum.leaf": True,
        "Plum.stone": None,  # what its base may take away
        "Tree.leaf": True,
        "Plum.wing": False,
        "Odd.grow": True,
        "Odd.root": None,
        "Odd.wing": None,
        "Made.fruit": None,
        "Made.wing": None,
        "Thin.bark": None,
        "core.Tree": True,
        "core.Tree.wing": False,
    }
    assert {name: tell(archive, f"p:{name}") for name in answers} == answers


def test_only_what_is_asked_about_is_parsed(planted: Planted) -> None:
    """A surface is read as far as questions lead, and grows with further ones."""
    archive = planted(
        {
            "p/__init__.py": "from .a import A\n",
            "p/a.py": "A = 1\n",
            "p/b.py": "B = 1\n",
        }
    )
    first, second = question_of("p:A"), question_of("p.b:B")
    surface = surface_of(archive, [first], depends=False)
    assert set(surface.read) == {"p", "p.a"}
    assert is_known(surface, [first])
    assert not is_known(surface, [second])
    assert Answers(surface)(second).there is None
    grown: Surface = surface_of(archive, [second], depends=False, known=surface)
    assert set(grown.read) == {"p", "p.a", "p.b"}
    assert is_known(grown, [first, second])


def test_strangers_code_is_not_run(planted: Planted) -> None:
    """Reading a wheel imports nothing of it."""
    archive = planted({"p/__init__.py": "raise SystemExit('run')\n", "p/x.py": "X = 1"})
    assert tell(archive, "p.x:X") is True

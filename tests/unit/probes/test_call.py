"""The call probe, asked in every Python that it must speak with, of planted modules."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from conftest import python as found_python

from compatcheck.model import CallShape, Contract, Symbol, Use
from compatcheck.probes import known_probes

VERSIONS = ("3.7", "3.8", "3.13")
OK, LEFT = "ok", "left out: "

LIB = """
import abc, collections, contextlib, dataclasses, enum, functools, typing

raise_if_called = True
T = typing.TypeVar("T")

def function(a, b=None, *, c=None): raise RuntimeError
def anything(*args, **kwargs): raise RuntimeError
@functools.lru_cache(maxsize=None)
def cached(a): raise RuntimeError
@contextlib.contextmanager
def context(a): raise RuntimeError

def renaming(wrapped):
    @functools.wraps(wrapped)
    def wrapper(*args, **kwargs): raise RuntimeError
    return wrapper

@renaming
def wrapped(new): raise RuntimeError
def liar(a): raise RuntimeError
liar.__signature__ = "no signature at all"

class Base:
    at_base = 1

class Plain(Base):
    at_class = 1
    declared: "int"
    def __init__(self, a, b=None, *, c=None):
        self.set_here = a
        def inner(): self.set_inside = 1
    def method(self, x, *, y=1):
        self.set_later, self.also = x, x
    @staticmethod
    def static(x): raise RuntimeError
    @classmethod
    def made(cls, x): raise RuntimeError
    @property
    def prop(self):
        raise RuntimeError
    @renaming
    def wrapped(self, x): raise RuntimeError
    class Inner:
        def __init__(self, x): raise RuntimeError

class Slotted:
    __slots__ = ("slot",)

class Making:
    def __getattr__(self, name): raise RuntimeError

class Updating:
    def __init__(self, **kwargs): self.__dict__.update(kwargs)

class Populated:
    def __init__(self, **kwargs): populate(self, kwargs)
def populate(it, kwargs):
    for name in kwargs: it.__dict__[name] = kwargs[name]

class Thawed: pass
def thaw(row):
    thawed = Thawed()
    vars(thawed).update(row)
    return thawed

class Parent:
    def method(self, x): raise RuntimeError
class Child(Parent):
    def method(self, x, more): self.only_here = 1

class New:
    def __new__(cls, a): raise RuntimeError

class Other:
    def __new__(cls, *args): return 1
    def __init__(self): raise RuntimeError

class Meta(type):
    on_meta = 1
    def __call__(cls, *args): raise RuntimeError
class Met(metaclass=Meta): pass

class Color(enum.Enum):
    RED = 1

Point = collections.namedtuple("Point", "x y")

class Pair(typing.NamedTuple):
    left: int
    right: int = 0

class Wrong(Exception):
    def __init__(self, result): self.result = result

class Shape(typing.Generic[T]):
    def area(self): raise RuntimeError

class Abstract(abc.ABC):
    @abc.abstractmethod
    def serve(self, x): raise RuntimeError

@dataclasses.dataclass
class Data:
    needed: int
    given: int = 0

@dataclasses.dataclass(frozen=True)
class Frozen:
    needed: int

class Stream: pass
class Wide: pass
class Aliased: pass
class MakingHeir(Aliased):
    def __getattr__(self, name): raise RuntimeError
class Unrelated:
    def elsewhere(self): raise RuntimeError

class Marked: pass
def mark(marked): marked.from_outside = 1

Either = typing.Union[Plain, Base]
Ints = typing.List[int]
nothing = None
builtin = hash
from . import sub

class Registry:
    def add(self, x): raise RuntimeError
registry = Registry()
add = registry.add
lazy = functools.partial(function, 1)

class Disguised:
    @property
    def __class__(self): raise RuntimeError
disguised = Disguised()
"""

CALLS: dict[str, tuple[str, str]] = {
    # functions
    "function(1)": (OK, ""),
    "function(1, 2, c=)": (OK, ""),
    "function()": ("TypeError", "missing a required argument: 'a'"),
    "function(1, d=)": (
        "TypeError",
        "function(): got an unexpected keyword argument 'd'; it takes (a, b=…, *, c=…)",
    ),
    "function(1, 2, 3)": ("TypeError", "too many positional arguments"),
    "function(d=, *)": ("TypeError", "unexpected keyword argument 'd'"),
    "function(*)": (OK, ""),
    "anything(1, z=)": (OK, ""),
    "cached(1)": (OK, ""),
    "cached(b=)": ("TypeError", "missing a required argument: 'a'"),
    "context()": ("TypeError", "missing a required argument: 'a'"),
    "wrapped(new=)": (OK, ""),
    "wrapped(old=)": (LEFT, "what wraps wrapped may change its arguments"),
    "liar(1)": (LEFT, "what wraps liar may change its arguments"),
    "liar(b=)": ("TypeError", "missing a required argument: 'a'"),
    "gone()": (LEFT, "lib has no gone of itself"),
    "gone.function()": (LEFT, "lib has no gone of itself"),
    "sub.function()": (OK, ""),
    "sub.gone()": (LEFT, "lib.sub has no gone of itself"),
    "broken.function()": (LEFT, "lib has no broken of itself"),
    "builtin(1)": (OK, ""),
    "builtin()": (LEFT, "builtin may take more than it says"),
    # classes
    "Plain(1, c=)": (OK, ""),
    "Plain(d=)": ("TypeError", "missing a required argument: 'a'"),
    "Plain.Inner()": ("TypeError", "missing a required argument: 'x'"),
    "Base()": (OK, ""),
    "Base(1)": ("TypeError", "Base() takes no arguments"),
    "New(1)": (OK, ""),
    "New()": ("TypeError", "missing a required argument: 'a'"),
    "Other(1)": (LEFT, "Other may make something else"),
    "Met(1)": (LEFT, "Met is made by its metaclass"),
    "Color(1)": (LEFT, "Color is made by its metaclass"),
    "Point(1, y=)": (OK, ""),
    "Point(1)": ("TypeError", "missing a required argument: 'y'"),
    "Pair(1)": (OK, ""),
    "Pair(1, top=)": ("TypeError", "unexpected keyword argument 'top'"),
    "Wrong(1)": (OK, ""),
    "Wrong()": ("TypeError", "missing a required argument: 'result'"),
    "Shape()": (OK, ""),
    "Shape(1)": ("TypeError", ""),
    "Data(1)": (OK, ""),
    "Data(given=)": ("TypeError", "missing a required argument: 'needed'"),
    "Either(1)": (LEFT, "Either is a "),
    # methods
    "Plain().method(1, y=)": (OK, ""),
    "Plain().method(1, z=)": ("TypeError", "unexpected keyword argument 'z'"),
    "Plain.method(1, 2)": (OK, ""),
    "Plain.method(1)": ("TypeError", "missing a required argument: 'x'"),
    "Plain.static(1)": (OK, ""),
    "Plain().static(1, 2)": ("TypeError", "too many positional arguments"),
    "Plain.made(1)": (OK, ""),
    "Plain().made()": ("TypeError", "missing a required argument: 'x'"),
    "Plain().wrapped(1, 2)": (LEFT, "may change its arguments"),
    "Plain().prop()": (LEFT, "is a property"),
    "Plain().declared()": (LEFT, "declared is a field"),
    "Plain().gone()": ("AttributeError", "'Plain' object has no attribute 'gone'"),
    "Plain.gone()": ("AttributeError", "type object 'Plain' has no attribute 'gone'"),
    "Parent().method(1, 2)": (LEFT, "an instance may have another method"),
    "Abstract().serve()": ("TypeError", "missing a required argument: 'x'"),
    "Shape().area(1)": ("TypeError", "too many positional arguments"),
    # objects
    "registry.add(1)": (OK, ""),
    "registry.add()": ("TypeError", "missing a required argument: 'x'"),
    "registry.gone()": (LEFT, "registry.gone is an object made at run time"),
    "add(1)": (OK, ""),
    "add(1, 2)": ("TypeError", "too many positional arguments"),
    "lazy()": (LEFT, "lazy is a partial"),
    "registry()": (LEFT, "registry is a Registry"),
    "disguised()": (LEFT, "disguised is a Disguised"),
    "disguised.gone()": (LEFT, "disguised.gone is an object made at run time"),
    "function().gone()": (LEFT, "function is no class"),
}

READS: dict[str, tuple[str, str]] = {
    "Plain().at_class": (OK, ""),
    "Plain().at_base": (OK, ""),
    "Plain().declared": (OK, ""),
    "Plain().set_here": (OK, ""),
    "Plain().set_inside": (OK, ""),
    "Plain().set_later": (OK, ""),
    "Plain().also": (OK, ""),
    "Plain().prop": (OK, ""),
    "Plain().gone": ("AttributeError", "'Plain' object has no attribute 'gone'"),
    "Plain.at_base": (OK, ""),
    "Plain.declared": (OK, ""),
    "Plain.gone": ("AttributeError", "type object 'Plain' has no attribute 'gone'"),
    "Slotted().slot": (OK, ""),
    "Slotted().gone": ("AttributeError", "'Slotted' object has no attribute 'gone'"),
    "Making().gone": (LEFT, "Making makes up attributes"),
    "Making.gone": ("AttributeError", "type object 'Making' has no attribute 'gone'"),
    "Updating().gone": (LEFT, "Updating sets attributes by names of its own"),
    "Populated().gone": (LEFT, "Populated is filled by names that are not plain"),
    "Thawed().gone": (LEFT, "Thawed is filled by names that are not plain"),
    "Parent().only_here": (LEFT, "Child has it, which is a Parent"),
    "Marked().from_outside": (LEFT, "lib sets it on something"),
    "Stream().raw": (LEFT, "SocketStream may have it"),
    "Stream().said": (LEFT, "SocketStream may have it"),
    "Stream().from_mixin": (LEFT, "SocketStream may have it"),
    "Stream().set_there": (LEFT, "SocketStream may have it"),
    "Stream().elsewhere": ("AttributeError", "'Stream' object has no attribute"),
    "Wide().made_up": (LEFT, "Unloaded may have it"),
    "Aliased().gone": (LEFT, "MakingHeir makes up attributes"),
    "New().gone": (LEFT, "New makes its instances itself"),
    "Met.on_meta": (OK, ""),
    "Met.gone": ("AttributeError", "type object 'Met' has no attribute 'gone'"),
    "Color.RED": (OK, ""),
    "Color.BLUE": ("AttributeError", "type object 'Color' has no attribute 'BLUE'"),
    "Color().value": (OK, ""),
    "Point().x": (OK, ""),
    "Point().z": ("AttributeError", "'Point' object has no attribute 'z'"),
    "Pair().right": (OK, ""),
    "Wrong().result": (OK, ""),
    "Wrong().args": (OK, ""),
    "Wrong().gone": ("AttributeError", "'Wrong' object has no attribute 'gone'"),
    "Data().needed": (OK, ""),
    "Data().gone": ("AttributeError", "'Data' object has no attribute 'gone'"),
    "Frozen().gone": ("AttributeError", "'Frozen' object has no attribute 'gone'"),
    "Either().gone": (LEFT, "Either is no class"),
    "Ints().gone": (LEFT, "Ints is no class"),
    "T().gone": (LEFT, "T is no class"),
    "nothing.gone": (LEFT, "nothing.gone is an object made at run time"),
}

MODELS = """
import pydantic, typing
from pydantic import v1

class Model(pydantic.BaseModel):
    needed: int
    given: int = 0
    _own: int = pydantic.PrivateAttr(default=1)

class Strict(pydantic.BaseModel, extra="forbid"):
    needed: int

class Open(pydantic.BaseModel, extra="allow"):
    needed: int

class Aliased(pydantic.BaseModel):
    needed: int = pydantic.Field(alias="wanted")

class Early(pydantic.BaseModel):
    needed: int
    @pydantic.model_validator(mode="before")
    @classmethod
    def fill(cls, data): raise RuntimeError

class Own(pydantic.BaseModel):
    needed: int
    def __init__(self, a): raise RuntimeError

class Old(v1.BaseModel):
    needed: int
    given: typing.Optional[int]
"""

MODEL_USES: dict[str, tuple[str, str]] = {
    "Model(needed=)": (OK, ""),
    "Model(given=)": ("TypeError", "Model(): missing a required argument: 'needed'"),
    "Model(given=, *)": (OK, ""),
    "Model(1)": ("TypeError", "too many positional arguments"),
    "Model(needed=, ignored=)": (OK, ""),
    "Strict(needed=, new=)": ("TypeError", "unexpected keyword argument 'new'"),
    "Open(needed=, new=)": (OK, ""),
    "Aliased(needed=)": (OK, ""),
    "Aliased(wanted=)": (LEFT, "Aliased may know its fields by other names"),
    "Early()": (LEFT, "Early may know its fields by other names"),
    "Own(1)": (OK, ""),
    "Own(needed=)": ("TypeError", "missing a required argument: 'a'"),
    "Old(needed=)": (OK, ""),
    "Old(given=)": ("TypeError", "Old(): missing a required argument: 'needed'"),
    "Model().needed": (OK, ""),
    "Model()._own": (OK, ""),
    "Model().model_dump": (OK, ""),
    "Model().gone": ("AttributeError", "'Model' object has no attribute 'gone'"),
    "Open().gone": (LEFT, "Open takes fields that it does not declare"),
    "Old().given": (OK, ""),
    "Old().gone": ("AttributeError", "'Old' object has no attribute 'gone'"),
}


UNLOADED = """
from . import Stream as Base, Wide
class Mixin:
    from_mixin = 1
class SocketStream(Mixin, Base):
    said: "int"
    def __init__(self): self.set_there = 1
    def raw(self): raise RuntimeError
class Unloaded(Wide):
    def __getattr__(self, name): raise RuntimeError
raise RuntimeError
"""
"""A module of the provider's that nobody loads."""


def use(written: str, module: str = "lib") -> Use:
    """Read a use as the tables write it: `Plain().method(1, y=, *)`."""
    name, call = written.replace("().", "$"), None
    if name.endswith(")"):
        name, _, inside = name[:-1].partition("(")
        given = [part.strip() for part in inside.split(",") if part.strip()]
        call = CallShape(
            positional=sum(part.isdigit() for part in given),
            keywords=tuple(sorted(p[:-1] for p in given if p.endswith("="))),
            partial="*" in given,
        )
    return Use(
        module=module, name=name.replace("$", "."), instance="$" in name, call=call
    )


RUN = """
import json, sys
folder, path, module, *places = sys.argv[1:]
sys.path[:0] = [folder, *places]
scope = {"__name__": "_probe", "__file__": path}
with open(path, "rb") as file:
    exec(compile(file.read(), path, "exec"), scope)
def ask(target):
    try:
        left = scope["probe"](target)
    except Exception as error:
        return [type(error).__name__, str(error)]
    return ["ok", ""] if left is None else ["left out: ", left]
__import__(module)
print(json.dumps([ask(target) for target in json.load(sys.stdin)]))
"""


def asked(
    python: Path,
    folder: Path,
    uses: Sequence[str],
    module: str = "lib",
    symbols: Sequence[Symbol] = (),
) -> Mapping[str, tuple[str, str]]:
    """Ask the probe of each use in that Python; its own libraries where it is ours."""
    probe, top = known_probes()["call"], module.partition(".")[0]
    contract = Contract(
        roots={"dist": (top,)},
        modules=(),
        symbols=tuple(symbols),
        optional=(),
        uses=tuple(use(written, module) for written in uses),
    )
    ours = sys.path if python == Path(sys.executable) else []
    ran = subprocess.run(
        [python, "-I", "-c", RUN, folder, probe.path, top, *filter(None, ours)],
        input=json.dumps(probe.targets(contract)),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    return dict(zip(uses, map(tuple, json.loads(ran.stdout)), strict=True))


@pytest.fixture(scope="module", params=VERSIONS)
def answers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[str, str]]:
    """What one Python answers to both tables."""
    folder = tmp_path_factory.mktemp("lib")
    (folder / "lib").mkdir()
    (folder / "lib" / "__init__.py").write_text(LIB)
    (folder / "lib" / "sub.py").write_text("def function(): raise RuntimeError\n")
    (folder / "lib" / "unloaded.py").write_text(UNLOADED)
    (folder / "lib" / "broken.py").write_text("1 / 0\n")
    python = found_python(request.param).executable
    return asked(python, folder, [*CALLS, *READS])


@pytest.mark.parametrize("written", [*CALLS, *READS])
def test_uses(answers: Mapping[str, tuple[str, str]], written: str) -> None:
    """A use that is possible passes, one that is not fails in Python's words."""
    outcome, words = {**CALLS, **READS}[written]
    assert answers[written][0] == outcome
    assert words in answers[written][1]


@pytest.fixture(scope="module")
def model_answers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, tuple[str, str]]:
    """What is answered of models, in the Python that has pydantic."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "models.py").write_text(MODELS)
    return asked(Path(sys.executable), folder, [*MODEL_USES], "models")


@pytest.mark.parametrize("written", MODEL_USES)
def test_models(model_answers: Mapping[str, tuple[str, str]], written: str) -> None:
    """A model is laid against its fields; one that knows other names is left out."""
    outcome, words = MODEL_USES[written]
    assert model_answers[written][0] == outcome
    assert words in model_answers[written][1]


def test_nothing_is_imported_for_a_call(tmp_path: Path) -> None:
    """What importing the consumer does not load may do anything, and is left out."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").write_text("")
    (tmp_path / "lib" / "dying.py").write_text("import os; os._exit(3)")
    ours = Path(sys.executable)
    for module, written in (("lib.dying", "f()"), ("lib", "dying.f()")):
        told = asked(ours, tmp_path, [written], module)
        assert told[written][0] == LEFT


LAZY = """
import json

def __getattr__(name):
    if name == "late":
        import colorsys
        return len
    if name == "made":
        import json
        return json.dumps
    if name == "hidden":
        try:
            import colorsys
        except Exception:
            return None
    if name == "odd":
        raise SystemExit
    raise AttributeError(name)
"""


def test_what_a_module_makes_on_demand(tmp_path: Path) -> None:
    """It may import for that only where importing the consumer makes it do so, too."""
    (tmp_path / "lib.py").write_text(LAZY)
    symbols = [Symbol(module="lib", name="late"), Symbol(module="lib", name="odd")]
    uses = ["late(1)", "odd()", "other()", "made(1)"]
    ours = Path(sys.executable)
    told = asked(ours, tmp_path, uses, symbols=symbols)
    assert told["late(1)"][0] == told["made(1)"][0] == OK
    assert "odd cannot be had: SystemExit" in told["odd()"][1]
    assert "lib has no other of itself" in told["other()"][1]
    told = asked(ours, tmp_path, ["hidden()", "made(1)", "late()"])
    assert "hidden cannot be had: _NotImported" in told["hidden()"][1]
    assert "late cannot be had: _NotImported" in told["late()"][1]
    assert told["made(1)"][0] == OK


def test_targets_are_what_was_read() -> None:
    """Each use is a target of its own, labelled as people write it."""
    contract = Contract(
        roots={}, modules=(), symbols=(), optional=(), uses=(use("A().b(1, c=)"),)
    )
    (target,) = known_probes()["call"].targets(contract)
    assert (target["label"], target["module"]) == ("lib.A().b(…, c=…)", "lib")
    assert target["read"]

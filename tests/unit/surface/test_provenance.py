"""How a module came by a name, read from its source."""

from __future__ import annotations

import pytest

from compatcheck.surface.models import required_field
from compatcheck.surface.provenance import Handed, Made, Provenance, Taken, provenances

MODULE = "garden.plants"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from .flowers import Rose", Taken(module="garden.flowers", name="Rose")),
        ("from . import Rose", Taken(module="garden", name="Rose")),
        ("from markup import R as Rose", Taken(module="markup", name="R")),
        ("from garden.x import *", None),
        ("import Rose", None),
        ("class Rose: pass", Made(shape="class")),
        ("Rose = 1", Made(shape="value")),
        ("Rose: int", None),
        ("Rose: int = 1", Made(shape="value")),
        ("Rose = Flower", Taken(module=MODULE, name="Flower")),
        ("def Rose(a, b=1, *, c, d=2): pass", Made(shape="(a, b=, *, c, d=)")),
        ("def Rose(*a, **b): pass", Made(shape="(*a, **b)")),
        (
            "def Rose(a):\n 'old'\n warn('it')\n return new(a)",
            Handed(module=MODULE, name="new"),
        ),
        ("def Rose(a):\n return new(a, 1)", Made(shape="(a)")),
        ("def Rose(a, b):\n return new(b, a)", Made(shape="(a, b)")),
        ("def Rose(a):\n a = 1\n return new(a)", Made(shape="(a)")),
        ("if x:\n Rose = 1", None),
        ("from .a import Rose\nclass Rose: pass", Made(shape="class")),
    ],
)
def test_a_name_is_made_taken_or_handed_on(
    source: str, expected: Provenance | None
) -> None:
    """Only what is certain counts, and the last statement that binds it."""
    found = provenances(source.encode(), MODULE, "Rose", package=False)
    assert found == ((expected,) if expected else ())


def test_what_a_try_leaves_open_is_told_as_such() -> None:
    """A fallback for what is compiled is one way; a certain binding counts alone."""
    source = b"try:\n from ._fast import Rose\nexcept ImportError:\n class Rose: ...\n"
    fast = Taken(module="garden._fast", name="Rose")
    assert provenances(source, "garden", "Rose", package=True) == (
        fast,
        Made(shape="class"),
    )
    certain = source + b"Rose = 1\n"
    found = provenances(certain, "garden", "Rose", package=True)
    assert found == (Made(shape="value"),)


def test_a_call_is_handed_on_to_another_module() -> None:
    """Where the module that it calls is imported under that name."""
    source = b"import markup as m\ndef escape(s):\n    return m.escape(s)\n"
    found = provenances(source, "garden", "escape", package=True)
    assert found == (Handed(module="markup", name="escape"),)
    unknown = source.replace(b"import markup as m\n", b"")
    assert provenances(unknown, "garden", "escape", package=True) == (
        Made(shape="(s)"),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("from .flowers import Rose", "garden.plants.flowers"),
        ("from . import Rose", "garden.plants"),
        ("from .. import Rose", "garden"),
        ("from ..x import Rose", "garden.x"),
        ("from ... import Rose", None),
        ("from .... import Rose", None),
    ],
)
def test_a_package_takes_from_within_itself(line: str, expected: str | None) -> None:
    """One dot is the package itself; what leads out of the top is no module."""
    found = provenances(line.encode(), MODULE, "Rose", package=True)
    assert found == ((Taken(module=expected, name="Rose"),) if expected else ())


@pytest.mark.parametrize(
    ("annotation", "neutral"),
    [
        ("int", (0,)),
        ("bool", (False,)),
        ("Optional[int]", (None,)),
        ("list[int] | None", (None,)),
        ("list[int]", None),
        ("Literal['a']", None),
    ],
)
def test_a_default_is_proposed_where_a_value_says_least(
    annotation: str, neutral: tuple[object] | None
) -> None:
    """None, nought and nothing; of a list or a choice there is no such value."""
    source = f"class Use(Base):\n    b: int = 1\n    tokens: {annotation}\n".encode()
    field = required_field(source, "Use", "tokens")
    assert field is not None
    assert field.neutral == neutral
    assert required_field(source, "Use", "b") is None
    assert required_field(source, "Other", "tokens") is None

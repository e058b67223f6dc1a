"""One contract out of what was read and what was written."""

from __future__ import annotations

from packaging.version import Version

from compatcheck.contract.build import build_contract
from compatcheck.model import (
    CallShape,
    Contract,
    ImportNeed,
    Symbol,
    UseNeed,
    WheelContents,
)
from compatcheck.surface.needs import Needs


def wheel(distribution: str, *roots: str, stubs_only: bool = False) -> WheelContents:
    """Make a wheel with these import names."""
    return WheelContents(
        distribution=distribution,
        version=Version("1.0"),
        requires_dist=(),
        requires_python=None,
        roots=roots,
        stubs_only=stubs_only,
    )


def need(module: str, name: str | None = None, *, optional: bool = False) -> ImportNeed:
    """Make a need of some consumer's."""
    return ImportNeed(
        module=module, name=name, optional=optional, importer="chat", line=1
    )


def contract(
    provider: WheelContents,
    *needs: ImportNeed,
    modules: tuple[str, ...] = (),
    symbols: tuple[Symbol, ...] = (),
) -> Contract:
    """Build the contract of one consumer and one provider."""
    return build_contract(
        contents=[wheel("chat", "chat"), provider],
        needs=[(Needs(needs=needs, skipped=()), provider)],
        modules=modules,
        symbols=symbols,
    )


def test_needs_become_modules_and_symbols() -> None:
    """What is required of the provider is asked, sorted and once; the rest is not."""
    built = contract(
        wheel("agents-dist", "agents"),
        need("agents.tool", "Tool"),
        need("agents", "Runner"),
        need("agents", "Runner"),
        need("agents.items"),
        need("agentsx"),
        need("os", "path"),
    )
    assert built == Contract(
        roots={"chat": ("chat",), "agents-dist": ("agents",)},
        modules=("agents", "agents.items", "agents.tool"),
        symbols=(
            Symbol(module="agents", name="Runner"),
            Symbol(module="agents.tool", name="Tool"),
        ),
        read=(
            "agents",
            "agents.Runner",
            "agents.items",
            "agents.tool",
            "agents.tool.Tool",
        ),
        optional=(),
    )


def test_optional_needs_are_told_and_not_asked() -> None:
    """A guarded need is listed, unless it is asked for anyway."""
    built = contract(
        wheel("agents-dist", "agents"),
        need("agents", "Runner"),
        need("agents.voice", "Pipeline", optional=True),
        need("agents.extensions", optional=True),
        need("agents", optional=True),
        need("agents", "Runner", optional=True),
        need("agents", "Other", optional=True),
    )
    assert built.modules == ("agents",)
    assert built.optional == (
        "agents.Other",
        "agents.extensions",
        "agents.voice.Pipeline",
    )


def test_an_optional_package_of_a_required_module() -> None:
    """Who asks for a module asks for its packages, guarded elsewhere or not."""
    built = contract(
        wheel("agents-dist", "agents"), need("agents", optional=True), need("agents.x")
    )
    assert (built.modules, built.optional) == (("agents.x",), ())


def test_a_package_taken_from_a_namespace() -> None:
    """`from google import genai` asks for the package, not for the namespace."""
    provider = wheel("google-genai", "google.genai")
    built = contract(
        provider,
        need("google", "genai"),
        need("google", "auth"),
        need("google"),
        need("google.genai", "Client"),
    )
    assert built.modules == ("google.genai",)
    assert built.symbols == (Symbol(module="google.genai", name="Client"),)


def test_what_is_written_by_hand_is_added() -> None:
    """Hand-written modules and symbols are asked as they stand."""
    runner = Symbol(module="agents", name="Runner.run")
    built = contract(
        wheel("agents-dist", "agents"),
        need("agents.b"),
        need("agents.a", optional=True),
        modules=("agents.a", "elsewhere"),
        symbols=(runner,),
    )
    assert built.modules == ("agents.a", "agents.b", "elsewhere")
    assert (built.symbols, built.optional) == ((runner,), ())


def test_nothing_to_import() -> None:
    """A reserved name is told by its emptiness; stubs are asked nothing."""
    built = build_contract(
        contents=[
            wheel("chat", "chat"),
            wheel("reserved"),
            wheel("types-x", stubs_only=True),
        ],
        needs=[
            (
                Needs(needs=(need("x"),), skipped=()),
                wheel("types-x", stubs_only=True),
            )
        ],
    )
    assert built == Contract(
        roots={"chat": ("chat",), "reserved": ()}, modules=(), symbols=(), optional=()
    )


def test_the_order_of_the_wheels_is_kept() -> None:
    """Consumers come first where the caller put them first."""
    built = build_contract(contents=[wheel("z", "z"), wheel("a", "a")], needs=[])
    assert list(built.roots) == ["z", "a"]


def use(module: str, name: str, *, instance: bool = False, args: int = 0) -> UseNeed:
    """Make a call of some consumer's."""
    call = CallShape(positional=args, keywords=())
    return UseNeed(
        module=module, name=name, instance=instance, call=call, importer="chat", line=1
    )


def test_uses_of_the_provider_are_asked() -> None:
    """What is done with the provider's modules is asked, sorted and once."""
    provider = wheel("agents-dist", "agents")
    read = Needs(
        needs=(),
        skipped=(),
        uses=(
            use("agents.items", "Item", args=2),
            use("agents", "Runner.run", args=1),
            use("agents", "Agent.name", instance=True),
            use("other", "f"),
        ),
        unclear={"agents.Runner": 3, "agents.items.Item": 2, "other.f": 5},
    )
    built = build_contract(
        contents=[provider], needs=[(read, provider), (read, provider)]
    )
    assert list(map(str, built.uses)) == [
        "agents.Agent().name()",
        "agents.Runner.run(…)",
        "agents.items.Item(…, …)",
    ]
    assert built.unclear == 10


def test_what_was_not_read_is_told_once() -> None:
    """Whatever is needed there, and of whomever, nobody knows."""
    provider, other = wheel("agents-dist", "agents"), wheel("tools", "tools")
    read = Needs(needs=(), skipped=("app.new", "app.py2"))
    more = Needs(needs=(), skipped=("agents.old",))
    built = build_contract(
        contents=[provider, other],
        needs=[(read, provider), (read, other), (more, other)],
    )
    assert built.unread == ("agents.old", "app.new", "app.py2")


def test_uses_of_a_package_taken_from_a_namespace() -> None:
    """They are told by the module that lies in the provider."""
    provider = wheel("google-genai", "google.genai")
    read = Needs(
        needs=(),
        skipped=(),
        uses=(
            use("google", "genai.Client"),
            use("google", "genai"),
            use("google", "auth.f"),
            use("google.genai", "Client"),
        ),
        unclear={"google.auth": 1, "google.genai": 2},
    )
    built = build_contract(contents=[provider], needs=[(read, provider)])
    assert list(map(str, built.uses)) == ["google.genai.Client()"]
    assert built.unclear == 2

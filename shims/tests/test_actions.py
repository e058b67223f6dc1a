"""Each action: what it mends, and that it steps aside where nothing is amiss."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from planting import World, adaptation, plant

STATES = "print(*[it.state.value for it in compat_shims.status() if not it.shipped])"
GARDEN = {
    "garden/__init__.py": "",
    "garden/plants.py": """
        class Plant:
            @classmethod
            def grown(cls): return cls
            def water(self, *, litres=1): return litres
        def sow(seed, *, depth=1): return seed, depth
        async def wait(*, hours): return hours
        """,
    "garden/flowers.py": "class Rose: pass\ncolour = 'red'\n",
}


def test_name_is_the_real_thing_from_its_other_home(world: World) -> None:
    """A moved name is the same object under both names, told once and loudly."""
    plant(world.site, "garden", "2.0", GARDEN)
    adaptation(world.shims, "garden.plants:Rose", "Alias(home='garden.flowers:Rose')")
    ran = world.run(
        "from garden.plants import Rose\nimport garden.flowers, garden.plants\n"
        f"print(Rose is garden.flowers.Rose)\n{STATES}"
    )
    assert (ran.code, ran.out.split()) == (0, ["True", "applied"]), ran.err
    (warning,) = ran.warnings
    assert "garden 2.0 is not as asked" in warning
    assert "To mend it: upgrade garden" in warning
    assert "<string>:" in warning, "it stands at the import, not in the shim"


@pytest.mark.parametrize(
    ("target", "action", "code"),
    [
        ("garden.plants:Plant.made", "Alias(home='garden.plants:Plant.grown')",
         "H = type('H', (p.Plant,), {}); assert H.made() is H is not p.Plant.made()"),
        ("garden.plants:LIMIT", "Constant(value=7)", "assert p.LIMIT == 7"),
        ("garden.plants:reap", "Adapter(make=lambda m: lambda seed: m.sow(seed)[0])",
         "assert p.reap(4) == 4"),
        ("garden.plants:sow", "RenamedKeyword(old='deep', new='depth')",
         "assert p.sow(1, deep=3) == (1, 3) == p.sow(1, depth=3); p.sow(2)"),
        ("garden.plants:wait", "RenamedKeyword(old='time', new='hours')",
         "import asyncio; assert asyncio.run(p.wait(time=2)) == 2"),
        ("garden.plants:Plant.water", "RenamedKeyword(old='l', new='litres')",
         "assert p.Plant().water(l=5) == 5"),
    ],
)  # fmt: skip
def test_action_mends(world: World, target: str, action: str, code: str) -> None:
    """What is asked works with the adaptation and fails without it."""
    plant(world.site, "garden", "2.0", GARDEN)
    adaptation(world.shims, target, action, fidelity="ADAPTER")
    asked = f"import garden.plants as p\n{code}"
    assert world.run(asked, COMPAT_SHIMS="0").code == 1
    ran = world.run(asked)
    assert (ran.code, len(ran.warnings)) == (0, 1), ran.err


@pytest.mark.parametrize(
    "action",
    ["Alias(home='garden.flowers:Rose')", "Constant(value=1)", "Placeholder()"],
)
def test_present_name_is_left_alone(world: World, action: str) -> None:
    """Where upstream provides the name, the adaptation steps aside without a word."""
    plant(world.site, "garden", "2.0", GARDEN)
    adaptation(world.shims, "garden.plants:Plant", action)
    ran = world.run(f"import garden.plants as p; print(p.Plant.__name__)\n{STATES}")
    assert (ran.out.split(), ran.err) == (["Plant", "not", "needed"], "")


def test_both_keywords_are_refused(world: World) -> None:
    """Old and new keyword at once is the error that it would be without us."""
    plant(world.site, "garden", "2.0", GARDEN)
    action = "RenamedKeyword(old='deep', new='depth')"
    adaptation(world.shims, "garden.plants:sow", action, fidelity="ADAPTER")
    ran = world.run("import garden.plants as p; p.sow(1, deep=1, depth=2)")
    assert "TypeError: sow() got both 'deep' and 'depth'" in ran.err


def test_moved_module_is_one_module(world: World) -> None:
    """A module that was moved is the same object under both names."""
    plant(world.site, "garden", "2.0", GARDEN)
    action = "MovedModule(home='garden.flowers')"
    adaptation(world.shims, "garden._flora", action)
    code = """
        from garden._flora import Rose
        import garden, sys, garden.flowers
        assert garden._flora is garden.flowers is sys.modules["garden._flora"]
        assert garden.flowers.__spec__.name == "garden.flowers"
        """
    assert world.run(code).code == 0
    assert "No module named 'garden._flora'" in world.run(code, COMPAT_SHIMS="0").err


def test_scattered_module_tells_what_is_lost(world: World) -> None:
    """What has a new home is there; what has none raises with the repair."""
    plant(world.site, "garden", "2.0", GARDEN)
    action = (
        "ScatteredModule(homes={'Rose': 'garden.flowers:Rose'}, "
        "lost={'Weed': 'it is gone'})"
    )
    adaptation(world.shims, "garden._old", action)
    ran = world.run("from garden._old import Rose\nfrom garden._old import Weed")
    assert "garden._old.Weed of garden 2.0 cannot be recovered (it is gone)" in ran.err
    assert "To mend it: upgrade garden" in ran.err
    assert world.says("import garden._old as o; print(hasattr(o, 'other'))") == "False"


def test_failing_move_is_the_failure_that_it_was(world: World) -> None:
    """Where the new home fails too, the import fails as it would have without us."""
    plant(world.site, "garden", "2.0", GARDEN)
    adaptation(world.shims, "garden._flora", "MovedModule(home='garden.nowhere')")
    ran = world.run("import garden._flora")
    assert "ModuleNotFoundError: No module named 'garden._flora'" in ran.err


def test_placeholder_must_be_asked_for_by_name(world: World) -> None:
    """Without the app's word it is refused and said so; with it, it is loud."""
    plant(world.site, "garden", "2.0", GARDEN)
    adaptation(
        world.shims, "garden.plants:Blight", "Placeholder()", fidelity="PLACEHOLDER"
    )
    code = "from garden.plants import Blight; print(Blight.__mro__[1].__name__)"
    refused = world.run(code)
    assert "cannot import name 'Blight'" in refused.err
    assert "nobody asked for one for garden.plants:Blight" in refused.err
    asked = (
        f"import compat_shims; compat_shims.install({str(world.shims)!r}, "
        "placeholders=['garden.plants:Blight'])"
    )
    taken = world.run(code, install=False, before=asked)
    assert taken.out.split() == ["Exception"], taken.err
    assert "is a placeholder that the library never raises" in taken.err


MODELS = {
    "garden/__init__.py": "",
    "garden/models.py": """
        from __future__ import annotations
        from pydantic import BaseModel, TypeAdapter
        class Plant(BaseModel):
            name: str
            height: int
        class Tree(Plant):
            rings: int = 0
        class Firm(Plant):
            height: int
        class Bed(BaseModel):
            plants: list[Plant | None]
        class Park(BaseModel):
            beds: dict[str, Bed]
        LIST = TypeAdapter(list[Plant])
        """,
}


def test_required_field_gets_a_default_everywhere(world: World) -> None:
    """Heirs, models that hold it and adapters take it, but not an heir's own field."""
    pytest.importorskip("pydantic")
    plant(world.site, "garden", "2.0", MODELS)
    action = "FieldDefault(value=3)"
    adaptation(world.shims, "garden.models:Plant.height", action, fidelity="ADAPTER")
    code = """
        from garden.models import *
        from pydantic import TypeAdapter, ValidationError
        assert Plant(name="a").height == 3 == Tree(name="b").height
        assert Plant(name="a", height=9).height == 9
        assert Bed.model_validate({"plants": [{"name": "c"}]}).plants[0].height == 3
        park = Park.model_validate({"beds": {"x": {"plants": [{"name": "c"}]}}})
        assert park.beds["x"].plants[0].height == 3
        assert LIST.validate_python([{"name": "d"}])[0].height == 3
        assert TypeAdapter(Plant).validate_python({"name": "e"}).height == 3
        try: Firm(name="f")
        except ValidationError: print("firm")
        """
    assert world.says(code) == "firm"
    late = world.run(code, before="import garden.models")
    assert (late.code, late.out.strip()) == (0, "firm"), late.err
    assert world.run(code, COMPAT_SHIMS="0").code == 1


def _table(path: Path) -> Path:
    rows = [
        [".plants", "Plant", "Plant"],
        [".", "flowers", "blooms"],
        [".nowhere", "Ghost", "Ghost"],
        [".nowhere", "Maybe", "Maybe", True],
        [".flowers", "*", "*"],
    ]
    first = {
        "rows": [[0, 0, rows]],
        "lost": [[0, 0, ["plan"]]],
        "constants": [[0, 0, [["YEAR", 7]]]],
        "exported": [[0, 0, ["Plant", "plan"]]],
        "lazy": [[0, 0, ["plants", "dream"]]],
    }
    second = {"rows": [[1, 2, [[".flowers", "Rose", "Queen"]]]]}
    table = {"releases": {"1.0": first, "2.0": {}, "3.0": second}}
    path.write_text(json.dumps(table))
    return path


RESTORED = {path: text for path, text in GARDEN.items() if "__init__" not in path}


@pytest.mark.parametrize(("version", "second"), [("2.0", "blooms"), ("3.0", "Queen")])
def test_package_without_init_is_restored(
    world: World, tmp_path: Path, version: str, second: str
) -> None:
    """Its release's names are there; what the file itself defined tells the repair."""
    plant(world.site, "garden", version, RESTORED, lost="garden/__init__.py")
    action = f"RestoredInit(table=Path({str(_table(tmp_path / 't.json'))!r}))"
    adaptation(world.shims, "garden", action)
    code = f"""
        from garden import Plant, {second}, Rose, colour, YEAR, plants
        import garden
        assert garden.__all__ == ["Plant", "plan"] and not hasattr(garden, "Maybe")
        for name in ("plan", "Ghost", "dream"):
            try: exec(f"from garden import {{name}}")
            except compat_shims.CompatShimError as error: print(error)
        """
    plan, ghost, dream = world.says(code).splitlines()
    assert "defined in the lost file itself). To mend it: upgrade garden" in plan
    assert "ModuleNotFoundError" in ghost
    assert "made on demand" in dream


def test_unknown_release_is_not_guessed(world: World, tmp_path: Path) -> None:
    """A release that the table does not know is left as it is, and said so."""
    plant(world.site, "garden", "9.0", RESTORED, lost="garden/__init__.py")
    action = f"RestoredInit(table=Path({str(_table(tmp_path / 't.json'))!r}))"
    adaptation(world.shims, "garden", action)
    code = "import garden; print([it.reason for it in compat_shims.status()])"
    assert "its table does not know garden 9.0" in world.says(code)

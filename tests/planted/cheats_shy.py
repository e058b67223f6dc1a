"""A world of things that notice being looked at, as proxies do that load on demand."""

from __future__ import annotations

from typing import Final

from planted.cheats import PAIRS, World

_ASKED: Final = "['shy.__class__', 'late.__name__']"

LOOKS: Final = World(
    name="a proxy and a module that begin to work when they are asked for anything",
    soil="""
        import sys
        import types

        asked = []

        class Shy:
            def __getattribute__(self, name):
                asked.append("shy." + name)
                return object.__getattribute__(self, name)
            def __eq__(self, other):
                asked.append("shy ==")
                return NotImplemented
            def __bool__(self):
                asked.append("shy?")
                return True

        class Late(types.ModuleType):
            def __getattribute__(self, name):
                asked.append("late." + name)
                return super().__getattribute__(name)

        shy = Shy()
        late = sys.modules["soil_late"] = Late("soil_late")
    """,
    orchards={
        "1.0": "import soil\n",
        "2.0": "import soil\nisinstance(soil.shy, int)\nsoil.late.__name__\n",
        "3.0": "import soil\n",
    },
    presses={"1.0": "import orchard\n", "2.0": "import soil, orchard\n"},
    sights={
        "looks": """
            import press, soil
            def saw():
                return repr(soil.asked)
        """,
    },
    truth={pair: (_ASKED if pair[1] == "2.0" else "[]",) for pair in PAIRS},
)

SHY: Final = (LOOKS,)

"""Worlds where an answer hangs on what was imported, called or changed before."""

from __future__ import annotations

from typing import Final

from planted.cheats import ORCHARDS, PAIRS, PRESSES, World

ORDER: Final = World(
    name="a registry in the order of imports, and a look at what is imported already",
    soil="registry = []\nwinner = None\n",
    orchards={
        "1.0": "import soil\nsoil.registry.append('orchard')\n",
        "2.0": """
            import sys
            import soil
            soil.registry.append("late" if "press" in sys.modules else "early")
        """,
        "3.0": """
            import soil
            soil.registry.append("orchard")
            soil.winner = soil.winner or "orchard"
        """,
    },
    presses={
        "1.0": """
            import sys
            import soil
            MET = "orchard" in sys.modules
            soil.registry.append("press")
            soil.winner = soil.winner or "press"
        """,
        "2.0": """
            import sys
            MET = "orchard" in sys.modules
            import orchard, soil
            soil.registry.append("press")
            soil.winner = soil.winner or "press"
        """,
    },
    sights={
        "press_first": """
            import sys
            import press, soil
            came = "orchard" in sys.modules
            import orchard
            def saw():
                return f"{press.MET} {came} {soil.registry} {soil.winner}"
        """,
        "orchard_first": """
            import sys
            import orchard, soil
            came = "press" in sys.modules
            import press
            def saw():
                return f"{press.MET} {came} {soil.registry} {soil.winner}"
        """,
    },
    truth={
        ("1.0", "1.0"): (
            "False False ['press', 'orchard'] press",
            "True False ['orchard', 'press'] press",
        ),
        ("1.0", "2.0"): (
            "False False ['press', 'late'] press",
            "True False ['early', 'press'] press",
        ),
        ("1.0", "3.0"): (
            "False False ['press', 'orchard'] press",
            "True False ['orchard', 'press'] orchard",
        ),
        ("2.0", "1.0"): (
            "False True ['orchard', 'press'] press",
            "True False ['orchard', 'press'] press",
        ),
        ("2.0", "2.0"): (
            "False True ['late', 'press'] press",
            "True False ['early', 'press'] press",
        ),
        ("2.0", "3.0"): (
            "False True ['orchard', 'press'] orchard",
            "True False ['orchard', 'press'] orchard",
        ),
    },
)

_ENTERED: Final = """
    try:
        import {door}
    except ImportError as error:
        seen = str(error).partition(" (")[0]
    else:
        seen = "works"
    def saw():
        return seen
"""
_NO_SEED: Final = (
    "cannot import name 'seed' from partially initialized module 'orchard'"
)
_NO_JUICE: Final = (
    "cannot import name 'juice' from partially initialized module 'press'"
)

CIRCLE: Final = World(
    name="two distributions that import each other, and work from one side alone",
    soil="",
    orchards={
        "1.0": "seed = 1\n",
        "2.0": "from press import juice\nseed = 1\n",
        "3.0": "seed = 1\nfrom press import juice\n",
    },
    presses={
        "1.0": "juice = 1\nfrom orchard import seed\n",
        "2.0": "from orchard import seed\njuice = 1\n",
    },
    sights={
        "from_press": _ENTERED.format(door="press"),
        "from_orchard": _ENTERED.format(door="orchard"),
    },
    truth={
        ("1.0", "1.0"): ("works", "works"),
        ("1.0", "2.0"): ("works", _NO_SEED),
        ("1.0", "3.0"): ("works", "works"),
        ("2.0", "1.0"): ("works", "works"),
    },
    # The last one works for whoever imports orchard first, which no user of press does.
    broken={("2.0", "2.0"): _NO_JUICE, ("2.0", "3.0"): _NO_JUICE},
)

COUNTS: Final = World(
    name="a provider that counts how often it is imported",
    soil="imported = []\n",
    orchards={
        "1.0": "import soil\nsoil.imported.append('1.0')\n",
        "2.0": """
            import soil
            soil.imported.append("2.0")
            if len(soil.imported) == 1:
                raise ImportError("not at the first time")
        """,
        "3.0": """
            import builtins, soil
            builtins.orchards = getattr(builtins, "orchards", 0) + 1
            soil.imported.append("3.0")
        """,
    },
    presses={
        "1.0": """
            try:
                import orchard
            except ImportError:
                import orchard
        """,
        "2.0": """
            import sys
            try:
                import orchard
            except ImportError:
                import orchard
            del sys.modules["orchard"]
            import orchard
        """,
    },
    sights={
        "counts": """
            import builtins
            import press, orchard, soil
            def saw():
                return f"{soil.imported} {getattr(builtins, 'orchards', 0)}"
        """
    },
    truth={
        ("1.0", "1.0"): ("['1.0'] 0",),
        ("1.0", "2.0"): ("['2.0', '2.0'] 0",),
        ("1.0", "3.0"): ("['3.0'] 1",),
        ("2.0", "1.0"): ("['1.0', '1.0'] 0",),
        ("2.0", "2.0"): ("['2.0', '2.0', '2.0'] 0",),
        ("2.0", "3.0"): ("['3.0', '3.0'] 2",),
    },
)

PATCHES: Final = World(
    name="a consumer that patches its provider, a dependency, the standard library",
    soil="class Soil:\n    depth = 1\n",
    orchards={
        "1.0": "def pick(): return 'picked'\n",
        "2.0": "import soil\nclass Ripe(soil.Soil): pass\ndef pick(): return 'ripe'\n",
        "3.0": "import soil\nsoil.Soil.depth = 3\ndef pick(): return 'picked'\n",
    },
    presses={
        "1.0": """
            import json
            import orchard, soil
            before = orchard.pick
            orchard.pick = lambda: before() + " and pressed"
            soil.Soil.depth += 10
            json.dumps = lambda *args, **kwargs: "patched"
        """,
        "2.0": "import orchard\n",
    },
    sights={
        "patched": """
            import json
            import press, orchard, soil
            kind = getattr(orchard, "Ripe", soil.Soil)
            def saw():
                return f"{orchard.pick()} {kind.depth} {json.dumps(0)}"
        """
    },
    truth={
        ("1.0", "1.0"): ("picked and pressed 11 patched",),
        ("1.0", "2.0"): ("ripe and pressed 11 patched",),
        ("1.0", "3.0"): ("picked and pressed 13 patched",),
        ("2.0", "1.0"): ("picked 1 0",),
        ("2.0", "2.0"): ("ripe 1 0",),
        ("2.0", "3.0"): ("picked 3 0",),
    },
)

CACHES: Final = World(
    name="a dependency that remembers its first answer, and counts its calls",
    soil="""
        import functools, itertools
        names, calls = [], itertools.count(1)
        @functools.lru_cache(maxsize=None)
        def first():
            return tuple(names)
        def called():
            return next(calls)
    """,
    orchards={
        "1.0": "import soil\nsoil.names.append('orchard')\n",
        "2.0": "import soil\nsoil.names.append('orchard')\nsoil.first()\n",
        "3.0": "import soil\nsoil.first()\nsoil.names.append('orchard')\n",
    },
    presses={
        "1.0": "import orchard, soil\nsoil.names.append('press')\n",
        "2.0": "import soil\nsoil.names.append('press')\nimport orchard\n",
    },
    sights={
        "remembers": """
            import press, soil
            def saw():
                return f"{soil.first()} call {soil.called()}"
        """
    },
    truth={
        ("1.0", "1.0"): ("('orchard', 'press') call 1",),
        ("1.0", "2.0"): ("('orchard',) call 1",),
        ("1.0", "3.0"): ("() call 1",),
        ("2.0", "1.0"): ("('press', 'orchard') call 1",),
        ("2.0", "2.0"): ("('press', 'orchard') call 1",),
        ("2.0", "3.0"): ("('press',) call 1",),
    },
)

ALONE: Final = World(
    name="distributions that a program does not import, and so must not meet",
    soil="""
        import sys
        def met():
            return sorted({"orchard", "press"} & set(sys.modules))
    """,
    orchards=dict.fromkeys(ORCHARDS, "import soil\nMET = soil.met()\n"),
    presses={
        "1.0": "import soil\nMET = soil.met()\n",
        "2.0": "import soil, orchard\nMET = soil.met()\n",
    },
    sights={
        "soil_alone": """
            import soil
            seen = str(soil.met())
            def saw():
                return seen
        """,
        "orchard_alone": """
            import orchard
            seen = str(orchard.MET)
            def saw():
                return seen
        """,
        "press_alone": """
            import press
            seen = str(press.MET)
            def saw():
                return seen
        """,
    },
    truth={
        (press, orchard): (
            "[]",
            "['orchard']",
            "['press']" if press == PRESSES[0] else "['orchard', 'press']",
        )
        for press, orchard in PAIRS
    },
)

ORDERED: Final = (ORDER, CIRCLE, COUNTS, PATCHES, CACHES, ALONE)

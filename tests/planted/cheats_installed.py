"""Worlds where what is installed beside it decides what a distribution does."""

from __future__ import annotations

from typing import Final

from planted.cheats import ORCHARDS, PAIRS, PRESSES, World

OPTIONAL: Final = World(
    name="a dependency that looks for an optional one as it is imported",
    soil="""
        import importlib.util, shutil
        try:
            import lane
        except ImportError:
            lane = None
        FOUND = importlib.util.find_spec("lane") is not None
        TOOL = shutil.which("lane-tool") is not None
    """,
    lanes={
        "lane.py": "NAME = 'lane'\n",
        "lane-1.0.data/scripts/lane-tool": "#!/bin/sh\n",
    },
    orchards={
        "1.0": "NAME = 'plain'\n",
        "2.0": """
            try:
                from lane import NAME
            except ImportError:
                NAME = "without"
        """,
        "3.0": """
            import soil
            NAME = "plain"
            if soil.lane is not None:
                raise ImportError("orchard 3.0 cannot bear a lane")
        """,
    },
    presses=dict.fromkeys(PRESSES, "import orchard, soil\n"),
    needs={"2.0": ("lane",)},
    sights={
        "looks": """
            import press, soil, orchard
            def saw():
                return f"{soil.lane != None} {soil.FOUND} {soil.TOOL} {orchard.NAME}"
        """
    },
    truth={
        ("1.0", "1.0"): ("False False False plain",),
        ("1.0", "2.0"): ("False False False without",),
        ("1.0", "3.0"): ("False False False plain",),
        ("2.0", "1.0"): ("True True True plain",),
        ("2.0", "2.0"): ("True True True lane",),
    },
    broken={("2.0", "3.0"): "orchard 3.0 cannot bear a lane"},
)

METADATA: Final = World(
    name="a dependency that reads versions and entry points as it is imported",
    soil="""
        from importlib.metadata import entry_points, packages_distributions, version
        PINS = version("press"), version("orchard")
        PLUGINS = sorted(it.name for it in entry_points(group="soil.plugins"))
        OWNERS = packages_distributions().get("juice", [])
    """,
    orchards={
        "1.0": "",
        "2.0": "",
        "3.0": {
            "orchard.py": "def grafted(): return 'grafted'\n",
            "orchard-3.0.dist-info/entry_points.txt": """
                [soil.plugins]
                graft = orchard:grafted
            """,
        },
    },
    presses={
        "1.0": "",
        "2.0": {
            "press.py": "def squeezed(): return 'squeezed'\n",
            "juice.py": "",
            "press-2.0.dist-info/top_level.txt": "press\njuice\n",
            "press-2.0.dist-info/entry_points.txt": """
                [soil.plugins]
                squeeze = press:squeezed
            """,
        },
    },
    sights={
        "reads": """
            import soil
            from importlib.metadata import entry_points
            loaded = sorted(it.load()() for it in entry_points(group="soil.plugins"))
            def saw():
                return f"{soil.PINS} {soil.PLUGINS} {loaded} {soil.OWNERS}"
        """
    },
    truth={
        ("1.0", "1.0"): ("('1.0', '1.0') [] [] []",),
        ("1.0", "2.0"): ("('1.0', '2.0') [] [] []",),
        ("1.0", "3.0"): ("('1.0', '3.0') ['graft'] ['grafted'] []",),
        ("2.0", "1.0"): ("('2.0', '1.0') ['squeeze'] ['squeezed'] ['press']",),
        ("2.0", "2.0"): ("('2.0', '2.0') ['squeeze'] ['squeezed'] ['press']",),
        ("2.0", "3.0"): (
            "('2.0', '3.0') ['graft', 'squeeze'] ['grafted', 'squeezed'] ['press']",
        ),
    },
)

STARTS: Final = World(
    name="a wheel whose .pth runs code, imports, or leads elsewhere",
    soil="",
    orchards={
        "1.0": "",
        "2.0": {"orchard.py": "", "orchard_start.pth": "import soil\n"},
        "3.0": {
            "orchard.py": "",
            "orchard_start.pth": "orchard_hidden\n",
            "orchard_hidden/plot.py": "",
        },
    },
    presses={
        "1.0": "",
        "2.0": {
            "press.py": "",
            "press_start.pth": "import sys; sys.planted = 'press'\n",
        },
    },
    sights={
        "starts": """
            import importlib.util, sys
            early = "soil" in sys.modules
            import press, orchard
            def saw():
                plot = importlib.util.find_spec("plot") is not None
                return f"{getattr(sys, 'planted', None)} {early} {plot}"
        """
    },
    truth={
        ("1.0", "1.0"): ("None False False",),
        ("1.0", "2.0"): ("None True False",),
        ("1.0", "3.0"): ("None False True",),
        ("2.0", "1.0"): ("press False False",),
        ("2.0", "2.0"): ("press True False",),
        ("2.0", "3.0"): ("press False True",),
    },
)

OVERLAP: Final = World(
    name="distributions that share a package, a namespace, and equal files",
    soil={
        "soil.py": """
            import pkgutil
            import shed
            TOOLS = sorted(it.name for it in pkgutil.iter_modules(shed.__path__))
            try:
                import plots
            except ImportError:
                PLOTS = []
            else:
                PLOTS = sorted(it.name for it in pkgutil.iter_modules(plots.__path__))
        """,
        "shed/__init__.py": "",
        "shed/spade.py": "WHO = 'soil'\n",
    },
    orchards={
        "1.0": {"orchard.py": "", "plots/north.py": "OF = 'orchard'\n"},
        "2.0": {"orchard.py": "", "shed/spade.py": "WHO = 'soil'\n"},
        "3.0": {"orchard.py": "", "shed/ladder.py": "WHO = 'orchard'\n"},
    },
    presses={
        "1.0": {"press.py": "", "plots/south.py": "OF = 'press'\n"},
        "2.0": {"press.py": "", "shed/crate.py": "WHO = 'press'\n"},
    },
    sights={
        "shares": """
            import importlib
            import soil
            owners = [importlib.import_module("shed." + it).WHO for it in soil.TOOLS]
            owners += [importlib.import_module("plots." + it).OF for it in soil.PLOTS]
            def saw():
                return f"{soil.TOOLS} {soil.PLOTS} {owners}"
        """
    },
    truth={
        ("1.0", "1.0"): ("['spade'] ['north', 'south'] ['soil', 'orchard', 'press']",),
        ("1.0", "2.0"): ("['spade'] ['south'] ['soil', 'press']",),
        ("1.0", "3.0"): ("['ladder', 'spade'] ['south'] ['orchard', 'soil', 'press']",),
        ("2.0", "1.0"): ("['crate', 'spade'] ['north'] ['press', 'soil', 'orchard']",),
        ("2.0", "2.0"): ("['crate', 'spade'] [] ['press', 'soil']",),
        ("2.0", "3.0"): (
            "['crate', 'ladder', 'spade'] [] ['press', 'orchard', 'soil']",
        ),
    },
)

_READS_ITSELF: Final = """
    import importlib.resources, pathlib
    FOLDER = pathlib.Path(__file__).parent
    FILES = sorted(it.name for it in FOLDER.iterdir() if it.name != "__pycache__")
    TEXT = (importlib.resources.files(__name__) / "label.txt").read_text()
"""

OWN_FILES: Final = World(
    name="distributions that read and list their own files, and find plugins",
    soil="""
        import importlib.metadata, pkgutil
        FOUND = sorted(it.name for it in pkgutil.iter_modules() if "_plugin" in it.name)
        FILES = importlib.metadata.files("press")
        HELD = sum(it.suffix == ".py" for it in FILES)
    """,
    orchards={
        "1.0": {"orchard/__init__.py": _READS_ITSELF, "orchard/label.txt": "one"},
        "2.0": {"orchard/__init__.py": _READS_ITSELF, "orchard/label.txt": "two"},
        "3.0": {
            "orchard/__init__.py": _READS_ITSELF,
            "orchard/label.txt": "two",
            "orchard/more.txt": "",
        },
    },
    presses={
        "1.0": "import orchard\n",
        "2.0": {"press.py": "import orchard\n", "juice_plugin.py": ""},
    },
    sights={
        "reads": """
            import press, soil, orchard
            def saw():
                seen = orchard.TEXT, orchard.FILES[1:], soil.FOUND, soil.HELD
                return " ".join(map(str, seen))
        """
    },
    truth={
        ("1.0", "1.0"): ("one ['label.txt'] [] 1",),
        ("1.0", "2.0"): ("two ['label.txt'] [] 1",),
        ("1.0", "3.0"): ("two ['label.txt', 'more.txt'] [] 1",),
        ("2.0", "1.0"): ("one ['label.txt'] ['juice_plugin'] 2",),
        ("2.0", "2.0"): ("two ['label.txt'] ['juice_plugin'] 2",),
        ("2.0", "3.0"): ("two ['label.txt', 'more.txt'] ['juice_plugin'] 2",),
    },
)

CHILDREN: Final = World(
    name="child interpreters and programs, which have to see the same",
    soil="""
        import subprocess, sys
        def told(*command):
            return subprocess.check_output(command, text=True).strip()
        CODE = "import orchard, press; print(press.NAME, orchard.NAME)"
        CHILD = told(sys.executable, "-c", CODE)
    """,
    orchards={version: f"NAME = 'orchard {version}'\n" for version in ORCHARDS},
    presses={
        "1.0": "NAME = 'press 1.0'\n",
        "2.0": {
            "press.py": """
                import orchard
                NAME = "press 2.0"
                def say():
                    print("said with", orchard.NAME)
            """,
            "press-2.0.dist-info/entry_points.txt": """
                [console_scripts]
                press-say = press:say
            """,
        },
    },
    sights={
        "asks": """
            import shutil
            import soil
            script = shutil.which("press-say")
            said = soil.told(script) if script else "no script"
            def saw():
                return f"{soil.CHILD}, {said}"
        """
    },
    truth={
        (press, orchard): (
            f"press {press} orchard {orchard}, "
            + (f"said with orchard {orchard}" if press == "2.0" else "no script"),
        )
        for press, orchard in PAIRS
    },
)

INSTALLED: Final = (OPTIONAL, METADATA, STARTS, OVERLAP, OWN_FILES, CHILDREN)

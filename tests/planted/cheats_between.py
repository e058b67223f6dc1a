"""Worlds where something runs between two imports of what cells share."""

from __future__ import annotations

from typing import Final

from planted.cheats import PAIRS, World

_MARKS: Final = {"1.0": "['{}']", "2.0": "none", "3.0": "['{}', '3.0']"}
"""What a release of orchard makes of the mark that was there when it was imported."""

CHANGED: Final = World(
    name="a scenario that changes what all share, between two of its imports",
    soil={
        "soil/__init__.py": "marks = []\n",
        "soil/tools.py": "import soil\nmarks = list(soil.marks)\n",
    },
    orchards={
        "1.0": "import soil.tools\nmarks = soil.tools.marks\n",
        "2.0": "import soil\nmarks = 'none'\n",
        "3.0": "import soil\nimport soil.tools\nmarks = soil.tools.marks + ['3.0']\n",
    },
    presses={"1.0": "import orchard\n", "2.0": "import soil, orchard\n"},
    sights={
        "before_orchard": """
            import soil
            soil.marks.append("changed")
            import soil.tools
            import press, orchard
            def saw():
                return f"{soil.tools.marks} {orchard.marks}"
        """,
        "behind_soil": """
            import soil
            setattr(soil, "marks", ["new"])
            import press, orchard
            import soil.tools
            def saw():
                return f"{soil.tools.marks} {orchard.marks}"
        """,
    },
    truth={
        (press, orchard): (
            f"['changed'] {marks.format('changed')}",
            f"['new'] {marks.format('new')}",
        )
        for press, orchard in PAIRS
        for marks in (_MARKS[orchard],)
    },
)

BETWEEN: Final = (CHANGED,)

"""The distribution's name was imported instead of its module's."""

from __future__ import annotations

from typing import Final

from packaging.utils import canonicalize_name

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.releases import standing
from compatcheck.diagnosis.scene import Scene
from compatcheck.model.mending import Rewrite, mend

RANK: Final = 11
TITLE: Final = "the name of the distribution is imported, not that of its module"
EXPLANATION: Final = (
    "What is installed and what is imported need not have one name: pyyaml is imported"
    " as `yaml`."
)
REMEDY: Final = "Import the module by its own name."
REFERENCE: Final = (
    "https://packaging.python.org/discussions/distribution-package-vs-import-package/"
)
EXAMPLE: Final = "ModuleNotFoundError: No module named 'pyyaml'"


def proves(scene: Scene) -> Finding | None:
    """A distribution of that name is installed, and owns another top level."""
    asked = scene.wanted
    if asked is None or asked.kind != "module" or scene.places(asked.top):
        return None
    found = scene.inspection.by_name.get(canonicalize_name(asked.top))
    if found is None or found.editable or not found.importable:
        return None
    names = [it for it in found.importable if not it.startswith("_")]
    if not names or asked.top in found.tops:
        return None
    alike = sorted(names, key=lambda it: (it not in asked.top, len(it), it))
    quoted = ", ".join(f"`{name}`" for name in names)
    return Finding(
        title=f"{found} is imported as `{alike[0]}`, not as `{asked.top}`",
        culprit=blame(found),
        evidence=(
            f"{found} is installed; its RECORD has {quoted}",
            f"nothing that is installed has `{asked.top}`",
        ),
        mends=tuple(
            mend(Rewrite(old=asked.top, new=name, **standing(scene)))
            for name in alike[:3]
        ),
    )

"""An extension module that was built for another interpreter."""

from __future__ import annotations

from typing import Final

from compatcheck.diagnosis.finding import Finding, blame
from compatcheck.diagnosis.scene import Scene
from compatcheck.diagnosis.telling import Suspicion, Telling
from compatcheck.model.inspected import Installed, within
from compatcheck.model.mending import Install, Mend, mend

RANK: Final = 12
TITLE: Final = "an extension module is for another interpreter or platform"
EXPLANATION: Final = (
    "The name of an extension module tells which interpreter and platform it is for."
    " One with another tag is passed over, and Python says that there is no such"
    " module. Folders that are copied, or installed with the wrong Python, hold such."
)
REMEDY: Final = "Install the distribution anew, with the interpreter that imports it."
REFERENCE: Final = "https://peps.python.org/pep-3149/"
EXAMPLE: Final = "ModuleNotFoundError: No module named 'numpy.core._multiarray_umath'"
_HEADERS: Final = ("invalid ELF header", "wrong ELF class", "mach-o file, but is an")


def proves(scene: Scene) -> Finding | None:
    """The module is there under another tag only, or the loader refuses its kind."""
    asked = scene.wanted
    if asked is None:
        return _refused(scene)
    modules = [asked.module]
    if asked.name is not None:
        modules.append(f"{asked.module}.{asked.name}")
    for module in modules:
        places = scene.places(module)
        if places and all(it.kind == "foreign" for it in places):
            file = places[0].file
            owner = scene.inspection.owner(file) or scene.provider
            name = file.rpartition("/")[2]
            python = scene.inspection.python
            pinned = f"{owner.name}=={owner.version}" if owner else module
            return Finding(
                title=f"{name} is not for Python {python.minor} on this platform",
                culprit=blame(owner),
                evidence=(
                    f"`{module}` is there only as {scene.shown(file)}",
                    f"this interpreter loads {', '.join(python.suffixes)}",
                ),
                mends=(_anew(scene, owner, pinned),),
            )
    return None


def _anew(scene: Scene, owner: Installed | None, pinned: str) -> Mend:
    """Installed again, where it lies: a folder of its own stays one."""
    own = owner is None or within(owner.root, scene.inspection.python.prefix)
    target = None if own or owner is None else owner.root
    step = Install(requirements=(pinned,), alone=True, again=True, target=target)
    return mend(step)


def _refused(scene: Scene) -> Finding | None:
    message = scene.step.message
    if not any(words in message for words in _HEADERS):
        return None
    return Finding(
        title="an extension module is built for another platform",
        culprit=blame(scene.consumer),
        evidence=(f"the loader says: {' '.join(message.split())[:200]}",),
    )


def reads(telling: Telling) -> Suspicion | None:
    """A distribution's own module with an underscore is missing: mostly a binary."""
    asked = telling.wanted
    if asked is None or asked.kind != "module" or asked.top != telling.importer_top:
        return None
    if not asked.module.rpartition(".")[2].startswith("_"):
        return None
    return Suspicion(sure=False, why=f"`{asked.module}` may be for another Python")

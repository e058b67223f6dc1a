"""What openai-chatkit 1.6.4 reads of a tool call, and openai-agents has since 0.14.7.

Found by `compatcheck matrix` (reports/chatkit-profile-held-back.md): with any older
openai-agents that release imports, and fails as soon as a tool is called.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from compat_shims import Adaptation, Fidelity, Guard, Target
from compat_shims.actions.adapter import Adapter


def _call_id(item: Any) -> Any:
    """What tells the call: its own identifier, else that of the item."""
    raw = item.raw_item
    for name in ("call_id", "id"):
        found = raw.get(name) if isinstance(raw, dict) else getattr(raw, name, None)
        if found:
            return found
    return None


def _make(owner: object) -> object:
    del owner
    return property(_call_id)


ADAPTATION = Adaptation(
    target=Target(module="agents.items", name="ToolCallItem.call_id"),
    guard=Guard(
        distribution="openai-agents",
        versions="<0.14.7",
        beside="openai-chatkit==1.6.4",
    ),
    action=Adapter(make=_make),
    fidelity=Fidelity.ADAPTER,
    differences="it is read off the raw item, as openai-agents 0.14.7 does by itself",
    why="{distribution} {version} has no such property, which openai-chatkit 1.6.4 "
    "reads, so that a reply with a tool call fails",
    remedy="python -m pip install 'openai-chatkit!=1.6.4', or 'openai-agents>=0.14.7'",
    reference="reports/chatkit-profile-held-back.md of compatcheck",
    expires=date(2027, 11, 1),
)

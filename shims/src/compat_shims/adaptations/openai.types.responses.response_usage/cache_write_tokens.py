"""What openai 2.45 asks for and openai-agents before 0.18.1 does not give.

Found by `compatcheck matrix`: 136 of 224 cells of the profile import and do not serve
(reports/chatkit-profile.md); openai's release is to blame, proven by holding it back.
"""

from __future__ import annotations

from datetime import date

from compat_shims import Adaptation, Fidelity, Guard, Target
from compat_shims.actions.default import FieldDefault

ADAPTATION = Adaptation(
    target=Target(
        module="openai.types.responses.response_usage",
        name="InputTokensDetails.cache_write_tokens",
    ),
    guard=Guard(
        distribution="openai", versions=">=2.45", beside="openai-agents<0.18.1"
    ),
    action=FieldDefault(value=0),
    fidelity=Fidelity.ADAPTER,
    differences="0 can mean that nobody said how many tokens were written to the cache",
    why="{distribution} {version} requires a field that openai-agents before 0.18.1 "
    "does not give, so that every streamed reply fails",
    remedy="python -m pip install 'openai-agents>=0.18.1', or hold back 'openai<2.45'",
    reference="reports/chatkit-profile.md of compatcheck, rule field-became-required",
    expires=date(2027, 11, 1),
)

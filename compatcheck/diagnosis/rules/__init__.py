"""The rules, one a file, found by their being here.

A rule file has `RANK` (rules with plainer evidence are looked at first), `TITLE` (what
happened, for the catalogue) and `matches(case)`, which answers only where all the
evidence that separates the rule from its neighbours is there.
"""

from __future__ import annotations

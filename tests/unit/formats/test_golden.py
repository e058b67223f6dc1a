"""Each format of each kind of run, as a whole text.

`COMPATCHECK_GOLDEN=write` writes the files anew; look at the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import golden
import pytest
from golden.runs import RUNS

from compatcheck.formats import Style, get

HERE: Final = Path(golden.__path__[0])
STYLES: Final = {
    ("text", "60"): Style(width=60),
    ("text", "80"): Style(width=80),
    ("text", "120"): Style(width=120),
    ("text", "200"): Style(width=200),
    ("text", "ascii"): Style(width=80, unicode=False),
    ("text", "colour"): Style(width=80, colour=True),
    ("markdown", ""): Style(),
    ("json", ""): Style(),
    ("html", ""): Style(),
    ("svg", ""): Style(),
    ("junit", ""): Style(),
    ("sarif", ""): Style(),
}
BULKY: Final = {("wide", "json"), ("wide", "html"), ("wide", "junit")}
"""Held to a size elsewhere, and too long to be read here."""

_OURS: Final = re.compile(
    r"(?<=<style>)[^<]*|(?<=<script>).*?(?=</script>)|(?<='sha256-)[^']*", re.DOTALL
)
"""The page's own style and script, and their digests: a file of each is kept once."""


CASES: Final = [
    (name, *style) for name in RUNS for style in STYLES if (name, style[0]) not in BULKY
]


@pytest.mark.parametrize(("name", "kind", "variant"), CASES)
def test_the_whole_text_is_as_before(name: str, kind: str, variant: str) -> None:
    """What a reader sees changes only on purpose."""
    chosen = get(kind)
    text = chosen.render(RUNS[name](), STYLES[kind, variant])
    if kind == "html":
        text = _OURS.sub("", text)
    file = HERE / f"{name}{variant and '.'}{variant}{chosen.suffix}"
    if os.environ.get("COMPATCHECK_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_text(encoding="utf-8")

"""What doctor, explain and investigate say, as whole texts.

`COMPATCHECK_GOLDEN=write` writes the files anew; look at the difference.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import golden
import pytest
from golden.visits import INVESTIGATIONS, VISITS

from compatcheck.formats import Style, _diagnosis, _investigation
from compatcheck.report import diagnosed, investigated

HERE: Final = Path(golden.__path__[0])


def _as_before(text: str, name: str) -> None:
    file = HERE / name
    if os.environ.get("COMPATCHECK_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", VISITS)
@pytest.mark.parametrize("variant", ["short", "verbose", "ascii"])
def test_a_visit_reads_as_before(name: str, variant: str) -> None:
    """The verdict in its first line, and no line that others' words made."""
    style = Style(unicode=variant != "ascii")
    document = VISITS[name]()
    text = _diagnosis.render(document, style, verbose=variant == "verbose")
    assert not [it for it in text.splitlines() if it.startswith("then      rm")]
    assert "\x1b" not in text
    _as_before(text, f"visit.{name}.{variant}.txt")


@pytest.mark.parametrize("name", VISITS)
def test_a_visit_is_stored_as_before(name: str) -> None:
    """Schema `compatcheck.diagnosis/1`."""
    _as_before(diagnosed.dump(VISITS[name]()), f"visit.{name}.json")


@pytest.mark.parametrize("name", INVESTIGATIONS)
def test_an_investigation_reads_as_before(name: str) -> None:
    """Markdown, in which others' words stay words."""
    text = _investigation.render(INVESTIGATIONS[name]())
    assert "\x1b" not in text
    assert "<b>" not in text.replace("`|<b>", "").replace("¦<b>", "")
    _as_before(text, f"investigation.{name}.md")


@pytest.mark.parametrize("name", INVESTIGATIONS)
def test_an_investigation_is_stored_as_before(name: str) -> None:
    """Schema `compatcheck.investigation/1`."""
    _as_before(investigated.dump(INVESTIGATIONS[name]()), f"investigation.{name}.json")

"""What README and manual show: each command, and the output that stands below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "shims" / "README.md",
    *sorted((ROOT / "examples").glob("*/README.md")),
)
_FENCED: Final = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
_INDENTED: Final = re.compile(
    r"^ {4}(?:\$ )?((?:\w+=\S+ )*compatcheck .*)$", re.MULTILINE
)
_ALONE: Final = re.compile(
    r"^((?:\w+=\S+ )*(?:[^|`\n]* \| )?(?:\S*/)?compatcheck .*)$", re.MULTILINE
)
"""A command at the beginning of a line, or behind what it reads."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A command of ours as a page shows it."""

    page: str
    typed: str
    """Without the remark that stands two spaces behind it."""
    output: str
    """Empty where none is shown."""

    def __str__(self) -> str:
        """Give it a name among the tests."""
        return f"{self.page}: {self.typed}"


def shown() -> Iterator[Shown]:
    """Each of them, page by page, from top to bottom."""
    for page in PAGES:
        name = str(page.relative_to(ROOT))
        text = page.read_text(encoding="utf-8")
        found = sorted([*_with_output(text), *_without(text)])
        for _, typed, output in dict.fromkeys(found):
            if _ALONE.match(typed):
                yield Shown(page=name, typed=typed, output=output)


def blocks(page: Path, language: str) -> list[str]:
    """What a page shows in a language."""
    text = page.read_text(encoding="utf-8")
    return [block[2] for block in _FENCED.finditer(text) if block[1] == language]


def _fenced(text: str, language: str) -> Iterator[tuple[int, str]]:
    """The blocks of a language, each with its place."""
    for block in _FENCED.finditer(text):
        if block[1] == language:
            yield block.start(2), _joined(block[2])


def _with_output(text: str) -> Iterator[tuple[int, str, str]]:
    for start, block in _fenced(text, "console"):
        prompts = [found.start() for found in re.finditer(r"^\$ ", block, re.MULTILINE)]
        for begin, end in pairwise([*prompts, len(block)]):
            typed, _, output = block[begin + 2 : end].partition("\n")
            yield start + begin, typed, output.rstrip()


def _without(text: str) -> Iterator[tuple[int, str, str]]:
    for start, block in _fenced(text, ""):
        for line in _ALONE.finditer(block):
            yield start + line.start(), _bare(line[1]), ""
    for line in _INDENTED.finditer(_joined(text)):
        yield line.start(), _bare(line[1]), ""


def _joined(text: str) -> str:
    """A command that goes on in the next line, in one."""
    return re.sub(r"\\\n *", " ", text)


def _bare(typed: str) -> str:
    """A command without the remark beside it."""
    return re.split(r" {2,}", typed)[0]

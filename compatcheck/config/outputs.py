"""Where each telling of the report goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from compatcheck.config.parse import choice
from compatcheck.config.said import Problems, Said
from compatcheck.config.settings import OutputRequest

STDOUT: Final = "-"
TEXT: Final = "text"
USUAL: Final = (TEXT, "json", "markdown")
"""What a run tells when nobody says how."""

_BY_SUFFIX: Final = {
    ".txt": TEXT,
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".svg": "svg",
    ".xml": "junit",
    ".sarif": "sarif",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """A format, and the path that was said with it, if any was."""

    format: str
    path: str | None
    said: Said

    @classmethod
    def parse(cls, said: Said, known: Collection[str]) -> _Wish:
        """The wish in `NAME` or `NAME=PATH`."""
        name, equals, path = said.text.partition("=")
        if equals and not path:
            raise said.wrong(f"{said.text!r} names no path", f"write {name}=PATH")
        format_ = choice(replace(said, text=name), known)
        return cls(format=format_, path=path or None, said=said)


def from_command_line(
    formats: Sequence[Said],
    output: Said | None,
    *,
    known: Collection[str],
    problems: Problems,
) -> tuple[OutputRequest, ...]:
    """What `-f` and `-o` ask for; a format without a path goes to stdout.

    Stdout holds one telling: the text unless another one is sent there.
    """
    wishes = problems.each(lambda said: _Wish.parse(said, known), formats)
    if output is not None:
        sent = problems.one(lambda said: _sent(wishes, said, known), output)
        if sent is None:
            return ()
        wishes = sent
    aimed = tuple(replace(wish, path=wish.path or STDOUT) for wish in wishes)
    return _told(aimed, problems)


def from_table(
    formats: Sequence[Said],
    *,
    known: Collection[str],
    problems: Problems,
) -> tuple[OutputRequest, ...]:
    """What `formats` asks for: text to stdout, the others into the folder."""
    wishes = problems.each(lambda said: _Wish.parse(said, known), formats)
    aimed = (
        replace(wish, path=STDOUT)
        if wish.format == TEXT and wish.path is None
        else wish
        for wish in wishes
    )
    return _told(aimed, problems)


def usual(known: Collection[str]) -> tuple[OutputRequest, ...]:
    """Text to stdout, the others into the folder."""
    return tuple(
        OutputRequest(format=name, stdout=name == TEXT)
        for name in USUAL
        if name in known
    )


def _sent(
    wishes: Sequence[_Wish], output: Said, known: Collection[str]
) -> tuple[_Wish, ...]:
    """The wishes, with the one that has no path sent to `output`."""
    bare = [wish for wish in wishes if wish.path is None]
    if len(bare) > 1:
        raise output.wrong(
            f"one path cannot hold {len(bare)} formats",
            "give each its own: -f NAME=PATH",
        )
    if bare:
        return tuple(
            wish if wish.path else replace(wish, path=output.text) for wish in wishes
        )
    name = _format_of(output, known)
    return (*wishes, _Wish(format=name, path=output.text, said=output))


def _format_of(output: Said, known: Collection[str]) -> str:
    if output.text == STDOUT:
        return TEXT
    name = _BY_SUFFIX.get(Path(output.text).suffix)
    if name is None or name not in known:
        raise output.wrong(
            f"{output.text!r} does not tell its format",
            f"say it with -f; choose from {', '.join(known)}",
        )
    return name


def _told(wishes: Iterable[_Wish], problems: Problems) -> tuple[OutputRequest, ...]:
    """The requests, once each; two at one place are a problem."""
    distinct = {(wish.format, wish.path): wish for wish in wishes}
    taken = Counter(wish.path for wish in distinct.values() if wish.path is not None)
    for path, count in taken.items():
        if count > 1:
            last = [wish for wish in distinct.values() if wish.path == path][-1]
            where = "stdout" if path == STDOUT else repr(path)
            problems.found.extend(
                last.said.wrong(
                    f"{where} cannot hold {count} formats",
                    "give each its own path: NAME=PATH",
                ).problems
            )
    requests = tuple(
        OutputRequest(
            format=wish.format,
            path=None if wish.path in (None, STDOUT) else wish.said.base / wish.path,
            stdout=wish.path == STDOUT,
        )
        for wish in distinct.values()
    )
    if STDOUT in taken:
        return requests
    return (OutputRequest(format=TEXT, stdout=True), *requests)

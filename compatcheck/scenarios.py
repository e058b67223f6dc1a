"""Reads a scenario file: its functions, and what its PEP 723 block asks for."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NoReturn

from packaging.requirements import InvalidRequirement, Requirement

from compatcheck.errors import Problem, UsageError
from compatcheck.model import Scenario
from compatcheck.model.asking import DEFAULT_SCENARIO_SECONDS

_BLOCK: Final = re.compile(
    r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$"
)
"""Where metadata stands in a file:
https://packaging.python.org/en/latest/specifications/inline-script-metadata/"""

_FUNCTION: Final = re.compile(r"scenario_\w+")
_LINE_OF_TOML: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_CREDENTIALS: Final = re.compile(r"//[^/\s]*@")
_MOST_SECONDS: Final = 24 * 60 * 60
_EXAMPLE: Final = "write it like def scenario_reply(): ..."
_KEYS: Final = ("dependencies", "requires-python", "tool")
_OWN_KEYS: Final = ("env", "network", "timeout")

_OF_THE_CELL: Final = frozenset({"HOME", "LANG", "PATH", "TMPDIR", "VIRTUAL_ENV"})
_OF_THE_LOADER: Final = ("PYTHON", "LD_", "DYLD_")
"""Variables that decide which programs, modules and libraries a cell has."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_scenario(path: Path, place: str | None = None) -> Scenario:
    """The scenario in a file, with the `_*.py` beside it.

    `place` is the file as the user wrote it. `requires-python` is not heeded: the cell
    says which Python it is. Raises `UsageError` with one problem.
    """
    file = _File(path=path, place=place or path.name)
    text = file.text(path)
    functions = tuple(node.name for node in file.functions(text))
    block = file.block(text)
    own = block.own()
    return Scenario(
        name=path.stem,
        functions=functions,
        files=((path.name, text), *file.siblings()),
        requirements=tuple(map(block.requirement, block.texts("dependencies"))),
        network=block.flag(own, "network"),
        variables=tuple(sorted(set(block.names(own, "env")))),
        seconds=block.seconds(own, "timeout"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file, and how messages call it."""

    path: Path
    place: str

    def wrong(self, message: str, mend: str, line: int | None = None) -> NoReturn:
        """Raise what is wrong with it."""
        place = self.place if line is None else f"{self.place}:{line}"
        raise UsageError(Problem(place=place, message=message, mend=mend))

    def text(self, path: Path) -> str:
        """What a file holds, its lines ended alike."""
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            which = "" if path is self.path else f"{path.name} beside it "
            self.wrong(f"{which}is not UTF-8 text", "save it as UTF-8")
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            reason = getattr(error, "strerror", None) or "that is no name of a file"
            self.wrong(f"it cannot be read: {reason}", "name a file of scenarios")

    def siblings(self) -> Iterator[tuple[str, str]]:
        """Name and text of what it can import from its folder, by name."""
        for other in sorted(self.path.parent.glob("_*.py")):
            own = other.name == self.path.name or other.name.startswith("__")
            if not own and other.is_file():
                yield other.name, self.text(other)

    def functions(self, text: str) -> list[_Function]:
        """Its scenarios, at least one, each of which can be run as it stands."""
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            reason = getattr(error, "msg", None) or str(error)
            line = getattr(error, "lineno", None)
            self.wrong(f"this is not Python: {reason}", "mend this line", line)
        found = [
            node
            for node in body
            if isinstance(node, _Function) and _FUNCTION.fullmatch(node.name)
        ]
        if not found:
            self.wrong("it has no function scenario_*", _EXAMPLE)
        seen: set[str] = set()
        for node in found:
            self._judge(node, seen)
            seen.add(node.name)
        return found

    def _judge(self, node: _Function, seen: Collection[str]) -> None:
        if node.name in seen:
            self.wrong(
                f"{node.name} is there already", "give it another name", node.lineno
            )
        needed = _required(node.args)
        if needed and not node.decorator_list:  # which may give it something
            self.wrong(
                f"{node.name} wants {', '.join(needed)}, and nobody gives it that",
                "give its parameters defaults, or leave them out",
                node.lineno,
            )
        if _yields(node):
            self.wrong(
                f"{node.name} yields, so calling it runs nothing",
                "let it return",
                node.lineno,
            )

    def block(self, text: str) -> _Block:
        """Its metadata; empty where it has none."""
        blocks = [it for it in _BLOCK.finditer(text) if it["type"] == "script"]
        if not blocks:
            return _Block(file=self, line=1, lines=(), table={})
        starts = [text.count("\n", 0, it.start()) + 1 for it in blocks]
        if len(blocks) > 1:
            self.wrong("it has a second script block", "leave one of them", starts[1])
        lines = tuple(
            line[2:] if line.startswith("# ") else line[1:]
            for line in blocks[0]["content"].splitlines()
        )
        try:
            table = tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as error:
            at = _LINE_OF_TOML.search(str(error))
            line = starts[0] + (int(at[1]) if at else len(lines))
            reason = _LINE_OF_TOML.sub("", str(error))
            self.wrong(f"this is not TOML: {reason}", "mend this line", line)
        block = _Block(file=self, line=starts[0], lines=lines, table=table)
        block.forbid_others(table, _KEYS)
        return block


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """What a script's metadata says, and where."""

    file: _File
    line: int
    """Where it begins."""
    lines: tuple[str, ...]
    table: Mapping[str, Any]

    def own(self) -> Mapping[str, Any]:
        """[tool.compatcheck]."""
        tool = self._typed(self.table, "tool", dict, "a table", "[tool.compatcheck]")
        own = self._typed(
            tool or {}, "compatcheck", dict, "a table", "[tool.compatcheck]"
        )
        self.forbid_others(own or {}, _OWN_KEYS)
        return own or {}

    def forbid_others(self, table: Mapping[str, Any], known: Collection[str]) -> None:
        """Have no key that nobody would read."""
        for key in table:
            if key not in known:
                close = get_close_matches(key, list(known), n=1)
                mend = f"did you mean {close[0]!r}?" if close else ""
                self._wrong(
                    key,
                    f"the key {key!r} is unknown",
                    mend or f"choose from {', '.join(known)}",
                )

    def texts(self, key: str) -> list[str]:
        """A list of texts at the top."""
        return self._list(self.table, key, "requirements", '["requests>=2"]')

    def requirement(self, text: str) -> str:
        """A requirement (PEP 508) in its usual spelling."""
        try:
            return str(Requirement(text))
        except InvalidRequirement as error:
            # The lines after the first draw a caret below the text, addresses and all.
            reason = str(error).splitlines()[0]
            shown = _CREDENTIALS.sub("//***@", text)
            self._wrong(
                "dependencies",
                f"{shown!r} is not a requirement: {_CREDENTIALS.sub('//***@', reason)}",
                "write it like requests>=2",
            )

    def flag(self, table: Mapping[str, Any], key: str) -> bool:
        """Yes or no; no where it is not said."""
        return bool(self._typed(table, key, bool, "true or false", f"{key} = true"))

    def names(self, table: Mapping[str, Any], key: str) -> list[str]:
        """Names of variables."""
        found = self._list(table, key, "names of variables", '["API_KEY"]')
        for name in found:
            if name in _OF_THE_CELL or name.startswith(_OF_THE_LOADER):
                self._wrong(
                    key,
                    f"{name} is what a cell sets for itself",
                    "leave it out, or set it in the scenario",
                )
            if not name or "=" in name or "\0" in name:
                self._wrong(
                    key,
                    f"{name!r} is not the name of a variable",
                    'write it like env = ["API_KEY"]',
                )
        return found

    def seconds(self, table: Mapping[str, Any], key: str) -> float:
        """A time limit, of a day at most."""
        value = table.get(key, DEFAULT_SCENARIO_SECONDS)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value <= _MOST_SECONDS:
            self._wrong(
                key,
                f"{key} must be a number of seconds above 0, {_MOST_SECONDS} at most",
                f"write it like {key} = 60",
            )
        return float(value)

    def _list(
        self, table: Mapping[str, Any], key: str, what: str, example: str
    ) -> list[str]:
        found = self._typed(table, key, list, f"a list of {what}", f"{key} = {example}")
        if not all(isinstance(it, str) for it in found or ()):
            self._wrong(
                key, f"{key} must be a list of {what}", f"write {key} = {example}"
            )
        return list(found or ())

    def _typed(
        self,
        table: Mapping[str, Any],
        key: str,
        kind: type,
        must: str,
        example: str,
    ) -> Any:  # noqa: ANN401 - of that kind, or None
        found = table.get(key)
        if found is not None and not isinstance(found, kind):
            self._wrong(key, f"{key} must be {must}", f"write it like {example}")
        return found

    def _wrong(self, key: str, message: str, mend: str) -> NoReturn:
        """Raise what is wrong, at the first line that names the key."""
        named = re.compile(rf"\s*\[?(?:tool\.)?[\"']?{re.escape(key)}\b")
        at = (n for n, line in enumerate(self.lines, start=1) if named.match(line))
        self.file.wrong(message, mend, self.line + next(at, 0))


def _required(parameters: ast.arguments) -> list[str]:
    """The names of the parameters without a default."""
    ordered = [*parameters.posonlyargs, *parameters.args]
    free = ordered[: len(ordered) - len(parameters.defaults)]
    named = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    return [it.arg for it in free] + [it.arg for it, value in named if value is None]


def _yields(node: _Function) -> bool:
    """Whether calling a function makes a generator: it yields in its own scope."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(one, inner):
            waiting.extend(ast.iter_child_nodes(one))
    return False

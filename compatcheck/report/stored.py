"""The report as JSON text, there and back."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Final

from pydantic import JsonValue, TypeAdapter, ValidationError

from compatcheck.errors import Problem, UsageError
from compatcheck.report.document import SCHEMA, Report
from compatcheck.report.legible import shown

MOST_PROBLEMS: Final = 10
"""A file that is no report is wrong in every cell: nobody reads all of that."""

_UNSEEN: Final = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""What JSON lets stand and a terminal would obey: C1 controls, marks and overrides of
direction (Unicode Standard Annex 9), separators, lone surrogates."""

_MEND: Final = "give a report that `compatcheck matrix -f json` wrote"


def dump(report: Report) -> str:
    """The report as JSON: one cell, result, failure or lock to a line, maps sorted."""
    plain = _adapter().dump_python(report, mode="json")
    return "{\n" + ",\n".join(_members(plain)) + "\n}\n"


def _members(plain: Mapping[str, JsonValue]) -> Iterator[str]:
    for key, value in plain.items():
        yield f"{_compact(key)}: {_spread(value)}"


def _spread(value: JsonValue) -> str:
    match value:
        case [_, *_]:
            lines = [f" {_compact(each)}" for each in value]
            return "[\n" + ",\n".join(lines) + "\n]"
        case dict() if any(isinstance(each, dict) for each in value.values()):
            lines = [
                f" {_compact(key)}: {_compact(value[key])}" for key in sorted(value)
            ]
            return "{\n" + ",\n".join(lines) + "\n}"
        case _:
            return _compact(value)


def _compact(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return escaped(text)


def escaped(text: str) -> str:
    """JSON text with nothing in it that a terminal would obey."""
    return _UNSEEN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    """The JSON escape; a lone surrogate has none that every reader would take."""
    if unicodedata.category(found.group()) == "Cs":
        return "\\ufffd"
    return f"\\u{ord(found.group()):04x}"


def load(text: bytes | str, *, place: str = "report") -> Report:
    """Read a report back. Keys that this release does not know are passed over.

    `place` is how the user names the file. Raises `UsageError` with each fault's
    dotted key, and with a line of its own where the schema is another one.
    """
    try:
        _check_schema(TypeAdapter(dict[str, JsonValue]).validate_json(text), place)
        report = _adapter().validate_json(text, strict=True)
    except ValidationError as error:
        raise UsageError(*_first(_faults(error, place))) from error
    if problems := _first(_unsound(report, place)):
        raise UsageError(*problems)
    return report


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def _check_schema(plain: Mapping[str, JsonValue], place: str) -> None:
    schema = plain.get("schema")
    if schema == SCHEMA:
        return
    if schema is None:
        message = "is not a report of compatcheck: it names no schema"
    else:
        message = f"has the schema {schema!r}, and this release reads {SCHEMA!r}"
    raise UsageError(_problem(place, "schema", message))


def _first(problems: Iterator[Problem]) -> list[Problem]:
    return [problem for problem, _ in zip(problems, range(MOST_PROBLEMS), strict=False)]


def _faults(error: ValidationError, place: str) -> Iterator[Problem]:
    for fault in error.errors(include_url=False, include_input=False):
        key = ".".join(str(part) for part in fault["loc"])
        yield _problem(place, key, fault["msg"][:1].lower() + fault["msg"][1:])


def _problem(place: str, key: str, message: str) -> Problem:
    where = f"{place}: {shown(key)}" if key else place
    return Problem(place=where, message=shown(message), mend=_MEND)


def _unsound(report: Report, place: str) -> Iterator[Problem]:
    """What is well formed, and still nothing that can be told or written again."""
    if report.cells and not report.axes:
        yield _problem(place, "axes", "is empty, although there are cells")
    if not _finite(report.request):
        yield _problem(place, "request", "holds a number that JSON does not know")
    yield from _dangling(report, place)


def _finite(value: object) -> bool:
    match value:
        case float():
            return isfinite(value)
        case dict():
            return all(map(_finite, value.values()))
        case list():
            return all(map(_finite, value))
        case _:
            return True


def _dangling(report: Report, place: str) -> Iterator[Problem]:
    """References that lead nowhere: a renderer may rely on each of them."""
    for key, name, known in _references(report):
        if name is not None and name not in known:
            yield _problem(place, key, f"refers to {name!r}, which is not there")
    for name, contract in report.contracts.items():
        if strange := [use for use in contract.uses if not _is_place(use, report.uses)]:
            message = f"refers to {strange[0]}, which is no place in `uses`"
            yield _problem(place, f"contracts.{name}.uses", message)


def _is_place(number: int, sequence: Sequence[object]) -> bool:
    return 0 <= number < len(sequence)


def _references(
    report: Report,
) -> Iterator[tuple[str, str | None, Mapping[str, object] | tuple[str, ...]]]:
    for index, cell in enumerate(report.cells):
        yield f"cells.{index}.lock", cell.lock, report.locks
        yield f"cells.{index}.contract", cell.contract, report.contracts
        yield f"cells.{index}.result", cell.result, report.results
        yield f"cells.{index}.python", cell.python, report.pythons
        if cell.shims:
            answers = report.shims.answers if report.shims else {}
            yield f"cells.{index}.shims", cell.shims, answers
        for axis in report.axes:
            where = f"cells.{index}.pins.{axis.distribution}"
            yield where, cell.pins.get(axis.distribution, ""), axis.versions
    for name, told in report.shims.answers.items() if report.shims else ():
        yield f"shims.answers.{name}.lock", told.lock, report.locks
        yield f"shims.answers.{name}.result", told.result, report.results
    for name, result in report.results.items():
        for index, seen in enumerate(result.observations):
            where = f"results.{name}.observations.{index}.failure"
            yield where, seen.failure, report.failures

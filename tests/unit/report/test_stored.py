"""Reports as JSON: what is written is read back, what is wrong is named."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from golden.runs import RUNS, hostile, narrow, served

from compatcheck.errors import UsageError
from compatcheck.formats import Style, get
from compatcheck.model import Source
from compatcheck.report.document import SCHEMA, equal
from compatcheck.report.legible import LONGEST
from compatcheck.report.stored import MOST_PROBLEMS, dump, load


@pytest.mark.parametrize("name", RUNS)
def test_a_report_survives_the_round_trip(name: str) -> None:
    """Reading what was written gives the same report, and writing it the same text."""
    report = RUNS[name]()
    text = dump(report)
    assert load(text) == report
    assert load(text.encode()) == report
    assert dump(load(text)) == text


def test_each_cell_has_a_line_of_its_own() -> None:
    """A difference between two stored reports is read cell by cell."""
    lines = dump(narrow()).splitlines()
    assert sum(line.startswith(' {"pins":') for line in lines) == 21


def test_no_control_character_is_written_as_it_is() -> None:
    """JSON on a terminal moves no cursor and turns no line around."""
    text = dump(hostile())
    assert not [char for char in text if char in "\x1b\x9b\u202e\x07\x00\r"]
    assert "secret" not in text


def test_a_lone_surrogate_harms_no_reader() -> None:
    """What a command line could not decode is written as the replacement character."""
    report = replace(narrow(), request={"path": "\udcff"})
    assert load(dump(report)).request == {"path": "\ufffd"}


def changed(**members: Any) -> str:  # noqa: ANN401 - anything may stand in a file
    """The report's JSON with some members put otherwise."""
    return json.dumps(json.loads(dump(narrow())) | members)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "a.json", "invalid JSON"),
        ("[]", "a.json", "should be an object"),
        ("{}", "a.json: schema", "names no schema"),
        (changed(schema="compatcheck.report/2"), "a.json: schema", SCHEMA),
        (changed(schema=1), "a.json: schema", "1"),
        (changed(interrupted="no"), "a.json: interrupted", "boolean"),
        (changed(summary={}), "a.json: summary.cells", "required"),
        (changed(locks={}), "a.json: cells.8.lock", "refers to"),
        (changed(results={}), "a.json: cells.8.result", "refers to"),
        (changed(contracts={}), "a.json: cells.8.contract", "refers to"),
        (changed(pythons={}), "a.json: cells.0.python", "refers to '3.12'"),
        (changed(axes=[]), "a.json: axes", "although there are cells"),
        (changed(timings={"ask": float("nan")}), "a.json: timings.ask", "finite"),
        (changed(request={"a": [float("inf")]}), "a.json: request", "number"),
        (changed(request={"a": 10}).replace("10}", "9" * 5000 + "}"), "a.json", "JSON"),
        (changed(request=None), "a.json: request", "object"),
        (changed(summary={"cells": 1e30}), "a.json: summary.cells", "integer"),
        ("[" * 9999, "a.json", "recursion"),
        (b"\xff{}", "a.json", "invalid JSON"),
        (changed(locks={"\x1b[2J": 1}), "a.json: locks.\\x1b[2J", "object"),
        (changed(schema="\x1b[2J" * 999), "a.json: schema", "\\x1b[2J"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(
    text: str | bytes, place: str, words: str
) -> None:
    """A file that is no report is one clear line with the dotted key, and exit 2."""
    with pytest.raises(UsageError) as caught:
        load(text, place="a.json")
    problem = caught.value.problems[0]
    assert problem.place.startswith(place)
    assert words in problem.message
    assert len(caught.value.problems) <= MOST_PROBLEMS
    assert str(caught.value).replace("\n", "").isprintable()
    assert len(str(problem)) < LONGEST * 2


def test_keys_of_a_later_release_are_passed_over() -> None:
    """A report that has learnt a key is still read."""
    assert load(changed(weather="fair")) == narrow()


def test_equality_is_blind_to_time_and_source() -> None:
    """Two runs are equal whenever they ran and wherever their answers came from."""
    one = narrow()
    cells = tuple(replace(cell, source=Source.CACHED) for cell in one.cells)
    later = replace(one, generated="2027-01-01T00:00:00Z", timings={}, cells=cells)
    assert equal(one, later)
    assert not equal(one, replace(one, cells=one.cells[1:]))


def test_the_full_lock_of_a_cell_has_its_pins() -> None:
    """What is stored beside the pins, and the pins, are the whole lock."""
    report = narrow()
    assert report.lock_of(report.cells[0]) is None
    assert report.lock_of(report.cells[-1]) == {
        "payments": "0.5.1",
        "pydantic": "2.11.0",
        "storefront": "1.2.0",
        "typing-extensions": "4.15.0",
    }


def test_reports_of_the_first_release_are_still_read() -> None:
    """What was written before there were calls, scenarios and drift is told again."""
    plain = json.loads(dump(narrow()))
    for result in plain["results"].values():
        del result["deepest"], result["diagnoses"]
        result["contract"] = "0123456789"
    for contract in plain["contracts"].values():
        del contract["uses"], contract["unclear"], contract["scenarios"]
        del contract["unread"]
    for cell in plain["cells"]:
        del cell["contract"]
    del plain["drift"], plain["uses"]
    old = load(json.dumps(plain))
    assert old.conclusion == narrow().conclusion
    text = get("text").render(old, Style())
    assert text == get("text").render(narrow(), Style())


def test_a_use_that_is_not_there_is_named() -> None:
    """A contract refers to uses by their place, and each place must be one."""
    plain = json.loads(dump(served()))
    plain["uses"] = plain["uses"][:1]
    with pytest.raises(UsageError, match=r"contracts\.\w+\.uses.* refers to [1-9]"):
        load(json.dumps(plain))

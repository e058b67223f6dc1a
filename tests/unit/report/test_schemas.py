"""What we write is as its published schema says, and the schema is that of the code."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from golden import runs
from jsonschema import Draft202012Validator, ValidationError

from compatcheck.config.starter import write_starter
from compatcheck.config.table import Table, examples
from compatcheck.formats import Style, get
from compatcheck.report.schemas import names, schema, written

ROOT: Final = Path(__file__).parents[3]
PUBLISHED: Final = ROOT / "docs" / "schemas"
STORED: Final = sorted((ROOT / "reports").glob("*.json"))


def check(name: str, document: Any) -> None:  # noqa: ANN401 - what JSON holds
    """Raise `ValidationError` unless the document is as the schema says."""
    Draft202012Validator(schema(name)).validate(document)


@pytest.mark.parametrize("name", names())
def test_published_files_are_those_of_the_code(name: str) -> None:
    """A schema that changes is published anew; write it with `written`."""
    assert (PUBLISHED / f"{name}.json").read_text(encoding="utf-8") == written(name)
    Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("run", runs.RUNS)
def test_every_report_is_valid(run: str) -> None:
    """Whatever a run came to, its JSON is as the schema says."""
    check("report-1", json.loads(get("json").render(runs.RUNS[run](), Style())))


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
def test_committed_reports_are_valid(file: Path) -> None:
    """What real runs left, too."""
    check("report-1", json.loads(file.read_bytes()))


@pytest.mark.parametrize(
    ("key", "value"),
    [("cells", {}), ("schema", "compatcheck.report/2"), ("conclusion", None)],
)
def test_what_is_no_report_is_not_valid(key: str, value: object) -> None:
    """The schema can say no."""
    told = json.loads(get("json").render(runs.narrow(), Style()))
    with pytest.raises(ValidationError):
        check("report-1", {**told, key: value})


def test_every_key_of_the_report_is_described() -> None:
    """A reader of the reference finds words for what a key does not say itself."""
    told = schema("report-1")
    kinds = told["$defs"]
    assert all(kinds[kind].get("description") for kind in ("Cell", "Result", "Drift"))
    assert "beside its pins" in told["properties"]["locks"]["description"]


def test_the_examples_of_each_key_are_valid() -> None:
    """What `compatcheck init` writes, uncommented, is as both say: schema and code."""
    for key, (_, example) in examples().items():
        table = tomllib.loads(example)
        check("configuration", table)
        Table.model_validate(table)
        assert key in table


def test_a_started_configuration_is_valid(tmp_path: Path) -> None:
    """So is the file that it writes."""
    table = tomllib.loads(write_starter(tmp_path).read_text(encoding="utf-8"))
    check("configuration", table["tool"]["compatcheck"])


@pytest.mark.parametrize(
    "table", [{"axis": ["a"]}, {"jobs": "many"}, {"select": ["all"]}, {"axes": "a"}]
)
def test_a_wrong_configuration_is_not_valid(table: dict[str, object]) -> None:
    """An editor that knows the schema marks what the code would refuse."""
    with pytest.raises(ValidationError):
        check("configuration", table)


@pytest.mark.parametrize(
    "table",
    [
        {"select": "all"},
        {"select": {"default": "minor"}},
        {"timeout": 3},
        {"contract": {"symbols": ["a:b", {"module": "a", "names": ["b"]}]}},
    ],
)
def test_short_forms_are_valid(table: dict[str, object]) -> None:
    """What may be written shortly may be so for an editor, too."""
    check("configuration", table)
    Table.model_validate(table)

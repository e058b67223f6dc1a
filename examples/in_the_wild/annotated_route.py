"""A route whose parameter is annotated: no server, no request sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Path


def scenario_declares_an_annotated_path_parameter() -> None:
    """An application describes such a route in its schema."""
    app = FastAPI()

    @app.get("/books/{number}")
    def book(number: Annotated[int, Path(description="Which book")]) -> None: ...

    assert "/books/{number}" in app.openapi()["paths"]

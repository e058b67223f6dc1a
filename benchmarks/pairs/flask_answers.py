"""A page is served."""

from __future__ import annotations

from flask import Flask


def scenario_answers() -> None:
    """A page that was asked for comes back."""
    app = Flask("small")
    app.add_url_rule("/eggs/<int:minutes>", view_func=lambda minutes: f"{minutes} min")
    answer = app.test_client().get("/eggs/9")
    if (answer.status_code, answer.get_data(as_text=True)) != (200, "9 min"):
        raise AssertionError(f"it answers {answer.status}: {answer.data!r}")

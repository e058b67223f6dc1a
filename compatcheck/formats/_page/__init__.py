"""The page of a report: what it is made of, and the template that holds it together.

Scripts and styles are files of this folder. They stand in the page as they are, named
in its content security policy by their digests: nothing else runs or styles there,
whatever a package has said, and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from compatcheck.report.legible import LONGEST, shown

SCRIPTS: Final = ("told.js", "seen.js", "near.js", "grid.js", "cell.js", "choose.js")
"""In the order in which they need each other."""

_IN_SCRIPT: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
"""What could end a script element, written otherwise: JSON means the same by it."""


def fill(template: str, facts: Mapping[str, Any]) -> str:
    """The template with the facts, each escaped where it stands."""
    return _environment().get_template(template).render(facts) + "\n"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(plain=_plain, counted=_counted)
    return environment


def _loader() -> BaseLoader:
    return PackageLoader(__name__, package_path="")


def _plain(text: str, longest: int = LONGEST) -> str:
    """Text whose characters are all to be seen; autoescape does the rest."""
    return shown(text, longest=longest)


def _counted(number: int, word: str) -> str:
    """`1 cell`, `2,976 cells`."""
    return f"{number:,} {word}{'s' * (number != 1)}"


def asset(name: str) -> str:
    """A file of this folder."""
    return (resources.files(__name__) / name).read_text(encoding="utf-8")


def assets(styles: str) -> dict[str, Markup]:
    """Style and script of the page, and the policy that admits just them."""
    css = Markup(asset("page.css") + styles)  # noqa: S704 - our own file, and figures
    parts = "".join(asset(name) for name in SCRIPTS)
    script = Markup(f'"use strict";\n(() => {{\n{parts}}})();\n')  # noqa: S704 - likewise
    policy = (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(css)};"
        " img-src data:; base-uri 'none'; form-action 'none';"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return {"css": css, "script": script, "policy": Markup(policy)}  # noqa: S704


def _digest(text: str) -> str:
    """A source expression of a content security policy (CSP level 3, 2.3.1)."""
    told = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(told).decode()}'"


def data(facts: Mapping[str, Any]) -> Markup:
    """JSON that a script element can hold."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    for char, otherwise in _IN_SCRIPT.items():
        text = text.replace(char, otherwise)
    return Markup(text)  # noqa: S704 - nothing in it can end its element

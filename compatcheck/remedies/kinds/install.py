"""Install requirements."""

from __future__ import annotations

import shlex
from typing import Final

from compatcheck.errors import EnvironmentFault
from compatcheck.model.mending import Install
from compatcheck.remedies.at import At

KIND: Final = Install


def words(step: Install, at: At) -> str:
    """The command for people: pip's where they have it, else uv's."""
    python = str(at.process.python)
    wanted = (*(("-e",) if step.editable else ()), *step.requirements)
    options = [
        *(("--upgrade",) if step.newer else ()),
        *(("--no-deps",) if step.alone else ()),
        *(("--target", step.target) if step.target else ()),
    ]
    if at.has_pip:
        # pip leaves what lies in a target folder as it is, unless told otherwise.
        word = "--upgrade" if step.target else "--force-reinstall"
        again = (word,) if step.again else ()
        command = [python, "-m", "pip", "install", *options, *again, *wanted]
    else:
        again = ("--reinstall",) if step.again else ()
        command = ["uv", "pip", "install", "--python", python]
        command += [*options, *again, *wanted]
    return shlex.join(command)


def do(step: Install, at: At) -> At:
    """Install with uv. Raises `EnvironmentFault` where that is not possible."""
    if at.uv is None:
        raise EnvironmentFault("nothing is here to install with")
    requirements = [at.here(it) for it in step.requirements]
    edit = ["-e"] if step.editable else []
    arguments = ["pip", "install", "--python", str(at.process.python)]
    arguments += ["--upgrade"] * step.newer + ["--no-deps"] * step.alone
    arguments += _again(step)
    arguments += ["--target", at.here(step.target)] if step.target else []
    ended = at.uv.run([*arguments, *edit, *requirements])
    if ended.code != 0:
        raise EnvironmentFault(f"it cannot be installed: {ended.error.strip()[:300]}")
    return at


def _again(step: Install) -> list[str]:
    """Only what is named is laid anew: the rest is as the user has it."""
    if not step.again:
        return []
    names = [it.partition("==")[0].partition("[")[0] for it in step.requirements]
    return [word for name in names for word in ("--reinstall-package", name)]

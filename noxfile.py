"""The developers' door: `nox` runs what CI runs, which adds every Python to it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2026.2.9"
nox.options.default_venv_backend = "uv"
nox.options.sessions = [
    *("lint", "types", "tests", "page", "manual", "shims", "market"),
    *("online", "shims_online", "gate_market"),
    *("lab_sample", "benchmarks_sample"),
]
nox.options.error_on_external_run = True
if os.environ.get("CI"):  # a user's machine need not have every Python
    nox.options.sessions += ["lowest", "pythons", "shims_newer"]

PYTHONS = ["3.11", "3.12", "3.13"]
"""What we run on; `tests` runs on the first where nothing else is asked for."""


def _found(version: str) -> str:
    """A Python of that version: pyenv's, whose shims may be idle, else nox's choice."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    there = sorted(versions.glob(f"{version}.[0-9]*/bin/python"))
    return str(there[-1]) if there else version


# Tests wait for the programs that they start, so one more runs than there are
# processors; some take a minute, so whoever is done takes over from others.
OFFLINE = (
    *("-n", str(1 + (os.cpu_count() or 1)), "--dist", "worksteal"),
    *("-m", "not online and not lab and not page"),
)
SHORT = (
    *OFFLINE,
    *("tests/unit", "--ignore", "tests/unit/guest", "tests/functional/test_matrix.py"),
)
"""What differs between Pythons and between releases of what we depend on, if anything
does: the units, without those that run in Pythons of their own choice, and the way from
the command line to the report."""
LOCKED = ".ci/requirements.txt"
"""Every distribution of the development groups, with hashes."""


def _install(session: nox.Session) -> None:
    session.install("--require-hashes", "-r", LOCKED)
    session.install("--no-deps", "-e", ".", "-e", "./shims")


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and the direction of imports."""
    _install(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Strict types in the package, its tests and this file."""
    _install(session)
    session.run("mypy")


@nox.session(python=_found(PYTHONS[0]))
def tests(session: nox.Session) -> None:
    """What needs no network: unit and functional."""
    _install(session)
    session.run("pytest", *OFFLINE, *session.posargs)


SHIMS = [nox.param(_found(v), id=v) for v in ("3.10", *PYTHONS)]
"""What the shim runs on: it is one release older than the house."""


def _install_shims(session: nox.Session) -> None:
    session.chdir("shims")
    session.install("-e", ".", "--group", "test")


@nox.session
@nox.parametrize("python", SHIMS[:2])
def shims(session: nox.Session) -> None:
    """The shim: its types, and its tests without a network."""
    _install_shims(session)
    session.run("mypy")
    session.run("pytest", "-n", "auto", "-m", "not online", *session.posargs)


@nox.session
@nox.parametrize("python", SHIMS[2:])
def shims_newer(session: nox.Session) -> None:
    """The shim's tests on newer Pythons."""
    _install_shims(session)
    session.run("pytest", "-n", "auto", "-m", "not online", *session.posargs)


@nox.session(python=_found(PYTHONS[0]))
def shims_online(session: nox.Session) -> None:
    """The shim on the first error's environment, installed from the real index."""
    _install_shims(session)
    session.run("pytest", "-m", "online", *session.posargs)


@nox.session
def online(session: nox.Session) -> None:
    """What asks the real index, two at a time: most of it is waiting."""
    _install(session)
    options = ("-n", "2", "--dist", "worksteal", "-m", "online")
    session.run("pytest", *options, *session.posargs)


CHROMIUM = "chromium"
"""Debian's package: the browser that the page is looked at with."""


@nox.session
def page(session: nox.Session) -> None:
    """The page in headless Chromium; `-- pictures` takes those of the manual anew.

    `-- pictures --as NAME REPORT...` takes some of these reports, under other names.
    """
    _browser(session)
    session.install("-e", ".", "--group", "page")
    match session.posargs:
        case ["pictures", *reports]:
            session.run("python", "tests/page/pictures.py", *reports)
        case options:
            session.run("pytest", "-m", "page", "tests/page", *options)


def _browser(session: nox.Session) -> None:
    """Chromium from the system's packages, where it may be installed and is not."""
    if shutil.which(CHROMIUM) or not shutil.which("apt-get") or os.getuid():
        return
    session.run("apt-get", "update", "-qq", external=True)
    session.run(
        *("apt-get", "install", "-y", "-qq", "--no-install-recommends"),
        *(CHROMIUM, "fonts-dejavu-core"),
        external=True,
    )


@nox.session
def manual(session: nox.Session) -> None:
    """The manual into `site/`, every warning an error; `-- --serve` to look at it."""
    session.install("-e", ".", "--group", "manual")
    if "--serve" in session.posargs:
        session.run("mkdocs", "serve")
        return
    session.run("mkdocs", "build", "--strict", *session.posargs)


@nox.session
def lab_sample(session: nox.Session) -> None:
    """A short round of what takes long."""
    _install(session)
    session.run("python", "tests/lab/kill_rounds.py", "--rounds", "5")
    _corpus(session, "--sample", "12")


def _corpus(session: nox.Session, *options: str) -> None:
    """Rebuild import failures that were seen in public, and ask the doctor of each."""
    work = session.create_tmp()
    session.run("python", "tests/lab/corpus_score.py", "--work", work, *options)


@nox.session
def corpus(session: nox.Session) -> None:
    """All failures of the corpus, remedies tried; options are those of the script."""
    _install(session)
    _corpus(session, *(session.posargs or ("--try",)))


@nox.session
def silence(session: nox.Session) -> None:
    """Forty healthy environments, of which the doctor has nothing to say."""
    _install(session)
    work = session.create_tmp()
    session.run("python", "tests/lab/silence.py", "--work", work, *session.posargs)


@nox.session
def lab(session: nox.Session) -> None:
    """The whole of what takes long: fifty rounds of kill -9, and tests of that kind."""
    _install(session)
    session.run("pytest", "-n", "auto", "-m", "lab")
    session.run("python", "tests/lab/kill_rounds.py", "--rounds", "50")


MARKET = "examples/market_server"
MARKET_LOCKED = ".ci/market.txt"
"""Every distribution that the example app is tested with, with hashes."""


def _install_market(session: nox.Session) -> None:
    session.install("--require-hashes", "-r", MARKET_LOCKED)
    session.install("--no-deps", "-e", MARKET)
    session.chdir(MARKET)


@nox.session(python=_found(PYTHONS[0]))
def market(session: nox.Session) -> None:
    """The example app: its types, and its tests but for those that take long."""
    _install_market(session)
    session.run("mypy")
    session.run("pytest", *(session.posargs or ("-m", "not long and not online")))


@nox.session(python=_found(PYTHONS[0]))
def market_long(session: nox.Session) -> None:
    """The example app under load, and damaged as the first users' environment was."""
    _install_market(session)
    session.run("pytest", "-m", "long or online", *session.posargs)


PAIRS = ("benchmarks/pairs/flask.toml", "benchmarks/pairs/chatkit.toml")


@nox.session
def gate_market(session: nox.Session) -> None:
    """Gate the newest lock of the example app beside that of the month before.

    A session to copy: in a project of yours, `--base origin/main` and no `--lock`.
    """
    _install(session)
    session.chdir(MARKET)
    session.run(
        "compatcheck", "gate", "--base", "locks/2026-10.txt",
        "--lock", "requirements.txt", "--python", PYTHONS[0], *session.posargs,
    )  # fmt: skip


BENCHMARKS = {
    "side_by_side": PAIRS,
    "growth": PAIRS[1:],
    "full_grid": PAIRS[1:],
    "start_up": (),
    "doctor": (),
    "gate": (),
    "shim_start_up": (
        *("--requires", "openai-chatkit", "openai-agents"),
        *("--statement", "import agents"),
    ),
}
"""Each script with what it is about."""


@nox.session
def benchmarks_sample(session: nox.Session) -> None:
    """Do all contestants still run, and say the same? Nothing is measured."""
    _install(session)
    work = session.create_tmp()
    session.run(
        "python", "benchmarks/side_by_side.py", PAIRS[0], "--sample",
        "--against", "tox,nox,uv-run", "--work", work, "--output", work,
    )  # fmt: skip


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Every benchmark, which takes an hour or two, or only those named."""
    _install(session)
    session.install("--group", "benchmarks")
    for name in session.posargs or BENCHMARKS:
        session.run("python", f"benchmarks/{name}.py", *BENCHMARKS[name])


@nox.session
@nox.parametrize("python", [nox.param(_found(v), id=v) for v in PYTHONS[1:]])
def pythons(session: nox.Session) -> None:
    """The short tests on each further Python that we run on."""
    session.install("-e", ".", "--group", "test")
    session.run("pytest", *(session.posargs or SHORT))


@nox.session(python=_found(PYTHONS[0]))
def lowest(session: nox.Session) -> None:
    """The short tests with the oldest releases that pyproject.toml admits."""
    session.install("-e", ".", "--group", "test", "--resolution", "lowest-direct")
    session.run("pytest", *(session.posargs or SHORT))


@nox.session
def requirements(session: nox.Session) -> None:
    """Lock the development groups anew, and what the example app is tested with."""
    session.install("uv")
    session.run(
        "uv", "pip", "compile", "pyproject.toml", "--group", "dev", "--universal",
        "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet",
        "--python-version", PYTHONS[0], "--output-file", LOCKED,
    )  # fmt: skip
    session.run(
        "uv", "pip", "compile", f"{MARKET}/pyproject.toml", "--all-extras",
        "--group", f"{MARKET}/pyproject.toml:test", "--universal",
        "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet",
        "--no-emit-package", "market-server",
        "--python-version", PYTHONS[0], "--output-file", MARKET_LOCKED,
    )  # fmt: skip


GRIDS = nox.project.load_toml("reports/grids.toml")
"""What each committed report asks for, and where."""


@nox.session
def reports(session: nox.Session) -> None:
    """Make the committed reports anew, on the real index, or only those named."""
    _install(session)
    folder = Path("reports").resolve()
    for name in session.posargs or GRIDS:
        formats = (f"json={folder / name}.json", f"markdown={folder / name}.md")
        with session.chdir(GRIDS[name].get("folder", ".")):
            session.run(
                "compatcheck", "matrix", *GRIDS[name]["ask"],
                *(word for each in formats for word in ("-f", each)),
                success_codes=[0, 1],
            )  # fmt: skip

"""Run a grid with its progress shown, and put its report where it belongs."""

from __future__ import annotations

import sys

from compatcheck.cli.output import deliver
from compatcheck.cli.place import here
from compatcheck.cli.progress import progress
from compatcheck.cli.speaking import say
from compatcheck.config.options import Options
from compatcheck.config.read import NotUnderstood, read_settings
from compatcheck.config.settings import Settings
from compatcheck.errors import UsageError
from compatcheck.executors.choose import executor_names
from compatcheck.formats import names
from compatcheck.probes import known_probes
from compatcheck.profiles import all_profiles
from compatcheck.workflow.cache import tidy
from compatcheck.workflow.matrix import Run, further_problems, run_matrix
from compatcheck.workflow.session import Session
from compatcheck.workflow.verdict import exit_code


def tell_matrix(options: Options) -> int:
    """Run `compatcheck matrix` and return its exit code.

    Raises `UsageError` and `CouldNotTell` before anything was asked, and what is a bug
    of ours when everything is told.
    """
    session = here()
    settings = _settings(options, session)
    with progress(sys.stderr) as listener:
        run = run_matrix(settings, session, listener)
    deliver(run.report, settings.outputs, settings.folder)
    _tidy(session, settings, run)
    if run.bug is not None:
        raise run.bug
    return exit_code(run.report, settings.fail_on)


def _tidy(session: Session, settings: Settings, run: Run) -> None:
    """Hold the cache within its size; not when the user wants to be gone."""
    if not run.report.interrupted and (freed := tidy(session, settings.cache_size)):
        say(f"cache: {freed} of downloads removed")


def _settings(options: Options, session: Session) -> Settings:
    """The settings. Raises `UsageError` with all that is wrong, the axes included."""
    try:
        return read_settings(
            options,
            session.folder,
            known_probes=known_probes(),
            known_formats=names(),
            known_executors=executor_names(),
            known_profiles=all_profiles(),
            now=session.clock(),
        )
    except NotUnderstood as error:
        partial = error.partial
        further = further_problems(partial, session) if partial else ()
        raise UsageError(*error.problems, *further) from None

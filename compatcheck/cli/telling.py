"""Run a grid with its progress shown, and put its report where it belongs."""

from __future__ import annotations

import sys

from compatcheck.cli.output import deliver
from compatcheck.cli.place import here
from compatcheck.cli.progress import progress
from compatcheck.config.options import Options
from compatcheck.config.read import read_settings
from compatcheck.formats import names
from compatcheck.probes import known_probes
from compatcheck.profiles import all_profiles
from compatcheck.workflow.matrix import run_matrix
from compatcheck.workflow.verdict import exit_code


def tell_matrix(options: Options) -> int:
    """Run `compatcheck matrix` and return its exit code.

    Raises `UsageError` and `CouldNotTell` before anything was asked.
    """
    session = here()
    settings = read_settings(
        options,
        session.folder,
        known_probes=known_probes(),
        known_formats=names(),
        known_profiles=all_profiles(),
        now=session.clock(),
    )
    with progress(sys.stderr) as listener:
        report = run_matrix(settings, session, listener)
    deliver(report, settings.outputs, settings.folder)
    return exit_code(report, settings.fail_on)

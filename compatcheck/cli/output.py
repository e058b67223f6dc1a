"""Put a report where it belongs: stdout, or whole files."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from compatcheck.cli.speaking import say, silence
from compatcheck.cli.style import stdout_style
from compatcheck.config.settings import OutputRequest
from compatcheck.errors import Problem, StoreFault, UsageError
from compatcheck.formats import Style, get
from compatcheck.report.document import Report
from compatcheck.report.merged import merge
from compatcheck.report.stored import load


def deliver(report: Report, outputs: Sequence[OutputRequest], folder: Path) -> None:
    """Write each asked-for telling; say on stderr which files were written.

    Raises `StoreFault` when one cannot be written, after all that can be are; what
    was there before then stands.
    """
    faults = []
    for output in outputs:
        form = get(output.format)
        if output.stdout:
            tell(form.render(report, stdout_style()))
            continue
        path = output.path or folder / f"{_stem(report)}{form.suffix}"
        try:
            write_whole(path, form.render(report, Style(width=100)))
        except StoreFault as fault:
            faults.append(str(fault))
        else:
            say(f"written: {_shown(path)}")
    if faults:
        raise StoreFault("; ".join(faults))


def tell(text: str) -> None:
    """Write to stdout; a reader that has had enough does not end the telling."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except (OSError, AttributeError) as error:  # no room for it, or closed
        if sys.stdout is not None:
            silence(sys.stdout)
        words = getattr(error, "strerror", None) or "it is closed"
        raise StoreFault(f"standard output cannot be written: {words}") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or as it was. Raises `StoreFault`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            _share(Path(name))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        words = error.strerror
        if isinstance(error, FileExistsError | NotADirectoryError):
            words = "a file is where its folder should be"
        raise StoreFault(f"{_shown(path)} cannot be written: {words}") from error


def _share(path: Path) -> None:
    """Give a file the rights that the user's other new files have."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def _stem(report: Report) -> str:
    return "-x-".join(axis.distribution for axis in report.axes)


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def read_report(file: str) -> Report:
    """A stored report; - is stdin. Raises `UsageError` where it cannot be read."""
    return load(_read(file), place=file)


def retell(file: str, form: str, output: str) -> None:
    """Tell a stored report again. Raises `UsageError` for one that cannot be read."""
    get(form)  # a format that is not there is told before anything is read
    _put(load(_read(file), place=file), form, output)


def join(files: Sequence[str], form: str, output: str) -> Report:
    """Merge stored reports and tell the whole; it is returned, too.

    Raises `UsageError` for those that cannot be read, or cannot be told as one.
    """
    get(form)  # a format that is not there is told before anything is read
    report = merge([(file, load(_read(file), place=file)) for file in files])
    _put(report, form, output)
    return report


def _put(report: Report, form: str, output: str) -> None:
    chosen = get(form)
    if output == "-":
        tell(chosen.render(report, stdout_style()))
    else:
        write_whole(Path(output), chosen.render(report, Style(width=100)))


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(
            Problem(
                place=file,
                message=f"it cannot be read ({error.strerror})",
                mend="name a report that `compatcheck matrix -f json` wrote",
            )
        ) from error

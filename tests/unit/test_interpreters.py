"""Which Pythons are found, and which one a request chooses."""

from __future__ import annotations

import json
import os
import sys
import time
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.markers import default_environment

from compatcheck.errors import UsageError
from compatcheck.interpreters import available, choose
from compatcheck.interpreters.run import run

BASE = Path(sys.base_prefix).resolve()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A machine with nothing on it but what a test plants under `bin` and `pyenv`."""
    (tmp_path / "bin").mkdir()
    return {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.defpath}",
        "HOME": str(tmp_path),
        "PYENV_ROOT": str(tmp_path / "pyenv"),
        "UV_PYTHON_INSTALL_DIR": str(tmp_path / "uv"),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
    }


def plant(
    file: Path, version: str, *, implementation: str = "cpython", threaded: bool = False
) -> Path:
    """A program that tells of itself what a Python of that version would."""
    told = {
        "executable": str(file),
        "version": version,
        "implementation": implementation,
        "threaded": threaded,
        "build": [version, None],
        "markers": {"python_full_version": version},
    }
    return script(file, f"cat <<'END'\n{json.dumps(told)}\nEND\n")


def script(file: Path, text: str) -> Path:
    """An executable shell script."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}")
    file.chmod(0o755)
    return file


def chosen(request: str, environ: Mapping[str, str]) -> Path:
    """The executable that one request gives."""
    (interpreter,) = choose([request], environ)
    return interpreter.executable


class TestTheRunningOne:
    """The Python that runs these tests."""

    def test_is_what_no_request_means(self, environ: dict[str, str]) -> None:
        """Without a request the base of the running interpreter is chosen."""
        (interpreter,) = choose([], environ)

        assert interpreter.executable.is_relative_to(BASE)
        assert interpreter.version == sys.version.split()[0]

    def test_tells_the_marker_environment(self, environ: dict[str, str]) -> None:
        """The markers are those that packaging computes inside that interpreter."""
        (interpreter,) = choose([], environ)

        assert dict(interpreter.markers) == dict(default_environment())

    def test_has_the_same_build_each_time(self, environ: dict[str, str]) -> None:
        """The digest of a build does not vary from one inspection to the next."""
        assert choose([], environ) == choose([sys.executable], environ)

    @pytest.mark.parametrize("symlinks", [True, False])
    def test_is_given_for_its_venvs(
        self, environ: dict[str, str], tmp_path: Path, *, symlinks: bool
    ) -> None:
        """A path into a venv, linked or copied, gives the Python it was made from."""
        venv.create(tmp_path / "env", symlinks=symlinks, with_pip=False)

        assert chosen(str(tmp_path / "env" / "bin" / "python"), environ) == (
            choose([], environ)[0].executable
        )


class TestAVersion:
    """A request such as `3.98`."""

    def test_gives_the_newest_patch(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """Of all patches of a minor, wherever they lie, the newest is chosen."""
        plant(tmp_path / "bin" / "python3.98", "3.98.2")
        newest = plant(tmp_path / "pyenv/versions/3.98.10/bin/python", "3.98.10")

        assert chosen("3.98", environ) == newest

    def test_prefers_a_final_release(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """A pre-release is chosen only where nothing else will do."""
        final = plant(tmp_path / "pyenv/versions/3.98.0/bin/python", "3.98.0")
        plant(tmp_path / "pyenv/versions/3.98.1rc1/bin/python", "3.98.1rc1")
        only = plant(tmp_path / "pyenv/versions/3.99.0a1/bin/python", "3.99.0a1")

        assert chosen("3.98", environ) == final
        assert chosen("3.99", environ) == only

    def test_prefers_the_ordinary_build(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """A newer build without the global lock does not win over the usual one."""
        usual = plant(tmp_path / "pyenv/versions/3.98.0/bin/python", "3.98.0")
        plant(tmp_path / "pyenv/versions/3.98.1t/bin/python", "3.98.1", threaded=True)

        assert chosen("3.98", environ) == usual

    def test_is_exact_with_three_parts(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """`3.98.1` is neither `3.98.10` nor `3.98.2`."""
        exact = plant(tmp_path / "pyenv/versions/3.98.1/bin/python", "3.98.1")
        plant(tmp_path / "pyenv/versions/3.98.10/bin/python", "3.98.10")
        plant(tmp_path / "bin" / "python3.98", "3.98.2")

        assert chosen("3.98.1", environ) == exact

    def test_means_cpython_unless_named(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """`pypy3.98` gives PyPy and `3.98` never does."""
        pypy = plant(
            tmp_path / "pyenv/versions/pypy3.98-7.3.1/bin/python",
            "3.98.5",
            implementation="pypy",
        )
        cpython = plant(tmp_path / "bin" / "python3.98", "3.98.1")

        assert chosen("pypy3.98", environ) == pypy
        assert chosen("3.98", environ) == cpython

    def test_keeps_order_without_repetition(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """Requests are answered in their order, one interpreter once."""
        newer = plant(tmp_path / "bin" / "python3.99", "3.99.0")
        older = plant(tmp_path / "bin" / "python3.98", "3.98.2")

        got = choose(["3.99", "3.98", "3.98.2", str(newer)], environ)

        assert [one.executable for one in got] == [newer, older]

    def test_runs_only_what_can_match(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """A file whose name promises another version is not run at all."""
        script(tmp_path / "bin" / "python3.99", f"touch {tmp_path / 'was-run'}\n")
        plant(tmp_path / "bin" / "python3.98", "3.98.2")

        choose(["3.98"], environ)

        assert not (tmp_path / "was-run").exists()


class TestWhatIsNotThere:
    """Requests that nothing on the machine answers."""

    def test_is_told_all_at_once(self, environ: dict[str, str], tmp_path: Path) -> None:
        """Each missing Python is its own problem, naming those that are here."""
        plant(tmp_path / "bin" / "python3.98", "3.98.2")

        with pytest.raises(UsageError) as caught:
            choose(["3.97", "3.98", "./no/python"], environ)

        places = [problem.place for problem in caught.value.problems]
        assert places == ["python", "python"]
        assert all("3.98.2" in problem.mend for problem in caught.value.problems)

    def test_includes_what_is_too_old(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """A Python below 3.7 cannot be asked, and a path to one says so."""
        old = plant(tmp_path / "bin" / "python3.6", "3.6.15")

        with pytest.raises(UsageError, match=r"no Python 3\.7 or newer"):
            choose([str(old)], environ)


class TestAvailable:
    """All that is found."""

    def test_leaves_out_what_does_not_run(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """Shims of nothing, files that are no program and old Pythons are out."""
        script(tmp_path / "bin" / "python3.90", "echo 'not found' >&2; exit 127\n")
        script(tmp_path / "bin" / "python3.91", "echo '[1, 2]'\n")
        (tmp_path / "bin" / "python3.92").write_bytes(b"\x7fnothing")
        (tmp_path / "bin" / "python3.92").chmod(0o755)
        plant(tmp_path / "bin" / "python3.6", "3.6.15")
        good = plant(tmp_path / "bin" / "python3.98", "3.98.2")

        planted = [
            one.executable
            for one in available(environ)
            if one.executable.is_relative_to(tmp_path)
        ]

        assert planted == [good]

    def test_does_not_run_the_shims_of_pyenv(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        """What lies in pyenv's `shims` stands for what lies in its `versions`."""
        shims = tmp_path / "pyenv" / "shims"
        script(shims / "python3.98", f"touch {tmp_path / 'was-run'}\n")
        environ["PATH"] = f"{shims}{os.pathsep}{environ['PATH']}"

        available(environ)

        assert not (tmp_path / "was-run").exists()

    def test_names_one_interpreter_once(self, environ: dict[str, str]) -> None:
        """Links to an interpreter are not more interpreters."""
        folder = Path(environ["PATH"].split(os.pathsep)[0])
        for name in ("python", "python3", "python3.11"):
            (folder / name).symlink_to(sys.executable)

        found = [one.executable for one in available(environ)]

        assert len(found) == len(set(found))
        assert choose([], environ)[0].executable in found


def test_a_shim_that_hangs_is_stopped_with_what_it_started(tmp_path: Path) -> None:
    """A program that does not answer in time is stopped, its children too."""
    hanging = script(
        tmp_path / "python3.98", f"sleep 60 & echo $! > {tmp_path}/pid; wait\n"
    )
    began = time.monotonic()

    assert not run([str(hanging)], {"PATH": os.defpath}, limit=0.5)

    assert time.monotonic() - began < 10
    child = int((tmp_path / "pid").read_text())
    assert not _runs(child)


def _runs(pid: int) -> bool:
    """Whether a process still does something; one that nobody has reaped does not."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return False
        if state == "Z":
            return False
        time.sleep(0.02)
    return True

"""The uv that is run says the same for everybody."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest
from conftest import wait_until
from planted.wheels import write_wheel

from compatcheck.environments import Uv, VenvEnvironments
from compatcheck.errors import EnvironmentFault, ResolverFault
from compatcheck.interpreters import choose
from compatcheck.model import Interpreter, Locked, Resolution
from compatcheck.resolve import ResolveRequest, UvResolver


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    """The Python that runs the tests."""
    (found,) = choose([sys.executable], os.environ)
    return found


@pytest.fixture
def uv(tmp_path: Path) -> Uv:
    """A uv that knows a folder of wheels and nothing else."""
    write_wheel(tmp_path / "links", "lib", "1.0", {"lib.py": "x = 1\n"})
    index = {
        "UV_DEFAULT_INDEX": "file:///nonexistent",
        "UV_FIND_LINKS": str(tmp_path / "links"),
    }
    environ = {
        "PATH": os.environ["PATH"],
        "UV_CONSTRAINT": "/nowhere/constraints.txt",
        "UV_RESOLUTION": "lowest",
        "UV_EXCLUDE_NEWER": "2001-01-01",
        "VIRTUAL_ENV": "/nowhere",
    }
    return Uv(cache=tmp_path / "cache", index=index, environ=environ)


def lock(uv: Uv, interpreter: Interpreter) -> Locked:
    """The lock of the one distribution there is."""
    request = ResolveRequest(
        requirements=("lib",),
        constraints=(),
        overrides=(),
        interpreter=interpreter,
        resolution=Resolution.HIGHEST,
        as_of=None,
        pre_releases=False,
        allow_builds=False,
    )
    answer = UvResolver(uv).resolve(request)
    assert isinstance(answer, Locked), answer
    return answer


def environments(uv: Uv, folder: Path) -> VenvEnvironments:
    """Environments below a folder."""
    return VenvEnvironments(
        uv, folder=folder, paths=[folder], link_mode="copy", allow_builds=False
    )


def test_user_s_variables_do_not_bend_the_answer(
    uv: Uv, interpreter: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither those of uv nor a configuration in the working directory."""
    (tmp_path / "uv.toml").write_text("this is no configuration")
    monkeypatch.chdir(tmp_path)
    assert lock(uv, interpreter).packages[0].distribution == "lib"


def test_environment_holds_what_is_locked_and_vanishes(
    uv: Uv, interpreter: Interpreter, tmp_path: Path
) -> None:
    """The distribution, the project's own folder on its path, and no trace after."""
    with environments(uv, tmp_path / "envs").open(
        lock(uv, interpreter), interpreter
    ) as environment:
        assert (environment.site / "lib.py").is_file()
        assert environment.python.is_file()
        pth = environment.site / "compatcheck_source.pth"
        assert pth.read_text() == f"{tmp_path / 'envs'}\n"
    assert list((tmp_path / "envs").iterdir()) == []


def test_file_that_is_gone_is_a_fault_on_one_line(
    uv: Uv, interpreter: Interpreter, tmp_path: Path
) -> None:
    """Nothing is left behind, and the words say which file."""
    locked = lock(uv, interpreter)
    uv = Uv(cache=tmp_path / "empty", index={}, environ={"PATH": os.environ["PATH"]})
    (tmp_path / "links" / "lib-1.0-py3-none-any.whl").unlink()
    with (
        pytest.raises(EnvironmentFault) as caught,
        environments(uv, tmp_path / "envs").open(locked, interpreter),
    ):
        pass
    assert "\n" not in str(caught.value)
    assert "lib" in str(caught.value)
    assert list((tmp_path / "envs").iterdir()) == []


def test_stopped_uv_ends_at_once_and_never_starts_again(tmp_path: Path) -> None:
    """Whoever waits for it is freed, and takes nothing for done."""
    script = tmp_path / "uv"
    script.write_text("#!/bin/sh\nexec sleep 60\n")
    script.chmod(0o700)
    uv = Uv(cache=tmp_path, index={}, environ={"PATH": os.environ["PATH"]})
    uv.__dict__["binary"] = str(script)
    faults = list[str]()

    def wait() -> None:
        with pytest.raises(ResolverFault) as caught:
            uv.run_beside([str(script)])
        faults.append(str(caught.value))

    thread = threading.Thread(target=wait)
    thread.start()
    wait_until(lambda: uv._running)
    uv.stop()
    thread.join(30)
    assert faults == ["stopped"]
    with pytest.raises(ResolverFault):
        uv.run([])

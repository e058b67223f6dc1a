"""Scenarios in the guest: each in a process of its own, whatever it does there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from unit.guest.conftest import Guest

THREAD = """
import threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
"""
"""A module after which a fork would be no longer safe."""

FINE: Mapping[str, Any] = {"failure": None}


@pytest.fixture(params=["fork", "anew"])
def started(request: pytest.FixtureRequest, guest: Guest) -> str:
    """A module whose import decides in which of both ways processes are made."""
    return guest.plant(THREAD if request.param == "anew" else "")


class TestAnswers:
    """What a scenario may do, and what is noted of it."""

    def test_returning_is_passing(self, guest: Guest, started: str) -> None:
        """Sync or async, whatever it returns."""
        answer = guest.serve(
            """
def scenario_plain(): return 1
async def scenario_awaited():
    import asyncio
    await asyncio.sleep(0)
""",
            started,
        )
        assert answer.ends == [FINE] * 2, answer.err
        assert answer.done
        assert answer.err == ""

    def test_raising_is_failing(self, guest: Guest, started: str) -> None:
        """The exception is told, with the frames of the file and none of ours."""
        answer = guest.serve(
            "def scenario_it(): inner()\ndef inner(): assert 0, 'none'", started
        )
        (failure,) = answer.failures
        assert failure
        assert (failure["type"], failure["message"]) == ("AssertionError", "none")
        functions = [frame["function"] for frame in failure["frames"]]
        assert functions == ["scenario_it", "inner"]
        assert answer.done

    @pytest.mark.parametrize(
        ("code", "died"),
        [
            ("all(True for _ in iter(int, 1))", {"late": 0.5}),
            ("import time; time.sleep(60)", {"late": 0.5}),
            ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", {"late": 0.5}),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", {"signal": 9}),
            ("import os; os._exit(0)", {"code": 0}),
            ("import os; os._exit(3)", {"code": 3}),
        ],
    )
    def test_one_that_ends_otherwise_takes_none_along(
        self, guest: Guest, started: str, code: str, died: Mapping[str, Any]
    ) -> None:
        """It is told how its process ended, and the next one is asked."""
        answer = guest.serve(
            f"def scenario_bad(): {code}\ndef scenario_good(): pass",
            started,
            seconds=0.5 if "late" in died else 20,
            loading=5,
        )
        told = answer.ends[0]["died"]
        assert told.keys() == died.keys()
        if "late" not in died:  # anew, there is time to load besides
            assert told == died
        assert answer.ends[1:] == [FINE]
        assert answer.done

    def test_function_that_only_seems_to_run_fails(self, newest: Guest) -> None:
        """What is behind a decorator may turn out to be a generator."""
        answer = newest.serve(
            "def scenario_it(): return (1 / n for n in [0])", newest.plant("")
        )
        (failure,) = answer.failures
        assert failure
        assert failure["message"] == "scenario_it yields, so calling it runs nothing"

    def test_siblings_are_found_but_hide_nothing(self, guest: Guest) -> None:
        """The folder comes last on the path."""
        hidden = guest.plant("which = 'installed'")
        answer = guest.serve(
            f"""
import _part, {hidden}
def scenario_it():
    assert _part.x == 1
    assert {hidden}.which == "installed"
""",
            beside={"_part.py": "x = 1", f"{hidden}.py": "which = 'beside'"},
        )
        assert answer.ends == [FINE]

    def test_annotations_are_found_in_the_module(self, guest: Guest) -> None:
        """Dataclasses look their module up by name."""
        answer = guest.serve(
            """
from __future__ import annotations
import dataclasses, typing
@dataclasses.dataclass
class It:
    kind: typing.ClassVar[int] = 1
    own: Other = None
class Other: pass
def scenario_it():
    assert [f.name for f in dataclasses.fields(It)] == ["own"]
    assert typing.get_type_hints(It)["own"] is Other
"""
        )
        assert answer.ends == [FINE]


class TestProcesses:
    """What a scenario's process has, and what is left of it."""

    def test_import_is_shared_by_a_fork(self, guest: Guest) -> None:
        """What the file imported is there, changed by no other of its scenarios."""
        name = guest.plant("import os\npid, seen = os.getpid(), []")
        answer = guest.serve(
            f"""
import os, {name}
def scenario_one():
    assert {name}.pid == os.getppid()
    {name}.seen.append(1)
def scenario_two(): assert {name}.seen == []
""",
            name,
        )
        assert answer.ends == [FINE] * 2

    def test_threads_mean_a_new_start(self, guest: Guest) -> None:
        """What a thread holds would be held for ever in a fork of its process."""
        name = guest.plant("import os\npid = os.getpid()\n" + THREAD)
        answer = guest.serve(
            f"""
import os, {name}, sys
def scenario_it():
    assert {name}.pid == os.getpid()
    assert not [p for p in sys.path if p.endswith("guest")]
""",
            name,
        )
        assert answer.ends == [FINE]

    def test_nothing_is_left_behind(self, guest: Guest, started: str) -> None:
        """Children, in a group of their own too, and threads end with the scenario."""
        answer = guest.serve(
            """
import os, subprocess, sys, threading, time
HERE = os.path.dirname(os.path.abspath(__file__))
def leave(name, **how):
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    child = subprocess.Popen(command, **how)
    with open(os.path.join(HERE, name), "w") as file: file.write(str(child.pid))
def scenario_child():
    leave("child")
    leave("group", preexec_fn=lambda: os.setpgid(0, 0))
    threading.Thread(target=time.sleep, args=(60,)).start()
def scenario_gone():
    for name in ("child", "group"):
        with open(os.path.join(HERE, name)) as file: pid = int(file.read())
        for _ in range(500):
            try: os.kill(pid, 0)
            except ProcessLookupError: break
            with open("/proc/%d/stat" % pid) as file:
                if file.read().rpartition(")")[2].split()[0] == "Z": break
            time.sleep(0.01)
        else: assert 0, name
""",
            started,
        )
        assert answer.ends == [FINE] * 2
        assert answer.done

    def test_child_that_comes_back_says_nothing(
        self, guest: Guest, started: str
    ) -> None:
        """Of a scenario that forks, only the process that was asked answers."""
        answer = guest.serve(
            "import os\ndef scenario_it():\n    if os.fork(): os.wait()", started
        )
        assert answer.ends == [FINE]

    def test_standard_input_is_empty(self, guest: Guest) -> None:
        """And what was printed before is not printed again."""
        chatty = guest.plant("print('once')")
        answer = guest.serve(
            "import sys\ndef scenario_it(): assert sys.stdin.read() == ''", chatty
        )
        assert answer.ends == [FINE]
        assert answer.out.count("once") == 1

    @pytest.mark.parametrize(
        "code",
        [
            "import os\nos.fork = os.waitpid = os.killpg = os.listdir = None",
            "import time\ntime.sleep = time.monotonic = None",
            "import subprocess\nsubprocess.Popen = None",
            "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)",
            "import warnings\nwarnings.simplefilter('error')",
            "import sys\nsys.stdout = None\nsys.stderr.close()",
            "import os, tempfile\nos.chdir(tempfile.mkdtemp())\nos.environ.clear()",
            "import os\nos.closerange(0, 256)",
            "import builtins\nbuiltins.open = None",
        ],
    )
    def test_strangers_do_not_hinder(
        self, guest: Guest, started: str, code: str
    ) -> None:
        """Whatever an import replaced or closed, scenarios are asked and judged."""
        answer = guest.serve(
            "def scenario_good(): pass\ndef scenario_bad(): assert 0\n",
            guest.plant(code),
            started,
        )
        told = [end["failure"] and end["failure"]["type"] for end in answer.ends]
        assert told == [None, "AssertionError"], answer.ends
        assert answer.done

    def test_death_that_nobody_saw_is_one_all_the_same(self, guest: Guest) -> None:
        """Where a stranger reaps, how the process ended is not known."""
        reaper = guest.plant(
            "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)"
        )
        answer = guest.serve(
            "import os\ndef scenario_bad(): os._exit(3)\ndef scenario_good(): pass",
            reaper,
        )
        assert answer.ends == [{"died": {}}, FINE]


class TestLoading:
    """What files share, and what becomes of it when it cannot be loaded."""

    def test_each_file_is_loaded_once_and_shares_what_is_beside(
        self, guest: Guest
    ) -> None:
        """Files with the same beside them find it loaded, their own module not."""
        one = """
import os, sys, _part
pid = os.getpid()
def scenario_one():
    assert pid == os.getppid() != _part.pid
    assert "_part" in sys.modules and not _part.seen
    _part.seen.append(1)
def scenario_two(): assert not _part.seen
"""
        other = """
import os, _part
def scenario_it():
    assert not _part.seen
    open(__file__ + ".pid", "w").write(str(_part.pid))
"""
        answer = guest.serve_all(
            {"one": one, "other": other, "another": other},
            beside={"_part.py": "import os\npid, seen = os.getpid(), []"},
        )
        assert answer.ends == [FINE] * 4, answer.err
        told = {file.read_text() for file in guest.modules.rglob("*other.py.pid")}
        assert len(told) == 1
        for file in guest.modules.rglob("*.py.pid"):
            file.unlink()

    @pytest.mark.parametrize(
        ("code", "died"),
        [
            ("import time; time.sleep(60)", {"late": 0.5}),
            ("import os; os._exit(3)", {"code": 3}),
        ],
    )
    def test_file_that_does_not_load_is_not_loaded_for_each(
        self, guest: Guest, code: str, died: Mapping[str, Any]
    ) -> None:
        """Its scenarios have all died of that, and the next file is asked."""
        functions = "".join(f"def scenario_{n}(): pass\n" for n in range(9))
        answer = guest.serve_all(
            {"bad": f"{code}\n{functions}", "good": "def scenario_it(): pass"},
            loading=0.5 if "late" in died else 20,
            beside={"_part.py": "x = 1"},
        )
        assert answer.ends == [{"died": died}] * 9 + [FINE]
        assert answer.done

    def test_file_that_raises_fails_all_of_its_scenarios(self, guest: Guest) -> None:
        """With the exception, as if each had loaded it."""
        functions = "def scenario_one(): pass\ndef scenario_two(): pass\n"
        answer = guest.serve_all({"bad": f"import nowhere\n{functions}"})
        types = [failure and failure["type"] for failure in answer.failures]
        assert types == ["ModuleNotFoundError"] * 2

    @pytest.mark.parametrize(
        "part",
        [
            "raise LookupError('beside')",
            "import os; os._exit(3)",
            "import time; time.sleep(60)",
            THREAD,
            "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
        ],
    )
    def test_what_is_beside_concerns_who_imports_it(
        self, guest: Guest, part: str
    ) -> None:
        """Whatever it does, a file that does not import it passes."""
        answer = guest.serve_all(
            dict.fromkeys(("one", "two"), "def scenario_it(): pass"),
            loading=1,
            beside={"_part.py": part},
        )
        assert answer.ends == [FINE] * 2
        assert answer.done

    def test_one_that_ends_its_parents_takes_only_itself(self, guest: Guest) -> None:
        """Those behind it are asked all the same, in their order."""
        bad = """
import os, signal, time
def scenario_bad():
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
def scenario_good(): pass
"""
        answer = guest.serve_all(
            {"bad": bad, "fine": "def scenario_it(): pass"},
            beside={"_part.py": "x = 1"},
        )
        assert answer.ends == [{"died": {"signal": 9}}, FINE, FINE]
        assert answer.done

    def test_loading_is_not_part_of_answering(self, guest: Guest) -> None:
        """A scenario has its seconds for itself, started anew too."""
        slow = f"import time; time.sleep(0.6)\n{THREAD}"
        for code in (slow, "import time; time.sleep(0.6)"):
            answer = guest.serve_all(
                {"served": f"{code}\ndef scenario_it(): pass"}, seconds=0.5
            )
            assert answer.ends == [FINE]


LIBRARY = """
    import logging
    log = logging.getLogger(__name__)
    def serve(how=lambda: 1 // 0):
        try:
            return how()
        except Exception as error:
            log.exception("hidden")
            return "error"
"""


class TestLogged:
    """An exception that a library logged while it answered with an error event."""

    def told(self, guest: Guest, code: str, *, library: str = LIBRARY) -> Any:  # noqa: ANN401 - what JSON holds
        """The failure of the one scenario in the code, where `lib` is the library."""
        name = guest.plant(library)
        answer = guest.serve(f"import {name} as lib\n{code}", name)
        (failure,) = answer.failures
        return failure

    @pytest.mark.parametrize("how", ["def", "async def"])
    def test_is_the_failure(self, guest: Guest, how: str) -> None:
        """What the scenario made of it is told as its effect, last in the chain."""
        code = (
            f"{how} scenario_it():\n    assert lib.serve() == 'fine', 'an error event'"
        )
        failure = self.told(guest, code)
        assert failure["type"] == "ZeroDivisionError"
        assert [frame["function"] for frame in failure["frames"]] == [
            "serve",
            "<lambda>",
        ]
        (effect,) = failure["chain"]
        assert (effect["relation"], effect["type"]) == ("effect", "AssertionError")
        assert effect["message"] == "an error event"
        assert [frame["function"] for frame in effect["frames"]] == ["scenario_it"]

    @pytest.mark.parametrize(
        "quiet",
        [
            "log.propagate = False",
            "log.addHandler(logging.NullHandler())",
            "log.addFilter(lambda record: False)",
            "logging.getLogger().setLevel(60)",
            "logging.lastResort = None",
        ],
    )
    def test_is_noticed_however_quiet(self, newest: Guest, quiet: str) -> None:
        """No handler, filter or level of others hides it."""
        library = LIBRARY + f"    {quiet}\n" + "    log.setLevel(10)\n"
        code = "def scenario_it(): assert lib.serve() == 1"
        failure = self.told(newest, code, library=library)
        assert failure["type"] == "ZeroDivisionError"

    def test_of_another_thread_is_none(self, guest: Guest) -> None:
        """What reports from the background fails beside the scenario."""
        code = (
            "import threading\ndef scenario_it():\n"
            "    thread = threading.Thread(target=lib.serve)\n"
            "    thread.start(); thread.join()\n    assert 0, 'own'"
        )
        assert self.told(guest, code)["message"] == "own"

    def test_does_not_matter_where_the_scenario_returns(self, guest: Guest) -> None:
        """An error event that was expected is logged too."""
        code = "def scenario_it(): assert lib.serve() == 'error'"
        assert self.told(guest, code) is None

    def test_last_one_counts(self, guest: Guest) -> None:
        """It is the nearest to what the scenario saw."""
        code = (
            "def scenario_it():\n    lib.serve()\n"
            "    assert lib.serve(lambda: {}['it']) == 1"
        )
        assert self.told(guest, code)["type"] == "KeyError"

    def test_own_exception_is_no_effect_of_itself(self, guest: Guest) -> None:
        """A library that logs and raises has not only logged."""
        code = (
            "def scenario_it():\n"
            "    try: 1 / 0\n"
            "    except Exception: lib.log.exception('it'); raise\n"
        )
        failure = self.told(guest, code)
        assert (failure["type"], failure["chain"]) == ("ZeroDivisionError", [])

    def test_what_is_logged_as_a_loop_ends_comes_too_late(self, guest: Guest) -> None:
        """A task that is cancelled then may complain; that is an effect, no cause."""
        code = """
async def task():
    import asyncio
    try: await asyncio.sleep(60)
    finally: lib.serve()
async def scenario_it():
    import asyncio
    running = asyncio.ensure_future(task())
    await asyncio.sleep(0)
    raise LookupError("first")
"""
        failure = self.told(guest, code)
        assert (failure["type"], failure["chain"]) == ("LookupError", [])

    @pytest.mark.parametrize("level", ["warning", "info"])
    def test_less_than_an_error_is_none(self, newest: Guest, level: str) -> None:
        """A library that carries on with something else says so as a warning."""
        library = LIBRARY.replace('exception("hidden")', f'{level}("x", exc_info=True)')
        code = "def scenario_it(): assert lib.serve() == 1"
        failure = self.told(newest, code, library=library)
        assert failure["type"] == "AssertionError"

    def test_skipping_is_skipping(self, guest: Guest) -> None:
        """Whatever was logged before."""
        code = (
            "import unittest\ndef scenario_it():\n    lib.serve()\n"
            "    raise unittest.SkipTest('not here')"
        )
        failure = self.told(guest, code)
        assert (failure["type"], failure["message"]) == (
            "unittest.case.SkipTest",
            "not here",
        )

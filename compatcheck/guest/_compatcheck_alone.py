"""One target in a process of its own, which may die, hang or leave others behind.

A fork has all that is imported already. It is taken only from a process of a single
thread, since what other threads hold would stay held in the child for ever; else the
guest is started anew, and has everything to import again.
"""

import contextlib
import os
import signal
import sys
import time

_HERE = os.path.dirname(os.path.abspath(__file__))
_TASKS = "/proc/self/task"  # proc_pid_task(5): one folder a thread, native ones too
_PROCESSES = "/proc"
_LONGEST_PAUSE = 0.02  # seconds; the shorter, the sooner an end is seen

# Bound before anything is imported that could put something else in its place.
_fork = getattr(os, "fork", None)
_leave, _new_session, _copy, _open = os._exit, os.setsid, os.dup2, os.open
_close, _read, _list, _write = os.close, os.read, os.listdir, os.write
_kill, _kill_group, _wait = os.kill, os.killpg, os.waitpid
_was_killed, _signal, _code = os.WIFSIGNALED, os.WTERMSIG, os.WEXITSTATUS
_KILL, _NOW, _whatever = signal.SIGKILL, os.WNOHANG, contextlib.suppress
_now, _sleep = time.monotonic, time.sleep


class Aside:
    """Asks single targets beside this process; what they leave is killed."""

    def __init__(self, control):
        """Remember how this process was started, before a stranger changes it."""
        import subprocess  # not at the top: most sittings need none of it

        self._start, self._nowhere = subprocess.Popen, subprocess.DEVNULL
        flags = ["-I", "-B"]
        if "lazy_imports" in getattr(sys, "_xoptions", {}):
            flags += ["-X", "lazy_imports=none"]
        self._command = [sys.executable, *flags, _HERE, os.path.abspath(control)]
        self._variables = dict(os.environ)
        self._folder = os.getcwd()

    def ask(self, answer, place, seconds):
        """How the process that was to answer ended: its signal, code, or lateness.

        `answer` is run in a fork; a guest that is started anew finds out what to do
        from `place`. Raises OSError where no process can be made.
        """
        _flush()
        process = _forked(answer) if _is_single() else self._started(place)
        try:
            return _follow(process, seconds)
        finally:
            _end(process)

    def _started(self, place):
        started = self._start(
            self._command + [str(number) for number in place],
            cwd=self._folder,
            env=self._variables,
            stdin=self._nowhere,
            start_new_session=True,
        )
        started.returncode = 0  # it is waited for here, and nobody need warn of it
        return started.pid


def _is_single():
    if _fork is None:
        return False
    try:
        return len(_list(_TASKS)) == 1
    except OSError:  # a system without it
        threading = sys.modules.get("threading")
        return threading is None or threading.active_count() == 1


def _forked(answer):
    process = _fork()
    if process:
        return process
    code = 70
    try:
        _new_session()
        nothing = _open(os.devnull, os.O_RDONLY)
        _copy(nothing, 0)
        answer()
        code = 0
    except BaseException as error:
        _write(2, repr(type(error)).encode("utf-8", "backslashreplace"))
    finally:
        _leave(code)


def _flush():
    """Write what is buffered, or a fork would write it once more."""
    for stream in (sys.stdout, sys.stderr):
        with _whatever(BaseException):  # closed, gone, or a stranger's
            stream.flush()


def _follow(process, seconds):
    deadline, pause = _now() + seconds, 0.001
    while True:
        try:
            ended, status = _wait(process, _NOW)
        except ChildProcessError:  # a stranger's handler was told first
            return {}
        if ended:
            return _how(status)
        left = deadline - _now()
        if left <= 0:
            return {"late": seconds}
        _sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _how(status):
    if _was_killed(status):
        return {"signal": _signal(status)}
    return {"code": _code(status)}


def _end(process):
    """Kill the process, its group and its session, and wait until it is gone."""
    _strike(_kill_group, process)
    for other in _session(process):
        _strike(_kill, other)
    with _whatever(ChildProcessError):  # it was waited for
        if _wait(process, _NOW) == (0, 0):
            _strike(_kill, process)  # it had not come to lead a group
            _wait(process, 0)


def _strike(kill, number):
    with _whatever(OSError):  # there is none
        kill(number, _KILL)


def _session(leader):
    """The processes of a session; none where there is no `/proc` to tell.

    The name of a program comes second in brackets, and may hold anything; the session
    is the fourth value behind it (proc_pid_stat(5)).
    """
    found = []
    try:
        names = _list(_PROCESSES)
    except OSError:
        return found
    for name in names:
        if not name.isdigit():
            continue
        try:
            file = _open("{}/{}/stat".format(_PROCESSES, name), os.O_RDONLY)
            try:
                fields = _read(file, 4096).rpartition(b")")[2].split()
            finally:
                _close(file)
        except OSError:  # it has just ended
            continue
        if fields[3:4] == [b"%d" % leader]:
            found.append(int(name))
    return found

"""Work done in a process of its own, which may die, hang or leave others behind.

A fork has all that is loaded already. It is taken only from a process of a single
thread, since what other threads hold would stay held in the child for ever; else the
guest is started anew, and has everything to load again.
"""

import contextlib
import gc
import os
import select
import signal
import sys
import time

_HERE = os.path.dirname(os.path.abspath(__file__))
_TASKS = "/proc/self/task"  # proc_pid_task(5): one folder a thread, native ones too
_PROCESSES = "/proc"
_END = b"\n"
_LONGEST_PAUSE = 0.02  # seconds; the shorter, the sooner an end is seen

# Bound before anything is imported that could put something else in its place.
_fork = getattr(os, "fork", None)
_leave, _new_session, _copy, _open = os._exit, os.setsid, os.dup2, os.open
_close, _read, _list, _write = os.close, os.read, os.listdir, os.write
_pipe, _no_wait, _which = os.pipe, os.set_blocking, os.fstat
_kill, _kill_group, _wait = os.kill, os.killpg, os.waitpid
_was_killed, _signal, _code = os.WIFSIGNALED, os.WTERMSIG, os.WEXITSTATUS
_KILL, _NOW, _whatever = signal.SIGKILL, os.WNOHANG, contextlib.suppress
_now, _sleep = time.monotonic, time.sleep
_Poll, _READABLE = getattr(select, "poll", None), getattr(select, "POLLIN", 1)
_open_process = getattr(os, "pidfd_open", None) if _Poll else None
# Or else the first collection in a fork would copy every page.
_freeze = getattr(gc, "freeze", int)


class Aside:
    """Has work done beside this process; what it leaves is killed."""

    def __init__(self, control=None):
        """Remember how this process was started, before a stranger changes it.

        Without the control folder of a sitting nothing can be started anew.
        """
        if control is None:
            return
        import subprocess  # not at the top: most sittings need none of it

        self._start, self._nowhere = subprocess.Popen, subprocess.DEVNULL
        flags = ["-I", "-B"]
        if "lazy_imports" in getattr(sys, "_xoptions", {}):
            flags += ["-X", "lazy_imports=none"]
        self._command = [sys.executable, *flags, _HERE, os.path.abspath(control)]
        self._variables = dict(os.environ)
        self._folder = os.getcwd()

    def fork(self, work, loading, seconds):
        """How a fork ended that did the work: its signal, code, or lateness.

        None where no fork can be taken from here. The work is given a function to
        call as soon as all is loaded: till then it has `loading` seconds to live, from
        then on `seconds`. Raises OSError where no process can be made.
        """
        if not is_single():
            return None
        flush()
        _freeze()
        mouth, ear = _pipe()[::-1]
        try:
            process = _forked(work, mouth)
            _close(mouth)
            _no_wait(ear, False)  # noqa: FBT003 - takes no name
            try:
                return _follow(process, _Deadline(loading, seconds, ear))
            finally:
                _end(process)
        finally:
            _close(ear)

    def start(self, place, seconds):
        """How a guest ended that was started anew to answer the target at `place`."""
        flush()
        started = self._start(
            self._command + [str(number) for number in place],
            cwd=self._folder,
            env=self._variables,
            stdin=self._nowhere,
            start_new_session=True,
        )
        started.returncode = 0  # it is waited for here, and nobody need warn of it
        try:
            return _follow(started.pid, _Deadline(seconds, seconds, None))
        finally:
            _end(started.pid)

    def end(self, leader):
        """Kill a session that lost whoever would have ended it."""
        _end(leader)


class _Deadline:
    """When a process has had its time, which begins anew when it has loaded."""

    def __init__(self, loading, seconds, ear):
        self._limit, self._seconds, self._ear = loading, seconds, ear
        self._from = _now()

    def late(self):
        """The limit that has passed; None while there is time left."""
        if self._ear is not None and _hears(self._ear):
            self._limit, self._from, self._ear = self._seconds, _now(), None
        return self._limit if _now() - self._from >= self._limit else None

    def sleep(self, end):
        """Wait until a process ends, something is said, or it is late."""
        poll = _Poll()
        poll.register(end, _READABLE)
        if self._ear is not None:
            poll.register(self._ear, _READABLE)
        poll.poll(max(self._limit - (_now() - self._from), 0) * 1000 + 1)


def _hears(ear):
    """Whether anything was said, or nothing can be said any more."""
    try:
        _read(ear, 1)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def is_single():
    """Whether a fork of this process would be whole."""
    if _fork is None:
        return False
    try:
        return len(_list(_TASKS)) == 1
    except OSError:  # a system without it
        threading = sys.modules.get("threading")
        return threading is None or threading.active_count() == 1


def _forked(work, mouth):
    pipe = _which(mouth).st_ino
    process = _fork()
    if process:
        return process

    def ready():
        with _whatever(OSError):  # closed by a stranger, or another file by now
            if _which(mouth).st_ino == pipe:
                _write(mouth, b".")
                _close(mouth)

    code = 70
    try:
        _new_session()
        nothing = _open(os.devnull, os.O_RDONLY)
        _copy(nothing, 0)
        work(ready)
        code = 0
    except BaseException as error:
        _write(2, repr(type(error)).encode("utf-8", "backslashreplace"))
    finally:
        _leave(code)


def write_all(file, words):
    """Write all of these bytes, however few the file takes at a time."""
    while words:
        words = words[_write(file, words) :]


def tell_in_fork(tell):
    """The words, in bytes, that are told in a fork of this process; None if it dies."""
    ear, mouth = _pipe()
    process = _fork()
    if process == 0:
        try:
            write_all(mouth, tell() + _END)
        finally:
            _leave(0)
    _close(mouth)
    said, more = b"", b"."
    while more:
        more = _read(ear, 65536)
        said += more
    _close(ear)
    _wait(process, 0)
    return said[: -len(_END)] if said.endswith(_END) else None


def flush():
    """Write what is buffered, or a fork would write it once more."""
    for stream in (sys.stdout, sys.stderr):
        with _whatever(BaseException):  # closed, gone, or a stranger's
            stream.flush()


def _follow(process, deadline):
    pause, end = 0.001, _told_of_end(process)
    try:
        return _followed(process, deadline, pause, end)
    finally:
        if end is not None:
            _close(end)


def _told_of_end(process):
    """What can be read when the process ends; None on systems without it.

    Linux 5.3, Python 3.9 (pidfd_open(2)).
    """
    if _open_process is None:
        return None
    try:
        return _open_process(process)
    except OSError:
        return None


def _followed(process, deadline, pause, end):
    while True:
        try:
            ended, status = _wait(process, _NOW)
        except ChildProcessError:  # a stranger's handler was told first
            return {}
        if ended:
            return _how(status)
        late = deadline.late()
        if late is not None:
            return {"late": late}
        if end is None:
            _sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        else:
            deadline.sleep(end)


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

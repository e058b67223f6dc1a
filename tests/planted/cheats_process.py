"""Worlds where a distribution takes hold of the process that imports it."""

from __future__ import annotations

from typing import Final

from planted.cheats import ORCHARDS, PAIRS, PRESSES, World

_NATIVE: Final = """
    import ctypes
    libc = ctypes.CDLL(None)
    thread = ctypes.c_ulong()
    pause = ctypes.cast(libc.pause, ctypes.c_void_p)
    assert libc.pthread_create(ctypes.byref(thread), None, pause, None) == 0
"""
"""A thread that `threading` does not know of."""

THREADS: Final = World(
    name="threads that are started at import and stay, native ones too",
    soil="""
        import os, queue, threading
        questions, answers = queue.Queue(), queue.Queue()
        def start():
            def work():
                while True:
                    answers.put(questions.get() + " answered")
            threading.Thread(target=work, daemon=True).start()
        def ask(word):
            questions.put(word)
            alone = threading.active_count() == 1
            try:
                return answers.get(timeout=0.05 if alone else 20)
            except queue.Empty:
                return "nobody answers"
        def threads():
            return len(os.listdir("/proc/self/task"))
    """,
    orchards={"1.0": "", "2.0": "import soil\nsoil.start()\n", "3.0": _NATIVE},
    presses={"1.0": "", "2.0": _NATIVE},
    sights={
        "runs": """
            import press, orchard, soil
            def saw():
                return f"{soil.threads()} {soil.ask('press')}"
        """
    },
    truth={
        ("1.0", "1.0"): ("1 nobody answers",),
        ("1.0", "2.0"): ("2 press answered",),
        ("1.0", "3.0"): ("2 nobody answers",),
        ("2.0", "1.0"): ("2 nobody answers",),
        ("2.0", "2.0"): ("3 press answered",),
        ("2.0", "3.0"): ("3 nobody answers",),
    },
)

WORKER: Final = World(
    name="a thread of the shared dependency that answers for who is registered",
    soil="""
        import queue, threading
        questions, answers, members = queue.Queue(), queue.Queue(), []
        def work():
            while True:
                questions.get()
                answers.put(", ".join(members))
        threading.Thread(target=work, daemon=True).start()
        def ask():
            questions.put(None)
            return answers.get(timeout=20)
    """,
    orchards={
        version: f"import soil\nsoil.members.append('orchard {version}')\n"
        for version in ORCHARDS
    },
    presses={
        version: f"import soil\nsoil.members.append('press {version}')\n"
        for version in PRESSES
    },
    sights={
        "answers": """
            import press, orchard, soil
            def saw():
                return soil.ask()
        """
    },
    truth={
        (press, orchard): (f"press {press}, orchard {orchard}",)
        for press, orchard in PAIRS
    },
)

PLACE: Final = World(
    name="a dependency that keeps its arguments, folders and variables from its import",
    soil="""
        import os, sys, tempfile
        ARGV, FOLDER, TMP = list(sys.argv), os.getcwd(), tempfile.gettempdir()
        HOME, PREFIX = os.path.expanduser("~"), sys.prefix
        def same():
            return (
                sys.argv == ARGV
                and os.getcwd() == FOLDER
                and os.environ["TMPDIR"] == tempfile.gettempdir() == TMP
                and os.environ["HOME"] == HOME
                and os.environ["VIRTUAL_ENV"] == PREFIX == sys.prefix
            )
        def leave(name, *folders):
            for folder in folders:
                open(os.path.join(folder, name), "w").close()
        def left():
            return [sorted(os.listdir(it)) for it in (HOME, TMP, FOLDER)]
    """,
    orchards={
        "1.0": "import soil\nsoil.leave('orchard-1.0', soil.HOME)\n",
        "2.0": "import soil\nsoil.leave('orchard-2.0', soil.TMP)\n",
        "3.0": "import soil\nsoil.leave('orchard-3.0', soil.FOLDER)\n",
    },
    presses={
        "1.0": "import soil\nsoil.leave('press-1.0', soil.HOME, soil.TMP)\n",
        "2.0": "",
    },
    sights={
        "stays": """
            import press, orchard, soil
            def saw():
                return f"{soil.same()} {soil.left()}"
        """
    },
    truth={
        ("1.0", "1.0"): ("True [['orchard-1.0', 'press-1.0'], ['press-1.0'], []]",),
        ("1.0", "2.0"): ("True [['press-1.0'], ['orchard-2.0', 'press-1.0'], []]",),
        ("1.0", "3.0"): ("True [['press-1.0'], ['press-1.0'], ['orchard-3.0']]",),
        ("2.0", "1.0"): ("True [['orchard-1.0'], [], []]",),
        ("2.0", "2.0"): ("True [[], ['orchard-2.0'], []]",),
        ("2.0", "3.0"): ("True [[], [], ['orchard-3.0']]",),
    },
)

KEPT: Final = World(
    name="a file, a socket, a loop and a child that are opened at import and kept",
    soil="""
        import asyncio, os, socket, subprocess, tempfile, time
        file = tempfile.TemporaryFile(buffering=0)
        here, there = socket.socketpair()
        loop = asyncio.new_event_loop()
        path = os.path.join(tempfile.gettempdir(), "said")
        open(path, "wb").close()
        child = subprocess.Popen(
            ["tee", path], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        def say(words):
            file.write(words)
            here.send(words)
            child.stdin.write(words)
            child.stdin.flush()
        def said():
            for _ in range(2000):
                words = open(path, "rb").read()
                if len(words) >= len(written()):
                    break
                time.sleep(0.01)
            os.kill(child.pid, 0)
            return words.decode()
        def heard():
            return there.recv(99, socket.MSG_PEEK | socket.MSG_DONTWAIT).decode()
        def written():
            return os.pread(file.fileno(), 99, 0).decode()
        async def _turn():
            await asyncio.sleep(0)
            return "turns"
        def turns():
            return loop.run_until_complete(_turn())
    """,
    orchards={
        "1.0": "",
        "2.0": "import soil\nsoil.say(b'orchard 2.0;')\n",
        "3.0": "import soil\nsoil.turns()\nsoil.say(b'orchard 3.0;')\n",
    },
    presses={
        version: f"import orchard, soil\nsoil.say(b'press {version};')\n"
        for version in PRESSES
    },
    sights={
        "keeps": """
            import press, soil
            def saw():
                said = {soil.written(), soil.heard(), soil.said()}
                return f"{soil.turns()} {sorted(said)}"
        """
    },
    truth={
        (press, orchard): (
            f"turns ['{f'orchard {orchard};' * (orchard != '1.0')}press {press};']",
        )
        for press, orchard in PAIRS
    },
)

LEFT: Final = World(
    name="an import that changes variables, the path, and what a process has one of",
    soil="""
        import gc, logging, os, signal, socket, sys, warnings
        def state():
            return " ".join(map(str, (
                os.environ.get("PLANTED"),
                sum(it.endswith("hidden") for it in sys.path),
                any(it[2] is UnicodeWarning for it in warnings.filters),
                socket.getdefaulttimeout(),
                sys.getrecursionlimit() == 4321,
                signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN,
                gc.isenabled(),
                logging.root.level,
                os.path.basename(os.getcwd()),
            )))
    """,
    orchards={
        "1.0": "",
        "2.0": "import socket\nsocket.setdefaulttimeout(7)\n",
        "3.0": """
            import os, sys
            sys.setrecursionlimit(4321)
            os.environ["PLANTED"] = os.environ.get("PLANTED", "") + "orchard"
            os.mkdir("grove")
            os.chdir("grove")
        """,
    },
    presses={
        "1.0": """
            import gc, logging, os, signal, sys, warnings
            os.environ["PLANTED"] = os.environ.get("PLANTED", "") + "press"
            sys.path.append("/nowhere/hidden")
            warnings.simplefilter("error", UnicodeWarning)
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            gc.disable()
            logging.root.setLevel(13)
        """,
        "2.0": "",
    },
    sights={
        "finds": """
            import press, orchard, soil
            def saw():
                return soil.state()
        """
    },
    truth={
        ("1.0", "1.0"): ("press 1 True None False True False 13 work",),
        ("1.0", "2.0"): ("press 1 True 7.0 False True False 13 work",),
        ("1.0", "3.0"): ("pressorchard 1 True None True True False 13 grove",),
        ("2.0", "1.0"): ("None 0 False None False False True 30 work",),
        ("2.0", "2.0"): ("None 0 False 7.0 False False True 30 work",),
        ("2.0", "3.0"): ("orchard 0 False None True False True 30 grove",),
    },
)

PROCESS: Final = (THREADS, WORKER, PLACE, KEPT, LEFT)

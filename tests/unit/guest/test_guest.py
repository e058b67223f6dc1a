"""The guest answers whatever it is made to import."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import compatcheck

if TYPE_CHECKING:
    from unit.guest.conftest import Guest

HOUSE = Path(compatcheck.__file__).parent
FILES = [*HOUSE.glob("guest/*.py"), *HOUSE.glob("probes/[!_]*.py")]


@pytest.mark.parametrize("file", sorted(set(FILES)), ids=lambda file: file.name)
def test_speaks_the_oldest_grammar(file: Path) -> None:
    """Every file that runs inside a cell parses in Python 3.7."""
    ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_every_probe_file_is_looked_at() -> None:
    """A new probe file is under the same law."""
    probes = {file.name for file in HOUSE.glob("probes/*.py")} - {"__init__.py"}
    assert probes <= {file.name for file in FILES}


class TestAnswers:
    """What an import and a name are answered with."""

    def test_import_that_works_is_no_failure(self, guest: Guest) -> None:
        """A line before and one after, then the end, and nothing on stdout."""
        name = guest.plant("x = 1")
        answer = guest.ask(name, symbols=[f"{name}:x"])
        assert answer.failures == [None, None]
        assert [list(note) for note in answer.notes] == [
            *(["begin"], ["end", "failure"]) * 2,
            ["done"],
        ]
        assert (answer.code, answer.out, answer.err) == (0, "", "")

    def test_failed_import_ends_the_cell(self, guest: Guest) -> None:
        """What comes after it is not asked, and the guest says that it is done."""
        answer = guest.ask("nowhere_at_all", "json", symbols=["json:dumps"])
        assert answer.failure["type"] == "ModuleNotFoundError"
        assert answer.failure["module"] == "nowhere_at_all"
        assert answer.done

    def test_missing_name_is_in_python_s_own_words(self, guest: Guest) -> None:
        """The path, or "(unknown location)" of a namespace, is evidence."""
        name = guest.plant("x = 1")
        guest.plant("", f"{name}_space/inner.py")
        wanted = [f"{name}:missing", f"{name}_space:missing", f"{name}:x"]
        answer = guest.ask(symbols=wanted)
        first, second, third = answer.failures
        assert first
        assert second
        assert first["type"] == second["type"] == "ImportError"
        assert first["message"].startswith(f"cannot import name 'missing' from '{name}")
        assert first["frames"] == []
        assert third is None
        if "3.7" not in str(guest.python):
            assert "unknown location" in second["message"]

    def test_namespaces_and_submodules_are_found(self, guest: Guest) -> None:
        """`import x.y` of a namespace, and a name that is a submodule."""
        space = guest.plant("", "space_of_names/inner.py").partition("/")[0]
        pack = guest.plant("", "pack_of_parts/__init__.py").partition("/")[0]
        guest.plant("y = 1", "pack_of_parts/part.py")
        answer = guest.ask(
            f"{space}.inner", symbols=[f"{pack}:part", f"{pack}:part.y", f"{pack}:no"]
        )
        assert answer.failures[:3] == [None, None, None]
        assert answer.failures[3] is not None

    def test_attributes_and_annotated_fields_are_names(self, guest: Guest) -> None:
        """A field without a default is declared; what lies below it is not known."""
        name = guest.plant(
            """
            class Base:
                inherited: int
            class Model(Base):
                field: "only.a.type.checker.knows"
                default: int = 0
                class Inner:
                    deep = 1
            model = Model()
            """
        )
        there = ["Model.field", "Model.inherited", "Model.default", "Model.Inner.deep"]
        gone = ["Model.nothing", "Model.field.deeper", "model.nothing", "Model.Inner.x"]
        answer = guest.ask(symbols=[f"{name}:{it}" for it in (*there, *gone)])
        assert answer.failures[:4] == [None] * 4
        told = [failure and failure["type"] for failure in answer.failures[4:]]
        assert told == ["AttributeError"] * 4

    @pytest.mark.parametrize("name", ["class", "a b", "x; y", "*", "1", ""])
    def test_what_is_no_name_is_told_so(self, newest: Guest, name: str) -> None:
        """Nothing but names becomes part of a statement."""
        answer = newest.ask(symbols=[f"json:{name}"])
        assert answer.failure["type"] == "ValueError"
        assert "is not a name that Python can import" in answer.failure["message"]


class TestFailures:
    """How an exception is told."""

    def test_chain_is_followed_where_python_shows_it(self, guest: Guest) -> None:
        """Causes and contexts, nearest first, but none that is suppressed."""
        name = guest.plant(
            """
            def first():
                raise KeyError("deepest")
            def second():
                try:
                    first()
                except KeyError as error:
                    raise LookupError("middle") from error
            try:
                second()
            except LookupError:
                raise ImportError("top", name="it")
            """
        )
        quiet = guest.plant(
            "try:\n    1/0\nexcept Exception:\n    raise ValueError('alone') from None"
        )
        failure = guest.ask(name).failure
        assert (failure["type"], failure["message"]) == ("ImportError", "top")
        assert failure["module"] == "it"
        links = [(it["relation"], it["type"], it["message"]) for it in failure["chain"]]
        assert links == [
            ("context", "LookupError", "middle"),
            ("cause", "KeyError", "'deepest'"),
        ]
        functions = [frame["function"] for frame in failure["chain"][1]["frames"]]
        assert functions == ["second", "first"]
        assert guest.ask(quiet).failure["chain"] == []

    def test_frames_are_the_strangers_own(self, guest: Guest) -> None:
        """Neither the guest's frames nor the import machinery's are evidence."""
        inner = guest.plant("def fail():\n    raise RuntimeError\nfail()")
        outer = guest.plant(f"\nimport {inner}")
        frames = guest.ask(outer).failure["frames"]
        assert [(Path(f["file"]).stem, f["line"], f["function"]) for f in frames] == [
            (outer, 2, "<module>"),
            (inner, 3, "<module>"),
            (inner, 2, "fail"),
        ]

    def test_circle_of_causes_ends(self, newest: Guest) -> None:
        """Two exceptions that are each other's cause are told once."""
        name = newest.plant(
            """
            a, b = ValueError("a"), ValueError("b")
            a.__cause__, b.__cause__ = b, a
            raise a
            """
        )
        assert [it["message"] for it in newest.ask(name).failure["chain"]] == ["b"]

    @pytest.mark.parametrize(
        "body",
        [
            "def __str__(self): raise OSError('no')",
            "def __str__(self): return 1",
            "def __str__(self): raise SystemExit",
        ],
    )
    def test_message_that_cannot_be_made_is_told_so(
        self, guest: Guest, body: str
    ) -> None:
        """An exception that cannot speak is still an answer."""
        name = guest.plant(f"class Mute(Exception):\n    {body}\nraise Mute")
        failure = guest.ask(name).failure
        assert failure["type"] == f"{name}.Mute"
        assert failure["message"].startswith("<its message cannot be made: ")

    def test_exceptions_that_lie_are_told_all_the_same(self, newest: Guest) -> None:
        """Strange classes, names and strings do not stop the guest."""
        name = newest.plant(
            """
            class Text(str):
                def __getitem__(self, it): raise OSError
                def __len__(self): raise OSError
            class Meta(type):
                @property
                def __module__(self): raise OSError
            class Odd(ImportError, metaclass=Meta):
                def __str__(self): return Text("a" * 9000)
                @property
                def name(self): raise OSError
            raise Odd
            """
        )
        failure = newest.ask(name).failure
        assert failure["message"] == "a" * 4000
        assert failure["module"] is None
        assert failure["type"].startswith("<")

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("raise SystemExit(0)", "SystemExit"),
            ("raise KeyboardInterrupt", "KeyboardInterrupt"),
            ("raise ImportError('x' * 10_000_000)", "ImportError"),
            ("def f(): f()\nf()", "RecursionError"),
            ("raise ValueError('\\udcff')", "ValueError"),
            ("assert False", "AssertionError"),
            ("(", "SyntaxError"),
        ],
    )
    def test_every_exception_is_an_answer(
        self, guest: Guest, code: str, kind: str
    ) -> None:
        """Those that usually end a program, and those that are huge, too."""
        answer = guest.ask(guest.plant(code))
        assert answer.failure["type"] == kind
        assert len(answer.failure["message"]) <= 4000
        assert len(answer.failure["frames"]) <= 60
        assert answer.done


class TestBadGuests:
    """Imports that break what is around them."""

    @pytest.mark.parametrize(
        "code",
        [
            "import os\nos.closerange(3, 256)",
            "import os\nos.closerange(0, 256)\nfor n in range(9): open('x%d' % n, 'w')",
            "import sys\nsys.stdout = sys.stderr = None",
            "import sys\nsys.stdout.close()",
            "import builtins\nbuiltins.open = None",
            "import json\njson.dumps = json.JSONEncoder.encode = None",
            "import os\nos.open = os.write = os.getpid = os._exit = None",
            "import sys\nsys.modules.clear()",
            "import os, tempfile\nos.chdir(tempfile.mkdtemp())",
            "import importlib\nimportlib.import_module = None",
            "import traceback, linecache\ntraceback.walk_tb = linecache.getline = None",
            "import sys\nsys.settrace(lambda *a: 1 / 0)",
            "import threading\nthreading.Thread(target=threading.Event().wait).start()",
            "import atexit, time\natexit.register(time.sleep, 60)",
            "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 20))",
            "import gc\ngc.disable()\nprint('x' * 100000)",
        ],
    )
    def test_rest_is_still_asked(self, guest: Guest, code: str) -> None:
        """Whatever an import replaces, closes or leaves behind, the end is reached."""
        name = guest.plant(code + "\nx = 1\n")
        after = guest.plant("y = 1")
        answer = guest.ask(name, after, symbols=[f"{after}:y", f"{after}:z"])
        told = [failure and failure["type"] for failure in answer.failures]
        if "settrace" in code or "modules.clear" in code:
            assert len(told) >= 1
        else:
            assert told == [None, None, None, "ImportError"]
        assert answer.done
        assert answer.code == 0

    def test_child_that_comes_back_says_nothing(self, guest: Guest) -> None:
        """Of a module that forks, only the process that was asked answers."""
        name = guest.plant("import os\nchild = os.fork()\nif child: os.wait()")
        answer = guest.ask(name, symbols=[f"{name}:child"])
        assert answer.failures == [None, None]
        assert [note.get("begin") for note in answer.notes[::2]] == [
            [0, 0],
            [1, 0],
            None,
        ]

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("import os\nos._exit(0)", 0),
            ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", -9),
        ],
    )
    def test_death_leaves_the_target_open(
        self, guest: Guest, code: str, status: int
    ) -> None:
        """The last line names what was asked when the interpreter went."""
        answer = guest.ask("json", guest.plant(code))
        assert answer.notes[-1] == {"begin": [0, 1]}
        assert answer.code == status

    def test_own_folder_is_not_on_the_path(self, guest: Guest) -> None:
        """What is imported sees the path that a user's program would."""
        name = guest.plant(
            "import sys\nassert not [p for p in sys.path if p.endswith('guest')]"
        )
        assert guest.ask(name).failures == [None]

    def test_children_that_read_main_again_do_nothing(self, newest: Guest) -> None:
        """`multiprocessing` imports the main file in its children: nobody is asked."""
        name = newest.plant(
            """
            import multiprocessing
            if multiprocessing.parent_process() is None:
                context = multiprocessing.get_context("spawn")
                with context.Pool(1) as pool:
                    assert pool.map(len, ["abc"]) == [3]
            """
        )
        answer = newest.ask(name)
        assert answer.failures == [None], answer.err
        assert answer.done

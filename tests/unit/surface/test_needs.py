"""What a wheel, or a folder of source, imports from others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from compatcheck.errors import IndexFault
from compatcheck.model import ImportNeed
from compatcheck.ports import Archive
from compatcheck.surface.needs import Needs, as_use, read_needs, read_source_needs

Plant = Callable[[Mapping[str, str | bytes]], Archive]


def told(needs: Needs) -> list[str]:
    """Give each need as `module:name`, with a question mark where optional."""
    return [
        f"{it.module}{f':{it.name}' if it.name else ''}{'?' if it.optional else ''}"
        for it in needs.needs
    ]


def test_own_modules_are_no_needs(planted: Plant) -> None:
    """Every top-level name of the wheel is its own, the private ones too."""
    source = "import pkg.mod, _pkg, single\nfrom pkg import x\nimport other\n"
    files = {"pkg/__init__.py": source, "_pkg/__init__.py": "", "single.py": ""}
    assert told(read_needs(planted(files))) == ["other"]


def test_a_shared_namespace(planted: Plant) -> None:
    """In a namespace only what the wheel brings is its own."""
    source = """
import google, google.cloud.mine.deep, google.auth
from google import cloud, oauth2
from google.cloud import mine, other
from google.cloud import *
"""
    archive = planted({"google/cloud/mine/__init__.py": source})
    assert told(read_needs(archive)) == [
        "google:oauth2",
        "google.auth",
        "google.cloud:other",
    ]


def test_required_before_optional(planted: Plant) -> None:
    """A name needed both ways is required, and told where it is required first."""
    files = {
        "pkg/__init__.py": "",
        "pkg/a.py": "try:\n    import x\nexcept ImportError: pass\n",
        "pkg/b.py": "\nimport x\n",
        "pkg/c.py": "import x\n",
    }
    assert read_needs(planted(files)).needs == (
        ImportNeed(module="x", name=None, optional=False, importer="pkg.b", line=2),
    )


@pytest.mark.parametrize(
    "path",
    [
        "pkg/__main__.py",
        "pkg/conftest.py",
        "pkg/tests/helper.py",
        "pkg/sub/test/helper.py",
        "tests/test_pkg.py",
        "examples/__init__.py",
        "scripts/release.py",
        "pkg/templates/{{name}}/app.py",
        "pkg/project-template/app.py",
        "pkg/data.txt",
        "pkg-stubs/__init__.pyi",
    ],
)
def test_modules_that_no_importer_needs(planted: Plant, path: str) -> None:
    """Tests, entry points and templates say nothing of what the consumer needs."""
    files = {"pkg/__init__.py": "import real\n", path: "import stray\n"}
    assert told(read_needs(planted(files))) == ["real"]


def test_what_the_installer_spreads_is_read(planted: Plant) -> None:
    """A module under `.data/purelib` is read, by the name it is installed under."""
    archive = planted({"d-1.data/purelib/pkg/mod.py": "import x\nimport pkg.mod\n"})
    (need,) = read_needs(archive).needs
    assert (need.module, need.importer) == ("x", "pkg.mod")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(b"print 'of the past'", id="Python 2"),
        pytest.param(b"# coding: no-such\n", id="unknown encoding"),
        pytest.param(b"x = '\xff'", id="not what its encoding says"),
        pytest.param(b"x = 1\0", id="null byte"),
        pytest.param(b"x = " + b"-" * 9000 + b"1", id="too deep"),
    ],
)
def test_what_does_not_parse_is_skipped(planted: Plant, source: bytes) -> None:
    """A file of another Python takes nothing from the others, and is told."""
    files = {"pkg/__init__.py": b"import real", "pkg/odd.py": source}
    read = read_needs(planted(files))
    assert (told(read), read.skipped) == (["real"], ("pkg.odd",))


def test_a_wheel_without_modules(planted: Plant) -> None:
    """A reserved name needs nothing."""
    assert read_needs(planted({})) == Needs(needs=(), skipped=())


def used(needs: Needs) -> list[str]:
    """Give each use as people write it."""
    return [str(as_use(need)) for need in needs.uses]


def test_uses_are_told_once(planted: Plant) -> None:
    """Each thing and way to use it, at the first place that does, sorted."""
    files = {
        "pkg/__init__.py": "",
        "pkg/a.py": "import x\n\nx.f(1)\nx.f(2)\nx.f(y=3)\n",
        "pkg/b.py": "import x\nx.f(1)\nx.e()\n",
    }
    needs = read_needs(planted(files))
    assert used(needs) == ["x.e()", "x.f(y=…)", "x.f(…)"]
    assert (needs.uses[2].importer, needs.uses[2].line) == ("pkg.a", 3)


def test_uses_of_ones_own_are_none(planted: Plant) -> None:
    """What the wheel itself brings is neither told nor counted."""
    source = "import pkg.mod, other\npkg.mod.f()\npkg.mod.X.y.z\nother.X.y.z\n"
    needs = read_needs(planted({"pkg/__init__.py": source, "pkg/mod.py": ""}))
    assert used(needs) == ["other.X.y"]
    assert needs.unclear == {"other.X": 1}


def test_what_another_file_provides_for(planted: Plant) -> None:
    """What any file sets, or tests for, no file is said to need."""
    files = {
        "pkg/__init__.py": "",
        "pkg/a.py": "def setup(app): app.late = 1\n",
        "pkg/b.py": "from x import App\ndef f(app: App): app.late, app.early\n",
    }
    needs = read_needs(planted(files))
    assert (used(needs), needs.unclear) == (["x.App().early"], {"x.App": 1})


ONLY_FOR_SOME: dict[str, dict[str, str]] = {
    "a helper for old versions": {
        "a.py": """
            import x
            def _old(f: x.F): return f.old()
            def run(f):
                if x.__version__ < "2": return _old(f)
            """,
    },
    "a helper that another file calls": {
        "a.py": "import x\ndef helper(f: x.F): return f.old()\n",
        "b.py": "from .a import helper\nif VERSION < 2: helper(1)\n",
    },
    "a helper of a helper": {
        "a.py": """
            import x
            class Old:
                def run(self, f: x.F): return self.go(f)
                def go(self, f: x.F): return _old(f)
            def _old(f: x.F): return f.old()
            impl = Old if x.__version__ < "2" else New
            """,
    },
    "a module for old versions": {
        "old.py": "import x\ndef run(f: x.F): f.old()\n",
        "a.py": "import x\nif x.__version__ < '2':\n    from . import old\n",
    },
    "a module by its whole name": {
        "old.py": "from .older import run\n",
        "older.py": "import x\ndef run(f: x.F): f.old()\n",
        "a.py": "try:\n    import x.new\nexcept ImportError:\n    import pkg.old\n",
    },
    "an own class that has it": {
        "a.py": "import x\nclass Own(x.F):\n    def old(self): ...\n",
        "b.py": "import x\ndef run(f: x.F): f.old()\n",
    },
    "what an own class is made of": {
        "a.py": "class Mixin:\n    def f(self): self.old = len\n",
        "b.py": "import x\nfrom .a import Mixin\nclass Own(Mixin, x.F): ...\n",
        "c.py": "import x\ndef run(f: x.F): f.old()\n",
    },
    "an object whose class was replaced": {
        "a.py": "import x\nx.F = type('F', (x.F,), {'old': len})\n",
        "b.py": "import x\ndef run(f: x.F): f.old()\n",
    },
    "a line that a type checker is told to pass over": {
        "a.py": "import x\ndef run(f: x.F):\n    f.old()  # type: ignore\n",
    },
}

NEEDED: dict[str, dict[str, str]] = {
    "a helper that is called at any rate, too": {
        "a.py": """
            import x
            def _old(f: x.F): return f.old()
            def run(f):
                if x.__version__ < "2": _old(f)
                _old(f)
            """,
    },
    "a function that nobody calls here": {
        "a.py": "import x\ndef run(f: x.F): return f.old()\n",
    },
    "a function that calls itself": {
        "a.py": "import x\ndef run(f: x.F):\n    if VERSION: run(f)\n    f.old()\n",
    },
    "a module that is imported at any rate": {
        "old.py": "import x\ndef run(f: x.F): f.old()\n",
        "a.py": "import x\nif x.__version__ < '2':\n    from . import old\n",
        "b.py": "from .old import run\n",
    },
    "a module for those who have the provider": {
        "old.py": "import x\ndef run(f: x.F): f.old()\n",
        "a.py": "try:\n    import pkg.old\nexcept ImportError: pass\n",
    },
    "the package itself": {
        "__init__.py": "import x\ndef run(f: x.F): f.old()\n",
        "a.py": "try: import pkg\nexcept ImportError: pass\n",
    },
    "an own class of another sort": {
        "a.py": "import y\nclass Own(y.F):\n    def old(self): ...\n",
        "b.py": "import x\ndef run(f: x.F): f.old()\n",
    },
    "a line for a linter": {
        "a.py": "import x\ndef run(f: x.F):\n    f.old()  # noqa: SLF001\n",
    },
}


def old_uses(planted: Plant, files: Mapping[str, str]) -> tuple[bool, bool]:
    """Tell whether `x.F().old()` is asked for, and whether it is counted."""
    own = {"__init__.py": "", **files}
    needs = read_needs(planted({f"pkg/{k}": dedent(v) for k, v in own.items()}))
    return "x.F().old()" in used(needs), "x.F" in needs.unclear


@pytest.mark.parametrize("files", ONLY_FOR_SOME.values(), ids=ONLY_FOR_SOME)
def test_what_is_for_some_versions_alone(
    planted: Plant, files: Mapping[str, str]
) -> None:
    """What may never run, or what the consumer brings along, is counted, not asked."""
    assert old_uses(planted, files) == (False, True)


@pytest.mark.parametrize("files", NEEDED.values(), ids=NEEDED)
def test_what_is_needed_at_any_rate(planted: Plant, files: Mapping[str, str]) -> None:
    """What no test stands before is asked for."""
    assert old_uses(planted, files)[0]


class TestSource:
    """A folder of the user's own source."""

    def write(self, folder: Path, files: Mapping[str, str]) -> Path:
        """Write the files below a folder and give it back."""
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder

    def test_reads_what_is_the_users(self, tmp_path: Path) -> None:
        """Packages, scripts and loose folders count; each other's names do not."""
        files = {
            "main.py": "import app.web, tool.run, agents\nagents.Runner\n",
            "app/__init__.py": "from chatkit.server import ChatKitServer\n",
            "app/web.py": "",
            "tool/run.py": "def late():\n    import rich\n",
        }
        assert told(read_source_needs(self.write(tmp_path, files))) == [
            "agents",
            "agents:Runner",
            "chatkit.server:ChatKitServer",
            "rich?",
        ]

    @pytest.mark.parametrize(
        "stray",
        [
            *(".venv/lib/site.py", ".hidden/x.py", "node_modules/gyp/x.py"),
            *("build/lib/app.py", "app/__pycache__/x.py", ".hidden.py"),
            *("tests/test_app.py", "conftest.py"),
        ],
    )
    def test_leaves_out_what_is_not(self, tmp_path: Path, stray: str) -> None:
        """Hidden, built and installed files are not the user's source."""
        files = {"app.py": "import real", stray: "import other"}
        assert told(read_source_needs(self.write(tmp_path, files))) == ["real"]

    def test_leaves_out_an_environment_by_any_name(self, tmp_path: Path) -> None:
        """A folder with a pyvenv.cfg is an environment (PEP 405)."""
        files = {"app.py": "", "env/pyvenv.cfg": "", "env/lib/x.py": "import other"}
        assert told(read_source_needs(self.write(tmp_path, files))) == []

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        """Nothing read is not the same as nothing needed, and no path is shown."""
        with pytest.raises(IndexFault, match=r"^gone: No such file"):
            read_source_needs(tmp_path / "gone")

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        """A broken link stops the reading, told by its place in the folder."""
        (tmp_path / "app.py").symlink_to(tmp_path / "gone.py")
        with pytest.raises(IndexFault, match=r"^app\.py: No such file"):
            read_source_needs(tmp_path)
